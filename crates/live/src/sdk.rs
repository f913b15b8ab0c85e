//! Sends a call once through the AWS SDK.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_bedrockruntime::config::Region;
use aws_sdk_bedrockruntime::error::SdkError;
use aws_sdk_bedrockruntime::types::{
    CountTokensInput, InvokeModelTokensRequest, PerformanceConfigLatency, ServiceTierType, Trace,
};
use aws_sdk_bedrockruntime::{Client, Config};
use aws_smithy_types::Blob;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde_json::json;

use super::frames;
use super::road::Road;
use super::transport::{NoAnswer, Transport};
use super::wire::{Content, End, Exact, Received, Slot, is_amazon};
use tutor_bedrock::whole::{self, Fault};
use tutor_bedrock::{Answer, Call, Json, Operation, Payload, Timing, model_id};
use tutor_catalog::Catalog;
use tutor_provider::bounded::Bounds;
use tutor_recording::redact;

/// The SDK's client, with a tap on its wire.
#[derive(Debug, Clone)]
pub struct Sdk {
    client: Client,
    /// Where the second host is asked for.
    region: String,
    /// Tells the dialect in which a stream is read.
    catalog: &'static Catalog,
    /// Whether some answer came from a host that is not Amazon's.
    was_elsewhere: Arc<AtomicBool>,
    /// How much is taken of one answer.
    bounds: Bounds,
}

/// How long counting a request's input may take: it is a kindness, not worth waiting for.
const COUNT_TIMEOUT: Duration = Duration::from_secs(20);

/// A count is a few bytes.
const COUNT_BOUNDS: Bounds = Bounds { bytes: 100_000, frames: 0, frame_bytes: 0, values: 1_000 };

/// What carried an answer, for the recording's origin.
pub const NAME: &str = concat!("aws-sdk-bedrockruntime ", "1.153");

impl Transport for Sdk {
    async fn send(&self, call: &Call) -> Result<Answer, NoAnswer> {
        let slot = Slot::new(self.bounds);
        let road = Road::of(call, call.region.as_deref().unwrap_or(&self.region));
        let exact = Exact { body: Bytes::from(call.body.to_compact()), slot: slot.clone(), road };
        let sent = self.operation(call, exact).await;
        match (slot.take(), sent) {
            (Some(received), _) => {
                self.was_elsewhere.fetch_or(!is_amazon(&received.host), Ordering::Relaxed);
                answer(call, received, self.catalog)
            }
            (None, Err(NoAnswer::Connection(why) | NoAnswer::Timeout(why))) if slot.is_unreached() => {
                Err(NoAnswer::Unreached(why))
            }
            (None, Err(silence)) => Err(silence),
            (None, Ok(())) => Err(NoAnswer::Connection("the SDK reports success without an answer".into())),
        }
    }

    async fn count_tokens(&self, call: &Call) -> Option<u64> {
        if call.operation.is_compatible() {
            return None;
        }
        let slot = Slot::new(COUNT_BOUNDS);
        let body = Bytes::from(count_body(call).to_string());
        let request = InvokeModelTokensRequest::builder().body(Blob::new(Vec::new())).build().ok()?;
        let count = self.client.count_tokens().model_id(model_id::bare(&call.model_id));
        let count = count.input(CountTokensInput::InvokeModel(request)).customize();
        // What matters of success and failure stands on the wire.
        let sent = count.interceptor(Exact { body, slot: slot.clone(), road: None }).send();
        let _ = tokio::time::timeout(COUNT_TIMEOUT, sent).await.ok()?;
        let received = slot.take().filter(|received| received.end == End::Whole && received.status == 200)?;
        let Content::Whole(body) = received.body else { return None };
        Json::parse(&body).ok()?.get("inputTokens")?.as_u64()
    }

    fn reaches_bedrock(&self) -> bool {
        !self.was_elsewhere.load(Ordering::Relaxed)
    }
}

impl Sdk {
    /// Sends through `client`, whose HTTP client must be a [`super::wire::Tapped`] one.
    pub(super) fn new(client: Client, region: &str, catalog: &'static Catalog, bounds: Bounds) -> Self {
        Sdk { client, region: region.to_owned(), catalog, was_elsewhere: Arc::default(), bounds }
    }

    /// Sends the operation. What the SDK makes of the answer is of no interest; the wire tells.
    async fn operation(&self, call: &Call, exact: Exact) -> Result<(), NoAnswer> {
        let (client, id, options) = (&self.client, call.model_id.as_str(), &call.options);
        let place = match &call.region {
            Some(region) => Config::builder().region(Region::new(region.clone())),
            None => Config::builder(),
        };
        macro_rules! with_headers {
            ($operation:expr) => {
                $operation
                    .model_id(id)
                    .body(Blob::new(Vec::new()))
                    .content_type("application/json")
                    .set_trace(options.trace.as_deref().map(Trace::from))
                    .set_guardrail_identifier(options.guardrail_identifier.clone())
                    .set_guardrail_version(options.guardrail_version.clone())
                    .set_performance_config_latency(
                        options.performance_latency.as_deref().map(PerformanceConfigLatency::from),
                    )
                    .set_service_tier(options.service_tier.as_deref().map(ServiceTierType::from))
            };
        }
        macro_rules! send {
            ($operation:expr) => {
                $operation
                    .customize()
                    .config_override(place)
                    .interceptor(exact)
                    .send()
                    .await
                    .map(|_| ())
                    .map_err(silence)
            };
        }
        match call.operation {
            Operation::InvokeModel => send!(with_headers!(client.invoke_model())),
            Operation::InvokeModelWithResponseStream => {
                send!(with_headers!(client.invoke_model_with_response_stream()))
            }
            Operation::Converse => send!(client.converse().model_id(id)),
            Operation::ConverseStream => send!(client.converse_stream().model_id(id)),
            // The SDK has no such operation: it signs what the interceptor makes of this one.
            Operation::Messages | Operation::ChatCompletions | Operation::Responses => {
                send!(client.invoke_model().model_id(id).body(Blob::new(Vec::new())))
            }
        }
    }
}

/// The body of a `CountTokens` request for `call` (Amazon Bedrock API reference, `CountTokens`).
fn count_body(call: &Call) -> serde_json::Value {
    if !call.operation.is_converse() {
        let body = BASE64.encode(call.body.to_compact());
        return json!({"input": {"invokeModel": {"body": body}}});
    }
    let counted = ["messages", "system", "toolConfig", "additionalModelRequestFields"];
    let member = |name: &str| Some((name.to_owned(), call.body.get(name)?.clone()));
    let body = Json::Object(counted.into_iter().filter_map(member).collect());
    let body: serde_json::Value = serde_json::from_str(&body.to_compact()).unwrap_or_default();
    json!({"input": {"converse": body}})
}

/// What the wire brought, as an answer.
fn answer(call: &Call, received: Received, catalog: &Catalog) -> Result<Answer, NoAnswer> {
    match received.end {
        End::Whole => {}
        End::BrokenOff(why) => return Err(NoAnswer::Broken(why)),
        End::GivenUp(why) => return Err(NoAnswer::Faulty(why)),
    }
    let mut timing = Timing { total_ms: received.total_ms, first_token_ms: None };
    let payload = match received.body {
        Content::Stream(frames) => {
            timing.first_token_ms = frames::first_content(call, catalog.family(&call.model_id), &frames);
            Payload::Stream(frames)
        }
        Content::Whole(body) => Payload::Whole(body.into()),
    };
    let headers: BTreeMap<String, String> = received.headers.into_iter().collect();
    let answer = Answer { status: received.status, headers, payload, timing };
    match whole::fault(call, &answer) {
        None => Ok(answer),
        Some(fault @ Fault::CutShort(_)) => Err(NoAnswer::Broken(fault.to_string())),
        Some(fault @ Fault::NoAnswer(_)) => Err(NoAnswer::Faulty(fault.to_string())),
    }
}

/// Why nothing came back, as far as the SDK says.
fn silence<E, R>(error: SdkError<E, R>) -> NoAnswer
where
    E: Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let words = redact::text(&chain(&error));
    if let Some(credentials) = credentials_error(&error) {
        return NoAnswer::Credentials(redact::text(&chain(credentials)));
    }
    match error {
        SdkError::TimeoutError(_) => NoAnswer::Timeout(words),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => NoAnswer::Timeout(words),
        SdkError::DispatchFailure(failure) if failure.is_user() => NoAnswer::Unsendable(words),
        SdkError::ConstructionFailure(_) => NoAnswer::Unsendable(words),
        _ => NoAnswer::Connection(words),
    }
}

fn credentials_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e CredentialsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<CredentialsError>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// An error with all its causes, each once.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            let _ = write!(text, ": {words}");
        }
        next = cause.source();
    }
    text
}
