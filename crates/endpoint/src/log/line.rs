//! What a line says of a request and its answer.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::json;

use super::Format;
use tutor_catalog::measure::usd_exact;
use tutor_provider::flow::End;
use tutor_recording::{OriginKind, redact};

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A recording of this origin.
    Recorded(OriginKind),
    /// A stand-in, just now.
    Practice,
    /// A local model, just now.
    Local,
    /// An estimate of the endpoint's own.
    Estimate,
    /// The request was refused, as Bedrock would or because nobody can answer it.
    Refused,
    /// A fault that was asked for.
    Fault,
}

impl Origin {
    fn name(self) -> &'static str {
        match self {
            Origin::Recorded(OriginKind::Bedrock) => "recording of bedrock",
            Origin::Recorded(OriginKind::Imported) => "recording of imported",
            Origin::Recorded(OriginKind::Local) => "recording of local",
            Origin::Recorded(OriginKind::Practice) => "recording of practice",
            Origin::Practice => "practice",
            Origin::Local => "local",
            Origin::Estimate => "estimate",
            Origin::Refused => "refused",
            Origin::Fault => "fault",
        }
    }
}

/// What a line says of a request and its answer, whenever it comes.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// The operation, or method and path.
    pub(crate) action: String,
    pub(crate) model_id: String,
    pub(crate) input_tokens: Option<u64>,
    pub(crate) output_tokens: Option<u64>,
    /// In USD; `None` if it is not known.
    pub(crate) cost: Option<Decimal>,
    pub(crate) origin: Origin,
    /// A warning, or why the request was refused.
    pub(crate) note: Option<String>,
}

impl About {
    /// The same with what is known once a stream has ended.
    pub(super) fn ended(self, end: &End) -> Self {
        match end {
            End::Whole(usage) => {
                About { input_tokens: usage.input_tokens, output_tokens: usage.output_tokens, ..self }
            }
            End::Broken(error) => About { note: Some(format!("{error}; {}", error.help())), ..self }.masked(),
        }
    }

    /// The same without credentials and account ids: lines and summaries are read by others.
    pub(crate) fn masked(self) -> Self {
        let (action, model_id) = (redact::text(&self.action), redact::text(&self.model_id));
        About { action, model_id, note: self.note.as_deref().map(redact::text), ..self }
    }
}

/// A line but for the time the request took: all of it that is the same for the same answer.
#[derive(Debug)]
pub(crate) struct Line {
    before: String,
    after: String,
}

impl Line {
    /// The line of an answer with this `status`; `complete` if the client stayed to its end.
    pub(super) fn of(format: Format, about: &About, status: u16, complete: bool) -> Self {
        match format {
            Format::Human => human(about, status, complete),
            Format::Json => json_line(about, status, complete),
        }
    }

    /// Appends the line of a request that took so many milliseconds.
    pub(super) fn append_to(&self, text: &mut String, latency_ms: u64) {
        text.push_str(&self.before);
        let _ = write!(text, "{latency_ms}");
        text.push_str(&self.after);
    }

    /// At least how many bytes it has.
    pub(super) fn len(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

fn human(about: &About, status: u16, complete: bool) -> Line {
    let mut before = vec![format!("{status} {}", about.action)];
    if !about.model_id.is_empty() {
        before.push(about.model_id.clone());
    }
    match (about.input_tokens, about.output_tokens) {
        (None, None) => {}
        (input, output) => {
            let count = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
            before.push(format!("{} in, {} out", count(input), count(output)));
        }
    }
    before.push(String::new());
    let mut after = vec![" ms".to_owned()];
    after.extend(about.cost.map(usd_exact));
    after.push(about.origin.name().to_owned());
    if !complete {
        after.push("client hung up".to_owned());
    }
    after.extend(about.note.clone());
    let join = |parts: Vec<String>| parts.join("  ").replace(char::is_control, " ");
    Line { before: join(before), after: join(after) + "\n" }
}

fn json_line(about: &About, status: u16, complete: bool) -> Line {
    let line = json!({
        "status": status,
        "operation": about.action,
        "model_id": about.model_id,
        "input_tokens": about.input_tokens,
        "output_tokens": about.output_tokens,
        "latency_ms": 0,
        "cost_usd": about.cost.map(|cost| cost.normalize().to_string()),
        "origin": about.origin.name(),
        "complete": complete,
        "note": about.note,
    });
    // Quotes within a value are escaped, so that this can only be the key.
    let line = line.to_string();
    let (before, after) = line.split_once("\"latency_ms\":0").unwrap_or((&line, ""));
    Line { before: format!("{before}\"latency_ms\":"), after: format!("{after}\n") }
}
