//! The road itself: a book in, a book with answers out.
//!
//! Here the rooms are joined: a chapter's text becomes a [`reading::ReadChapter`] (fences, calls,
//! names), the calls meet their recordings, figures and prices are computed, and [`page`] splices
//! panels into the text. [`chain`] gives a book's chapters as a build sees them, [`chapters`] are their texts with the places of their
//! lines; [`preprocess`] does that for a whole book as mdBook hands it over;
//! [`shelf`] finds chapters on disk for verbs that work without mdBook; [`names`] are what people call calls by, [`recorder`] fills the
//! recordings, and [`advice`] says which command does.

pub mod advice;
pub mod chain;
pub mod chapters;
pub mod figure;
pub mod files;
pub mod languages;
pub mod listing;
pub mod names;
mod other_languages;
pub mod page;
pub mod panels;
pub(crate) mod parallel;
pub mod preprocess;
pub mod reading;
pub mod recorder;
pub mod shelf;
pub mod told;

use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use mdbook_preprocessor::config::Config as BookConfig;

use crate::config::Config;
use crate::models;
use crate::problem::Problem;
use tutor_bedrock::Call;
use tutor_bedrock::found::Answers;
use tutor_catalog::{Catalog, Terms, Tier};
use tutor_recording::capture::Captures;
use tutor_recording::history::History;
use tutor_recording::{Recording, Store, StoreError, state};

use files::FilesBeside;
use reading::ReadChapter;

/// A book's set-up, its recordings, and what is known about models today.
#[derive(Debug)]
pub struct Course {
    /// Where things are.
    pub config: Config,
    /// The recordings.
    pub store: Store,
    /// The models.
    pub catalog: &'static Catalog,
    /// The day that decides which models are retired.
    pub today: Date,
}

impl Course {
    /// Opens the course whose book.toml lies in `root`.
    pub fn open(root: &Path, book: &BookConfig, today: Date) -> Result<Self, Box<Problem>> {
        let ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
        let config = Config::of_book(root, book, ci)?;
        let store = open_store(&config).map_err(|error| Box::new(unusable(&config, &error)))?;
        let catalog = models::of_book(&config)?;
        Ok(Course { config, store, catalog, today })
    }
}

impl Course {
    /// Reads a chapter whose includes are expanded, with what a run of its code has shown. `answers`
    /// feed calls that quote earlier answers.
    pub fn read(&self, text: &str, stem: &str, answers: &dyn Answers) -> ReadChapter {
        let captures = Captures::of(self.store.root(), stem);
        let chapter = self.config.source.join(stem);
        let files = FilesBeside::new(chapter.parent().unwrap_or(&self.config.source), &self.config.root);
        ReadChapter::new(text, stem, answers, &files).with_captures(captures, &self.store)
    }
}

/// The recordings of a book; what is replaced or removed there is kept with what tutor remembers.
pub fn open_store(config: &Config) -> Result<Store, StoreError> {
    let mut store = Store::open(&config.fixtures)?;
    if let Some(folder) = state::folder() {
        store.remember_in(History::of(&config.root, &folder));
    }
    Ok(store)
}

/// What the price of a recorded answer depends on: how, where and when it was asked for. An answer without
/// a region, such as a stand-in's, costs what `call` would where its code sends it.
pub fn terms_of<'a>(call: &'a Call, recording: &'a Recording) -> Terms<'a> {
    let terms = terms(recording);
    terms.in_region(terms.region.or(call.region.as_deref()))
}

/// The same without the code.
pub fn terms(recording: &Recording) -> Terms<'_> {
    let day = recording.origin.recorded_at.to_zoned(TimeZone::UTC).date();
    let terms = Terms::of(&recording.call, day).in_region(recording.origin.region.as_deref());
    match &recording.origin.imported {
        Some(imported) if imported.batch => Terms { tier: Tier::Batch, ..terms },
        _ => terms,
    }
}

/// A problem with the recordings as a whole.
pub fn unusable(config: &Config, error: &StoreError) -> Problem {
    let path = match error {
        StoreError::Io { path, .. }
        | StoreError::Unstorable { path, .. }
        | StoreError::NotAFolder(path)
        | StoreError::Link(path)
        | StoreError::Busy(path) => path,
    };
    let help = match error {
        StoreError::NotAFolder(_) => "`fixtures` in [preprocessor.tutor] must name a folder",
        StoreError::Io { .. } => "look at the folder's permissions and at the space left on the disk",
        StoreError::Link(_) => "put a folder in its place, or name the folder it leads to as `fixtures`",
        StoreError::Busy(_) => "wait until it is done, or end it; nothing was changed",
        StoreError::Unstorable { .. } => "this is a mistake in tutor; please report it",
    };
    Problem::error(config.shown(path), None, error.to_string()).help(help)
}
