//! Conversations of families whose turns are plain.

use serde_json::json;

use super::Conversation;
use tutor_bedrock::Json;
use tutor_bedrock::family::Prompt;

/// Messages in `OpenAI`'s own shape.
#[expect(clippy::unnecessary_wraps, reason = "one of several readers")]
pub(super) fn as_they_are(body: &Json, _prompt: &Prompt) -> Result<Conversation, String> {
    let Some(Json::Array(messages)) = body.get("messages") else { return Ok(Conversation::default()) };
    Ok(Conversation {
        messages: messages.iter().map(|message| json!(message)).collect(),
        ..Conversation::default()
    })
}

/// Cohere's Command R: earlier turns apart from the message.
#[expect(clippy::unnecessary_wraps, reason = "one of several readers")]
pub(super) fn command_r(body: &Json, prompt: &Prompt) -> Result<Conversation, String> {
    let mut messages = Vec::new();
    if let Some(system) = &prompt.system {
        messages.push(json!({"role": "system", "content": system}));
    }
    if let Some(Json::Array(turns)) = body.get("chat_history") {
        for turn in turns {
            let role = match turn.get("role").and_then(Json::as_str) {
                Some("CHATBOT") => "assistant",
                Some("SYSTEM") => "system",
                _ => "user",
            };
            messages.push(json!({"role": role, "content": turn.get("message")}));
        }
    }
    messages.push(json!({"role": "user", "content": prompt.text}));
    Ok(Conversation { messages, ..Conversation::default() })
}
