//! Members of JSON that many dialects write and read alike.

use super::prompt::Prompt;
use crate::json::{Json, JsonObject};

/// The output limit written where a family requires one and the prompt has none.
pub(super) const DEFAULT_MAX_TOKENS: u64 = 512;

/// An object under construction; optional members are left out rather than null.
#[derive(Default)]
pub(super) struct Object(JsonObject);

impl Object {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn put(mut self, key: &str, value: impl Value) -> Self {
        self.0.insert(key, value.json());
        self
    }

    pub(super) fn maybe(self, key: &str, value: Option<impl Value>) -> Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    pub(super) fn strings(self, key: &str, values: &[String]) -> Self {
        if values.is_empty() { self } else { self.put(key, list(values.iter().map(String::as_str))) }
    }

    pub(super) fn list(self, key: &str, values: Vec<Json>) -> Self {
        if values.is_empty() { self } else { self.put(key, Json::Array(values)) }
    }

    /// Adds `object` unless it is empty.
    pub(super) fn group(self, key: &str, object: Object) -> Self {
        if object.0.is_empty() { self } else { self.put(key, object) }
    }
}

/// An array of anything that is JSON.
pub(super) fn list<V: Value>(values: impl IntoIterator<Item = V>) -> Json {
    Json::Array(values.into_iter().map(Value::json).collect())
}

/// What can stand in an [`Object`].
pub(super) trait Value {
    fn json(self) -> Json;
}

impl Value for Json {
    fn json(self) -> Json {
        self
    }
}

impl Value for Object {
    fn json(self) -> Json {
        Json::Object(self.0)
    }
}

impl Value for serde_json::Value {
    fn json(self) -> Json {
        self.into()
    }
}

impl Value for &str {
    fn json(self) -> Json {
        self.into()
    }
}

impl Value for String {
    fn json(self) -> Json {
        Json::String(self)
    }
}

impl Value for u64 {
    fn json(self) -> Json {
        self.into()
    }
}

impl Value for u32 {
    fn json(self) -> Json {
        u64::from(self).into()
    }
}

impl Value for i64 {
    fn json(self) -> Json {
        Json::Int(self)
    }
}

impl Value for f64 {
    fn json(self) -> Json {
        if self.is_finite() { Json::Float(self) } else { Json::Null }
    }
}

/// The text at a JSON pointer.
pub(super) fn text_at<'a>(json: &'a Json, pointer: &str) -> Option<&'a str> {
    json.pointer(pointer)?.as_str()
}

/// The count at a JSON pointer.
pub(super) fn count_at(json: &Json, pointer: &str) -> Option<u64> {
    json.pointer(pointer)?.as_u64()
}

/// The items of the array at a JSON pointer; none if there is no array.
pub(super) fn items_at<'a>(json: &'a Json, pointer: &str) -> &'a [Json] {
    json.pointer(pointer).and_then(Json::as_array).unwrap_or_default()
}

/// A 32-bit count.
pub(super) fn small(json: Option<&Json>) -> Option<u32> {
    u32::try_from(json?.as_u64()?).ok()
}

/// The numbers of an array.
pub(super) fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().unwrap_or_default().iter().filter_map(Json::as_f64).collect()
}

/// What a family calls the options that all text models have. Members with an empty name do not
/// exist there.
pub(super) struct Options {
    pub(super) max_tokens: &'static str,
    pub(super) temperature: &'static str,
    pub(super) top_p: &'static str,
    pub(super) stop: &'static str,
}

impl Options {
    pub(super) fn write(&self, object: Object, prompt: &Prompt) -> Object {
        object
            .maybe(self.max_tokens, prompt.max_tokens)
            .maybe(self.temperature, prompt.temperature)
            .maybe(self.top_p, prompt.top_p)
            .strings(self.stop, &prompt.stop)
    }

    /// Into `prompt`, from the object where the family keeps them.
    pub(super) fn read(&self, json: Option<&Json>, prompt: &mut Prompt) {
        let Some(json) = json else { return };
        let number = |key: &str| json.get(key).and_then(Json::as_f64);
        prompt.max_tokens = json.get(self.max_tokens).and_then(Json::as_u64);
        prompt.temperature = number(self.temperature);
        prompt.top_p = number(self.top_p);
        prompt.stop = match json.get(self.stop) {
            Some(Json::String(one)) => vec![one.clone()],
            Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
    }
}

/// The text of a message's content: a string, or blocks of which those with a text count.
pub(super) fn content_text(content: &Json) -> String {
    match content {
        Json::String(text) => text.clone(),
        Json::Array(blocks) => {
            let texts: Vec<&str> = blocks.iter().filter_map(block_text).collect();
            if texts.is_empty() { tool_result_text(blocks) } else { texts.join("\n") }
        }
        other => block_text(other).unwrap_or_default().to_owned(),
    }
}

fn block_text(block: &Json) -> Option<&str> {
    block.as_str().or_else(|| block.get("text")?.as_str())
}

/// The results of tools, for a turn that is nothing else.
fn tool_result_text(blocks: &[Json]) -> String {
    let results =
        blocks.iter().filter_map(|block| block.pointer("/toolResult/content").or(block.get("content")));
    let texts = results.map(|content| match content {
        Json::String(text) => text.clone(),
        Json::Array(inner) => inner
            .iter()
            .filter_map(|block| {
                block_text(block).map(str::to_owned).or_else(|| Some(block.get("json")?.to_compact()))
            })
            .collect::<Vec<_>>()
            .join("\n"),
        _ => String::new(),
    });
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The text of the last message of a user, else of the last message of all.
pub(super) fn last_user_text(messages: &[Json]) -> String {
    let user = messages.iter().rev().find(|message| text_at(message, "/role") == Some("user"));
    let message = user.or_else(|| messages.last());
    message.and_then(|message| message.get("content")).map(content_text).unwrap_or_default()
}

/// A text that says something, or nothing at all.
pub(super) fn some(text: String) -> Option<String> {
    if text.is_empty() { None } else { Some(text) }
}
