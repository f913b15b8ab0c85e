//! The images of an answer: how many, how large, and what else their price depends on.

use super::metered::ImageMade;
use tutor_bedrock::family::{Part, Reading, image_size};
use tutor_bedrock::{Call, Json};

/// The images in an answer with what their price depends on: pixels from the picture itself, steps
/// and quality from the request.
pub fn images_made(call: &Call, reading: &Reading) -> Vec<ImageMade> {
    let steps = call.body.get("steps").and_then(Json::as_u64).and_then(|steps| u32::try_from(steps).ok());
    let quality =
        call.body.pointer("/imageGenerationConfig/quality").and_then(Json::as_str).map(str::to_owned);
    let size = |bytes: &[u8]| image_size(bytes).unwrap_or_default();
    reading
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Image { bytes, .. } => Some(size(bytes)),
            _ => None,
        })
        .map(|(width, height)| ImageMade { width, height, steps, quality: quality.clone() })
        .collect()
}
