//! What is billed of an answer, counted.

use crate::ImagePrice;
use tutor_bedrock::family::Usage;

/// What is billed of one answer. Tokens are counted net: those of the cache are not among the input.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metered {
    /// Input tokens, without cached ones and sound; `None` if nothing counts them.
    pub input: Option<u64>,
    /// Output tokens, without sound; `None` if nothing counts them.
    pub output: Option<u64>,
    /// Input tokens read from the cache.
    pub cache_read: u64,
    /// Input tokens written to the cache, for however long.
    pub cache_write: u64,
    /// Of these, tokens written for an hour.
    pub cache_write_1h: u64,
    /// Input tokens of sound.
    pub audio_input: u64,
    /// Output tokens of sound.
    pub audio_output: u64,
    /// Images sent.
    pub image_inputs: u64,
    /// Seconds of sound sent.
    pub audio_seconds: u64,
    /// Seconds of film sent.
    pub video_seconds: u64,
    /// Images made.
    pub images: Vec<ImageMade>,
}

/// One image that an answer holds, as far as its price depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageMade {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Steps as asked for; `None` if the request left them to the model, whose default lies in the
    /// lowest class.
    pub steps: Option<u32>,
    /// Quality as asked for; `None` if the request left it to the model, whose default is
    /// `standard`.
    pub quality: Option<String>,
}

impl Metered {
    /// The tokens of an answer, which tutor always reads net.
    pub fn net(usage: &Usage) -> Self {
        Metered {
            input: usage.input_tokens,
            output: usage.output_tokens,
            cache_read: usage.cache_read_tokens.unwrap_or_default(),
            cache_write: usage.cache_write_tokens.unwrap_or_default(),
            ..Metered::default()
        }
    }

    /// Tokens as the `OpenAI` APIs and most price tables count them, the cached ones among the input. A count
    /// of cached tokens that is larger than the input it is part of leaves no input, never less.
    pub fn gross(input: u64, output: u64, cache_read: u64, cache_write: u64) -> Self {
        Metered {
            input: Some(input.saturating_sub(cache_read).saturating_sub(cache_write)),
            output: Some(output),
            cache_read,
            cache_write,
            ..Metered::default()
        }
    }

    /// Every input token, cached or not: what long prompts are told by.
    pub fn input_in_all(&self) -> u64 {
        let parts = [self.cache_read, self.cache_write, self.audio_input];
        parts.into_iter().fold(self.input.unwrap_or_default(), u64::saturating_add)
    }
}

impl ImageMade {
    /// Whether `class` prices this image.
    pub(super) fn is_of(&self, class: &ImagePrice) -> bool {
        let longer_side = self.width.max(self.height);
        let quality = self.quality.as_deref().unwrap_or("standard");
        class.max_side.is_none_or(|max| longer_side <= max)
            && class.max_steps.is_none_or(|max| self.steps.is_none_or(|steps| steps <= max))
            && class.quality.as_deref().is_none_or(|of| of == quality)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn net_and_gross_counts_of_the_same_answer_are_the_same() {
        let usage = Usage {
            input_tokens: Some(100),
            output_tokens: Some(5),
            cache_read_tokens: Some(30),
            cache_write_tokens: Some(20),
        };
        assert_eq!(Metered::net(&usage), Metered::gross(150, 5, 30, 20));
        assert_eq!(Metered::net(&usage).input_in_all(), 150);
        assert_eq!(Metered::gross(10, 5, 30, 20).input, Some(0), "never less than nothing");
    }
}
