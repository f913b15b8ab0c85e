//! Scores in a sensible order.
//!
//! Judged are pairs of one round that differ in one thing alone: a score may be relative to the others of
//! its round. Times are measured and never quite equal, so a difference counts only where it is more than
//! the times of the two explain; what a pair of unequal times shows is the measure of that.

use super::answers::is_cost_right;
use super::scores::{HAIR, Parts};
use super::{Sign, Verdict, verdict};
use crate::challenge::evidence::{Evidence, Played};
use crate::challenge::scenario::{Difference, Kind, Pair};

/// By how much scores may differ that should be the same: people round.
const ROUNDED: f64 = 0.006;
/// Where unequal times explain more than this, a small difference tells nothing.
const NOISY: f64 = 0.003;

/// `ranking`: what is better in one thing scores higher, what is equal scores the same.
pub(super) fn ranking(evidence: &Evidence) -> Verdict {
    let ranked: Vec<&Played> =
        evidence.rounds.iter().filter(|played| !played.round.pairs.is_empty()).collect();
    let mut signs = Vec::new();
    for played in &ranked {
        match Scores::of(played) {
            Some(scores) => signs.extend(pairs(evidence, played, &scores)),
            None => signs.push(Sign::Open),
        }
    }
    if ranked.len() < 3 {
        signs.push(Sign::Open);
    }
    signs.extend(flat(evidence, &ranked));
    signs.extend(again(evidence));
    verdict(signs)
}

/// What a script made of one answer.
struct Scored {
    model_id: String,
    score: f64,
    parts: Parts,
    latency: f64,
}

/// All scores of a round, with how much they hang on time.
struct Scores {
    all: Vec<Scored>,
    /// By how much a score sinks with each second.
    slope: f64,
    /// The parts that change with time.
    timed: Vec<String>,
}

impl Scores {
    /// `None` unless every model of the round has a score for an answer that nothing spoiled.
    fn of(played: &Played) -> Option<Self> {
        let all: Option<Vec<Scored>> = played
            .round
            .models
            .iter()
            .map(|model| {
                let row = played.row(&model.id).filter(|row| row.is_success())?;
                // A score for another text than the one that was said is no fault of the score.
                let asked = played.asked(&model.id).filter(|asked| asked.spoiled.is_none())?;
                row.text("output").filter(|output| output.trim() == asked.said.text().trim())?;
                // Nor is one for another cost than the one that is due.
                Some(()).filter(|()| is_cost_right(model, asked, row))?;
                Some(Scored {
                    model_id: model.id.clone(),
                    score: row.number("score")?,
                    parts: row.score_parts().unwrap_or_default(),
                    latency: row.number("latency_seconds").unwrap_or_default(),
                })
            })
            .collect();
        let all = all?;
        let mut scores = Scores { all, slope: 0.0, timed: Vec::new() };
        for pair in played.round.pairs.iter().filter(|pair| pair.differs == Difference::Time) {
            let (Some(quick), Some(slow)) = (scores.find(&pair.better), scores.find(&pair.worse)) else {
                continue;
            };
            let seconds = (slow.latency - quick.latency).abs().max(0.1);
            let slope = (quick.score - slow.score).abs() / seconds;
            let timed: Vec<String> = quick
                .parts
                .iter()
                .filter(|(name, part)| slow.part(name).is_none_or(|other| (part - other).abs() > 1e-9))
                .map(|(name, _)| name.clone())
                .collect();
            scores.slope = scores.slope.max(slope);
            scores.timed.extend(timed);
        }
        Some(scores)
    }

    fn find(&self, model_id: &str) -> Option<&Scored> {
        self.all.iter().find(|scored| scored.model_id == model_id)
    }

    /// Whether a part that does not change with time is better for the one than for the other.
    fn has_better_part(&self, better: &Scored, worse: &Scored) -> bool {
        self.best_lead(better, worse) > 1e-9
    }

    /// By how much such a part is better, at most.
    fn best_lead(&self, better: &Scored, worse: &Scored) -> f64 {
        let leads = better.parts.iter().filter(|(name, _)| !self.timed.contains(name));
        leads.filter_map(|(name, part)| Some(part - worse.part(name)?)).fold(0.0, f64::max)
    }

    /// By how much two scores may differ since their times do: as much as the slope says, or as a ratio to the
    /// quickest makes of it.
    fn noise(&self, a: &Scored, b: &Scored) -> f64 {
        let late = (a.latency - b.latency).abs();
        (2.0 * self.slope * late).max(0.6 * late / a.latency.min(b.latency).max(0.001))
    }

    /// A part that does not change with time and yet differs.
    fn unequal_part<'a>(&self, a: &'a Scored, b: &Scored) -> Option<(&'a str, f64, f64)> {
        a.parts.iter().find_map(|(name, part)| {
            let other = b.part(name)?;
            let differs = !self.timed.contains(name) && (part - other).abs() > ROUNDED;
            differs.then_some((name.as_str(), *part, other))
        })
    }
}

impl Scored {
    fn part(&self, name: &str) -> Option<f64> {
        self.parts.iter().find(|(known, _)| known == name).map(|(_, part)| *part)
    }

    /// Whether the score is the least of its parts, which hides all others.
    fn is_minimum(&self) -> bool {
        let least = self.parts.iter().map(|(_, part)| *part).fold(f64::INFINITY, f64::min);
        self.parts.len() > 1 && (self.score - least).abs() < ROUNDED
    }
}

fn pairs<'a>(
    evidence: &'a Evidence,
    played: &'a Played,
    scores: &'a Scores,
) -> impl Iterator<Item = Sign> + 'a {
    played.round.pairs.iter().map(move |pair| {
        let (Some(better), Some(worse)) = (scores.find(&pair.better), scores.find(&pair.worse)) else {
            return Sign::Open;
        };
        one(evidence, pair, scores, better, worse)
    })
}

/// Whether a pair is in order; equal scores are judged over all rounds, where they may be.
fn one(evidence: &Evidence, pair: &Pair, scores: &Scores, better: &Scored, worse: &Scored) -> Sign {
    let gain = better.score - worse.score;
    let noise = scores.slope * (better.latency - worse.latency).abs();
    let names = [&better.model_id, &worse.model_id].map(|id| evidence.name(id));
    let told = |thing: &str| wrong(pair, thing, names, [better.score, worse.score]);
    match pair.differs {
        Difference::Nothing => {
            if let Some((part, a, b)) = scores.unequal_part(better, worse) {
                return told(&format!(" (`{part}` is {a:.3} and {b:.3})"));
            }
            let is_unequal = gain.abs() > ROUNDED + scores.noise(better, worse);
            // Ranks and thresholds jump where a busy machine makes times differ.
            if is_unequal && (better.latency - worse.latency).abs() < 0.03 { told("") } else { Sign::Right }
        }
        // The measured times must be in order themselves, which a busy machine may prevent.
        Difference::Time if better.latency + 0.05 > worse.latency => Sign::Right,
        Difference::Time if gain < -HAIR => told(""),
        Difference::Cost if gain < -HAIR - 2.0 * noise => told(""),
        Difference::Time | Difference::Cost => Sign::Right,
        Difference::Quality if gain > 2.0 * noise + HAIR => Sign::Right,
        Difference::Quality if noise > NOISY && scores.has_better_part(better, worse) => Sign::Right,
        Difference::Quality if better.is_minimum() && gain > -HAIR - 2.0 * noise => {
            if scores.has_better_part(better, worse) { Sign::Right } else { told("") }
        }
        // A mean of less than a second gives the wrong one no chance; a busy machine may take longer.
        Difference::SlowAndRight if better.latency > 0.9 || gain > -2.0 * ROUNDED => Sign::Right,
        Difference::Quality | Difference::SlowAndRight => told(""),
    }
}

/// Time or cost that changes no score in any round.
fn flat(evidence: &Evidence, ranked: &[&Played]) -> Vec<Sign> {
    let mut signs = Vec::new();
    for differs in [Difference::Time, Difference::Cost] {
        let mut shown = None;
        let mut counts = false;
        for played in ranked {
            let Some(scores) = Scores::of(played) else { continue };
            for pair in played.round.pairs.iter().filter(|pair| pair.differs == differs) {
                let (Some(better), Some(worse)) = (scores.find(&pair.better), scores.find(&pair.worse))
                else {
                    continue;
                };
                let (gain, late) = (better.score - worse.score, worse.latency - better.latency);
                let noise = scores.slope * late.abs();
                let is_hidden = better.is_minimum() && scores.has_better_part(better, worse);
                counts |= match differs {
                    Difference::Time => gain > HAIR || late < 0.05 || better.is_minimum(),
                    // Where answers are quick, time may count several times as much as the slope says.
                    _ => gain > 4.0 * noise + 1e-5 || is_hidden,
                };
                // Too busy to tell, and nothing says that it does not count.
                // A part that leads by so little that times hide it, and one alone that times have stirred.
                let lead = scores.best_lead(better, worse);
                let is_small = lead > 1e-9 && lead * 0.05 < 4.0 * noise;
                counts |=
                    differs == Difference::Cost && (is_small || better.parts.len() < 2 && noise > NOISY);
                shown.get_or_insert_with(|| {
                    let names = [&pair.better, &pair.worse].map(|id| evidence.name(id));
                    wrong(pair, "", names, [better.score, worse.score])
                });
            }
        }
        if !counts {
            signs.extend(shown);
        }
    }
    signs
}

/// The same round twice: the same scores, as far as the times allow.
fn again(evidence: &Evidence) -> Vec<Sign> {
    let round = |kind| evidence.round(kind).and_then(Scores::of);
    let (Some(first), Some(second)) = (round(Kind::Swapped), round(Kind::Again)) else { return Vec::new() };
    let late = |a: &Scored| second.find(&a.model_id).map_or(0.0, |b| (a.latency - b.latency).abs());
    // Scores may be relative to the quickest of the round, so that any time that differs counts.
    let most = first.all.iter().map(late).fold(0.0, f64::max);
    let quickest = first.all.iter().map(|scored| scored.latency).fold(f64::INFINITY, f64::min).max(0.001);
    let signs = first.all.iter().filter_map(|a| {
        let b = second.find(&a.model_id)?;
        let expected =
            format!("the same score for {} when the same happens again", evidence.name(&a.model_id));
        let stable = |name: &str| !first.timed.iter().chain(&second.timed).any(|timed| timed == name);
        let part = a.parts.iter().find_map(|(name, part)| {
            let other = b.part(name)?;
            (stable(name) && (part - other).abs() > 1e-6).then_some((name, part, other))
        });
        if let Some((name, part, other)) = part {
            return Some(Sign::wrong(
                expected,
                format!("`{name}` is {part:.3} and then {other:.3}: by chance?"),
            ));
        }
        let found = format!("{:.3} and then {:.3}: by chance?", a.score, b.score);
        let noise = first.noise(a, b).max(second.noise(a, b)) + 0.6 * most / quickest;
        let is_unequal = (a.score - b.score).abs() > ROUNDED + noise;
        // Ranks and thresholds jump where a busy machine makes times differ.
        (is_unequal && most < 0.05).then(|| Sign::wrong(expected, found))
    });
    signs.collect()
}

fn wrong(pair: &Pair, more: &str, [better, worse]: [&str; 2], [high, low]: [f64; 2]) -> Sign {
    let expected = match pair.differs {
        Difference::Quality => format!(
            "{better} above {worse} here: it does what the prompt asks, the other does not (time and cost are equal)"
        ),
        Difference::Time => {
            format!("{better} above {worse} here: the same answer for the same price, and sooner")
        }
        Difference::Cost => {
            format!("{better} above {worse} here: the same answer in the same time, and cheaper")
        }
        Difference::SlowAndRight => {
            format!("{better} above {worse} here: right and slower, while the other one is quick and wrong")
        }
        Difference::Nothing => format!(
            "the same score for {better} and {worse} here: their answers are equally good, quick and cheap"
        ),
    };
    let mark: &[&str] = match pair.differs {
        Difference::Quality => &["quality"],
        Difference::Time => &["\"speed", "'speed", "speed", "latency"],
        Difference::Cost => &["\"price", "'price", "\"cost\"", "price_part", "price", "cost"],
        Difference::SlowAndRight | Difference::Nothing => &["score ="],
    };
    Sign::wrong(expected, format!("{high:.3} for {better}, {low:.3} for {worse}{more}")).marked(mark)
}
