//! The APIs that Anthropic's and `OpenAI`'s own clients speak to Bedrock: one dialect each, whatever the model.
//!
//! Bodies here are as they go over the wire, with the model's id inside. A stream is server-sent events. One file an
//! API; Messages and Chat Completions are built from the families that take the same bodies natively.

mod chat_completions;
mod messages;
mod responses;

use super::prompt::{Prompt, Unsupported};
use super::reading::Reading;
use super::reply::Reply;
use crate::answer::Frame;
use crate::call::{Call, Operation};
use crate::event_stream;
use crate::json::Json;

/// The request and answer dialect of a compatible API.
pub trait Api: Sync {
    /// Where its requests go, below the base that its client is given: `/chat/completions`.
    fn path(&self) -> &'static str;

    /// What its requests call the limit on output tokens.
    fn output_limit(&self) -> &'static str;

    /// The member that every whole answer has: what a path that nobody serves answers lacks it.
    fn content(&self) -> &'static str;

    /// The body that asks `prompt` of a model.
    ///
    /// # Errors
    /// The API has no words for a part of it.
    fn body(&self, model_id: &str, prompt: &Prompt) -> Result<Json, Unsupported>;

    /// What a body asks.
    fn prompt(&self, body: &Json) -> Prompt;

    /// What a whole answer says.
    fn read(&self, answer: &Json) -> Reading;

    /// What one event of a stream adds.
    fn read_event(&self, name: &str, event: &Json) -> Reading;

    /// Whether this event says that the answer is whole.
    fn is_last(&self, name: &str, event: &Json) -> bool;

    /// Sorts out what can be told only once an answer is complete.
    fn finish(&self, _reading: &mut Reading) {}

    /// A whole answer to `call` with `reply`.
    fn answer(&self, call: &Call, reply: &Reply) -> Json;

    /// The same as a stream's events, in the order they are sent.
    fn events(&self, call: &Call, reply: &Reply) -> Vec<Frame>;
}

/// The dialect of a compatible API; `None` for the operations of Bedrock's own.
pub fn of(operation: Operation) -> Option<&'static dyn Api> {
    match operation {
        Operation::Messages => Some(&messages::Messages),
        Operation::ChatCompletions => Some(&chat_completions::ChatCompletions),
        Operation::Responses => Some(&responses::Responses),
        _ => None,
    }
}

fn event(name: &str, data: serde_json::Value) -> Frame {
    event_stream::server_sent(0, name, Json::from(data).into())
}

#[cfg(test)]
mod tests;
