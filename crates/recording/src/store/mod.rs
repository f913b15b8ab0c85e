//! The tree of recordings: `<chapter path without .md>/NAME.KEY8.json`, pending ones beside them as
//! `….json.new`.
//!
//! Files are found by the digits in their names and read when they are asked for, so opening a tree
//! of ten thousand costs one walk over its folders. Every write is atomic: a crash at any moment
//! leaves the old file or the new one.

mod atomic;
mod filing;
mod index;
mod ordinary;
mod standing;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

pub(crate) use self::atomic::sweep;
pub use self::atomic::{rewrite_atomically, write_atomically};
pub(crate) use self::filing::Creation;
pub use self::filing::Filing;
pub(super) use self::index::{Entry, Index};
pub use self::ordinary::read_bytes;
pub(crate) use self::ordinary::read_text;
pub use self::standing::Standing;
use self::standing::counts_more;
pub(crate) use self::standing::kind_of_capture;
use super::format::Damage;
use super::history::History;
use super::{OriginKind, Recording, media};
use tutor_bedrock::found::Answers;
use tutor_bedrock::{Answer, Key};

/// How many digits of the key a file name has, unless two calls clash.
const DIGITS: usize = 8;

/// The ending of a pending recording, after the accepted one's name.
const PENDING: &str = ".new";

/// What the names of files start with while they are being written; a killed run may leave one.
pub(super) const UNFINISHED: &str = ".tutor-";

/// How deep chapters may lie in folders below the root.
const MAX_FOLDERS: usize = 32;

/// All recordings of a book.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    pub(super) index: Index,
    /// Where what decisions replace or remove is kept.
    pub(super) history: Option<History>,
    /// The files that a person has given up, after they were named.
    given_up: HashSet<PathBuf>,
}

/// Whether a maintainer has accepted a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// Part of the book.
    Accepted,
    /// Recorded, not yet accepted.
    Pending,
}

/// What the tree has for a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lookup<'a> {
    /// An accepted recording.
    Accepted(&'a Recording),
    /// Only one that waits for review.
    Pending(&'a Recording),
    /// A file that should be it, but cannot be used.
    Damaged {
        /// The file.
        path: &'a Path,
        /// What is wrong with it.
        damage: &'a Damage,
    },
    /// Nothing.
    Missing,
}

/// A recording read for whoever does not want the tree to keep it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// What the file holds.
    pub recording: Recording,
    /// Whether a maintainer has accepted it.
    pub acceptance: Acceptance,
}

/// Why the tree cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A folder or file that cannot be used.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// `read` or `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The fixtures path is something else than a folder.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// A recording that cannot be put into a file.
    #[error("the recording for {} {damage}", path.display())]
    Unstorable {
        /// The file.
        path: PathBuf,
        /// Why.
        damage: Damage,
    },
    /// Recordings would be written through a link, and reading does not follow it.
    #[error("{} is a link, and recordings are not read or written through it", .0.display())]
    Link(PathBuf),
    /// Another tutor is writing there.
    #[error("another tutor is writing recordings in {}", .0.display())]
    Busy(PathBuf),
}

impl Store {
    /// Finds every recording under `root`. A folder that does not exist is an empty tree.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let root = root.into();
        let mut found = Vec::new();
        match fs::metadata(&root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(reading(&root, source)),
            Ok(meta) if !meta.is_dir() => return Err(StoreError::NotAFolder(root)),
            Ok(_) => walk(&root, 0, &mut found)?,
        }
        Ok(Store { root, index: Index::of(found), history: None, given_up: HashSet::new() })
    }

    /// From now on, what is replaced or removed is kept there.
    pub fn remember_in(&mut self, history: History) {
        self.history = Some(history);
    }

    /// Whether what is replaced or removed is kept.
    pub fn keeps_history(&self) -> bool {
        self.history.is_some()
    }

    /// The decisions that were made.
    pub fn history(&mut self) -> Option<&mut History> {
        self.history.as_mut()
    }

    /// What follows belongs to one decision, which these words tell; it is undone as a whole.
    pub fn decide(&mut self, words: impl Into<String>) {
        if let Some(history) = &mut self.history {
            history.begin(words);
        }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What there is for `key`: an accepted recording before a pending one before a damaged one.
    pub fn find(&self, key: &Key) -> Lookup<'_> {
        self.look(key, Acceptance::Accepted)
            .or_else(|| self.look(key, Acceptance::Pending))
            .unwrap_or(Lookup::Missing)
    }

    /// The file whose recording [`Store::find`] gives for `key`.
    pub fn file_of(&self, key: &Key) -> Option<&Path> {
        let entries = [Acceptance::Accepted, Acceptance::Pending].into_iter();
        entries
            .filter_map(|acceptance| self.best_entry(key, acceptance))
            .map(|(entry, _)| entry.path())
            .next()
    }

    /// The same as [`Store::find`], read from the file anew and not kept: memory stays flat however
    /// many are asked for.
    ///
    /// # Errors
    /// Names the file that should be it and what is wrong with it.
    pub fn fetch(&self, key: &Key) -> Result<Option<Fetched>, (PathBuf, Damage)> {
        let mut damaged = None;
        for acceptance in [Acceptance::Accepted, Acceptance::Pending] {
            let mut best: Option<Recording> = None;
            for entry in self.index.of_key(key).iter().filter(|entry| entry.acceptance == acceptance) {
                match entry.read() {
                    Ok(recording) if recording.key == *key => {
                        if best.as_ref().is_none_or(|best| counts_more(&recording.origin, &best.origin)) {
                            best = Some(recording);
                        }
                    }
                    Ok(_) => {}
                    Err(damage) => damaged = damaged.or(Some((entry.path().to_owned(), damage))),
                }
            }
            if let Some(recording) = best {
                return Ok(Some(Fetched { recording, acceptance }));
            }
        }
        damaged.map_or(Ok(None), Err)
    }

    /// Every file, in no particular order.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.index.iter().map(Entry::path)
    }

    /// The pending recording for `key`, if there is one, whatever is accepted.
    pub fn pending(&self, key: &Key) -> Option<Lookup<'_>> {
        self.look(key, Acceptance::Pending)
    }

    pub(super) fn look(&self, key: &Key, acceptance: Acceptance) -> Option<Lookup<'_>> {
        if let Some((_, recording)) = self.best_entry(key, acceptance) {
            return Some(match acceptance {
                Acceptance::Accepted => Lookup::Accepted(recording),
                Acceptance::Pending => Lookup::Pending(recording),
            });
        }
        let mut entries = self.entries_of(key, acceptance);
        entries.find_map(|entry| Some(Lookup::Damaged { path: entry.path(), damage: entry.load().err()? }))
    }

    fn entries_of(&self, key: &Key, acceptance: Acceptance) -> impl Iterator<Item = &Entry> {
        let is_one =
            move |entry: &&Entry| entry.acceptance == acceptance && key.as_str().starts_with(entry.digits());
        self.index.of_key(key).iter().filter(is_one)
    }

    /// The recording that counts where several files hold one for the same request.
    fn best_entry(&self, key: &Key, acceptance: Acceptance) -> Option<(&Entry, &Recording)> {
        let whole = self.entries_of(key, acceptance).filter_map(|entry| Some((entry, entry.load().ok()?)));
        let whole = whole.filter(|(_, recording)| recording.key == *key);
        whole.reduce(|best, other| if counts_more(&other.1.origin, &best.1.origin) { other } else { best })
    }

    /// Whether the chapter's folder holds a recording of this name for a request that is none of
    /// `known`: the trace of a request that has changed since.
    pub fn has_other_of_name(&self, chapter: &str, name: &str, known: &[Key]) -> bool {
        self.others_of_name(chapter, name, known).next().is_some()
    }

    /// Who answered them, the one most like the service.
    pub fn kind_of_other_of_name(&self, chapter: &str, name: &str, known: &[Key]) -> Option<OriginKind> {
        let kinds = self.others_of_name(chapter, name, known).map(standing::kind_of_entry);
        kinds.max()
    }

    fn others_of_name(&self, chapter: &str, name: &str, known: &[Key]) -> impl Iterator<Item = &Entry> {
        let folder = self.root.join(chapter);
        self.index.iter().filter(move |entry| {
            entry.name() == name
                && entry.path().parent() == Some(folder.as_path())
                && !known.iter().any(|key| key.as_str().starts_with(entry.digits()))
        })
    }

    /// Writes the pictures of an accepted recording where pages refer to them.
    pub fn publish_media(&self, recording: &Recording, source_folder: &Path) -> Result<(), StoreError> {
        for medium in media::of(recording) {
            medium.publish(source_folder)?;
        }
        Ok(())
    }
}

/// A pending answer stands in where none is accepted, as it does on pages.
impl Answers for Store {
    fn answer(&self, key: &Key) -> Option<&Answer> {
        match self.find(key) {
            Lookup::Accepted(recording) | Lookup::Pending(recording) if recording.shown().is_success() => {
                Some(recording.shown())
            }
            _ => None,
        }
    }
}

pub(super) fn pending_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PENDING);
    PathBuf::from(name)
}

/// Adds every recording's file at or below `folder` to `found`.
fn walk(folder: &Path, depth: usize, found: &mut Vec<Entry>) -> Result<(), StoreError> {
    let entries = fs::read_dir(folder).map_err(|source| reading(folder, source))?;
    for entry in entries {
        let entry = entry.map_err(|source| reading(folder, source))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(|source| reading(&path, source))?;
        if !kind.is_dir() {
            found.extend(Entry::of(path));
        } else if depth < MAX_FOLDERS {
            walk(&path, depth + 1, found)?;
        }
    }
    Ok(())
}

fn reading(path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { action: "read", path: path.to_owned(), source }
}

pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::Io { action: "remove", path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::super::Origin;
    use super::*;
    use tutor_bedrock::{Call, Operation, Payload, Timing};

    fn call(text: &str) -> Call {
        Call::new(Operation::InvokeModel, "amazon.titan-text-express-v1", json!({"inputText": text}).into())
    }

    fn recording(call: &Call, reply: &str, at: &str) -> Recording {
        let answer = Answer {
            status: 200,
            headers: BTreeMap::new(),
            payload: Payload::Whole(reply.as_bytes().to_vec().into()),
            timing: Timing::default(),
        };
        Recording::new(call, Origin::practice(at.parse().unwrap()), vec![answer])
    }

    const NOON: &str = "2026-11-22T12:00:00Z";

    #[test]
    fn a_pending_recording_becomes_an_accepted_one() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let call = call("hi");
        let new = store.write("a/b", "titan", recording(&call, "{}", NOON), Acceptance::Pending).unwrap();
        let new = new.path().to_owned();
        assert!(new.to_str().unwrap().ends_with(".json.new"));
        assert!(matches!(Store::open(dir.path()).unwrap().find(&call.key()), Lookup::Pending(_)));
        let _ = store.write("a/b", "titan", recording(&call, "{}", NOON), Acceptance::Accepted).unwrap();
        assert!(!new.exists());
        let store = Store::open(dir.path()).unwrap();
        assert!(matches!(store.find(&call.key()), Lookup::Accepted(_)));
        assert!(store.has_other_of_name("a/b", "titan", &[]));
        assert!(!store.has_other_of_name("a/b", "titan", &[call.key()]));
        assert!(!store.has_other_of_name("a", "titan", &[]));
    }

    #[test]
    fn unchanged_answers_rewrite_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let call = call("hi");
        let path = store.write("c", "n", recording(&call, "{}", NOON), Acceptance::Accepted).unwrap();
        let path = path.path().to_owned();
        let before = fs::read_to_string(&path).unwrap();
        let later = "2027-01-01T00:00:00Z";
        let mut store = Store::open(dir.path()).unwrap();
        for acceptance in [Acceptance::Accepted, Acceptance::Pending] {
            let filing = store.write("c", "n", recording(&call, "{}", later), acceptance).unwrap();
            assert_eq!(filing, Filing::Unchanged(path.clone()));
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
        assert!(!pending_path(&path).exists());
        let _ = store.write("c", "n", recording(&call, "[]", later), Acceptance::Accepted).unwrap();
        assert_ne!(fs::read_to_string(&path).unwrap(), before);
    }

    #[test]
    fn what_is_damaged_is_named_and_replaced_by_recording_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let call = call("hi");
        let path = store.write("c", "n", recording(&call, "{}", NOON), Acceptance::Accepted).unwrap();
        let path = path.path();
        let whole = fs::read(path).unwrap();
        fs::write(path, &whole[..whole.len() - 40]).unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        assert!(matches!(store.find(&call.key()), Lookup::Damaged { .. }));
        let filing = store.write("c", "n", recording(&call, "{}", NOON), Acceptance::Accepted).unwrap();
        assert!(matches!(filing, Filing::Written(_)));
        assert!(matches!(Store::open(dir.path()).unwrap().find(&call.key()), Lookup::Accepted(_)));
    }

    #[test]
    fn a_file_of_another_call_does_not_answer_for_this_one() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let (one, two) = (call("one"), call("two"));
        let path = store.write("c", "n", recording(&one, "{}", NOON), Acceptance::Accepted).unwrap();
        let wrong = dir.path().join(format!("c/n.{}.json", two.key().short(8)));
        fs::rename(path.path(), wrong).unwrap();
        let store = Store::open(dir.path()).unwrap();
        assert!(matches!(store.find(&two.key()), Lookup::Damaged { .. }));
        assert!(matches!(store.find(&one.key()), Lookup::Missing));
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(Store::open(file.path()), Err(StoreError::NotAFolder(_))));
    }
}
