//! A book with recordings for every family and operation, made without reading any chapter.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tutor_bedrock::family::{self, Family, Makes};
use tutor_bedrock::{Answer, Call, Json, Operation, Payload};
use tutor_catalog::{Access, Catalog};
use tutor_provider::practice::Practice;
use tutor_recording::{Acceptance, Origin, OriginKind, Recording, Store};

/// A book in a temporary folder.
pub(crate) struct Book {
    dir: tempfile::TempDir,
    store: Store,
    /// What was recorded.
    pub(crate) calls: Vec<(Call, Answer)>,
}

impl Book {
    /// A book without recordings.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("book.toml"), "[book]\ntitle = \"A book\"\n").expect("a file");
        let store = Store::open(dir.path().join("fixtures")).expect("an empty tree");
        Book { dir, store, calls: Vec::new() }
    }

    /// A book with one recording for each family and each operation that it answers. Their bytes are such
    /// as no practice answer has.
    pub(crate) fn of_every_family() -> Self {
        let mut book = Book::new();
        for (family, model, body) in examples() {
            for operation in Operation::ALL {
                if operation.is_compatible() {
                    continue;
                }
                let converse = operation.is_converse();
                if (converse && family.makes() != Makes::Text) || (operation.streams() && !family.streams()) {
                    continue;
                }
                let body = if converse { converse_body() } else { body.clone() };
                book.record(Call::new(operation, model.as_str(), body), OriginKind::Practice);
            }
        }
        book
    }

    /// Records a stand-in's answer to `call`, marked so that it is told from a fresh one.
    pub(crate) fn record(&mut self, call: Call, kind: OriginKind) {
        let mut answer = Practice::default().sample(&call, 0).expect("an answer");
        mark(&mut answer);
        self.keep(call, answer, kind);
    }

    /// Records `answer` to `call`.
    pub(crate) fn keep(&mut self, call: Call, answer: Answer, kind: OriginKind) {
        let now = "2026-11-22T12:00:00Z".parse().expect("a time");
        let origin = Origin { kind, ..Origin::practice(now) };
        let recording = Recording::new(&call, origin, vec![answer.clone()]);
        let _ = self.store.write("chapter", "call", recording, Acceptance::Accepted).expect("a file");
        self.calls.push((call, answer));
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// For `--book`.
    pub(crate) fn argument(&self) -> &str {
        self.path().to_str().expect("a plain path")
    }

    /// Writes the calls and what is recorded for each into a file that clients read.
    pub(crate) fn write_calls(&self, name: &str) {
        let calls: Vec<serde_json::Value> = self
            .calls
            .iter()
            .map(|(call, answer)| {
                let recorded = match &answer.payload {
                    Payload::Whole(bytes) => json!(STANDARD.encode(&**bytes)),
                    Payload::Stream(frames) => frames
                        .iter()
                        .map(|frame| json!([frame.name, STANDARD.encode(&*frame.payload)]))
                        .collect(),
                };
                json!({
                    "operation": call.operation.name(),
                    "model_id": call.model_id,
                    "family": family::of_model(&call.model_id).map(Family::id),
                    "body": call.body,
                    "headers": answer.headers,
                    "recorded": recorded,
                })
            })
            .collect();
        std::fs::write(self.path().join(name), json!(calls).to_string()).expect("a file");
    }
}

/// For each family a model that may be called today, and the body of the family's own table.
fn examples() -> Vec<(&'static dyn Family, String, Json)> {
    let table: toml::Table =
        include_str!("../../crates/bedrock/src/family/table.toml").parse().expect("a table");
    let rows = table["family"].as_array().expect("rows").iter().map(|row| {
        let family = family::by_id(row["id"].as_str().expect("an id")).expect("a family");
        let body = Json::parse(row["body"].as_str().expect("a body").as_bytes()).expect("JSON");
        let models = row["models"].as_array().expect("models").iter().filter_map(|model| model.as_str());
        let model = models.map(callable).find(|model| {
            let call = Call::new(Operation::InvokeModel, model.as_str(), body.clone());
            tutor_schema::check(&call, Some(family)).is_ok()
        });
        (family, model.unwrap_or_else(|| panic!("no model of {} takes its body", family.id())), body)
    });
    rows.collect()
}

/// The id of an inference profile for models that are called through one.
fn callable(model: &str) -> String {
    match Catalog::embedded().model(model) {
        Some(known) if known.access == Access::ProfileOnly && known.id == model => format!("us.{model}"),
        _ => model.to_owned(),
    }
}

pub(crate) fn converse_body() -> Json {
    json!({"messages": [{"role": "user", "content": [{"text": "Why is the sky blue?"}]}]}).into()
}

/// White space that JSON allows and tutor never writes, and Bedrock's padding in chunks.
fn mark(answer: &mut Answer) {
    match &mut answer.payload {
        Payload::Whole(body) => *body = [body, &b" \n"[..]].concat().into(),
        Payload::Stream(frames) => {
            for frame in frames {
                let inside = frame.payload.strip_suffix(b"}").expect("an object");
                frame.payload = [inside, br#" , "p":"abcdefghij"}"#].concat().into();
            }
        }
    }
}
