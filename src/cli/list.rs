//! `tutor list`: the calls in a book, a folder or single chapters, for people and for programs.

use std::path::PathBuf;

use clap::ValueEnum;

use super::build::{RawArguments, unseen};
use super::{Exit, Failure, terminal};
use crate::course::listing;
use crate::course::names::{self, Unknown};
use crate::course::shelf::{ListedChapter, Shelf, ShelfError};

/// List the model requests in chapters, with what is known of each
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A book's folder, any folder of Markdown files, Markdown files, or CHAPTER, CHAPTER#FENCE or
    /// CHAPTER#NAME of the book that --book names
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Tell what recorded answers say too: text, tool uses, tokens, times, cost and origin (with --format json)
    #[arg(long)]
    answers: bool,
    /// The book of chapters that are named
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
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
        let (paths, names): (Vec<&PathBuf>, Vec<&PathBuf>) =
            self.paths.iter().partition(|path| path.exists());
        if !names.is_empty() {
            chapters.extend(self.named(&names)?);
        }
        for path in paths {
            let shelf = Shelf::open(path, self.raw.sight()).map_err(failure)?;
            chapters.extend(self.read(&shelf));
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

impl Arguments {
    fn read(&self, shelf: &Shelf) -> Vec<ListedChapter> {
        if self.answers { shelf.read_all_with_answers() } else { shelf.read_all() }
    }

    /// What words that are no files mean in the book.
    fn named(&self, words: &[&PathBuf]) -> Result<Vec<ListedChapter>, Failure> {
        let shelf = match Shelf::open(&self.book, self.raw.sight()).map_err(failure)? {
            shelf @ Shelf::Book { .. } => shelf,
            Shelf::Loose(_) => {
                let path = words.first().map(|path| path.display().to_string()).unwrap_or_default();
                let help = "name a book's folder, a folder of Markdown files, or Markdown files";
                return Err(Failure::usage(format!("there is no `{path}`, and no book.toml here"), help));
            }
        };
        let mut all = self.read(&shelf);
        let mut known: Vec<String> = Vec::new();
        for chapter in &all {
            known.push(chapter.stem.clone());
            known.extend(chapter.calls.iter().flat_map(|call| names::of_call(&chapter.stem, &call.call)));
        }
        let words: Vec<String> = words.iter().map(|word| word.display().to_string()).collect();
        let means = |word: &str, chapter: &ListedChapter| {
            names::belongs(word, &chapter.stem)
                && (!word.contains('#') || chapter.calls.iter().any(|call| names::means(word, &call.call)))
        };
        if let Some(word) = words.iter().find(|word| !all.iter().any(|chapter| means(word, chapter))) {
            let unknown = Unknown::among(word, known.iter().map(String::as_str));
            return Err(Failure::usage(unknown.in_words(), unknown.help()));
        }
        all.retain_mut(|chapter| {
            let words: Vec<&String> = words.iter().filter(|word| means(word, chapter)).collect();
            chapter.calls.retain(|call| words.iter().any(|word| names::means(word, &call.call)));
            !words.is_empty()
        });
        Ok(all)
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
