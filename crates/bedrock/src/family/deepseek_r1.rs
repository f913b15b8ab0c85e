//! `DeepSeek` R1 as text completion.

use super::Family;
use super::mistral_text::{OPTIONS, completion, completion_chunks, read_completions, reason};
use super::prompt::{Prompt, TEXT, Unsupported};
use super::reading::Reading;
use super::reply::Reply;
use super::shape::{Object, Value as _, count_at, items_at, text_at};
use super::template::{self, Template};
use crate::json::Json;

pub(super) struct DeepSeekR1;

impl Family for DeepSeekR1 {
    fn id(&self) -> &'static str {
        "deepseek-r1"
    }

    fn name(&self) -> &'static str {
        "DeepSeek-R1"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("deepseek.r1")
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[TEXT])?;
        let text = Template::DeepSeek.write(prompt.system.as_deref(), &prompt.text);
        Ok(OPTIONS.write(Object::new().put("prompt", text), prompt).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let turn = template::read(text_at(body, "/prompt").unwrap_or_default(), &[Template::DeepSeek]);
        let mut prompt = Prompt { system: turn.system, text: turn.text, ..Prompt::default() };
        OPTIONS.read(Some(body), &mut prompt);
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        read_completions(items_at(answer, "/choices"))
            .counted(count_at(answer, "/usage/prompt_tokens"), count_at(answer, "/usage/completion_tokens"))
    }

    /// It thinks first, inside the text; the template has opened the tag already.
    fn finish(&self, reading: &mut Reading) {
        reading.split_reasoning("<think>", "</think>");
    }

    fn answer(&self, reply: &Reply) -> Json {
        completion("choices", &reply.text(), Some(reason(reply)))
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        completion_chunks("choices", reply)
    }
}
