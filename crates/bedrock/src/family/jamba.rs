//! AI21 Jamba.

use super::Family;
use super::chat::{self, Dialect, Way};
use super::prompt::{Prompt, TEXT, Unsupported};
use super::reading::Reading;
use super::reply::Reply;
use super::shape::{Object, Options, Value as _};
use crate::json::Json;

pub(super) struct Jamba;

const DIALECT: Dialect = Dialect {
    options: Options { max_tokens: "max_tokens", temperature: "temperature", top_p: "top_p", stop: "stop" },
    other_limit: "max_completion_tokens",
    reason: "finish_reason",
    any_tool: "required",
    way: Way::Ai21,
};

impl Family for Jamba {
    fn id(&self) -> &'static str {
        "jamba"
    }

    fn name(&self) -> &'static str {
        "Jamba"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("ai21.jamba-")
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[TEXT])?;
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
