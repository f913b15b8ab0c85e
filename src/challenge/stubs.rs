//! Stub models: they answer as the round that is on says and as their family does, and remember every
//! request.
//!
//! A body in another family's dialect is refused, an answer ends at its ceiling (the family's own where
//! the body names none), and a chat model whose template is missing goes on writing instead of answering.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::scenario::{Failure, Fault, Round, StubModel};
use tutor_bedrock::family::{self, Family};
use tutor_bedrock::{Call, Json, Operation, model_id};
use tutor_endpoint::{Arrived, Host, Served};
use tutor_provider::practice::{Lines, Practice, recite};

/// A request that arrived during a round.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The model it was sent to.
    pub model_id: String,
    /// The operation.
    pub operation: Operation,
    /// When its first bytes came.
    pub at: Instant,
    /// What came.
    pub body: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What a request got.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The model's answer.
    Answered(Asked),
    /// The failure of the round.
    Failed,
    /// The throttling of the round.
    Throttled,
    /// A refusal: the body is not in the model's dialect, or no such model takes part.
    Refused {
        /// The error's name.
        kind: &'static str,
        /// Its words.
        message: String,
    },
}

/// What a valid body asks, and what it got.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The words of the user.
    pub text: String,
    /// Words that stand before them.
    pub system: Option<String>,
    /// What was said.
    pub said: Lines,
    /// What spoiled the answer.
    pub spoiled: Option<Spoiled>,
}

/// Why a model did not answer as well as it could.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoiled {
    /// The ceiling on output tokens, which the body names.
    Cut(u64),
    /// The family's own ceiling, since the body names none.
    CutByDefault(u64),
    /// The template that it was trained with is missing.
    NoTemplate,
    /// Signs of another family's template.
    OtherTemplate(&'static str),
}

/// Answers requests by the round that is on.
#[derive(Debug, Default)]
pub struct Stubs {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    round: Option<Round>,
    seen: Vec<Seen>,
}

/// The most requests remembered in a round; a script that sends more has lost its way anyhow.
const MOST: usize = 10_000;
/// The longest body that is remembered, in bytes.
const LONGEST: usize = 20_000;
/// AWS's words, as clients' authors have collected them.
const THROTTLED: &str = "Too many requests, please wait before trying again.";
/// How long a throttled model must be left alone.
const REST: Duration = Duration::from_millis(90);

impl Stubs {
    /// Begins a round.
    pub fn begin(&self, round: Round) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) =
            State { round: Some(round), seen: Vec::new() };
    }

    /// Ends the round, and gives the requests that arrived in it.
    pub fn end(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner)).seen
    }
}

impl Host for Stubs {
    fn answer(&self, request: &Arrived<'_>) -> Served {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { round, seen } = &mut *state;
        let Some(round) = round else { return before_the_rounds(request) };
        let mut to_it = seen.iter().rev().filter(|seen| seen.model_id == request.model_id);
        let last = to_it.next();
        // Whoever got through once is not throttled again.
        let is_through = last.is_some_and(|seen| !matches!(seen.outcome, Outcome::Throttled))
            || to_it.any(|seen| !matches!(seen.outcome, Outcome::Throttled));
        let last = last.map(|seen| seen.at);
        let (outcome, served) = match round.stub(request.model_id) {
            Some(stub) if is_through && stub.fault == Fault::Throttles => speak(stub, request),
            Some(stub) => answer(stub, last, request),
            None => refused("ValidationException", "The provided model identifier is invalid."),
        };
        if seen.len() < MOST {
            let body = &request.body[..request.body.len().min(LONGEST)];
            seen.push(Seen {
                model_id: request.model_id.to_owned(),
                operation: request.operation,
                at: request.at,
                body: String::from_utf8_lossy(body).into_owned(),
                outcome,
            });
        }
        served
    }
}

/// What `stub` answers to a request, whose last one came then.
fn answer(stub: &StubModel, last: Option<Instant>, request: &Arrived<'_>) -> (Outcome, Served) {
    match stub.fault {
        Fault::Fails(Failure { status, kind, message }) => {
            (Outcome::Failed, Served::Refused { status, kind, message: message.to_owned() })
        }
        Fault::Throttles if last.is_none_or(|last| request.at.saturating_duration_since(last) < REST) => {
            let message = THROTTLED.to_owned();
            (Outcome::Throttled, Served::Refused { status: 429, kind: "ThrottlingException", message })
        }
        Fault::None | Fault::Throttles => speak(stub, request),
    }
}

fn speak(stub: &StubModel, request: &Arrived<'_>) -> (Outcome, Served) {
    let Ok(body) = Json::parse(request.body) else {
        return refused(
            "ValidationException",
            "Malformed input request, please reformat your input and try again.",
        );
    };
    let call = Call::new(request.operation, request.model_id, body);
    let Some(family) = family::of_model(request.model_id) else {
        return refused("ValidationException", "The provided model identifier is invalid.");
    };
    if let Err(violation) = tutor_schema::check(&call, Some(family)) {
        return refused(violation.kind, violation.message);
    }
    let prompt = family::prompt(&call, family);
    let mut said = stub.lines.clone();
    let sent = String::from_utf8_lossy(request.body);
    let mut spoiled = template(family, &call, &sent);
    if spoiled.is_some() {
        said.set_text(rambling(&prompt.text, &said.text()));
    }
    let ceiling = prompt.max_tokens.map(Spoiled::Cut).or_else(|| default_ceiling(family));
    if let Some(Spoiled::Cut(tokens) | Spoiled::CutByDefault(tokens)) = ceiling
        && said.cut(tokens)
    {
        spoiled = spoiled.or(ceiling);
    }
    match recite(&call, &said) {
        Ok(answer) => {
            let asked = Asked { text: prompt.text, system: prompt.system, said, spoiled };
            (Outcome::Answered(asked), Served::Answer(answer))
        }
        Err(error) => refused("ValidationException", error.to_string()),
    }
}

/// Where answers end that have no ceiling (facts of the Bedrock user guide, model parameters).
fn default_ceiling(family: &dyn Family) -> Option<Spoiled> {
    const DEFAULTS: [(&str, u64); 3] = [("cohere-command", 20), ("titan-text", 512), ("llama", 512)];
    let (_, tokens) = DEFAULTS.iter().find(|(id, _)| *id == family.id())?;
    Some(Spoiled::CutByDefault(*tokens))
}

/// Whether the words stand in the template of the family, or in that of another one.
fn template(family: &dyn Family, call: &Call, sent: &str) -> Option<Spoiled> {
    /// Signs of a template, with the beginning of the family's id they belong to.
    const SIGNS: [(&str, &str); 4] = [
        ("[/INST]", "mistral"),
        ("\\n\\nAssistant:", "claude-text"),
        ("<|start_header_id|>", "llama"),
        ("<|im_start|>", "chatml"),
    ];
    if call.operation.is_converse() {
        return None;
    }
    let has_marks = sent.contains("[INST]") && sent.contains("[/INST]");
    if model_id::bare(&call.model_id).starts_with("meta.llama2") {
        return (!has_marks).then_some(Spoiled::NoTemplate);
    }
    let foreign = SIGNS.iter().find(|(sign, owner)| sent.contains(sign) && !family.id().starts_with(owner));
    foreign.map(|(sign, _)| Spoiled::OtherTemplate(sign))
}

/// What a model writes that takes its task for a text to be continued.
fn rambling(prompt: &str, text: &str) -> String {
    let last = prompt.lines().last().unwrap_or_default();
    format!("{last} I ask because I do not know. {text} And then? What would you say? Nobody knows. {last}")
}

fn refused(kind: &'static str, message: impl Into<String>) -> (Outcome, Served) {
    let message = message.into();
    let outcome = Outcome::Refused { kind, message: message.clone() };
    (outcome, Served::Refused { status: 400, kind, message })
}

/// Requests that a script sends while it is loaded: stand-ins answer, and nothing is judged.
fn before_the_rounds(request: &Arrived<'_>) -> Served {
    let body = Json::parse(request.body).unwrap_or(Json::Null);
    let call = Call::new(request.operation, request.model_id, body);
    match Practice::default().sample(&call, 0) {
        Ok(answer) => Served::Answer(answer),
        Err(error) => {
            Served::Refused { status: 400, kind: "ValidationException", message: error.to_string() }
        }
    }
}
