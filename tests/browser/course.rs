//! A course for the browser: chapters whose calls have the recordings a test wants them to have.
//!
//! The answers here are made up. They lie in a temporary folder and never reach a page of ours.

use std::process::Command;

use serde_json::Value;
use tutor_bedrock::{Answer, Call, Operation, Payload, Timing};
use tutor_page::chapter::Chapter;
use tutor_provider::practice::{Practice, Texts};
use tutor_recording::capture::{Capture, CapturedFence, CodeDigest};
use tutor_recording::{Acceptance, Origin, Recording, Store};

use crate::project::Project;

/// The day everything was recorded.
const RECORDED: &str = "2026-11-20T12:00:00Z";

/// The id that Bedrock gave to every request.
pub(super) const REQUEST_ID: &str = "0d3c77f5-6c0a-4b1e-9d4f-3f5a1c2b4e6d";

/// A book in the making: chapters with fences, and recordings for their calls.
pub(super) struct Course {
    pub(super) project: Project,
    store: Store,
    path: String,
    text: String,
    /// The code of the fence added last.
    code: String,
    /// What code of the chapter did when it ran.
    ran: Vec<(String, CapturedFence, Acceptance)>,
    pages: Vec<String>,
}

/// The two sites that mdBook made of one course.
pub(super) struct Sites {
    pub(super) project: Project,
    /// The chapters' pages, without `print.html`.
    pub(super) pages: Vec<String>,
}

/// Below the course's folder: the site with what tutor draws.
pub(super) const WITH: &str = "sites/with";

/// The site of the same chapters by mdBook alone.
pub(super) const WITHOUT: &str = "sites/without";

impl Course {
    pub(super) fn new(project: Project) -> Self {
        let store = Store::open(project.path("fixtures")).expect("a store");
        let (path, text, code) = (String::new(), String::new(), String::new());
        Course { project, store, path, text, code, ran: Vec::new(), pages: Vec::new() }
    }

    /// Begins a chapter; what follows belongs to it.
    pub(super) fn chapter(mut self, path: &str, text: &str) -> Self {
        self.end_chapter();
        path.clone_into(&mut self.path);
        text.clone_into(&mut self.text);
        self
    }

    /// Adds text to the chapter.
    pub(super) fn text(mut self, text: &str) -> Self {
        self.text += "\n";
        self.text += text;
        self
    }

    /// Adds a fence of Python that makes these calls.
    pub(super) fn calls(self, name: &str, calls: &[&Call]) -> Self {
        let code: String = calls.iter().map(|call| python(call)).collect();
        let before = "import json\nimport boto3\n\nbedrock = boto3.client(\"bedrock-runtime\")";
        self.text(&format!("<!-- tutor: name = \"{name}\" -->")).python(&format!("{before}\n{code}"))
    }

    /// Adds a fence of Python.
    pub(super) fn python(mut self, code: &str) -> Self {
        code.clone_into(&mut self.code);
        self.text(&format!("```python\n{code}```\n"))
    }

    /// The code of the fence added last, which nothing else in the chapter is like, did this when it ran.
    pub(super) fn ran(mut self, what: CapturedFence, acceptance: Acceptance) -> Self {
        self.ran.push((self.code.clone(), what, acceptance));
        self
    }

    /// Adds a fence and records its call as if Bedrock had given these answers.
    pub(super) fn recorded(self, name: &str, call: &Call, answers: Vec<Answer>) -> Self {
        self.calls(name, &[call]).record(name, call, answers, Acceptance::Accepted)
    }

    /// Records a call as if Bedrock had given these answers.
    pub(super) fn record(
        mut self,
        name: &str,
        call: &Call,
        answers: Vec<Answer>,
        acceptance: Acceptance,
    ) -> Self {
        let origin = Origin {
            tutor: "0.1.0".into(),
            ..Origin::bedrock(
                RECORDED.parse().expect("a time"),
                "us-east-1",
                "aws-sdk-bedrockruntime 1.120.0",
            )
        };
        let recording = Recording::new(call, origin, answers);
        self.store.publish_media(&recording, &self.project.path("src")).expect("media");
        let stem = self.path.trim_end_matches(".md").to_owned();
        let _ = self.store.write(&stem, name, recording, acceptance).expect("a recording");
        self
    }

    /// Has tutor's stand-in models answer what is open in the chapter.
    pub(super) fn practised(self, options: &[&str]) -> Self {
        self.write_book("");
        let chapter = self.path.trim_end_matches(".md").to_owned();
        let done = self.project.tutor([&["record", "--practice", chapter.as_str()], options].concat());
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        self
    }

    /// Builds both sites with the real mdBook.
    pub(super) fn build(mut self) -> Sites {
        self.end_chapter();
        let command = env!("CARGO_BIN_EXE_mdbook-tutor");
        self.write_book(&format!("[preprocessor.tutor]\ncommand = '{command}'\nafter = [\"links\"]\n"));
        mdbook(&self.project, WITH);
        self.write_book("");
        mdbook(&self.project, WITHOUT);
        let page = |path: &String| path.replace(".md", ".html");
        Sites { pages: self.pages.iter().map(page).collect(), project: self.project }
    }

    fn end_chapter(&mut self) {
        if !self.path.is_empty() {
            self.project.write(&format!("src/{}", self.path), &self.text);
            self.write_captures();
            self.pages.push(std::mem::take(&mut self.path));
        }
    }

    /// Files what the chapter's code did, as a run of it would have.
    fn write_captures(&mut self) {
        let ran = std::mem::take(&mut self.ran);
        if ran.is_empty() {
            return;
        }
        let mut digest = CodeDigest::default();
        let fences = Chapter::parse(&self.text).fences.into_iter();
        let code: Vec<(usize, String, String)> = fences
            .filter(|fence| fence.info == "python")
            .map(|fence| (fence.index, digest.then(&fence.content), fence.content))
            .collect();
        let stem = self.path.trim_end_matches(".md");
        // An accepted capture takes the place of a pending one: it comes first.
        for wanted in [Acceptance::Accepted, Acceptance::Pending] {
            let of_this = ran.iter().filter(|(_, _, acceptance)| *acceptance == wanted);
            let fences: Vec<CapturedFence> = of_this
                .map(|(text, what, _)| {
                    let found = code.iter().find(|(_, _, content)| content == text);
                    let (fence, code, _) = found.expect("code of the chapter").clone();
                    CapturedFence { fence, code, ..what.clone() }
                })
                .collect();
            if !fences.is_empty() {
                let captured = Capture::new(RECORDED.parse().expect("a time"), "3.13.2", fences);
                let _ = self.store.write_capture(stem, &captured, wanted).expect("a capture");
            }
        }
    }

    /// Writes what mdBook needs, with the chapter in the making at its end.
    fn write_book(&self, tutor: &str) {
        let mut summary = "# Summary\n\n".to_owned();
        let open = Some(&self.path).filter(|path| !path.is_empty());
        for path in self.pages.iter().chain(open) {
            summary += &format!("- [{path}]({path})\n");
        }
        if let Some(path) = open {
            self.project.write(&format!("src/{path}"), &self.text);
        }
        self.project.write("src/SUMMARY.md", &summary);
        let config = "[book]\ntitle = \"For the browser\"\nlanguage = \"en\"\n\n[build]\ncreate-missing = false\n\n\
                      [output.html]\npreferred-dark-theme = \"navy\"\n\n";
        self.project.write("book.toml", &format!("{config}{tutor}"));
    }
}

fn mdbook(project: &Project, folder: &str) {
    let mut command = Command::new(crate::real_mdbook::mdbook());
    command.args(["build", "--dest-dir", folder]);
    let done = project.run(command, "");
    assert_eq!(done.code, Some(0), "{}", done.stderr);
}

/// A call of `Converse` with one user message.
pub(super) fn converse(model: &str, prompt: &str) -> Call {
    let body = serde_json::json!({"messages": [{"role": "user", "content": [{"text": prompt}]}]});
    Call::new(Operation::Converse, model, body.into())
}

/// The answer of `Converse` with these blocks.
pub(super) fn blocks(blocks: &Value, stop_reason: &str, total_ms: u64) -> Answer {
    let body = serde_json::json!({
        "metrics": {"latencyMs": total_ms - 40},
        "output": {"message": {"content": blocks, "role": "assistant"}},
        "stopReason": stop_reason,
        "usage": {"inputTokens": 24, "outputTokens": 118, "totalTokens": 142},
    });
    answer(200, &[("x-amzn-requestid", REQUEST_ID)], body.to_string(), total_ms)
}

/// The answer of `Converse` with one text.
pub(super) fn says(text: &str, total_ms: u64) -> Answer {
    blocks(&serde_json::json!([{"text": text}]), "end_turn", total_ms)
}

/// An error as Bedrock sends it.
pub(super) fn error(status: u16, kind: &str, message: &str) -> Answer {
    let body = serde_json::json!({"message": message});
    answer(status, &[("x-amzn-errortype", kind)], body.to_string(), 60)
}

/// What the stand-in model of the call's family says to it, in the family's own dialect.
pub(super) fn in_dialect(call: &Call) -> Answer {
    Practice::new(Texts::default()).sample(call, 0).expect("a family that practice knows")
}

fn answer(status: u16, headers: &[(&str, &str)], body: String, total_ms: u64) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let timing = Timing { total_ms, first_token_ms: None };
    Answer { status, headers, payload: Payload::Whole(body.into_bytes().into()), timing }
}

/// What a fence does that prints this.
pub(super) fn prints(text: &str) -> CapturedFence {
    CapturedFence {
        fence: 0,
        code: String::new(),
        answered_by: None,
        calls: Vec::new(),
        output: text.to_owned(),
        is_cut: false,
        images: Vec::new(),
    }
}

/// Python that makes the call.
fn python(call: &Call) -> String {
    let body: Value = serde_json::from_str(&call.body.to_compact()).expect("JSON");
    let model = &call.model_id;
    match call.operation {
        Operation::InvokeModel | Operation::InvokeModelWithResponseStream => {
            let name =
                if call.operation.streams() { "invoke_model_with_response_stream" } else { "invoke_model" };
            format!(
                "bedrock.{name}(\n    modelId=\"{model}\",\n    body=json.dumps({}),\n)\n",
                literal(&body)
            )
        }
        Operation::Converse | Operation::ConverseStream => {
            let name = if call.operation.streams() { "converse_stream" } else { "converse" };
            let members = body.as_object().expect("members");
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("    {name}={},\n", literal(value))).collect();
            let members = members.concat();
            format!("bedrock.{name}(\n    modelId=\"{model}\",\n{members})\n")
        }
        other => panic!("{other} is not asked here"),
    }
}

/// A value as Python writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members =
                members.iter().map(|(name, value)| format!("{}: {}", Value::from(&**name), literal(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        // A JSON text or number is one of Python's.
        other => other.to_string(),
    }
}
