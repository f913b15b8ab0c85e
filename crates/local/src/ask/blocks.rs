//! Conversations whose turns are lists of blocks: Claude's Messages, and Converse with Nova.

use serde_json::{Value, json};

use super::Conversation;
use tutor_bedrock::Json;
use tutor_bedrock::family::Prompt;

/// A block of a turn, whoever wrote it.
enum Block {
    Text(String),
    /// An image as a data URL.
    Image(String),
    ToolUse {
        id: String,
        name: String,
        input: Json,
    },
    ToolResult {
        id: String,
        text: String,
    },
    /// Something that a model need not see, by its name.
    Left(&'static str),
}

/// Reads one block.
type ReadBlock = fn(&Json) -> Result<Block, String>;

/// Claude's messages.
pub(super) fn claude(body: &Json, prompt: &Prompt) -> Result<Conversation, String> {
    conversation(body, prompt, claude_block)
}

/// Converse's messages, which are Nova's too.
pub(super) fn converse(body: &Json, prompt: &Prompt) -> Result<Conversation, String> {
    conversation(body, prompt, converse_block)
}

fn conversation(body: &Json, prompt: &Prompt, read: ReadBlock) -> Result<Conversation, String> {
    let mut out = Conversation::default();
    if let Some(system) = &prompt.system {
        out.messages.push(json!({"role": "system", "content": system}));
    }
    let Some(Json::Array(messages)) = body.get("messages") else { return Ok(out) };
    for message in messages {
        let role = text(message, "/role").unwrap_or("user");
        let blocks = match message.get("content") {
            Some(Json::String(text)) => vec![Block::Text(text.clone())],
            Some(Json::Array(blocks)) => blocks.iter().map(read).collect::<Result<_, _>>()?,
            _ => Vec::new(),
        };
        turn(&mut out, role, blocks);
    }
    Ok(out)
}

/// One turn as one message, its tools' results as messages before it.
fn turn(out: &mut Conversation, role: &str, blocks: Vec<Block>) {
    let (mut parts, mut calls): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for block in blocks {
        match block {
            Block::Text(text) => parts.push(json!({"type": "text", "text": text})),
            Block::Image(url) => parts.push(json!({"type": "image_url", "image_url": {"url": url}})),
            Block::ToolUse { id, name, input } => calls.push(json!({
                "id": id,
                "type": "function",
                "function": {"name": name, "arguments": input.to_compact()},
            })),
            Block::ToolResult { id, text } => {
                out.messages.push(json!({"role": "tool", "tool_call_id": id, "content": text}));
            }
            Block::Left(what) => out.not_passed_on.push(what.to_owned()),
        }
    }
    if parts.is_empty() && calls.is_empty() {
        return;
    }
    // Many servers take a list only where there is more than text.
    let is_plain = parts.iter().all(|part| part["type"] == "text");
    let content: Value = if is_plain {
        let texts: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
        texts.join("\n").into()
    } else {
        parts.into()
    };
    let mut message = json!({"role": role, "content": content});
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    out.messages.push(message);
}

fn text<'j>(json: &'j Json, place: &str) -> Option<&'j str> {
    json.pointer(place)?.as_str()
}

fn refused(what: &str) -> String {
    format!("local servers take no {what}")
}

fn claude_block(block: &Json) -> Result<Block, String> {
    match text(block, "/type").unwrap_or_default() {
        "text" => Ok(Block::Text(text(block, "/text").unwrap_or_default().to_owned())),
        "image" => {
            let data = text(block, "/source/data").ok_or_else(|| refused("images by address"))?;
            let media_type = text(block, "/source/media_type").unwrap_or("image/png");
            Ok(Block::Image(format!("data:{media_type};base64,{data}")))
        }
        "tool_use" => Ok(Block::ToolUse {
            id: text(block, "/id").unwrap_or_default().to_owned(),
            name: text(block, "/name").unwrap_or_default().to_owned(),
            input: block.get("input").cloned().unwrap_or(Json::Null),
        }),
        "tool_result" => Ok(Block::ToolResult {
            id: text(block, "/tool_use_id").unwrap_or_default().to_owned(),
            text: block.get("content").map(content).unwrap_or_default(),
        }),
        "thinking" | "redacted_thinking" => Ok(Block::Left("the thinking of earlier turns")),
        other => Err(refused(&format!("blocks of type `{other}`"))),
    }
}

fn converse_block(block: &Json) -> Result<Block, String> {
    let Json::Object(members) = block else { return Err(refused("such blocks")) };
    let Some((name, value)) = members.iter().next() else { return Err(refused("empty blocks")) };
    match name {
        "text" => Ok(Block::Text(value.as_str().unwrap_or_default().to_owned())),
        "image" => {
            let bytes = text(value, "/source/bytes").ok_or_else(|| refused("images outside the request"))?;
            let format = text(value, "/format").unwrap_or("png");
            Ok(Block::Image(format!("data:image/{format};base64,{bytes}")))
        }
        "toolUse" => Ok(Block::ToolUse {
            id: text(value, "/toolUseId").unwrap_or_default().to_owned(),
            name: text(value, "/name").unwrap_or_default().to_owned(),
            input: value.get("input").cloned().unwrap_or(Json::Null),
        }),
        "toolResult" => Ok(Block::ToolResult {
            id: text(value, "/toolUseId").unwrap_or_default().to_owned(),
            text: value.get("content").map(content).unwrap_or_default(),
        }),
        "guardContent" => Ok(Block::Text(text(value, "/text/text").unwrap_or_default().to_owned())),
        "cachePoint" => Ok(Block::Left("cache points")),
        "reasoningContent" => Ok(Block::Left("the thinking of earlier turns")),
        other => Err(refused(&format!("`{other}` blocks"))),
    }
}

/// What a tool gave back, as text.
fn content(content: &Json) -> String {
    let Json::Array(blocks) = content else {
        return content.as_str().map_or_else(|| content.to_compact(), str::to_owned);
    };
    let texts = blocks.iter().map(|block| match (text(block, "/text"), block.get("json")) {
        (Some(text), _) => text.to_owned(),
        (None, Some(json)) => json.to_compact(),
        (None, None) => block.to_compact(),
    });
    texts.collect::<Vec<_>>().join("\n")
}
