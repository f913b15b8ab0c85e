//! What really goes over the wire: the body we were given, unchanged, and the answer's bytes with
//! the times they arrived.
//!
//! The SDK models requests and answers; what its types have no field for would get lost. So an
//! interceptor puts our body in place of the SDK's before it is signed, and a connector around the
//! real one keeps status, headers and bytes. Endpoint, credentials and signing stay the SDK's.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use aws_sdk_bedrockruntime::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_bedrockruntime::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use bytes::Bytes;
use tokio::sync::Semaphore;

use tutor_bedrock::Frame;
use tutor_bedrock::event_stream::SERVER_SENT;
use tutor_provider::bounded::{Bounds, Collector, MEGABYTE};

use super::frames::{Decoder, ServerSent, Unreadable};
use super::road::Road;

/// An answer as it came over the wire.
#[derive(Debug, Clone, Default)]
pub(super) struct Received {
    /// The host that was asked.
    pub(super) host: String,
    /// HTTP status.
    pub(super) status: u16,
    /// Headers by lower-case name.
    pub(super) headers: Vec<(String, String)>,
    /// The body as far as it came.
    pub(super) body: Content,
    /// Milliseconds from sending the request to the last byte.
    pub(super) total_ms: u64,
    /// How the body ended.
    pub(super) end: End,
}

/// What a body holds.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// A plain body.
    Whole(Vec<u8>),
    /// An event stream's messages.
    Stream(Vec<Frame>),
}

impl Default for Content {
    fn default() -> Self {
        Content::Whole(Vec::new())
    }
}

/// How a body ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum End {
    /// With its last byte.
    #[default]
    Whole,
    /// The connection was lost, or a message began and did not end.
    BrokenOff(String),
    /// It is not worth reading on: too much, or nothing that can be read.
    GivenUp(String),
}

/// The host of a URI, without port.
pub(super) fn host(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

/// Whether a host is Amazon's (Amazon Bedrock endpoints and quotas, AWS General Reference).
pub(super) fn is_amazon(host: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"].iter().any(|end| host.ends_with(end))
}

/// Where the connector leaves an answer for the one who sent the request, and how much it may take.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    state: Arc<Mutex<State>>,
    bounds: Bounds,
}

#[derive(Debug, Default)]
struct State {
    received: Option<Received>,
    /// Whether a connection could not be made, so that nothing was sent.
    is_unreached: bool,
}

impl Slot {
    /// An empty one for an answer within `bounds`.
    pub(super) fn new(bounds: Bounds) -> Self {
        Slot { state: Arc::default(), bounds }
    }

    /// Takes what is there; `None` if no answer began.
    pub(super) fn take(&self) -> Option<Received> {
        self.state().received.take()
    }

    /// Whether no connection was made.
    pub(super) fn is_unreached(&self) -> bool {
        self.state().is_unreached
    }

    fn put(&self, received: Received) {
        self.state().received = Some(received);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends `body` in place of what the SDK made, and leaves the answer in `slot`.
#[derive(Debug)]
pub(super) struct Exact {
    /// The body.
    pub(super) body: Bytes,
    /// Where the answer goes.
    pub(super) slot: Slot,
    /// Where a compatible API's request goes in place of the SDK's.
    pub(super) road: Option<Road>,
}

#[dyn_dispatch_hint]
impl Intercept for Exact {
    fn name(&self) -> &'static str {
        "tutor: exactly this body"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        *request.body_mut() = SdkBody::from(self.body.clone());
        let headers = request.headers_mut();
        headers.insert("content-length", self.body.len().to_string());
        headers.insert("content-type", "application/json");
        if let Some(road) = &self.road {
            road.lead(request)?;
        }
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        context.request_mut().add_extension(self.slot.clone());
        Ok(())
    }
}

/// An HTTP client that keeps what its connectors receive.
#[derive(Debug, Clone)]
pub(super) struct Tapped<C> {
    inner: C,
    large: Arc<Semaphore>,
}

/// Answers of up to this size are read side by side; larger ones one after another, so that a run
/// holds no more than one large answer while it reads.
const SMALL: usize = MEGABYTE;

impl<C> Tapped<C> {
    /// A tap on `inner`.
    pub(super) fn new(inner: C) -> Self {
        Tapped { inner, large: Arc::new(Semaphore::new(1)) }
    }
}

impl<C: HttpClient + Clone + 'static> HttpClient for Tapped<C> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Tap { inner, large: Arc::clone(&self.large) })
    }
}

#[derive(Debug)]
struct Tap {
    inner: SharedHttpConnector,
    large: Arc<Semaphore>,
}

impl HttpConnector for Tap {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(slot) = request.extension::<Slot>().cloned() else { return self.inner.call(request) };
        let host = host(request.uri()).to_owned();
        let started = Instant::now();
        let sent = self.inner.call(request);
        let large = Arc::clone(&self.large);
        HttpConnectorFuture::new(async move {
            let mut response = match sent.await {
                Ok(response) => response,
                Err(error) => {
                    slot.state().is_unreached = is_unreached(&error);
                    return Err(error);
                }
            };
            let mut received = Received { host, status: response.status().as_u16(), ..Received::default() };
            received.headers =
                response.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let is =
                |kind: &str| response.headers().get("content-type").is_some_and(|it| is_of_type(it, kind));
            let taken = match () {
                () if is("application/vnd.amazon.eventstream") => Taken::Stream(Decoder::new(slot.bounds)),
                () if is(SERVER_SENT) => Taken::Events(ServerSent::new(slot.bounds)),
                () => Taken::Whole(Collector::new(slot.bounds)),
            };
            let body = ByteStream::new(response.take_body());
            let taken = take(body, taken, slot.bounds, started, &large);
            (received.body, received.end) = taken.await;
            received.total_ms = since(started);
            let error = match &received.end {
                End::Whole => None,
                End::BrokenOff(why) | End::GivenUp(why) => Some(why.clone()),
            };
            slot.put(received);
            // What the SDK would make of the body is of no interest.
            error.map_or(Ok(response), |why| Err(ConnectorError::io(why.into())))
        })
    }
}

fn since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn is_of_type(content_type: &str, kind: &str) -> bool {
    content_type.trim_start().to_ascii_lowercase().starts_with(kind)
}

/// Reads a body as far as it is worth reading. Dropping it closes the connection.
async fn take(
    mut body: ByteStream,
    mut taken: Taken,
    bounds: Bounds,
    started: Instant,
    large: &Semaphore,
) -> (Content, End) {
    let mut turn = None;
    while let Some(piece) = body.next().await {
        let Ok(piece) = piece else {
            return (
                Content::default(),
                End::BrokenOff("the connection was lost in the middle of the answer".to_owned()),
            );
        };
        if turn.is_none() && taken.len() + piece.len() > SMALL {
            turn = large.acquire().await.ok();
        }
        if let Err(why) = taken.push(since(started), &piece) {
            return (Content::default(), End::GivenUp(why.to_string()));
        }
    }
    let finished = match taken {
        Taken::Stream(decoder) => decoder.finish(),
        Taken::Events(events) => events.finish(),
        Taken::Whole(collector) => {
            let bytes = collector.finish();
            return match bounds.check_values(&bytes) {
                Ok(()) => (Content::Whole(bytes), End::Whole),
                Err(why) => (Content::default(), End::GivenUp(why.to_string())),
            };
        }
    };
    match finished {
        Ok(frames) => (Content::Stream(frames), End::Whole),
        Err(why) => (Content::default(), End::BrokenOff(why)),
    }
}

/// What is there of a body.
enum Taken {
    Whole(Collector),
    Stream(Decoder),
    Events(ServerSent),
}

impl Taken {
    fn len(&self) -> usize {
        match self {
            Taken::Whole(collector) => collector.len(),
            Taken::Stream(decoder) => decoder.len(),
            Taken::Events(events) => events.len(),
        }
    }

    fn push(&mut self, at_ms: u64, piece: &[u8]) -> Result<(), Unreadable> {
        match self {
            Taken::Whole(collector) => Ok(collector.push(piece)?),
            Taken::Stream(decoder) => decoder.push(at_ms, piece),
            Taken::Events(events) => events.push(at_ms, piece),
        }
    }
}

/// Whether no connection could be made: no address, nobody who listens, no handshake.
fn is_unreached(error: &ConnectorError) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if error
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
        {
            return true;
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_amazons_hosts_are_bedrock() {
        let asked = |uri: &str| is_amazon(host(uri));
        assert!(asked("https://bedrock-runtime.us-east-1.amazonaws.com/model/x/converse"));
        assert!(asked("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com:443/model/x/invoke"));
        assert!(!asked("http://127.0.0.1:8080/model/x/invoke"));
        assert!(!asked("https://amazonaws.com.example/model/x.amazonaws.com"));
        assert!(!asked("https://bedrock-runtime.us-east-1.amazonaws.com@example.com/"));
    }
}
