//! What two recordings of a request say, and how they differ.

use jiff::civil::Date;
use rust_decimal::Decimal;
use similar::{ChangeTag, TextDiff};

use crate::course::terms;
use tutor_bedrock::Payload;
use tutor_bedrock::family::{self, Part, Reading, Usage};
use tutor_catalog::Catalog;
use tutor_catalog::measure::images_made;
use tutor_catalog::measure::{Cost, Summary};
use tutor_recording::Recording;

/// Which prices count: those of a catalog as it stands on a day.
#[derive(Debug, Clone, Copy)]
pub struct Prices {
    /// The models.
    pub catalog: &'static Catalog,
    /// The day.
    pub today: Date,
}

/// What a page shows of a recording, in figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Tokens of the shown answer.
    pub usage: Usage,
    /// USD of the shown answer, if its tokens and price are known.
    pub cost: Option<Decimal>,
    /// Client wall time over all samples.
    pub latency: Option<Summary>,
    /// Why the model stopped.
    pub stop_reason: Option<String>,
}

impl Figures {
    /// The figures of `recording` at these prices.
    pub fn of(recording: &Recording, prices: Prices) -> Self {
        let reading = reading(recording, 0, prices.catalog).unwrap_or_default();
        let model_id = &recording.call.model_id;
        let model = prices.catalog.model(model_id);
        let images = images_made(&recording.call, &reading);
        let terms = terms(recording);
        let totals: Vec<u64> = recording.samples.iter().map(|answer| answer.timing.total_ms).collect();
        Figures {
            usage: reading.usage,
            cost: Cost::of(model, &terms, &reading.usage, &images, prices.today).total(),
            latency: Summary::of(&totals),
            stop_reason: reading.stop_reason,
        }
    }
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// In both.
    Same(String),
    /// Only in what is accepted.
    Gone(String),
    /// Only in what waits.
    Added(String),
}

/// What the shown answers say, line by line; of one recording alone, every line is added.
pub fn compare(old: Option<&Recording>, new: &Recording, catalog: &Catalog) -> Vec<Line> {
    let new = text(new, 0, catalog);
    let Some(old) = old.map(|old| text(old, 0, catalog)) else {
        return new.lines().map(|line| Line::Added(line.to_owned())).collect();
    };
    lines_of(&old, &new)
}

/// Two texts, line by line.
pub(super) fn lines_of(old: &str, new: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(old, new);
    let line = |change: similar::Change<&str>| {
        let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
        match change.tag() {
            ChangeTag::Equal => Line::Same(text),
            ChangeTag::Delete => Line::Gone(text),
            ChangeTag::Insert => Line::Added(text),
        }
    };
    diff.iter_all_changes().map(line).collect()
}

/// What a sample says, for people: its text, and a word for what is not text.
pub fn text(recording: &Recording, sample: usize, catalog: &Catalog) -> String {
    let Some(answer) = recording.samples.get(sample) else { return String::new() };
    if let Some(error) = family::error::read(answer) {
        return format!("[error {} {}] {}", error.status, error.kind, error.message);
    }
    match reading(recording, sample, catalog) {
        Some(reading) => reading.parts.iter().map(part).collect::<Vec<_>>().join("\n"),
        None => match &answer.payload {
            Payload::Whole(body) => body.to_text(),
            Payload::Stream(frames) => format!("[a stream of {} frames nobody can read]", frames.len()),
        },
    }
}

fn part(part: &Part) -> String {
    match part {
        Part::Text(text) => text.clone(),
        Part::Reasoning(text) => format!("[thinking] {text}"),
        Part::ToolUse { name, input } => format!("[tool {name}] {}", input.to_compact()),
        Part::Image { media_type, bytes } => format!("[image {media_type}, {} bytes]", bytes.len()),
        Part::Embedding(vector) => format!("[vector of {} numbers]", vector.len()),
        Part::Refusal(why) => format!("[refused] {why}"),
        Part::Data { what, value } => format!("[{}] {}", what.name(), value.to_compact()),
    }
}

/// Whether the samples of both say the same, in whatever bytes: same content, same reason to stop.
pub fn says_the_same(old: &Recording, new: &Recording, catalog: &Catalog) -> bool {
    let content = |recording: &Recording, sample: usize| {
        reading(recording, sample, catalog).map(|reading| (reading.parts, reading.stop_reason))
    };
    old.origin.is_same_source(&new.origin)
        && old.samples.len() == new.samples.len()
        && (0..new.samples.len()).all(|sample| {
            let (old, new) = (content(old, sample), content(new, sample));
            old.is_some() && old == new
        })
}

fn reading(recording: &Recording, sample: usize, catalog: &Catalog) -> Option<Reading> {
    let call = &recording.call;
    family::read(call, catalog.family(&call.model_id), recording.samples.get(sample)?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn catalog() -> &'static Catalog {
        Catalog::embedded()
    }

    use tutor_bedrock::{Answer, Call, Operation, Timing};
    use tutor_recording::Origin;

    fn recording(body: &str) -> Recording {
        let call = Call::new(
            Operation::InvokeModel,
            "meta.llama3-70b-instruct-v1:0",
            json!({"prompt": "hi"}).into(),
        );
        let answer = Answer {
            status: 200,
            headers: BTreeMap::new(),
            payload: Payload::Whole(body.as_bytes().to_vec().into()),
            timing: Timing { total_ms: 800, first_token_ms: None },
        };
        Recording::new(&call, Origin::practice("2026-11-22T12:00:00Z".parse().unwrap()), vec![answer])
    }

    #[test]
    fn the_same_words_in_other_bytes_are_only_another_format() {
        let one = recording(r#"{"generation":"Hello","stop_reason":"stop"}"#);
        assert!(says_the_same(
            &one,
            &recording(r#"{ "stop_reason":"stop", "generation":"Hello" }"#),
            catalog()
        ));
        assert!(!says_the_same(
            &one,
            &recording(r#"{"generation":"Hello!","stop_reason":"stop"}"#),
            catalog()
        ));
        assert!(!says_the_same(
            &one,
            &recording(r#"{"generation":"Hello","stop_reason":"length"}"#),
            catalog()
        ));
        assert!(
            !says_the_same(&recording("?"), &recording("!"), catalog()),
            "what nobody can read is not compared"
        );
    }

    #[test]
    fn a_comparison_goes_line_by_line() {
        let old = recording(r#"{"generation":"One\nTwo\nThree"}"#);
        let new = recording(r#"{"generation":"One\n2\nThree"}"#);
        let lines = compare(Some(&old), &new, catalog());
        let same = |text: &str| Line::Same(text.to_owned());
        assert_eq!(lines, [same("One"), Line::Gone("Two".into()), Line::Added("2".into()), same("Three")]);
        assert_eq!(compare(None, &new, catalog()).len(), 3);
    }

    #[test]
    fn figures_come_from_the_shown_answer() {
        let new = recording(
            r#"{"generation":"x","prompt_token_count":1000,"generation_token_count":10,"stop_reason":"stop"}"#,
        );
        let figures =
            Figures::of(&new, Prices { catalog: catalog(), today: jiff::civil::date(2026, 11, 22) });
        assert_eq!((figures.usage.input_tokens, figures.usage.output_tokens), (Some(1000), Some(10)));
        assert!(figures.cost.is_some_and(|cost| cost > Decimal::ZERO));
        assert_eq!(figures.stop_reason.as_deref(), Some("stop"));
    }
}
