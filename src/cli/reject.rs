//! `tutor reject`: pending recordings are thrown away.

use std::path::PathBuf;

use super::desk::Desk;
use super::loss::{self, Loss};
use super::{Exit, Failure};
use crate::review::decide::{self, Selection};

/// Throw pending recordings away; what is accepted stays
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Which ones, as CHAPTER, CHAPTER#NAME, NAME or a file. An answer of Amazon Bedrock goes without a
    /// question only where a name means it alone
    #[arg(required_unless_present_any = ["all", "orphaned"])]
    names: Vec<String>,
    /// Every one that waits
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Instead: accepted recordings that no request of the book needs
    #[arg(long, conflicts_with_all = ["names", "all"])]
    orphaned: bool,
    /// Do not ask before answers of Amazon Bedrock are thrown away
    #[arg(long, short)]
    yes: bool,
    /// The folder with book.toml
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let mut desk = Desk::open(&self.book, None)?;
        if self.orphaned {
            return self.remove_orphans(&mut desk);
        }
        let selection = if self.all { Selection::All } else { Selection::Named(&self.names) };
        let review = desk.review();
        let chosen = desk.chosen(&review, selection)?;
        desk.course.store.give_up(selection.precise(&review));
        let lost = decide::lost(&desk.course, chosen.files());
        loss::allow(&mut desk.course, Loss::Removed, lost, self.yes)?;
        let decided = desk.reject(&chosen)?;
        Ok(desk.report(&decided))
    }

    /// Removes accepted recordings that no request needs.
    fn remove_orphans(&self, desk: &mut Desk) -> Result<Exit, Failure> {
        let orphans = desk.review().orphans;
        let lost = decide::lost(&desk.course, orphans.iter().map(PathBuf::as_path));
        loss::allow(&mut desk.course, Loss::Removed, lost, self.yes)?;
        let decided = desk.remove(&orphans)?;
        Ok(desk.report(&decided))
    }
}
