//! Claude 2 and Claude Instant: Anthropic's text completions. The newer Messages dialect is taken, and
//! answered in, as well.

use serde_json::json;

use super::Family;
use super::claude_messages::ClaudeMessages;
use super::prompt::{Prompt, TEXT, Unsupported};
use super::reading::{Part, Reading};
use super::reply::{Reply, Stop, pieces};
use super::shape::{DEFAULT_MAX_TOKENS, Object, Options, Value as _, text_at};
use super::template::{self, Template};
use crate::json::Json;

pub(super) struct ClaudeText;

const OPTIONS: Options = Options {
    max_tokens: "max_tokens_to_sample",
    temperature: "temperature",
    top_p: "top_p",
    stop: "stop_sequences",
};

/// Where these models stop of themselves.
const TURN: &str = "\n\nHuman:";

impl Family for ClaudeText {
    fn id(&self) -> &'static str {
        "claude-text"
    }

    fn name(&self) -> &'static str {
        "Claude text completions"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        ["anthropic.claude-v", "anthropic.claude-instant-v"].iter().any(|p| bare_model_id.starts_with(p))
    }

    fn dialect(&self, body: &Json) -> Option<&'static dyn Family> {
        (body.get("messages").is_some() && body.get("prompt").is_none()).then_some(&ClaudeMessages)
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[TEXT])?;
        let text = Template::HumanAssistant.write(prompt.system.as_deref(), &prompt.text);
        let body = Object::new().put("prompt", text).put("max_tokens_to_sample", DEFAULT_MAX_TOKENS);
        Ok(OPTIONS.write(body, prompt).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let turn = template::read(text_at(body, "/prompt").unwrap_or_default(), &[Template::HumanAssistant]);
        let mut prompt = Prompt { system: turn.system, text: turn.text, ..Prompt::default() };
        OPTIONS.read(Some(body), &mut prompt);
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        let text = text_at(answer, "/completion").filter(|text| !text.is_empty());
        Reading::of(text.map(|text| Part::Text(text.to_owned()))).stopped(text_at(answer, "/stop_reason"))
    }

    fn answer(&self, reply: &Reply) -> Json {
        completion(&reply.text(), Some(stop(reply)))
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        let text = reply.text();
        let pieces = pieces(&text).into_iter().map(|piece| completion(piece, None));
        pieces.chain([completion("", Some(stop(reply)))]).collect()
    }
}

fn completion(text: &str, stop: Option<(&str, Option<&str>)>) -> Json {
    let (reason, sequence) = stop.unzip();
    json!({
        "type": "completion",
        "completion": text,
        "stop_reason": reason,
        "stop": sequence.flatten(),
    })
    .into()
}

fn stop(reply: &Reply) -> (&'static str, Option<&str>) {
    match &reply.stop {
        Stop::End | Stop::ToolUse => ("stop_sequence", Some(TURN)),
        Stop::Length => ("max_tokens", None),
        Stop::Sequence(sequence) => ("stop_sequence", Some(sequence)),
    }
}
