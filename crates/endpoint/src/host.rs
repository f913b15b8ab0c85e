//! Somebody else who answers: a host takes the place of recordings and stand-ins.
//!
//! A challenge is one: it must see every request that arrives, and decides what each gets.

use std::fmt::Debug;
use std::time::Instant;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};

use super::log::{About, Origin};
use super::refusal::Refusal;
use super::reply::Prepared;
use super::request::Asked;
use super::route::Action;
use tutor_bedrock::{Answer, Operation};

/// Answers requests in the place of recordings and stand-ins.
pub trait Host: Debug + Send + Sync {
    /// What a request gets. Called once for each that arrives, equal ones too.
    fn answer(&self, request: &Arrived<'_>) -> Served;
}

/// A request to run a model, as it came.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// The operation of its path.
    pub operation: Operation,
    /// The model id of its path.
    pub model_id: &'a str,
    /// Its body, whatever that is.
    pub body: &'a [u8],
    /// When its first bytes came.
    pub at: Instant,
    /// The access key id it is signed with.
    pub access_key: Option<&'a str>,
}

/// What a request gets.
#[derive(Debug, Clone)]
pub enum Served {
    /// An answer; its `timing` says how long it is held. Where a whole answer's timing has a first token, its
    /// headers leave then, and its body only at the end.
    Answer(Answer),
    /// An error in Bedrock's form, at once.
    Refused {
        /// HTTP status; one that is none becomes 500.
        status: u16,
        /// The error's name, such as `ThrottlingException`.
        kind: &'static str,
        /// The words.
        message: String,
    },
}

/// The access key id in a request's signature, else its API key.
pub(super) fn access_key(headers: &HeaderMap) -> Option<String> {
    let Some(authorization) = headers.get(AUTHORIZATION) else {
        return Some(headers.get("x-api-key")?.to_str().ok()?.to_owned());
    };
    let authorization = authorization.to_str().ok()?;
    match authorization.split_once("Credential=") {
        Some((_, credential)) => Some(credential.split('/').next()?.to_owned()),
        None => Some(authorization.strip_prefix("Bearer ")?.to_owned()),
    }
}

/// Asks `host` and makes ready what it says.
pub(super) fn prepare(
    host: &dyn Host,
    asked: &Asked,
    (at, access_key): (Instant, Option<&str>),
    request_id: &str,
) -> Prepared {
    let about = |origin, note| About {
        action: asked.action.name().to_owned(),
        model_id: asked.model_id.clone(),
        input_tokens: None,
        output_tokens: None,
        cost: None,
        origin,
        note,
    };
    let Action::Run(operation) = asked.action else {
        let message = "CountTokens is not part of a challenge";
        let refusal = Refusal::ours(StatusCode::BAD_REQUEST, "ValidationException", message);
        let refusal = refusal.shaped(asked.action.shape(asked.led));
        return Prepared::refused(
            &refusal,
            request_id,
            about(Origin::Refused, Some(refusal.message.clone())),
        );
    };
    let arrived = Arrived { operation, model_id: &asked.model_id, body: &asked.body, at, access_key };
    match host.answer(&arrived) {
        Served::Answer(answer) => {
            Prepared::of(&answer, about(Origin::Practice, None)).with_late_body(&answer)
        }
        Served::Refused { status, kind, message } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let about = about(Origin::Refused, Some(message.clone()));
            let refusal = Refusal::bedrock(status, kind, message).shaped(asked.action.shape(asked.led));
            Prepared::refused(&refusal, request_id, about)
        }
    }
}
