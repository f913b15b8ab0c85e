//! `tutor accept`: pending recordings become part of the book.

use std::path::PathBuf;

use super::review::{Desk, chosen};
use super::{Exit, Failure};
use crate::review::decide::{Decision, Selection};

/// Make pending recordings part of the book
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Which ones, as CHAPTER, CHAPTER#NAME, NAME or a file
    #[arg(required_unless_present = "all")]
    names: Vec<String>,
    /// Every one that waits
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// The folder with book.toml
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let mut desk = Desk::open(&self.book, None)?;
        let selection = if self.all { Selection::All } else { Selection::Named(&self.names) };
        let chosen = chosen(&desk.review(), selection)?;
        let of = |count: usize| vec![Decision::Accept; count];
        desk.carry_out(&chosen, &of(chosen.waiting.len()), &of(chosen.captures.len()))
    }
}
