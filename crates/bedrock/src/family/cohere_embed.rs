//! Cohere Embed v3 and v4: many texts, one vector each.

use serde_json::json;

use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::Reply;
use super::shape::{Object, Value as _, content_text, items_at, list, numbers, small};
use super::{Family, Makes};
use crate::json::Json;

pub(super) struct CohereEmbed;

impl Family for CohereEmbed {
    fn id(&self) -> &'static str {
        "cohere-embed"
    }

    fn name(&self) -> &'static str {
        "Cohere Embed"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("cohere.embed-")
    }

    fn makes(&self) -> Makes {
        Makes::Vectors
    }

    fn default_dimensions(&self, bare_model_id: &str) -> u32 {
        if bare_model_id.contains("-v4") { 1536 } else { 1024 }
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[&[Field::FurtherTexts, Field::Dimensions]])?;
        let texts =
            std::iter::once(prompt.text.as_str()).chain(prompt.further_texts.iter().map(String::as_str));
        Ok(Object::new()
            .put("texts", list(texts))
            .put("input_type", "search_document")
            .maybe("output_dimension", prompt.dimensions)
            .json())
    }

    /// Version 4 also takes `inputs`, each with blocks of text and images.
    fn prompt(&self, body: &Json) -> Prompt {
        let texts = items_at(body, "/texts").iter().filter_map(Json::as_str).map(str::to_owned);
        let inputs =
            items_at(body, "/inputs").iter().filter_map(|input| input.get("content")).map(content_text);
        let mut texts = texts.chain(inputs);
        Prompt {
            text: texts.next().unwrap_or_default(),
            further_texts: texts.collect(),
            dimensions: small(body.get("output_dimension")),
            ..Prompt::default()
        }
    }

    /// Vectors in a list, or by type; of several types the first is read.
    fn read(&self, answer: &Json) -> Reading {
        let vectors = match answer.get("embeddings") {
            Some(Json::Object(by_type)) => by_type.values().next().and_then(Json::as_array),
            Some(Json::Array(vectors)) => Some(vectors.as_slice()),
            _ => None,
        };
        Reading::of(vectors.unwrap_or_default().iter().map(|vector| Part::Embedding(numbers(vector))))
    }

    /// Version 4 gives vectors by type even where none was asked for.
    fn answer(&self, reply: &Reply) -> Json {
        let vectors = reply.vectors();
        let mut types: Vec<&str> =
            items_at(&reply.body, "/embedding_types").iter().filter_map(Json::as_str).collect();
        if types.is_empty() && crate::model_id::bare(&reply.model_id).contains("-v4") {
            types = vec!["float"];
        }
        let (kind, embeddings) = if types.is_empty() {
            ("embeddings_floats", json!(vectors))
        } else {
            let mut by_type = json!({});
            for kind in types {
                if let Some(values) =
                    vectors.iter().map(|vector| typed(kind, vector)).collect::<Option<Vec<_>>>()
                {
                    by_type[kind] = json!(values);
                }
            }
            ("embeddings_by_type", by_type)
        };
        let texts = std::iter::once(&reply.prompt.text).chain(&reply.prompt.further_texts);
        json!({
            "embeddings": embeddings,
            "id": reply.uuid("answer"),
            "response_type": kind,
            "texts": texts.collect::<Vec<_>>(),
        })
        .into()
    }
}

/// A vector as the type asked for: floats as they are, bytes scaled to the largest number, bits
/// packed eight to a byte.
fn typed(kind: &str, vector: &[f64]) -> Option<serde_json::Value> {
    let largest = vector.iter().fold(f64::MIN_POSITIVE, |most, value| most.max(value.abs()));
    #[expect(clippy::cast_possible_truncation, reason = "the quotient lies between -127 and 127")]
    let bytes = || vector.iter().map(move |value| (value / largest * 127.0).round() as i64);
    let bits = || {
        vector.chunks(8).map(|eight| {
            eight
                .iter()
                .enumerate()
                .fold(0_i64, |byte, (at, value)| byte | (i64::from(*value > 0.0) << (7 - at)))
        })
    };
    Some(match kind {
        "float" => json!(vector),
        "int8" => bytes().collect(),
        "uint8" => bytes().map(|byte| byte + 128).collect(),
        "ubinary" => bits().collect(),
        "binary" => bits().map(|byte| byte - 128).collect(),
        _ => return None,
    })
}
