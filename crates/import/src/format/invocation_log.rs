//! Bedrock's model invocation logs (Amazon Bedrock user guide, "Monitor model invocation using CloudWatch
//! Logs and Amazon S3", read 2026-11-27): a JSON object a line, from S3 or exported from `CloudWatch`.
//!
//! A stream's log holds its events in a list. Bodies above 100 KB stand in other files, and are passed
//! over.

use super::super::Asked;
use super::super::exchange::{Body, Exchange, Target, timestamp};
use super::super::node::Node;
use super::{Lines, Read};
use tutor_bedrock::{Frame, Json, Operation, event_stream};
use tutor_recording::redact;

pub(super) struct InvocationLog;

impl Lines for InvocationLog {
    fn name(&self) -> &'static str {
        "Bedrock's invocation log"
    }

    fn holds(&self, line: &Json) -> bool {
        line.get("schemaType").and_then(Json::as_str) == Some("ModelInvocationLog")
    }

    fn exchange(&self, line: Json, _: Option<&Asked>) -> Read {
        let text = |name: &str| line.get(name).and_then(Json::as_str).map(str::to_owned);
        if let Some(account) = text("accountId") {
            redact::learn_account(&account);
        }
        let body = |side: &str, name: &str| {
            let side = line.get(side).ok_or("it has no answer")?;
            if side.get(&name.replace("Json", "S3Path")).is_some() && side.get(name).is_none() {
                return Err("its body stands in another file".to_owned());
            }
            side.get(name).cloned().ok_or_else(|| "its body is not logged".to_owned())
        };
        let operation = text("operation").ok_or("it names no operation")?;
        let request = body("input", "inputBodyJson")?;
        if let Some(code) = text("errorCode") {
            return Err(format!("Bedrock refused it ({code})"));
        }
        let response = body("output", "outputBodyJson")?;
        let response = match (operation.parse::<Operation>(), response) {
            (Ok(operation), Json::Array(events)) if operation.streams() => {
                Body::Frames(frames(operation, &events))
            }
            (_, whole) => Body::Json(whole),
        };
        Ok(Exchange {
            target: Target::Named { operation, model_id: text("modelId").unwrap_or_default() },
            request: Body::Json(request),
            status: 200,
            response,
            at: timestamp(line.get("timestamp").cloned().map(Node::from).as_ref()),
            region: text("region"),
            ..Exchange::default()
        })
    }
}

/// The events of a stream as its messages.
fn frames(operation: Operation, events: &[Json]) -> Vec<Frame> {
    let frame = |event: &Json| {
        if !operation.is_converse() {
            return event_stream::chunk_frame(0, event);
        }
        // Logged either as `{"contentBlockDelta": {…}}` or with its members alone.
        let only =
            event.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next());
        match only {
            Some((name, members)) if members.as_object().is_some() => {
                event_stream::converse_frame(0, name, members)
            }
            _ => event_stream::converse_frame(0, kind(event), event),
        }
    };
    events.iter().map(frame).collect()
}

/// The name of a `ConverseStream` event by its members.
fn kind(event: &Json) -> &'static str {
    let has = |name: &str| event.get(name).is_some();
    match () {
        () if has("role") => "messageStart",
        () if has("start") => "contentBlockStart",
        () if has("delta") => "contentBlockDelta",
        () if has("stopReason") => "messageStop",
        () if has("usage") || has("metrics") => "metadata",
        () => "contentBlockStop",
    }
}
