//! Cohere Command and Command Light.

use serde_json::json;

use super::Family;
use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::{Reply, Stop, pieces};
use super::shape::{Object, Options, Value as _, items_at, text_at};
use crate::json::Json;

pub(super) struct CohereCommand;

const OPTIONS: Options =
    Options { max_tokens: "max_tokens", temperature: "temperature", top_p: "p", stop: "stop_sequences" };

const FIELDS: &[Field] = &[Field::MaxTokens, Field::Temperature, Field::TopP, Field::Stop];

impl Family for CohereCommand {
    fn id(&self) -> &'static str {
        "cohere-command"
    }

    fn name(&self) -> &'static str {
        "Cohere Command"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        ["cohere.command-text-", "cohere.command-light-"].iter().any(|p| bare_model_id.starts_with(p))
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[FIELDS])?;
        Ok(OPTIONS.write(Object::new().put("prompt", prompt.text.as_str()), prompt).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let mut prompt = Prompt::of(text_at(body, "/prompt").unwrap_or_default());
        OPTIONS.read(Some(body), &mut prompt);
        prompt
    }

    /// Several generations stand as several parts. A streamed chunk is either the whole answer, or
    /// a piece of text if the request said `"stream": true`.
    fn read(&self, answer: &Json) -> Reading {
        let generations = items_at(answer, "/generations");
        let whole = generations.iter().filter_map(|generation| text_at(generation, "/text"));
        let piece = text_at(answer, "/text").filter(|text| !text.is_empty());
        let reason = text_at(answer, "/finish_reason")
            .or_else(|| generations.first().and_then(|generation| text_at(generation, "/finish_reason")));
        Reading::of(whole.chain(piece).map(|text| Part::Text(text.to_owned()))).stopped(reason)
    }

    fn answer(&self, reply: &Reply) -> Json {
        json!({
            "generations": [{
                "finish_reason": reason(reply),
                "id": reply.uuid("generation"),
                "text": reply.text(),
            }],
            "id": reply.uuid("answer"),
            "prompt": text_at(&reply.body, "/prompt").unwrap_or(&reply.prompt.text),
        })
        .into()
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        if reply.body.get("stream").and_then(Json::as_bool) != Some(true) {
            return vec![self.answer(reply)];
        }
        let text = reply.text();
        let pieces =
            pieces(&text).into_iter().map(|piece| json!({"index": 0, "is_finished": false, "text": piece}));
        let last = json!({"finish_reason": reason(reply), "is_finished": true});
        pieces.chain([last]).map(Json::from).collect()
    }
}

fn reason(reply: &Reply) -> &'static str {
    if reply.stop == Stop::Length { "MAX_TOKENS" } else { "COMPLETE" }
}
