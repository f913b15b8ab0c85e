//! `challenge.toml`: what a challenge is about, what it is called with and what is judged.

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::grading;
use super::kit::{self, Plan};
use tutor_bedrock::family::{self, Makes};

/// What stands for the booking that is drawn for a run.
pub const REFERENCE: &str = "{reference}";
/// What stands for the words that only an answer knows.
pub const MARKER: &str = "{marker}";

/// A challenge as its author wrote it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Its title.
    pub title: String,
    /// What to do, in a few sentences.
    pub task: String,
    /// The name of the learner's script.
    pub file: String,
    /// The function in it that is called.
    pub function: String,
    /// The operation that a comparison is to use: each model's own dialect, unless it says `Converse`.
    #[serde(default)]
    pub operation: Option<String>,
    /// The scenario of a challenge of the kit; a comparison has models and prompts instead.
    #[serde(default)]
    pub scenario: Option<Plan>,
    /// The models a comparison's function is called with.
    #[serde(default)]
    pub models: Vec<String>,
    /// Further models of the same families, which the function meets in later rounds.
    #[serde(default)]
    pub other_models: Vec<String>,
    /// Models for runs against Amazon Bedrock itself: alive, and of families that the script knows.
    #[serde(default)]
    pub live_models: Vec<String>,
    /// How long and how much the script may.
    #[serde(default)]
    pub limits: Limits,
    /// Prompts with their answers.
    #[serde(rename = "prompt", default)]
    pub prompts: Vec<Prompt>,
    /// What is judged, in the order it is told.
    #[serde(rename = "check")]
    pub checks: Vec<Spanned<Check>>,
    /// Hints, in the order they are opened.
    #[serde(rename = "hint", default)]
    pub hints: Vec<Spanned<Hint>>,
}

/// Bounds for the script.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Limits {
    load_seconds: u32,
    call_seconds: u32,
    output_kb: u32,
}

/// A prompt and what stand-ins say to it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// The prompt.
    pub text: String,
    /// Answers that do what it asks.
    pub good: Vec<String>,
    /// Answers that do nothing of it.
    pub poor: Vec<String>,
    /// Short answers that do not quote the booking.
    pub unquoted: Vec<String>,
    /// Answers that quote it and are far too long.
    pub wordy: Vec<String>,
}

/// One thing that is judged.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Check {
    /// Which of [`grading::CHECKS`]; in a challenge of the kit, the author's own word.
    pub id: String,
    /// Which kind of the kit's [library](super::kit::check::LIBRARY).
    pub kind: Option<String>,
    /// The rounds that it judges; none are all.
    pub rounds: Vec<String>,
    /// Where the judged value stands, such as `usage.input_tokens`.
    pub path: Option<String>,
    /// What it is.
    pub equals: Option<toml::Value>,
    /// What it is about, as a formula.
    pub near: Option<String>,
    /// How far off it may be, as a share of it.
    pub tolerance: Option<f64>,
    /// How far off it may be.
    pub within: Option<f64>,
    /// Between which formulas it lies.
    pub between: Option<[String; 2]>,
    /// What it has in it, one of these at least.
    pub contains: Vec<String>,
    /// What kind of value: text, number, list, dict, there, absent.
    pub is: Option<String>,
    /// Only requests to this model.
    pub model: Option<String>,
    /// The operation that requests use.
    pub operation: Option<String>,
    /// The least, of requests or of seconds.
    pub least: Option<f64>,
    /// The most requests.
    pub most: Option<f64>,
    /// Whether pauses grow.
    pub growing: bool,
    /// Which parameter is the text that is cut into pieces.
    pub text: Option<String>,
    /// Which one says how long a piece may be.
    pub size: Option<String>,
    /// Which one says how much of it the next one repeats.
    pub overlap: Option<String>,
    /// What of the pieces is judged: size, overlap, last, or that nothing is lost.
    pub judges: Option<String>,
    /// What holds, as a clause.
    pub says: String,
    /// The function to look at.
    pub look: String,
    /// Words that stand where it is done, wherever that is; those that tell most come first.
    #[serde(default)]
    pub marks: Vec<String>,
    /// What to do where it does not hold.
    pub next: String,
}

/// A step towards the solution.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    /// The check it helps with.
    pub check: String,
    /// The words.
    pub text: String,
}

/// Why a manifest cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ManifestError {
    /// 1-based line.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { load_seconds: 30, call_seconds: 30, output_kb: 1024 }
    }
}

impl Limits {
    /// How long loading the script may take.
    pub fn load(&self) -> Duration {
        Duration::from_secs(self.load_seconds.into())
    }

    /// How long one call of its function may take.
    pub fn call(&self) -> Duration {
        Duration::from_secs(self.call_seconds.into())
    }

    /// How many bytes it may print.
    pub fn output_bytes(&self) -> u64 {
        u64::from(self.output_kb) * 1024
    }

    /// The same with another time for each call.
    #[must_use]
    pub fn with_call_seconds(self, call_seconds: u32) -> Self {
        Limits { call_seconds, ..self }
    }
}

impl Manifest {
    /// Reads a manifest. Unknown keys, checks and models are refused with their line.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let line = |start: usize| 1 + text[..start].matches('\n').count();
        let manifest: Manifest = toml::from_str(text).map_err(|error| ManifestError {
            line: line(error.span().unwrap_or_default().start),
            message: error.message().to_owned(),
        })?;
        let wrong = |start: usize, message: String| Err(ManifestError { line: line(start), message });
        for check in &manifest.checks {
            if manifest.scenario.is_some() {
                let kind = check.get_ref().kind.as_deref().unwrap_or_default();
                if kit::check::by_name(kind).is_none() {
                    let known: Vec<&str> = kit::check::LIBRARY.iter().map(|(name, _)| *name).collect();
                    let message =
                        format!("there is no kind of check `{kind}`; there are {}", known.join(", "));
                    return wrong(check.span().start, message);
                }
                let rounds = manifest.scenario.iter().flat_map(|plan| &plan.rounds);
                let rounds: Vec<&String> = rounds.map(|round| &round.name).collect();
                if let Some(name) = check.get_ref().rounds.iter().find(|name| !rounds.contains(name)) {
                    return wrong(check.span().start, format!("there is no round `{name}`"));
                }
            } else if grading::by_id(&check.get_ref().id).is_none() {
                let known: Vec<&str> = grading::CHECKS.iter().map(|(id, _)| *id).collect();
                let message =
                    format!("there is no check `{}`; there are {}", check.get_ref().id, known.join(", "));
                return wrong(check.span().start, message);
            }
        }
        for hint in &manifest.hints {
            if manifest.check(&hint.get_ref().check).is_none() {
                let message = format!("a hint for `{}`, which is not checked here", hint.get_ref().check);
                return wrong(hint.span().start, message);
            }
        }
        manifest.plausible().map_or(Ok(manifest.clone()), |message| wrong(0, message))
    }

    /// What else must hold; the reason if it does not.
    fn plausible(&self) -> Option<String> {
        const FEWEST: usize = 4;
        const MOST: usize = 7;
        if let Some(plan) = &self.scenario {
            return plan.fault();
        }
        let text_model = |id: &String| family::of_model(id).is_some_and(|f| f.makes() == Makes::Text);
        if let Some(id) =
            self.models.iter().chain(&self.other_models).chain(&self.live_models).find(|id| !text_model(id))
        {
            return Some(format!("`{id}` is no text model that tutor knows the dialect of"));
        }
        let all = || self.models.iter().chain(&self.other_models);
        let twice = |id: &&String| all().filter(|other| other == id).count() > 1;
        if let Some(id) = all().find(twice) {
            return Some(format!("`{id}` is named twice"));
        }
        if self.models.len() < FEWEST || all().count() < MOST {
            return Some(format!(
                "`models` must name {FEWEST} or more, and with `other-models` there must be {MOST}: some are \
                 compared in one thing alone"
            ));
        }
        let lacks = |prompt: &Prompt| {
            prompt.good.len() < self.models.len()
                || [&prompt.poor, &prompt.unquoted, &prompt.wordy].iter().any(|texts| texts.is_empty())
        };
        if self.prompts.is_empty() || self.prompts.iter().any(lacks) {
            return Some(
                "every prompt needs a good answer for each model, and a poor, an unquoted and a wordy one"
                    .to_owned(),
            );
        }
        let mut texts = self.prompts.iter().flat_map(|prompt| {
            prompt.good.iter().chain(&prompt.poor).chain(&prompt.unquoted).chain(&prompt.wordy)
        });
        if let Some(text) = texts.find(|text| !text.contains(MARKER)) {
            return Some(format!("an answer without {MARKER}, so that anybody could know it: {text}"));
        }
        None
    }

    /// The check with this id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().map(Spanned::get_ref).find(|check| check.id == id)
    }

    /// The hints for a check, in order.
    pub fn hints_for<'a>(&'a self, check: &'a str) -> impl Iterator<Item = &'a str> {
        self.hints
            .iter()
            .map(Spanned::get_ref)
            .filter(move |hint| hint.check == check)
            .map(|hint| hint.text.trim_matches('\n'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../challenges/foundation-models/challenge.toml");

    fn wrong(from: &str, to: &str) -> String {
        assert!(SHIPPED.contains(from), "{from}");
        let error = Manifest::parse(&SHIPPED.replacen(from, to, 1)).unwrap_err();
        format!("{}: {}", error.line, error.message)
    }

    #[test]
    fn every_check_there_is_has_words_and_a_hint() {
        let manifest = Manifest::parse(SHIPPED).unwrap();
        for (id, _) in grading::CHECKS {
            assert!(manifest.check(id).is_some(), "{id}");
            assert!(manifest.hints_for(id).next().is_some(), "{id}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let told = [
            wrong("id = \"tokens\"", "id = \"tokenz\""),
            wrong("check = \"cost\"", "check = \"costs\""),
            wrong("title =", "titel ="),
            wrong("\"meta.llama2-13b-chat-v1\"", "\"amazon.titan-embed-text-v1\""),
            wrong("  \"meta.llama2-13b-chat-v1\",\n", ""),
            wrong("{marker}.\",", "none.\","),
        ];
        insta::assert_snapshot!(told.join("\n"));
    }
}
