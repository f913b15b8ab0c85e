//! AI21 Jurassic-2. It does not stream.

use serde_json::json;

use super::Family;
use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::{Reply, Stop, estimated_tokens};
use super::shape::{Object, Options, Value as _, items_at, text_at};
use crate::json::Json;

pub(super) struct Jurassic;

const OPTIONS: Options =
    Options { max_tokens: "maxTokens", temperature: "temperature", top_p: "topP", stop: "stopSequences" };

const FIELDS: &[Field] = &[Field::MaxTokens, Field::Temperature, Field::TopP, Field::Stop];

impl Family for Jurassic {
    fn id(&self) -> &'static str {
        "jurassic"
    }

    fn name(&self) -> &'static str {
        "Jurassic-2"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("ai21.j2-")
    }

    fn streams(&self) -> bool {
        false
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

    /// Tokens are counted from the arrays of tokens.
    fn read(&self, answer: &Json) -> Reading {
        let completions = items_at(answer, "/completions");
        let texts = completions.iter().filter_map(|completion| text_at(completion, "/data/text"));
        let output = completions.iter().filter_map(|completion| tokens(completion, "/data/tokens"));
        Reading::of(texts.map(|text| Part::Text(text.to_owned())))
            .stopped(completions.first().and_then(|completion| text_at(completion, "/finishReason/reason")))
            .counted(tokens(answer, "/prompt/tokens"), output.reduce(|all, more| all + more))
    }

    fn answer(&self, reply: &Reply) -> Json {
        let prompt = text_at(&reply.body, "/prompt").unwrap_or(&reply.prompt.text);
        let text = reply.text();
        let reason = match &reply.stop {
            Stop::End | Stop::ToolUse => json!({"reason": "endoftext"}),
            Stop::Length => json!({"reason": "length", "length": reply.output_tokens}),
            Stop::Sequence(sequence) => json!({"reason": "stop", "sequence": sequence}),
        };
        json!({
            "id": 1234,
            "prompt": {"text": prompt, "tokens": token_array(prompt)},
            "completions": [{
                "data": {"text": text, "tokens": token_array(&text)},
                "finishReason": reason,
            }],
        })
        .into()
    }
}

fn tokens(json: &Json, pointer: &str) -> Option<u64> {
    Some(json.pointer(pointer)?.as_array()?.len() as u64)
}

/// The most tokens a request may ask for (AWS user guide, Jurassic-2: `maxTokens` up to 8191); no
/// array here is longer.
const MOST_TOKENS: usize = 8191;

/// The tokens of `text`, each certain: a stand-in has no other choice of words.
fn token_array(text: &str) -> Vec<serde_json::Value> {
    let mut start = 0;
    let tokens = estimated_tokens(text).into_iter().take(MOST_TOKENS).map(|piece| {
        let end = start + piece.chars().count();
        let token = json!({
            "generatedToken": {
                "token": piece.replace(' ', "\u{2581}"),
                "logprob": 0.0,
                "raw_logprob": 0.0,
            },
            "topTokens": null,
            "textRange": {"start": start, "end": end},
        });
        start = end;
        token
    });
    tokens.collect()
}
