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
    /// Whose way of answering it is.
    pub(super) way: Way,
}

/// How a maker's answers are made beside their content (recorded traffic of 2025 and 2026).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// `object`, `created`, `model`; no counts.
    Mistral,
    /// Counts, how long it took, and the model's public name.
    Ai21,
    /// All of `OpenAI`'s members.
    OpenAi,
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
        let mut message = match self.way {
            Way::OpenAi => json!({"role": "assistant", "content": content, "refusal": null}),
            Way::Ai21 => json!({"role": "assistant", "content": content, "tool_calls": null}),
            Way::Mistral => json!({"role": "assistant", "content": content}),
        };
        let calls = tool_calls(reply);
        if !calls.is_empty() {
            message["tool_calls"] = calls.into_iter().map(|(_, call)| call).collect();
        }
        let mut choice = json!({"index": 0, "message": message, self.reason: reason(reply)});
        if self.way == Way::OpenAi {
            choice["logprobs"] = serde_json::Value::Null;
        }
        let mut answer = self.envelope(reply, "chat.completion", Some(choice));
        if self.way != Way::Mistral {
            answer["usage"] = usage(reply);
        }
        if self.way == Way::Ai21 {
            answer["meta"] = json!({"requestDurationMillis": reply.latency_ms});
            answer["model"] = public_name(reply).into();
        }
        answer.into()
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
        // OpenAI's models say why they stop with the last words, others in a chunk of its own.
        if self.way != Way::OpenAi || reply.stop == Stop::ToolUse || deltas.len() == 1 {
            deltas.push(json!({}));
        }
        let last = deltas.len() - 1;
        let chunk = |(at, delta): (usize, serde_json::Value)| {
            let choice =
                json!({"index": 0, "delta": delta, self.reason: (at == last).then(|| reason(reply))});
            let mut chunk = self.envelope(reply, "chat.completion.chunk", Some(choice));
            if self.way == Way::Ai21 && at == last {
                chunk["usage"] = usage(reply);
            }
            chunk
        };
        let mut chunks: Vec<_> = deltas.into_iter().enumerate().map(chunk).collect();
        let wanted = reply.body.pointer("/stream_options/include_usage").and_then(Json::as_bool);
        if self.way == Way::OpenAi && wanted == Some(true) {
            let mut counted = self.envelope(reply, "chat.completion.chunk", None);
            counted["usage"] = usage(reply);
            chunks.push(counted);
        }
        chunks.into_iter().map(Json::from).collect()
    }

    fn envelope(&self, reply: &Reply, object: &str, choice: Option<serde_json::Value>) -> serde_json::Value {
        let mut answer = json!({"id": format!("chatcmpl-{}", reply.uuid("answer"))});
        if self.way != Way::Ai21 {
            answer["object"] = object.into();
            // A stand-in has no clock, and the same call must give the same answer.
            answer["created"] = 0.into();
            answer["model"] = match self.way {
                Way::OpenAi => crate::model_id::bare(&reply.model_id).into(),
                _ => reply.model_name().into(),
            };
        }
        if self.way == Way::OpenAi {
            let asked = text_at(&reply.body, "/service_tier");
            answer["service_tier"] = asked.filter(|tier| *tier != "auto").unwrap_or("default").into();
        }
        answer["choices"] = choice.into_iter().collect();
        answer
    }
}

fn usage(reply: &Reply) -> serde_json::Value {
    json!({
        "prompt_tokens": reply.input_tokens,
        "completion_tokens": reply.output_tokens,
        "total_tokens": reply.input_tokens + reply.output_tokens,
    })
}

/// `jamba-1.5-mini` of `ai21.jamba-1-5-mini-v1:0`.
fn public_name(reply: &Reply) -> String {
    reply.model_name().replacen("-1-5", "-1.5", 1)
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
