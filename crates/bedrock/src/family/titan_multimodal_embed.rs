//! Amazon Titan Multimodal Embeddings: a text, an image, or both in one vector.

use serde_json::json;

use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::Reply;
use super::shape::{Object, Value as _, count_at, numbers, small, text_at};
use super::{Family, Makes};
use crate::json::Json;

pub(super) struct TitanMultimodalEmbed;

impl Family for TitanMultimodalEmbed {
    fn id(&self) -> &'static str {
        "titan-multimodal-embed"
    }

    fn name(&self) -> &'static str {
        "Titan Multimodal Embeddings"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("amazon.titan-embed-image-")
    }

    fn makes(&self) -> Makes {
        Makes::Vectors
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[&[Field::Dimensions]])?;
        let config = Object::new().maybe("outputEmbeddingLength", prompt.dimensions);
        Ok(Object::new().put("inputText", prompt.text.as_str()).group("embeddingConfig", config).json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let text = text_at(body, "/inputText").unwrap_or_default().to_owned();
        let dimensions = small(body.pointer("/embeddingConfig/outputEmbeddingLength"));
        Prompt { text, dimensions, ..Prompt::default() }
    }

    fn read(&self, answer: &Json) -> Reading {
        let vector = answer.get("embedding").filter(|vector| !vector.is_null());
        let vector = vector.map(|vector| Part::Embedding(numbers(vector)));
        let trouble = text_at(answer, "/message").map(|message| Part::Refusal(message.to_owned()));
        Reading::of(vector.into_iter().chain(trouble)).counted(count_at(answer, "/inputTextTokenCount"), None)
    }

    fn answer(&self, reply: &Reply) -> Json {
        let vectors = reply.vectors();
        json!({
            "embedding": vectors.first(),
            "inputTextTokenCount": reply.input_tokens,
            "message": null,
        })
        .into()
    }
}
