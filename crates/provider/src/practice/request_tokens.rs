//! The estimated input tokens of a request: its words, the tools it offers, the media it holds.
//!
//! What a model adds for tools and media is rounded from the counts of genuine answers of 2024 to 2026;
//! words count by the rule of every text here.

use tutor_bedrock::{Json, model_id};
use tutor_catalog::measure::image_size;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::tokens::of_text;

/// What a model adds for tools: tokens for having any, and for every thousand characters of their
/// definitions in compact JSON.
struct Tools {
    model: &'static str,
    any: u64,
    per_thousand: u64,
}

/// By what a bare id starts with; the first that fits, else [`OTHERS`].
const TOOLS: [Tools; 7] = [
    Tools { model: "anthropic.claude-3", any: 250, per_thousand: 180 },
    Tools { model: "anthropic.", any: 500, per_thousand: 150 },
    Tools { model: "amazon.nova-2", any: 770, per_thousand: 800 },
    Tools { model: "amazon.nova", any: 320, per_thousand: 300 },
    Tools { model: "meta.", any: 80, per_thousand: 360 },
    Tools { model: "cohere.", any: 0, per_thousand: 0 },
    Tools { model: "mistral.", any: 60, per_thousand: 250 },
];

const OTHERS: Tools = Tools { model: "", any: 65, per_thousand: 180 };

/// Pixels of an image that cost a token (Anthropic, Vision), and the most tokens that one costs.
const PIXELS_PER_TOKEN: u64 = 750;
const MOST_FOR_AN_IMAGE: u64 = 1600;
/// What an image costs whose size cannot be told, such as one in S3 or behind a URL.
const UNSEEN_IMAGE: u64 = 1000;
/// Bytes of a document that cost a token: of text, and of anything packed, such as PDF.
const TEXT_BYTES_PER_TOKEN: u64 = 4;
const PACKED_BYTES_PER_TOKEN: u64 = 25;
/// The least that a packed document costs, which a model gets as text and as an image of every page.
const LEAST_FOR_A_DOCUMENT: u64 = 500;
/// What a video or a sound costs.
const MOVING: u64 = 2500;

/// Members that hold settings rather than words.
const WORDLESS: [&str; 9] = [
    "anthropic_version",
    "schemaVersion",
    "role",
    "type",
    "media_type",
    "format",
    "model",
    "tools",
    "toolConfig",
];

/// Members that hold a picture, in any dialect.
const PICTURES: [&str; 7] =
    ["image", "images", "inputImage", "maskImage", "init_image", "mask_image", "image_url"];

/// The estimate for `model_id`.
pub(super) fn of_request(model_id: &str, body: &Json) -> u64 {
    let definitions = tools(body);
    if definitions.is_empty() {
        return words(body);
    }
    let bare = model_id::bare(model_id);
    let row = TOOLS.iter().find(|row| bare.starts_with(row.model)).unwrap_or(&OTHERS);
    let characters: u64 = definitions.iter().map(|tool| tool.to_compact().chars().count() as u64).sum();
    words(body) + row.any + characters * row.per_thousand / 1000
}

fn tools(body: &Json) -> Vec<&Json> {
    let list = body.get("tools").or_else(|| body.pointer("/toolConfig/tools")).and_then(Json::as_array);
    let tools = list.unwrap_or_default().iter().map(|tool| tool.get("toolSpec").unwrap_or(tool));
    tools.filter(|tool| tool.get("cachePoint").is_none()).collect()
}

fn words(json: &Json) -> u64 {
    match json {
        Json::String(text) => of_text(text),
        Json::Array(items) => items.iter().map(words).sum(),
        Json::Object(map) => {
            // Claude's blocks: what they are stands in `type`, the file in `source`.
            match map.get("type").and_then(Json::as_str) {
                Some("image") if map.get("source").is_some() => return picture(json),
                Some("document") if map.get("source").is_some() => return document(json),
                _ => {}
            }
            let members = map.iter().filter(|(key, _)| !WORDLESS.contains(key));
            members
                .map(|(key, value)| match key {
                    "document" if value.get("source").is_some() => document(value),
                    "video" | "audio" if value.get("source").is_some() => MOVING,
                    key if PICTURES.contains(&key) => pictures(value),
                    "bytes" | "data" => 0,
                    _ => words(value),
                })
                .sum()
        }
        _ => 0,
    }
}

fn pictures(value: &Json) -> u64 {
    match value {
        Json::Array(items) => items.iter().map(picture).sum(),
        one => picture(one),
    }
}

/// By its pixels, where the file is at hand.
fn picture(block: &Json) -> u64 {
    let Some(size) = file(block).and_then(|bytes| image_size(&bytes)) else { return UNSEEN_IMAGE };
    let pixels = u64::from(size.0) * u64::from(size.1);
    (pixels / PIXELS_PER_TOKEN).clamp(1, MOST_FOR_AN_IMAGE)
}

fn document(block: &Json) -> u64 {
    if let Some(text) =
        block.pointer("/source/text").or_else(|| block.pointer("/source/data")).and_then(Json::as_str)
        && text.contains(char::is_whitespace)
    {
        return of_text(text);
    }
    let Some(bytes) = file(block) else { return LEAST_FOR_A_DOCUMENT };
    match std::str::from_utf8(&bytes) {
        Ok(text) if !text.starts_with("%PDF") => bytes.len() as u64 / TEXT_BYTES_PER_TOKEN,
        _ => (bytes.len() as u64 / PACKED_BYTES_PER_TOKEN).max(LEAST_FOR_A_DOCUMENT),
    }
}

/// The bytes that a block holds as base64, under the names that the dialects have for it.
fn file(block: &Json) -> Option<Vec<u8>> {
    let pointers = ["/source/bytes", "/source/data", "/url", ""];
    let text = pointers.iter().find_map(|pointer| block.pointer(pointer)?.as_str())?;
    let base64 = text.split_once(";base64,").map_or(text, |(_, base64)| base64);
    STANDARD.decode(base64).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tokens(model: &str, body: serde_json::Value) -> u64 {
        of_request(model, &body.into())
    }

    #[test]
    fn words_count_and_settings_do_not() {
        let body = json!({
            "anthropic_version": "bedrock-2023-05-31",
            "messages": [{"role": "user", "content": [{"type": "text", "text": "What is it?"}]}],
        });
        assert_eq!(tokens("anthropic.claude-3-haiku-20240307-v1:0", body), 3);
    }

    #[test]
    fn tools_cost_by_the_model_and_by_their_length() {
        let spec = json!({"name": "tide", "description": "x".repeat(1000), "inputSchema": {"json": {"type": "object"}}});
        let body = json!({"messages": [{"role": "user", "content": [{"text": "High?"}]}], "toolConfig": {"tools": [{"toolSpec": spec}]}});
        let of = |model| tokens(model, body.clone());
        assert!((500..800).contains(&of("us.anthropic.claude-sonnet-4-6")));
        assert!((1500..2000).contains(&of("us.amazon.nova-2-lite-v1:0")));
        assert!(of("us.meta.llama3-3-70b-instruct-v1:0") < of("us.amazon.nova-lite-v1:0"));
        assert_eq!(of("cohere.command-r-v1:0"), 2);
    }

    #[test]
    fn media_cost_by_their_size_and_never_by_their_letters() {
        let block = |bytes: &str| json!({"messages": [{"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": bytes}}}]}]});
        let nova = "amazon.nova-lite-v1:0";
        assert_eq!(tokens(nova, block("AAAA")), UNSEEN_IMAGE);
        let picture = STANDARD.encode(super::super::picture::png("a lake", 1, 512, 512));
        assert_eq!(tokens(nova, block(&picture)), 512 * 512 / PIXELS_PER_TOKEN);
        let url = json!({"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{picture}")}}]}]});
        assert_eq!(tokens("openai.gpt-6-luna", url), 512 * 512 / PIXELS_PER_TOKEN);
        let text = STANDARD.encode("tide ".repeat(100));
        let document = json!({"messages": [{"role": "user", "content": [{"document": {"format": "txt", "name": "t", "source": {"bytes": text}}}]}]});
        assert_eq!(tokens(nova, document), 125);
    }
}
