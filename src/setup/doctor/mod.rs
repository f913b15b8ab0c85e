//! What is wrong with a set-up, check by check, each with its next step.
//!
//! In comes the folder of a book, out comes a [`Checkup`]. Nothing is written and no code of the
//! book is run but the preprocessors that a build runs before tutor; of this machine, only `mdbook --version`
//! and Python are asked. Values of environment
//! variables are never shown.

mod book;
mod environment;
mod learner;
mod local;
mod material;
mod tools;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mdbook_preprocessor::config::Config as BookConfig;
use serde::Serialize;

use super::book_toml::FILE;
use crate::config::Config;
use crate::course::chain::Sight;
use crate::problem::Problem;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Good to know.
    Note,
    /// Works, but not for everybody or not for long.
    Warning,
    /// Does not work.
    Broken,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub check: &'static str,
    /// How bad it is.
    pub verdict: Verdict,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub next_step: Option<String>,
}

/// All that was found.
#[derive(Debug, Serialize)]
pub struct Checkup {
    /// The version of this shape.
    version: u32,
    /// The book's folder, as given.
    pub book: PathBuf,
    /// In the order of the list of checks.
    pub checks: Vec<Check>,
}

/// Every check, in the order in which they are told: what is earlier can explain what is later.
const CHECKS: [fn(&Patient) -> Vec<Check>; 12] = [
    book::file,
    book::table,
    book::order,
    book::chapters,
    tools::mdbook,
    tools::preprocessors,
    material::fixtures,
    material::recordings,
    material::practice_texts,
    tools::python,
    local::servers,
    environment::variables,
];

/// Examines the book in `root`.
pub fn examine(root: &Path, sight: Sight) -> Checkup {
    let patient = Patient::new(root, sight);
    let checks = match learner::scripts(&patient) {
        0 => CHECKS.iter().flat_map(|check| check(&patient)).collect(),
        scripts => learner::checks(&patient, scripts),
    };
    Checkup { version: 1, book: root.to_owned(), checks }
}

/// A book as far as it can be read; what cannot is told by the first check that needs it.
struct Patient {
    root: PathBuf,
    /// How its chapters are looked at.
    sight: Sight,
    /// book.toml as mdBook reads it, or why it cannot.
    book: Result<BookConfig, BadBook>,
    /// tutor's own table; `None` if the book is not readable.
    config: Option<Result<Config, Box<Problem>>>,
}

/// Why there is no book.
enum BadBook {
    Missing,
    Unreadable(String),
}

impl Patient {
    fn new(root: &Path, sight: Sight) -> Self {
        let file = root.join(FILE);
        let book = if file.exists() {
            BookConfig::from_disk(&file)
                .and_then(|mut book| book.update_from_env().map(|()| book))
                .map_err(|error| BadBook::Unreadable(format!("{error:#}").trim_end().to_owned()))
        } else {
            Err(BadBook::Missing)
        };
        let config = book.as_ref().ok().map(|book| Config::of_book(root, book, false));
        Patient { root: root.to_owned(), sight, book, config }
    }

    /// The book and tutor's configuration, where both are sound.
    fn sound(&self) -> Option<(&BookConfig, &Config)> {
        Some((self.book.as_ref().ok()?, self.config.as_ref()?.as_ref().ok()?))
    }
}

impl Check {
    fn new(check: &'static str, verdict: Verdict, message: impl Into<String>) -> Self {
        Check { check, verdict, message: message.into(), next_step: None }
    }

    fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Check::new(check, Verdict::Ok, message)
    }

    fn note(check: &'static str, message: impl Into<String>) -> Self {
        Check::new(check, Verdict::Note, message)
    }

    fn warning(check: &'static str, message: impl Into<String>) -> Self {
        Check::new(check, Verdict::Warning, message)
    }

    fn broken(check: &'static str, message: impl Into<String>) -> Self {
        Check::new(check, Verdict::Broken, message)
    }

    /// A broken thing that another room has described.
    fn problem(check: &'static str, problem: &Problem) -> Self {
        let broken = Check::broken(check, problem.to_string());
        Check { next_step: problem.help.clone(), ..broken }
    }

    fn next(self, step: impl Into<String>) -> Self {
        Check { next_step: Some(step.into()), ..self }
    }
}

impl Checkup {
    /// Whether something does not work.
    pub fn is_broken(&self) -> bool {
        self.checks.iter().any(|check| check.verdict == Verdict::Broken)
    }

    /// For people: a line a check, and a line for its next step.
    pub fn human(&self) -> String {
        let mut text = String::new();
        for check in &self.checks {
            let verdict = match check.verdict {
                Verdict::Ok => "ok",
                Verdict::Note => "note",
                Verdict::Warning => "warning",
                Verdict::Broken => "BROKEN",
            };
            let message = check.message.replace('\n', &format!("\n{:23}", ""));
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{verdict:<8} {:<13} {message}", check.check);
            if let Some(step) = &check.next_step {
                let _ = writeln!(text, "{:>22} → {step}", "");
            }
        }
        text
    }

    /// For programs: one JSON document.
    pub fn json(&self) -> String {
        // Plain data of strings cannot fail to become JSON.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// One line for people.
    pub fn summary(&self) -> String {
        let count = |verdict| self.checks.iter().filter(|check| check.verdict == verdict).count();
        match (count(Verdict::Broken), count(Verdict::Warning)) {
            (0, 0) => "Nothing is wrong.".to_owned(),
            (0, warnings) => format!("Nothing is broken; {warnings} to look at."),
            (broken, 0) => format!("{broken} broken."),
            (broken, warnings) => format!("{broken} broken, {warnings} more to look at."),
        }
    }
}
