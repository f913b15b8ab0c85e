//! Meta Llama 2, 3 and 4.

use serde_json::json;

use super::Family;
use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::{Reply, Stop, estimated_tokens, pieces};
use super::shape::{Object, Options, Value as _, count_at, text_at};
use super::template::{self, Template};
use crate::json::Json;

pub(super) struct Llama;

/// Llama on Bedrock has no stop sequences.
const OPTIONS: Options =
    Options { max_tokens: "max_gen_len", temperature: "temperature", top_p: "top_p", stop: "" };

const FIELDS: &[Field] = &[Field::System, Field::MaxTokens, Field::Temperature, Field::TopP];

impl Family for Llama {
    fn id(&self) -> &'static str {
        "llama"
    }

    fn name(&self) -> &'static str {
        "Llama"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("meta.llama")
    }

    /// In Llama 2's template, which later models follow too. Bodies for Llama 3 and 4 in their own
    /// header tokens are read as well.
    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[FIELDS])?;
        let text = Template::InstSys.write(prompt.system.as_deref(), &prompt.text);
        Ok(OPTIONS.write(Object::new().put("prompt", text), prompt).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let text = text_at(body, "/prompt").unwrap_or_default();
        let turn = template::read(text, &[Template::Headers, Template::InstSys]);
        let mut prompt = Prompt { system: turn.system, text: turn.text, ..Prompt::default() };
        OPTIONS.read(Some(body), &mut prompt);
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        let text = text_at(answer, "/generation").filter(|text| !text.is_empty());
        Reading::of(text.map(|text| Part::Text(text.to_owned())))
            .stopped(text_at(answer, "/stop_reason"))
            .counted(count_at(answer, "/prompt_token_count"), count_at(answer, "/generation_token_count"))
    }

    fn answer(&self, reply: &Reply) -> Json {
        generation(&reply.text(), Some(reply.input_tokens), reply.output_tokens, Some(reason(reply)))
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        let text = reply.text();
        let mut counted = 0;
        let mut chunks = Vec::new();
        for piece in pieces(&text) {
            counted += estimated_tokens(piece).len() as u64;
            let input = chunks.is_empty().then_some(reply.input_tokens);
            chunks.push(generation(piece, input, counted, None));
        }
        let input = chunks.is_empty().then_some(reply.input_tokens);
        chunks.push(generation("", input, reply.output_tokens, Some(reason(reply))));
        chunks
    }
}

fn generation(text: &str, input: Option<u64>, output: u64, reason: Option<&str>) -> Json {
    json!({
        "generation": text,
        "prompt_token_count": input,
        "generation_token_count": output,
        "stop_reason": reason,
    })
    .into()
}

fn reason(reply: &Reply) -> &'static str {
    if reply.stop == Stop::Length { "length" } else { "stop" }
}
