//! Bodies shaped like `OpenAI`'s chat completions, as several makers use them on Bedrock.

use serde_json::json;

use super::prompt::{Prompt, Tool, ToolChoice};
use super::reading::{Part, Reading, Usage};
use super::reply::{Reply, Stop, pieces};
use super::shape::{Object, Options, content_text, count_at, items_at, last_user_text, list, some, text_at};
use crate::json::Json;

/// Where makers differ.
pub(super) struct Dialect {
    /// What the options are called.
    pub(super) options: Options,
    /// An older or newer name for the output limit that is read as well.
    pub(super) other_limit: &'static str,
    /// What the reason for stopping is called in an answer.
    pub(super) reason: &'static str,
    /// The word for "must call some tool".
    pub(super) any_tool: &'static str,
    /// Whether answers carry `object`, `created` and `model`.
    pub(super) envelope: bool,
    /// Whether answers count tokens.
    pub(super) usage: bool,
}

impl Dialect {
    /// The body that asks `prompt`; `required` members come first.
    pub(super) fn body(&self, required: Object, prompt: &Prompt) -> Object {
        let message = |role: &str, text: &str| Object::new().put("role", role).put("content", text);
        let system = prompt.system.as_deref().map(|system| message("system", system));
        let messages = system.into_iter().chain([message("user", &prompt.text)]);
        let body = self.options.write(required.put("messages", list(messages)), prompt);
        let body = body.maybe("seed", prompt.seed);
        let tools = prompt.tools.iter().map(|tool| {
            let function = Object::new()
                .put("name", tool.name.as_str())
                .maybe("description", tool.description.as_deref())
                .put("parameters", tool.schema.clone());
            super::shape::Value::json(Object::new().put("type", "function").put("function", function))
        });
        let choice = match &prompt.tool_choice {
            _ if prompt.tools.is_empty() => None,
            ToolChoice::Auto => None,
            ToolChoice::Any => Some(json!(self.any_tool)),
            ToolChoice::Named(name) => Some(json!({"type": "function", "function": {"name": name}})),
        };
        body.list("tools", tools.collect()).maybe("tool_choice", choice)
    }

    /// What a body asks.
    pub(super) fn prompt(&self, body: &Json) -> Prompt {
        let messages = items_at(body, "/messages");
        let instructions: Vec<String> = messages
            .iter()
            .filter(|message| matches!(text_at(message, "/role"), Some("system" | "developer")))
            .filter_map(|message| message.get("content").map(content_text).and_then(some))
            .collect();
        let mut prompt = Prompt {
            system: some(instructions.join("\n\n")),
            text: last_user_text(messages),
            seed: body.get("seed").and_then(Json::as_u64),
            tools: items_at(body, "/tools").iter().filter_map(tool).collect(),
            tool_choice: self.choice(body.get("tool_choice")),
            ..Prompt::default()
        };
        self.options.read(Some(body), &mut prompt);
        prompt.max_tokens = prompt.max_tokens.or_else(|| body.get(self.other_limit)?.as_u64());
        prompt
    }

    fn choice(&self, choice: Option<&Json>) -> ToolChoice {
        match choice {
            Some(Json::String(word)) if word == self.any_tool || word == "required" => ToolChoice::Any,
            Some(choice) => text_at(choice, "/function/name")
                .map_or(ToolChoice::Auto, |name| ToolChoice::Named(name.to_owned())),
            None => ToolChoice::Auto,
        }
    }

    /// A whole answer with `reply`.
    pub(super) fn answer(&self, reply: &Reply) -> Json {
        let content = Some(reply.text()).filter(|text| !text.is_empty());
        let mut message = json!({"role": "assistant", "content": content});
        let calls = tool_calls(reply);
        if !calls.is_empty() {
            message["tool_calls"] = calls.into_iter().map(|(_, call)| call).collect();
        }
        let choice = json!({"index": 0, "message": message, self.reason: reason(reply)});
        self.envelope(reply, "chat.completion", &choice, self.usage)
    }

    /// The same as chunks.
    pub(super) fn chunks(&self, reply: &Reply) -> Vec<Json> {
        let text = reply.text();
        let mut deltas = vec![json!({"role": "assistant", "content": ""})];
        deltas.extend(pieces(&text).into_iter().map(|piece| json!({"content": piece})));
        for (index, (arguments, mut call)) in tool_calls(reply).into_iter().enumerate() {
            call["index"] = index.into();
            call["function"]["arguments"] = "".into();
            deltas.push(json!({"tool_calls": [call]}));
            deltas.extend(
                pieces(&arguments)
                    .into_iter()
                    .map(|piece| json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})),
            );
        }
        let chunk = |delta: serde_json::Value, reason: Option<&str>| {
            let choice = json!({"index": 0, "delta": delta, self.reason: reason});
            self.envelope(reply, "chat.completion.chunk", &choice, self.usage && reason.is_some())
        };
        let chunks = deltas.into_iter().map(|delta| chunk(delta, None)).collect::<Vec<_>>();
        chunks.into_iter().chain([chunk(json!({}), Some(reason(reply)))]).collect()
    }

    fn envelope(&self, reply: &Reply, object: &str, choice: &serde_json::Value, usage: bool) -> Json {
        let mut answer = json!({"id": format!("chatcmpl-{}", reply.id)});
        if self.envelope {
            answer["object"] = object.into();
            // A stand-in has no clock, and the same call must give the same answer.
            answer["created"] = 0.into();
            answer["model"] = reply.model_name().into();
        }
        answer["choices"] = json!([choice]);
        if usage {
            answer["usage"] = json!({
                "prompt_tokens": reply.input_tokens,
                "completion_tokens": reply.output_tokens,
                "total_tokens": reply.input_tokens + reply.output_tokens,
            });
        }
        answer.into()
    }
}

/// What an answer or a chunk says: both hold choices, of messages or of deltas.
pub(super) fn read(answer: &Json) -> Reading {
    let choices = items_at(answer, "/choices");
    let parts =
        choices.iter().filter_map(|choice| choice.get("message").or(choice.get("delta"))).flat_map(message);
    let reason = choices
        .iter()
        .find_map(|choice| text_at(choice, "/finish_reason").or_else(|| text_at(choice, "/stop_reason")));
    let mut reading = Reading::of(parts).stopped(reason);
    // These APIs count what the cache holds among the prompt's tokens; tutor counts it apart.
    let cache_read_tokens = count_at(answer, "/usage/prompt_tokens_details/cached_tokens");
    let cache_write_tokens = count_at(answer, "/usage/prompt_tokens_details/cache_write_tokens");
    let cached = cache_read_tokens.unwrap_or_default().saturating_add(cache_write_tokens.unwrap_or_default());
    reading.usage = Usage {
        input_tokens: count_at(answer, "/usage/prompt_tokens").map(|tokens| tokens.saturating_sub(cached)),
        output_tokens: count_at(answer, "/usage/completion_tokens"),
        cache_read_tokens,
        cache_write_tokens,
    };
    reading
}

fn message(message: &Json) -> Vec<Part> {
    let reasoning = text_at(message, "/reasoning_content").or_else(|| text_at(message, "/reasoning"));
    let reasoning = reasoning.map(str::to_owned).and_then(some).map(Part::Reasoning);
    let text = message.get("content").map(content_text).and_then(some).map(Part::Text);
    let refusal = text_at(message, "/refusal").map(|text| Part::Refusal(text.to_owned()));
    let calls = items_at(message, "/tool_calls").iter().map(|call| Part::ToolUse {
        name: text_at(call, "/function/name").unwrap_or_default().to_owned(),
        input: call.pointer("/function/arguments").cloned().unwrap_or_else(|| "".into()),
    });
    reasoning.into_iter().chain(text).chain(refusal).chain(calls).collect()
}

fn tool(tool: &Json) -> Option<Tool> {
    let function = tool.get("function")?;
    Some(Tool {
        name: text_at(function, "/name")?.to_owned(),
        description: text_at(function, "/description").map(str::to_owned),
        schema: function.get("parameters").cloned().unwrap_or(Json::Null),
    })
}

fn reason(reply: &Reply) -> &'static str {
    match reply.stop {
        Stop::End | Stop::Sequence(_) => "stop",
        Stop::Length => "length",
        Stop::ToolUse => "tool_calls",
    }
}

/// Each call's arguments as text, and the call.
fn tool_calls(reply: &Reply) -> Vec<(String, serde_json::Value)> {
    let calls = reply.parts.iter().enumerate().filter_map(|(index, part)| {
        let Part::ToolUse { name, input } = part else { return None };
        let arguments = input.to_compact();
        let call = json!({
            "id": format!("call_{}{index}", reply.id),
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        });
        Some((arguments, call))
    });
    calls.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn counted(usage: &serde_json::Value) -> (Option<u64>, Option<u64>) {
        let usage = read(&json!({"choices": [], "usage": usage}).into()).usage;
        (usage.input_tokens, usage.cache_read_tokens)
    }

    #[test]
    fn cached_tokens_are_no_input_tokens() {
        let details = json!({"cached_tokens": 60});
        let usage = json!({"prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": details});
        assert_eq!(counted(&usage), (Some(40), Some(60)));
        let absurd = json!({"prompt_tokens": 10, "prompt_tokens_details": details});
        assert_eq!(counted(&absurd), (Some(0), Some(60)), "never less than nothing");
        assert_eq!(counted(&json!({"prompt_tokens": 7, "prompt_tokens_details": null})), (Some(7), None));
    }
}
