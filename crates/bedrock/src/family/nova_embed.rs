//! Amazon Nova Multimodal Embeddings: a vector of one text, image, video or sound.

use serde_json::json;

use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::Reply;
use super::shape::{Object, Value as _, items_at, numbers, small, text_at};
use super::{Family, Makes};
use crate::json::Json;

pub(super) struct NovaEmbed;

/// The members of `singleEmbeddingParams` that hold what is embedded, and the type that the answer
/// names for each.
const KINDS: [(&str, &str); 4] =
    [("text", "TEXT"), ("image", "IMAGE"), ("video", "VIDEO"), ("audio", "AUDIO")];

impl Family for NovaEmbed {
    fn id(&self) -> &'static str {
        "nova-embed"
    }

    fn name(&self) -> &'static str {
        "Nova Multimodal Embeddings"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("amazon.nova-") && bare_model_id.contains("-embeddings")
    }

    fn makes(&self) -> Makes {
        Makes::Vectors
    }

    fn default_dimensions(&self, _bare_model_id: &str) -> u32 {
        3072
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[&[Field::Dimensions]])?;
        let text = Object::new().put("truncationMode", "END").put("value", prompt.text.as_str());
        let params = Object::new()
            .put("embeddingPurpose", "GENERIC_INDEX")
            .maybe("embeddingDimension", prompt.dimensions)
            .put("text", text);
        Ok(Object::new().put("taskType", "SINGLE_EMBEDDING").put("singleEmbeddingParams", params).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        Prompt {
            text: text_at(body, "/singleEmbeddingParams/text/value").unwrap_or_default().to_owned(),
            dimensions: small(body.pointer("/singleEmbeddingParams/embeddingDimension")),
            ..Prompt::default()
        }
    }

    fn read(&self, answer: &Json) -> Reading {
        let vectors = items_at(answer, "/embeddings").iter().filter_map(|one| one.get("embedding"));
        Reading::of(vectors.map(|vector| Part::Embedding(numbers(vector))))
    }

    fn answer(&self, reply: &Reply) -> Json {
        let given = reply.body.get("singleEmbeddingParams");
        let kind = KINDS.iter().find(|(member, _)| given.is_some_and(|given| given.get(member).is_some()));
        let kind = kind.map_or("TEXT", |(_, kind)| kind);
        let vectors = reply.vectors();
        let embeddings: Vec<_> =
            vectors.iter().map(|vector| json!({"embeddingType": kind, "embedding": vector})).collect();
        json!({"embeddings": embeddings}).into()
    }
}
