//! Challenges: a chapter's exercise, run on the learner's own script and judged by what it does.
//!
//! In come a [`Manifest`] from `challenges/CHAPTER/` and a script; out comes a [`grading::Report`] that
//! says, check by check, what works, what does not and where to look. The way of a run:
//!
//! ```text
//! manifest → scenario → stubs ⇄ the script, in a child process ← runner
//!  models,    rounds,    answer,    harness.py calls its function   limits,
//!  checks     delays,    observe    and notes what it raises        where it is
//!             faults       └──────────→ evidence ←────────────┘
//!                                          └→ grading → report
//! ```
//!
//! With [`live`], Amazon Bedrock stands behind the script, and less is drawn.
//!
//! Everything a right result can be read from (texts, token counts, delays, the prompts themselves) is
//! drawn anew for each run, so that it can only come from having called and read. Checks look at what
//! arrived and at what was returned, never at the source text. This is no defence against somebody who
//! attacks the grader: the script runs with the learner's own rights.

pub mod evidence;
pub mod grading;
pub mod kit;
pub mod live;
pub mod manifest;
pub mod progress;
pub mod report;
mod returned;
pub mod runner;
pub mod scenario;
pub mod session;
pub mod shelf;
pub mod source;
pub mod stubs;
pub mod workspace;

pub use manifest::Manifest;
pub use shelf::{Challenge, Shelf};
