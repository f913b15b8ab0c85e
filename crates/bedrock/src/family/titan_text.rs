//! Amazon Titan Text.

use serde_json::json;

use super::Family;
use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::{Reply, Stop, pieces};
use super::shape::{Object, Options, Value as _, count_at, text_at};
use crate::json::Json;

pub(super) struct TitanText;

const OPTIONS: Options =
    Options { max_tokens: "maxTokenCount", temperature: "temperature", top_p: "topP", stop: "stopSequences" };

const FIELDS: &[Field] = &[Field::MaxTokens, Field::Temperature, Field::TopP, Field::Stop];

impl Family for TitanText {
    fn id(&self) -> &'static str {
        "titan-text"
    }

    fn name(&self) -> &'static str {
        "Titan Text"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        ["amazon.titan-text-", "amazon.titan-tg1-"].iter().any(|p| bare_model_id.starts_with(p))
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[FIELDS])?;
        let config = OPTIONS.write(Object::new(), prompt);
        Ok(Object::new().put("inputText", prompt.text.as_str()).group("textGenerationConfig", config).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let mut prompt = Prompt::of(text_at(body, "/inputText").unwrap_or_default());
        OPTIONS.read(body.get("textGenerationConfig"), &mut prompt);
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        let Some(result) = answer.pointer("/results/0") else { return Reading::default() };
        Reading::of(text(result))
            .stopped(text_at(result, "/completionReason"))
            .counted(count_at(answer, "/inputTextTokenCount"), count_at(result, "/tokenCount"))
    }

    fn read_chunk(&self, chunk: &Json) -> Reading {
        Reading::of(text(chunk))
            .stopped(text_at(chunk, "/completionReason"))
            .counted(count_at(chunk, "/inputTextTokenCount"), count_at(chunk, "/totalOutputTextTokenCount"))
    }

    fn answer(&self, reply: &Reply) -> Json {
        json!({
            "inputTextTokenCount": reply.input_tokens,
            "results": [{
                "tokenCount": reply.output_tokens,
                "outputText": reply.text(),
                "completionReason": reason(reply),
            }],
        })
        .into()
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        let text = reply.text();
        let pieces = pieces(&text);
        let chunk = |text: &str, last: bool| {
            Json::from(json!({
                "outputText": text,
                "index": 0,
                "totalOutputTextTokenCount": last.then_some(reply.output_tokens),
                "completionReason": last.then(|| reason(reply)),
                "inputTextTokenCount": last.then_some(reply.input_tokens),
            }))
        };
        let (last, first) = pieces.split_last().map_or(("", &[][..]), |(last, first)| (*last, first));
        first.iter().map(|piece| chunk(piece, false)).chain([chunk(last, true)]).collect()
    }
}

fn text(result: &Json) -> Option<Part> {
    Some(Part::Text(text_at(result, "/outputText")?.to_owned()))
}

/// As on the wire, where the documentation prints `FINISHED`.
fn reason(reply: &Reply) -> &'static str {
    match reply.stop {
        Stop::End | Stop::ToolUse => "FINISH",
        Stop::Length => "LENGTH",
        Stop::Sequence(_) => "STOP_CRITERIA_MET",
    }
}
