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

    /// Version 2 gives the vector by type as well, and plain where one of the types asked for is float.
    fn answer(&self, reply: &Reply) -> Json {
        let vectors = reply.vectors();
        let vector = vectors.first().copied().unwrap_or_default();
        // Of a model that only an ARN names, the request tells.
        let members = ["normalize", "dimensions", "embeddingTypes"];
        let asked_as_v2 = members.iter().any(|member| reply.body.get(member).is_some());
        if !asked_as_v2 && !crate::model_id::bare(&reply.model_id).contains("-v2") {
            return json!({"embedding": vector, "inputTextTokenCount": reply.input_tokens}).into();
        }
        let asked: Vec<&str> =
            items_at(&reply.body, "/embeddingTypes").iter().filter_map(Json::as_str).collect();
        let types = if asked.is_empty() { vec!["float"] } else { asked };
        let mut answer = json!({});
        if types.contains(&"float") {
            answer["embedding"] = json!(vector);
        }
        for kind in types {
            match kind {
                "float" => answer["embeddingsByType"]["float"] = json!(vector),
                "binary" => answer["embeddingsByType"]["binary"] = bits(vector),
                _ => {}
            }
        }
        answer["inputTextTokenCount"] = reply.input_tokens.into();
        answer.into()
    }
}

/// One bit a number: whether it is positive.
fn bits(vector: &[f64]) -> serde_json::Value {
    vector.iter().map(|value| u8::from(*value > 0.0)).collect()
}
