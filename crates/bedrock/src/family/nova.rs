//! Amazon Nova's text models: Converse's blocks in a body of its own (`messages-v1`).

use serde_json::json;

use super::prompt::{Field, Prompt, TEXT, Unsupported};
use super::reading::Reading;
use super::reply::Reply;
use super::shape::{Object, Options, Value as _};
use super::{CacheCounts, Family, converse};
use crate::json::Json;

pub(super) struct Nova;

/// An older spelling of the limit, which is still taken.
const OLD_LIMIT: Options = Options {
    max_tokens: "max_new_tokens",
    temperature: "temperature",
    top_p: "top_p",
    stop: "stopSequences",
};

const TEXT_MODELS: [&str; 4] = ["-micro", "-lite", "-pro", "-premier"];

impl Family for Nova {
    fn id(&self) -> &'static str {
        "nova"
    }

    fn name(&self) -> &'static str {
        "Nova"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("amazon.nova-") && TEXT_MODELS.iter().any(|m| bare_model_id.contains(m))
    }

    fn counts_cache(&self, _bare_model_id: &str) -> CacheCounts {
        CacheCounts::HeadersAndMetrics
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[TEXT, &[Field::Tools]])?;
        let body = Object::new().put("schemaVersion", "messages-v1");
        Ok(converse::write(body, prompt, converse::OPTIONS.write(Object::new(), prompt)).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let mut prompt = converse::prompt(body);
        let mut old = Prompt::default();
        OLD_LIMIT.read(body.get("inferenceConfig"), &mut old);
        prompt.max_tokens = prompt.max_tokens.or(old.max_tokens);
        prompt.top_p = prompt.top_p.or(old.top_p);
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        converse::read(answer)
    }

    fn read_chunk(&self, chunk: &Json) -> Reading {
        let mut reading = Reading::default();
        for (name, event) in chunk.as_object().into_iter().flatten() {
            reading.absorb(converse::read_event(name, event));
        }
        reading
    }

    fn answer(&self, reply: &Reply) -> Json {
        json!({
            "output": {"message": converse::message(reply)},
            "stopReason": converse::stop_reason(reply),
            "usage": usage(reply, true),
        })
        .into()
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        let mut chunks = Vec::new();
        for (name, event) in converse::events(reply) {
            match name {
                "metadata" => chunks.push(
                    json!({"metadata": {"usage": usage(reply, false), "metrics": {}, "trace": {}}}).into(),
                ),
                _ => chunks.push(Object::new().put(name, event).json()),
            }
        }
        blocks_of_their_own(chunks)
    }
}

/// A native stream has a block for every piece of text, where Converse has one for all of them.
fn blocks_of_their_own(chunks: Vec<Json>) -> Vec<Json> {
    let mut out: Vec<Json> = Vec::new();
    let (mut index, mut open_text) = (0_u64, false);
    for chunk in chunks {
        let is_text = chunk.pointer("/contentBlockDelta/delta/text").is_some();
        if is_text && open_text {
            out.push(json!({"contentBlockStop": {"contentBlockIndex": index}}).into());
            index += 1;
        }
        let event = ["contentBlockStart", "contentBlockDelta", "contentBlockStop"]
            .into_iter()
            .find_map(|name| Some((name, chunk.get(name)?.as_object()?)));
        let Some((name, members)) = event else {
            out.push(chunk);
            continue;
        };
        let mut members = members.clone();
        members.insert("contentBlockIndex", index.into());
        out.push(Object::new().put(name, Json::Object(members)).json());
        open_text = is_text;
        index += u64::from(name == "contentBlockStop");
    }
    out
}

/// A stream gives no total.
fn usage(reply: &Reply, total: bool) -> serde_json::Value {
    let mut usage = json!({"inputTokens": reply.input_tokens, "outputTokens": reply.output_tokens});
    if total {
        usage["totalTokens"] = (reply.input_tokens + reply.output_tokens).into();
    }
    usage["cacheReadInputTokenCount"] = 0.into();
    usage["cacheWriteInputTokenCount"] = 0.into();
    usage
}
