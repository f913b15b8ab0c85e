//! From a call in a family's dialect to a request of the server.
//!
//! What the server takes is passed on; what it does not is named in [`Asked::not_passed_on`], never
//! dropped in silence; what would change the question, such as a document, is refused.

mod blocks;
mod chat;

use serde_json::{Map, Value, json};

use super::server::Engine;
use tutor_bedrock::family::{self, Family, Makes, Prompt, ToolChoice, compatible};
use tutor_bedrock::{Call, Json, Operation};

/// A request of the server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// Which of its interfaces.
    pub(crate) road: Road,
    /// The body, without `model` and `stream`.
    pub(crate) body: Map<String, Value>,
    /// What of the call could not be passed on, in its own words.
    pub(crate) not_passed_on: Vec<String>,
    /// Whether the answer's text is the tool call that the request demands.
    pub(crate) demands_tool: bool,
}

/// The server's interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Road {
    Chat,
    Completion,
    Embeddings,
}

impl Road {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Road::Chat => "/v1/chat/completions",
            Road::Completion => "/v1/completions",
            Road::Embeddings => "/v1/embeddings",
        }
    }
}

/// Whether the model that answers has the weights of the one asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weights {
    Same,
    Other,
}

/// A conversation as the chat interface takes it.
#[derive(Debug, Default)]
struct Conversation {
    messages: Vec<Value>,
    not_passed_on: Vec<String>,
}

/// Reads the conversation in a body.
type ReadConversation = fn(&Json, &Prompt) -> Result<Conversation, String>;

/// Who writes conversations how; every other family's body is one turn after a system prompt.
const CONVERSATIONS: [(&str, ReadConversation); 6] = [
    ("claude-messages", blocks::claude),
    ("nova", blocks::converse),
    ("cohere-command-r", chat::command_r),
    ("mistral-chat", chat::as_they_are),
    ("openai-chat", chat::as_they_are),
    ("jamba", chat::as_they_are),
];

fn conversation_of(family: &str) -> Option<ReadConversation> {
    CONVERSATIONS.iter().find(|(id, _)| *id == family).map(|(_, read)| *read)
}

/// What to ask for `call`.
///
/// # Errors
/// Why a local model cannot be asked this, as a clause.
pub(crate) fn asked(
    call: &Call,
    family: &dyn Family,
    weights: Weights,
    engine: Engine,
) -> Result<Asked, String> {
    let prompt = family::prompt(call, family);
    match family.makes() {
        Makes::Images => {
            Err(format!("local servers make no pictures, and {} is asked for one", family.name()))
        }
        Makes::Rankings => Err(format!("local servers rank nothing, and {} is asked to", family.name())),
        Makes::Vectors => Ok(embeddings(&prompt)),
        Makes::Text => text(call, family, &prompt, weights, engine),
    }
}

fn embeddings(prompt: &Prompt) -> Asked {
    let texts: Vec<&String> = std::iter::once(&prompt.text).chain(&prompt.further_texts).collect();
    let mut body = Map::new();
    body.insert("input".into(), json!(texts));
    let not_passed_on = prompt.dimensions.map(|length| format!("dimensions {length}")).into_iter().collect();
    Asked { road: Road::Embeddings, body, not_passed_on, demands_tool: false }
}

fn text(
    call: &Call,
    family: &dyn Family,
    prompt: &Prompt,
    weights: Weights,
    engine: Engine,
) -> Result<Asked, String> {
    let native = call.operation.is_native();
    let raw = ["/prompt", "/inputText"].iter().find_map(|place| call.body.pointer(place)?.as_str());
    let mut body = Map::new();
    let (road, mut not_passed_on) = match raw.filter(|_| native) {
        Some(raw) if weights == Weights::Same => {
            body.insert("prompt".into(), raw.into());
            (Road::Completion, Vec::new())
        }
        Some(raw) => {
            body.insert("messages".into(), one_turn(prompt).messages.into());
            (
                Road::Chat,
                if has_earlier_turns(raw) {
                    vec!["earlier turns of the prompt".to_owned()]
                } else {
                    Vec::new()
                },
            )
        }
        None => {
            let read = match call.operation {
                Operation::Converse | Operation::ConverseStream => Some(blocks::converse as ReadConversation),
                Operation::Messages => conversation_of("claude-messages"),
                Operation::ChatCompletions => conversation_of("openai-chat"),
                Operation::Responses => None,
                _ => conversation_of(family.id()),
            };
            let conversation = read.map_or_else(|| Ok(one_turn(prompt)), |read| read(&call.body, prompt))?;
            body.insert("messages".into(), conversation.messages.into());
            (Road::Chat, conversation.not_passed_on)
        }
    };
    options(&mut body, prompt);
    tools(&mut body, prompt);
    let written = match compatible::of(call.operation) {
        Some(api) => api.body(&call.model_id, prompt).ok(),
        None if native => family.body(prompt).ok(),
        None => tutor_bedrock::family::converse::body(prompt).ok(),
    };
    let mut left = Leftovers { body: &mut body, engine, not_passed_on: &mut not_passed_on };
    left.of(&call.body, written.as_ref(), "");
    not_passed_on.dedup();
    let demands_tool =
        engine.forces_tools_by_schema() && !prompt.tools.is_empty() && prompt.tool_choice != ToolChoice::Auto;
    if demands_tool {
        demand(&mut body, prompt);
    }
    Ok(Asked { road, body, not_passed_on, demands_tool })
}

fn one_turn(prompt: &Prompt) -> Conversation {
    let system = prompt.system.iter().map(|text| json!({"role": "system", "content": text}));
    let user = json!({"role": "user", "content": prompt.text});
    Conversation { messages: system.chain([user]).collect(), not_passed_on: Vec::new() }
}

/// Whether a prompt with turns marked inside has more than the one that its template gives.
fn has_earlier_turns(raw: &str) -> bool {
    ["[INST]", "\nHuman:", "<|start_header_id|>user", "<|header_start|>user", "\nUser:", "<｜User｜>"]
        .iter()
        .any(|mark| raw.matches(mark).count() > 1)
}

fn options(body: &mut Map<String, Value>, prompt: &Prompt) {
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    put("max_tokens", prompt.max_tokens.map(Value::from));
    put("temperature", prompt.temperature.map(Value::from));
    put("top_p", prompt.top_p.map(Value::from));
    put("stop", (!prompt.stop.is_empty()).then(|| json!(prompt.stop)));
    put("seed", prompt.seed.map(Value::from));
}

fn tools(body: &mut Map<String, Value>, prompt: &Prompt) {
    if prompt.tools.is_empty() {
        return;
    }
    let tools = prompt.tools.iter().map(|tool| {
        let mut function = json!({"name": tool.name, "parameters": tool.schema});
        if let Some(description) = &tool.description {
            function["description"] = description.as_str().into();
        }
        json!({"type": "function", "function": function})
    });
    body.insert("tools".into(), tools.collect::<Vec<_>>().into());
    let choice = match &prompt.tool_choice {
        ToolChoice::Auto => return,
        ToolChoice::Any => json!("required"),
        ToolChoice::Named(name) => json!({"type": "function", "function": {"name": name}}),
    };
    body.insert("tool_choice".into(), choice);
}

/// Has a tool called by a schema that only a call fits, for servers that pass over `tool_choice`.
fn demand(body: &mut Map<String, Value>, prompt: &Prompt) {
    let named = |name: &str| match &prompt.tool_choice {
        ToolChoice::Named(wanted) => wanted == name,
        _ => true,
    };
    let calls = prompt.tools.iter().filter(|tool| named(&tool.name)).map(|tool| {
        let properties = json!({"name": {"const": tool.name}, "arguments": tool.schema});
        json!({"type": "object", "properties": properties, "required": ["name", "arguments"], "additionalProperties": false})
    });
    let mut calls: Vec<Value> = calls.collect();
    let schema = if calls.len() == 1 { calls.remove(0) } else { json!({"anyOf": calls}) };
    let schema = json!({"name": "call", "schema": schema, "strict": true});
    body.insert("response_format".into(), json!({"type": "json_schema", "json_schema": schema}));
    body.remove("tool_choice");
    let tools = body.remove("tools").unwrap_or_default();
    let words = format!(
        "Call one of these tools. Write its name and its arguments as JSON, and nothing else: {tools}"
    );
    if let Some(Value::Array(messages)) = body.get_mut("messages") {
        messages.insert(0, json!({"role": "system", "content": words}));
    }
}

/// What a body holds beyond what its family writes for the same prompt.
struct Leftovers<'a> {
    body: &'a mut Map<String, Value>,
    engine: Engine,
    not_passed_on: &'a mut Vec<String>,
}

/// Members that are read elsewhere, or say nothing to a model.
const READ: [&str; 17] = [
    "messages",
    "system",
    "tools",
    "toolConfig",
    "tool_choice",
    "toolChoice",
    "message",
    "chat_history",
    "preamble",
    "anthropic_version",
    "schemaVersion",
    "stream",
    "max_tokens",
    "max_completion_tokens",
    "requestMetadata",
    "model",
    "stop_sequences",
];

/// Members that the chat interface has under the same name.
const SAME: [&str; 5] =
    ["seed", "response_format", "frequency_penalty", "presence_penalty", "reasoning_effort"];

impl Leftovers<'_> {
    fn of(&mut self, body: &Json, written: Option<&Json>, within: &str) {
        let Json::Object(members) = body else { return };
        for (name, value) in members {
            let known = written.and_then(|written| written.get(name));
            match (name, value) {
                ("additionalModelRequestFields", value) => self.of(value, None, ""),
                ("inferenceConfig" | "textGenerationConfig", value) => self.of(value, known, name),
                ("outputConfig" | "output_config" | "output_format", value) => self.schema(value, name),
                ("top_k" | "topK" | "k", value) if self.engine.takes_top_k() => {
                    self.body.insert("top_k".into(), json!(value));
                }
                ("toolConfig", _) => {}
                (name, value) if SAME.contains(&name) => {
                    self.body.insert(name.to_owned(), json!(value));
                }
                (_, Json::Null) => {}
                (_, Json::Array(items)) if items.is_empty() => {}
                (name, _) if READ.contains(&name) || known.is_some() => {}
                (name, _) => {
                    let dot = if within.is_empty() { "" } else { "." };
                    self.not_passed_on.push(format!("{within}{dot}{name}"));
                }
            }
        }
    }

    /// A JSON schema that the answer must have, in any of the places where Bedrock takes one.
    fn schema(&mut self, config: &Json, name: &str) {
        let places = ["/textFormat/structure/jsonSchema/schema", "/format/schema", "/schema"];
        let schema = places.iter().find_map(|place| config.pointer(place));
        let parsed = match schema {
            Some(Json::String(text)) => Json::parse(text.as_bytes()).ok(),
            other => other.cloned(),
        };
        match parsed {
            Some(schema) => {
                let named = json!({"name": "answer", "schema": schema, "strict": true});
                self.body
                    .insert("response_format".into(), json!({"type": "json_schema", "json_schema": named}));
            }
            None => self.not_passed_on.push(name.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
