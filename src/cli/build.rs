//! `tutor build`: the whole site, in process, without mdBook installed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::civil::Date;
use mdbook_driver::MDBook;

use super::{Exit, Failure, refresh, terminal};
use crate::check::{self, Level, Material};
use crate::config::{Config, Strictness};
use crate::course::Course;
use crate::course::advice;
use crate::course::chain::{self, ChainError, Sight};
use crate::course::chapters::{ChapterText, Handed};
use crate::course::preprocess::{Report, Today, Tutor};
use crate::problem::plural;

/// Build the course as a site, with answers from recordings
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder with book.toml
    #[arg(default_value = ".")]
    book: PathBuf,
    /// Open the site in a browser afterwards
    #[arg(long)]
    open: bool,
    /// Fail if a recording is missing or damaged (as with `strict` in book.toml, or CI set)
    #[arg(long)]
    strict: bool,
    /// The day that decides which models are retired, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let mut book = load(&self.book)?;
        let mut course = open_course(&book, self.today)?;
        if self.strict {
            course.config.strictness = Strictness::Strict;
        }
        refresh::of_book(&book, &mut course)?;
        let report = Arc::new(Mutex::new(Report::default()));
        book.with_preprocessor(Tutor::new(course, Arc::clone(&report)));
        let built = book.build();
        let report = std::mem::take(&mut *report.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        terminal::show(&report.problems, &book.root);
        if report.has_errors() {
            let what = miette::miette!(help = "see the errors above", "the book was not built");
            return Err(Failure::new(Exit::Material, what));
        }
        built.map_err(|error| {
            let help = "mdBook stopped the build; the message above is its own";
            Failure::usage(format!("{error:#}"), help)
        })?;
        if let Some(said) = denied(&book, self.today, &self.book) {
            sayln!("{said}");
        }
        let site = book.build_dir_for("html").join("index.html");
        sayln!("{}", report.summary());
        terminal::print(&format!("{}\n", site.display()));
        if self.open {
            opener::open(&site).map_err(|error| {
                Failure::usage(
                    format!("no browser could be started: {error}"),
                    format!("open {}", site.display()),
                )
            })?;
        }
        Ok(Exit::Good)
    }
}

/// One line where the check would deny something of a book that was just built.
fn denied(book: &MDBook, today: Option<Date>, root: &std::path::Path) -> Option<String> {
    let course = open_course(book, today).ok()?;
    let chapters = check::chapters(&course, &RawArguments::default().handed(book).ok()?);
    let verdict = check::judge(&Material::new(&course, &chapters));
    let count = verdict.count(Level::Deny);
    let (findings, fail) = (plural(count, "finding"), if count == 1 { "fails" } else { "fail" });
    let book = if root == std::path::Path::new(".") {
        String::new()
    } else {
        advice::word(&root.display().to_string())
    };
    (count > 0).then(|| format!("{findings} {fail} the check: tutor check{book}"))
}

/// How the book is looked at.
#[derive(clap::Args, Debug, Clone, Copy, Default)]
pub(super) struct RawArguments {
    /// Read the files alone, without the preprocessors that book.toml puts before tutor
    #[arg(long)]
    raw: bool,
}

impl RawArguments {
    pub(super) fn sight(self) -> Sight {
        if self.raw { Sight::Raw } else { Sight::AsBuilt }
    }

    /// The chapters of a loaded book.
    pub(super) fn handed(self, book: &MDBook) -> Result<Vec<Handed>, Failure> {
        chain::chapters(book, self.sight()).map_err(|error| unseen(&error))
    }

    /// The same with their texts.
    pub(super) fn texts(self, book: &MDBook, config: &Config) -> Result<Vec<ChapterText>, Failure> {
        ChapterText::all(book, config, self.sight()).map_err(|error| unseen(&error))
    }
}

/// Why a book cannot be seen as it is built.
pub(super) fn unseen(error: &ChainError) -> Failure {
    Failure::usage(error, ChainError::HELP)
}

/// Loads the book in `root` as mdBook does.
pub(super) fn load(root: &std::path::Path) -> Result<MDBook, Failure> {
    if !root.join("book.toml").is_file() {
        return Err(Failure::usage(
            format!("there is no book.toml in {}", root.display()),
            "go to the folder of a book, or name it on the command line",
        ));
    }
    MDBook::load(root).map_err(|error| {
        let help = "mend book.toml or SUMMARY.md as the message says; mdBook documents both";
        Failure::usage(format!("mdBook cannot load the book: {error:#}"), help)
    })
}

/// Opens the course behind a loaded book, as it stands on `today`.
pub(super) fn open_course(book: &MDBook, today: Option<Date>) -> Result<Course, Failure> {
    let today =
        Today::or_environment(today).map_err(|message| Failure::usage(message, "unset SOURCE_DATE_EPOCH"))?;
    Course::open(&book.root, &book.config, today)
        .and_then(|course| {
            check::settings::refuse_unknown(&course.config.check, &course.config.root)?;
            Ok(course)
        })
        .map_err(|problem| Failure::configuration(*problem, &book.root))
}
