//! A stand-in's reply as a whole answer or a stream, with the headers Bedrock sends for each
//! operation.

use std::collections::BTreeMap;

use super::pacing::Pace;
use super::tokens;
use tutor_bedrock::answer::{Frame, Payload, Timing};
use tutor_bedrock::call::Operation;
use tutor_bedrock::event_stream;
use tutor_bedrock::family::{self, Family, Makes, Reading, Reply, converse};
use tutor_bedrock::{Answer, Call, Json, model_id};

/// `reply` to `call` at this pace.
pub(super) fn answer(call: &Call, family: &dyn Family, reply: &Reply, pace: &Pace, index: usize) -> Answer {
    let headers = headers(call, family, reply, index);
    let (payload, timing) = match call.operation {
        Operation::InvokeModel => whole(&family.answer(reply), reply, pace),
        Operation::Converse => whole(&converse::answer(reply), reply, pace),
        Operation::InvokeModelWithResponseStream => stream(native_frames(family, reply), pace),
        Operation::ConverseStream => stream(converse_frames(reply), pace),
    };
    Answer { status: 200, headers, payload, timing }
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
fn native_frames(family: &dyn Family, reply: &Reply) -> Vec<(Frame, Reading)> {
    let mut chunks = family.chunks(reply);
    if let Some(Json::Object(last)) = chunks.last_mut() {
        let metrics = reply.metrics(family.counts_cache(model_id::bare(&reply.model_id)));
        last.insert(family::METRICS, metrics);
    }
    chunks.iter().map(|chunk| (event_stream::chunk_frame(0, chunk), family.read_chunk(chunk))).collect()
}

fn converse_frames(reply: &Reply) -> Vec<(Frame, Reading)> {
    let events = converse::events(reply).into_iter();
    events
        .map(|(name, event)| {
            (event_stream::converse_frame(0, name, &event), converse::read_event(name, &event))
        })
        .collect()
}

/// Token counts come as headers for whole native answers alone: of text in and out, of vectors in,
/// of images not at all.
fn headers(call: &Call, family: &dyn Family, reply: &Reply, index: usize) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    let mut set = |name: &str, value: String| headers.insert(name.to_owned(), value);
    let content_type =
        if call.operation.streams() { "application/vnd.amazon.eventstream" } else { "application/json" };
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
            if family.counts_cache(model_id::bare(&call.model_id)) {
                set("x-amzn-bedrock-cache-read-input-token-count", "0".to_owned());
                set("x-amzn-bedrock-cache-write-input-token-count", "0".to_owned());
            }
        }
        Operation::Converse | Operation::ConverseStream => {}
    }
    headers
}
