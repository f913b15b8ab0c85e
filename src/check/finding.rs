//! What a rule finds: where, what, and how to mend it.

use std::ops::Range;
use std::path::PathBuf;

use jiff::civil::Date;

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, from the book's folder on.
    pub path: PathBuf,
    /// The 1-based line, if it is about one.
    pub line: Option<usize>,
    /// The bytes of that line, from 0, if they are known.
    pub columns: Option<Range<usize>>,
}

impl Place {
    /// A file as a whole.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Place { path: path.into(), line: None, columns: None }
    }

    /// A line of a file.
    pub fn line(path: impl Into<PathBuf>, line: usize) -> Self {
        Place { path: path.into(), line: Some(line), columns: None }
    }
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What, as one clause.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The chapter and fence it belongs to, whose annotation may allow it.
    pub fence: Option<FenceId>,
    /// Findings of one rule with equal subjects in one file are reported once, with all lines.
    pub subject: Option<String>,
    /// What was claimed and what the catalog says.
    pub claim: Option<ClaimFacts>,
    /// How `--fix` mends it, if that is mechanical.
    pub fix: Option<Fix>,
}

/// A fence of the material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FenceId {
    /// The chapter's place in [`super::Material::chapters`].
    pub chapter: usize,
    /// The fence's number in its chapter.
    pub fence: usize,
}

/// A claim with what the catalog has to say to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFacts {
    /// The claim as written.
    pub quote: String,
    /// The catalog's value, written the same way.
    pub value: String,
    /// Where the catalog has it from.
    pub source: String,
    /// The day that was read.
    pub as_of: Date,
}

/// A change to the material that needs no judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix {
    /// Other words in the finding's columns.
    Replace {
        /// What stands there.
        old: String,
        /// What shall stand there.
        new: String,
    },
    /// The finding's file goes.
    Remove,
}

impl Finding {
    /// A finding about `place`.
    pub fn new(place: Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Finding {
            place,
            message: message.into(),
            help: help.into(),
            fence: None,
            subject: None,
            claim: None,
            fix: None,
        }
    }

    /// The same, in a fence.
    #[must_use]
    pub fn in_fence(mut self, fence: FenceId) -> Self {
        self.fence = Some(fence);
        self
    }

    /// The same, reported once for all findings about `subject` in the file.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}
