//! What tutor knows of a text: all of it, or why not.

use std::rc::Rc;

use tutor_bedrock::found::Reason;

/// The text of a variable, a file, an output or an argument.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Exactly this.
    Known(Rc<str>),
    /// Something else, and why.
    Unknown(Reason),
}

impl Value {
    /// A known text.
    pub(super) fn known(text: impl AsRef<str>) -> Self {
        Value::Known(text.as_ref().into())
    }

    /// An unknown one.
    pub(super) fn unknown(text: impl Into<String>, line: usize) -> Self {
        Value::Unknown(Reason { text: text.into(), line: Some(line) })
    }

    /// The text, if it is known.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Value::Known(text) => Some(text),
            Value::Unknown(_) => None,
        }
    }

    /// `self` followed by `other`; unknown if either is.
    pub(super) fn then(self, other: &Value) -> Value {
        match (&self, other) {
            (Value::Unknown(_), _) => self,
            (_, Value::Unknown(_)) => other.clone(),
            (Value::Known(left), _) if left.is_empty() => other.clone(),
            (_, Value::Known(right)) if right.is_empty() => self,
            (Value::Known(left), Value::Known(right)) => Value::known(format!("{left}{right}")),
        }
    }

    /// The same without the line breaks at its end, as `$(…)` gives it.
    pub(super) fn trimmed(self) -> Value {
        match &self {
            Value::Known(text) if text.ends_with('\n') => Value::known(text.trim_end_matches('\n')),
            _ => self,
        }
    }
}
