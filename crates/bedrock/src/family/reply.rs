//! What a stand-in model says, before a family puts it into its dialect.

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::CacheCounts;
use super::prompt::Prompt;
use super::reading::Part;
use crate::json::Json;

/// What a stand-in model says; a family puts it into its dialect.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The model id as it was asked for.
    pub model_id: String,
    /// An id that is the same whenever the call is the same: 24 lower-case letters and digits.
    pub id: String,
    /// What was asked.
    pub prompt: Prompt,
    /// The body it was asked with: some answers repeat parts of it, or take their shape from it.
    pub body: Json,
    /// The content.
    pub parts: Vec<Part>,
    /// Why it stops.
    pub stop: Stop,
    /// Estimated input tokens.
    pub input_tokens: u64,
    /// Estimated output tokens.
    pub output_tokens: u64,
    /// Simulated latency in milliseconds, for the metrics of the last chunk.
    pub latency_ms: u64,
    /// Simulated time to the first token in milliseconds, for the same.
    pub first_token_ms: u64,
}

/// Why a stand-in model stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// It has said everything.
    End,
    /// It reached the limit on output tokens.
    Length,
    /// It came to this stop sequence.
    Sequence(String),
    /// It wants a tool called.
    ToolUse,
}

impl Reply {
    /// All text.
    pub fn text(&self) -> String {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Every image, as base64 the way all image models send it.
    pub(super) fn images_base64(&self) -> Vec<String> {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Image { bytes, .. } => Some(super::media::encode(bytes)),
                _ => None,
            })
            .collect()
    }

    /// Every vector.
    pub(super) fn vectors(&self) -> Vec<&[f64]> {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Embedding(vector) => Some(vector.as_slice()),
                _ => None,
            })
            .collect()
    }

    /// The model's name as its maker writes it inside answers: the bare id without provider and
    /// version suffix, dates kept.
    pub(super) fn model_name(&self) -> &str {
        let bare = crate::model_id::bare(&self.model_id);
        let name = bare.split_once('.').map_or(bare, |(_, name)| name);
        match name.rsplit_once("-v") {
            Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => name,
            _ => name,
        }
    }

    /// An id in UUID shape, the same whenever the call is the same, another for every `purpose`.
    pub fn uuid(&self, purpose: &str) -> String {
        uuid(&[&self.id, purpose])
    }

    /// The member [`super::METRICS`] of a native stream's last chunk.
    pub fn metrics(&self, counts_cache: CacheCounts) -> Json {
        let mut metrics = json!({
            "inputTokenCount": self.input_tokens,
            "outputTokenCount": self.output_tokens,
            "invocationLatency": self.latency_ms,
            "firstByteLatency": self.first_token_ms,
        });
        if counts_cache == CacheCounts::HeadersAndMetrics {
            metrics["cacheReadInputTokenCount"] = 0.into();
            metrics["cacheWriteInputTokenCount"] = 0.into();
        }
        metrics.into()
    }
}

/// A hash of `seeds` in the shape of a random UUID.
pub fn uuid(seeds: &[&str]) -> String {
    use std::fmt::Write as _;
    let mut hash = Sha256::new();
    for seed in seeds {
        hash.update((seed.len() as u64).to_be_bytes());
        hash.update(seed);
    }
    let mut out = String::with_capacity(36);
    for (index, byte) in hash.finalize().iter().take(16).enumerate() {
        // Version 4, variant 1, like the ids Bedrock sends.
        let byte = match index {
            6 => (byte & 0x0f) | 0x40,
            8 => (byte & 0x3f) | 0x80,
            _ => *byte,
        };
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// The longest piece of a word in a stream, in characters: a whole number of [`TOKEN`]s, so that the
/// tokens of the pieces add up to those of the whole.
const LONGEST_PIECE: usize = 3 * TOKEN;
/// The characters of an estimated token.
const TOKEN: usize = 4;

/// Stands behind each piece of a text that came in pieces, for as long as it is being put into a stream:
/// a code point that Unicode keeps for such uses and no text holds.
pub const PIECE_END: char = '\u{fdd0}';

/// `text` in the pieces a stream carries: those it came in, else a word with the white space before it,
/// long words cut.
pub fn pieces(text: &str) -> Vec<&str> {
    match text.strip_suffix(PIECE_END) {
        Some(text) => text.split(PIECE_END).collect(),
        None => split(text, LONGEST_PIECE),
    }
}

/// `text` in estimated tokens: a word (what stands between white space) is one for every four
/// characters begun, so at least one. That is near what English text costs with most models'
/// tokenizers, and it is only ever shown as an estimate. White space alone is no token.
pub fn estimated_tokens(text: &str) -> Vec<&str> {
    if text.trim().is_empty() { Vec::new() } else { split(text, TOKEN) }
}

/// Words of at most `longest` characters, each with the white space before it; what is left at the
/// end goes with the last.
fn split(text: &str, longest: usize) -> Vec<&str> {
    let mut starts = vec![0];
    let mut letters = 0;
    for (at, c) in text.char_indices() {
        let space = c.is_whitespace();
        if (space && letters > 0) || letters == longest {
            starts.push(at);
            letters = 0;
        }
        letters += usize::from(!space);
    }
    if letters == 0 && starts.len() > 1 {
        starts.pop();
    }
    let ends = starts[1..].iter().copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).filter(|piece| !piece.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_words_and_join_to_the_whole() {
        let text = " Best efforts\n\nare  a donaudampfschifffahrt 漢字. ";
        assert_eq!(pieces(text).concat(), text);
        assert_eq!(
            pieces(text),
            [" Best", " efforts", "\n\nare", "  a", " donaudampfsc", "hifffahrt", " 漢字. "]
        );
        assert!(pieces("").is_empty());
        assert_eq!(pieces(" \n"), [" \n"]);
    }

    #[test]
    fn a_text_that_came_in_pieces_keeps_them() {
        let text = ["Be", "st ef", "", "forts"].map(|piece| format!("{piece}{PIECE_END}")).concat();
        assert_eq!(pieces(&text), ["Be", "st ef", "", "forts"]);
    }

    #[test]
    fn a_word_is_a_token_for_every_four_characters_begun() {
        assert_eq!(estimated_tokens("To be, absolutely \n"), ["To", " be,", " abso", "lute", "ly \n"]);
        assert!(estimated_tokens(" \n").is_empty());
        for text in ["Donaudampfschifffahrt  is a word", " x ", "abcdefghijklm"] {
            let of_pieces: usize = pieces(text).into_iter().map(|piece| estimated_tokens(piece).len()).sum();
            assert_eq!(of_pieces, estimated_tokens(text).len());
        }
    }

    #[test]
    fn uuids_have_the_shape_and_depend_on_every_seed() {
        let id = uuid(&["a", "b"]);
        assert_eq!(id.len(), 36);
        assert_eq!((id.as_bytes()[14], id.matches('-').count()), (b'4', 4));
        assert_ne!(id, uuid(&["ab", ""]));
    }
}
