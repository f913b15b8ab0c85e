//! Mistral's first models on Bedrock: 7B, Mixtral, and the 2402 releases, as text completion.

use serde_json::json;

use super::Family;
use super::prompt::{Prompt, TEXT, Unsupported};
use super::reading::{Part, Reading};
use super::reply::{Reply, Stop, pieces};
use super::shape::{Object, Options, Value as _, items_at, text_at};
use super::template::{self, Template};
use crate::json::Json;

pub(super) struct MistralText;

/// `DeepSeek` R1 calls its options the same.
pub(super) const OPTIONS: Options =
    Options { max_tokens: "max_tokens", temperature: "temperature", top_p: "top_p", stop: "stop" };

const MODELS: [&str; 4] = [
    "mistral.mistral-7b-",
    "mistral.mixtral-8x7b-",
    "mistral.mistral-large-2402",
    "mistral.mistral-small-2402",
];

impl Family for MistralText {
    fn id(&self) -> &'static str {
        "mistral-text"
    }

    fn name(&self) -> &'static str {
        "Mistral text completion"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        MODELS.iter().any(|model| bare_model_id.starts_with(model))
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[TEXT])?;
        let text = Template::Inst.write(prompt.system.as_deref(), &prompt.text);
        Ok(OPTIONS.write(Object::new().put("prompt", text), prompt).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let turn = template::read(text_at(body, "/prompt").unwrap_or_default(), &[Template::Inst]);
        let mut prompt = Prompt { system: turn.system, text: turn.text, ..Prompt::default() };
        OPTIONS.read(Some(body), &mut prompt);
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        read_completions(items_at(answer, "/outputs"))
    }

    fn answer(&self, reply: &Reply) -> Json {
        completion("outputs", &reply.text(), Some(reason(reply)))
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        completion_chunks("outputs", reply)
    }
}

/// Objects with `text` and `stop_reason`, which `DeepSeek` R1 answers with too; text completions as
/// `OpenAI` shaped them (imported models) say `finish_reason`.
pub(super) fn read_completions(completions: &[Json]) -> Reading {
    let texts = completions.iter().filter_map(|one| text_at(one, "/text")).filter(|text| !text.is_empty());
    Reading::of(texts.map(|text| Part::Text(text.to_owned()))).stopped(
        completions
            .iter()
            .find_map(|one| text_at(one, "/stop_reason").or_else(|| text_at(one, "/finish_reason"))),
    )
}

/// One such object under `member`.
pub(super) fn completion(member: &str, text: &str, reason: Option<&str>) -> Json {
    json!({member: [{"text": text, "stop_reason": reason}]}).into()
}

/// The same as chunks.
pub(super) fn completion_chunks(member: &str, reply: &Reply) -> Vec<Json> {
    let text = reply.text();
    let pieces = pieces(&text).into_iter().map(|piece| completion(member, piece, None));
    pieces.chain([completion(member, "", Some(reason(reply)))]).collect()
}

/// Why `reply` stops, in these models' words.
pub(super) fn reason(reply: &Reply) -> &'static str {
    if reply.stop == Stop::Length { "length" } else { "stop" }
}
