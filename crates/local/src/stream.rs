//! From a server's stream to Bedrock's, piece by piece.
//!
//! Families write whole replies as frames. While a stream comes, what is there so far is written after
//! each piece, and what has not been sent of it goes out: up to the newest piece, for what closes a
//! stream is known only at its end. So every family's frames are made by the code that makes them
//! everywhere else.

use super::said::{Said, Times};
use tutor_bedrock::answer::Frame;
use tutor_bedrock::family::{self, Family, PIECE_END, Part, Reading, Reply, Stop};
use tutor_bedrock::{Call, Json};
use tutor_provider::ProviderError;
use tutor_provider::practice::wire;

/// The lines of server-sent events, from bytes however they are cut.
#[derive(Debug, Default)]
pub(crate) struct Lines(Vec<u8>);

/// The longest line that is waited for, in bytes.
const LONGEST_LINE: usize = 4 << 20;

impl Lines {
    /// The data of every event that is complete with `bytes`; `None` if a line never ends.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> Option<Vec<String>> {
        self.0.extend_from_slice(bytes);
        let Some(end) = self.0.iter().rposition(|byte| *byte == b'\n') else {
            return (self.0.len() <= LONGEST_LINE).then(Vec::new);
        };
        let rest = self.0.split_off(end + 1);
        let whole = std::mem::replace(&mut self.0, rest);
        let text = String::from_utf8_lossy(&whole);
        // Some servers write `error:` where others write data.
        let data = text.lines().filter_map(|line| line.strip_prefix("data:").or(line.strip_prefix("error:")));
        Some(data.map(|data| data.trim().to_owned()).filter(|data| !data.is_empty()).collect())
    }
}

/// Makes a call's frames.
pub(crate) struct Shaper<'c> {
    call: &'c Call,
    family: &'static dyn Family,
    prompt: family::Prompt,
    /// How many frames with content have been sent.
    sent: usize,
}

impl<'c> Shaper<'c> {
    pub(crate) fn new(call: &'c Call, family: &'static dyn Family) -> Self {
        Shaper { call, family, prompt: family::prompt(call, family), sent: 0 }
    }

    /// The frames that `said` has beyond those that were sent, as far as they cannot change any more.
    pub(crate) fn so_far(&mut self, said: &mut Said, first_ms: u64) -> Vec<Frame> {
        let frames = self.beyond(said, first_ms);
        self.settle(said);
        frames
    }

    /// Takes the pieces that were sent together, so that a long answer costs no more for each piece than a
    /// short one. Not for Nova, which numbers a block for each.
    fn settle(&mut self, said: &mut Said) {
        if self.family.id() == "nova" && self.call.operation.is_native() {
            return;
        }
        let (thoughts, texts) = (said.reasoning.len(), said.text.len());
        let shown = match self.sent {
            0 => return,
            sent if sent == thoughts + texts => thoughts.min(1) + texts.min(1),
            // This family has no place for thoughts.
            sent if sent == texts => 1,
            _ => return,
        };
        self.sent = shown;
        for pieces in [&mut said.reasoning, &mut said.text] {
            if pieces.len() > 1 {
                *pieces = vec![pieces.concat()];
            }
        }
    }

    fn beyond(&mut self, said: &Said, first_ms: u64) -> Vec<Frame> {
        let mut parts = said.in_pieces();
        // An empty piece behind the newest: some families close with their last piece.
        if let Some(Part::Text(text) | Part::Reasoning(text)) = parts.last_mut() {
            text.push(PIECE_END);
        }
        let (input_tokens, output_tokens) = said.counts_so_far();
        let reply = Reply {
            model_id: self.call.model_id.clone(),
            id: said.id(self.call),
            prompt: self.prompt.clone(),
            body: self.call.body.clone(),
            parts,
            stop: Stop::End,
            input_tokens,
            output_tokens,
            latency_ms: first_ms,
            first_token_ms: first_ms,
        };
        let frames = wire::frames(self.call, self.family, &reply);
        let is_content =
            |(_, reading): &&(Frame, Reading)| has_content(reading) && reading.stop_reason.is_none();
        let known = frames.iter().filter(is_content).count();
        let Some(last) = frames.iter().rposition(|frame| is_content(&frame)) else { return Vec::new() };
        let from = after_content(&frames, self.sent);
        self.sent = known;
        frames.into_iter().take(last + 1).skip(from).map(|(frame, _)| frame).collect()
    }

    /// What is left once everything has been said, and the whole reply.
    pub(crate) fn rest(&mut self, said: &Said, times: Times) -> Result<Vec<Frame>, ProviderError> {
        let whole = said.reply(self.call, self.family, times)?;
        if self.sent == 0 {
            return Ok(frames_of(self.call, self.family, &whole));
        }
        let mut pieces = said.in_pieces();
        pieces.extend(whole.parts.iter().filter(|part| matches!(part, Part::ToolUse { .. })).cloned());
        let mut reply = Reply { parts: pieces, ..whole.clone() };
        let closes = |reply: &Reply| {
            let frames = wire::frames(self.call, self.family, reply);
            let content = frames.iter().filter(|(_, reading)| has_content(reading)).nth(self.sent - 1);
            content.is_some_and(|(_, reading)| reading.stop_reason.is_some())
        };
        if closes(&reply)
            && let Some(Part::Text(text)) = reply.parts.last_mut()
        {
            text.push(PIECE_END);
        }
        let frames = wire::frames(self.call, self.family, &reply);
        let from = after_content(&frames, self.sent);
        // What closes a stream may hold all of its text, without our marks.
        let whole = wire::frames(self.call, self.family, &whole);
        let same_end = |index: usize| {
            let from_end = frames.len() - index;
            whole.len().checked_sub(from_end).and_then(|index| whole.get(index))
        };
        let rest = (from..frames.len()).map(|index| {
            let (frame, reading) = &frames[index];
            let ends = !has_content(reading);
            let other = same_end(index)
                .filter(|(other, said)| ends && !has_content(said) && other.name == frame.name);
            other.map_or(frame, |(other, _)| other)
        });
        Ok(rest.cloned().collect())
    }
}

/// All frames of a whole reply.
fn frames_of(call: &Call, family: &dyn Family, reply: &Reply) -> Vec<Frame> {
    wire::frames(call, family, reply).into_iter().map(|(frame, _)| frame).collect()
}

/// The index behind the `count`th frame with content.
fn after_content(frames: &[(Frame, Reading)], count: usize) -> usize {
    let content = frames.iter().enumerate().filter(|(_, (_, reading))| has_content(reading));
    count.checked_sub(1).and_then(|nth| content.map(|(index, _)| index + 1).nth(nth)).unwrap_or(0)
}

fn has_content(reading: &Reading) -> bool {
    reading.parts.iter().any(|part| match part {
        Part::Text(text) | Part::Reasoning(text) => !text.is_empty(),
        Part::ToolUse { name, input } => !name.is_empty() || *input != Json::String(String::new()),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use tutor_bedrock::family::FAMILIES;
    use tutor_bedrock::{Answer, Operation, Payload, Timing};

    fn chunk(choice: &serde_json::Value) -> serde_json::Value {
        json!({"id": "c", "choices": [choice], "timings": {"prompt_n": 7, "cache_n": 2}})
    }

    fn body_for(family: &dyn Family) -> Json {
        family.body(&family::Prompt::of("Why?")).expect("a body")
    }

    /// A model of each family that streams text.
    fn models() -> Vec<&'static str> {
        let ids = [
            "anthropic.claude-3-haiku-20240307-v1:0",
            "anthropic.claude-v2:1",
            "amazon.titan-text-express-v1",
            "amazon.nova-lite-v1:0",
            "meta.llama3-8b-instruct-v1:0",
            "mistral.mistral-7b-instruct-v0:2",
            "mistral.mistral-large-2407-v1:0",
            "cohere.command-text-v14",
            "cohere.command-r-v1:0",
            "ai21.jamba-1-5-mini-v1:0",
            "deepseek.r1-v1:0",
            "openai.gpt-oss-20b-1:0",
        ];
        let of = |family: &&&'static dyn Family| family.streams();
        for family in FAMILIES.iter().filter(of) {
            assert!(
                ids.iter().any(|id| family::of_model(id).is_some_and(|of| of.id() == family.id())),
                "{} is tried",
                family.name()
            );
        }
        ids.to_vec()
    }

    #[test]
    fn every_family_streams_the_servers_pieces_and_ends_as_a_whole_reply_does() {
        for id in models() {
            let family = family::of_model(id).expect("a family");
            for operation in [Operation::InvokeModelWithResponseStream, Operation::ConverseStream] {
                let body = if operation.is_converse() {
                    json!({"messages": [{"role": "user", "content": [{"text": "Why?"}]}]}).into()
                } else {
                    body_for(family)
                };
                let call = Call::new(operation, id, body);
                let mut shaper = Shaper::new(&call, family);
                let mut said = Said::default();
                let mut sent = Vec::new();
                let pieces = ["Be", "cause of", " the", " t", "ide."];
                let mut early = 0;
                for piece in pieces {
                    said.absorb(&chunk(&json!({"delta": {"content": piece}, "finish_reason": null})))
                        .unwrap();
                    sent.extend(shaper.so_far(&mut said, 5));
                    early = sent.len();
                }
                said.absorb(&json!({"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 5}})).unwrap();
                sent.extend(shaper.rest(&said, Times { total_ms: 20, first_ms: 5 }).unwrap());
                // Command streams only where it is told to.
                if family.id() != "cohere-command" || operation.is_converse() {
                    assert!(early >= pieces.len(), "{id}: {early} frames before the end");
                }
                let answer = Answer {
                    status: 200,
                    headers: std::collections::BTreeMap::new(),
                    payload: Payload::Stream(sent.clone()),
                    timing: Timing::default(),
                };
                let reading = family::read(&call, Some(family), &answer).expect("a reading");
                assert_eq!(reading.text(), pieces.concat(), "{id} {operation:?}");
                assert_eq!(reading.usage.input_tokens, Some(9), "{id} {operation:?}");
                assert_eq!(reading.usage.output_tokens, Some(5), "{id} {operation:?}");
                assert!(reading.stop_reason.is_some(), "{id} {operation:?}");
                let text: String = sent.iter().map(|frame| frame.payload.to_text()).collect();
                assert!(!text.contains(PIECE_END), "{id}: {text}");
                let decoded =
                    format!("{:?}", sent.iter().map(tutor_bedrock::event_stream::read).collect::<Vec<_>>());
                assert!(!decoded.contains("fdd0"), "{id}: {decoded}");
                // The same kinds of frames in the same order as a reply that was never in pieces.
                let reply = said.reply(&call, family, Times::default()).unwrap();
                let whole = frames_of(&call, family, &reply);
                let kinds = |frames: &[Frame]| {
                    let mut kinds: Vec<String> = frames.iter().map(|frame| frame.name.clone()).collect();
                    kinds.dedup();
                    kinds
                };
                assert_eq!(kinds(&sent), kinds(&whole), "{id} {operation:?}");
            }
        }
    }

    #[test]
    fn thinking_comes_before_the_text_and_tools_after_it() {
        let id = "anthropic.claude-3-7-sonnet-20250219-v1:0";
        let family = family::of_model(id).unwrap();
        for operation in [Operation::InvokeModelWithResponseStream, Operation::ConverseStream] {
            let body = json!({"messages": [{"role": "user", "content": [{"text": "Why?"}]}]});
            let call = Call::new(operation, id, body.into());
            let mut shaper = Shaper::new(&call, family);
            let mut said = Said::default();
            let mut sent = Vec::new();
            let call_piece = |index: u64, name: Option<&str>, arguments: &str| json!({"tool_calls": [{"index": index, "function": {"name": name, "arguments": arguments}}]});
            for delta in [
                json!({"reasoning_content": "H"}),
                json!({"reasoning_content": "m."}),
                json!({"content": "Let me"}),
                json!({"content": " look."}),
                call_piece(0, Some("weather"), ""),
                call_piece(0, None, "{\"city\":"),
                call_piece(0, None, "\"Bern\"}"),
            ] {
                said.absorb(&chunk(&json!({"delta": delta}))).unwrap();
                sent.extend(shaper.so_far(&mut said, 5));
            }
            said.absorb(&json!({"choices": [{"delta": {}, "finish_reason": "tool_calls"}], "usage": {"prompt_tokens": 9, "completion_tokens": 5}})).unwrap();
            sent.extend(shaper.rest(&said, Times::default()).unwrap());
            let answer = Answer {
                status: 200,
                headers: std::collections::BTreeMap::new(),
                payload: Payload::Stream(sent),
                timing: Timing::default(),
            };
            let reading = family::read(&call, Some(family), &answer).unwrap();
            assert_eq!(
                reading.parts,
                [
                    Part::Reasoning("Hm.".into()),
                    Part::Text("Let me look.".into()),
                    Part::ToolUse { name: "weather".into(), input: json!({"city": "Bern"}).into() },
                ],
                "{operation:?}"
            );
            assert_eq!(reading.stop_reason.as_deref(), Some("tool_use"));
        }
    }

    #[test]
    fn lines_come_whole_however_they_are_cut() {
        let mut lines = Lines::default();
        assert_eq!(lines.add(b"data: {\"a\"").unwrap(), Vec::<String>::new());
        assert_eq!(lines.add(b":1}\r\n\r\n: ping\ndata:[DONE]\nda").unwrap(), ["{\"a\":1}", "[DONE]"]);
        assert!(lines.add(&vec![b'x'; LONGEST_LINE + 1]).is_none());
    }
}
