//! Tokens, and who counted them.

use tutor_bedrock::family::{Usage, UsageSource};

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

/// A count as a page says it: `1,234,567`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!([999, 1_000, 1_234_567].map(grouped), ["999", "1,000", "1,234,567"]);
    }

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
