//! Scores: within bounds, and made of their parts.

use super::answers::of_results;
use super::{Sign, Verdict, verdict};
use crate::challenge::evidence::{Evidence, Played};
use crate::challenge::returned::Row;

/// Floats are off by a hair.
pub(super) const HAIR: f64 = 1e-6;
/// Parts may be rounded where the score is not.
const ROUNDED: f64 = 0.015;

/// The parts of a score, by name.
pub(super) type Parts = Vec<(String, f64)>;

/// A score with what it is made of.
struct Scored<'a> {
    name: &'a str,
    score: f64,
    parts: Parts,
}

/// `score`: between 0 and 1, and growing with parts between 0 and 1.
pub(super) fn score(evidence: &Evidence) -> Verdict {
    let each = of_results(evidence, "score", |_, stub, _, row| {
        let name = evidence.name(&stub.model_id);
        of_parts(name, row).map_or_else(|wrong| wrong, |_| Sign::Right)
    });
    if each != Verdict::Passed {
        return each;
    }
    let scored: Vec<Scored<'_>> = evidence
        .rounds
        .iter()
        .flat_map(Played::answered)
        .filter_map(|(stub, _, row)| {
            let name = evidence.name(&stub.model_id);
            let (score, parts) = of_parts(name, row?).ok()?;
            Some(Scored { name, score, parts })
        })
        .collect();
    verdict([against_the_parts(&scored).unwrap_or(Sign::Right)])
}

fn of_parts(name: &str, row: &Row) -> Result<(f64, Parts), Sign> {
    let within = |number: &f64| (-HAIR..=1.0 + HAIR).contains(number);
    let Some(score) = row.number("score").filter(within) else {
        let found =
            row.number("score").map_or_else(|| row.shown_number("score"), |score| format!("{score:.3}"));
        let found = match row.number("score") {
            Some(score) if (1.0..=100.0).contains(&score) => {
                format!("{found}: per cent, or a sum of several?")
            }
            _ => found,
        };
        return Err(Sign::wrong(format!("a `score` from 0 to 1 for {name}"), found).marked(&[
            "\"score\"",
            "'score'",
            "score=",
        ]));
    };
    let Some(parts) = row.score_parts().filter(|parts| !parts.is_empty()) else {
        let expected = format!("`score_parts` for {name}: a dict of numbers");
        return Err(Sign::wrong(expected, row.shown("score_parts")).marked(&["score_parts"]));
    };
    if let Some((part, number)) = parts.iter().find(|(_, number)| !within(number)) {
        let found = Sign::wrong(format!("`{part}` of {name} from 0 to 1"), format!("{number:.3}"));
        return Err(found.marked(&[&format!("\"{part}\""), &format!("'{part}'"), part]));
    }
    Ok((score, parts))
}

/// Two results of which one is better in no part and yet scores higher.
fn against_the_parts(scored: &[Scored<'_>]) -> Option<Sign> {
    let pairs = scored.iter().flat_map(|a| scored.iter().map(move |b| (a, b)));
    let (a, b) = pairs.into_iter().find(|(a, b)| a.score > b.score + ROUNDED && a.is_no_better_than(b))?;
    let found = format!(
        "{:.3} for {} and {:.3} for {}, which is as good in every part",
        a.score, a.name, b.score, b.name
    );
    Some(Sign::wrong("a higher score only where some part is better", found).marked(&["score ="]))
}

impl Scored<'_> {
    /// Whether it has the same parts, and none of them is better.
    fn is_no_better_than(&self, other: &Scored<'_>) -> bool {
        let same = |part: &String| other.parts.iter().find(|(name, _)| name == part);
        self.parts.len() == other.parts.len()
            && self
                .parts
                .iter()
                .all(|(part, number)| same(part).is_some_and(|(_, best)| *number <= best + HAIR))
    }
}
