//! Patterns over English words.

use std::borrow::Cow;

use regex::Regex;

/// A pattern of this room. Its words are bounded as English ones are: Unicode's boundaries take the
/// engine some seventy times as long in a sentence with a dash or a curly quote.
pub(super) fn pattern(text: &str) -> Regex {
    let ascii = text.replace(r"\b", r"(?-u:\b)").replace(r"\w", r"(?-u:\w)");
    Regex::new(&ascii).expect("a constant pattern")
}

/// A pattern in lower case that texts of any case are held against. It is made in about half the time
/// of one that knows both cases, and a check makes all of them.
pub(super) struct Words(Regex);

impl Words {
    pub(super) fn new(text: &str) -> Self {
        Words(pattern(text))
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(&folded(text))
    }

    /// The byte where the first match begins.
    pub(super) fn start(&self, text: &str) -> Option<usize> {
        self.0.find(&folded(text)).map(|found| found.start())
    }
}

/// `text` in lower case as far as it is ASCII: every byte keeps its place.
fn folded(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_and_places_stay() {
        let words = Words::new(r"\bused to\b|≈");
        assert_eq!(words.start("Är: It USED to cost"), Some(8));
        assert!(words.is_match("≈ 3") && !words.is_match("reused to"));
    }
}
