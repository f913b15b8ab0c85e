//! `OpenAI`'s Chat Completions, on both hosts.
//!
//! Where a model thinks aloud, `bedrock-mantle` gives its thoughts a member of their own; on `bedrock-runtime` gpt-oss
//! puts them in tags before the text (recorded traffic and AWS's published outputs, read 2026-11-27).

use serde_json::json;

use super::Api;
use crate::answer::Frame;
use crate::call::Call;
use crate::event_stream;
use crate::family::chat;
use crate::family::openai_chat::DIALECT;
use crate::family::prompt::{Field, Prompt, TEXT, Unsupported};
use crate::family::reading::{Part, Reading};
use crate::family::reply::Reply;
use crate::family::shape::{Object, Value as _, items_at, text_at};
use crate::json::Json;

pub(super) struct ChatCompletions;

impl Api for ChatCompletions {
    fn path(&self) -> &'static str {
        "/chat/completions"
    }

    fn output_limit(&self) -> &'static str {
        "max_completion_tokens"
    }

    fn content(&self) -> &'static str {
        "choices"
    }

    fn body(&self, model_id: &str, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only("Chat Completions", &[TEXT, &[Field::Seed, Field::Tools]])?;
        Ok(DIALECT.body(Object::new().put("model", model_id), prompt).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        DIALECT.prompt(body)
    }

    fn read(&self, answer: &Json) -> Reading {
        chat::read(answer)
    }

    fn read_event(&self, _name: &str, event: &Json) -> Reading {
        chat::read(event)
    }

    fn is_last(&self, name: &str, event: &Json) -> bool {
        let ends = |choice: &Json| text_at(choice, "/finish_reason").is_some();
        name == event_stream::DONE.0 || items_at(event, "/choices").iter().any(ends)
    }

    fn finish(&self, reading: &mut Reading) {
        reading.split_tagged("<reasoning>", "</reasoning>");
    }

    fn answer(&self, call: &Call, reply: &Reply) -> Json {
        let (reply, thoughts) = spoken(call, reply);
        let mut answer = json!(DIALECT.answer(&reply));
        answer["model"] = call.model_id.as_str().into();
        if let Some(thoughts) = thoughts {
            answer["choices"][0]["message"]["reasoning"] = thoughts.into();
        }
        answer.into()
    }

    fn events(&self, call: &Call, reply: &Reply) -> Vec<Frame> {
        let (reply, thoughts) = spoken(call, reply);
        let mut chunks: Vec<serde_json::Value> =
            DIALECT.chunks(&reply).iter().map(|chunk| json!(chunk)).collect();
        if let (Some(thoughts), Some(first)) = (thoughts, chunks.first()) {
            let mut thinking = first.clone();
            thinking["choices"][0]["delta"] = json!({"reasoning": thoughts});
            chunks.insert(1, thinking);
        }
        let frames = chunks.into_iter().map(|mut chunk| {
            chunk["model"] = call.model_id.as_str().into();
            super::event(event_stream::CHAT_CHUNK, chunk)
        });
        frames.chain([event_stream::done_frame(0)]).collect()
    }
}

/// What is said, and the thoughts beside it, where they have a place of their own.
fn spoken(call: &Call, reply: &Reply) -> (Reply, Option<String>) {
    let mut reply = reply.clone();
    let mut thoughts = String::new();
    reply.parts.retain(|part| match part {
        Part::Reasoning(text) => {
            thoughts.push_str(text);
            false
        }
        _ => true,
    });
    if thoughts.is_empty() {
        return (reply, None);
    }
    let gpt_oss = crate::model_id::bare(&call.model_id).starts_with("openai.gpt-oss");
    if gpt_oss && !call.is_on_mantle() {
        reply.parts.insert(0, Part::Text(format!("<reasoning>{thoughts}</reasoning>")));
        return (reply, None);
    }
    (reply, Some(thoughts))
}
