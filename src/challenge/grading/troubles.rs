//! What becomes of a model that fails, and of one that is throttled.

use super::results::{is_sound, stopped};
use super::{Finding, Sign, Verdict, verdict};
use crate::challenge::evidence::{Evidence, Performance};
use crate::challenge::play::{Role, Trouble};
use crate::challenge::returned::Row;
use crate::challenge::stage::Outcome;

/// The act's performance and the model in trouble, once a request to it arrived. Results that are wrong
/// without any trouble must be mended first.
fn begun<'a>(
    evidence: &Evidence,
    performance: Option<&'a Performance>,
) -> Option<(&'a Performance, &'a Role)> {
    let performance = performance.filter(|_| is_sound(evidence))?;
    let role = performance.act.troubled()?;
    performance.to(&role.model_id).next()?;
    Some((performance, role))
}

/// `failure`: a model that fails has a result that says so, and all others have theirs.
pub(super) fn failure(evidence: &Evidence) -> Verdict {
    let Some((performance, role)) = begun(evidence, evidence.failure()) else { return Verdict::Waits };
    let name = evidence.name(&role.model_id);
    let kind = match role.trouble {
        Trouble::Fails(failure) => failure.kind,
        _ => "an error",
    };
    let returned = match &performance.returned {
        Ok(returned) => returned,
        Err(trouble) => {
            let expected = format!("{name} fails with {kind}, and the function returns all the same");
            return Verdict::Failed(stopped(evidence, trouble, &expected));
        }
    };
    let others = performance.act.roles.iter().filter(|other| other.model_id != role.model_id).map(|other| {
        match returned.row(&other.model_id) {
            Some(_) => Sign::Right,
            None => Sign::wrong(
                format!("a result for {}, although {name} failed", evidence.name(&other.model_id)),
                "none",
            ),
        }
    });
    verdict([own_result(name, kind, returned.row(&role.model_id))].into_iter().chain(others))
}

fn own_result(name: &str, kind: &str, row: Option<&Row>) -> Sign {
    let expected = format!("`success` False and an `error`: {name} failed with {kind}");
    match row {
        None => Sign::wrong(expected, format!("no result for {name}")),
        Some(row) if row.success() != Some(false) => {
            Sign::wrong(expected, format!("`success` is {}", row.shown("success")))
        }
        Some(row) if row.text("error").is_none() => {
            Sign::wrong(expected, format!("`error` is missing or empty: {}", row.shown("error")))
        }
        Some(_) => Sign::Right,
    }
}

/// `throttling`: it is tried again until an answer comes, or the result says that it was throttled.
pub(super) fn throttling(evidence: &Evidence) -> Verdict {
    let Some((performance, role)) = begun(evidence, evidence.throttling()) else { return Verdict::Waits };
    let name = evidence.name(&role.model_id);
    let expected = format!("{name} is throttled: it is asked again, or its result says so");
    if let Err(trouble) = &performance.returned {
        return Verdict::Failed(stopped(evidence, trouble, &expected));
    }
    let got_through = performance.to(&role.model_id).any(|seen| seen.outcome != Outcome::Throttled);
    let wrong = |found: String| Verdict::Failed(Finding { expected, found });
    match performance.row(&role.model_id) {
        None => wrong(format!("no result for {name}")),
        Some(_) if got_through => Verdict::Passed,
        Some(row) if row.success() != Some(false) => {
            wrong(format!("`success` is {} without an answer", row.shown("success")))
        }
        Some(row) if says_throttled(row) => Verdict::Passed,
        Some(row) => wrong(format!("an `error` that does not say so: {}", row.shown("error"))),
    }
}

fn says_throttled(row: &Row) -> bool {
    let error = row.text("error").unwrap_or_default().to_lowercase();
    ["throttl", "too many requests", "429", "rate limit"].iter().any(|word| error.contains(word))
}
