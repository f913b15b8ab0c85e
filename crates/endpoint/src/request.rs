//! A request as far as it matters: operation, model, headers that change the answer, body.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt as _;

use super::compatible::{self, Led};
use super::refusal::Refusal;
use super::room::Place;
use super::route::Action;
use tutor_bedrock::CallOptions;

/// The longest body, in bytes: `InvokeModel`'s limit in the API reference.
const MOST: usize = 25_000_000;
/// How much more than that is read and thrown away, so that the client gets to read why.
const DRAINED: usize = 100_000_000;
/// How long a client may pause in the middle of its body.
const PAUSE: Duration = Duration::from_mins(1);
/// The same once it is refused: who sends goes on sending, who waits is told.
const LAST_PAUSE: Duration = Duration::from_millis(500);

/// What is asked of whom. Two equal ones get the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) action: Action,
    pub(super) model_id: String,
    pub(super) options: CallOptions,
    /// Where a compatible API's client was led; its body names the model.
    pub(super) led: Option<Led>,
    /// Whether it goes on from a stored response that is not here.
    pub(super) is_orphan: bool,
    /// The region that it was signed for.
    pub(super) region: Option<String>,
    pub(super) body: Bytes,
}

/// Without the rare headers: they are compared, not hashed.
impl Hash for Asked {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.action.hash(state);
        self.model_id.hash(state);
        self.led.hash(state);
        self.body.hash(state);
    }
}

impl Asked {
    /// What these parts of a request ask. Converse has the options in its body; headers of that kind
    /// mean nothing there.
    pub(super) fn new(
        action: Action,
        model_id: String,
        led: Option<Led>,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Self {
        let options = match action {
            Action::Run(operation) if operation.is_native() => options(headers),
            Action::Run(operation) if operation.is_compatible() => compatible::options(operation, headers),
            _ => CallOptions::default(),
        };
        Asked { action, model_id, options, led, is_orphan: false, region: region(headers), body }
    }
}

/// The region in a signature: `Credential=KEY/DAY/REGION/SERVICE/aws4_request`.
fn region(headers: &HeaderMap) -> Option<String> {
    let signed = headers.get(axum::http::header::AUTHORIZATION)?.to_str().ok()?;
    let (_, credential) = signed.split_once("Credential=")?;
    Some(credential.split(',').next()?.split('/').nth(2)?.to_owned())
}

fn options(headers: &HeaderMap) -> CallOptions {
    // Most requests have none of them.
    if !headers.keys().any(|name| name.as_str().starts_with("x-amzn-bedrock-")) {
        return CallOptions::default();
    }
    let value = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    CallOptions {
        trace: value("x-amzn-bedrock-trace"),
        guardrail_identifier: value("x-amzn-bedrock-guardrailidentifier"),
        guardrail_version: value("x-amzn-bedrock-guardrailversion"),
        performance_latency: value("x-amzn-bedrock-performanceconfig-latency"),
        service_tier: value("x-amzn-bedrock-service-tier"),
        ..CallOptions::default()
    }
}

/// The whole body with the place it takes, within limits of size and patience.
pub(super) async fn read_body(mut body: Body, mut place: Place) -> Result<(Bytes, Place), Refusal> {
    let announced = body.size_hint().exact().and_then(|length| usize::try_from(length).ok());
    let mut whole = Whole { announced: announced.unwrap_or(0).min(MOST), ..Whole::default() };
    let mut refused = None;
    loop {
        let patience = if refused.is_some() { LAST_PAUSE } else { PAUSE };
        let Ok(frame) = tokio::time::timeout(patience, body.frame()).await else {
            let message = "the request's body stopped arriving";
            let stopped = Refusal::ours(StatusCode::REQUEST_TIMEOUT, "RequestTimeoutException", message);
            return Err(refused.unwrap_or(stopped));
        };
        match frame {
            None => return refused.map_or(Ok((whole.finish(), place)), Err),
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                whole.length += data.len();
                if whole.length > MOST + DRAINED {
                    return Err(refused.unwrap_or_else(too_long));
                }
                // What is refused is read on and thrown away, so that the client gets to read why.
                let no = match &refused {
                    Some(_) => continue,
                    None if whole.length > MOST => too_long(),
                    None if place.grow(data.len()).is_err() => Refusal::no_room(),
                    None => {
                        whole.add(data);
                        continue;
                    }
                };
                place = place.emptied();
                whole = Whole { length: whole.length, ..Whole::default() };
                refused = Some(no);
            }
            Some(Err(_)) => {
                let message = "the request's body ended before its announced length";
                let ended = Refusal::ours(StatusCode::BAD_REQUEST, "ValidationException", message);
                return Err(refused.unwrap_or(ended));
            }
        }
    }
}

/// A body under construction; one that comes in one piece is not copied.
#[derive(Default)]
struct Whole {
    /// How much is to come, as far as somebody said so.
    announced: usize,
    /// How much came, kept or not.
    length: usize,
    first: Bytes,
    all: BytesMut,
}

impl Whole {
    fn add(&mut self, data: Bytes) {
        if self.length == data.len() {
            self.first = data;
            return;
        }
        if self.all.is_empty() {
            // One piece of memory at once: growing would take three times as much.
            self.all = BytesMut::with_capacity(self.announced.max(self.length));
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.all.extend_from_slice(&data);
    }

    fn finish(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.freeze() }
    }
}

fn too_long() -> Refusal {
    let message = format!("the request's body is longer than {MOST} bytes");
    Refusal::ours(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLargeException", message)
}
