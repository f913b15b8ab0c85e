//! Tokens, and who counted them.

use crate::bedrock::family::Usage;

/// Token counts of one answer and where they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// The counts.
    pub usage: Usage,
    /// Where they come from; `None` if nothing tells.
    pub source: Option<TokenSource>,
}

/// Where token counts were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenSource {
    /// `x-amzn-bedrock-input-token-count` and its siblings.
    Headers,
    /// `amazon-bedrock-invocationMetrics` of the last chunk, or `ConverseStream`'s metadata event.
    StreamMetrics,
    /// The answer's body.
    Body,
}

impl Tokens {
    /// The counts with their source. Counts that tell nothing have no source.
    pub fn of(usage: Usage, source: Option<TokenSource>) -> Self {
        let source = source.filter(|_| usage != Usage::default());
        Self { usage, source }
    }
}

impl TokenSource {
    /// How a page says it, such as `response headers`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Headers => "response headers",
            Self::StreamMetrics => "stream metrics",
            Self::Body => "response body",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_keep_their_source() {
        let usage = Usage { input_tokens: Some(12), output_tokens: Some(0), ..Usage::default() };
        assert_eq!(Tokens::of(usage, Some(TokenSource::Headers)).source, Some(TokenSource::Headers));
    }

    #[test]
    fn what_tells_nothing_has_no_source() {
        assert_eq!(Tokens::of(Usage::default(), Some(TokenSource::Body)).source, None);
    }
}
