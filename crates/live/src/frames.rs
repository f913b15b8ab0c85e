//! The frames of an event stream, or of server-sent events, out of the bytes of the wire, each with the time it arrived.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use bytes::BytesMut;

use tutor_bedrock::answer::FrameKind;
use tutor_bedrock::event_stream::{self, Event};
use tutor_bedrock::family::{self, Family, Part};
use tutor_bedrock::{Call, Frame, server_sent};
use tutor_provider::bounded::{Bounds, OutOfBounds};

/// Takes an event stream in as it arrives, and keeps its frames. A frame arrives with its last byte.
#[derive(Debug)]
pub(super) struct Decoder {
    bounds: Bounds,
    inner: MessageFrameDecoder,
    rest: BytesMut,
    length: usize,
    /// Whether a frame has begun and not ended.
    inside: bool,
    frames: Vec<Frame>,
}

/// Why a stream is not read on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    /// It is too much.
    #[error(transparent)]
    OutOfBounds(#[from] OutOfBounds),
    /// The bytes are no event stream.
    #[error("the stream is damaged: {0}")]
    Damaged(String),
}

impl Decoder {
    /// Nothing yet.
    pub(super) fn new(bounds: Bounds) -> Self {
        let (inner, rest) = (MessageFrameDecoder::new(), BytesMut::new());
        Decoder { bounds, inner, rest, length: 0, inside: false, frames: Vec::new() }
    }

    /// How many bytes arrived.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Takes in what arrived `at_ms` milliseconds after the request.
    pub(super) fn push(&mut self, at_ms: u64, piece: &[u8]) -> Result<(), Unreadable> {
        self.length = self.length.saturating_add(piece.len());
        if self.length > self.bounds.bytes {
            return Err(OutOfBounds::Bytes(self.bounds.bytes).into());
        }
        self.rest.extend_from_slice(piece);
        loop {
            let before = self.rest.len();
            match self.inner.decode_frame(&mut self.rest) {
                Err(error) => return Err(Unreadable::Damaged(error.to_string())),
                Ok(DecodedFrame::Incomplete) => {
                    self.inside |= !self.rest.is_empty() || before != self.rest.len();
                    if self.rest.len() > self.bounds.frame_bytes {
                        return Err(OutOfBounds::FrameBytes(self.bounds.frame_bytes).into());
                    }
                    return Ok(());
                }
                Ok(DecodedFrame::Complete(message)) => {
                    self.inside = false;
                    if self.frames.len() == self.bounds.frames {
                        return Err(OutOfBounds::Frames(self.bounds.frames).into());
                    }
                    self.bounds.check_values(message.payload())?;
                    self.frames.push(frame(at_ms, &message).map_err(Unreadable::Damaged)?);
                }
            }
        }
    }

    /// Every frame.
    ///
    /// # Errors
    /// The stream breaks off inside a frame.
    pub(super) fn finish(self) -> Result<Vec<Frame>, String> {
        if self.inside {
            Err("the stream broke off in the middle of a message".to_owned())
        } else {
            Ok(self.frames)
        }
    }
}

/// Takes server-sent events in as they arrive.
#[derive(Debug)]
pub(super) struct ServerSent {
    bounds: Bounds,
    reader: server_sent::Reader,
    length: usize,
    frames: Vec<Frame>,
}

impl ServerSent {
    /// Nothing yet.
    pub(super) fn new(bounds: Bounds) -> Self {
        ServerSent { bounds, reader: server_sent::Reader::default(), length: 0, frames: Vec::new() }
    }

    /// How many bytes arrived.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Takes in what arrived `at_ms` milliseconds after the request.
    pub(super) fn push(&mut self, at_ms: u64, piece: &[u8]) -> Result<(), Unreadable> {
        self.length = self.length.saturating_add(piece.len());
        if self.length > self.bounds.bytes {
            return Err(OutOfBounds::Bytes(self.bounds.bytes).into());
        }
        for frame in self.reader.push(at_ms, piece) {
            if self.frames.len() == self.bounds.frames {
                return Err(OutOfBounds::Frames(self.bounds.frames).into());
            }
            self.bounds.check_values(&frame.payload)?;
            self.frames.push(frame);
        }
        if self.reader.waiting() > self.bounds.frame_bytes {
            return Err(OutOfBounds::FrameBytes(self.bounds.frame_bytes).into());
        }
        Ok(())
    }

    /// Every frame.
    ///
    /// # Errors
    /// The stream breaks off inside an event.
    pub(super) fn finish(self) -> Result<Vec<Frame>, String> {
        if self.reader.waiting() > 0 {
            Err("the stream broke off in the middle of a message".to_owned())
        } else {
            Ok(self.frames)
        }
    }
}

fn frame(offset_ms: u64, message: &aws_smithy_types::event_stream::Message) -> Result<Frame, String> {
    let header = |name: &str| {
        let header = message.headers().iter().find(|header| header.name().as_str() == name)?;
        Some(header.value().as_string().ok()?.as_str().to_owned())
    };
    let (kind, name) = match header(":message-type").as_deref() {
        Some("event") => (FrameKind::Event, header(":event-type")),
        Some("exception") => (FrameKind::Exception, header(":exception-type")),
        Some("error") => (FrameKind::Exception, header(":error-code")),
        other => return Err(format!("a message of unknown type {other:?}")),
    };
    let name = name.ok_or("a message without a name")?;
    Ok(Frame { offset_ms, kind, name, payload: message.payload().to_vec().into() })
}

/// When the first piece of content arrived, in milliseconds after the request.
pub(super) fn first_content(call: &Call, family: Option<&dyn Family>, frames: &[Frame]) -> Option<u64> {
    let api = family::compatible::of(call.operation);
    let says_something = |frame: &Frame| {
        let reading = match (event_stream::read(frame), family) {
            (Some(Event::Chunk(chunk)), Some(family)) => family.read_chunk(&chunk),
            (Some(Event::Named { name, event }), _) if call.operation.is_converse() => {
                family::converse::read_event(name, event)
            }
            (Some(Event::Named { name, event }), _) if let Some(api) = api => api.read_event(name, event),
            _ => return false,
        };
        reading.parts.iter().any(|part| match part {
            Part::Text(text) | Part::Reasoning(text) => !text.is_empty(),
            _ => true,
        })
    };
    frames.iter().find(|frame| says_something(frame)).map(|frame| frame.offset_ms)
}

#[cfg(test)]
mod tests {
    use aws_smithy_eventstream::frame::write_message_to;
    use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
    use serde_json::json;

    use super::*;
    use tutor_bedrock::Operation;

    fn message(kind: &str, name: &str, payload: &str) -> Vec<u8> {
        let header =
            |name: &'static str, value: &str| Header::new(name, HeaderValue::String(value.to_owned().into()));
        let message = Message::new(payload.as_bytes().to_vec())
            .add_header(header(if kind == "event" { ":event-type" } else { ":exception-type" }, name))
            .add_header(header(":content-type", "application/json"))
            .add_header(header(":message-type", kind));
        let mut out = Vec::new();
        write_message_to(&message, &mut out).unwrap();
        out
    }

    /// A stream in pieces of `size` bytes, one a millisecond.
    fn decoded(bytes: &[u8], size: usize, bounds: Bounds) -> Result<Vec<Frame>, String> {
        let mut decoder = Decoder::new(bounds);
        for (at_ms, piece) in bytes.chunks(size).enumerate() {
            decoder.push(at_ms as u64, piece).map_err(|error| error.to_string())?;
        }
        decoder.finish()
    }

    fn decode(bytes: &[u8], size: usize) -> Result<Vec<Frame>, String> {
        decoded(bytes, size, Bounds::default())
    }

    fn stream() -> Vec<u8> {
        [
            message("event", "messageStart", r#"{"role":"assistant"}"#),
            message("event", "contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#),
            message("exception", "throttlingException", r#"{"message":"Too many tokens"}"#),
        ]
        .concat()
    }

    #[test]
    fn frames_come_out_however_the_bytes_were_cut() {
        let whole = decode(&stream(), 100_000).unwrap();
        assert_eq!(whole.len(), 3);
        assert_eq!((whole[2].kind, whole[2].name.as_str()), (FrameKind::Exception, "throttlingException"));
        for size in [1, 2, 7, 12, 50, 131] {
            let cut = decode(&stream(), size).unwrap();
            let without_times = |frames: &[Frame]| -> Vec<Frame> {
                frames.iter().map(|frame| Frame { offset_ms: 0, ..frame.clone() }).collect()
            };
            assert_eq!(without_times(&cut), without_times(&whole), "{size}");
            assert!(cut[0].offset_ms < cut[2].offset_ms || size > 50, "{size}");
        }
    }

    #[test]
    fn a_stream_that_breaks_off_or_is_damaged_is_noticed() {
        let bytes = stream();
        for length in [1, 11, 12, 13, 40, bytes.len() - 1] {
            assert!(decode(&bytes[..length], 64).is_err(), "{length}");
        }
        let mut damaged = bytes;
        damaged[30] ^= 1;
        assert!(decode(&damaged, 1000).is_err());
        assert_eq!(decode(&[], 1), Ok(Vec::new()));
    }

    #[test]
    fn what_is_too_much_stops_the_reading() {
        let bounds = Bounds::default();
        let said = |bounds| decoded(&stream(), 50, bounds).unwrap_err();
        assert_eq!(said(Bounds { frames: 2, ..bounds }), "the stream has more than 2 messages");
        assert_eq!(said(Bounds { bytes: 200, ..bounds }), "the answer is larger than 200 bytes");
        assert_eq!(
            said(Bounds { frame_bytes: 50, ..bounds }),
            "a message of the stream is larger than 50 bytes"
        );
        assert_eq!(said(Bounds { values: 1, ..bounds }), "the answer holds more than 1 JSON values");
    }

    #[test]
    fn the_first_content_is_the_first_text_not_the_first_frame() {
        let call = Call::new(Operation::ConverseStream, "amazon.nova-lite-v1:0", json!({}).into());
        let frames = decode(&stream(), 20).unwrap();
        let family = family::of_model(&call.model_id);
        assert_eq!(first_content(&call, family, &frames), Some(frames[1].offset_ms));
        assert_eq!(first_content(&call, family, &frames[..1]), None);
    }
}
