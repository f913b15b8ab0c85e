//! The stage: answers as the act on it says, and remembers every request.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::play::{Act, Failure, Role, Trouble};
use tutor_bedrock::family;
use tutor_bedrock::{Call, Json, Operation};
use tutor_endpoint::{Arrived, Host, Served};
use tutor_provider::practice::{Practice, recite};

/// A request that arrived during an act.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The model it was sent to.
    pub model_id: String,
    /// The operation.
    pub operation: Operation,
    /// When its first bytes came.
    pub at: Instant,
    /// What became of it.
    pub outcome: Outcome,
}

/// What a request got.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The model's answer.
    Answered(Asked),
    /// The failure of the act.
    Failed,
    /// The throttling of the act.
    Throttled,
    /// A refusal: the body is not in the model's dialect, or no such model takes part.
    Refused {
        /// The error's name.
        kind: &'static str,
        /// Its words.
        message: String,
    },
}

/// What a valid body asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The words of the user.
    pub text: String,
    /// Words that stand before them.
    pub system: Option<String>,
}

/// Answers requests by the act that is on.
#[derive(Debug, Default)]
pub struct Stage {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    act: Option<Act>,
    seen: Vec<Seen>,
}

/// The most requests remembered in an act; a script that sends more has lost its way anyhow.
const MOST: usize = 10_000;

/// AWS's words, as clients' authors have collected them.
const THROTTLED: &str = "Too many requests, please wait before trying again.";

impl Stage {
    /// Begins an act.
    pub fn begin(&self, act: Act) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) =
            State { act: Some(act), seen: Vec::new() };
    }

    /// Ends the act, and gives the requests that arrived in it.
    pub fn end(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner)).seen
    }
}

impl Host for Stage {
    fn answer(&self, request: &Arrived<'_>) -> Served {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { act, seen } = &mut *state;
        let Some(act) = act else { return before_the_play(request) };
        let earlier = seen.iter().filter(|seen| seen.model_id == request.model_id).count();
        let (outcome, served) = match act.role(request.model_id) {
            Some(role) => perform(role, earlier, request),
            None => refused("ValidationException", "The provided model identifier is invalid."),
        };
        if seen.len() < MOST {
            let (model_id, operation) = (request.model_id.to_owned(), request.operation);
            seen.push(Seen { model_id, operation, at: request.at, outcome });
        }
        served
    }
}

/// What `role` answers to a request, after so many `earlier` ones to the same model.
fn perform(role: &Role, earlier: usize, request: &Arrived<'_>) -> (Outcome, Served) {
    match role.trouble {
        Trouble::Fails(Failure { status, kind, message }) => {
            (Outcome::Failed, Served::Refused { status, kind, message: message.to_owned() })
        }
        Trouble::Throttles(times) if earlier < times as usize => {
            let message = THROTTLED.to_owned();
            (Outcome::Throttled, Served::Refused { status: 429, kind: "ThrottlingException", message })
        }
        Trouble::None | Trouble::Throttles(_) => speak(role, request),
    }
}

fn speak(role: &Role, request: &Arrived<'_>) -> (Outcome, Served) {
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
    match recite(&call, &role.lines) {
        Ok(answer) => {
            let prompt = family::prompt(&call, family);
            let asked = Asked { text: prompt.text, system: prompt.system };
            (Outcome::Answered(asked), Served::Answer(answer))
        }
        Err(error) => refused("ValidationException", error.to_string()),
    }
}

fn refused(kind: &'static str, message: impl Into<String>) -> (Outcome, Served) {
    let message = message.into();
    let outcome = Outcome::Refused { kind, message: message.clone() };
    (outcome, Served::Refused { status: 400, kind, message })
}

/// Requests that a script sends while it is loaded: stand-ins answer, and nothing is judged.
fn before_the_play(request: &Arrived<'_>) -> Served {
    let body = Json::parse(request.body).unwrap_or(Json::Null);
    let call = Call::new(request.operation, request.model_id, body);
    match Practice::default().sample(&call, 0) {
        Ok(answer) => Served::Answer(answer),
        Err(error) => {
            Served::Refused { status: 400, kind: "ValidationException", message: error.to_string() }
        }
    }
}
