//! The one place where the tree is changed.
//!
//! An answer never takes the place of one of a greater origin, and none that a person cannot make again
//! for nothing is removed, unless [`Store::give_up`] has named the file. What is replaced or removed is
//! kept in the [`History`](crate::history::History) first.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::standing::{kind_of, kind_of_capture, kind_of_entry};
use super::{DIGITS, Entry, Standing, Store, StoreError, pending_path, remove, write_atomically};
use crate::{Acceptance, Recording, capture, format};
use tutor_bedrock::Key;

/// What storing a recording did.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filing {
    /// The file was written.
    Written(PathBuf),
    /// It holds these answers already.
    Unchanged(PathBuf),
    /// Nothing was written: this stands there, and is worth more.
    Kept(Standing),
}

impl Filing {
    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            Filing::Written(path) | Filing::Unchanged(path) => path,
            Filing::Kept(standing) => &standing.path,
        }
    }
}

impl Store {
    /// Stores `recording` as `name` of `chapter`. Storing answers that are there already writes
    /// nothing: neither over them nor, where they are accepted, beside them. An accepted recording
    /// takes the place of a pending one.
    pub fn write(
        &mut self,
        chapter: &str,
        name: &str,
        recording: Recording,
        acceptance: Acceptance,
    ) -> Result<Filing, StoreError> {
        if let Some(standing) = self.in_the_way_of(&recording) {
            return Ok(Filing::Kept(standing));
        }
        if let Some(path) = self.holds(&recording, acceptance) {
            return self.drop_pending(&path, acceptance).map(|()| Filing::Unchanged(path));
        }
        let path = self.place(chapter, name, &recording.key, acceptance);
        let text = format::write(&recording)
            .map_err(|damage| StoreError::Unstorable { path: path.clone(), damage })?;
        self.change(&path, Some(text.as_bytes()), Creation::Unremarkable)?;
        self.drop_pending(&path, acceptance)?;
        if let Some(entry) = Entry::written(path.clone(), recording) {
            self.index.add(entry);
        }
        Ok(Filing::Written(path))
    }

    /// Makes the pending file `path` part of the book, with its pictures among the book's sources.
    ///
    /// # Errors
    /// It is damaged, or the pictures or the file cannot be written; the recording is pending still.
    pub fn accept(&mut self, path: &Path, source_folder: &Path) -> Result<Filing, StoreError> {
        let accepted = path.with_extension("");
        debug_assert_eq!(pending_path(&accepted), path, "only pending files are accepted");
        let Some(entry) = self.index.at(path) else {
            let source = io::Error::from(io::ErrorKind::NotFound);
            return Err(StoreError::Io { action: "read", path: path.to_owned(), source });
        };
        let recording = entry
            .load()
            .map_err(|damage| StoreError::Unstorable { path: path.to_owned(), damage: damage.clone() })?;
        let (kind, key) = (recording.origin.kind, &recording.key);
        let mut greater = self.greater_than(kind, key).into_iter();
        if let Some(standing) = greater.find(|it| it.acceptance == Acceptance::Accepted) {
            return Ok(Filing::Kept(standing));
        }
        self.publish_media(recording, source_folder)?;
        let text = super::read_bytes(path)?;
        self.keep(&accepted, Some(&text), Creation::Remembered)?;
        self.keep(path, None, Creation::Remembered)?;
        fs::rename(path, &accepted).map_err(|source| StoreError::Io {
            action: "write",
            path: accepted.clone(),
            source,
        })?;
        self.index.remove(path);
        if let Some(entry) = Entry::of(accepted.clone()) {
            self.index.add(entry);
        }
        Ok(Filing::Written(accepted))
    }

    /// Removes a file, unless it holds more than a stand-in's answer and nobody gave it up by name.
    ///
    /// # Errors
    /// The file cannot be kept in the history, or not be removed.
    pub fn discard(&mut self, path: &Path) -> Result<Filing, StoreError> {
        if let Some(standing) = self.worth_keeping(path) {
            return Ok(Filing::Kept(standing));
        }
        self.change(path, None, Creation::Remembered)?;
        self.index.remove(path);
        Ok(Filing::Written(path.to_owned()))
    }

    /// Removes a picture that no recording needs, or a recording that no request needs if it is only a
    /// stand-in's: what is more stays.
    ///
    /// # Errors
    /// The file cannot be kept in the history, or not be removed.
    pub fn clear_away(&mut self, path: &Path) -> Result<(), StoreError> {
        if path.starts_with(&self.root) {
            return self.discard(path).map(drop);
        }
        self.change(path, None, Creation::Remembered)
    }

    /// What a file holds that is more than a stand-in's answer, unless it was given up.
    pub fn worth_keeping(&self, path: &Path) -> Option<Standing> {
        let entry = self.index.at(path)?;
        let (kind, is_damaged) = (kind_of_entry(entry), entry.load().is_err());
        let standing = Standing { path: path.to_owned(), kind, acceptance: entry.acceptance, is_damaged };
        Some(standing).filter(|it| it.kind.is_real() && !self.is_given_up(path))
    }

    /// Changes a file below the fixtures: to this content, or to nothing.
    pub(crate) fn change(
        &mut self,
        path: &Path,
        content: Option<&[u8]>,
        creation: Creation,
    ) -> Result<(), StoreError> {
        self.refuse_links(path)?;
        self.keep(path, content, creation)?;
        match content {
            Some(content) => write_atomically(path, content),
            None => remove(path),
        }
    }

    /// Keeps what a file holds, before it holds something else.
    fn keep(&mut self, path: &Path, after: Option<&[u8]>, creation: Creation) -> Result<(), StoreError> {
        let before = match super::read_bytes(path) {
            Err(StoreError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => None,
            // What cannot be read cannot be kept either.
            Err(error) => return Err(error),
            Ok(before) => Some(before),
        };
        if before.as_deref() == after || before.is_none() && creation == Creation::Unremarkable {
            return Ok(());
        }
        let kept = match &mut self.history {
            Some(history) => history.keep(path, before.as_deref(), after),
            None => Err(io::Error::other("there is no folder for it; set XDG_STATE_HOME")),
        };
        // A stand-in's answer can be had again.
        let is_dear = before.is_some_and(|before| {
            let text = String::from_utf8_lossy(&before);
            let is_capture = path.file_name().is_some_and(|name| {
                let name = name.to_string_lossy();
                name.strip_suffix(".new").unwrap_or(&name) == capture::FILE
            });
            let kind = if is_capture { kind_of_capture(&text) } else { kind_of(&text) };
            kind.is_real()
        });
        kept.or_else(|source| {
            let action = "keep outside the book what would be replaced:";
            if is_dear { Err(StoreError::Io { action, path: path.to_owned(), source }) } else { Ok(()) }
        })
    }

    /// Reading does not follow links below the fixtures, so nothing is written through them.
    fn refuse_links(&self, path: &Path) -> Result<(), StoreError> {
        let Ok(below) = path.strip_prefix(&self.root) else { return Ok(()) };
        let mut folder = self.root.clone();
        for part in below.parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            if fs::symlink_metadata(&folder).is_ok_and(|meta| meta.is_symlink()) {
                return Err(StoreError::Link(folder));
            }
        }
        Ok(())
    }

    /// The file that holds just these answers: an accepted one, or where a pending one is to be
    /// stored and none is accepted, a pending one.
    fn holds(&self, recording: &Recording, acceptance: Acceptance) -> Option<PathBuf> {
        let holds = |of: Acceptance| {
            let same = |entry: &&Entry| {
                entry.acceptance == of
                    && entry.load().is_ok_and(|old| old.key == recording.key && old.same_answers(recording))
            };
            self.index.of_key(&recording.key).iter().find(same).map(|entry| entry.path().to_owned())
        };
        holds(Acceptance::Accepted)
            .or_else(|| (acceptance == Acceptance::Pending).then(|| holds(Acceptance::Pending)).flatten())
    }

    /// Once a recording is accepted, nothing waits beside it.
    fn drop_pending(&mut self, path: &Path, acceptance: Acceptance) -> Result<(), StoreError> {
        if acceptance == Acceptance::Accepted {
            let pending = pending_path(path);
            self.change(&pending, None, Creation::Unremarkable)?;
            self.index.remove(&pending);
        }
        Ok(())
    }

    /// The file for a recording: where it already is, else a new name, whose digits are lengthened
    /// while they clash with another call's.
    fn place(&self, chapter: &str, name: &str, key: &Key, acceptance: Acceptance) -> PathBuf {
        let folder = self.root.join(chapter);
        let path = (DIGITS..=64)
            .map(|digits| folder.join(format!("{name}.{}.json", key.short(digits))))
            .find(|path| self.is_free_for(path, key))
            .unwrap_or_else(|| folder.join(format!("{name}.{key}.json")));
        match acceptance {
            Acceptance::Accepted => path,
            Acceptance::Pending => pending_path(&path),
        }
    }

    fn is_free_for(&self, path: &Path, key: &Key) -> bool {
        let holder = self.index.at(path).or_else(|| self.index.at(&pending_path(path)));
        match holder.map(Entry::load) {
            Some(Ok(recording)) => recording.key == *key,
            Some(Err(_)) | None => true,
        }
    }
}

/// Whether the history remembers that a file was not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Creation {
    /// It was a decision: undoing it takes the file away again.
    Remembered,
    /// Nothing was lost by it.
    Unremarkable,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::history::History;
    use crate::{Lookup, Origin, OriginKind};
    use tutor_bedrock::{Answer, Call, Operation, Payload, Timing};

    struct Tree {
        dir: tempfile::TempDir,
        store: Store,
    }

    fn call() -> Call {
        let body = json!({"inputText": "hi"});
        Call::new(Operation::InvokeModel, "amazon.titan-text-express-v1", body.into())
    }

    fn recording(kind: OriginKind, status: u16, reply: &str) -> Recording {
        let answer = Answer {
            status,
            headers: BTreeMap::new(),
            payload: Payload::Whole(reply.as_bytes().to_vec().into()),
            timing: Timing::default(),
        };
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        Recording::new(&call(), Origin { kind, ..Origin::practice(now) }, vec![answer])
    }

    use Acceptance::{Accepted, Pending};
    use OriginKind::{Bedrock, Practice};

    impl Tree {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(dir.path().join("fixtures")).unwrap();
            let mut tree = Tree { dir, store };
            tree.reopen();
            tree
        }

        fn reopen(&mut self) {
            self.store = Store::open(self.dir.path().join("fixtures")).unwrap();
            self.store.remember_in(History::of(self.dir.path(), &self.dir.path().join("state")));
        }

        fn write(&mut self, kind: OriginKind, reply: &str, acceptance: Acceptance) -> Filing {
            self.store.write("c", "n", recording(kind, 200, reply), acceptance).unwrap()
        }

        fn replies(&self) -> Vec<String> {
            let mut files: Vec<_> = self.store.files().into_iter().map(|file| file.path.to_owned()).collect();
            files.sort();
            files.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
        }
    }

    fn is_kept(filing: &Filing) -> bool {
        matches!(filing, Filing::Kept(_))
    }

    #[test]
    fn a_lesser_answer_takes_the_place_of_no_greater_one_wherever_either_goes() {
        for there in [Accepted, Pending] {
            for new in [Accepted, Pending] {
                let mut tree = Tree::new();
                assert!(!is_kept(&tree.write(Bedrock, "live", there)));
                let before = tree.replies();
                assert!(is_kept(&tree.write(Practice, "stand-in", new)), "{there:?} {new:?}");
                assert_eq!(tree.replies(), before);
                assert!(!is_kept(&tree.write(Bedrock, "live again", new)), "an equal one does");
            }
        }
    }

    #[test]
    fn a_damaged_answer_that_may_have_been_live_is_kept_from_stand_ins() {
        for cut in [40, 10_000] {
            let mut tree = Tree::new();
            let path = tree.write(Bedrock, "live", Accepted).path().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, &text[..cut.min(text.len() - 40)]).unwrap();
            tree.reopen();
            assert!(is_kept(&tree.write(Practice, "stand-in", Accepted)));
            assert!(!is_kept(&tree.write(Bedrock, "live", Accepted)));
        }
    }

    #[test]
    fn a_stand_ins_answer_that_waits_is_not_accepted_over_a_live_one() {
        let mut tree = Tree::new();
        let pending = tree.write(Practice, "stand-in", Pending).path().to_owned();
        let _ = tree.write(Bedrock, "live", Accepted);
        // As an older tutor, or a merge, may have left it.
        fs::write(&pending, format::write(&recording(Practice, 200, "stand-in")).unwrap()).unwrap();
        tree.reopen();
        assert!(is_kept(&tree.store.accept(&pending, tree.dir.path()).unwrap()));
        let live = tree.store.file_of(&call().key()).unwrap().to_owned();
        tree.store.give_up([live]);
        assert!(!is_kept(&tree.store.accept(&pending, tree.dir.path()).unwrap()));
    }

    #[test]
    fn what_was_given_up_by_name_is_replaced_or_removed_and_comes_back() {
        let mut tree = Tree::new();
        let path = tree.write(Bedrock, "live", Accepted).path().to_owned();
        assert!(is_kept(&tree.store.discard(&path).unwrap()));
        tree.store.give_up([path.clone()]);
        tree.store.decide("recorded");
        assert!(!is_kept(&tree.write(Practice, "stand-in", Accepted)));
        tree.store.decide("rejected n");
        assert!(!is_kept(&tree.store.discard(&path).unwrap()));
        assert!(!path.exists());
        let turned = tree.store.history().unwrap().undo().unwrap();
        assert_eq!(turned.words, "rejected n");
        assert!(fs::read_to_string(&path).unwrap().contains("stand-in"));
        tree.store.history().unwrap().undo().unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains("live"));
    }

    #[test]
    fn without_a_place_to_keep_it_nothing_live_is_replaced() {
        let mut tree = Tree::new();
        let _ = tree.write(Bedrock, "live", Accepted);
        tree.store.history = None;
        let error = tree.store.write("c", "n", recording(Bedrock, 200, "new"), Accepted).unwrap_err();
        assert!(error.to_string().contains("set XDG_STATE_HOME"), "{error}");
        assert!(tree.replies()[0].contains("live"));
    }

    #[test]
    fn a_refusal_does_not_take_the_place_of_an_answer_that_waits() {
        let mut tree = Tree::new();
        let _ = tree.write(Bedrock, "live", Pending);
        let filing = tree.store.write("c", "n", recording(Bedrock, 400, "refused"), Pending).unwrap();
        assert!(is_kept(&filing));
        assert!(!is_kept(&tree.write(Bedrock, "another", Pending)));
    }

    #[test]
    fn of_two_files_for_a_request_the_one_most_like_the_service_counts() {
        let mut tree = Tree::new();
        let path = tree.write(Practice, "stand-in", Accepted).path().to_owned();
        let other = path.with_file_name(path.file_name().unwrap().to_str().unwrap().replacen('n', "z", 1));
        fs::write(&other, format::write(&recording(Bedrock, 200, "live")).unwrap()).unwrap();
        tree.reopen();
        let Lookup::Accepted(found) = tree.store.find(&call().key()) else { panic!("accepted") };
        assert_eq!(found.origin.kind, Bedrock);
        assert_eq!(tree.store.file_of(&call().key()), Some(other.as_path()));
        assert_eq!(tree.store.fetch(&call().key()).unwrap().unwrap().recording.origin.kind, Bedrock);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link_that_reading_does_not_follow() {
        let mut tree = Tree::new();
        let outside = tree.dir.path().join("outside");
        fs::create_dir_all(&outside).unwrap();
        fs::create_dir_all(tree.dir.path().join("fixtures")).unwrap();
        std::os::unix::fs::symlink(&outside, tree.dir.path().join("fixtures/c")).unwrap();
        let error = tree.store.write("c", "n", recording(Practice, 200, "x"), Accepted).unwrap_err();
        assert!(matches!(error, StoreError::Link(_)));
        assert_eq!(fs::read_dir(outside).unwrap().count(), 0);
    }
}
