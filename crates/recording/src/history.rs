//! What decisions replaced or removed, so that it can be brought back.
//!
//! It lies outside of every book: one folder a decision, one file a change, which holds what was there
//! before and the digest of what came in its place. A change is kept before it is made, so that a kill
//! at any moment loses nothing. Undoing one keeps what it takes away in the same way, and redoing brings
//! that back. The last [`DECISIONS`] decisions are kept, as far as they fit into [`BYTES`].

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::StoreError;
use super::store::{remove, write_atomically};
use tutor_bedrock::key::hex;

/// How many decisions are remembered.
const DECISIONS: usize = 100;

/// How many bytes of them.
const BYTES: u64 = 256 << 20;

/// The file of a decision's folder that says what was decided.
const WORDS: &str = "words.txt";

/// The decisions about one book.
#[derive(Debug)]
pub struct History {
    made: PathBuf,
    undone: PathBuf,
    words: String,
    /// The folder of the decision under way and how many changes it has, once it has one.
    current: Option<(PathBuf, usize)>,
}

/// What a decision did to one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Change {
    path: PathBuf,
    /// Whether there was a file before.
    existed: bool,
    /// The digest of what was there afterwards; none if nothing was.
    after: Option<String>,
    #[serde(skip)]
    before: Vec<u8>,
}

/// A decision that was taken back, or made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// What was decided, such as `rejected chapter#name`.
    pub words: String,
    /// The files that are there again.
    pub back: Vec<PathBuf>,
    /// Those that are not there any more.
    pub gone: Vec<PathBuf>,
}

/// Why a decision cannot be taken back.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// There is none.
    #[error("there is no decision to take back")]
    Nothing,
    /// A file is not any more what the decision left.
    #[error("{} has changed since it was decided: {words}", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// What was decided.
        words: String,
    },
    /// A file cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl History {
    /// The history of the book in `root`, kept below `state`.
    pub fn of(root: &Path, state: &Path) -> Self {
        let whole = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let whole = whole.canonicalize().unwrap_or(whole);
        let digest = hex(&Sha256::digest(whole.as_os_str().as_encoded_bytes()));
        let folder = state.join("decisions").join(&digest[..16]);
        History {
            made: folder.join("made"),
            undone: folder.join("undone"),
            words: String::new(),
            current: None,
        }
    }

    /// What follows belongs to one decision, which these words tell.
    pub fn begin(&mut self, words: impl Into<String>) {
        self.words = words.into();
        self.current = None;
    }

    /// Keeps what `path` holds, before it holds `after`.
    pub(super) fn keep(
        &mut self,
        path: &Path,
        before: Option<&[u8]>,
        after: Option<&[u8]>,
    ) -> io::Result<()> {
        let (folder, count) = match self.current.take() {
            Some(current) => current,
            None => (begun(&self.made, None, &self.words)?, 0),
        };
        Change::new(path, before, after)?.write(&folder, count)?;
        self.current = Some((folder, count + 1));
        Ok(())
    }

    /// Takes the last decision back.
    ///
    /// # Errors
    /// There is none, a file has changed since, or cannot be written.
    pub fn undo(&mut self) -> Result<Turned, TurnError> {
        let last = decisions(&self.made).pop().ok_or(TurnError::Nothing)?;
        self.current = None;
        turn(&last, &self.undone)
    }

    /// Makes the decision again that was taken back last.
    ///
    /// # Errors
    /// As for [`History::undo`].
    pub fn redo(&mut self) -> Result<Turned, TurnError> {
        let first = decisions(&self.undone).into_iter().next().ok_or(TurnError::Nothing)?;
        self.current = None;
        turn(&first, &self.made)
    }
}

/// The folders of decisions, the oldest first.
fn decisions(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut all: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| number_of(path).is_some())
        .collect();
    all.sort();
    all
}

fn number_of(folder: &Path) -> Option<u64> {
    folder.file_name()?.to_str()?.parse().ok()
}

/// A new folder for a decision; older ones go where there are too many.
fn begun(folder: &Path, number: Option<u64>, words: &str) -> io::Result<PathBuf> {
    let all = decisions(folder);
    let next = all.last().and_then(|last| number_of(last)).map_or(1, |last| last + 1);
    let mut sizes: Vec<(PathBuf, u64)> = all.into_iter().map(|path| (path.clone(), size_of(&path))).collect();
    while sizes.len() >= DECISIONS || sizes.iter().map(|(_, size)| size).sum::<u64>() > BYTES {
        fs::remove_dir_all(sizes.remove(0).0)?;
    }
    let new = folder.join(format!("{:012}", number.unwrap_or(next)));
    fs::create_dir_all(&new)?;
    fs::write(new.join(WORDS), words)?;
    Ok(new)
}

fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}

/// Puts back what `decision` replaced, and keeps what goes for that in `other`.
fn turn(decision: &Path, other: &Path) -> Result<Turned, TurnError> {
    let failed = |source| StoreError::Io { action: "read", path: decision.to_owned(), source };
    let words = fs::read_to_string(decision.join(WORDS)).unwrap_or_default();
    let mut changes = Change::all(decision).map_err(failed)?;
    changes.reverse();
    let mut now: HashMap<&Path, Option<Vec<u8>>> = HashMap::new();
    for change in &changes {
        let held = match now.get(change.path.as_path()) {
            Some(held) => held.clone(),
            None => read(&change.path).map_err(failed)?,
        };
        let was = change.existed.then_some(change.before.as_slice());
        // A turn that was killed half-way has put some back already.
        if held.as_deref().map(digest) != change.after && held.as_deref() != was {
            return Err(TurnError::Changed { path: change.path.clone(), words });
        }
        now.insert(&change.path, was.map(<[u8]>::to_vec));
    }
    let kept = begun(other, number_of(decision), &words).map_err(failed)?;
    let mut turned = Turned { words, back: Vec::new(), gone: Vec::new() };
    for (index, change) in changes.iter().enumerate() {
        let held = read(&change.path).map_err(failed)?;
        let was = change.existed.then_some(change.before.as_slice());
        let counter = Change::new(&change.path, held.as_deref(), was).map_err(failed)?;
        counter.write(&kept, index).map_err(failed)?;
        match was {
            Some(before) => {
                write_atomically(&change.path, before)?;
                turned.back.push(change.path.clone());
            }
            None => {
                remove(&change.path)?;
                turned.gone.push(change.path.clone());
            }
        }
    }
    fs::remove_dir_all(decision).map_err(failed)?;
    Ok(turned)
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

impl Change {
    fn new(path: &Path, before: Option<&[u8]>, after: Option<&[u8]>) -> io::Result<Self> {
        Ok(Change {
            path: std::path::absolute(path)?,
            existed: before.is_some(),
            after: after.map(digest),
            before: before.unwrap_or_default().to_vec(),
        })
    }

    /// A line of JSON, then what was there, byte for byte.
    fn write(&self, folder: &Path, index: usize) -> io::Result<()> {
        let mut content = serde_json::to_vec(self)?;
        content.push(b'\n');
        content.extend_from_slice(&self.before);
        fs::write(folder.join(format!("{index:06}")), content)
    }

    /// Every change of a decision, in order. One that a kill cut off was never made.
    fn all(folder: &Path) -> io::Result<Vec<Self>> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
        files.retain(|path| number_of(path).is_some());
        files.sort();
        let mut changes = Vec::new();
        for file in files {
            let content = fs::read(&file)?;
            let Some(end) = content.iter().position(|byte| *byte == b'\n') else { continue };
            let Ok(change) = serde_json::from_slice::<Change>(&content[..end]) else { continue };
            changes.push(Change { before: content[end + 1..].to_vec(), ..change });
        }
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(history: &mut History, path: &Path, after: Option<&[u8]>) {
        let before = read(path).unwrap();
        history.keep(path, before.as_deref(), after).unwrap();
        match after {
            Some(after) => fs::write(path, after).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
    }

    #[test]
    fn a_decision_is_taken_back_as_a_whole_and_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        fs::write(&one, b"\xff old").unwrap();
        let mut history = History::of(dir.path(), &dir.path().join("state"));
        history.begin("accepted one");
        keep(&mut history, &two, Some(b"new"));
        keep(&mut history, &one, None);
        let turned = history.undo().unwrap();
        assert_eq!((turned.words.as_str(), turned.back.len(), turned.gone.len()), ("accepted one", 1, 1));
        assert_eq!(fs::read(&one).unwrap(), b"\xff old");
        assert!(!two.exists());
        assert!(matches!(history.undo(), Err(TurnError::Nothing)));
        history.redo().unwrap();
        assert!(!one.exists() && two.exists(), "made again");
        history.undo().unwrap();
        assert!(one.exists() && !two.exists());
    }

    #[test]
    fn what_has_changed_since_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let one = dir.path().join("one");
        fs::write(&one, "old").unwrap();
        let mut history = History::of(dir.path(), &dir.path().join("state"));
        history.begin("replaced one");
        keep(&mut history, &one, Some(b"new"));
        fs::write(&one, "newer").unwrap();
        assert!(matches!(history.undo(), Err(TurnError::Changed { .. })));
        assert_eq!(fs::read(&one).unwrap(), b"newer");
    }

    #[test]
    fn the_oldest_decisions_go() {
        let dir = tempfile::tempdir().unwrap();
        let one = dir.path().join("one");
        let mut history = History::of(dir.path(), &dir.path().join("state"));
        for number in 0..DECISIONS + 20 {
            history.begin("written");
            keep(&mut history, &one, Some(number.to_string().as_bytes()));
        }
        assert_eq!(decisions(&history.made).len(), DECISIONS);
        for _ in 0..DECISIONS {
            history.undo().unwrap();
        }
        assert_eq!(fs::read(&one).unwrap(), b"19");
    }
}
