//! What was read from the answers: text, time, tokens and cost.

use std::time::{Duration, Instant};

use rust_decimal::prelude::ToPrimitive as _;

use super::{Sign, Verdict, verdict};
use crate::challenge::evidence::{Evidence, Performance};
use crate::challenge::play::{Priced, Role};
use crate::challenge::returned::{Row, short};

/// `text`: the output is the text of the answer.
pub(super) fn text(evidence: &Evidence) -> Verdict {
    let signs = evidence.acts.iter().enumerate().flat_map(|(index, performance)| {
        performance.act.roles.iter().map(move |role| {
            let open = if index == 0 { Sign::Open } else { Sign::Right };
            let (true, Some(row)) =
                (performance.answers(&role.model_id) > 0, performance.row(&role.model_id))
            else {
                return open;
            };
            output(evidence.name(&role.model_id), role, row)
        })
    });
    verdict(signs)
}

fn output(name: &str, role: &Role, row: &Row) -> Sign {
    let expected = || format!("the text of {name}: “{}”", first_words(&role.lines.text));
    if row.success() == Some(false) {
        return Sign::wrong(expected(), format!("it answered, and the result says {}", row.error()));
    }
    match row.text("output") {
        Some(output) if output.trim() == role.lines.text.trim() => Sign::Right,
        Some(output) if output.contains(role.lines.text.trim()) => {
            Sign::wrong(expected(), format!("more than that: “{}”", short(output)))
        }
        _ => Sign::wrong(expected(), row.shown("output")),
    }
}

fn first_words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(7).collect();
    format!("{} …", words.join(" "))
}

/// The signs of all results that claim success and whose model has answered. In the first act every
/// model owes one.
fn of_results(evidence: &Evidence, judge: impl Fn(&Performance, &Role, &Row) -> Sign) -> Verdict {
    let mut signs = Vec::new();
    for (index, performance) in evidence.acts.iter().enumerate() {
        let mut judged = 0;
        for (role, row) in performance.answered() {
            if let Some(row) = row {
                judged += 1;
                signs.push(judge(performance, role, row));
            }
        }
        if index == 0 && judged < performance.act.roles.len() {
            signs.push(Sign::Open);
        }
    }
    verdict(signs)
}

/// `tokens`: the counts are those that Bedrock reports.
pub(super) fn tokens(evidence: &Evidence) -> Verdict {
    of_results(evidence, |_, role, row| {
        let reported = [role.lines.input_tokens, role.lines.output_tokens];
        let counted = [row.count("input_tokens"), row.count("output_tokens")];
        if counted == reported.map(Some) {
            return Sign::Right;
        }
        let [input, output] = reported;
        let name = evidence.name(&role.model_id);
        let expected = format!("{name} reports {input} in and {output} out");
        if counted == [Some(output), Some(input)] {
            return Sign::wrong(expected, "the two are swapped");
        }
        Sign::wrong(expected, format!("{} in, {} out", row.shown("input_tokens"), row.shown("output_tokens")))
    })
}

/// `cost`: tokens times price. The learner's own counts are taken, so that wrong tokens are told once.
pub(super) fn cost(evidence: &Evidence) -> Verdict {
    of_results(evidence, |_, role, row| {
        let Some(model) = evidence.models.iter().find(|model| model.id == role.model_id) else {
            return Sign::Open;
        };
        let counted = |key, reported| row.count(key).unwrap_or(reported);
        let input = counted("input_tokens", role.lines.input_tokens);
        let output = counted("output_tokens", role.lines.output_tokens);
        let due = price(model, input, output);
        // People round; a millionth of a dollar or one part in a hundred is no fault.
        let tolerance = (due * 0.01).max(1e-6);
        match row.number("cost_usd") {
            Some(cost) if (cost - due).abs() <= tolerance => Sign::Right,
            _ => Sign::wrong(
                format!("{due:.8} USD for {input} + {output} tokens of {}", evidence.name(&role.model_id)),
                row.shown("cost_usd"),
            ),
        }
    })
}

/// USD for so many tokens.
fn price(model: &Priced, input: u64, output: u64) -> f64 {
    let per_million = |price: rust_decimal::Decimal, tokens: u64| {
        price.to_f64().unwrap_or_default() * tokens.to_f64().unwrap_or_default() / 1e6
    };
    per_million(model.input_per_million, input) + per_million(model.output_per_million, output)
}

/// How much a clock may be off: people round, and a request takes a moment to arrive.
const ROUNDING: f64 = 0.05;
/// How much longer a learner's clock may run than the endpoint's: what a busy machine needs to sign and
/// send a request.
const SENDING: f64 = 0.5;
/// How far apart the delays of two models must lie for their order to be judged.
const APART: Duration = Duration::from_millis(200);

/// `latency`: not less than the delay that was held, not more than the time until the function returned,
/// and in the right order.
pub(super) fn latency(evidence: &Evidence) -> Verdict {
    let Some(comparison) = evidence.comparison() else { return Verdict::Waits };
    let mut timed = Vec::new();
    let mut signs = Vec::new();
    for (role, row) in comparison.answered() {
        let Some(row) = row else { continue };
        let name = evidence.name(&role.model_id);
        let held = role.delay().as_secs_f64();
        let Some(latency) = row.number("latency_seconds") else {
            signs.push(Sign::wrong(format!("seconds for {name}"), row.shown("latency_seconds")));
            continue;
        };
        let longest = longest(comparison, role);
        if latency + ROUNDING < held {
            let expected = format!("at least {held:.2} seconds for {name}, which took that long");
            signs.push(Sign::wrong(expected, format!("{latency:.3}")));
        } else if latency > longest + SENDING {
            let expected = format!("at most {longest:.2} seconds for {name}: then all was over");
            signs.push(Sign::wrong(expected, format!("{latency:.3}")));
        } else {
            signs.push(Sign::Right);
            timed.push((role, latency));
        }
    }
    signs.extend(out_of_order(evidence, comparison, &timed));
    if timed.len() < comparison.act.roles.len() {
        signs.push(Sign::Open);
    }
    verdict(signs)
}

/// From when the learner's clock can have started until the function returned, in seconds.
fn longest(performance: &Performance, role: &Role) -> f64 {
    started(performance, role).map_or(0.0, |at| performance.over.saturating_duration_since(at).as_secs_f64())
}

/// When the learner's clock for a model can have started at the earliest: a busy machine may take its time
/// to send, so not when the request arrived, but when the answer before it was over, or else when the
/// function was called.
fn started(performance: &Performance, role: &Role) -> Option<Instant> {
    let at = performance.to(&role.model_id).map(|seen| seen.at).min()?;
    let delay = |id: &str| performance.act.role(id).map(Role::delay).unwrap_or_default();
    let ends = performance.seen.iter().map(|seen| seen.at + delay(&seen.model_id));
    Some(ends.filter(|end| *end <= at).max().unwrap_or(performance.began))
}

/// A pair of models whose times are in the wrong order although their delays lie far apart. Where the
/// machine was so busy that the quicker one may really have taken as long, nothing is said.
fn out_of_order(evidence: &Evidence, performance: &Performance, timed: &[(&Role, f64)]) -> Option<Sign> {
    let pairs = timed.iter().flat_map(|quick| timed.iter().map(move |slow| (quick, slow)));
    let apart = |quick: &Role, slow: &Role| {
        quick.delay() + APART < slow.delay() && at_most(performance, quick) < slow.delay()
    };
    let ((quick, a), (slow, b)) = pairs.into_iter().find(|((q, a), (s, b))| apart(q, s) && a >= b)?;
    let (quick, slow) = (evidence.name(&quick.model_id), evidence.name(&slow.model_id));
    Some(Sign::wrong(format!("less for {quick} than for {slow}"), format!("{a:.3} and {b:.3} seconds")))
}

/// The most that an answer can have taken by the learner's clock: until the next request arrived, where
/// one came after it was due, else until the function returned.
fn at_most(performance: &Performance, role: &Role) -> Duration {
    let at = performance.to(&role.model_id).map(|seen| seen.at).min();
    let (Some(at), Some(started)) = (at, started(performance, role)) else { return Duration::MAX };
    let next = performance.seen.iter().map(|seen| seen.at).filter(|other| *other >= at + role.delay()).min();
    next.unwrap_or(performance.over).saturating_duration_since(started)
}
