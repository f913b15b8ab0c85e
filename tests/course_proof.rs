//! The course proves itself: no output is typed, every function it teaches is called and its result shown,
//! no page has a placeholder, reading times are measured, and every topic of the subject has its place.

use std::path::Path;

use regex::Regex;

/// The chapters of the course, without the guide.
fn chapters() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("book");
    let summary = std::fs::read_to_string(folder.join("SUMMARY.md")).expect("SUMMARY.md");
    let link = Regex::new(r"\]\(([a-z-]+)\.md\)").expect("a pattern");
    link.captures_iter(&summary)
        .map(|found| found[1].to_owned())
        .map(|stem| {
            (stem.clone(), std::fs::read_to_string(folder.join(format!("{stem}.md"))).expect("a chapter"))
        })
        .collect()
}

/// A fence with the annotation that stands before it.
struct Fence<'t> {
    info: &'t str,
    code: String,
    annotation: String,
}

/// The fences of a chapter, and the lines outside them.
fn fences(text: &str) -> (Vec<Fence<'_>>, String) {
    let (mut fences, mut prose) = (Vec::new(), String::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            prose.push_str(line);
            prose.push('\n');
            continue;
        };
        let code: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        let before = prose.trim_end();
        let annotation = before.rfind("<!-- tutor:").filter(|_| before.ends_with("-->"));
        let annotation = annotation.map(|at| before[at..].to_owned()).unwrap_or_default();
        fences.push(Fence { info, code: code.join("\n"), annotation });
    }
    (fences, prose)
}

fn capture(stem: &str) -> Option<serde_json::Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/{stem}/capture.json"));
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

#[test]
fn no_output_is_typed() {
    for (stem, text) in chapters() {
        let (fences, prose) = fences(&text);
        for fence in &fences {
            let is_code = matches!(fence.info, "python" | "console" | "toml bedrock");
            assert!(is_code, "{stem}: a fence tagged `{}` would be typed output", fence.info);
        }
        assert!(!prose.contains("It prints"), "{stem}: what is printed is captured, not told");
        let runs = fences.iter().any(|fence| fence.info == "python" && !fence.annotation.contains("skip"));
        assert!(!runs || capture(&stem).is_some(), "{stem}: its code was never run for its page");
    }
}

#[test]
fn every_function_that_is_taught_is_called_and_its_result_shown() {
    let defined = Regex::new(r"(?m)^(?:def|class) (\w+)").expect("a pattern");
    for (stem, text) in chapters() {
        let (fences, _) = fences(&text);
        let taught: Vec<(usize, &Fence)> = fences
            .iter()
            .enumerate()
            .filter(|(_, fence)| fence.info == "python" && !fence.annotation.contains("challenge = true"))
            .filter(|(_, fence)| !fence.annotation.contains("skip"))
            .collect();
        let starting = |fence: &Fence| fence.code.contains("raise NotImplementedError(");
        let whole: Vec<&str> = taught.iter().map(|(_, fence)| fence.code.as_str()).collect();
        let whole = whole.join("\n");
        for (_, fence) in taught.iter().filter(|(_, fence)| !starting(fence)) {
            for name in defined.captures_iter(&fence.code).map(|found| found[1].to_owned()) {
                let uses = Regex::new(&format!(r"(?m)\b{name}\b")).expect("a pattern");
                assert!(uses.find_iter(&whole).count() > 1, "{stem}: `{name}` is taught and never called");
            }
        }
        for (index, fence) in taught.iter().filter(|(_, fence)| fence.code.contains("print(")) {
            let capture = capture(&stem).expect("a capture");
            let shown = capture["fences"].as_array().expect("fences").iter();
            let output = shown.filter(|it| it["fence"].as_u64() == Some(*index as u64));
            let output: String = output.filter_map(|it| it["output"].as_str()).collect();
            assert!(starting(fence) || !output.trim().is_empty(), "{stem}: fence {index} prints nothing");
        }
    }
}

#[test]
fn no_page_has_a_placeholder() {
    for (stem, _) in chapters() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(&stem);
        let Ok(files) = std::fs::read_dir(folder) else { continue };
        for file in files.map(|file| file.expect("a file").path()) {
            let recording = std::fs::read_to_string(&file).expect("a recording");
            assert!(!recording.contains("Practice answer"), "{}", file.display());
        }
    }
}

#[test]
fn every_chapter_ends_with_sources_and_states_its_reading_time() {
    const WORDS_A_MINUTE: usize = 200;
    const CODE_LINES_A_MINUTE: usize = 15;
    const CHALLENGE_MINUTES: usize = 10;
    const EXERCISE_MINUTES: usize = 5;
    for (stem, text) in chapters().into_iter().filter(|(stem, _)| stem != "README") {
        let sources = text.split("\n## ").last().expect("a section");
        assert!(sources.starts_with("Sources\n"), "{stem} does not end with its sources");
        let (fences, prose) = fences(&text);
        let code = fences.iter().filter(|fence| !fence.annotation.contains("challenge = true"));
        let lines: usize = code.map(|fence| fence.code.lines().count()).sum();
        let words = prose.split("\n## Sources").next().expect("prose").split_whitespace().count();
        let challenge = if prose.contains("{{#tutor challenge}}") { CHALLENGE_MINUTES } else { 0 };
        let exercise = if prose.contains("\n## Exercise\n") { EXERCISE_MINUTES } else { 0 };
        let minutes = exercise + words / WORDS_A_MINUTE + lines / CODE_LINES_A_MINUTE + challenge;
        let stated = format!("time-estimate: {} minutes\n", minutes.div_ceil(5) * 5);
        assert!(text.contains(&stated), "{stem}: measured {minutes} minutes, so say `{}`", stated.trim());
    }
}

/// A topic of the subject: its name, the chapter that covers it, words that stand there, and the fence's
/// name or the directive that runs it or shows its figures.
type Topic = (&'static str, &'static str, &'static str, &'static str);

/// What a course about foundation models has to cover, in our own words.
const TOPICS: &[Topic] = &[
    ("what training data decides", "foundation-models", "**Training data.**", "refund-claude"),
    ("what the inside of a model decides", "foundation-models", "**Architecture.**", "poster-sdxl"),
    ("size against price and pace", "foundation-models", "**Size.**", "{{#tutor compare due}}"),
    ("models trained for one trade", "foundation-models", "**Specialisation.**", "{{#tutor models"),
    ("how much fits in", "foundation-models", "**Context window.**", "{{#tutor models"),
    ("how well a model obeys", "foundation-models", "**How well it obeys.**", "sort-cohere"),
    ("holding the output to a form", "foundation-models", "**Output control.**", "sort-cohere"),
    ("forms that programs read", "extracting", "## A schema", "held"),
    (
        "generations and sizes of a family",
        "foundation-models",
        "Three sizes share one dialect",
        "{{#tutor prices",
    ),
    ("reading a model id", "foundation-models", "### How to read a model id", "refund-claude"),
    ("Claude, its body and its strengths", "foundation-models", "## Claude 3, by Anthropic", "refund-claude"),
    ("Titan, its body and its strengths", "foundation-models", "## Titan Text, by Amazon", "log-titan"),
    ("Titan's pictures", "foundation-models", "Titan Image Generator", "{{#tutor value amazon.titan-image"),
    ("Titan's embeddings", "retrieval", "Titan Text Embeddings V2", "notes"),
    (
        "Llama 2, its marks and its strengths",
        "foundation-models",
        "## Llama 2, by Meta",
        "next-sailing-llama",
    ),
    ("Command, its body and its strengths", "foundation-models", "## Command, by Cohere", "sort-cohere"),
    ("several languages", "foundation-models", "seven European languages", "notice-jurassic"),
    (
        "Jurassic-2, its body and its strengths",
        "foundation-models",
        "## Jurassic-2, by AI21",
        "notice-jurassic",
    ),
    ("numbers a model should not reckon", "own-desk", "Reckon", "reckon"),
    ("pictures from words", "foundation-models", "## Stable Diffusion XL", "poster-sdxl"),
    ("pictures today, in and out", "pictures", "# Pictures in and out", "bag"),
    ("requirements before choice", "foundation-models", "## What do you need?", "{{#tutor compare due}}"),
    ("tasks and first candidates", "foundation-models", "## Choosing by task", "{{#tutor compare due}}"),
    ("prices", "foundation-models", "## What they cost", "{{#tutor prices"),
    ("evaluating by trial", "evaluating", "# Which one is good enough?", "trial"),
    ("features side by side", "foundation-models", "## What each can do", "{{#tutor models"),
    (
        "fine-tuning, guardrails, languages, code",
        "foundation-models",
        "Fine-tuning on Bedrock",
        "{{#tutor models",
    ),
    ("what guardrails do", "guarding", "# A message from outside", "letter"),
    ("the wrong size for the job", "foundation-models", "### The wrong size for the job", "climb"),
    ("texts that do not fit", "foundation-models", "### The text does not fit", "summary"),
    ("pieces with overlap", "chunking", "## Let them overlap", "lapped"),
    (
        "estimating cost",
        "foundation-models",
        "### The bill is a surprise",
        "{{#tutor value refund-claude.cost}}",
    ),
    ("token budgets", "estimating", "## A budget for tokens", "counted"),
    (
        "comparing models on one prompt",
        "foundation-models",
        "## The challenge: compare models",
        "{{#tutor challenge}}",
    ),
    ("voting by majority", "foundation-models", "### Ensembles: let them vote", "majority"),
    ("voting by confidence", "foundation-models", "vote_by_confidence", "weighed"),
    ("averaging numbers", "foundation-models", "def average", "weighed"),
    ("selection by code", "foundation-models", "### Automatic selection", "pick_model(refund_question"),
    (
        "pipelines of several models",
        "foundation-models",
        "### Hybrid pipelines",
        "{{#tutor steps desk desk-2 desk-3}}",
    ),
    ("what to take along", "foundation-models", "## What to take along", "{{#tutor models"),
    ("one request and its answer", "retrying", "## A conversation", "turns"),
    ("answers that arrive in pieces", "streaming", "## Look at the events", "events"),
];

#[test]
fn every_topic_is_covered_run_and_shown() {
    let chapters = chapters();
    for (topic, stem, words, run) in TOPICS {
        let found = chapters.iter().find(|(chapter, _)| chapter == stem);
        let (_, text) = found.unwrap_or_else(|| panic!("{topic}: there is no chapter {stem}"));
        assert!(text.contains(words), "{topic}: {stem} does not say “{words}”");
        let named = format!("name = \"{run}\"");
        assert!(text.contains(&named) || text.contains(run), "{topic}: {stem} does not run `{run}`");
        if text.contains(&named) {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(stem);
            let mut files = std::fs::read_dir(folder).expect("recordings");
            let starts = format!("{run}.");
            let shown = files
                .any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with(&starts)));
            assert!(shown, "{topic}: `{run}` of {stem} has no answer");
        }
    }
}
