//! The kit for authors: a challenge of their own, written in `challenge.toml` alone.
//!
//! | part | what the author writes |
//! | --- | --- |
//! | contract | `function` and `parameters`: how the learner's function is called |
//! | scenario | `[draw]`: what is drawn anew for each round; `[[round]]`: arguments, and replies of stub models |
//! | checks | `[[check]]` with a `kind` of the [library](check::LIBRARY) and what that kind needs |
//!
//! `{name}` in a text stands for what was drawn. [`plan`] is the written form, [`round`] a round that was
//! drawn, [`host`] answers as the replies say, [`check`] judges.

pub mod check;
mod draw;
mod formula;
pub mod host;
pub mod plan;
pub mod round;

pub use plan::Plan;
pub use round::{Played, Round};
