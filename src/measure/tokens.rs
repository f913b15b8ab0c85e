//! Tokens, and who counted them.

use crate::bedrock::family::{Usage, UsageSource};

/// Token counts of one answer and where they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// The counts.
    pub usage: Usage,
    /// Where they come from; `None` if nothing tells.
    pub source: Option<UsageSource>,
}

impl Tokens {
    /// The counts with their source. Counts that tell nothing have no source.
    pub fn of(usage: Usage, source: Option<UsageSource>) -> Self {
        let source = source.filter(|_| usage != Usage::default());
        Self { usage, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_keep_their_source() {
        let usage = Usage { input_tokens: Some(12), output_tokens: Some(0), ..Usage::default() };
        assert_eq!(Tokens::of(usage, Some(UsageSource::Headers)).source, Some(UsageSource::Headers));
    }

    #[test]
    fn what_tells_nothing_has_no_source() {
        assert_eq!(Tokens::of(Usage::default(), Some(UsageSource::Body)).source, None);
    }
}
