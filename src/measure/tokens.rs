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
