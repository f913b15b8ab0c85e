//! Pictures for image models: a calm landscape of flat colours that follows from prompt, seed and
//! size, and pretends nothing. All arithmetic is on integers, so that every machine draws the same,
//! and there are few colours, so that the files stay small.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

/// Width and height where a request does not say.
pub(super) const SIZE: (u32, u32) = (1024, 1024);

type Colour = [u8; 3];

/// The colours of one mood: the sky from top to bottom, the sun, and the hills from far to near.
struct Mood {
    sky: [Colour; 2],
    sun: Colour,
    hills: [Colour; 2],
}

const MOODS: [Mood; 6] = [
    Mood {
        sky: [[38, 70, 110], [246, 196, 150]],
        sun: [255, 236, 200],
        hills: [[176, 140, 150], [36, 44, 66]],
    },
    Mood {
        sky: [[120, 178, 214], [238, 240, 226]],
        sun: [255, 250, 226],
        hills: [[164, 190, 192], [38, 74, 70]],
    },
    Mood {
        sky: [[52, 40, 84], [232, 138, 126]],
        sun: [255, 214, 170],
        hills: [[158, 98, 126], [34, 24, 50]],
    },
    Mood {
        sky: [[20, 34, 62], [112, 142, 170]],
        sun: [240, 240, 228],
        hills: [[88, 114, 142], [14, 24, 40]],
    },
    Mood {
        sky: [[206, 180, 150], [250, 236, 208]],
        sun: [255, 248, 230],
        hills: [[214, 172, 132], [94, 62, 50]],
    },
    Mood {
        sky: [[64, 124, 132], [226, 226, 178]],
        sun: [255, 246, 208],
        hills: [[136, 172, 150], [28, 58, 56]],
    },
];

const BANDS: u32 = 60;
const RIDGES: u32 = 5;
/// Heights are counted in parts of a pixel, edges are softened in steps.
const PARTS: u32 = 16;
const STEPS: u32 = 4;

/// The file of one picture.
pub(super) fn png(prompt: &str, seed: u64, width: u32, height: u32) -> Vec<u8> {
    let scene = Scene::new(prompt, seed, width, height);
    let mut palette = Palette::default();
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let colour = scene.colour(x, y);
            pixels.push(palette.index(colour));
        }
    }
    encode(&pixels, &palette, width, height)
}

fn encode(pixels: &[u8], palette: &Palette, width: u32, height: u32) -> Vec<u8> {
    const FITS: &str = "pixels and palette fit the size, and memory takes all bytes";
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.colours.concat());
    encoder.set_compression(png::Compression::Balanced);
    encoder.set_filter(png::Filter::NoFilter);
    encoder
        .add_text_chunk("Comment".to_owned(), "Drawn by a practice stand-in, not by a model.".to_owned())
        .expect(FITS);
    let mut writer = encoder.write_header().expect(FITS);
    writer.write_image_data(pixels).expect(FITS);
    writer.finish().expect(FITS);
    file
}

/// Where everything stands.
struct Scene {
    height: u32,
    mood: &'static Mood,
    /// Centre and radius in pixels.
    sun: (u32, u32, u32),
    /// For every ridge from far to near, its upper edge in each column, in parts of a pixel.
    ridges: Vec<Vec<u32>>,
}

impl Scene {
    fn new(prompt: &str, seed: u64, width: u32, height: u32) -> Self {
        let digest = Sha256::digest(format!("{seed}/{prompt}"));
        let pick = |at: usize, from: u32, to: u32| from + u32::from(digest[at]) * (to - from) / 255;
        let small = width.min(height);
        let sun = (
            width * pick(0, 18, 82) / 100,
            height * pick(1, 22, 42) / 100,
            (small * pick(2, 5, 9) / 100).max(1),
        );
        let seed = digest.iter().skip(8).take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte));
        let ridges = (0..RIDGES).map(|ridge| {
            let ridge_seed = seed.wrapping_add(u64::from(ridge));
            (0..width).map(|x| edge(ridge_seed, ridge, x, width, height)).collect()
        });
        let mood = &MOODS[usize::from(digest[3]) % MOODS.len()];
        Scene { height, mood, sun, ridges: ridges.collect() }
    }

    fn colour(&self, x: u32, y: u32) -> Colour {
        // From near to far: the first ridge that covers the pixel decides, softened at its edge.
        for ridge in (0..RIDGES).rev() {
            let covered = self.covered(ridge, x, y);
            if covered == STEPS {
                return self.hill(ridge);
            }
            if covered > 0 {
                let behind = (0..ridge).rev().find(|behind| self.covered(*behind, x, y) == STEPS);
                let behind = behind.map_or_else(|| self.sky(x, y), |behind| self.hill(behind));
                return mix(behind, self.hill(ridge), covered, STEPS);
            }
        }
        self.sky(x, y)
    }

    fn covered(&self, ridge: u32, x: u32, y: u32) -> u32 {
        let edge = self.ridges[ridge as usize][x as usize];
        let below = ((y + 1) * PARTS).saturating_sub(edge).min(PARTS);
        (below * STEPS + PARTS / 2) / PARTS
    }

    fn hill(&self, ridge: u32) -> Colour {
        mix(self.mood.hills[0], self.mood.hills[1], ridge, RIDGES - 1)
    }

    /// Bands from top to bottom, with the sun and two rings of its light.
    fn sky(&self, x: u32, y: u32) -> Colour {
        let [top, bottom] = self.mood.sky;
        // The lower third of the sky is always behind hills.
        let band = (y * BANDS / (self.height * 3 / 4).max(1)).min(BANDS - 1);
        let sky = mix(top, bottom, band, BANDS - 1);
        let (sun_x, sun_y, radius) = self.sun;
        // In quarters of a pixel, for a soft edge.
        let distance = square((4 * x).abs_diff(4 * sun_x)) + square((4 * y).abs_diff(4 * sun_y));
        let within = |quarters: u32| distance <= square(quarters);
        let covered = (0..STEPS).filter(|step| within(4 * radius + 2 - step)).count();
        let light = u32::from(within(4 * radius * 8 / 5)) + u32::from(within(4 * radius * 5 / 2));
        let lit = mix(sky, self.mood.sun, light, 10);
        mix(lit, self.mood.sun, u32::try_from(covered).unwrap_or_default(), STEPS)
    }
}

/// The upper edge of a ridge in column `x`: long waves for all, finer ones the nearer it is.
fn edge(seed: u64, ridge: u32, x: u32, width: u32, height: u32) -> u32 {
    let period = |part: u32| (width / part).max(2);
    let waves = noise(seed, x, period(2)) * 9
        + noise(seed ^ 1, x, period(5)) * 4
        + noise(seed ^ 2, x, period(13)) * 2
        + noise(seed ^ 3, x, period(40)) * ridge / 4;
    // `waves` reaches about 16 * 1024; a ridge rises by up to a fifth of the picture.
    let base = height * (52 + ridge * 11) / 100;
    let rise = u64::from(waves) * u64::from(height) * u64::from(PARTS) / (16 * 1024 * 5);
    (base * PARTS).saturating_sub(u32::try_from(rise).unwrap_or_default())
}

/// Smooth noise from 0 to 1023 with a new value every `period` columns.
fn noise(seed: u64, x: u32, period: u32) -> u32 {
    let (cell, inside) = (x / period, (x % period) * 1024 / period);
    let eased = inside * inside / 1024 * (3 * 1024 - 2 * inside) / 1024;
    let (from, to) = (lattice(seed, cell), lattice(seed, cell + 1));
    (from * (1024 - eased) + to * eased) / 1024
}

fn lattice(seed: u64, cell: u32) -> u32 {
    let mut state = seed ^ (u64::from(cell) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    u32::try_from((state ^ (state >> 31)) % 1024).unwrap_or_default()
}

fn square(side: u32) -> u64 {
    u64::from(side) * u64::from(side)
}

/// `part` of `whole` parts of `to`, the rest of `from`.
fn mix(from: Colour, to: Colour, part: u32, whole: u32) -> Colour {
    let channel = |at: usize| {
        let sum = u32::from(from[at]) * (whole - part) + u32::from(to[at]) * part;
        u8::try_from((sum + whole / 2) / whole).unwrap_or(u8::MAX)
    };
    [channel(0), channel(1), channel(2)]
}

/// The colours used so far. When all 256 places are taken, the nearest colour stands in.
#[derive(Default)]
struct Palette {
    colours: Vec<Colour>,
    places: HashMap<Colour, u8>,
    last: Option<(Colour, u8)>,
}

impl Palette {
    fn index(&mut self, colour: Colour) -> u8 {
        match self.last {
            Some((same, place)) if same == colour => return place,
            _ => {}
        }
        let place = match self.places.get(&colour) {
            Some(place) => *place,
            None => self.add(colour),
        };
        self.last = Some((colour, place));
        place
    }

    fn add(&mut self, colour: Colour) -> u8 {
        let place = match u8::try_from(self.colours.len()) {
            Ok(place) => {
                self.colours.push(colour);
                place
            }
            Err(_) => self.nearest(colour),
        };
        self.places.insert(colour, place);
        place
    }

    fn nearest(&self, colour: Colour) -> u8 {
        let far = |other: &Colour| -> u32 {
            other.iter().zip(colour).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
        };
        (0..=u8::MAX).zip(&self.colours).min_by_key(|(_, other)| far(other)).map_or(0, |(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_valid_small_and_follow_from_what_was_asked() {
        let file = png("A lake at dawn", 7, 1024, 1024);
        assert!(file.len() < 60_000, "{} bytes", file.len());
        let info = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        assert_eq!((info.info().width, info.info().height), (1024, 1024));
        assert!(info.info().palette.as_ref().unwrap().len() > 3 * 40);
        assert_eq!(png("A", 1, 64, 48), png("A", 1, 64, 48));
        assert_ne!(png("A", 1, 64, 48), png("A", 2, 64, 48));
        assert_ne!(png("A", 1, 64, 48), png("B", 1, 64, 48));
    }

    #[test]
    fn odd_sizes_are_drawn_too() {
        for (width, height) in [(1, 1), (1, 700), (1200, 3)] {
            let file = png("x", 0, width, height);
            let info = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
            assert_eq!((info.info().width, info.info().height), (width, height));
        }
    }
}
