//! What really goes over the wire: the body we were given, unchanged, and the answer's bytes with
//! the times they arrived.
//!
//! The SDK models requests and answers; what its types have no field for would get lost. So an
//! interceptor puts our body in place of the SDK's before it is signed, and a connector around the
//! real one keeps status, headers and bytes. Endpoint, credentials and signing stay the SDK's.

use std::sync::{Arc, Mutex, PoisonError};
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

use super::frames::Piece;

/// An answer as it came over the wire.
#[derive(Debug, Clone, Default)]
pub(super) struct Received {
    /// The host that was asked.
    pub(super) host: String,
    /// HTTP status.
    pub(super) status: u16,
    /// Headers by lower-case name.
    pub(super) headers: Vec<(String, String)>,
    /// The body in the pieces it came in.
    pub(super) pieces: Vec<Piece>,
    /// Milliseconds from sending the request to the last byte.
    pub(super) total_ms: u64,
    /// Whether the body came to its end.
    pub(super) is_whole: bool,
}

impl Received {
    /// The body in one piece.
    pub(super) fn body(&self) -> Vec<u8> {
        self.pieces.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect()
    }
}

/// The host of a URI, without port.
fn host(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

/// Whether a host is Amazon's (Amazon Bedrock endpoints and quotas, AWS General Reference).
pub(super) fn is_amazon(host: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"].iter().any(|end| host.ends_with(end))
}

/// Where the connector leaves an answer for the one who sent the request.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Received>>>);

impl Slot {
    /// Takes what is there; `None` if no answer began.
    pub(super) fn take(&self) -> Option<Received> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, received: Received) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(received);
    }
}

/// Sends `body` in place of what the SDK made, and leaves the answer in `slot`.
#[derive(Debug)]
pub(super) struct Exact {
    /// The body.
    pub(super) body: Bytes,
    /// Where the answer goes.
    pub(super) slot: Slot,
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
pub(super) struct Tapped<C>(pub(super) C);

impl<C: HttpClient + Clone + 'static> HttpClient for Tapped<C> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Tap(self.0.http_connector(settings, components)))
    }
}

#[derive(Debug)]
struct Tap(SharedHttpConnector);

impl HttpConnector for Tap {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(slot) = request.extension::<Slot>().cloned() else { return self.0.call(request) };
        let host = host(request.uri()).to_owned();
        let started = Instant::now();
        let sent = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let elapsed = || u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            let mut response = sent.await?;
            let mut received = Received { host, status: response.status().as_u16(), ..Received::default() };
            received.headers =
                response.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let mut body = ByteStream::new(response.take_body());
            while let Some(piece) = body.next().await {
                match piece {
                    Ok(bytes) => received.pieces.push((elapsed(), bytes)),
                    Err(error) => {
                        slot.put(received);
                        return Err(ConnectorError::io(Box::new(error)));
                    }
                }
            }
            received.total_ms = elapsed();
            received.is_whole = true;
            *response.body_mut() = SdkBody::from(received.body());
            slot.put(received);
            Ok(response)
        })
    }
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
