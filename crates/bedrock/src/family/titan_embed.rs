//! Amazon Titan Text Embeddings, v1 and v2.

use serde_json::json;

use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::Reply;
use super::shape::{Object, Value as _, count_at, items_at, numbers, small, text_at};
use super::{Family, Makes};
use crate::json::Json;

pub(super) struct TitanEmbed;

impl Family for TitanEmbed {
    fn id(&self) -> &'static str {
        "titan-embed"
    }

    fn name(&self) -> &'static str {
        "Titan Text Embeddings"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        ["amazon.titan-embed-text-", "amazon.titan-embed-g1-text-"]
            .iter()
            .any(|p| bare_model_id.starts_with(p))
    }

    fn makes(&self) -> Makes {
        Makes::Vectors
    }

    fn default_dimensions(&self, bare_model_id: &str) -> u32 {
        if bare_model_id.contains("-v2") { 1024 } else { 1536 }
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[&[Field::Dimensions]])?;
        let body = Object::new().put("inputText", prompt.text.as_str());
        Ok(body.maybe("dimensions", prompt.dimensions).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let text = text_at(body, "/inputText").unwrap_or_default().to_owned();
        Prompt { text, dimensions: small(body.get("dimensions")), ..Prompt::default() }
    }

    fn read(&self, answer: &Json) -> Reading {
        let by_type = || answer.get("embeddingsByType")?.as_object()?.values().next();
        let plain = answer.get("embedding").filter(|vector| vector.as_array().is_some());
        Reading::of(plain.or_else(by_type).map(|vector| Part::Embedding(numbers(vector))))
            .counted(count_at(answer, "/inputTextTokenCount"), None)
    }

    /// A request that names types gets the vector by type, and plain only if one of them is float.
    fn answer(&self, reply: &Reply) -> Json {
        let vectors = reply.vectors();
        let vector = vectors.first().copied().unwrap_or_default();
        let mut answer = json!({"embedding": vector, "inputTextTokenCount": reply.input_tokens});
        let types: Vec<&str> =
            items_at(&reply.body, "/embeddingTypes").iter().filter_map(Json::as_str).collect();
        if types.is_empty() {
            return answer.into();
        }
        if let Some(members) = answer.as_object_mut().filter(|_| !types.contains(&"float")) {
            members.remove("embedding");
        }
        for kind in types {
            match kind {
                "float" => answer["embeddingsByType"]["float"] = json!(vector),
                "binary" => answer["embeddingsByType"]["binary"] = bits(vector),
                _ => {}
            }
        }
        answer.into()
    }
}

/// One bit a number: whether it is positive.
fn bits(vector: &[f64]) -> serde_json::Value {
    vector.iter().map(|value| u8::from(*value > 0.0)).collect()
}
