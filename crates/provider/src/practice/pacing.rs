//! How fast a stand-in speaks: simulated times, by the class of the model.
//!
//! The figures are ours, chosen so that classes differ as learners will see them differ; they claim
//! nothing about any real model, and pages call them simulated.

use sha2::{Digest as _, Sha256};

use tutor_bedrock::family::Makes;
use tutor_bedrock::model_id;

/// A class of models that are about equally fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Small,
    Medium,
    Large,
    Image,
    Embedding,
}

/// Words in model ids that tell the class. What has none of them is of medium speed.
const SMALL: [&str; 17] = [
    "haiku",
    "instant",
    "micro",
    "lite",
    "light",
    "mini",
    "nano",
    "small",
    "-1b",
    "-3b",
    "-7b",
    "-8b",
    "-9b",
    "-4b",
    "jamba-instruct",
    "flash",
    "scout",
];
const LARGE: [&str; 11] =
    ["opus", "premier", "ultra", "large", "405b", "90b", "70b", "120b", "r-plus", "r1", "maverick"];

/// The simulated speed of one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    network_ms: u64,
    first_token_ms: u64,
    per_token_us: u64,
}

impl Class {
    fn of(model_id: &str, makes: Makes) -> Self {
        let has = |words: &[&str]| words.iter().any(|word| model_id.contains(word));
        match makes {
            Makes::Images => Class::Image,
            Makes::Vectors | Makes::Rankings => Class::Embedding,
            Makes::Text if has(&SMALL) => Class::Small,
            Makes::Text if has(&LARGE) => Class::Large,
            Makes::Text => Class::Medium,
        }
    }

    /// Milliseconds to the first token (for media, to the whole), and tokens per second.
    fn speed(self) -> (u64, u64) {
        match self {
            Class::Small => (320, 95),
            Class::Medium => (620, 55),
            Class::Large => (1050, 28),
            Class::Image => (4200, 1000),
            Class::Embedding => (70, 1000),
        }
    }
}

impl Pace {
    /// The pace of sample `index` of the call with this key: up to 15 % faster and 25 % slower than
    /// the class.
    pub(super) fn of(model_id: &str, makes: Makes, key: &str, index: usize) -> Self {
        let (first_token_ms, tokens_per_second) = Class::of(model_id::bare(model_id), makes).speed();
        let vary = |what: &str| 850 + draw(key, index, what) % 401;
        Pace {
            network_ms: 14 + draw(key, index, "network") % 30,
            first_token_ms: first_token_ms * vary("first token") / 1000,
            per_token_us: 1000 * vary("token") / tokens_per_second,
        }
    }

    /// A pace at which the first of `tokens` arrives after `first_ms` and the last one after `last_ms`.
    pub(super) fn between(first_ms: u64, last_ms: u64, tokens: u64) -> Self {
        let per_token_us = last_ms.saturating_sub(first_ms) * 1000 / tokens.saturating_sub(1).max(1);
        Pace { network_ms: first_ms, first_token_ms: 0, per_token_us }
    }

    /// What Bedrock would report until the first token.
    pub(super) fn first_token_ms(&self) -> u64 {
        self.first_token_ms
    }

    /// What Bedrock would report for an answer of `tokens` tokens.
    pub(super) fn latency_ms(&self, tokens: u64) -> u64 {
        self.first_token_ms + self.per_token_us.saturating_mul(tokens.saturating_sub(1)) / 1000
    }

    /// When the `nth` token (from 1; 0 for what comes before all tokens) reaches the client.
    pub(super) fn arrival_ms(&self, nth: u64) -> u64 {
        self.network_ms + self.latency_ms(nth)
    }
}

/// A number that looks random and depends on nothing but these three.
fn draw(key: &str, index: usize, what: &str) -> u64 {
    let digest = Sha256::digest(format!("{key}/{index}/{what}"));
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_the_class() {
        let class = |id| Class::of(id, Makes::Text);
        assert_eq!(class("anthropic.claude-3-haiku-20240307-v1:0"), Class::Small);
        assert_eq!(class("meta.llama3-2-3b-instruct-v1:0"), Class::Small);
        assert_eq!(class("anthropic.claude-3-sonnet-20240229-v1:0"), Class::Medium);
        assert_eq!(class("meta.llama2-70b-chat-v1"), Class::Large);
        assert_eq!(Class::of("stability.stable-image-ultra-v1:1", Makes::Images), Class::Image);
    }

    #[test]
    fn samples_vary_within_bounds_and_never_by_chance() {
        let pace = |index| Pace::of("anthropic.claude-v2", Makes::Text, "abc", index);
        assert_eq!(pace(3), pace(3));
        assert!((0..20).any(|index| pace(index) != pace(0)));
        for index in 0..200 {
            let first = pace(index).first_token_ms();
            assert!((620 * 85 / 100..=620 * 125 / 100).contains(&first), "{first}");
        }
    }
}
