//! Latency, tokens and money of recorded answers, and how answers compare.
//!
//! In come samples (answers with timings) and catalog prices; out come plain figures that
//! [`crate::render`] shows. Money is exact decimals, never a float; what was not measured is `None`.

pub mod latency;
pub mod money;
pub mod tokens;

pub use latency::Summary;
pub use money::{Cost, CostParts};
pub use tokens::{TokenSource, Tokens};
