//! Whose fault an exception is: a model has answered, and the result has no success, because the script
//! stumbled over the answer. The check that judges what the script was doing there tells of it, and no
//! other.

use super::results::explained;
use crate::challenge::evidence::{Evidence, Played};
use crate::challenge::returned::Row;
use crate::challenge::runner::{Caught, Place};

/// The checks that judge what is made of an answer, those first whose words are the more telling.
const OF_ANSWERS: [&str; 5] = ["cost", "tokens", "score", "latency", "text"];

/// An exception that spoiled a result.
pub(super) struct Stumble<'a> {
    /// The check that tells of it.
    pub(super) check: &'static str,
    caught: Option<&'a Caught>,
    row: &'a Row,
}

/// Why a model that has answered has a result without success; `None` if it has success.
pub(super) fn stumble<'a>(evidence: &'a Evidence, played: &'a Played, row: &'a Row) -> Option<Stumble<'a>> {
    if row.success() != Some(false) {
        return None;
    }
    let caught = caught(played, row);
    let check = caught.and_then(|caught| owner(evidence, caught)).unwrap_or("text");
    Some(Stumble { check, caught, row })
}

impl Stumble<'_> {
    /// What happened, in words.
    pub(super) fn told(&self) -> String {
        match self.caught {
            Some(caught) => format!("it answered, and then: {}", words(caught)),
            None => format!("it answered, and the result says {}", self.row.error()),
        }
    }

    /// Where.
    pub(super) fn place(&self) -> Option<&Place> {
        self.caught.and_then(|caught| caught.place.as_ref())
    }
}

/// An exception with its place.
pub(super) fn words(caught: &Caught) -> String {
    let at = super::results::at(caught.place.as_ref());
    format!("{}{at}", explained(&caught.kind, &caught.message))
}

/// The exception that a result without success tells of: the one whose words it repeats, else the last
/// one that came by while its model was worked on.
pub(super) fn caught<'a>(played: &'a Played, row: &Row) -> Option<&'a Caught> {
    let error = row.text("error").unwrap_or_default();
    let of_model = |caught: &&Caught| caught.model.as_deref() == row.model_id();
    let repeated = |caught: &&Caught| !caught.message.is_empty() && error.contains(&caught.message);
    let all = || played.notes.caught.iter();
    all()
        .filter(of_model)
        .rfind(repeated)
        .or_else(|| all().rfind(repeated))
        .or_else(|| all().rfind(of_model))
        // Nothing was called before the first one stumbled.
        .or_else(|| all().find(|caught| caught.model.is_none()))
}

/// The check that judges what is done where an exception came by: by the function, by what is assigned
/// there, by what the exception misses, by the whole statement.
fn owner(evidence: &Evidence, caught: &Caught) -> Option<&'static str> {
    let place = caught.place.as_ref()?;
    let by_function = OF_ANSWERS.into_iter().find(|id| {
        let check = evidence.checks.iter().find(|check| check.id == *id);
        let is_alone = |look: &str| evidence.checks.iter().filter(|check| check.look == look).count() <= 2;
        check.is_some_and(|check| {
            Some(check.look.as_str()) == place.function.as_deref() && is_alone(&check.look)
        })
    });
    if by_function.is_some() {
        return by_function;
    }
    let statement = place.statement.as_deref().unwrap_or(&place.text);
    let target = statement.split_once('=').map_or("", |(target, _)| target);
    let function = place.function.as_deref().unwrap_or_default();
    [target, caught.message.as_str(), place.text.as_str(), function, statement].into_iter().find_map(
        |words| {
            let words = words.to_lowercase();
            OF_ANSWERS.into_iter().find(|id| topics(id).iter().any(|topic| words.contains(topic)))
        },
    )
}

/// Words that tell what a statement is about.
fn topics(check: &str) -> &'static [&'static str] {
    match check {
        "cost" => &["cost", "usd", "price", "million"],
        "tokens" => &["token", "header", "usage"],
        "score" => &["score", "parts", "quality", "weight"],
        "latency" => &["latency", "elapsed", "seconds", "perf_counter", "time.time", "started", "duration"],
        _ => &["output", "text", "content", "generation", "completion", "answer", "json"],
    }
}
