//! Fenced code blocks.

use std::ops::Range;

use super::{Annotation, Place};

/// One fenced code block.
#[derive(Debug, Clone, PartialEq)]
pub struct Fence {
    /// Its number, from 0 over all fences of the chapter.
    pub index: usize,
    /// What follows the opening marks, escapes undone.
    pub info: String,
    /// Its content without container prefixes, line breaks as `\n`.
    pub content: String,
    /// The 1-based line of the opening marks, in the text given.
    pub line: usize,
    /// The 1-based line of the content's first line, in the text given. Content keeps its lines, so
    /// content line `n` (from 0) stands on `first_line + n`.
    pub first_line: usize,
    /// Its bytes in the text given, from the opening marks to the end of the closing ones.
    pub range: Range<usize>,
    /// What an author's comment before it says.
    pub annotation: Option<Annotation>,
    /// The place below it. `None` if the fence is not closed: whatever stood there would be taken for
    /// code.
    pub below: Option<Place>,
}

impl Fence {
    /// Whether it has closing marks of its own, rather than ending with its container or the chapter.
    pub fn is_closed(&self) -> bool {
        self.below.is_some()
    }
}

/// Finds the place below a fence, given where its content ends.
///
/// A fence ends with closing marks, or without any where its container or the text ends. In the
/// first case those marks follow the content's last line, on a line that has passed all containers:
/// what stands before them on it is the prefix for any further line in there.
pub(super) fn below(text: &str, range: &Range<usize>, content_end: usize) -> Option<Place> {
    let marks = text.as_bytes()[range.start];
    let tail = text.get(content_end..range.end)?;
    let prefix = &tail[..tail.bytes().position(|byte| byte == marks)?];
    Some(Place::below_line(text, range.end, prefix))
}
