//! How long answers took, by the learner's own clock.

use std::time::{Duration, Instant};

use super::answers::of_results;
use super::{Sign, Verdict, factor, verdict};
use crate::challenge::evidence::{Evidence, Played};
use crate::challenge::returned::Row;
use crate::challenge::scenario::StubModel;

/// How much a clock may be off: people round, and a request takes a moment to arrive.
const ROUNDING: f64 = 0.051;
/// How much longer a learner's clock may run than the endpoint's: what a busy machine needs to sign and
/// send a request.
const SENDING: f64 = 0.5;
/// How far apart the delays of two models must lie for their order to be judged.
const APART: Duration = Duration::from_millis(200);

/// `latency`: not less than the delay that was held, not more than the time until the function returned,
/// and in the right order.
pub(super) fn latency(evidence: &Evidence) -> Verdict {
    let each = of_results(evidence, "latency", |played, stub, _, row| {
        if played.round.troubled().is_some() { Sign::Right } else { one(evidence, played, stub, row) }
    });
    if each != Verdict::Passed {
        return each;
    }
    verdict(evidence.untroubled().map(|played| out_of_order(evidence, played).unwrap_or(Sign::Right)))
}

fn one(evidence: &Evidence, played: &Played, stub: &StubModel, row: &Row) -> Sign {
    let name = evidence.name(&stub.model_id);
    let held = stub.delay().as_secs_f64();
    let Some(latency) = row.number("latency_seconds") else {
        return Sign::wrong(format!("seconds for {name}"), row.shown_number("latency_seconds"));
    };
    let longest = longest(played, stub);
    let reported = Duration::from_millis(stub.lines.reported_ms).as_secs_f64();
    let first = Duration::from_millis(stub.lines.first_ms).as_secs_f64();
    if latency + ROUNDING < held {
        let expected = format!("at least {held:.2} seconds for {name}, which took that long");
        let found = format!("{latency:.3}");
        let is = |other: f64| other > 0.1 && latency >= other - 0.001 && latency < other + 0.05;
        let why = if let Some(words) = factor::seconds(latency, held) {
            Some(words)
        } else if (latency - reported).abs() < 0.0015 {
            Some("the figure that Bedrock reports: it knows nothing of the way, and is no clock of yours")
        } else if held >= 1.0 && (latency - held.fract()).abs() < 0.1 {
            Some("whole seconds are lost")
        } else if is(first) {
            Some("which is when the headers came: the body was still to be read")
        } else if latency < 0.02 {
            Some("which is next to nothing: does the clock run while the request does?")
        } else {
            None
        };
        Sign::wrong(expected, why.map_or(found.clone(), |why| format!("{found}, {why}")))
    } else if latency > longest + SENDING {
        let expected = format!("at most {longest:.2} seconds for {name}: then all was over");
        let found = format!("{latency:.3}");
        let why = factor::seconds(latency, held).or_else(|| factor::seconds(latency, longest));
        Sign::wrong(expected, why.map_or(found.clone(), |why| format!("{found}, {why}")))
    } else {
        Sign::Right
    }
}

/// From when the learner's clock can have started until the function returned, in seconds.
fn longest(played: &Played, stub: &StubModel) -> f64 {
    started(played, stub).map_or(0.0, |at| played.over.saturating_duration_since(at).as_secs_f64())
}

/// When the learner's clock for a model can have started at the earliest: a busy machine may take its time
/// to send, so not when the request arrived, but when the answer before it was over, or else when the
/// function was called.
fn started(played: &Played, stub: &StubModel) -> Option<Instant> {
    let at = played.to(&stub.model_id).map(|seen| seen.at).min()?;
    if is_concurrent(played) {
        return Some(played.began);
    }
    let delay = |id: &str| played.round.stub(id).map(StubModel::delay).unwrap_or_default();
    let ends = played.seen.iter().map(|seen| seen.at + delay(&seen.model_id));
    Some(ends.filter(|end| *end <= at).max().unwrap_or(played.began))
}

/// Whether the script calls several models at once.
fn is_concurrent(played: &Played) -> bool {
    let calls = &played.notes.calls;
    let overlap = |(index, call): (usize, &crate::challenge::runner::ClientCall)| {
        let others = calls.iter().enumerate().filter(|(other, _)| *other != index);
        let mut within = others.filter(|(_, other)| other.began >= call.began);
        within.any(|(_, other)| call.ended.is_none_or(|ended| other.began < ended))
    };
    calls.iter().enumerate().any(overlap)
}

/// A pair of models whose times are in the wrong order although their delays lie far apart. Where the
/// machine was so busy that the quicker one may really have taken as long, nothing is said.
fn out_of_order(evidence: &Evidence, played: &Played) -> Option<Sign> {
    let timed: Vec<(&StubModel, f64)> = played
        .answered()
        .filter_map(|(stub, _, row)| Some((stub, row?.number("latency_seconds")?)))
        .collect();
    let pairs = timed.iter().flat_map(|quick| timed.iter().map(move |slow| (quick, slow)));
    let apart = |quick: &StubModel, slow: &StubModel| {
        quick.delay() + APART < slow.delay() && at_most(played, quick) < slow.delay()
    };
    let ((quick, a), (slow, b)) = pairs.into_iter().find(|((q, a), (s, b))| apart(q, s) && a >= b)?;
    let (quick, slow) = (evidence.name(&quick.model_id), evidence.name(&slow.model_id));
    Some(Sign::wrong(
        format!("less for {quick} than for {slow}, each from its own request on"),
        format!("{a:.3} and {b:.3} seconds"),
    ))
}

/// The most that an answer can have taken by the learner's clock: until the next request arrived, where
/// one came after it was due, else until the function returned. Where several are asked at once, the next
/// request is no sign that this answer was read.
fn at_most(played: &Played, stub: &StubModel) -> Duration {
    if is_concurrent(played) {
        return Duration::MAX;
    }
    let at = played.to(&stub.model_id).map(|seen| seen.at).min();
    let (Some(at), Some(started)) = (at, started(played, stub)) else { return Duration::MAX };
    let next = played.seen.iter().map(|seen| seen.at).filter(|other| *other >= at + stub.delay()).min();
    next.unwrap_or(played.over).saturating_duration_since(started)
}
