//! Whether an answer is one: what a service sends in place of it, and what a stream lacks at its end.
//!
//! A status of success promises a JSON object, or an event stream with its last events (Amazon Bedrock
//! API reference, `ConverseStream` and `InvokeModelWithResponseStream`: `messageStop` and `metadata`;
//! the last native chunk carries the invocation's metrics). Anything else is a fault of whoever answered.

use crate::answer::{Answer, Frame, FrameKind, Payload};
use crate::call::Call;
use crate::event_stream::{self, Event};
use crate::family::{METRICS, compatible};
use crate::json::Json;

/// Why `answer` is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Something else came; another attempt would bring the same.
    #[error("{0}")]
    NoAnswer(String),
    /// It began well and ended too early.
    #[error("the stream ended without its last events ({0})")]
    CutShort(&'static str),
}

/// What is wrong with an answer to `call`; `None` for a whole one and for an error of Bedrock's.
pub fn fault(call: &Call, answer: &Answer) -> Option<Fault> {
    let content = match compatible::of(call.operation) {
        Some(api) => Some(api.content()),
        None => call.operation.is_converse().then_some("output"),
    };
    match &answer.payload {
        Payload::Stream(_) if !call.streams() => Some(Fault::NoAnswer(format!(
            "HTTP {} with an event stream in place of an answer",
            answer.status
        ))),
        Payload::Stream(frames) => stream_fault(call, answer, frames),
        Payload::Whole(body) if answer.is_success() => {
            let wanted = if call.streams() { "an event stream" } else { "an answer" };
            let no_answer = |what: &str| {
                Some(Fault::NoAnswer(format!("HTTP {} with {what} in place of {wanted}", answer.status)))
            };
            match body.json() {
                Some(_) if call.streams() => no_answer("JSON"),
                Some(Json::Object(members)) if members.is_empty() => no_answer("an empty JSON object"),
                Some(Json::Object(members)) if content.is_some_and(|name| members.get(name).is_none()) => {
                    no_answer(&format!("JSON without `{}`", content.unwrap_or_default()))
                }
                Some(Json::Object(_)) => None,
                Some(_) => no_answer("JSON that is no object"),
                None => no_answer(described(body)),
            }
        }
        // A service that fails may fail to say so in JSON; one that refuses says why.
        Payload::Whole(body) => {
            let is_told = matches!(body.json(), Some(Json::Object(_)));
            let is_named = answer.header("x-amzn-errortype").is_some();
            (answer.status < 500 && !is_told && !is_named).then(|| {
                let what = described(body);
                Fault::NoAnswer(format!("HTTP {} with {what} in place of Bedrock's error", answer.status))
            })
        }
    }
}

fn stream_fault(call: &Call, answer: &Answer, frames: &[Frame]) -> Option<Fault> {
    if frames.is_empty() {
        return Some(Fault::NoAnswer(format!("HTTP {} with a stream without any message", answer.status)));
    }
    if frames.iter().any(|frame| event_stream::read(frame).is_none()) {
        return Some(Fault::NoAnswer("a message of the stream holds no JSON".to_owned()));
    }
    let has = |name: &str| frames.iter().any(|frame| frame.name == name);
    if frames.iter().any(|frame| frame.kind == FrameKind::Exception) {
        None
    } else if let Some(api) = compatible::of(call.operation) {
        let is_last = |frame: &Frame| match event_stream::read(frame) {
            Some(Event::Named { name, event }) => api.is_last(name, event),
            Some(Event::Done) => true,
            _ => false,
        };
        (!frames.iter().any(is_last)).then_some(Fault::CutShort("the event that says it is whole"))
    } else if call.operation.is_converse() {
        let lacks = match (has("messageStop"), has("metadata")) {
            (true, true) => return None,
            (true, false) => "metadata",
            (false, true) => "messageStop",
            (false, false) => "messageStop and metadata",
        };
        Some(Fault::CutShort(lacks))
    } else {
        let has_metrics = |frame: &Frame| match event_stream::read(frame) {
            Some(Event::Chunk(chunk)) => chunk.get(METRICS).is_some(),
            _ => false,
        };
        (!frames.iter().rev().any(has_metrics)).then_some(Fault::CutShort("the invocation's metrics"))
    }
}

/// What a body is that is no JSON.
pub fn described(body: &[u8]) -> &'static str {
    let start = body.trim_ascii_start();
    let is = |begin: &str| {
        start.len() >= begin.len() && start[..begin.len()].eq_ignore_ascii_case(begin.as_bytes())
    };
    match start.first() {
        None => "nothing",
        Some(_) if is("<!doctype html") || is("<html") => "HTML",
        Some(b'<') => "XML or HTML",
        Some(b'{' | b'[') => "broken JSON",
        _ => "something that is no JSON",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::call::Operation;

    fn to(operation: Operation) -> Call {
        Call::new(operation, "a.b", Json::Null)
    }
    use crate::answer::Timing;
    use crate::event_stream::{chunk_frame, converse_frame, exception_frame};

    fn whole(status: u16, body: &str) -> Answer {
        let payload = Payload::Whole(body.as_bytes().to_vec().into());
        Answer { status, headers: BTreeMap::new(), payload, timing: Timing::default() }
    }

    fn stream(frames: Vec<Frame>) -> Answer {
        Answer { payload: Payload::Stream(frames), ..whole(200, "") }
    }

    #[test]
    fn a_success_is_a_json_object() {
        let said =
            |body: &str| fault(&to(Operation::InvokeModel), &whole(200, body)).map(|fault| fault.to_string());
        assert_eq!(said(r#"{"generation":"x"}"#), None);
        for (body, what) in [
            ("", "nothing"),
            (" \n", "nothing"),
            ("<!DOCTYPE html><p>", "HTML"),
            ("{\"generation\":", "broken JSON"),
            ("hello", "something that is no JSON"),
            ("{}", "an empty JSON object"),
            ("[1]", "JSON that is no object"),
        ] {
            assert_eq!(said(body), Some(format!("HTTP 200 with {what} in place of an answer")));
        }
        assert!(fault(&to(Operation::Converse), &whole(200, r#"{"generation":"x"}"#)).is_some());
    }

    #[test]
    fn an_error_says_why_unless_the_service_fails() {
        let is_fault = |status, body: &str| fault(&to(Operation::Converse), &whole(status, body)).is_some();
        assert!(!is_fault(400, r#"{"message":"no"}"#));
        assert!(is_fault(400, "<html>") && is_fault(302, "") && is_fault(404, "[]"));
        assert!(!is_fault(502, "<html>"));
    }

    #[test]
    fn a_stream_has_its_last_events() {
        let event = |name: &str| converse_frame(1, name, &json!({"x": 1}).into());
        let of = |names: &[&str]| {
            fault(&to(Operation::ConverseStream), &stream(names.iter().map(|name| event(name)).collect()))
        };
        assert_eq!(of(&["messageStart", "messageStop", "metadata"]), None);
        assert_eq!(of(&["messageStart"]), Some(Fault::CutShort("messageStop and metadata")));
        assert_eq!(of(&["messageStart", "messageStop"]), Some(Fault::CutShort("metadata")));
        assert!(matches!(of(&[]), Some(Fault::NoAnswer(_))));
        let broken_off = stream(vec![event("messageStart"), exception_frame(2, "throttlingException", "no")]);
        assert_eq!(fault(&to(Operation::ConverseStream), &broken_off), None, "that is an error, told as one");
        let native = |last: serde_json::Value| {
            let frames =
                vec![chunk_frame(1, &json!({"generation": "x"}).into()), chunk_frame(2, &last.into())];
            fault(&to(Operation::InvokeModelWithResponseStream), &stream(frames))
        };
        assert_eq!(native(json!({"stop_reason": "stop", METRICS: {}})), None);
        assert!(matches!(native(json!({"stop_reason": "stop"})), Some(Fault::CutShort(_))));
        let garbled = Frame { payload: b"{".to_vec().into(), ..event("messageStart") };
        assert!(fault(&to(Operation::ConverseStream), &stream(vec![garbled])).is_some());
    }
}
