//! Scores: within bounds, made of their parts, and in a sensible order.

use super::{Sign, Verdict, verdict};
use crate::challenge::evidence::{Evidence, Performance};
use crate::challenge::returned::Row;

/// Floats are off by a hair.
const HAIR: f64 = 1e-6;

/// The parts of a score, by name.
type Parts = Vec<(String, f64)>;

/// A score with what it is made of.
struct Scored<'a> {
    name: &'a str,
    score: f64,
    parts: Parts,
}

/// `score`: between 0 and 1, and following from parts between 0 and 1.
pub(super) fn score(evidence: &Evidence) -> Verdict {
    let mut signs = Vec::new();
    let mut scored: Vec<Scored<'_>> = Vec::new();
    for (index, performance) in evidence.acts.iter().enumerate() {
        let mut judged = 0;
        for (role, row) in performance.answered() {
            let Some(row) = row else { continue };
            judged += 1;
            let name = evidence.name(&role.model_id);
            match of_parts(name, row) {
                Ok((score, parts)) => {
                    signs.push(Sign::Right);
                    scored.push(Scored { name, score, parts });
                }
                Err(wrong) => signs.push(wrong),
            }
        }
        if index == 0 && judged < performance.act.roles.len() {
            signs.push(Sign::Open);
        }
    }
    signs.extend(against_the_parts(&scored));
    verdict(signs)
}

/// The score and its parts, if the one can follow from the others: any mean of numbers lies between the
/// least and the greatest of them.
fn of_parts(name: &str, row: &Row) -> Result<(f64, Parts), Sign> {
    let within = |number: &f64| (-HAIR..=1.0 + HAIR).contains(number);
    let Some(score) = row.number("score").filter(within) else {
        return Err(Sign::wrong(format!("a `score` from 0 to 1 for {name}"), row.shown("score")));
    };
    let Some(parts) = row.score_parts().filter(|parts| !parts.is_empty()) else {
        let expected = format!("`score_parts` for {name}: a dict of numbers");
        return Err(Sign::wrong(expected, row.shown("score_parts")));
    };
    if let Some((part, number)) = parts.iter().find(|(_, number)| !within(number)) {
        return Err(Sign::wrong(format!("`{part}` of {name} from 0 to 1"), format!("{number}")));
    }
    let least = parts.iter().map(|(_, number)| *number).fold(f64::INFINITY, f64::min);
    let greatest = parts.iter().map(|(_, number)| *number).fold(f64::NEG_INFINITY, f64::max);
    if score < least - HAIR || score > greatest + HAIR {
        let expected = format!("a score of {name} between its parts, {least:.3} and {greatest:.3}");
        return Err(Sign::wrong(expected, format!("{score:.3}")));
    }
    Ok((score, parts))
}

/// Two results of which one is better in no part and yet scores higher.
fn against_the_parts(scored: &[Scored<'_>]) -> Option<Sign> {
    let pairs = scored.iter().flat_map(|a| scored.iter().map(move |b| (a, b)));
    let (a, b) = pairs.into_iter().find(|(a, b)| a.score > b.score + HAIR && a.is_no_better_than(b))?;
    let found = format!(
        "{:.3} for {} and {:.3} for {}, which is as good in every part",
        a.score, a.name, b.score, b.name
    );
    Some(Sign::wrong("higher scores only where some part is better", found))
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

/// `ranking`: of two answers the one that is better, faster and cheaper scores higher.
pub(super) fn ranking(evidence: &Evidence) -> Verdict {
    let acts = evidence.acts.iter().filter(|performance| performance.act.better_and_worse.is_some());
    let mut signs: Vec<Sign> = acts.map(|performance| better_first(evidence, performance)).collect();
    if signs.len() < 2 {
        signs.push(Sign::Open);
    }
    verdict(signs)
}

fn better_first(evidence: &Evidence, performance: &Performance) -> Sign {
    let Some((better, worse)) = &performance.act.better_and_worse else { return Sign::Open };
    let score = |id: &str| {
        let row = performance.row(id).filter(|row| row.is_success() && performance.answers(id) > 0);
        row.and_then(|row| row.number("score"))
    };
    let (Some(high), Some(low)) = (score(better), score(worse)) else { return Sign::Open };
    if high > low + HAIR {
        return Sign::Right;
    }
    let (better, worse) = (evidence.name(better), evidence.name(worse));
    let expected = format!(
        "{better} above {worse} here: its answer does what the prompt asks, came sooner and cost less"
    );
    Sign::wrong(expected, format!("{high:.3} for {better}, {low:.3} for {worse}"))
}
