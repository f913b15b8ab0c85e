//! Requests to the server: plain HTTP/1.1, never redirected, never through a proxy, bounded in bytes and
//! in time.

use bytes::{Bytes, BytesMut};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Instant, timeout, timeout_at};

use super::settings::{ApiKey, Limits};
use super::trouble;
use tutor_provider::ProviderError;

/// One server.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    key: Option<ApiKey>,
    limits: Limits,
}

/// A response whose body is still to come.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    body: Incoming,
    left: usize,
    limits: Limits,
    deadline: Instant,
}

impl Http {
    /// The server at `base`, an address without a path.
    pub(crate) fn new(base: String, key: Option<ApiKey>, limits: Limits) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(std::time::Duration::from_secs(3)));
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Http { client, base, key, limits }
    }

    /// The same with other limits.
    pub(crate) fn within(&self, limits: Limits) -> Self {
        Http { limits, ..self.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Response, ProviderError> {
        self.send(Method::GET, path, Bytes::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &serde_json::Value) -> Result<Response, ProviderError> {
        self.send(Method::POST, path, body.to_string().into()).await
    }

    async fn send(&self, method: Method, path: &str, body: Bytes) -> Result<Response, ProviderError> {
        let deadline = Instant::now() + self.limits.total;
        let unreachable = |why: &str| trouble::unreachable(&self.base, why);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(CONTENT_TYPE, "application/json");
        if let Some(ApiKey(key)) = &self.key {
            let value = HeaderValue::try_from(format!("Bearer {key}"));
            let mut value = value.map_err(|_| unreachable("its key cannot stand in a header"))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let request = request.body(Full::new(body)).map_err(|error| unreachable(&error.to_string()))?;
        let response = timeout_at(deadline, self.client.request(request)).await;
        let response = response.map_err(|_| trouble::too_slow("it never began to answer"))?;
        let (parts, body) = response.map_err(|error| unreachable(&root_cause(&error)))?.into_parts();
        let left = self.limits.bytes;
        Ok(Response {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
            left,
            limits: self.limits,
            deadline,
        })
    }
}

impl Response {
    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ProviderError> {
        loop {
            let until = self.deadline.min(Instant::now() + self.limits.idle);
            let frame = timeout_at(until, self.body.frame()).await;
            let frame = frame.map_err(|_| trouble::too_slow("its answer stands still or never ends"))?;
            let Some(frame) = frame else { return Ok(None) };
            let frame = frame.map_err(|error| {
                trouble::bad_answer(format!("it broke off in the middle ({})", root_cause(&error)))
            })?;
            let Ok(bytes) = frame.into_data() else { continue };
            self.left = self.left.checked_sub(bytes.len()).ok_or_else(|| {
                trouble::bad_answer(format!("it is larger than {} MB", self.limits.bytes >> 20))
            })?;
            return Ok(Some(bytes));
        }
    }

    /// The whole body.
    pub(crate) async fn whole(mut self) -> Result<Bytes, ProviderError> {
        let mut all = BytesMut::new();
        while let Some(bytes) = self.next().await? {
            all.extend_from_slice(&bytes);
        }
        Ok(all.freeze())
    }

    /// The body as JSON, of a look-up that must be quick.
    pub(crate) async fn json_soon(self) -> Option<serde_json::Value> {
        if self.status != 200 {
            return None;
        }
        let body = timeout(std::time::Duration::from_secs(5), self.whole()).await.ok()?.ok()?;
        serde_json::from_slice(&body).ok()
    }
}

/// The innermost words of an error: hyper's own say only that something failed.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut at = error;
    while let Some(source) = at.source() {
        at = source;
    }
    at.to_string()
}
