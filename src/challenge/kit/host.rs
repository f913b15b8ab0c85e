//! Stub models that reply as a round says.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::round::{Round, Says, Seen};
use tutor_bedrock::{Call, Json, family};
use tutor_endpoint::{Arrived, Host, Served};
use tutor_provider::practice::recite;

/// Replies by the round that is on, and remembers every request.
#[derive(Debug, Default)]
pub struct Replies {
    state: Mutex<(Option<Round>, Vec<Seen>)>,
}

/// The most requests remembered in a round.
const MOST: usize = 2_000;

impl Replies {
    /// Begins a round.
    pub fn begin(&self, round: Round) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = (Some(round), Vec::new());
    }

    /// Ends it, and gives what arrived.
    pub fn end(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner)).1
    }
}

impl Host for Replies {
    fn answer(&self, request: &Arrived<'_>) -> Served {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (round, seen) = &mut *state;
        let (served, error) = match reply(round.as_mut(), request) {
            Ok(served) => (served, None),
            Err((status, kind, message)) => {
                let error = format!("{kind}: {message}");
                (Served::Refused { status, kind: name(&kind), message }, Some(error))
            }
        };
        if seen.len() < MOST {
            let body = serde_json::from_slice(request.body).unwrap_or(Value::Null);
            let (model_id, operation, at) = (request.model_id.to_owned(), request.operation, request.at);
            seen.push(Seen { model_id, operation, body, at, error });
        }
        served
    }
}

/// Error names as the endpoint sends them.
fn name(kind: &str) -> &'static str {
    const KNOWN: [&str; 9] = [
        "AccessDeniedException",
        "InternalServerException",
        "ModelErrorException",
        "ModelNotReadyException",
        "ModelTimeoutException",
        "ResourceNotFoundException",
        "ServiceUnavailableException",
        "ThrottlingException",
        "ServiceQuotaExceededException",
    ];
    KNOWN.into_iter().find(|known| *known == kind).unwrap_or("ValidationException")
}

fn reply(round: Option<&mut Round>, request: &Arrived<'_>) -> Result<Served, (u16, String, String)> {
    let invalid = |message: &str| (400, "ValidationException".to_owned(), message.to_owned());
    let body = Json::parse(request.body)
        .map_err(|_| invalid("Malformed input request, please reformat your input and try again."))?;
    let call = Call::new(request.operation, request.model_id, body);
    let family = family::of_model(request.model_id);
    if let Err(violation) = tutor_schema::check(&call, family) {
        return Err((400, violation.kind.to_owned(), violation.message));
    }
    let sent = String::from_utf8_lossy(request.body);
    let fits = |reply: &&mut super::round::Reply| {
        reply.left > 0
            && reply.model.as_ref().is_none_or(|model| model == request.model_id)
            && reply.when.as_ref().is_none_or(|words| sent.contains(words.as_str()))
    };
    let found = round.and_then(|round| round.replies.iter_mut().find(fits));
    let Some(found) = found else { return Err(invalid("The provided model identifier is invalid.")) };
    found.left -= 1;
    match &found.says {
        Says::Error { status, kind, message } => Err((*status, kind.clone(), message.clone())),
        Says::Lines(lines) => {
            recite(&call, lines).map(Served::Answer).map_err(|error| invalid(&error.to_string()))
        }
    }
}
