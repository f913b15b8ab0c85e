//! `tutor doctor`: what is wrong with a set-up.

use std::path::PathBuf;

use clap::ValueEnum;

use super::build::RawArguments;
use super::{Exit, terminal};
use crate::setup::doctor;

/// Say what is wrong with a book's set-up and how to mend it
///
/// Changes nothing. Exit code 1 if something is broken.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder with book.toml
    #[arg(default_value = ".")]
    book: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    raw: RawArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line a check
    Human,
    /// One JSON document
    Json,
}

impl Arguments {
    pub(super) fn execute(&self) -> Exit {
        let checkup = doctor::examine(&self.book, self.raw.sight());
        match self.format {
            Format::Json => terminal::print_json(&checkup.json()),
            Format::Human => {
                terminal::print(&checkup.human());
                sayln!("{}", checkup.summary());
            }
        }
        if checkup.is_broken() { Exit::Material } else { Exit::Good }
    }
}
