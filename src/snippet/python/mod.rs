//! Python is read, never run: an abstract evaluator over the fences of a chapter, as one module.

use super::{Answers, Findings, Source};

/// Reads the Python fences of one chapter, in order, as one module.
pub fn read(_sources: &[&Source], _answers: &dyn Answers) -> Findings {
    Findings::default()
}
