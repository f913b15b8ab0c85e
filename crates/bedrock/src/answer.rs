//! What comes back for a call: the bytes as received, and how long they took.

use std::collections::BTreeMap;

use super::body::Body;

/// One whole answer, exactly as a client saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Response headers by lower-case name, only those on tutor's allow-list.
    pub headers: BTreeMap<String, String>,
    /// Body or stream.
    pub payload: Payload,
    /// Measured, or simulated for practice models; the recording's origin says which.
    pub timing: Timing,
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// A plain answer, or an error.
    Whole(Body),
    /// The messages of an event stream, in order.
    Stream(Vec<Frame>),
}

/// One message of an event stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// When it arrived, in milliseconds after the request was sent.
    pub offset_ms: u64,
    /// An event or an exception.
    pub kind: FrameKind,
    /// The value of `:event-type` or `:exception-type`, such as `chunk` or `throttlingException`.
    pub name: String,
    /// JSON. For native streams `{"bytes":"<base64>"}` as on the wire.
    pub payload: Body,
}

/// The value of a frame's `:message-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// `event`
    Event,
    /// `exception`
    Exception,
}

/// How long an answer took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// Client wall time from sending the request to the last byte.
    pub total_ms: u64,
    /// Client wall time to the first piece of text; streams only.
    pub first_token_ms: Option<u64>,
}

impl Answer {
    /// Whether the status says the call succeeded.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}
