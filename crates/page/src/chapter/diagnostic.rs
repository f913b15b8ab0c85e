//! What is wrong in a chapter, said to the person who wrote it.

/// Something an author should mend. Never fatal here: what can be read of the chapter is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The 1-based line of the text given.
    pub line: usize,
    /// What is wrong, as a clause without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Diagnostic {
    /// A diagnostic at a 1-based line.
    pub fn new(line: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { line, message: message.into(), help: help.into() }
    }
}

/// The help for a word that is none of the known ones: the nearest of them if one is near, and all.
pub(super) fn known_words(word: &str, known: &[&str]) -> String {
    let all = known.join(", ");
    match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`? Known are: {all}"),
        None => format!("known are: {all}"),
    }
}

/// The known word that a slip of the fingers turns into `word`, if there is one.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_lowercase().replace('_', "-");
    let far = |known: &str| strsim::damerau_levenshtein(&word, known);
    known
        .iter()
        .copied()
        .min_by_key(|known| far(known))
        .filter(|known| far(known) <= 2.min(known.chars().count() / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        assert_eq!(nearest("smaples", &["name", "samples"]), Some("samples"));
        assert_eq!(nearest("not_contains", &["contains", "not-contains"]), Some("not-contains"));
        assert_eq!(nearest("temperature", &["name", "samples"]), None);
        assert_eq!(nearest("x", &["name"]), None);
    }
}
