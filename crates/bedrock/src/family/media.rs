//! Images inside bodies: base64, their kind, their size.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::picture::can_be_drawn;
use super::prompt::Prompt;
use super::reading::Part;
use crate::json::Json;

/// A bound of ours on sizes that are believed, well above what courses ask for: a body is hostile
/// input, and a size of a billion pixels must not be drawn.
const MOST_PIXELS: u64 = 4_194_304;
const LONGEST_SIDE: u32 = 4096;

/// Standard base64, as all families send media.
pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes behind base64.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.trim()).ok()
}

/// An image as a part of a reading; what is no base64, no picture or none that can be drawn is said to be
/// so.
pub(super) fn image(base64: &str) -> Part {
    let refused = |what: &str| Part::Refusal(what.to_owned());
    let Some(bytes) = decode(base64) else { return refused("an image that is not base64") };
    match image_type(&bytes) {
        None => refused("an image that is no PNG, JPEG, GIF or WebP"),
        Some(_) if !can_be_drawn(&bytes) => refused("an image of a size that nobody can draw"),
        Some(media_type) => Part::Image { media_type: media_type.to_owned(), bytes },
    }
}

/// The kind of an image by its first bytes: bodies rarely say it, or say what was asked for.
/// `None` for what is no picture that pages show.
pub fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Reads width, height, seed and number of images out of the object where a family keeps them.
pub(super) fn read_settings(json: Option<&Json>, images: &str, prompt: &mut Prompt) {
    let Some(json) = json else { return };
    let side =
        |key: &str| super::shape::small(json.get(key)).filter(|side| (1..=LONGEST_SIDE).contains(side));
    prompt.size = side("width")
        .zip(side("height"))
        .filter(|(width, height)| u64::from(*width) * u64::from(*height) <= MOST_PIXELS);
    prompt.seed = json.get("seed").and_then(Json::as_u64);
    prompt.images = super::shape::small(json.get(images));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_first_bytes() {
        let png = Part::Image { media_type: "image/png".into(), bytes: b"\x89PNG\r\n".to_vec() };
        assert_eq!(image(&encode(b"\x89PNG\r\n")), png);
        assert!(matches!(image(&encode(b"<svg onload='x()'/>")), Part::Refusal(_)));
        assert_eq!(image("no base64!"), Part::Refusal("an image that is not base64".into()));
    }

    #[test]
    fn sizes_no_model_makes_are_not_believed() {
        let mut prompt = Prompt::default();
        let body = Json::from(serde_json::json!({"width": 4096, "height": 4096, "seed": 7, "n": 2}));
        read_settings(Some(&body), "n", &mut prompt);
        assert_eq!(prompt, Prompt { seed: Some(7), images: Some(2), ..Prompt::default() });
    }
}
