//! The bytes of a stream: frames as the wire has them.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::{Bytes, BytesMut};

use tutor_bedrock::Frame;
use tutor_bedrock::answer::FrameKind;
use tutor_bedrock::event_stream::SERVER_SENT;
use tutor_bedrock::server_sent;

/// How the frames of a stream are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    /// AWS's binary event stream.
    EventStream,
    /// Server-sent events, of the compatible APIs.
    ServerSent,
}

impl Wire {
    /// As a response's content type says.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let kind = headers.get(CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
        if kind.starts_with(SERVER_SENT.as_bytes()) { Wire::ServerSent } else { Wire::EventStream }
    }

    /// A frame's bytes; `None` for one beyond the format's limits.
    pub(super) fn encode(self, frame: &Frame) -> Option<Bytes> {
        match self {
            Wire::EventStream => encode(frame),
            Wire::ServerSent => Some(server_sent::encode(frame).into()),
        }
    }
}

/// `frame` with lengths, headers in the order that Bedrock sends them, and checksums; `None` for a
/// frame beyond the format's limits (a name of more than 32 kB, a payload of more than 16 MB).
fn encode(frame: &Frame) -> Option<Bytes> {
    let (kind, name) = match frame.kind {
        FrameKind::Event => ("event", ":event-type"),
        FrameKind::Exception => ("exception", ":exception-type"),
    };
    let header =
        |name: &'static str, value: &str| Header::new(name, HeaderValue::String(value.to_owned().into()));
    let message = Message::new(frame.payload.to_vec())
        .add_header(header(name, &frame.name))
        .add_header(header(":content-type", "application/json"))
        .add_header(header(":message-type", kind));
    let mut out = BytesMut::with_capacity(frame.payload.len() + 128);
    write_message_to(&message, &mut out).ok()?;
    Some(out.freeze())
}

#[cfg(test)]
mod tests {
    use aws_smithy_eventstream::frame::read_message_from;

    use super::*;
    use tutor_bedrock::event_stream;

    #[test]
    fn frames_are_what_the_sdks_read() {
        let mut bytes = encode(&event_stream::exception_frame(7, "throttlingException", "Too many")).unwrap();
        let message = read_message_from(&mut bytes).unwrap();
        let headers: Vec<_> = message
            .headers()
            .iter()
            .map(|header| (header.name().as_str(), header.value().as_string().unwrap().as_str()))
            .collect();
        let expected = [
            (":exception-type", "throttlingException"),
            (":content-type", "application/json"),
            (":message-type", "exception"),
        ];
        assert_eq!(headers, expected);
        assert_eq!(message.payload().as_ref(), br#"{"message":"Too many"}"#);
        assert!(bytes.is_empty());
    }

    #[test]
    fn a_frame_beyond_the_limits_is_none() {
        let frame = event_stream::exception_frame(0, &"x".repeat(70_000), "");
        assert_eq!(encode(&frame), None);
    }
}
