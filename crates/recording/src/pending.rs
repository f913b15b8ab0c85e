//! What a maintainer does with the tree of recordings: look at every file, accept or reject what
//! waits, clear away what a killed run left half-written.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::{fs, io};

use super::migrate::{self, Migration};
use super::store::{self, Entry};
use super::{Acceptance, Damage, Lookup, Recording, Store, StoreError};
use tutor_bedrock::found::Answers;
use tutor_bedrock::{Answer, Key};

/// One file of the tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Filed<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// NAME of the file's name.
    pub name: &'a str,
    /// Whether it is accepted.
    pub acceptance: Acceptance,
    /// What it holds.
    pub recording: Result<&'a Recording, &'a Damage>,
}

impl Store {
    /// Every file, in no particular order.
    pub fn filed(&self) -> impl Iterator<Item = Filed<'_>> {
        self.index.iter().map(Filed::of)
    }

    /// Every file, sorted by path.
    pub fn files(&self) -> Vec<Filed<'_>> {
        let mut all: Vec<Filed<'_>> = self.filed().collect();
        all.sort_unstable_by_key(|filed| filed.path);
        all
    }

    /// The chapter a file belongs to, such as `foundation-models`.
    pub fn chapter_of(&self, file: &Path) -> String {
        let folder = file.parent().unwrap_or(file);
        let below = folder.strip_prefix(self.root()).unwrap_or(folder);
        below.to_string_lossy().replace(MAIN_SEPARATOR, "/")
    }

    /// The accepted recording for `key`, whatever is pending.
    pub fn accepted(&self, key: &Key) -> Option<&Recording> {
        match self.look(key, Acceptance::Accepted) {
            Some(Lookup::Accepted(recording)) => Some(recording),
            _ => None,
        }
    }

    /// Rewrites every file of an older format and returns those. What is damaged stays as it is:
    /// [`Store::filed`] tells.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn migrate(&mut self) -> Result<Vec<PathBuf>, StoreError> {
        let mut migrated = Vec::new();
        for entry in self.index.iter() {
            let Ok(text) = store::read_text(entry.path()) else { continue };
            if let Ok(Migration::Migrated { text, .. }) = migrate::migrate(&text) {
                store::write_atomically(entry.path(), text.as_bytes())?;
                migrated.push(entry.path().to_owned());
            }
        }
        self.look_again()?;
        migrated.sort();
        Ok(migrated)
    }

    /// Looks again at what is there, after files have changed otherwise.
    ///
    /// # Errors
    /// The tree cannot be read.
    pub fn look_again(&mut self) -> Result<(), StoreError> {
        self.index = Store::open(self.root())?.index;
        Ok(())
    }

    /// Removes what killed runs left half-written among the recordings and in `more` folders.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn sweep(&self, more: &[&Path]) -> Result<(), StoreError> {
        for folder in more {
            store::sweep(folder);
        }
        sweep(self.root())
    }
}

fn sweep(folder: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Io { action: "read", path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed)?,
    };
    store::sweep(folder);
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if entry.file_type().map_err(failed)?.is_dir() {
            sweep(&entry.path())?;
        }
    }
    Ok(())
}

impl<'a> Filed<'a> {
    fn of(entry: &'a Entry) -> Self {
        Filed {
            path: entry.path(),
            name: entry.name(),
            acceptance: entry.acceptance,
            recording: entry.load(),
        }
    }
}

/// The tree as the book would be if nothing more were accepted.
#[derive(Debug, Clone, Copy)]
pub struct AcceptedOnly<'a>(pub &'a Store);

impl Answers for AcceptedOnly<'_> {
    fn answer(&self, key: &Key) -> Option<&Answer> {
        self.0.accepted(key).map(Recording::shown).filter(|answer| answer.is_success())
    }
}

/// The tree as the book would be if everything that waits were accepted.
#[derive(Debug, Clone, Copy)]
pub struct PendingFirst<'a>(pub &'a Store);

impl Answers for PendingFirst<'_> {
    fn answer(&self, key: &Key) -> Option<&Answer> {
        match self.0.pending(key) {
            Some(Lookup::Pending(recording)) => Some(recording.shown()).filter(|answer| answer.is_success()),
            _ => self.0.accepted(key).map(Recording::shown).filter(|answer| answer.is_success()),
        }
    }
}
