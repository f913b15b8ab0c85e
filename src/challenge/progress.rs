//! What a learner has reached, remembered outside of every repository.
//!
//! One JSON file below `$XDG_STATE_HOME/tutor` (`~/.local/state/tutor` where that is not set). It is a
//! convenience: a file that cannot be read counts as empty, and one that cannot be written is no
//! reason to fail.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::grading::Report;
use tutor_recording::state;
use tutor_recording::store::write_atomically;

/// What is known of all challenges.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The version of this shape.
    version: u32,
    /// By chapter.
    chapters: BTreeMap<String, Reached>,
}

/// What is known of one challenge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reached {
    /// How often it was run.
    pub runs: u64,
    /// How many checks passed in the last run, and how many there are.
    pub last: Option<(usize, usize)>,
    /// The first check that did not pass in it.
    pub open: Option<String>,
    /// The day of the first run that passed.
    pub passed_on: Option<jiff::civil::Date>,
    /// How many hints are open, by check.
    pub hints: BTreeMap<String, usize>,
    /// Whether the solution was asked for before the challenge was passed.
    pub asked_for_solution: bool,
    /// Where the script was last run.
    pub scripts: BTreeSet<PathBuf>,
}

impl Progress {
    /// What is remembered.
    pub fn load() -> Self {
        let text = file().and_then(|file| std::fs::read_to_string(file).ok());
        let known: Option<Progress> = text.and_then(|text| serde_json::from_str(&text).ok());
        Progress { version: 1, ..known.unwrap_or_default() }
    }

    /// What is known of a chapter's challenge.
    pub fn of(&self, chapter: &str) -> Reached {
        self.chapters.get(chapter).cloned().unwrap_or_default()
    }

    /// Changes what is known of a chapter's challenge, and remembers it.
    pub fn change(&mut self, chapter: &str, change: impl FnOnce(&mut Reached)) {
        change(self.chapters.entry(chapter.to_owned()).or_default());
        if let (Some(file), Ok(text)) = (file(), serde_json::to_string_pretty(self)) {
            let _ = write_atomically(&file, (text + "\n").as_bytes());
        }
    }
}

impl Reached {
    /// Takes in a run.
    pub fn add(&mut self, report: &Report, today: jiff::civil::Date) {
        self.runs += 1;
        self.last = Some((report.passed(), report.checks.len()));
        self.open = report.first_open().map(|check| check.id.clone());
        if report.is_passed() && self.passed_on.is_none() {
            self.passed_on = Some(today);
        }
    }
}

fn file() -> Option<PathBuf> {
    state::folder().map(|folder| folder.join("progress.json"))
}
