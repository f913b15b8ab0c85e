//! A stand-in's or a local model's reply as a whole answer or a stream, with the headers Bedrock sends for each
//! operation.

use std::collections::BTreeMap;

use super::pacing::Pace;
use super::tokens;
use serde_json::json;
use tutor_bedrock::answer::{Frame, Payload, Timing};
use tutor_bedrock::call::Operation;
use tutor_bedrock::event_stream::{self, Event};

use tutor_bedrock::family::{self, CacheCounts, Family, Makes, Reading, Reply, compatible, converse};
use tutor_bedrock::{Answer, Call, Json, model_id};

/// `reply` to `call` at this pace.
pub(super) fn answer(call: &Call, family: &dyn Family, reply: &Reply, pace: &Pace, index: usize) -> Answer {
    let headers = headers(call, family, reply, index);
    let (payload, timing) = if call.streams() {
        stream(frames(call, family, reply), pace)
    } else {
        whole(&body(call, family, reply), reply, pace)
    };
    Answer { status: 200, headers, payload, timing }
}

/// The whole body that says `reply`, for the operations that do not stream.
pub fn body(call: &Call, family: &dyn Family, reply: &Reply) -> Json {
    if call.operation.is_converse() {
        return converse::answer(reply);
    }
    if let Some(api) = compatible::of(call.operation) {
        return api.answer(call, reply);
    }
    let mut body = family.answer(reply);
    guardrail(&mut body, call);
    body
}

/// The frames that say `reply`, without times, each with what it adds, for the operations that stream.
pub fn frames(call: &Call, family: &dyn Family, reply: &Reply) -> Vec<(Frame, Reading)> {
    match compatible::of(call.operation) {
        Some(api) => server_sent_frames(api, call, reply),
        None if call.operation.is_converse() => converse_frames(reply),
        None => native_frames(call, family, reply),
    }
}

/// Server-sent events, each with what it adds.
fn server_sent_frames(api: &dyn compatible::Api, call: &Call, reply: &Reply) -> Vec<(Frame, Reading)> {
    let frames = api.events(call, reply).into_iter().map(|frame| {
        let reading = match event_stream::read(&frame) {
            Some(Event::Named { name, event }) => api.read_event(name, event),
            _ => Reading::default(),
        };
        (frame, reading)
    });
    frames.collect()
}

fn whole(body: &Json, reply: &Reply, pace: &Pace) -> (Payload, Timing) {
    let timing = Timing { total_ms: pace.arrival_ms(reply.output_tokens), first_token_ms: None };
    (Payload::Whole(body.clone().into()), timing)
}

/// Gives every frame its time: when the last of its tokens arrives.
fn stream(frames: Vec<(Frame, Reading)>, pace: &Pace) -> (Payload, Timing) {
    let mut tokens_so_far = 0;
    let mut timing = Timing::default();
    let frames = frames.into_iter().map(|(mut frame, reading)| {
        let tokens: u64 = reading.parts.iter().map(tokens::of_part).sum();
        tokens_so_far += tokens;
        frame.offset_ms = pace.arrival_ms(tokens_so_far);
        timing.total_ms = frame.offset_ms;
        if tokens > 0 {
            timing.first_token_ms.get_or_insert(frame.offset_ms);
        }
        frame
    });
    let frames = frames.collect();
    (Payload::Stream(frames), timing)
}

/// A native stream; Bedrock's own counts stand on its last chunk.
fn native_frames(call: &Call, family: &dyn Family, reply: &Reply) -> Vec<(Frame, Reading)> {
    let mut chunks = family.chunks(reply);
    if let Some(Json::Object(last)) = chunks.last_mut() {
        let metrics = reply.metrics(family.counts_cache(model_id::bare(&reply.model_id)));
        last.insert(family::METRICS, metrics);
    }
    if let Some(last) = chunks.last_mut() {
        guardrail(last, call);
    }
    let frames = chunks.iter().enumerate().map(|(at, chunk)| {
        (padded(event_stream::chunk_frame(0, chunk), reply, at), family.read_chunk(chunk))
    });
    frames.collect()
}

/// What native answers say of a guardrail that the request names; a stand-in's lets everything pass.
fn guardrail(answer: &mut Json, call: &Call) {
    let (Some(id), Json::Object(members)) = (&call.options.guardrail_identifier, answer) else { return };
    if call.options.trace.as_deref().is_some_and(|trace| !trace.eq_ignore_ascii_case("disabled")) {
        let trace = json!({"guardrail": {"actionReason": "No action.", "input": {id: {}}}});
        members.insert("amazon-bedrock-trace", trace.into());
    }
    members.insert(family::GUARDRAIL_ACTION, "NONE".into());
}

/// The letters that pad events, from the first on.
const PADDING: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The frame with the member `p`, by which Bedrock hides how long a piece of text is: as many letters as
/// chance, here the answer's id, wants.
fn padded(frame: Frame, reply: &Reply, at: usize) -> Frame {
    let Some(Json::Object(mut members)) = frame.payload.json().cloned() else { return frame };
    let seed = reply.uuid(&format!("padding {at}"));
    let drawn = usize::from_str_radix(&seed[..4], 16).unwrap_or_default();
    members.insert("p", PADDING[..2 + drawn % (PADDING.len() - 1)].into());
    Frame { payload: Json::Object(members).into(), ..frame }
}

fn converse_frames(reply: &Reply) -> Vec<(Frame, Reading)> {
    let events = converse::events(reply).into_iter();
    let frames = events.enumerate().map(|(at, (name, event))| {
        let frame = padded(event_stream::converse_frame(0, name, &event), reply, at);
        (frame, converse::read_event(name, &event))
    });
    frames.collect()
}

/// Token counts come as headers for whole native answers alone: of text in and out, of vectors in,
/// of images not at all.
pub fn headers(call: &Call, family: &dyn Family, reply: &Reply, index: usize) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    let mut set = |name: &str, value: String| headers.insert(name.to_owned(), value);
    let content_type = match (call.streams(), call.operation.is_compatible()) {
        (true, true) => event_stream::SERVER_SENT,
        (true, false) => "application/vnd.amazon.eventstream",
        (false, _) => "application/json",
    };
    set("content-type", content_type.to_owned());
    set("x-amzn-requestid", reply.uuid(&format!("request {index}")));
    match call.operation {
        Operation::InvokeModelWithResponseStream => {
            set("x-amzn-bedrock-content-type", "application/json".to_owned());
        }
        Operation::InvokeModel => {
            set("x-amzn-bedrock-invocation-latency", reply.latency_ms.to_string());
            if matches!(family.makes(), Makes::Text | Makes::Vectors) {
                set("x-amzn-bedrock-input-token-count", reply.input_tokens.to_string());
            }
            if family.makes() == Makes::Text {
                set("x-amzn-bedrock-output-token-count", reply.output_tokens.to_string());
            }
            if family.counts_cache(model_id::bare(&call.model_id)) != CacheCounts::Nowhere {
                set("x-amzn-bedrock-cache-read-input-token-count", "0".to_owned());
                set("x-amzn-bedrock-cache-write-input-token-count", "0".to_owned());
            }
        }
        Operation::Messages | Operation::ChatCompletions | Operation::Responses if call.streams() => {
            set("cache-control", "no-cache".to_owned());
        }
        _ => {}
    }
    headers
}
