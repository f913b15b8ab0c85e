//! The differential test on its own.

#[path = "differential/mod.rs"]
mod differential;
