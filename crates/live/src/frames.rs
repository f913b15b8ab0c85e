//! The frames of an event stream out of the bytes of the wire, each with the time it arrived.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use bytes::{Bytes, BytesMut};

use tutor_bedrock::answer::FrameKind;
use tutor_bedrock::event_stream::{self, Event};
use tutor_bedrock::family::{self, Family, Part};
use tutor_bedrock::{Call, Frame};

/// A piece of a body with the milliseconds after the request at which it arrived.
pub(super) type Piece = (u64, Bytes);

/// Every whole frame. A frame arrives with its last byte.
///
/// # Errors
/// The bytes are no event stream, or it breaks off inside a frame.
pub(super) fn decode(pieces: &[Piece]) -> Result<Vec<Frame>, String> {
    let mut decoder = MessageFrameDecoder::new();
    let mut rest = BytesMut::new();
    let mut frames = Vec::new();
    let mut inside = false;
    for (at_ms, bytes) in pieces {
        rest.extend_from_slice(bytes);
        loop {
            let before = rest.len();
            match decoder.decode_frame(&mut rest) {
                Err(error) => return Err(format!("the stream is damaged: {error}")),
                Ok(DecodedFrame::Incomplete) => {
                    inside |= !rest.is_empty() || before != rest.len();
                    break;
                }
                Ok(DecodedFrame::Complete(message)) => {
                    inside = false;
                    frames.push(frame(*at_ms, &message)?);
                }
            }
        }
    }
    if inside { Err("the stream broke off in the middle of a message".to_owned()) } else { Ok(frames) }
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
        other => return Err(format!("the stream holds a message of unknown type {other:?}")),
    };
    let name = name.ok_or("the stream holds a message without a name")?;
    Ok(Frame { offset_ms, kind, name, payload: message.payload().to_vec().into() })
}

/// When the first piece of content arrived, in milliseconds after the request.
pub(super) fn first_content(call: &Call, family: Option<&dyn Family>, frames: &[Frame]) -> Option<u64> {
    let says_something = |frame: &Frame| {
        let reading = match (event_stream::read(frame), family) {
            (Some(Event::Chunk(chunk)), Some(family)) => family.read_chunk(&chunk),
            (Some(Event::Converse { name, event }), _) if call.operation.is_converse() => {
                family::converse::read_event(name, event)
            }
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
    fn pieces(bytes: &[u8], size: usize) -> Vec<Piece> {
        bytes.chunks(size).enumerate().map(|(at, piece)| (at as u64, Bytes::copy_from_slice(piece))).collect()
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
        let whole = decode(&pieces(&stream(), 100_000)).unwrap();
        assert_eq!(whole.len(), 3);
        assert_eq!((whole[2].kind, whole[2].name.as_str()), (FrameKind::Exception, "throttlingException"));
        for size in [1, 2, 7, 12, 50, 131] {
            let cut = decode(&pieces(&stream(), size)).unwrap();
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
            assert!(decode(&pieces(&bytes[..length], 64)).is_err(), "{length}");
        }
        let mut damaged = bytes;
        damaged[30] ^= 1;
        assert!(decode(&pieces(&damaged, 1000)).is_err());
        assert_eq!(decode(&[]), Ok(Vec::new()));
    }

    #[test]
    fn the_first_content_is_the_first_text_not_the_first_frame() {
        let call = Call::new(Operation::ConverseStream, "amazon.nova-lite-v1:0", json!({}).into());
        let frames = decode(&pieces(&stream(), 20)).unwrap();
        let family = family::of_model(&call.model_id);
        assert_eq!(first_content(&call, family, &frames), Some(frames[1].offset_ms));
        assert_eq!(first_content(&call, family, &frames[..1]), None);
    }
}
