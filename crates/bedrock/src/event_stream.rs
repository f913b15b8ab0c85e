//! The messages of Bedrock's event streams, as typed events.
//!
//! In come [`Frame`]s as stored in recordings, out come native chunks, `ConverseStream` events, server-sent events and
//! exceptions; and back. The bytes of the wire around a frame (lengths, headers, checksums) are the
//! endpoint's and the live provider's business.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::answer::{Frame, FrameKind};
use super::body::Body;
use super::family::error;
use super::json::Json;

/// The `:event-type` of a native stream's events.
pub const CHUNK: &str = "chunk";

/// The media type of server-sent events.
pub const SERVER_SENT: &str = "text/event-stream";
/// The name of the pieces of Chat Completions, which have none on the wire.
pub const CHAT_CHUNK: &str = "chat.completion.chunk";
/// The name and the words of what ends them.
pub const DONE: (&str, &str) = ("done", "[DONE]");
/// The name of a server-sent event that says what went wrong.
pub const ERROR: &str = "error";

/// One message of a stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// A native chunk: the family's own JSON, out of its base64.
    Chunk(Json),
    /// An event with a name: of `ConverseStream`, or of a compatible API's server-sent events.
    Named {
        /// Such as `contentBlockDelta` or `response.output_text.delta`.
        name: &'a str,
        /// The event's members.
        event: &'a Json,
    },
    /// What Chat Completions sends last: [`DONE`].
    Done,
    /// The stream broke off.
    Exception {
        /// Such as `throttlingException`; `error` of server-sent events.
        name: &'a str,
        /// Bedrock's words; empty if there are none.
        message: String,
    },
}

/// What `frame` carries; `None` if its payload is not JSON, or a chunk without base64 of JSON.
pub fn read(frame: &Frame) -> Option<Event<'_>> {
    let name = frame.name.as_str();
    let payload = frame.payload.json();
    if frame.kind == FrameKind::Exception {
        let message = error::message(payload).unwrap_or_default();
        return Some(Event::Exception { name, message });
    }
    if name == DONE.0 && *frame.payload == *DONE.1.as_bytes() {
        return Some(Event::Done);
    }
    let payload = payload?;
    if name == CHUNK {
        let bytes = STANDARD.decode(payload.get("bytes")?.as_str()?).ok()?;
        return Json::parse(&bytes).ok().map(Event::Chunk);
    }
    Some(Event::Named { name, event: payload })
}

/// A native chunk, `offset_ms` after the request was sent.
pub fn chunk_frame(offset_ms: u64, chunk: &Json) -> Frame {
    let payload = json!({"bytes": STANDARD.encode(chunk.to_compact())});
    event(offset_ms, CHUNK, Json::from(payload).into())
}

/// One of a compatible API's server-sent events: its name and its data. One that tells an error is an exception.
pub fn server_sent(offset_ms: u64, name: &str, data: Body) -> Frame {
    let kind = if name == ERROR { FrameKind::Exception } else { FrameKind::Event };
    Frame { kind, ..event(offset_ms, name, data) }
}

/// What ends a stream of Chat Completions.
pub fn done_frame(offset_ms: u64) -> Frame {
    event(offset_ms, DONE.0, DONE.1.as_bytes().to_vec().into())
}

/// An event of `ConverseStream`.
pub fn converse_frame(offset_ms: u64, name: &str, members: &Json) -> Frame {
    event(offset_ms, name, members.clone().into())
}

/// An exception that ends a stream, such as `throttlingException`.
pub fn exception_frame(offset_ms: u64, name: &str, message: &str) -> Frame {
    let payload = Json::from(json!({"message": message}));
    Frame { kind: FrameKind::Exception, ..event(offset_ms, name, payload.into()) }
}

fn event(offset_ms: u64, name: &str, payload: Body) -> Frame {
    Frame { offset_ms, kind: FrameKind::Event, name: name.to_owned(), payload }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_carry_what_was_put_in() {
        let chunk = Json::from(json!({"generation": "é", "prompt_token_count": null}));
        let frame = chunk_frame(12, &chunk);
        assert_eq!((frame.offset_ms, frame.name.as_str()), (12, "chunk"));
        assert!(frame.payload.starts_with(br#"{"bytes":""#));
        assert_eq!(read(&frame), Some(Event::Chunk(chunk)));

        let stop = Json::from(json!({"stopReason": "end_turn"}));
        let frame = converse_frame(1, "messageStop", &stop);
        assert_eq!(read(&frame), Some(Event::Named { name: "messageStop", event: &stop }));
    }

    #[test]
    fn padding_is_ignored_and_damage_is_noticed() {
        let padded = Frame {
            payload: br#"{"bytes":"e30=","p":"abcdef"}"#.to_vec().into(),
            ..chunk_frame(0, &Json::Null)
        };
        assert_eq!(read(&padded), Some(Event::Chunk(json!({}).into())));
        for damaged in [&b"{"[..], br#"{"bytes":"%%%"}"#, br#"{"bytes":"e3"}"#, b"[]"] {
            let frame = Frame { payload: damaged.to_vec().into(), ..chunk_frame(0, &Json::Null) };
            assert_eq!(read(&frame), None, "{}", String::from_utf8_lossy(damaged));
        }
    }
}
