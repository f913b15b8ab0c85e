//! Mistral's chat models: Large 2407 and later, Pixtral, Ministral and the like.

use super::Family;
use super::chat::{self, Dialect, Way};
use super::prompt::{Field, Prompt, TEXT, Unsupported};
use super::reading::Reading;
use super::reply::Reply;
use super::shape::{Object, Options, Value as _};
use crate::json::Json;

pub(super) struct MistralChat;

/// `stop_reason` as AWS's user guide prints it for Mistral's chat completion; `finish_reason`, as
/// newer models say, is read too.
const DIALECT: Dialect = Dialect {
    options: Options { max_tokens: "max_tokens", temperature: "temperature", top_p: "top_p", stop: "stop" },
    other_limit: "max_completion_tokens",
    reason: "stop_reason",
    any_tool: "any",
    way: Way::Mistral,
};

impl Family for MistralChat {
    fn id(&self) -> &'static str {
        "mistral-chat"
    }

    fn name(&self) -> &'static str {
        "Mistral chat"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("mistral.")
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[TEXT, &[Field::Tools]])?;
        Ok(DIALECT.body(Object::new(), prompt).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        DIALECT.prompt(body)
    }

    fn read(&self, answer: &Json) -> Reading {
        chat::read(answer)
    }

    fn answer(&self, reply: &Reply) -> Json {
        DIALECT.answer(reply)
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        DIALECT.chunks(reply)
    }
}
