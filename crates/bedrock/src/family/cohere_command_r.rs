//! Cohere Command R and R+.

use serde_json::json;

use super::Family;
use super::prompt::{Field, Prompt, TEXT, Unsupported};
use super::reading::{Part, Reading};
use super::reply::{Reply, Stop, pieces};
use super::shape::{Object, Options, Value as _, count_at, items_at, text_at};
use crate::json::Json;

pub(super) struct CohereCommandR;

const OPTIONS: Options =
    Options { max_tokens: "max_tokens", temperature: "temperature", top_p: "p", stop: "stop_sequences" };

impl Family for CohereCommandR {
    fn id(&self) -> &'static str {
        "cohere-command-r"
    }

    fn name(&self) -> &'static str {
        "Cohere Command R"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("cohere.command-r-")
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[TEXT, &[Field::Seed]])?;
        let body =
            Object::new().put("message", prompt.text.as_str()).maybe("preamble", prompt.system.as_deref());
        Ok(OPTIONS.write(body, prompt).maybe("seed", prompt.seed).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let mut prompt = Prompt {
            system: text_at(body, "/preamble").map(str::to_owned),
            text: text_at(body, "/message").unwrap_or_default().to_owned(),
            seed: body.get("seed").and_then(Json::as_u64),
            ..Prompt::default()
        };
        OPTIONS.read(Some(body), &mut prompt);
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        let text = text_at(answer, "/text").filter(|text| !text.is_empty());
        let text = text.map(|text| Part::Text(text.to_owned()));
        Reading::of(text.into_iter().chain(tools(answer))).stopped(text_at(answer, "/finish_reason")).counted(
            count_at(answer, "/meta/billed_units/input_tokens"),
            count_at(answer, "/meta/billed_units/output_tokens"),
        )
    }

    /// The last event repeats the whole answer; only what is new there counts.
    fn read_chunk(&self, chunk: &Json) -> Reading {
        match text_at(chunk, "/event_type") {
            Some("text-generation") => {
                Reading::of(text_at(chunk, "/text").map(|text| Part::Text(text.to_owned())))
            }
            Some("tool-calls-generation") => Reading::of(tools(chunk)),
            Some("stream-end") => Reading::default().stopped(text_at(chunk, "/finish_reason")).counted(
                count_at(chunk, "/response/meta/billed_units/input_tokens"),
                count_at(chunk, "/response/meta/billed_units/output_tokens"),
            ),
            _ => Reading::default(),
        }
    }

    fn answer(&self, reply: &Reply) -> Json {
        whole(reply).into()
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        let text = reply.text();
        let start = json!({
            "is_finished": false,
            "event_type": "stream-start",
            "generation_id": reply.uuid("generation"),
        });
        let pieces = pieces(&text)
            .into_iter()
            .map(|piece| json!({"is_finished": false, "event_type": "text-generation", "text": piece}));
        let mut response = whole(reply);
        response["meta"] = json!({
            "billed_units": {"input_tokens": reply.input_tokens, "output_tokens": reply.output_tokens},
        });
        let end = json!({
            "is_finished": true,
            "event_type": "stream-end",
            "response": response,
            "finish_reason": reason(reply),
        });
        [start].into_iter().chain(pieces).chain([end]).map(Json::from).collect()
    }
}

fn tools(answer: &Json) -> impl Iterator<Item = Part> + '_ {
    items_at(answer, "/tool_calls").iter().filter_map(|call| {
        let input = call.get("parameters").cloned().unwrap_or(Json::Null);
        Some(Part::ToolUse { name: text_at(call, "/name")?.to_owned(), input })
    })
}

fn whole(reply: &Reply) -> serde_json::Value {
    let text = reply.text();
    let mut history: Vec<serde_json::Value> =
        items_at(&reply.body, "/chat_history").iter().map(|turn| json!(turn)).collect();
    history.push(json!({"role": "USER", "message": reply.prompt.text}));
    history.push(json!({"role": "CHATBOT", "message": text}));
    json!({
        "response_id": reply.uuid("response"),
        "text": text,
        "generation_id": reply.uuid("generation"),
        "chat_history": history,
        "finish_reason": reason(reply),
    })
}

fn reason(reply: &Reply) -> &'static str {
    if reply.stop == Stop::Length { "MAX_TOKENS" } else { "COMPLETE" }
}
