//! `tutor init`: tutor in a book that is there.

use std::path::{Path, PathBuf};

use super::{Exit, Failure, terminal};
use crate::setup::{init, quoted};

/// Add tutor to an existing mdBook
///
/// Adds what is missing to book.toml and creates the folder for recordings. What stands there stays;
/// running it again changes nothing.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder with book.toml
    #[arg(default_value = ".")]
    book: PathBuf,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let refused = |problem: Box<_>| Failure::configuration(*problem, &self.book);
        let plan = init::plan(&self.book).map_err(refused)?;
        if !self.dry_run {
            plan.carry_out().map_err(refused)?;
        }
        for change in &plan.changes {
            terminal::print(&format!("{}: {}\n", change.path.display(), change.what));
        }
        match (plan.changes.is_empty(), self.dry_run) {
            (true, _) => sayln!("Nothing to do: the book has all that tutor needs. Next:"),
            (false, true) => {
                sayln!("Nothing was written; run it without --dry-run to do this. Then:");
            }
            (false, false) => sayln!("tutor is part of the book. Next:"),
        }
        say!("{}", self.next_commands());
        Ok(Exit::Good)
    }

    fn next_commands(&self) -> String {
        if self.book == Path::new(".") {
            return "    tutor record --practice --accept\n    tutor build --open\n".into();
        }
        let book = quoted(&self.book);
        format!("    tutor record --practice --accept --book {book}\n    tutor build --open {book}\n")
    }
}
