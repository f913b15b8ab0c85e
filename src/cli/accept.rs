//! `tutor accept`: pending recordings become part of the book.

use std::path::PathBuf;

use super::desk::Desk;
use super::loss::{self, Loss};
use super::{Exit, Failure};
use crate::review::decide::{self, Selection};

/// Make pending recordings part of the book
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Which ones, as CHAPTER, CHAPTER#NAME, NAME or a file
    #[arg(required_unless_present = "all")]
    names: Vec<String>,
    /// Every one that waits
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Let a stand-in's answers take the place of Amazon Bedrock's; names those first, and asks
    #[arg(long)]
    replace_live: bool,
    /// With --replace-live: do not ask
    #[arg(long, short, requires = "replace_live")]
    yes: bool,
    /// The folder with book.toml
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let mut desk = Desk::open(&self.book, None)?;
        let selection = if self.all { Selection::All } else { Selection::Named(&self.names) };
        let chosen = desk.chosen(&desk.review(), selection)?;
        if self.replace_live {
            let lost = decide::replaced(&desk.course, &chosen.waiting, &chosen.captures);
            loss::allow(&mut desk.course, Loss::Replaced, lost, self.yes)?;
        }
        let decided = desk.accept(&chosen)?;
        Ok(desk.report(&decided))
    }
}
