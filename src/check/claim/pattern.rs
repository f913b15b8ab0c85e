//! Patterns over English words.

use std::borrow::Cow;

use regex::Regex;
use regex_automata::meta;

/// A pattern of this room. Its words are bounded as English ones are: Unicode's boundaries take the
/// engine some seventy times as long in a sentence with a dash or a curly quote.
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(&bounded(text)).expect("a constant pattern")
}

fn bounded(text: &str) -> String {
    text.replace(r"\b", r"(?-u:\b)").replace(r"\w", r"(?-u:\w)")
}

/// A pattern in lower case that texts of any case are held against. A check makes all of them and
/// holds them against short texts, so what makes one dear is left out: knowing both cases, and
/// looking for its literals before it is tried.
pub(super) struct Words(meta::Regex);

impl Words {
    pub(super) fn new(text: &str) -> Self {
        let config = meta::Config::new().auto_prefilter(false);
        let regex = meta::Builder::new().configure(config).build(&bounded(text));
        Words(regex.expect("a constant pattern"))
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(&*folded(text))
    }

    /// The byte where the first match begins.
    pub(super) fn start(&self, text: &str) -> Option<usize> {
        self.0.find(&*folded(text)).map(|found| found.start())
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
