//! `tutor reject`: pending recordings are thrown away.

use std::path::PathBuf;

use super::review::{Desk, chosen};
use super::{Exit, Failure};
use crate::review::decide::{Decision, Selection};

/// Throw pending recordings away; what is accepted stays
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Which ones, as CHAPTER, CHAPTER#NAME, NAME or a file
    #[arg(required_unless_present_any = ["all", "orphaned"])]
    names: Vec<String>,
    /// Every one that waits
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Instead: accepted recordings that no request of the book needs
    #[arg(long, conflicts_with_all = ["names", "all"])]
    orphaned: bool,
    /// The folder with book.toml
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let mut desk = Desk::open(&self.book, None)?;
        if self.orphaned {
            return desk.remove_orphans();
        }
        let selection = if self.all { Selection::All } else { Selection::Named(&self.names) };
        let chosen = chosen(&desk.review(), selection)?;
        let of = |count: usize| vec![Decision::Reject; count];
        desk.carry_out(&chosen, &of(chosen.waiting.len()), &of(chosen.captures.len()))
    }
}
