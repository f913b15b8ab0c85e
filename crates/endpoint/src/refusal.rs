//! Errors in AWS's form.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use serde_json::json;

/// An answer that says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// HTTP status.
    pub(super) status: StatusCode,
    /// The error's name, such as `ValidationException`.
    pub(super) kind: &'static str,
    /// The words. Those that no source gives as Bedrock's start with [`OURS`].
    pub(super) message: String,
    /// What the log says beside them: what to do, where Bedrock's words do not tell.
    pub(super) hint: Option<String>,
    /// After how many seconds it is worth to ask again, where that is known.
    pub(super) retry_after: Option<u32>,
    /// The form in which it is told.
    pub(super) shape: Shape,
}

/// In whose form an error is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shape {
    /// A header with the name, a body with the words.
    #[default]
    Aws,
    /// `{"error": {"code", "message", "param", "type"}}`
    OpenAi,
    /// `{"type": "error", "request_id", "error": {"type", "message"}}`
    Anthropic,
}

/// What the compatible APIs call an error (AWS's samples of 2026-08-22, recorded traffic, both vendors' references,
/// read 2026-11-27): Bedrock's name, `OpenAI`'s code and type, Anthropic's type.
const COMPATIBLE: [(&str, &str, &str, &str); 6] = [
    ("ValidationException", "validation_error", "invalid_request_error", "invalid_request_error"),
    ("ResourceNotFoundException", "not_found_error", "not_found_error", "not_found_error"),
    ("AccessDeniedException", "access_denied", "permission_error", "permission_error"),
    ("ThrottlingException", "rate_limit_exceeded", "rate_limit_error", "rate_limit_error"),
    ("ServiceUnavailableException", "service_unavailable", "server_error", "overloaded_error"),
    ("RequestEntityTooLargeException", "request_too_large", "invalid_request_error", "request_too_large"),
];

/// What stands before every message that Bedrock is not known to word like this.
pub(super) const OURS: &str = "tutor: ";

/// What Bedrock puts behind an error's name (recorded traffic of the `OpenTelemetry` and New Relic
/// instrumentations of botocore).
const REALM: &str = "http://internal.amazon.com/coral/com.amazon.bedrock/";

impl Refusal {
    /// A refusal in Bedrock's own words.
    pub(super) fn bedrock(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Refusal { status, kind, message: message.into(), hint: None, retry_after: None, shape: Shape::Aws }
    }

    /// A refusal in tutor's words, marked as such.
    pub(super) fn ours(status: StatusCode, kind: &'static str, message: impl AsRef<str>) -> Self {
        Refusal {
            status,
            kind,
            message: format!("{OURS}{}", message.as_ref()),
            hint: None,
            retry_after: None,
            shape: Shape::Aws,
        }
    }

    /// The same with something for the log.
    pub(super) fn hinting(self, hint: Option<String>) -> Self {
        Refusal { hint, ..self }
    }

    /// The same in another form.
    pub(super) fn shaped(&self, shape: Shape) -> Self {
        Refusal { shape, ..self.clone() }
    }

    /// What the log says of it.
    pub(super) fn note(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{} ({hint})", self.message),
            None => self.message.clone(),
        }
    }

    /// A request that Bedrock would not take, in its own words.
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::bedrock(StatusCode::BAD_REQUEST, "ValidationException", message)
    }

    /// There is no room for a body or an answer just now.
    pub(super) fn no_room() -> Self {
        let message = "other requests hold all the memory there is for bodies; ask again";
        let refusal = Self::ours(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableException", message);
        Refusal { retry_after: Some(1), ..refusal }
    }

    /// The response's headers, under this request id.
    pub(super) fn headers(&self, request_id: &str) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(axum::http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut set = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        set("x-amzn-requestid", request_id);
        match self.shape {
            Shape::Aws => set("x-amzn-errortype", &format!("{}:{REALM}", self.kind)),
            Shape::OpenAi => set("x-request-id", request_id),
            Shape::Anthropic => set("request-id", &format!("req_{request_id}")),
        }
        if let Some(seconds) = self.retry_after {
            set("retry-after", &seconds.to_string());
        }
        headers
    }

    /// The response's body.
    pub(super) fn body(&self, request_id: &str) -> Bytes {
        let row = COMPATIBLE.iter().find(|(name, ..)| *name == self.kind);
        let (_, code, kind, anthropic) =
            row.copied().unwrap_or(("", "server_error", "server_error", "api_error"));
        let body = match self.shape {
            Shape::Aws => json!({"message": self.message}),
            Shape::OpenAi => {
                json!({"error": {"code": code, "message": self.message, "param": null, "type": kind}})
            }
            Shape::Anthropic => json!({
                "type": "error",
                "request_id": format!("req_{request_id}"),
                "error": {"type": anthropic, "message": self.message},
            }),
        };
        body.to_string().into()
    }
}
