//! Recordings that a merge of git has left with both sides in them.

/// One side of a merge, in git's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Of the branch that was merged into.
    Ours,
    /// Of the branch that was merged.
    Theirs,
}

/// The line of the first mark of a conflict, if there is one.
pub fn line_of(text: &str) -> Option<usize> {
    text.lines().position(|line| line.starts_with("<<<<<<< ") || line == "<<<<<<<").map(|index| index + 1)
}

/// The text with one side of every conflict.
pub fn side(text: &str, side: Side) -> String {
    /// Whose lines are read.
    #[derive(PartialEq)]
    enum Of {
        Both,
        One(Side),
        Base,
    }
    let mut of = Of::Both;
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let is_mark = |mark: &str| line.trim_end() == mark || line.starts_with(&format!("{mark} "));
        if is_mark("<<<<<<<") {
            of = Of::One(Side::Ours);
        } else if of != Of::Both && is_mark("|||||||") {
            of = Of::Base;
        } else if of != Of::Both && is_mark("=======") {
            of = Of::One(Side::Theirs);
        } else if of != Of::Both && is_mark(">>>>>>>") {
            of = Of::Both;
        } else if of == Of::Both || of == Of::One(side) {
            out.push_str(line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_taken_whole() {
        let text = "a\n<<<<<<< HEAD\nb\n||||||| base\nc\n=======\nd\n>>>>>>> other\ne\n";
        assert_eq!(
            (side(text, Side::Ours).as_str(), side(text, Side::Theirs).as_str()),
            ("a\nb\ne\n", "a\nd\ne\n")
        );
        assert_eq!((line_of(text), line_of("a\n=======\n")), (Some(2), None));
    }
}
