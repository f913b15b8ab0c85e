//! A panel of every kind and state, the comparisons and the tables, as one course.

use std::fs;
use std::sync::LazyLock;

use serde_json::json;
use tutor_bedrock::{Call, Operation};
use tutor_recording::capture::{CapturedFence, CapturedImage};
use tutor_recording::{Acceptance, OriginKind};

use super::course::{Course, Sites, blocks, converse, error, in_dialect, prints, says};
use crate::project::Project;

const NOVA: &str = "us.amazon.nova-lite-v1:0";
const SONNET: &str = "anthropic.claude-3-sonnet-20240229-v1:0";
const HAIKU: &str = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

const PLAIN: &str = "A quantum computer works with qubits, which can be zero and one at once until they are \
measured.\n\nFor some problems, such as finding the factors of a large number, that lets it follow many paths \
together where an ordinary computer must try them one after another.";

const MARKED: &str = "## Three things to weigh\n\nA good choice depends on **what you ask**, *how often*, and \
what a wrong answer costs:\n\n1. **Quality** on your own examples\n2. Latency, see `firstToken`\n   - first \
token for chat\n   - total time for batches\n3. Cost\n\n| Task | Model | USD |\n| --- | :---: | ---: |\n\
| Summaries | small | 0.06 |\n| Contracts, with every clause and all of their annexes | large | 3.00 |\n\n\
```python\ndef cost(tokens, price):\n    return tokens * price / 1_000_000  # a line that is long enough to be \
wider than a phone\n```\n\n> Measure, then choose. See [the guide](https://example.com/guide).";

/// The gallery with and without tutor, built once for all tests that look at it.
pub(super) fn sites() -> &'static Sites {
    static SITES: LazyLock<Sites> = LazyLock::new(|| {
        let course = answers(Course::new(Project::kept("gallery")));
        let course = states(outputs(kinds(course)));
        let course = comparison(many(course));
        practice(tables(course)).build()
    });
    &SITES
}

/// Texts in every shape.
fn answers(course: Course) -> Course {
    let long = format!("{PLAIN}\n\n").repeat(8);
    let structured =
        r#"{"sentiment":"positive","score":0.94,"themes":["price","service"],"summary":{"words":12}}"#;
    let code = "```rust\nfn main() {\n    println!(\"{}\", std::env::args().count());\n}\n```";
    let unbroken = format!(
        "One word: {}. And an address: https://example.com/{}",
        "unbreakable".repeat(20),
        "a/".repeat(60)
    );
    let samples =
        vec![says(PLAIN, 1_940), says("Qubits.", 900), says("It is another kind of computer.", 2_720)];
    course
        .chapter("answers.md", "---\ntitle: Answers\ndifficulty: beginner\ntime-estimate: 10 minutes\ntopics: [text, shapes]\n---\n\n# Answers\n\nTexts in every shape.\n")
        .recorded("plain", &converse(HAIKU, "What is a quantum computer?"), vec![says(PLAIN, 1_940)])
        .recorded("markdown", &converse(NOVA, "How do I choose a model?"), vec![says(MARKED, 2_210)])
        .recorded("long", &converse(NOVA, "Explain at length."), vec![says(&long, 6_010)])
        .recorded("json", &converse(NOVA, "Answer as JSON."), vec![says(structured, 640)])
        .recorded("code", &converse(NOVA, "Write a program."), vec![says(code, 1_200)])
        .recorded("unbroken", &converse(NOVA, "Write long words."), vec![says(&unbroken, 1_200)])
        .recorded("samples", &converse(HAIKU, "Say it thrice."), samples)
        .text("<!-- tutor: show = \"json\" -->\n```toml bedrock\nmodel = \"amazon.titan-text-lite-v1\"\nprompt = \"As it came\"\n```\n")
        .text("<!-- tutor: show = \"none\" -->\n```toml bedrock\nmodel = \"amazon.titan-text-lite-v1\"\nprompt = \"Only figures\"\n```\n")
        .practised(&["--accept"])
}

/// Everything an answer can be beside a text.
fn kinds(course: Course) -> Course {
    let invoke = |model: &str, body: serde_json::Value| Call::new(Operation::InvokeModel, model, body.into());
    let thinking = json!([
        {"reasoningContent": {"reasoningText": {"text": "They ask for one number. Twelve plus thirty.", "signature": "c2ln"}}},
        {"text": "42"},
    ]);
    let tool = json!([
        {"text": "I look that up."},
        {"toolUse": {"toolUseId": "t1", "name": "get_weather", "input": {"city": "Zürich", "days": 3, "units": {"temperature": "celsius"}}}},
    ]);
    let rtl = "الحاسوب الكمومي يعمل بالكيوبتات.\n\nيمكن أن تكون صفرًا وواحدًا في الوقت نفسه، مثل `qubit`.";
    let mut stream = converse(HAIKU, "Count to twenty.");
    stream.operation = Operation::ConverseStream;
    let picture = |prompt: &str| {
        let text = json!({"text_prompts": [{"text": prompt}], "width": 512, "height": 512, "seed": 7});
        invoke("stability.stable-diffusion-xl-v1", text)
    };
    let embedding =
        invoke("amazon.titan-embed-text-v2:0", json!({"inputText": "a lighthouse", "dimensions": 256}));
    let course = course
        .chapter("kinds/kinds.md", "# Kinds\n\nEverything an answer can be beside a text.\n")
        .recorded("tool", &converse(HAIKU, "Weather?"), vec![blocks(&tool, "tool_use", 1_310)])
        .recorded("reasoning", &converse(HAIKU, "12 + 30?"), vec![blocks(&thinking, "end_turn", 3_100)])
        .recorded("right-to-left", &converse(NOVA, "In Arabic, please."), vec![says(rtl, 900)])
        .recorded("empty", &converse(NOVA, "Say nothing."), vec![says("", 300)])
        .recorded(
            "cut",
            &converse(NOVA, "Stop."),
            vec![blocks(&json!([{"text": "It stops in the"}]), "max_tokens", 300)],
        );
    [("stream", stream), ("image", picture("a lighthouse on a cliff, at dusk")), ("embedding", embedding)]
        .into_iter()
        .fold(course, |course, (name, call)| {
            let answer = in_dialect(&call);
            course.recorded(name, &call, vec![answer])
        })
}

/// What code printed and drew when it ran, in every shape, alone and above the panels of its calls.
fn outputs(course: Course) -> Course {
    let course = course.chapter("kinds/outputs.md", "# Outputs\n\nWhat code printed and drew when it ran.\n");
    let course = printed().into_iter().fold(course, |course, (code, printed)| {
        course.python(&format!("{code}\n")).ran(printed, Acceptance::Accepted)
    });
    let (one, two) = (converse(HAIKU, "About the river."), converse(HAIKU, "About the lighthouse."));
    let calls = vec![one.key().to_string(), two.key().to_string()];
    let course = course
        .python("print(anew)\n")
        .ran(live("Not yet accepted.\n"), Acceptance::Pending)
        .python("print(\"anew\")\n")
        .ran(prints("Nor is this.\n"), Acceptance::Pending)
        .python("for topic in open(\"topics.txt\"): print(ask(topic))\n")
        .ran(CapturedFence { calls, ..live("river\nlighthouse\n") }, Acceptance::Accepted)
        .record("river", &one, vec![says(PLAIN, 1_200)], Acceptance::Accepted)
        .record("lighthouse", &two, vec![says("It shines.", 900)], Acceptance::Accepted)
        .recorded("printed", &converse(NOVA, "Say it and print it."), vec![says(PLAIN, 1_200)])
        .ran(live(PLAIN), Acceptance::Accepted);
    let images = vec![picture(&course)];
    course
        .python("plot.show()\n")
        .ran(CapturedFence { images: images.clone(), ..prints("") }, Acceptance::Accepted)
        .python("picture.save(\"lighthouse.png\")\n")
        .ran(CapturedFence { images, ..practised("saved as lighthouse.png\n") }, Acceptance::Accepted)
}

/// Code and what it printed, nothing else.
fn printed() -> Vec<(&'static str, CapturedFence)> {
    let columns = "model              tokens      USD\n\
                   amazon.nova-lite      142  0.00003\n\
                   claude-haiku-4-5      142  0.00062\n";
    let wide = format!("{{'answer': '{PLAIN}', 'id': '{}'}}\n\n  indented\n", "0d3c77f5".repeat(30));
    let lines = (1..=60).map(|number| format!("{number:>3} {PLAIN:.40}\n")).collect::<Vec<_>>().concat();
    let coloured = "\u{1b}[1;32mpassed\u{1b}[0m  12\n\u{1b}[31mfailed\u{1b}[0m   0\n25 %\r50 %\r100 %\n";
    let traced = "Traceback (most recent call last):\n  File \"<fence 9>\", line 2, in <module>\n\
                  botocore.errorfactory.ThrottlingException: An error occurred (ThrottlingException) when \
                  calling the Converse operation: Too many requests, please wait before trying again.\n";
    vec![
        ("print(6 * 7)", prints("42\n")),
        ("for row in rows: print(*row)", live(columns)),
        ("print(answer)", practised(&wide)),
        ("for line in lines: print(line)", prints(&lines)),
        ("while lines: print(lines.pop())", CapturedFence { is_cut: true, ..live(&lines) }),
        ("print_in_colours()", prints(coloured)),
        ("print(traceback.format_exc())", live(traced)),
        ("print(in_arabic)", live("الحاسوب الكمومي: qubit = 0 أو 1\n")),
    ]
}

/// What a fence printed on answers of Amazon Bedrock.
fn live(text: &str) -> CapturedFence {
    CapturedFence { answered_by: Some(OriginKind::Bedrock), ..prints(text) }
}

/// What a fence printed on answers of a stand-in.
fn practised(text: &str) -> CapturedFence {
    CapturedFence { answered_by: Some(OriginKind::Practice), ..prints(text) }
}

/// A picture that the book already has.
fn picture(course: &Course) -> CapturedImage {
    let mut files = fs::read_dir(course.project.path("src/recorded")).expect("a folder");
    let file = files.next().expect("a picture").expect("a file").file_name();
    CapturedImage { path: format!("recorded/{}", file.display()), size: Some((512, 512)) }
}

/// Every state a panel can be in.
fn states(course: Course) -> Course {
    let pending = converse(NOVA, "Not yet accepted.");
    let denied = "You don't have access to the model with the specified model ID.";
    let throttled = "Too many requests, please wait before trying again.";
    course
        .chapter("states.md", "# States\n\nWhat stands behind an answer.\n")
        .calls("practice", &[&converse(NOVA, "Practice, please.")])
        .practised(&["--accept"])
        .calls("practice-pending", &[&converse(HAIKU, "Practice, not yet accepted.")])
        .practised(&[])
        .recorded("recorded", &converse(NOVA, "Recorded."), vec![says(PLAIN, 1_940)])
        .recorded("retired", &converse(SONNET, "Retired."), vec![says(PLAIN, 1_940)])
        .calls("pending", &[&pending])
        .record("pending", &pending, vec![says(PLAIN, 1_500)], Acceptance::Pending)
        .recorded(
            "throttled",
            &converse(NOVA, "Too much."),
            vec![error(429, "ThrottlingException", throttled)],
        )
        .recorded("denied", &converse(HAIKU, "No."), vec![error(403, "AccessDeniedException", denied)])
        .calls("missing", &[&converse(NOVA, "Nobody has asked this yet.")])
        .text("{{#tutor prices no.such-model-v1}}\n")
}

/// More calls in one fence than get panels of their own.
fn many(course: Course) -> Course {
    let models = [NOVA, HAIKU, SONNET, "meta.llama3-1-70b-instruct-v1:0", "mistral.mistral-large-2402-v1:0"];
    let calls: Vec<Call> = models.iter().map(|model| converse(model, "Compare yourselves.")).collect();
    let missing = converse(NOVA, "Nobody has asked this of them.");
    let refused = converse(HAIKU, "Something that is refused.");
    let all: Vec<&Call> = calls.iter().chain([&missing, &refused]).collect();
    let course = course.chapter("many.md", "# Many\n\nA loop over models.\n").calls("many", &all);
    let course = course.record(
        "many",
        &refused,
        vec![error(
            400,
            "ValidationException",
            "Malformed input request, please reformat your input and try again.",
        )],
        Acceptance::Accepted,
    );
    let answers = [(MARKED, 900), (PLAIN, 1_940), ("Yes.", 1_500), (PLAIN, 3_020), (PLAIN, 640)];
    calls.iter().zip(answers).fold(course, |course, (call, (text, total_ms))| {
        let name = call.model_id.replace(['.', ':'], "-");
        course.record(&name, call, vec![says(text, total_ms)], Acceptance::Accepted)
    })
}

/// Recorded calls side by side.
fn comparison(course: Course) -> Course {
    let models = [
        ("small", NOVA, 620),
        ("middle", HAIKU, 1_340),
        ("old", SONNET, 2_880),
        ("open", "meta.llama3-1-70b-instruct-v1:0", 1_710),
    ];
    let course = course.chapter("comparison.md", "# Comparison\n\n{{#tutor compare}}\n");
    models.into_iter().fold(course, |course, (name, model, ms)| {
        let samples = vec![says(PLAIN, ms), says(PLAIN, ms * 5 / 4), says(PLAIN, ms * 4 / 5)];
        course.recorded(name, &converse(model, "Side by side."), samples)
    })
}

/// What the catalog says.
fn tables(course: Course) -> Course {
    let models =
        format!("{NOVA} {HAIKU} {SONNET} amazon.titan-text-express-v1 stability.stable-diffusion-xl-v1");
    course.chapter(
        "tables.md",
        &format!("# Tables\n\n{{{{#tutor prices {models}}}}}\n\n{{{{#tutor models {models}}}}}\n"),
    )
}

/// A chapter answered by stand-in models alone.
fn practice(course: Course) -> Course {
    let code = "```toml bedrock\nmodels = [\"us.amazon.nova-lite-v1:0\", \"us.anthropic.claude-haiku-4-5-20251001-v1:0\", \"amazon.titan-text-express-v1\"]\nprompt = \"Name three uses of a paper clip.\"\n```\n";
    let picture = "```toml bedrock\nmodel = \"amazon.nova-canvas-v1:0\"\nprompt = \"a lighthouse\"\n```\n";
    let vector =
        "```toml bedrock\nmodel = \"amazon.titan-embed-text-v2:0\"\nprompt = \"a lighthouse\"\n```\n";
    course
        .chapter("practice.md", "# Practice\n\n{{#tutor compare}}\n")
        .text(code)
        .text(picture)
        .text(vector)
        .practised(&["--accept"])
}
