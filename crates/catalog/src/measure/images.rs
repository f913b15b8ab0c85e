//! The images of an answer: how many, how large, and what else their price depends on.

use super::metered::ImageMade;
use tutor_bedrock::family::{Part, Reading};
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

/// Width and height in pixels of a PNG or JPEG; `None` for anything else or a broken header.
pub fn image_size(bytes: &[u8]) -> Option<(u32, u32)> {
    png(bytes).or_else(|| jpeg(bytes)).filter(|(width, height)| *width > 0 && *height > 0)
}

/// The IHDR chunk comes first: 8 bytes signature, 4 length, `IHDR`, width, height.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    Some((number(16)?, number(20)?))
}

/// Segments until the frame header (SOF0 to SOF15, without the three that are none).
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let [0xff, marker, high, low, ..] = *rest else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if (0xc0..=0xcf).contains(&marker) && ![0xc4, 0xc8, 0xcc].contains(&marker) {
            let number =
                |at: usize| Some(u32::from(u16::from_be_bytes([*rest.get(at)?, *rest.get(at + 1)?])));
            return Some((number(7)?, number(5)?));
        }
        rest = rest.get(2 + length.max(2)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_png_and_jpeg() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\0\x08\x02\0\0\0";
        assert_eq!(image_size(png), Some((512, 256)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\x01\0\x02\0\x03";
        assert_eq!(image_size(jpeg), Some((512, 256)));
    }

    #[test]
    fn broken_headers_have_no_size() {
        for bytes in
            [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe0\xff\xff", b"", b"GIF89a"]
        {
            assert_eq!(image_size(bytes), None);
        }
    }
}
