//! Stable Diffusion XL.

use serde_json::json;

use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::Reply;
use super::shape::{Object, Value as _, items_at, list, text_at};
use super::{Family, Makes, media};
use crate::json::Json;

pub(super) struct StableDiffusionXl;

impl Family for StableDiffusionXl {
    fn id(&self) -> &'static str {
        "stable-diffusion-xl"
    }

    fn name(&self) -> &'static str {
        "Stable Diffusion XL"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        bare_model_id.starts_with("stability.stable-diffusion-xl")
    }

    fn makes(&self) -> Makes {
        Makes::Images
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[&[Field::Size, Field::Images, Field::Seed]])?;
        let (width, height) = prompt.size.unzip();
        Ok(Object::new()
            .put("text_prompts", list([Object::new().put("text", prompt.text.as_str())]))
            .maybe("width", width)
            .maybe("height", height)
            .maybe("samples", prompt.images)
            .maybe("seed", prompt.seed)
            .json())
    }

    /// Several prompts are joined; those with a negative weight say what not to draw.
    fn prompt(&self, body: &Json) -> Prompt {
        let asked = |part: &&Json| part.get("weight").and_then(Json::as_f64).is_none_or(|w| w >= 0.0);
        let parts = items_at(body, "/text_prompts").iter().filter(asked);
        let texts: Vec<&str> = parts.filter_map(|part| text_at(part, "/text")).collect();
        let mut prompt = Prompt::of(texts.join(", "));
        media::read_settings(Some(body), "samples", &mut prompt);
        prompt
    }

    fn read(&self, answer: &Json) -> Reading {
        let artifacts = items_at(answer, "/artifacts");
        let reason = artifacts.first().and_then(|artifact| text_at(artifact, "/finishReason"));
        let parts = artifacts.iter().filter_map(|artifact| {
            let image = text_at(artifact, "/base64").filter(|base64| !base64.is_empty());
            match (image, text_at(artifact, "/finishReason")) {
                (_, Some(reason @ ("ERROR" | "CONTENT_FILTERED"))) => Some(Part::Refusal(reason.to_owned())),
                (image, _) => image.map(media::image),
            }
        });
        Reading::of(parts).stopped(reason)
    }

    fn answer(&self, reply: &Reply) -> Json {
        let seed = reply.prompt.seed.unwrap_or(0);
        let artifacts: Vec<_> = reply
            .images_base64()
            .into_iter()
            .zip(seed..)
            .map(|(base64, seed)| json!({"seed": seed, "base64": base64, "finishReason": "SUCCESS"}))
            .collect();
        json!({"result": "success", "artifacts": artifacts}).into()
    }
}
