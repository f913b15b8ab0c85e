//! Refusing what is not served here: other operations of Bedrock, and other services altogether.
//!
//! A child's `AWS_ENDPOINT_URL` brings every service here, so that a script which also calls S3 is told
//! so instead of reaching AWS. Each protocol has its own form of an error; which one a client reads is
//! told by its signature's scope and by its headers.

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use bytes::Bytes;
use serde_json::json;
use std::time::Duration;

use super::log::About;
use super::refusal::{OURS, Refusal};
use super::reply::{Content, Prepared};
use super::route;

/// Services whose errors are XML, by the name in a signature's scope: the REST ones and the query ones.
const REST_XML: [&str; 3] = ["s3", "cloudfront", "route53"];
const QUERY: [&str; 12] = [
    "sts",
    "ec2",
    "iam",
    "sns",
    "sqs",
    "rds",
    "autoscaling",
    "elasticloadbalancing",
    "cloudformation",
    "monitoring",
    "ses",
    "redshift",
];

/// A refusal in the form its client reads.
pub(super) struct Refused {
    refusal: Refusal,
    form: Form,
    /// The words.
    pub(super) message: String,
}

enum Form {
    /// A header and `{"message": …}`: Bedrock and other JSON services.
    Json,
    /// `<Error>` alone, as S3 has it.
    RestXml,
    /// `<ErrorResponse>` around it.
    Query,
}

impl Refused {
    /// A refusal by Bedrock itself.
    pub(super) fn bedrock(refusal: Refusal) -> Self {
        Refused { message: refusal.message.clone(), refusal, form: Form::Json }
    }

    /// For the wire.
    pub(super) fn prepare(&self, request_id: &str, about: About) -> Prepared {
        let mut headers = self.refusal.headers(request_id);
        let body: Bytes = match self.form {
            Form::Json => json!({"__type": self.refusal.kind, "message": self.message}).to_string().into(),
            Form::RestXml | Form::Query => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
                self.xml(request_id).into()
            }
        };
        Prepared::new(self.refusal.status, headers, Content::Whole(body, Duration::ZERO), about)
    }

    fn xml(&self, request_id: &str) -> String {
        let message = self.message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let error = format!("<Code>{}</Code><Message>{message}</Message>", self.refusal.kind);
        match self.form {
            Form::RestXml => format!("<Error>{error}<RequestId>{request_id}</RequestId></Error>"),
            _ => format!(
                "<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>{request_id}</RequestId>\
                 </ErrorResponse>"
            ),
        }
    }
}

/// Says what is not served, and what is.
pub(super) fn refuse(parts: &Parts) -> Refused {
    const SERVED: &str = "tutor serves InvokeModel, InvokeModelWithResponseStream, Converse, ConverseStream, \
                          CountTokens, and the paths of Messages, Chat Completions and Responses";
    let service = scope(&parts.headers).unwrap_or("bedrock");
    if service != "bedrock" {
        let words =
            format!("{OURS}this is a stand-in for Bedrock Runtime alone, {service} is not served here");
        let refusal = Refusal::bedrock(StatusCode::NOT_IMPLEMENTED, "NotImplemented", words.clone());
        return Refused { refusal, form: form(service), message: words };
    }
    let path = parts.uri.path();
    let words = match (route::unserved(path), route::parse(path)) {
        (Some(name), _) => format!("{name}: not served here; {SERVED}"),
        (None, Some((_, action))) => format!("{} is called with POST, not {}", action.name(), parts.method),
        (None, None) => format!("no operation of Bedrock Runtime has this path; {SERVED}"),
    };
    Refused::bedrock(Refusal::ours(StatusCode::NOT_FOUND, "UnknownOperationException", words))
}

fn form(service: &str) -> Form {
    if REST_XML.contains(&service) {
        Form::RestXml
    } else if QUERY.contains(&service) {
        Form::Query
    } else {
        Form::Json
    }
}

/// The service that a request was signed for: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn scope(headers: &HeaderMap) -> Option<&str> {
    let authorization = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (_, credential) = authorization.split_once("Credential=")?;
    let service = credential.split(',').next()?.split('/').nth(3)?;
    let plain = service.len() <= 40 && service.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain.then_some(service)
}
