//! The scenario of a comparison: six rounds, in which every difference between two models that a score
//! must show stands alone at least once, in both directions.
//!
//! | round | what is drawn |
//! | --- | --- |
//! | everybody | the file's models at the file's prices; one answers poorly |
//! | ranking | other models, order and prices; pairs that differ in one thing alone, and twins |
//! | swapped | the same, with all sides changed |
//! | again | the round before, once more |
//! | failure | one model fails for good |
//! | throttling | one model is throttled until it is left alone for a moment |
//!
//! Texts, counts and delays differ where a check tells them apart, and are equal where a pair must not
//! differ in them.

use rust_decimal::Decimal;

use super::{Difference, Failure, Fault, Kind, Pair, Priced, Round, Scenario, StubModel, priced};
use crate::challenge::manifest::{MARKER, Manifest, Prompt, REFERENCE};
use crate::challenge::scenario::Dice;
use tutor_catalog::Catalog;
use tutor_provider::practice::Lines;

/// In Bedrock's words, as users have reported them.
const FAILURES: [Failure; 2] = [
    Failure {
        status: 404,
        kind: "ResourceNotFoundException",
        message: "This model version has reached the end of its life. Please refer to the AWS documentation \
                  for more details.",
    },
    Failure {
        status: 403,
        kind: "AccessDeniedException",
        message: "You don't have access to the model with the specified model ID.",
    },
];

/// How long the quickest answer is held.
const QUICK_MS: u64 = 40;
/// How much longer each next one of the first round is held.
const STEP_MS: u64 = 85;
/// How long the slow one of a pair is held: more than a second, so that a clock which loses whole seconds
/// is found out; and less, so that the sides can change in time.
const SLOW_MS: [u64; 2] = [1060, 430];

impl Scenario {
    /// Draws a run of a comparison. Prices of the file's models are the catalog's.
    pub fn draw(manifest: &Manifest, catalog: &Catalog, dice: &mut Dice) -> Self {
        let models: Vec<Priced> = manifest.models.iter().map(|id| priced(id, catalog)).collect();
        let mut prompts: Vec<&Prompt> = manifest.prompts.iter().collect();
        dice.shuffle(&mut prompts);
        let prompt = |round: usize| prompts[round % prompts.len()];
        let everybody = everybody(dice, prompt(0), &models);
        let others = others(manifest, catalog, dice);
        let ranking = ranking(dice, prompt(1), &others, Side::First);
        let swapped = ranking_swapped(dice, prompt(2), &others);
        let again = Round { kind: Kind::Again, ..swapped.clone() };
        let failure = failure(dice, prompt(3), &models);
        let throttling = throttling(dice, prompt(4), &models);
        Scenario { rounds: vec![everybody, ranking, swapped, again, failure, throttling] }
    }

    /// The round of a live run, for the models that live. What their stubs say is known afterwards.
    pub fn draw_live(manifest: &Manifest, catalog: &Catalog, dice: &mut Dice) -> Round {
        let models: Vec<Priced> = manifest.live_models.iter().map(|id| priced(id, catalog)).collect();
        let prompt = &manifest.prompts[dice.index(manifest.prompts.len())];
        Round::of_answers(dice, (Kind::Live, prompt), &models, &mut |_, _| Temper::good(0))
    }
}

/// What an answer does of what its prompt asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quality {
    /// All of it.
    Good,
    /// Nothing of it.
    Poor,
    /// It is short, and does not quote the booking.
    Unquoted,
    /// It quotes the booking, and does not come to an end.
    Wordy,
}

/// How a stub model is meant.
struct Temper {
    quality: Quality,
    delay_ms: u64,
}

impl Temper {
    fn good(delay_ms: u64) -> Self {
        Temper { quality: Quality::Good, delay_ms }
    }
}

/// All answer, none as quickly as another; the slowest model is not the last, so that a clock which
/// runs over several calls is found out.
fn everybody(dice: &mut Dice, prompt: &Prompt, models: &[Priced]) -> Round {
    let mut ranks: Vec<u64> = (0..models.len() as u64).collect();
    dice.shuffle(&mut ranks);
    let last = ranks.len() - 1;
    if ranks[last] == last as u64 {
        ranks.swap(0, last);
    }
    let poor = dice.index(models.len());
    Round::of_answers(dice, (Kind::Everybody, prompt), models, &mut |dice, model| Temper {
        quality: if model == poor { Quality::Poor } else { Quality::Good },
        delay_ms: QUICK_MS + STEP_MS * ranks[model] + dice.below(8),
    })
}

/// The models of the rounds in which scores are compared: other ones, in another order.
fn others(manifest: &Manifest, catalog: &Catalog, dice: &mut Dice) -> Vec<Priced> {
    let mut ids: Vec<&String> = manifest.models.iter().chain(&manifest.other_models).collect();
    dice.shuffle(&mut ids);
    // The file's first model first would be the file's order to a function that looks at no more.
    if ids[0] == &manifest.models[0] {
        ids.swap(0, 1);
    }
    ids.truncate(PARTS.len());
    ids.into_iter().map(|id| priced(id, catalog)).collect()
}

/// Which way round a round is played.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    First,
    Swapped,
}

/// What a model does in a round that ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A good answer, quick and cheap.
    Best,
    /// The same at once more.
    Twin,
    /// As good and as cheap, and slow.
    Slow,
    /// As good and as quick, and dear.
    Dear,
    Poor,
    Unquoted,
    Wordy,
}

/// By the models' order. Read backwards, every pair has changed sides.
const PARTS: [Part; 7] =
    [Part::Best, Part::Slow, Part::Dear, Part::Twin, Part::Poor, Part::Unquoted, Part::Wordy];

/// The pairs of a round that ranks, the better one first.
const PAIRS: [(Difference, Part, Part); 12] = [
    (Difference::Time, Part::Best, Part::Slow),
    (Difference::Time, Part::Twin, Part::Slow),
    (Difference::Cost, Part::Best, Part::Dear),
    (Difference::Cost, Part::Twin, Part::Dear),
    (Difference::Quality, Part::Best, Part::Poor),
    (Difference::Quality, Part::Twin, Part::Poor),
    (Difference::Quality, Part::Best, Part::Unquoted),
    (Difference::Quality, Part::Twin, Part::Unquoted),
    (Difference::Quality, Part::Best, Part::Wordy),
    (Difference::Quality, Part::Twin, Part::Wordy),
    (Difference::SlowAndRight, Part::Slow, Part::Poor),
    (Difference::Nothing, Part::Best, Part::Twin),
];

fn ranking_swapped(dice: &mut Dice, prompt: &Prompt, models: &[Priced]) -> Round {
    Round { kind: Kind::Swapped, ..ranking(dice, prompt, models, Side::Swapped) }
}

fn ranking(dice: &mut Dice, prompt: &Prompt, models: &[Priced], side: Side) -> Round {
    let parts: Vec<Part> = match side {
        Side::First => PARTS.to_vec(),
        Side::Swapped => PARTS.iter().rev().copied().collect(),
    };
    // Everyday prices that no file has, and those of the dearest model there is.
    let cheap = [Decimal::new(31 + i64::from(side == Side::Swapped) * 6, 2), Decimal::new(113, 2)];
    let dear = [Decimal::from(15), Decimal::from(75)];
    let models: Vec<Priced> = models
        .iter()
        .zip(&parts)
        .map(|(model, part)| {
            let [input, output] = if *part == Part::Dear { dear } else { cheap };
            Priced { input_per_million: input, output_per_million: output, ..model.clone() }
        })
        .collect();
    let slow = SLOW_MS[usize::from(side == Side::Swapped)];
    let mut round = Round::of_answers(dice, (Kind::Ranking, prompt), &models, &mut |_, model| Temper {
        quality: match parts[model] {
            Part::Poor => Quality::Poor,
            Part::Unquoted => Quality::Unquoted,
            Part::Wordy => Quality::Wordy,
            Part::Best | Part::Twin | Part::Slow | Part::Dear => Quality::Good,
        },
        delay_ms: if parts[model] == Part::Slow { slow } else { QUICK_MS },
    });
    // All that is equal: the words but for what tells them apart, and the counts.
    let counts = (round.stubs[0].lines.input_tokens.max(150), 75 + dice.below(20));
    let good = prompt.good[dice.index(prompt.good.len())].replace(REFERENCE, &round.reference);
    for (stub, part) in round.stubs.iter_mut().zip(&parts) {
        (stub.lines.input_tokens, stub.lines.output_tokens) = counts;
        if matches!(part, Part::Best | Part::Twin | Part::Slow | Part::Dear) {
            stub.lines.set_text(good.replace(MARKER, &stub.marker));
        }
    }
    let id = |wanted: Part| parts.iter().position(|part| *part == wanted).map(|at| models[at].id.clone());
    round.pairs = PAIRS
        .iter()
        .filter(|(difference, ..)| *difference != Difference::SlowAndRight || side == Side::Swapped)
        .filter_map(|(difference, better, worse)| {
            Some(Pair { differs: *difference, better: id(*better)?, worse: id(*worse)? })
        })
        .collect();
    round
}

/// One fails: never the last, since what comes after it must go on.
fn failure(dice: &mut Dice, prompt: &Prompt, models: &[Priced]) -> Round {
    let mut models = models.to_vec();
    dice.shuffle(&mut models);
    let mut round = quick(dice, (Kind::Failure, prompt), &models);
    let failing = dice.index(models.len() - 1);
    round.stubs[failing].fault = Fault::Fails(FAILURES[dice.index(FAILURES.len())]);
    round
}

fn throttling(dice: &mut Dice, prompt: &Prompt, models: &[Priced]) -> Round {
    let mut round = quick(dice, (Kind::Throttling, prompt), models);
    let throttled = dice.index(models.len());
    round.stubs[throttled].fault = Fault::Throttles;
    round
}

fn quick(dice: &mut Dice, what: (Kind, &Prompt), models: &[Priced]) -> Round {
    Round::of_answers(dice, what, models, &mut |dice, _| Temper::good(15 + dice.below(15)))
}

impl Round {
    fn of_answers(
        dice: &mut Dice,
        (kind, prompt): (Kind, &Prompt),
        models: &[Priced],
        temper: &mut dyn FnMut(&mut Dice, usize) -> Temper,
    ) -> Self {
        let reference = (10_000 + dice.below(90_000)).to_string();
        let mut texts =
            [&prompt.good, &prompt.poor, &prompt.unquoted, &prompt.wordy].map(|texts| (texts.clone(), 0));
        for (texts, _) in &mut texts {
            dice.shuffle(texts);
        }
        let mut counts = Vec::new();
        let stubs = models.iter().enumerate().map(|(index, model)| {
            let Temper { quality, delay_ms } = temper(dice, index);
            let (texts, used) = &mut texts[quality as usize];
            let marker = dice.word();
            let text = texts[*used % texts.len()].replace(REFERENCE, &reference).replace(MARKER, &marker);
            *used += 1;
            let output_tokens = dice.unlike(&mut counts, 38, 92);
            let input_tokens = dice.unlike(&mut counts, 95, 180);
            let mut lines = Lines::of(text, input_tokens, output_tokens);
            lines.held(delay_ms);
            StubModel { model_id: model.id.clone(), marker, lines, fault: Fault::None }
        });
        let stubs = stubs.collect();
        let prompt = prompt.text.trim().replace(REFERENCE, &reference);
        Round { kind, prompt, reference, models: models.to_vec(), stubs, pairs: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn manifest() -> Manifest {
        Manifest::parse(include_str!("../../../challenges/foundation-models/challenge.toml")).unwrap()
    }

    #[test]
    fn whatever_is_drawn_can_be_judged() {
        let manifest = manifest();
        for seed in 0..300 {
            let scenario = Scenario::draw(&manifest, Catalog::embedded(), &mut Dice::of(seed));
            for round in &scenario.rounds {
                let texts: HashSet<_> = round.stubs.iter().map(|stub| stub.lines.text()).collect();
                assert_eq!(texts.len(), round.stubs.len());
                assert!(!round.prompt.contains('{') && texts.iter().all(|text| !text.contains('{')));
                assert!(round.stubs.iter().all(|stub| stub.lines.input_tokens != stub.lines.output_tokens));
            }
            let [everybody, ranking, swapped, again, failure, throttling] = &scenario.rounds[..] else {
                panic!("six rounds")
            };
            let mut delays: Vec<u64> = everybody.stubs.iter().map(|stub| stub.lines.total_ms).collect();
            assert!(delays.last() < delays.iter().max(), "the slowest is not the last");
            delays.sort_unstable();
            assert!(delays.windows(2).all(|pair| pair[1] - pair[0] > 70), "{delays:?}");
            let counts: Vec<u64> = everybody
                .stubs
                .iter()
                .flat_map(|stub| [stub.lines.input_tokens, stub.lines.output_tokens])
                .collect();
            assert_eq!(counts.iter().collect::<HashSet<_>>().len(), counts.len(), "{counts:?}");
            let ids = |round: &Round| round.models.iter().map(|m| m.id.clone()).collect::<Vec<_>>();
            assert_ne!(ids(ranking)[..4], ids(everybody)[..]);
            assert_eq!(ids(ranking), ids(swapped));
            assert_eq!(again.prompt, swapped.prompt);
            // Whoever is the better one of a pair is the worse one with the sides changed.
            let ahead = |round: &Round| -> HashSet<_> {
                let unequal = round.pairs.iter().filter(|pair| pair.differs != Difference::Nothing);
                unequal.map(|pair| (pair.better.clone(), pair.worse.clone())).collect()
            };
            let first: Vec<_> = ranking.models.iter().map(|model| &model.id).collect();
            assert!(ahead(ranking).iter().any(|(better, _)| better == first[0]));
            assert!(ahead(swapped).iter().all(|(better, _)| better != first[0]));
            let failing = failure.troubled().unwrap();
            assert_ne!(failing.model_id, failure.stubs.last().unwrap().model_id);
            assert!(throttling.troubled().is_some());
        }
    }

    #[test]
    fn a_pair_differs_in_one_thing_alone() {
        let scenario = Scenario::draw(&manifest(), Catalog::embedded(), &mut Dice::of(1));
        for round in &scenario.rounds {
            for pair in &round.pairs {
                let [a, b] = [&pair.better, &pair.worse].map(|id| round.stub(id).unwrap());
                let [m, n] = [&pair.better, &pair.worse].map(|id| round.model(id).unwrap());
                let words = |stub: &StubModel| stub.lines.text().replace(&stub.marker, "");
                let count = |stub: &StubModel| (stub.lines.input_tokens, stub.lines.output_tokens);
                assert_eq!(count(a), count(b));
                let quality = matches!(pair.differs, Difference::Quality | Difference::SlowAndRight);
                assert_eq!(words(a) != words(b), quality, "{pair:?}");
                let time = matches!(pair.differs, Difference::Time | Difference::SlowAndRight);
                assert_eq!(a.lines.total_ms != b.lines.total_ms, time, "{pair:?}");
                let cost = pair.differs == Difference::Cost;
                assert_eq!(m.output_per_million != n.output_per_million, cost, "{pair:?}");
            }
        }
    }

    #[test]
    fn only_the_same_seed_gives_the_same_run() {
        let manifest = manifest();
        let text = |seed| {
            let scenario = Scenario::draw(&manifest, Catalog::embedded(), &mut Dice::of(seed));
            scenario.rounds[0].stubs[0].lines.text()
        };
        assert_eq!(text(1), text(1));
        assert_ne!(text(1), text(2));
    }
}
