//! Stability AI after SDXL: Stable Diffusion 3 and 3.5, Stable Image Core and Ultra.

use serde_json::json;

use super::prompt::{Field, Prompt, Unsupported};
use super::reading::{Part, Reading};
use super::reply::Reply;
use super::shape::{Object, Value as _, items_at, text_at};
use super::{Family, Makes, media};
use crate::json::Json;

pub(super) struct StabilityImage;

const MODELS: [&str; 2] = ["stability.sd3-", "stability.stable-image-"];

/// Requests name one of these ratios (AWS user guide, Stable Image), not a size. The sizes are ours,
/// about one megapixel with sides divisible by 64; real answers have been seen by nobody here.
const RATIOS: [(&str, (u32, u32)); 9] = [
    ("1:1", (1024, 1024)),
    ("16:9", (1344, 768)),
    ("21:9", (1536, 640)),
    ("2:3", (832, 1216)),
    ("3:2", (1216, 832)),
    ("4:5", (896, 1088)),
    ("5:4", (1088, 896)),
    ("9:16", (768, 1344)),
    ("9:21", (640, 1536)),
];

impl Family for StabilityImage {
    fn id(&self) -> &'static str {
        "stability-image"
    }

    fn name(&self) -> &'static str {
        "Stability AI image models"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        MODELS.iter().any(|model| bare_model_id.starts_with(model))
    }

    fn makes(&self) -> Makes {
        Makes::Images
    }

    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[&[Field::Size, Field::Seed]])?;
        let no_such_size = Unsupported { family: self.name(), what: Field::Size.name() };
        let ratio = prompt.size.map(|size| ratio(size).ok_or(no_such_size)).transpose()?;
        Ok(Object::new()
            .put("prompt", prompt.text.as_str())
            .maybe("aspect_ratio", ratio)
            .maybe("seed", prompt.seed)
            .json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        let asked = text_at(body, "/aspect_ratio");
        Prompt {
            text: text_at(body, "/prompt").unwrap_or_default().to_owned(),
            size: RATIOS.iter().find(|(ratio, _)| asked == Some(ratio)).map(|(_, size)| *size),
            seed: body.get("seed").and_then(Json::as_u64),
            ..Prompt::default()
        }
    }

    /// A filtered answer has status 200, no image, and the filter's reason.
    fn read(&self, answer: &Json) -> Reading {
        let images = items_at(answer, "/images").iter().filter_map(Json::as_str).map(media::image);
        let reasons: Vec<&str> =
            items_at(answer, "/finish_reasons").iter().filter_map(Json::as_str).collect();
        let refusals = reasons.iter().map(|reason| Part::Refusal((*reason).to_owned()));
        Reading::of(images.chain(refusals)).stopped(reasons.first().copied())
    }

    fn answer(&self, reply: &Reply) -> Json {
        let images = reply.images_base64();
        let seed = reply.prompt.seed.unwrap_or(0);
        let seeds: Vec<u64> = (seed..).take(images.len()).collect();
        let reasons: Vec<Option<&str>> = vec![None; images.len()];
        json!({"seeds": seeds, "finish_reasons": reasons, "images": images}).into()
    }
}

/// The ratio that gives exactly this size, or stands for it (`512x512` is `1:1`).
fn ratio((width, height): (u32, u32)) -> Option<&'static str> {
    let same = |(name, size): &&(&'static str, (u32, u32))| {
        let named =
            name.split_once(':').and_then(|(w, h)| Some((w.parse::<u64>().ok()?, h.parse::<u64>().ok()?)));
        *size == (width, height)
            || named.is_some_and(|(w, h)| u64::from(width) * h == u64::from(height) * w && width > 0)
    };
    RATIOS.iter().find(same).map(|(name, _)| *name)
}
