//! Patterns over English words.
//!
//! A check makes all of them and holds them against short texts, so what makes one dear is left out:
//! knowing both cases, Unicode's classes (the tables for them, and in a sentence with a dash or a curly
//! quote some seventy times as long for a word's boundary), and literals that are looked for before a
//! match is tried. White space is ASCII's and the two spaces that do not break.

use std::borrow::Cow;
use std::ops::Range;

use regex_automata::meta;
use regex_automata::util::{captures, syntax};

/// White space as UTF-8.
const SPACE: &str = r"(?:\s|\xC2\xA0|\xE2\x80\xAF)";

/// A pattern of this room.
pub(super) struct Pattern {
    regex: meta::Regex,
    /// Whether texts are held against it in lower case.
    folds: bool,
}

/// A pattern that is matched letter by letter.
pub(super) fn exact(text: &str) -> Pattern {
    Pattern::new(text, false)
}

/// A pattern in lower case that texts of any case are held against.
pub(super) fn words(text: &str) -> Pattern {
    Pattern::new(text, true)
}

impl Pattern {
    fn new(text: &str, folds: bool) -> Self {
        let config = meta::Config::new().auto_prefilter(false).utf8_empty(false);
        let syntax = syntax::Config::new().unicode(false).utf8(false);
        let regex = meta::Builder::new().configure(config).syntax(syntax).build(&text.replace(r"\s", SPACE));
        Pattern { regex: regex.expect("a constant pattern"), folds }
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(&*self.folded(text))
    }

    /// The bytes of the first match.
    pub(super) fn find(&self, text: &str) -> Option<Range<usize>> {
        self.regex.find(&*self.folded(text)).map(|found| found.range())
    }

    /// The bytes of every match.
    pub(super) fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        self.regex.find_iter(&*self.folded(text)).map(|found| found.range()).collect()
    }

    /// Every match with its groups.
    pub(super) fn groups<'t>(&self, text: &'t str) -> Vec<Groups<'t>> {
        let folded = self.folded(text);
        self.regex.captures_iter(&*folded).map(|captures| Groups { text, captures }).collect()
    }

    /// `text` in lower case as far as it is ASCII, if the pattern wants it so: every byte keeps its place.
    fn folded<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.folds && text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        }
    }
}

/// A match, and what its groups hold.
pub(super) struct Groups<'t> {
    text: &'t str,
    captures: captures::Captures,
}

/// A part of a text.
#[derive(Debug, Clone)]
pub(super) struct Part<'t> {
    pub(super) range: Range<usize>,
    pub(super) text: &'t str,
}

impl<'t> Groups<'t> {
    /// The bytes of the whole match.
    pub(super) fn range(&self) -> Range<usize> {
        self.captures.get_match().map_or(0..0, |whole| whole.range())
    }

    /// A group, from 1 on, if it took part in the match.
    pub(super) fn get(&self, group: usize) -> Option<Part<'t>> {
        let range = self.captures.get_group(group)?.range();
        Some(Part { text: self.text.get(range.clone())?, range })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_and_places_stay() {
        let used = words(r"\bused (to)\b|≈");
        assert_eq!(used.find("Är: It USED to cost").map(|found| found.start), Some(8));
        assert!(used.is_match("≈ 3") && !used.is_match("reused to"));
        let groups = used.groups("Ä used To ≈");
        assert_eq!(groups.iter().map(Groups::range).collect::<Vec<_>>(), [3..10, 11..14]);
        assert_eq!(groups[0].get(1).map(|part| (part.text, part.range)), Some(("To", 8..10)));
        assert!(groups[1].get(1).is_none());
        assert!(!exact("usd").is_match("USD"));
        assert!(words(r"^1\sm$").is_match("1\u{a0}M") && words(r"^1\sm$").is_match("1\u{202f}M"));
    }
}
