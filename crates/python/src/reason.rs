//! Why a value is not known, in plain words with a place.

use std::rc::Rc;

use tutor_bedrock::Json;
use tutor_bedrock::found::Reason;

/// Which part of a Bedrock answer an unknown value is. Reading the parts that every answer has does
/// not fail, so such reads leave a `try` as certain as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerPart {
    /// The dict that a boto3 method returns, or something read out of it.
    Content,
    /// The streaming body of `invoke_model`.
    Body,
    /// What `read()` of that body gives: JSON that certainly parses.
    Bytes,
}

/// Why a value is not known.
#[derive(Debug, Clone)]
pub(super) struct Why {
    /// A clause such as "`topic` comes from `input()`".
    pub(super) text: String,
    /// The 1-based line of the chapter.
    pub(super) line: Option<usize>,
    /// Set if the value is part of an answer of Bedrock that is not recorded.
    pub(super) part: Option<AnswerPart>,
    /// What is known of a JSON text with holes.
    pub(super) partial: Option<Json>,
    /// Set if there may be no value at all: reading the name may raise.
    pub(super) unset: bool,
}

impl Why {
    /// A reason at a line.
    pub(super) fn new(text: impl Into<String>, line: Option<usize>) -> Rc<Self> {
        Rc::new(Why { text: text.into(), line, part: None, partial: None, unset: false })
    }

    /// A part of an answer.
    pub(super) fn answer(part: AnswerPart, like: &Why) -> Rc<Self> {
        Rc::new(Why {
            text: like.text.clone(),
            line: like.line,
            part: Some(part),
            partial: None,
            unset: false,
        })
    }

    /// The same reason for something computed from the value, which is no part of an answer itself.
    pub(super) fn derived(self: &Rc<Self>) -> Rc<Self> {
        if self.part.is_none() && self.partial.is_none() && !self.unset {
            return self.clone();
        }
        Rc::new(Why { text: self.text.clone(), line: self.line, part: None, partial: None, unset: false })
    }

    /// As the room's neighbours see it.
    pub(super) fn reason(&self) -> Reason {
        Reason { text: self.text.clone(), line: self.line }
    }
}
