//! How large a picture is, by its header.

/// The longest side and the most pixels of a picture that anybody could look at.
const LONGEST_SIDE: u32 = 16_384;
const MOST_PIXELS: u64 = 100_000_000;

/// Width and height in pixels of a PNG, JPEG, GIF or WebP; `None` for anything else, a broken header, or
/// one that nobody could draw.
pub fn image_size(bytes: &[u8]) -> Option<(u32, u32)> {
    stated(bytes).filter(|size| is_sane(*size))
}

/// Whether a picture's header says no size or one that can be drawn: a page makes the room that it says.
pub fn can_be_drawn(bytes: &[u8]) -> bool {
    stated(bytes).is_none_or(is_sane)
}

fn is_sane((width, height): (u32, u32)) -> bool {
    (1..=LONGEST_SIDE).contains(&width)
        && (1..=LONGEST_SIDE).contains(&height)
        && u64::from(width) * u64::from(height) <= MOST_PIXELS
}

fn stated(bytes: &[u8]) -> Option<(u32, u32)> {
    png(bytes).or_else(|| jpeg(bytes)).or_else(|| gif(bytes)).or_else(|| webp(bytes))
}

/// `GIF87a` or `GIF89a`, then the width and height of the screen.
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(b"GIF87a").or_else(|| bytes.strip_prefix(b"GIF89a"))?;
    let [w0, w1, h0, h1, ..] = *rest else { return None };
    Some((u16::from_le_bytes([w0, w1]).into(), u16::from_le_bytes([h0, h1]).into()))
}

/// The extended form alone states more than 16,383 pixels a side: 24 bits each, less one.
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(b"RIFF") || bytes.get(8..16)? != b"WEBPVP8X" {
        return None;
    }
    let [w0, w1, w2, h0, h1, h2] = *bytes.get(24..30)? else { return None };
    Some((u32::from_le_bytes([w0, w1, w2, 0]) + 1, u32::from_le_bytes([h0, h1, h2, 0]) + 1))
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
    fn sizes_nobody_could_draw_are_not_believed() {
        let png = |width: u32, height: u32| {
            let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
            bytes.extend(width.to_be_bytes());
            bytes.extend(height.to_be_bytes());
            bytes
        };
        for (width, height) in [(1, 2_147_483_647), (20_000, 1), (16_000, 16_000), (0, 5)] {
            assert_eq!(image_size(&png(width, height)), None);
            assert!(!can_be_drawn(&png(width, height)));
        }
        assert_eq!(image_size(&png(2048, 1024)), Some((2048, 1024)));
        assert_eq!(image_size(b"GIF89a\x03\0\x02\0"), Some((3, 2)));
        let webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x03\0\0\xff\xff\xff";
        assert!(!can_be_drawn(webp));
        assert!(can_be_drawn(b"\x89PNG\r\n\x1a\n"), "what says nothing takes no room");
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
