//! Anthropic's Messages, on both hosts: what Claude takes as `InvokeModel`'s body, with the model in it and the
//! version in a header.

use super::Api;
use crate::answer::Frame;
use crate::call::Call;
use crate::event_stream;
use crate::family::Family as _;
use crate::family::claude_messages::{ClaudeMessages, asking};
use crate::family::prompt::{Prompt, Unsupported};
use crate::family::reading::Reading;
use crate::family::reply::Reply;
use crate::family::shape::{Object, text_at};
use crate::json::Json;

pub(super) struct Messages;

impl Api for Messages {
    fn path(&self) -> &'static str {
        "/v1/messages"
    }

    fn output_limit(&self) -> &'static str {
        "max_tokens"
    }

    fn content(&self) -> &'static str {
        "content"
    }

    fn body(&self, model_id: &str, prompt: &Prompt) -> Result<Json, Unsupported> {
        asking(Object::new().put("model", model_id), prompt)
    }

    fn prompt(&self, body: &Json) -> Prompt {
        ClaudeMessages.prompt(body)
    }

    fn read(&self, answer: &Json) -> Reading {
        ClaudeMessages.read(answer)
    }

    fn read_event(&self, _name: &str, event: &Json) -> Reading {
        ClaudeMessages.read_chunk(event)
    }

    fn is_last(&self, name: &str, _event: &Json) -> bool {
        name == "message_stop"
    }

    fn answer(&self, _call: &Call, reply: &Reply) -> Json {
        ClaudeMessages.answer(reply)
    }

    fn events(&self, _call: &Call, reply: &Reply) -> Vec<Frame> {
        let chunks = ClaudeMessages.chunks(reply).into_iter();
        let named = chunks.map(|chunk| {
            let name = text_at(&chunk, "/type").unwrap_or_default().to_owned();
            event_stream::server_sent(0, &name, chunk.into())
        });
        named.collect()
    }
}
