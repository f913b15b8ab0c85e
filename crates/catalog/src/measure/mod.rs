//! Latency, tokens and money of recorded answers, and how answers compare.
//!
//! In come samples (answers with timings) and catalog prices; out come plain figures that
//! `tutor-page` shows. Money is exact decimals, never a float; what was not measured is `None`.

pub mod images;
pub mod latency;
pub mod metered;
pub mod money;
pub mod ranking;
pub mod score;
pub mod tokens;

pub use images::images_made;
pub use latency::{Summary, tokens_per_second};
pub use metered::{ImageMade, Metered};
pub use money::{Cost, CostParts, usd, usd_exact};
pub use ranking::Ranking;
pub use score::{Scored, Weights};
pub use tokens::{Tokens, grouped};
pub use tutor_bedrock::family::image_size;
