//! The files of a tree, found by the digits in their names.
//!
//! Kept small, an entry is its path and forty bytes: an endpoint holds it for all of a book.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::super::Recording;
use super::super::format::{self, Damage, DamageKind};
use super::{Acceptance, DIGITS, PENDING, read_text};
use tutor_bedrock::Key;

/// All files, sorted by the first digits of their keys, then by path.
#[derive(Debug, Default)]
pub(crate) struct Index(Vec<Entry>);

/// One file of the tree.
#[derive(Debug)]
pub(crate) struct Entry {
    path: Box<Path>,
    loaded: OnceLock<Box<Result<Recording, Damage>>>,
    /// The number that the first digits are.
    start: u32,
    pub(crate) acceptance: Acceptance,
}

impl Index {
    /// Makes an index of what `entries` are, at most one for each path.
    pub(super) fn of(mut entries: Vec<Entry>) -> Self {
        entries.sort_unstable_by(|a, b| a.place().cmp(&b.place()));
        entries.shrink_to_fit();
        Index(entries)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }

    /// The files whose names start with the digits of `key`.
    pub(super) fn of_key(&self, key: &Key) -> &[Entry] {
        let Some(start) = start(key.as_str()) else { return &[] };
        let first = self.0.partition_point(|entry| entry.start < start);
        let count = self.0[first..].partition_point(|entry| entry.start == start);
        &self.0[first..first + count]
    }

    pub(crate) fn at(&self, path: &Path) -> Option<&Entry> {
        let place = self.place(Parts::of(path)?.start(), path).ok()?;
        self.0.get(place)
    }

    /// Adds a file, in the place of what is known of its path.
    pub(crate) fn add(&mut self, entry: Entry) {
        match self.place(entry.start, &entry.path) {
            Ok(known) => self.0[known] = entry,
            Err(place) => self.0.insert(place, entry),
        }
    }

    /// Forgets a file.
    pub(crate) fn remove(&mut self, path: &Path) {
        let Some(parts) = Parts::of(path) else { return };
        if let Ok(known) = self.place(parts.start(), path) {
            self.0.remove(known);
        }
    }

    fn place(&self, start: u32, path: &Path) -> Result<usize, usize> {
        self.0.binary_search_by(|entry| entry.place().cmp(&(start, path)))
    }
}

impl Entry {
    /// The entry for a file whose name is that of a recording.
    pub(crate) fn of(path: PathBuf) -> Option<Self> {
        let parts = Parts::of(&path)?;
        let (start, acceptance) = (parts.start(), parts.acceptance);
        Some(Entry { path: path.into_boxed_path(), loaded: OnceLock::new(), start, acceptance })
    }

    /// The same for a recording that was just written.
    pub(super) fn written(path: PathBuf, recording: Recording) -> Option<Self> {
        let entry = Entry::of(path)?;
        let _ = entry.loaded.set(Box::new(Ok(recording)));
        Some(entry)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// NAME of the file's name.
    pub(crate) fn name(&self) -> &str {
        self.parts().0
    }

    /// The key's digits in the file's name.
    pub(super) fn digits(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        // There is no entry for a path without them.
        Parts::of(&self.path).map_or(("", ""), |parts| (parts.name, parts.digits))
    }

    fn place(&self) -> (u32, &Path) {
        (self.start, &self.path)
    }

    /// What the file holds, read when it is first asked for and kept.
    pub(crate) fn load(&self) -> Result<&Recording, &Damage> {
        (**self.loaded.get_or_init(|| Box::new(self.read()))).as_ref()
    }

    /// What the file holds now.
    pub(super) fn read(&self) -> Result<Recording, Damage> {
        let text = read_text(&self.path)
            .map_err(|error| Damage { kind: DamageKind::Unreadable(error.to_string()), line: None })?;
        let recording = format::read(&text)?;
        if recording.key.as_str().starts_with(self.digits()) {
            return Ok(recording);
        }
        let what = format!("its key starts with {}, its name says otherwise", recording.key.short(DIGITS));
        Err(Damage { kind: DamageKind::OtherCall(what), line: None })
    }
}

/// What the name of a recording's file says.
struct Parts<'a> {
    name: &'a str,
    digits: &'a str,
    acceptance: Acceptance,
}

impl<'a> Parts<'a> {
    fn of(path: &'a Path) -> Option<Self> {
        let file_name = path.file_name()?.to_str()?;
        let (stem, acceptance) = match file_name.strip_suffix(PENDING) {
            Some(stem) => (stem, Acceptance::Pending),
            None => (file_name, Acceptance::Accepted),
        };
        let (name, digits) = stem.strip_suffix(".json")?.rsplit_once('.')?;
        let hexadecimal = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let right = hexadecimal && (DIGITS..=64).contains(&digits.len());
        right.then_some(Parts { name, digits, acceptance })
    }

    fn start(&self) -> u32 {
        // Its digits have been looked at.
        start(self.digits).unwrap_or_default()
    }
}

/// The number that the first digits are.
fn start(digits: &str) -> Option<u32> {
    u32::from_str_radix(digits.get(..DIGITS)?, 16).ok()
}
