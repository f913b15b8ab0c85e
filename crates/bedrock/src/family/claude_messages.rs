//! Claude 3 and later: Anthropic's Messages API as Bedrock takes it.

use serde_json::json;

use super::claude::Tells;
use super::prompt::{Field, Prompt, TEXT, Tool, ToolChoice, Unsupported};
use super::reading::{Data, Part, Reading, Usage};
use super::reply::{Reply, Stop, estimated_tokens, pieces};
use super::shape::{
    DEFAULT_MAX_TOKENS, Object, Options, Value as _, content_text, count_at, items_at, last_user_text, list,
    some, text_at,
};
use super::{CacheCounts, Family};
use crate::json::Json;

pub(super) struct ClaudeMessages;

const OPTIONS: Options =
    Options { max_tokens: "max_tokens", temperature: "temperature", top_p: "top_p", stop: "stop_sequences" };

impl Family for ClaudeMessages {
    fn id(&self) -> &'static str {
        "claude-messages"
    }

    fn name(&self) -> &'static str {
        "Claude Messages"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("anthropic.claude-")
    }

    fn counts_cache(&self, bare_model_id: &str) -> CacheCounts {
        match Tells::of(bare_model_id) {
            Some(tells) if tells >= Tells::CacheByAge => CacheCounts::Headers,
            _ => CacheCounts::Nowhere,
        }
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        asking(Object::new().put("anthropic_version", "bedrock-2023-05-31"), prompt)
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let mut prompt = Prompt {
            system: body.get("system").map(content_text).and_then(some),
            text: last_user_text(items_at(body, "/messages")),
            tool_choice: read_choice(body),
            ..Prompt::default()
        };
        OPTIONS.read(Some(body), &mut prompt);
        prompt.tools = items_at(body, "/tools")
            .iter()
            .filter_map(|tool| {
                Some(Tool {
                    name: text_at(tool, "/name")?.to_owned(),
                    description: text_at(tool, "/description").map(str::to_owned),
                    schema: tool.get("input_schema").cloned().unwrap_or(Json::Null),
                })
            })
            .collect();
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        let blocks = items_at(answer, "/content");
        let mut reading =
            Reading::of(blocks.iter().filter_map(read_block)).stopped(text_at(answer, "/stop_reason"));
        reading.usage = usage(answer.get("usage"));
        reading
    }

    fn read_chunk(&self, chunk: &Json) -> Reading {
        match text_at(chunk, "/type") {
            Some("message_start") => {
                Reading { usage: usage(chunk.pointer("/message/usage")), ..Reading::default() }
            }
            Some("content_block_start") => {
                Reading::of(chunk.get("content_block").and_then(read_block).and_then(opened))
            }
            Some("content_block_delta") => Reading::of(chunk.get("delta").and_then(read_delta)),
            Some("message_delta") => Reading {
                usage: usage(chunk.get("usage")),
                ..Reading::default().stopped(text_at(chunk, "/delta/stop_reason"))
            },
            _ => Reading::default(),
        }
    }

    fn answer(&self, reply: &Reply) -> Json {
        let content: Vec<_> =
            reply.parts.iter().enumerate().filter_map(|(i, part)| block(reply, part, i)).collect();
        message(reply, &json!(content), Some(stop(reply)), reply.output_tokens).into()
    }

    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        let start = message(reply, &json!([]), None, 1);
        let mut chunks = vec![json!({"type": "message_start", "message": start}).into()];
        for (index, part) in reply.parts.iter().enumerate() {
            let Some(deltas) = deltas(reply, part) else { continue };
            let Some(block) = block(reply, &emptied(part), index) else { continue };
            chunks
                .push(json!({"type": "content_block_start", "index": index, "content_block": block}).into());
            chunks.extend(deltas.into_iter().map(|delta| {
                Json::from(json!({"type": "content_block_delta", "index": index, "delta": delta}))
            }));
            chunks.push(json!({"type": "content_block_stop", "index": index}).into());
        }
        let (reason, sequence) = stop(reply);
        chunks.push(
            json!({
                "type": "message_delta",
                "delta": {"stop_reason": reason, "stop_sequence": sequence},
                "usage": {"output_tokens": reply.output_tokens},
            })
            .into(),
        );
        chunks.push(json!({"type": "message_stop"}).into());
        chunks
    }
}

/// The body that asks `prompt`; `required` members come first.
pub(super) fn asking(required: Object, prompt: &Prompt) -> Result<Json, Unsupported> {
    prompt.only(ClaudeMessages.name(), &[TEXT, &[Field::Tools]])?;
    let body = required
        .put("max_tokens", DEFAULT_MAX_TOKENS)
        .maybe("system", prompt.system.as_deref())
        .put("messages", list([Object::new().put("role", "user").put("content", prompt.text.as_str())]));
    Ok(write_tools(OPTIONS.write(body, prompt), prompt).json())
}

fn write_tools(body: Object, prompt: &Prompt) -> Object {
    let tools = prompt.tools.iter().map(|tool| {
        Object::new()
            .put("name", tool.name.as_str())
            .maybe("description", tool.description.as_deref())
            .put("input_schema", tool.schema.clone())
            .json()
    });
    let choice = match &prompt.tool_choice {
        _ if prompt.tools.is_empty() => None,
        ToolChoice::Auto => None,
        ToolChoice::Any => Some(json!({"type": "any"})),
        ToolChoice::Named(name) => Some(json!({"type": "tool", "name": name})),
    };
    body.list("tools", tools.collect()).maybe("tool_choice", choice)
}

fn read_choice(body: &Json) -> ToolChoice {
    match (text_at(body, "/tool_choice/type"), text_at(body, "/tool_choice/name")) {
        (Some("any"), _) => ToolChoice::Any,
        (Some("tool"), Some(name)) => ToolChoice::Named(name.to_owned()),
        _ => ToolChoice::Auto,
    }
}

fn read_block(block: &Json) -> Option<Part> {
    match text_at(block, "/type")? {
        "text" => Some(Part::Text(text_at(block, "/text")?.to_owned())),
        "thinking" => Some(Part::Reasoning(text_at(block, "/thinking")?.to_owned())),
        "tool_use" | "server_tool_use" => Some(Part::ToolUse {
            name: text_at(block, "/name")?.to_owned(),
            input: block.get("input").cloned().unwrap_or(Json::Null),
        }),
        // Such as `web_search_tool_result`: the service has run the tool itself.
        kind if kind.ends_with("tool_result") => {
            Some(Part::Data { what: Data::ToolResult, value: block.get("content")?.clone() })
        }
        _ => None,
    }
}

/// A block as it opens in a stream: a tool's arguments are still to come, and text that is empty
/// says nothing.
fn opened(part: Part) -> Option<Part> {
    match part {
        Part::ToolUse { name, .. } => Some(Part::ToolUse { name, input: "".into() }),
        Part::Text(text) | Part::Reasoning(text) if text.is_empty() => None,
        part => Some(part),
    }
}

fn read_delta(delta: &Json) -> Option<Part> {
    match text_at(delta, "/type")? {
        "text_delta" => Some(Part::Text(text_at(delta, "/text")?.to_owned())),
        "thinking_delta" => Some(Part::Reasoning(text_at(delta, "/thinking")?.to_owned())),
        "input_json_delta" => {
            Some(Part::ToolUse { name: String::new(), input: text_at(delta, "/partial_json")?.into() })
        }
        _ => None,
    }
}

fn usage(usage: Option<&Json>) -> Usage {
    let Some(usage) = usage else { return Usage::default() };
    Usage {
        input_tokens: count_at(usage, "/input_tokens"),
        output_tokens: count_at(usage, "/output_tokens"),
        cache_read_tokens: count_at(usage, "/cache_read_input_tokens"),
        cache_write_tokens: count_at(usage, "/cache_creation_input_tokens"),
    }
}

fn message(
    reply: &Reply,
    content: &serde_json::Value,
    stop: Option<(&str, Option<&str>)>,
    output_tokens: u64,
) -> serde_json::Value {
    let tells = Tells::of(crate::model_id::bare(&reply.model_id)).unwrap_or(Tells::CacheByAge);
    let mut usage = json!({"input_tokens": reply.input_tokens});
    if tells >= Tells::Cache {
        usage["cache_creation_input_tokens"] = 0.into();
        usage["cache_read_input_tokens"] = 0.into();
    }
    if tells >= Tells::CacheByAge {
        usage["cache_creation"] = json!({"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0});
    }
    usage["output_tokens"] = output_tokens.into();
    if tells >= Tells::Details {
        usage["output_tokens_details"] = json!({"thinking_tokens": thinking_tokens(reply)});
        usage["service_tier"] = "standard".into();
    }
    let (reason, sequence) = stop.unzip();
    let mut message = json!({
        "id": format!("msg_bdrk_{}", reply.id),
        "type": "message",
        "role": "assistant",
        "model": reply.model_name(),
        "content": content,
        "stop_reason": reason,
        "stop_sequence": sequence.flatten(),
        "usage": usage,
    });
    if tells >= Tells::Details {
        message["stop_details"] = serde_json::Value::Null;
    }
    message
}

fn thinking_tokens(reply: &Reply) -> usize {
    let thoughts = reply.parts.iter().filter_map(|part| match part {
        Part::Reasoning(text) => Some(estimated_tokens(text).len()),
        _ => None,
    });
    thoughts.sum()
}

/// The reason, and the sequence if it was one.
fn stop(reply: &Reply) -> (&'static str, Option<&str>) {
    match &reply.stop {
        Stop::End => ("end_turn", None),
        Stop::Length => ("max_tokens", None),
        Stop::Sequence(sequence) => ("stop_sequence", Some(sequence)),
        Stop::ToolUse => ("tool_use", None),
    }
}

fn block(reply: &Reply, part: &Part, index: usize) -> Option<serde_json::Value> {
    match part {
        Part::Text(text) => Some(json!({"type": "text", "text": text})),
        Part::Reasoning(text) => {
            Some(json!({"type": "thinking", "thinking": text, "signature": signature(reply, text)}))
        }
        Part::ToolUse { name, input } => {
            let id = format!("toolu_bdrk_{}{index}", reply.id);
            Some(json!({"type": "tool_use", "id": id, "name": name, "input": input}))
        }
        _ => None,
    }
}

/// What stands for the seal of a thought. A block that opens has none yet.
fn signature(reply: &Reply, thought: &str) -> String {
    if thought.is_empty() { String::new() } else { super::media::encode(reply.uuid("signature").as_bytes()) }
}

/// The part as its block opens in a stream.
fn emptied(part: &Part) -> Part {
    match part {
        Part::Text(_) => Part::Text(String::new()),
        Part::Reasoning(_) => Part::Reasoning(String::new()),
        Part::ToolUse { name, .. } => Part::ToolUse { name: name.clone(), input: json!({}).into() },
        other => other.clone(),
    }
}

fn deltas(reply: &Reply, part: &Part) -> Option<Vec<serde_json::Value>> {
    let deltas = |text: &str, kind: &str, member: &str| -> Vec<serde_json::Value> {
        pieces(text).iter().map(|piece| json!({"type": kind, member: piece})).collect()
    };
    match part {
        Part::Text(text) => Some(deltas(text, "text_delta", "text")),
        Part::Reasoning(text) => {
            let mut all = deltas(text, "thinking_delta", "thinking");
            all.push(json!({"type": "signature_delta", "signature": signature(reply, text)}));
            Some(all)
        }
        Part::ToolUse { input, .. } => Some(deltas(&input.to_compact(), "input_json_delta", "partial_json")),
        _ => None,
    }
}
