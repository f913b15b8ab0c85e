//! Amazon Titan Image Generator and Nova Canvas.

use serde_json::json;

use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::Reply;
use super::shape::{Object, Value as _, items_at, text_at};
use super::{Family, Makes, media};
use crate::json::Json;

pub(super) struct TitanImage;

/// Where each task keeps its text. Background removal has none.
const TEXTS: [&str; 5] = [
    "/textToImageParams/text",
    "/inPaintingParams/text",
    "/outPaintingParams/text",
    "/imageVariationParams/text",
    "/colorGuidedGenerationParams/text",
];

impl Family for TitanImage {
    fn id(&self) -> &'static str {
        "titan-image"
    }

    fn name(&self) -> &'static str {
        "Titan Image Generator and Nova Canvas"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        ["amazon.titan-image-", "amazon.nova-canvas-"].iter().any(|p| bare_model_id.starts_with(p))
    }

    fn makes(&self) -> Makes {
        Makes::Images
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[&[Field::Size, Field::Images, Field::Seed]])?;
        let (width, height) = prompt.size.unzip();
        let config = Object::new()
            .maybe("numberOfImages", prompt.images)
            .maybe("width", width)
            .maybe("height", height)
            .maybe("seed", prompt.seed);
        Ok(Object::new()
            .put("taskType", "TEXT_IMAGE")
            .put("textToImageParams", Object::new().put("text", prompt.text.as_str()))
            .group("imageGenerationConfig", config)
            .json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let text = TEXTS.iter().find_map(|pointer| text_at(body, pointer));
        let mut prompt = Prompt::of(text.unwrap_or_default());
        media::read_settings(body.get("imageGenerationConfig"), "numberOfImages", &mut prompt);
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        let images = items_at(answer, "/images").iter().filter_map(Json::as_str).map(media::image);
        let trouble = text_at(answer, "/error").map(|error| Part::Refusal(error.to_owned()));
        Reading::of(images.chain(trouble))
    }

    fn answer(&self, reply: &Reply) -> Json {
        json!({"images": reply.images_base64(), "error": null}).into()
    }
}
