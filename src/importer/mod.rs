//! Brings in what others recorded: files → plan → pending recordings.
//!
//! In come the paths of cassettes, logs and outputs; [`Plan::of`] reads them once and says what they
//! hold, and [`Plan::file`] reads them again and files each request's answers as one pending recording
//! of origin `imported`. Bodies are kept only until [`MOST_HELD`] bytes are there, so that a log may be
//! longer than memory. A file that breaks anywhere brings in nothing.

mod files;
mod plan;
mod write;

pub use plan::{Plan, Trouble};
pub use write::Imported;

/// How many bytes of bodies are held before they are filed.
const MOST_HELD: usize = 48 << 20;
/// How many samples one recording may have.
pub const MOST_SAMPLES: usize = 100;
