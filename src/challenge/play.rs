//! What happens in a run, drawn anew each time: three acts, each with a prompt and a role for every
//! model.
//!
//! | act | what is drawn |
//! | --- | --- |
//! | comparison | all answer, a quarter of a second apart; one of two rivals is better, faster, cheaper |
//! | failure | one model fails for good; the rivals have changed sides |
//! | throttling | one model is throttled twice before it answers |
//!
//! The rivals are the two models with the nearest prices, so that token counts decide which of them is
//! the cheaper one. Nothing drawn repeats within an act.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::manifest::{MARKER, Manifest, Prompt, REFERENCE};
use tutor_bedrock::model_id;
use tutor_catalog::{Catalog, Terms};
use tutor_provider::practice::Lines;

/// A model as the function gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// Its id.
    pub id: String,
    /// The name people know it by.
    pub name: String,
    /// USD per million input tokens.
    pub input_per_million: Decimal,
    /// USD per million output tokens.
    pub output_per_million: Decimal,
}

/// A whole run.
#[derive(Debug, Clone)]
pub struct Play {
    /// The models, in the manifest's order.
    pub models: Vec<Priced>,
    /// The acts, in order.
    pub acts: [Act; 3],
}

/// Which act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Everybody answers.
    Comparison,
    /// One model fails.
    Failure,
    /// One model is throttled.
    Throttling,
    /// Amazon Bedrock answers, as it likes.
    Live,
}

/// One call of the learner's function.
#[derive(Debug, Clone)]
pub struct Act {
    /// Which it is.
    pub kind: Kind,
    /// The prompt.
    pub prompt: String,
    /// One for each model, in their order.
    pub roles: Vec<Role>,
    /// The model whose answer is clearly better, faster and cheaper than the second one's.
    pub better_and_worse: Option<(String, String)>,
}

/// What one model does in an act.
#[derive(Debug, Clone)]
pub struct Role {
    /// The model.
    pub model_id: String,
    /// What it says once it answers.
    pub lines: Lines,
    /// What goes wrong.
    pub trouble: Trouble,
}

/// What goes wrong with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// It never answers: this error, always.
    Fails(Failure),
    /// So many requests are refused before one is answered.
    Throttles(u32),
}

/// An error of Bedrock that trying again does not mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// HTTP status.
    pub status: u16,
    /// Its name.
    pub kind: &'static str,
    /// The words.
    pub message: &'static str,
}

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

/// How many requests of the throttled model are refused.
const THROTTLED: u32 = 2;

impl Play {
    /// Draws a run of the challenge. The models' prices are those of the catalog; one without a price
    /// costs nothing.
    pub fn draw(manifest: &Manifest, catalog: &Catalog) -> Self {
        let mut dice = Dice::default();
        let models: Vec<Priced> = manifest.models.iter().map(|id| priced(id, catalog)).collect();
        let [mut better, mut worse] = rivals(&models);
        if dice.below(2) == 1 {
            std::mem::swap(&mut better, &mut worse);
        }
        let mut prompts: Vec<&Prompt> = manifest.prompts.iter().collect();
        dice.shuffle(&mut prompts);
        let prompt = |act: usize| prompts[act % prompts.len()];
        let others: Vec<usize> =
            (0..models.len()).filter(|model| *model != better && *model != worse).collect();

        let comparison = comparison(&mut dice, prompt(0), &models, better, worse);
        let mut failure = failure(&mut dice, prompt(1), &models, worse, better);
        // Never the last: what comes after it must go on.
        let failing: Vec<usize> = others.iter().copied().filter(|model| model + 1 < models.len()).collect();
        let failing = failing.get(dice.index(failing.len())).copied().unwrap_or(others[0]);
        failure.roles[failing].trouble = Trouble::Fails(FAILURES[dice.index(FAILURES.len())]);
        let mut throttling = Act::draw(Kind::Throttling, &mut dice, prompt(2), &models, |dice, _| Temper {
            good: true,
            delay_ms: 20 + dice.below(30),
        });
        let throttled = dice.index(models.len());
        throttling.roles[throttled].trouble = Trouble::Throttles(THROTTLED);
        Play { models, acts: [comparison, failure, throttling] }
    }
}

impl Play {
    /// The prompt of a live run, for the models that live. What their roles say is known afterwards.
    pub fn draw_live(manifest: &Manifest, catalog: &Catalog) -> (Vec<Priced>, Act) {
        let mut dice = Dice::default();
        let models: Vec<Priced> = manifest.live_models.iter().map(|id| priced(id, catalog)).collect();
        let prompt = &manifest.prompts[dice.index(manifest.prompts.len())];
        let act =
            Act::draw(Kind::Live, &mut dice, prompt, &models, |_, _| Temper { good: true, delay_ms: 0 });
        (models, act)
    }
}

/// How a role is meant.
struct Temper {
    good: bool,
    delay_ms: u64,
}

/// All answer; delays lie a quarter of a second apart and the slowest model is not the last, so that
/// a clock which runs over several calls is found out.
fn comparison(dice: &mut Dice, prompt: &Prompt, models: &[Priced], better: usize, worse: usize) -> Act {
    const FASTEST_MS: u64 = 120;
    const APART_MS: u64 = 250;
    let mut between: Vec<usize> =
        (0..models.len()).filter(|model| *model != better && *model != worse).collect();
    dice.shuffle(&mut between);
    // Where the worse of the two comes last in the list, another one is slower still.
    let slowest = if worse + 1 == models.len() { between.pop() } else { None };
    let ranked: Vec<usize> = [better].into_iter().chain(between).chain([worse]).chain(slowest).collect();
    let mut act = Act::draw(Kind::Comparison, dice, prompt, models, |dice, model| {
        let rank = ranked.iter().position(|ranked| *ranked == model).unwrap_or_default() as u64;
        Temper { good: model != worse, delay_ms: FASTEST_MS + APART_MS * rank + dice.below(40) }
    });
    act.better_and_worse = Some((models[better].id.clone(), models[worse].id.clone()));
    act
}

fn failure(dice: &mut Dice, prompt: &Prompt, models: &[Priced], better: usize, worse: usize) -> Act {
    let mut act = Act::draw(Kind::Failure, dice, prompt, models, |dice, model| {
        let delay_ms = if model == worse { 500 } else { 40 } + dice.below(40);
        Temper { good: model != worse, delay_ms }
    });
    act.better_and_worse = Some((models[better].id.clone(), models[worse].id.clone()));
    act
}

impl Act {
    fn draw(
        kind: Kind,
        dice: &mut Dice,
        prompt: &Prompt,
        models: &[Priced],
        temper: impl Fn(&mut Dice, usize) -> Temper,
    ) -> Self {
        let reference = (10_000 + dice.below(90_000)).to_string();
        let (mut good, mut poor) = (prompt.good.clone(), prompt.poor.clone());
        dice.shuffle(&mut good);
        dice.shuffle(&mut poor);
        let mut counts = Vec::new();
        let roles = models.iter().enumerate().map(|(index, model)| {
            let Temper { good: is_good, delay_ms } = temper(dice, index);
            let texts = if is_good { &good } else { &poor };
            let marker = dice.word();
            let text = texts[index % texts.len()].replace(REFERENCE, &reference).replace(MARKER, &marker);
            let output_tokens =
                if is_good { dice.unlike(&mut counts, 35, 60) } else { dice.unlike(&mut counts, 380, 480) };
            let lines = Lines {
                text,
                input_tokens: dice.unlike(&mut counts, 90, 180),
                output_tokens,
                total_ms: delay_ms,
            };
            Role { model_id: model.id.clone(), lines, trouble: Trouble::None }
        });
        let roles = roles.collect();
        Act { kind, prompt: prompt.text.trim().replace(REFERENCE, &reference), roles, better_and_worse: None }
    }

    /// The role of a model.
    pub fn role(&self, model_id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.model_id == model_id)
    }

    /// The model that fails or is throttled.
    pub fn troubled(&self) -> Option<&Role> {
        self.roles.iter().find(|role| role.trouble != Trouble::None)
    }
}

impl Role {
    /// How long its answer is held.
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.lines.total_ms)
    }
}

fn priced(id: &str, catalog: &Catalog) -> Priced {
    let model = catalog.model(id);
    let price = model.and_then(|model| model.price(&Terms::new(id, Date::MAX)));
    let usd = |amount: Option<Decimal>| amount.unwrap_or_default();
    Priced {
        id: id.to_owned(),
        name: model.map_or_else(|| model_id::short(id), |model| model.name.clone()),
        input_per_million: usd(price.and_then(|price| price.rates.input)),
        output_per_million: usd(price.and_then(|price| price.rates.output)),
    }
}

/// The two models whose prices lie nearest to each other.
fn rivals(models: &[Priced]) -> [usize; 2] {
    let price = |model: &Priced| model.input_per_million + model.output_per_million;
    let pairs = (0..models.len()).flat_map(|a| (a + 1..models.len()).map(move |b| [a, b]));
    pairs.min_by_key(|[a, b]| (price(&models[*a]) - price(&models[*b])).abs()).unwrap_or([0, 0])
}

/// Numbers that nobody can foresee: the system seeds Rust's hash maps.
#[derive(Default)]
struct Dice {
    random: RandomState,
    thrown: u64,
}

impl Dice {
    fn throw(&mut self) -> u64 {
        self.thrown += 1;
        let mut hasher = self.random.build_hasher();
        hasher.write_u64(self.thrown);
        hasher.finish()
    }

    /// From 0 to below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        self.throw() % limit.max(1)
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// A number of a range that is none of `taken`, and joins them.
    fn unlike(&mut self, taken: &mut Vec<u64>, from: u64, to: u64) -> u64 {
        loop {
            let number = from + self.below(to - from);
            if !taken.contains(&number) {
                taken.push(number);
                return number;
            }
        }
    }

    /// Eight letters and digits, such as `K7QX-2M9D`.
    fn word(&mut self) -> String {
        // Without those that are taken for one another.
        const SIGNS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let mut sign = || char::from(SIGNS[self.index(SIGNS.len())]);
        let half: String = (0..4).map(|_| sign()).collect();
        format!("{half}-{}", (0..4).map(|_| sign()).collect::<String>())
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn manifest() -> Manifest {
        Manifest::parse(include_str!("../../challenges/foundation-models/challenge.toml")).unwrap()
    }

    fn cost(play: &Play, act: &Act, id: &str) -> Decimal {
        let model = play.models.iter().find(|model| model.id == id).unwrap();
        let lines = &act.role(id).unwrap().lines;
        Decimal::from(lines.input_tokens) * model.input_per_million
            + Decimal::from(lines.output_tokens) * model.output_per_million
    }

    #[test]
    fn whatever_is_drawn_can_be_judged() {
        let manifest = manifest();
        for _ in 0..300 {
            let play = Play::draw(&manifest, Catalog::embedded());
            for act in &play.acts {
                let counts: Vec<u64> =
                    act.roles.iter().flat_map(|r| [r.lines.input_tokens, r.lines.output_tokens]).collect();
                assert_eq!(counts.iter().collect::<HashSet<_>>().len(), counts.len(), "{counts:?}");
                let texts: HashSet<_> = act.roles.iter().map(|role| &role.lines.text).collect();
                assert_eq!(texts.len(), act.roles.len());
                assert!(!act.prompt.contains('{') && texts.iter().all(|text| !text.contains('{')));
                let Some((better, worse)) = &act.better_and_worse else { continue };
                let [b, w] = [better, worse].map(|id| act.role(id).unwrap());
                assert!(b.delay() + Duration::from_millis(300) < w.delay());
                assert!(cost(&play, act, better) * Decimal::from(2) < cost(&play, act, worse));
            }
            let [comparison, failure, throttling] = &play.acts;
            let mut delays: Vec<u64> = comparison.roles.iter().map(|role| role.lines.total_ms).collect();
            assert!(delays.last() < delays.iter().max(), "the slowest is not the last");
            delays.sort_unstable();
            assert!(delays.windows(2).all(|pair| pair[1] - pair[0] > 200), "{delays:?}");
            let (a, b) =
                (comparison.better_and_worse.as_ref().unwrap(), failure.better_and_worse.as_ref().unwrap());
            assert_eq!((&a.0, &a.1), (&b.1, &b.0), "they change sides");
            let failing = failure.troubled().unwrap();
            assert!(failing.model_id != b.0 && failing.model_id != b.1);
            assert_ne!(failing.model_id, failure.roles.last().unwrap().model_id);
            assert!(throttling.troubled().is_some());
        }
    }

    #[test]
    fn no_two_runs_are_alike() {
        let manifest = manifest();
        let texts =
            || Play::draw(&manifest, Catalog::embedded()).acts.map(|act| act.roles[0].lines.text.clone());
        assert_ne!(texts(), texts());
    }
}
