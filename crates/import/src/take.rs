//! From an exchange to a call with its answer, or to the reason why not.

use std::collections::BTreeMap;
use std::io::Read as _;

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use bytes::BytesMut;
use percent_encoding::percent_decode_str;

use super::doubt;
use super::exchange::{Body, Exchange, Headers, Target};
use super::{Taken, Why};
use tutor_bedrock::answer::FrameKind;
use tutor_bedrock::family::error;
use tutor_bedrock::{Answer, Call, CallOptions, Frame, Json, Operation, Payload, Timing};
use tutor_recording::origin::Missing;
use tutor_recording::redact;

/// The longest body after decompression, in bytes.
const MOST_OF_BODY: u64 = 64 << 20;

/// The last segments of the paths `/model/MODEL/…` (Amazon Bedrock API reference).
const OPERATIONS: [(&str, Operation); 4] = [
    ("invoke", Operation::InvokeModel),
    ("invoke-with-response-stream", Operation::InvokeModelWithResponseStream),
    ("converse", Operation::Converse),
    ("converse-stream", Operation::ConverseStream),
];

/// Takes an exchange for what it is. The line is the caller's to set.
///
/// # Errors
/// Why it is passed over.
pub(crate) fn take(exchange: Exchange) -> Result<Taken, Why> {
    let (operation, model_id, region) = target(&exchange.target)?;
    learn_accounts(&model_id);
    if let Some(account) = account_of(&exchange.request) {
        redact::learn_account(&account);
    }
    if !(200..300).contains(&exchange.status) {
        return Err(refused(&exchange));
    }
    let request = json(&exchange.request, &exchange.request_headers)
        .ok_or_else(|| Why::Damaged("its request is no JSON".to_owned()))?;
    let options =
        if operation.is_converse() { CallOptions::default() } else { options(&exchange.request_headers) };
    let call = Call { operation, model_id, body: request, options, region: None };
    let is_whole_text = matches!(exchange.response, Body::Bytes(_));
    let payload = payload(operation, &exchange)?;
    // Which of them are kept is decided where recordings are made.
    let headers = exchange.response_headers.iter();
    let headers: BTreeMap<String, String> =
        headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut missing = Vec::new();
    if exchange.total_ms.is_none() {
        missing.push(Missing::Times);
    }
    if exchange.response_headers.is_empty() {
        missing.push(Missing::Headers);
    }
    let timing = Timing { total_ms: exchange.total_ms.unwrap_or(0), first_token_ms: None };
    let answer = Answer { status: exchange.status, headers, payload, timing };
    let doubts = doubt::doubts(&call, &answer, &exchange, is_whole_text);
    let at = exchange.at.or_else(|| date(&exchange.response_headers));
    Ok(Taken { line: 0, call, answer, region: exchange.region.or(region), at, missing, doubts })
}

/// An answer that is none.
fn refused(exchange: &Exchange) -> Why {
    let headers = exchange.response_headers.iter();
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let body = match &exchange.response {
        Body::Bytes(bytes) => plain(bytes, &exchange.response_headers).unwrap_or_default(),
        Body::Json(json) => json.to_compact().into_bytes(),
        Body::Nothing | Body::Frames(_) => Vec::new(),
    };
    let payload = Payload::Whole(body.into());
    let answer = Answer { status: exchange.status, headers, payload, timing: Timing::default() };
    let kind = error::read(&answer).map(|error| redact::text(&error.kind)).unwrap_or_default();
    Why::Refused { status: exchange.status, kind }
}

fn date(headers: &Headers) -> Option<jiff::Timestamp> {
    Some(jiff::fmt::rfc2822::parse(headers.get("date")?).ok()?.timestamp())
}

/// Operation, model id and region of what was asked.
fn target(target: &Target) -> Result<(Operation, String, Option<String>), Why> {
    match target {
        Target::Named { operation, model_id } => {
            let operation = operation.parse().map_err(|_| Why::Operation(operation.clone()))?;
            Ok((operation, model_id.clone(), None))
        }
        Target::Url(url) => {
            let (host, path) = parts(url);
            let Some((model, last)) = path.strip_prefix("/model/").and_then(|path| path.rsplit_once('/'))
            else {
                return Err(Why::Foreign(redact::text(if host.is_empty() { path } else { host })));
            };
            let Some((_, operation)) = OPERATIONS.into_iter().find(|(segment, _)| *segment == last) else {
                return Err(Why::Operation(
                    if last == "count-tokens" { "CountTokens" } else { last }.to_owned(),
                ));
            };
            let model = percent_decode_str(model).decode_utf8_lossy().into_owned();
            Ok((operation, model, region(host)))
        }
    }
}

/// Host and path of a URL, or of a path alone.
fn parts(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (host, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    (
        host.rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(host, |(host, _)| host),
        path,
    )
}

/// `us-east-1` of `bedrock-runtime.us-east-1.amazonaws.com`.
fn region(host: &str) -> Option<String> {
    let mut labels = host.split('.');
    let service = labels.next()?;
    let region = labels.next()?;
    (service.starts_with("bedrock-runtime") && host.contains(".amazonaws.")).then(|| region.to_owned())
}

fn options(headers: &Headers) -> CallOptions {
    let value = |name: &str| headers.get(name).map(str::to_owned);
    CallOptions {
        trace: value("x-amzn-bedrock-trace"),
        guardrail_identifier: value("x-amzn-bedrock-guardrailidentifier"),
        guardrail_version: value("x-amzn-bedrock-guardrailversion"),
        performance_latency: value("x-amzn-bedrock-performanceconfig-latency"),
        service_tier: value("x-amzn-bedrock-service-tier"),
        ..CallOptions::default()
    }
}

/// From now on the account in an ARN is masked wherever it stands.
fn learn_accounts(model_id: &str) {
    if let Some(account) = model_id.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(3)) {
        redact::learn_account(account);
    }
}

/// The account that owns a bucket a request names.
fn account_of(body: &Body) -> Option<String> {
    const OWNER: &str = "\"bucketOwner\":\"";
    let text = match body {
        Body::Bytes(bytes) => String::from_utf8_lossy(bytes).replace("\": \"", "\":\""),
        Body::Json(json) => json.to_compact(),
        _ => return None,
    };
    let at = text.find(OWNER)? + OWNER.len();
    text.get(at..at + 12).filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned)
}

fn json(body: &Body, headers: &Headers) -> Option<Json> {
    match body {
        Body::Bytes(bytes) => Json::parse(&plain(bytes, headers)?).ok(),
        Body::Json(json) => Some(json.clone()),
        _ => None,
    }
}

fn payload(operation: Operation, exchange: &Exchange) -> Result<Payload, Why> {
    let damaged = |what: &str| Why::Damaged(what.to_owned());
    let bytes = match &exchange.response {
        Body::Frames(frames) => return Ok(Payload::Stream(frames.clone())),
        Body::Json(json) => return Ok(Payload::Whole(json.clone().into())),
        Body::Nothing => return Err(damaged("its answer is not kept")),
        Body::Bytes(bytes) => plain(bytes, &exchange.response_headers)
            .ok_or_else(|| damaged("its answer is compressed and cannot be unpacked"))?,
    };
    if operation.streams() {
        return frames(&bytes).map(Payload::Stream).map_err(Why::Damaged);
    }
    if Json::parse(&bytes).is_err() {
        return Err(damaged("its answer is no JSON"));
    }
    Ok(Payload::Whole(bytes.into()))
}

/// A body without its compression. Recorders that unpack it leave the header, so the bytes decide.
fn plain(bytes: &[u8], headers: &Headers) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::bufread::MultiGzDecoder::new(bytes).take(MOST_OF_BODY).read_to_end(&mut out).ok()?;
    } else if headers.get("content-encoding") == Some("deflate") && Json::parse(bytes).is_err() {
        flate2::bufread::ZlibDecoder::new(bytes).take(MOST_OF_BODY).read_to_end(&mut out).ok()?;
    } else {
        out.extend_from_slice(bytes);
    }
    Some(out)
}

/// Every message of an event stream, whose checksums must fit.
fn frames(bytes: &[u8]) -> Result<Vec<Frame>, String> {
    let mut decoder = MessageFrameDecoder::new();
    let mut rest = BytesMut::from(bytes);
    let mut frames = Vec::new();
    while !rest.is_empty() {
        match decoder.decode_frame(&mut rest) {
            Err(error) => return Err(format!("its stream is damaged: {error}")),
            Ok(DecodedFrame::Incomplete) => {
                return Err("its stream breaks off in the middle of a message".to_owned());
            }
            Ok(DecodedFrame::Complete(message)) => {
                let header = |name: &str| {
                    let header = message.headers().iter().find(|header| header.name().as_str() == name)?;
                    Some(header.value().as_string().ok()?.as_str().to_owned())
                };
                let (kind, name) = match header(":message-type").as_deref() {
                    Some("event") => (FrameKind::Event, header(":event-type")),
                    _ => (FrameKind::Exception, header(":exception-type").or_else(|| header(":error-code"))),
                };
                let name = name.ok_or("its stream holds a message without a name")?;
                frames.push(Frame { offset_ms: 0, kind, name, payload: message.payload().to_vec().into() });
            }
        }
    }
    if frames.is_empty() { Err("its stream is empty".to_owned()) } else { Ok(frames) }
}
