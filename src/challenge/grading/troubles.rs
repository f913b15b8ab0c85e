//! What becomes of a model that fails, and of one that is throttled.

use super::results::{is_sound, stopped};
use super::{Finding, Sign, Verdict, verdict};
use crate::challenge::evidence::{Evidence, Played};
use crate::challenge::returned::Row;
use crate::challenge::scenario::{Failure, Fault, Kind, StubModel};
use crate::challenge::stubs::Outcome;

/// The round of this kind and the model in trouble, once a request to it arrived. Results that are wrong
/// without any trouble must be mended first.
fn begun(evidence: &Evidence, kind: Kind) -> Option<(&Played, &StubModel)> {
    let played = evidence.round(kind).filter(|_| is_sound(evidence))?;
    let stub = played.round.troubled()?;
    played.to(&stub.model_id).next()?;
    Some((played, stub))
}

/// `failure`: a model that fails has a result that says so, and all others have theirs.
pub(super) fn failure(evidence: &Evidence) -> Verdict {
    let Some((played, stub)) = begun(evidence, Kind::Failure) else { return Verdict::Waits };
    let name = evidence.name(&stub.model_id);
    let Fault::Fails(failure) = stub.fault else { return Verdict::Waits };
    let returned = match &played.returned {
        Ok(returned) => returned,
        Err(trouble) => {
            let expected =
                format!("{name} fails with {}, and the function returns all the same", failure.kind);
            return Verdict::Failed(stopped(evidence, trouble, &expected));
        }
    };
    let others =
        played.round.stubs.iter().filter(|other| other.model_id != stub.model_id).map(|other| match returned
            .row(&other.model_id)
        {
            Some(_) => Sign::Right,
            None => Sign::wrong(
                format!("a result for {}, although {name} failed", evidence.name(&other.model_id)),
                "none",
            ),
        });
    verdict([own_result(name, failure, returned.row(&stub.model_id))].into_iter().chain(others))
}

fn own_result(name: &str, failure: Failure, row: Option<&Row>) -> Sign {
    let expected =
        format!("`success` False and an `error` that says why: {name} failed with {}", failure.kind);
    let error: &[&str] = &["\"error\"", "'error'", "error="];
    match row {
        None => Sign::wrong(expected, format!("no result for {name}")),
        Some(row) if row.success() != Some(false) => {
            let found = format!("`success` is {}", row.shown("success"));
            Sign::wrong(expected, found).marked(&["except Exception", "except ", "success"])
        }
        Some(row) if row.text("error").is_none() => {
            let found = format!("`error` is missing or empty: {}", row.shown("error"));
            Sign::wrong(expected, found).marked(error)
        }
        Some(row) if !says_why(row, failure) => {
            let found = format!("{}, which gives no reason", row.shown("error"));
            Sign::wrong(expected, found).marked(error)
        }
        Some(_) => Sign::Right,
    }
}

/// Whether an error tells a reader why: by its name, its number or its words.
fn says_why(row: &Row, failure: Failure) -> bool {
    let plain = |text: &str| text.to_lowercase().replace([' ', '_', '-', '’', '\''], "");
    let error = plain(row.text("error").unwrap_or_default());
    let name = plain(failure.kind.trim_end_matches("Exception"));
    let words = plain(failure.message);
    let mut parts = words.as_bytes().windows(14).filter_map(|part| std::str::from_utf8(part).ok());
    error.contains(&name)
        || error.contains(&failure.status.to_string())
        || parts.any(|part| error.contains(part))
}

/// `throttling`: it is tried again until an answer comes, or the result says that it was throttled.
pub(super) fn throttling(evidence: &Evidence) -> Verdict {
    let Some((played, stub)) = begun(evidence, Kind::Throttling) else { return Verdict::Waits };
    let name = evidence.name(&stub.model_id);
    let expected = format!("{name} is throttled: it is asked again, or its result says so");
    if let Err(trouble) = &played.returned {
        return Verdict::Failed(stopped(evidence, trouble, &expected));
    }
    let got_through = played.to(&stub.model_id).any(|seen| seen.outcome != Outcome::Throttled);
    let wrong = |found: String, marks: &[&str]| {
        let marks = marks.iter().map(|mark| (*mark).to_owned()).collect();
        Verdict::Failed(Finding { marks, ..Finding::new(&expected, found) })
    };
    let Some(row) = played.row(&stub.model_id) else { return wrong(format!("no result for {name}"), &[]) };
    if !got_through && row.success() != Some(false) {
        return wrong(format!("`success` is {} without an answer", row.shown("success")), &[]);
    }
    if let Some(times) = hammers(played, stub) {
        let times = if times == 1 { "one more request".to_owned() } else { format!("{times} more requests") };
        let found = format!("{times} at once, without a pause before");
        return wrong(found, &["ThrottlingException", "Throttl", "for attempt", "while ", "except "]);
    }
    if row.is_success() || !got_through && says_throttled(row) {
        return Verdict::Passed;
    }
    if got_through {
        // Why a result of an answer has no success is told where all other answers are judged.
        return Verdict::Passed;
    }
    let found = format!("an `error` that does not say so: {}", row.shown("error"));
    wrong(found, &["\"error\"", "'error'", "error="])
}

/// How often a throttled model was asked again at once, if it never was left alone for a moment. The pauses
/// are those between the calls in the script's own process, which know no network; without them, those
/// between the requests. A busy machine makes pauses where the script asked for none.
fn hammers(played: &Played, stub: &StubModel) -> Option<usize> {
    const AT_ONCE: f64 = 0.02;
    const WITHOUT_SLEEP: f64 = 0.12;
    const ARRIVED_AT_ONCE: f64 = 0.05;
    let mut calls: Vec<_> = played.notes.calls.iter().filter(|call| call.model == stub.model_id).collect();
    calls.sort_by(|a, b| a.began.total_cmp(&b.began));
    let seen: Vec<_> = played.to(&stub.model_id).map(|seen| seen.at).collect();
    let at_once: Vec<bool> = if calls.is_empty() {
        seen.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64() < ARRIVED_AT_ONCE).collect()
    } else {
        let pauses =
            calls.windows(2).filter_map(|pair| Some((pair[1].began - pair[0].ended?, pair[1].slept)));
        let is_none = |(pause, slept)| pause < AT_ONCE || (slept < AT_ONCE / 4.0 && pause < WITHOUT_SLEEP);
        pauses.map(is_none).collect()
    };
    (!at_once.is_empty() && at_once.iter().all(|at_once| *at_once)).then_some(at_once.len())
}

fn says_throttled(row: &Row) -> bool {
    let error = row.text("error").unwrap_or_default().to_lowercase();
    ["throttl", "too many requests", "429", "rate limit"].iter().any(|word| error.contains(word))
}
