//! Vectors for embeddings: every word adds a direction that its hash gives, so that texts with common
//! words are near each other and nothing else is meant.

use sha2::{Digest as _, Sha256};

/// How many words at most count; a vector says little about more.
const MOST_WORDS: usize = 512;
/// Six decimals are kept, so that answers stay short.
const DECIMALS: f64 = 1_000_000.0;

/// The unit vector of `text` with this many dimensions.
pub(super) fn embed(text: &str, dimensions: u32) -> Vec<f64> {
    let mut sum = vec![0.0; dimensions as usize];
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in words.take(MOST_WORDS) {
        add(&mut sum, word);
    }
    if sum.iter().all(|value| *value == 0.0) {
        add(&mut sum, text);
    }
    let length = sum.iter().map(|value| value * value).sum::<f64>().sqrt();
    sum.iter().map(|value| (value / length * DECIMALS).round() / DECIMALS).collect()
}

/// Adds the direction of `word`, drawn by xorshift from its hash.
fn add(sum: &mut [f64], word: &str) {
    let digest = Sha256::digest(word);
    let mut state = digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte)) | 1;
    for value in sum {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let high = u32::try_from(state >> 32).unwrap_or_default();
        *value += f64::from(high) / f64::from(u32::MAX) * 2.0 - 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f64 {
        embed(a, 256).iter().zip(embed(b, 256)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn vectors_have_length_one_and_six_decimals() {
        for text in ["Hello, world", "", "…"] {
            let vector = embed(text, 1024);
            let length: f64 = vector.iter().map(|value| value * value).sum();
            assert!((length - 1.0).abs() < 1e-3, "{length}");
            assert!(vector.iter().all(|value| value.to_string().len() <= 9));
        }
    }

    #[test]
    fn common_words_bring_texts_near() {
        let near = cosine("The contract ends in May.", "When does the contract end?");
        let far = cosine("The contract ends in May.", "Bananas are yellow");
        assert!(near > 0.3 && far.abs() < 0.25, "{near} {far}");
        assert!(cosine("Sky, blue", "blue SKY") > 0.999);
    }
}
