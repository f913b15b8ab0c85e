//! Models that take `OpenAI`'s chat body as it is: gpt-oss and the many makers who follow it.

use super::Family;
use super::chat::{self, Dialect, Way};
use super::prompt::{Field, Prompt, TEXT, Unsupported};
use super::reading::Reading;
use super::reply::Reply;
use super::shape::{Object, Options, Value as _};
use crate::json::Json;

pub(super) struct OpenAiChat;

pub(super) const DIALECT: Dialect = Dialect {
    options: Options {
        max_tokens: "max_completion_tokens",
        temperature: "temperature",
        top_p: "top_p",
        stop: "stop",
    },
    other_limit: "max_tokens",
    reason: "finish_reason",
    any_tool: "required",
    way: Way::OpenAi,
};

const MAKERS: [&str; 10] = [
    "openai.",
    "qwen.",
    "moonshot.",
    "moonshotai.",
    "zai.",
    "minimax.",
    "google.gemma",
    "nvidia.nemotron",
    "xai.",
    "deepseek.v",
];

impl Family for OpenAiChat {
    fn id(&self) -> &'static str {
        "openai-chat"
    }

    fn name(&self) -> &'static str {
        "OpenAI chat"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        MAKERS.iter().any(|maker| bare_model_id.starts_with(maker))
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[TEXT, &[Field::Seed, Field::Tools]])?;
        Ok(DIALECT.body(Object::new(), prompt).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        DIALECT.prompt(body)
    }

    fn read(&self, answer: &Json) -> Reading {
        chat::read(answer)
    }

    /// gpt-oss thinks inside the text.
    fn finish(&self, reading: &mut Reading) {
        reading.split_tagged("<reasoning>", "</reasoning>");
    }

    fn answer(&self, reply: &Reply) -> Json {
        DIALECT.answer(reply)
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        DIALECT.chunks(reply)
    }
}
