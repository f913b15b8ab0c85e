//! `tutor list`: the calls in a book, a folder or single chapters, for people and for programs.

use std::path::PathBuf;

use clap::ValueEnum;

use super::build::{RawArguments, unseen};
use super::{Exit, Failure, terminal};
use crate::course::listing;
use crate::course::shelf::{Shelf, ShelfError};

/// List the model requests in chapters, with what is known of each
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A book's folder, any folder of Markdown files, or Markdown files
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Tell what recorded answers say too: text, tool uses, tokens, times, cost and origin (with --format json)
    #[arg(long)]
    answers: bool,
    #[command(flatten)]
    raw: RawArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A tree by chapter
    Human,
    /// One JSON document
    Json,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        if self.answers && self.format != Format::Json {
            return Err(Failure::usage("--answers is for programs", "add --format json"));
        }
        let mut chapters = Vec::new();
        for path in &self.paths {
            let shelf = Shelf::open(path, self.raw.sight()).map_err(failure)?;
            chapters.extend(if self.answers { shelf.read_all_with_answers() } else { shelf.read_all() });
        }
        match self.format {
            Format::Json => terminal::print_json(&listing::json(&chapters)),
            Format::Human => {
                terminal::print(&listing::human(&chapters));
                let problems: Vec<_> = chapters.iter().flat_map(|chapter| chapter.problems.clone()).collect();
                terminal::show(&problems, std::path::Path::new("."));
            }
        }
        Ok(Exit::Good)
    }
}

fn failure(error: ShelfError) -> Failure {
    match error {
        ShelfError::Configuration(problem, root) => Failure::configuration(*problem, &root),
        ShelfError::Chain(error) => unseen(&error),
        ShelfError::Unreadable { .. } => {
            Failure::usage(error, "name a book's folder, a folder of Markdown files, or Markdown files")
        }
    }
}
