//! Changing a text by replacing byte ranges, and back.

use std::ops::Range;

/// One change: the bytes of `range` give way to `replacement`. An empty range inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splice {
    /// Bytes of the text to be changed.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub replacement: String,
}

/// A changed text that remembers what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spliced {
    /// The text after all changes.
    pub text: String,
    /// The splices that turn `text` back into the input.
    pub undo: Vec<Splice>,
}

/// Splices that cannot be applied: a mistake of the code that made them, never of an author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpliceError {
    /// Two splices replace the same bytes.
    #[error("two changes meet at bytes {}..{} and {}..{}", .0.start, .0.end, .1.start, .1.end)]
    Overlap(Range<usize>, Range<usize>),
    /// A range that does not lie in the text, or cuts a character in two.
    #[error("bytes {}..{} are no part of the text", .0.start, .0.end)]
    OutOfText(Range<usize>),
}

/// Applies splices, in any order. Those that insert at the same place keep the order given; one
/// that inserts where another's range starts goes before it.
pub fn splice(text: &str, mut splices: Vec<Splice>) -> Result<Spliced, SpliceError> {
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    let added: usize = splices.iter().map(|splice| splice.replacement.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut undo = Vec::with_capacity(splices.len());
    let mut last = 0..0;
    for Splice { range, replacement } in splices {
        let Some(original) = text.get(range.clone()) else {
            return Err(SpliceError::OutOfText(range));
        };
        if range.start < last.end {
            return Err(SpliceError::Overlap(last, range));
        }
        out.push_str(&text[last.end..range.start]);
        let start = out.len();
        out.push_str(&replacement);
        undo.push(Splice { range: start..out.len(), replacement: original.to_owned() });
        last = range;
    }
    out.push_str(&text[last.end..]);
    Ok(Spliced { text: out, undo })
}

impl Spliced {
    /// The input again, byte for byte.
    pub fn original(&self) -> Result<String, SpliceError> {
        splice(&self.text, self.undo.clone()).map(|spliced| spliced.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(range: Range<usize>, replacement: &str) -> Splice {
        Splice { range, replacement: replacement.to_owned() }
    }

    #[test]
    fn splices_apply_in_order_and_back() {
        let spliced =
            splice("abcdef", vec![at(4..6, ""), at(0..1, "X"), at(3..3, "1"), at(3..3, "2"), at(1..1, "y")])
                .unwrap();
        assert_eq!(spliced.text, "Xybc12d");
        assert_eq!(spliced.original().unwrap(), "abcdef");
    }

    #[test]
    fn what_cannot_be_applied_is_refused() {
        assert_eq!(
            splice("abcdef", vec![at(0..3, "x"), at(2..4, "y")]),
            Err(SpliceError::Overlap(0..3, 2..4))
        );
        assert_eq!(splice("é", vec![at(1..2, "x")]), Err(SpliceError::OutOfText(1..2)));
        assert_eq!(splice("a", vec![at(1..3, "x")]), Err(SpliceError::OutOfText(1..3)));
    }
}
