//! Server-sent events, the streams of the compatible APIs: bytes of the wire to frames, and back.
//!
//! `bedrock-mantle` writes an event of Responses with its `data:` before its `event:`, Anthropic the other way round,
//! Chat Completions without a name (recorded traffic, read 2026-11-27). An event ends at its blank line.

use crate::answer::Frame;
use crate::event_stream::{self, CHAT_CHUNK, DONE, ERROR};
use crate::json::Json;

/// Takes bytes in as they arrive and gives the events that are whole.
#[derive(Debug, Default)]
pub struct Reader {
    rest: Vec<u8>,
    name: String,
    data: Vec<String>,
}

impl Reader {
    /// The events that end in what arrived `at_ms` milliseconds after the request.
    pub fn push(&mut self, at_ms: u64, piece: &[u8]) -> Vec<Frame> {
        self.rest.extend_from_slice(piece);
        let mut frames = Vec::new();
        let mut start = 0;
        while let Some(length) = self.rest[start..].iter().position(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(&self.rest[start..start + length]).into_owned();
            start += length + 1;
            frames.extend(self.line(at_ms, line.trim_end_matches('\r')));
        }
        self.rest.drain(..start);
        frames
    }

    /// How many bytes wait for the rest of their event.
    pub fn waiting(&self) -> usize {
        self.rest.len() + self.data.iter().map(String::len).sum::<usize>()
    }

    fn line(&mut self, at_ms: u64, line: &str) -> Option<Frame> {
        if line.is_empty() {
            let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data).join("\n"));
            return (!data.is_empty()).then(|| frame(at_ms, &name, data));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => self.data.push(value.to_owned()),
            // A comment, or what no API here sends.
            _ => {}
        }
        None
    }
}

/// An event as a frame: its name, or what its data say it is.
fn frame(at_ms: u64, name: &str, data: String) -> Frame {
    if data == DONE.1 {
        return event_stream::done_frame(at_ms);
    }
    let json = Json::parse(data.as_bytes()).ok();
    let word = |member: &str| json.as_ref()?.get(member)?.as_str().map(str::to_owned);
    let has_error =
        || json.as_ref().is_some_and(|json| json.get(ERROR).is_some_and(|error| !error.is_null()));
    let name = match name {
        "" => word("type").or_else(|| has_error().then(|| ERROR.to_owned())).or_else(|| word("object")),
        name => Some(name.to_owned()),
    };
    event_stream::server_sent(at_ms, name.as_deref().unwrap_or(CHAT_CHUNK), data.into_bytes().into())
}

/// A frame as it goes over the wire.
pub fn encode(frame: &Frame) -> Vec<u8> {
    let name = frame.name.as_str();
    let mut out = Vec::with_capacity(frame.payload.len() + name.len() + 24);
    let mut line = |field: &str, value: &[u8]| {
        out.extend_from_slice(field.as_bytes());
        out.extend_from_slice(value);
        out.push(b'\n');
    };
    if name == CHAT_CHUNK || name == DONE.0 {
        line("data: ", &frame.payload);
    } else if name.starts_with("response.") {
        line("data: ", &frame.payload);
        line("event: ", name.as_bytes());
    } else {
        line("event: ", name.as_bytes());
        line("data: ", &frame.payload);
    }
    out.push(b'\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_in_any_pieces() {
        let wire = concat!(
            "data: {\"type\":\"response.created\"}\nevent: response.created\n\n",
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
            "data: {\"object\":\"chat.completion.chunk\"}\n\n",
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":\"é\"}}\n\n",
            "data: [DONE]\n\n",
        );
        for size in 1..40 {
            let mut reader = Reader::default();
            let frames: Vec<Frame> =
                wire.as_bytes().chunks(size).flat_map(|piece| reader.push(3, piece)).collect();
            assert_eq!(reader.waiting(), 0);
            let names: Vec<&str> = frames.iter().map(|frame| frame.name.as_str()).collect();
            assert_eq!(names, ["response.created", "message_stop", CHAT_CHUNK, ERROR, "done"]);
            let written: Vec<u8> = frames.iter().flat_map(encode).collect();
            assert_eq!(String::from_utf8(written).unwrap(), wire);
        }
    }

    #[test]
    fn comments_and_line_ends_of_both_kinds_are_passed_over() {
        let mut reader = Reader::default();
        let frames = reader.push(0, b": ping\r\n\r\ndata: {\"error\":{\"message\":\"no\"}}\r\n\r\ndata: {");
        assert_eq!((frames.len(), frames[0].name.as_str()), (1, ERROR));
        assert!(reader.waiting() > 0);
    }
}
