//! `OpenAI`'s Responses, on both hosts (recorded traffic of `bedrock-mantle` and AWS's published outputs, read
//! 2026-11-27).

use serde_json::{Value, json};

use super::Api;
use crate::answer::Frame;
use crate::call::Call;
use crate::family::prompt::{Field, Prompt, TEXT, Tool, ToolChoice, Unsupported};
use crate::family::reading::{Part, Reading, Usage};
use crate::family::reply::{Reply, Stop, estimated_tokens, pieces};
use crate::family::shape::{
    Object, Options, Value as _, content_text, count_at, items_at, last_user_text, some, text_at,
};
use crate::json::Json;

pub(super) struct Responses;

const OPTIONS: Options =
    Options { max_tokens: "max_output_tokens", temperature: "temperature", top_p: "top_p", stop: "" };

impl Api for Responses {
    fn path(&self) -> &'static str {
        "/responses"
    }

    fn output_limit(&self) -> &'static str {
        OPTIONS.max_tokens
    }

    fn content(&self) -> &'static str {
        "output"
    }

    fn body(&self, model_id: &str, prompt: &Prompt) -> Result<Json, Unsupported> {
        let fields: Vec<Field> = TEXT.iter().copied().filter(|field| *field != Field::Stop).collect();
        prompt.only("Responses", &[&fields, &[Field::Tools]])?;
        let body = Object::new()
            .put("model", model_id)
            .put("input", prompt.text.as_str())
            .maybe("instructions", prompt.system.as_deref());
        let tools = prompt.tools.iter().map(|tool| {
            Object::new()
                .put("type", "function")
                .put("name", tool.name.as_str())
                .maybe("description", tool.description.as_deref())
                .put("parameters", tool.schema.clone())
                .json()
        });
        let choice = match &prompt.tool_choice {
            _ if prompt.tools.is_empty() => None,
            ToolChoice::Auto => None,
            ToolChoice::Any => Some(json!("required")),
            ToolChoice::Named(name) => Some(json!({"type": "function", "name": name})),
        };
        let body = OPTIONS.write(body, prompt).list("tools", tools.collect());
        Ok(body.maybe("tool_choice", choice).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let items = items_at(body, "/input");
        let of_items = items
            .iter()
            .filter(|item| matches!(text_at(item, "/role"), Some("system" | "developer")))
            .filter_map(|item| item.get("content").map(content_text).and_then(some));
        let instructions = text_at(body, "/instructions").map(str::to_owned).into_iter().chain(of_items);
        let mut prompt = Prompt {
            system: some(instructions.collect::<Vec<_>>().join("\n\n")),
            text: match body.get("input") {
                Some(Json::String(text)) => text.clone(),
                _ => last_user_text(items),
            },
            tools: items_at(body, "/tools").iter().filter_map(tool).collect(),
            tool_choice: match body.get("tool_choice") {
                Some(Json::String(word)) if word == "required" => ToolChoice::Any,
                Some(choice) => text_at(choice, "/name")
                    .map_or(ToolChoice::Auto, |name| ToolChoice::Named(name.to_owned())),
                None => ToolChoice::Auto,
            },
            ..Prompt::default()
        };
        OPTIONS.read(Some(body), &mut prompt);
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        let mut reading = Reading::of(items_at(answer, "/output").iter().flat_map(item_parts));
        reading.absorb(ending(answer));
        reading
    }

    fn read_event(&self, name: &str, event: &Json) -> Reading {
        let delta = || text_at(event, "/delta").map(str::to_owned);
        match name {
            "response.output_text.delta" => Reading::of(delta().map(Part::Text)),
            "response.reasoning_text.delta" | "response.reasoning_summary_text.delta" => {
                Reading::of(delta().map(Part::Reasoning))
            }
            "response.output_item.added" => Reading::of(event.get("item").and_then(|item| {
                (text_at(item, "/type")? == "function_call").then_some(())?;
                Some(Part::ToolUse { name: text_at(item, "/name")?.to_owned(), input: "".into() })
            })),
            "response.function_call_arguments.delta" => Reading::of(
                delta().map(|delta| Part::ToolUse { name: String::new(), input: Json::String(delta) }),
            ),
            "response.refusal.done" => {
                Reading::of(text_at(event, "/refusal").map(|text| Part::Refusal(text.to_owned())))
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                event.get("response").map(ending).unwrap_or_default()
            }
            _ => Reading::default(),
        }
    }

    fn is_last(&self, name: &str, _event: &Json) -> bool {
        matches!(name, "response.completed" | "response.incomplete" | "response.failed")
    }

    fn answer(&self, call: &Call, reply: &Reply) -> Json {
        envelope(call, reply, &items(reply), State::Done).into()
    }

    fn events(&self, call: &Call, reply: &Reply) -> Vec<Frame> {
        let mut stream = Stream::default();
        let begun = envelope(call, reply, &[], State::Begun);
        stream.send("response.created", json!({"response": begun}));
        stream.send("response.in_progress", json!({"response": begun}));
        let items = items(reply);
        for (index, (item, part)) in items.iter().zip(said(reply)).enumerate() {
            stream.item(index, item, part);
        }
        let name = if reply.stop == Stop::Length { "response.incomplete" } else { "response.completed" };
        stream.send(name, json!({"response": envelope(call, reply, &items, State::Done)}));
        stream.frames
    }
}

fn tool(tool: &Json) -> Option<Tool> {
    Some(Tool {
        name: text_at(tool, "/name")?.to_owned(),
        description: text_at(tool, "/description").map(str::to_owned),
        schema: tool.get("parameters").cloned().unwrap_or(Json::Null),
    })
}

/// What one item of an answer's output says.
fn item_parts(item: &Json) -> Vec<Part> {
    let texts = |pointer: &str| -> Vec<Part> {
        let texts = items_at(item, pointer).iter().filter_map(|part| text_at(part, "/text"));
        texts.map(|text| Part::Reasoning(text.to_owned())).collect()
    };
    match text_at(item, "/type") {
        Some("message") => {
            let part = |part: &Json| match (text_at(part, "/text"), text_at(part, "/refusal")) {
                (Some(text), _) => Some(Part::Text(text.to_owned())),
                (None, refusal) => refusal.map(|text| Part::Refusal(text.to_owned())),
            };
            items_at(item, "/content").iter().filter_map(part).collect()
        }
        Some("reasoning") => [texts("/summary"), texts("/content")].concat(),
        Some("function_call") => vec![Part::ToolUse {
            name: text_at(item, "/name").unwrap_or_default().to_owned(),
            input: item.get("arguments").cloned().unwrap_or_else(|| "".into()),
        }],
        _ => Vec::new(),
    }
}

/// Why a response ended, and what it counts. Cached tokens are counted apart.
fn ending(response: &Json) -> Reading {
    let reason = text_at(response, "/incomplete_details/reason").or_else(|| text_at(response, "/status"));
    let count = |pointer: &str| count_at(response, pointer);
    let cache_read_tokens = count("/usage/input_tokens_details/cached_tokens");
    let cache_write_tokens = count("/usage/input_tokens_details/cache_write_tokens");
    let cached = cache_read_tokens.unwrap_or_default().saturating_add(cache_write_tokens.unwrap_or_default());
    let usage = Usage {
        input_tokens: count("/usage/input_tokens").map(|tokens| tokens.saturating_sub(cached)),
        output_tokens: count("/usage/output_tokens"),
        cache_read_tokens,
        cache_write_tokens,
    };
    Reading { usage, ..Reading::default().stopped(reason) }
}

/// The parts that have an item.
fn said(reply: &Reply) -> impl Iterator<Item = &Part> {
    let has_item = |part: &&Part| matches!(part, Part::Text(_) | Part::Reasoning(_) | Part::ToolUse { .. });
    reply.parts.iter().filter(has_item)
}

/// The items of a whole answer's output.
fn items(reply: &Reply) -> Vec<Value> {
    let item = |(index, part): (usize, &Part)| match part {
        Part::Reasoning(text) => json!({
            "id": format!("rs_{}{index}", reply.id),
            "type": "reasoning",
            "summary": [],
            "content": [{"type": "reasoning_text", "text": text}],
        }),
        Part::ToolUse { name, input } => json!({
            "id": format!("fc_{}{index}", reply.id),
            "type": "function_call",
            "call_id": format!("call_{}{index}", reply.id),
            "name": name,
            "arguments": input.to_compact(),
            "status": "completed",
        }),
        Part::Text(text) => json!({
            "id": format!("msg_{}{index}", reply.id),
            "type": "message",
            "role": "assistant",
            "status": if reply.stop == Stop::Length { "incomplete" } else { "completed" },
            "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
        }),
        _ => Value::Null,
    };
    said(reply).enumerate().map(item).collect()
}

/// How far a response is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Begun,
    Done,
}

/// A response with these items; what the request says of itself is repeated.
fn envelope(call: &Call, reply: &Reply, items: &[Value], state: State) -> Value {
    let body = &reply.body;
    let asked = |name: &str, otherwise: Value| {
        body.get(name).filter(|value| !value.is_null()).map_or(otherwise, |value| json!(value))
    };
    let tier = match (state, text_at(body, "/service_tier")) {
        (State::Begun, None) => "auto",
        (_, None | Some("auto")) => "default",
        (_, Some(tier)) => tier,
    };
    let cut = reply.stop == Stop::Length;
    let status = match state {
        State::Begun => "in_progress",
        State::Done if cut => "incomplete",
        State::Done => "completed",
    };
    let done = state == State::Done;
    json!({
        "id": format!("resp_{}", reply.id),
        "object": "response",
        // A stand-in has no clock, and the same call must give the same answer.
        "created_at": 0,
        "status": status,
        "background": false,
        "error": null,
        "incomplete_details": (done && cut).then(|| json!({"reason": "max_output_tokens"})),
        "instructions": asked("instructions", Value::Null),
        "max_output_tokens": asked("max_output_tokens", Value::Null),
        "max_tool_calls": asked("max_tool_calls", Value::Null),
        "metadata": asked("metadata", json!({})),
        "model": call.model_id,
        "output": items,
        "parallel_tool_calls": asked("parallel_tool_calls", json!(true)),
        "previous_response_id": asked("previous_response_id", Value::Null),
        "prompt_cache_key": asked("prompt_cache_key", Value::Null),
        "reasoning": asked("reasoning", json!({"effort": null, "summary": null})),
        "safety_identifier": asked("safety_identifier", Value::Null),
        "service_tier": tier,
        "store": asked("store", json!(true)),
        "temperature": asked("temperature", json!(1.0)),
        "text": asked("text", json!({"format": {"type": "text"}})),
        "tool_choice": asked("tool_choice", json!("auto")),
        "tools": asked("tools", json!([])),
        "top_logprobs": asked("top_logprobs", json!(0)),
        "top_p": asked("top_p", json!(1.0)),
        "truncation": asked("truncation", json!("disabled")),
        "user": asked("user", Value::Null),
        "usage": done.then(|| usage(reply)),
    })
}

fn usage(reply: &Reply) -> Value {
    let thoughts: usize = reply
        .parts
        .iter()
        .map(|part| if let Part::Reasoning(text) = part { estimated_tokens(text).len() } else { 0 })
        .sum();
    json!({
        "input_tokens": reply.input_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": reply.output_tokens,
        "output_tokens_details": {"reasoning_tokens": thoughts},
        "total_tokens": reply.input_tokens + reply.output_tokens,
    })
}

/// A stream under way: every event carries its number.
#[derive(Default)]
struct Stream {
    frames: Vec<Frame>,
}

impl Stream {
    fn send(&mut self, name: &str, members: Value) {
        let mut event = json!({"type": name, "sequence_number": self.frames.len()});
        if let (Value::Object(event), Value::Object(members)) = (&mut event, members) {
            event.extend(members);
        }
        self.frames.push(super::event(name, event));
    }

    /// An item from its beginning to its end.
    fn item(&mut self, index: usize, item: &Value, part: &Part) {
        let at = json!({"output_index": index, "item_id": item["id"]});
        let with = |members: Value| {
            let mut all = at.clone();
            if let (Value::Object(all), Value::Object(members)) = (&mut all, members) {
                all.extend(members);
            }
            all
        };
        let mut begun = item.clone();
        match part {
            Part::ToolUse { input, .. } => {
                begun["arguments"] = "".into();
                begun["status"] = "in_progress".into();
                self.send("response.output_item.added", json!({"output_index": index, "item": begun}));
                let arguments = input.to_compact();
                for piece in pieces(&arguments) {
                    self.send("response.function_call_arguments.delta", with(json!({"delta": piece})));
                }
                let done = with(json!({"name": item["name"], "arguments": arguments}));
                self.send("response.function_call_arguments.done", done);
            }
            Part::Text(text) | Part::Reasoning(text) => {
                let kind = if matches!(part, Part::Text(_)) { "output_text" } else { "reasoning_text" };
                begun["content"] = json!([]);
                if kind == "output_text" {
                    begun["status"] = "in_progress".into();
                }
                self.send("response.output_item.added", json!({"output_index": index, "item": begun}));
                let mut empty = item["content"][0].clone();
                empty["text"] = "".into();
                let at_content = |members: Value| {
                    let mut all = with(members);
                    all["content_index"] = 0.into();
                    all
                };
                self.send("response.content_part.added", at_content(json!({"part": empty})));
                for piece in pieces(text) {
                    let mut delta = json!({"delta": piece});
                    if kind == "output_text" {
                        delta["logprobs"] = json!([]);
                    }
                    self.send(&format!("response.{kind}.delta"), at_content(delta));
                }
                let mut done = json!({"text": item["content"][0]["text"]});
                if kind == "output_text" {
                    done["logprobs"] = json!([]);
                }
                self.send(&format!("response.{kind}.done"), at_content(done));
                self.send("response.content_part.done", at_content(json!({"part": item["content"][0]})));
            }
            _ => {}
        }
        self.send("response.output_item.done", json!({"output_index": index, "item": item}));
    }
}
