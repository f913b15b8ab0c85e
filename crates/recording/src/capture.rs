//! What a run of a chapter's own code did, fence by fence: `<chapter path without .md>/capture.json`,
//! pending beside it as `capture.json.new`.
//!
//! A capture holds what cannot be read from the code: the keys of the calls that a fence really made
//! (their answers stand in recordings of their own), what it printed and the pictures it made. It
//! holds for exactly the code that ran: every fence carries a digest of all code up to its own end.

use std::path::{Path, PathBuf};
use std::{fs, io};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::format::{self, Damage, DamageKind};
use super::store::{self, pending_path};
use super::{Acceptance, OriginKind, StoreError};
use tutor_bedrock::Json;
use tutor_bedrock::key::hex;

/// The file's name in a chapter's folder. It has no digits of a key, so no recording can have it.
pub const FILE: &str = "capture.json";

/// The one format there has been so far.
const FORMAT: &str = "tutor-capture/1";

/// What a run of a chapter's code did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Capture {
    format: String,
    /// When the code ran.
    pub captured_at: Timestamp,
    /// The tutor that ran it.
    pub tutor: String,
    /// The interpreter, such as `3.13.2`.
    pub python: String,
    /// The fences that ran, in order.
    pub fences: Vec<CapturedFence>,
}

/// What one fence did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CapturedFence {
    /// Its number in the chapter, from 0 over all fences.
    pub fence: usize,
    /// The digest of all code that had run when it was done.
    pub code: String,
    /// Who answered the calls that its output may rest on, its own and those before it; none where
    /// no call had been made: the least like the service of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<OriginKind>,
    /// The keys of its calls, in the order they were made.
    pub calls: Vec<String>,
    /// What it printed.
    pub output: String,
    /// Whether it printed more than is kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_cut: bool,
    /// The pictures it made, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<CapturedImage>,
}

/// A picture, which stands among the book's sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CapturedImage {
    /// Its path below the sources, such as `recorded/0123456789abcdef.png`.
    pub path: String,
    /// Width and height in pixels, if they can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
}

/// The captures of one chapter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Captures {
    /// The one that is part of the book.
    pub accepted: Option<Result<Capture, Damage>>,
    /// The one that waits for a decision.
    pub pending: Option<Result<Capture, Damage>>,
}

/// What is known of a fence whose code has not changed since it ran.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Current<'a> {
    /// What it did.
    pub fence: &'a CapturedFence,
    /// When it ran.
    pub captured_at: Timestamp,
    /// Whether that is part of the book.
    pub acceptance: Acceptance,
}

impl Capture {
    /// A capture made at `now` by the interpreter `python`.
    pub fn new(now: Timestamp, python: impl Into<String>, fences: Vec<CapturedFence>) -> Self {
        Capture {
            format: FORMAT.to_owned(),
            captured_at: now,
            tutor: env!("CARGO_PKG_VERSION").to_owned(),
            python: python.into(),
            fences,
        }
    }

    /// Reads a file's text.
    fn read(text: &str) -> Result<Self, Damage> {
        let malformed = |what: String| Damage { kind: DamageKind::Malformed(what), line: None };
        let json = format::checked(format::parse(text)?)?;
        let capture: Capture =
            serde_json::from_str(&json.to_compact()).map_err(|error| malformed(error.to_string()))?;
        if capture.format == FORMAT {
            Ok(capture)
        } else {
            Err(malformed(format!("\"{}\" is no format of a capture that this tutor reads", capture.format)))
        }
    }

    fn text(&self) -> Result<String, Damage> {
        let malformed = |what: String| Damage { kind: DamageKind::Malformed(what), line: None };
        let json = serde_json::to_string(self).map_err(|error| malformed(error.to_string()))?;
        let json = Json::parse(json.as_bytes()).map_err(|error| malformed(error.to_string()))?;
        Ok(format::sealed(json))
    }
}

impl Captures {
    /// What there is for the chapter `stem` under the fixtures folder `root`.
    pub fn of(root: &Path, stem: &str) -> Self {
        let file = file(root, stem);
        Captures { accepted: load(&file), pending: load(&pending_path(&file)) }
    }

    /// What is known of a fence whose code, with all before it, has this digest: what is accepted
    /// before what waits.
    pub fn current(&self, fence: usize, code: &str) -> Option<Current<'_>> {
        let places = [(&self.accepted, Acceptance::Accepted), (&self.pending, Acceptance::Pending)];
        places.into_iter().find_map(|(capture, acceptance)| {
            let capture = capture.as_ref()?.as_ref().ok()?;
            let mut fences = capture.fences.iter();
            let fence = fences.find(|captured| captured.fence == fence && captured.code == code)?;
            Some(Current { fence, captured_at: capture.captured_at, acceptance })
        })
    }

    /// Whether a fence was captured with other code than this.
    pub fn is_stale(&self, fence: usize, code: &str) -> bool {
        self.current(fence, code).is_none()
            && self.whole().any(|capture| capture.fences.iter().any(|captured| captured.fence == fence))
    }

    /// Those that can be read, accepted before pending.
    pub fn whole(&self) -> impl Iterator<Item = &Capture> {
        [&self.accepted, &self.pending].into_iter().flatten().filter_map(|capture| capture.as_ref().ok())
    }
}

/// Where a chapter's capture stands.
pub fn path(root: &Path, stem: &str, acceptance: Acceptance) -> PathBuf {
    match acceptance {
        Acceptance::Accepted => file(root, stem),
        Acceptance::Pending => pending_path(&file(root, stem)),
    }
}

fn file(root: &Path, stem: &str) -> PathBuf {
    root.join(stem).join(FILE)
}

fn load(path: &Path) -> Option<Result<Capture, Damage>> {
    match fs::read_to_string(path) {
        Ok(text) => Some(Capture::read(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(Err(Damage { kind: DamageKind::Unreadable(error.to_string()), line: None })),
    }
}

/// Each of a chapter's files, and what is wrong with it.
pub fn verify(root: &Path, stem: &str) -> Vec<(PathBuf, Result<(), Damage>)> {
    let files = [Acceptance::Accepted, Acceptance::Pending].map(|acceptance| path(root, stem, acceptance));
    files
        .into_iter()
        .filter_map(|file| Some((load(&file)?.map(drop), file)))
        .map(|(it, file)| (file, it))
        .collect()
}

/// Stores a capture; `None` where one that says the same is there already. An accepted one takes the
/// place of a pending one.
///
/// # Errors
/// The file cannot be written.
pub fn write(
    root: &Path,
    stem: &str,
    capture: &Capture,
    acceptance: Acceptance,
) -> Result<Option<PathBuf>, StoreError> {
    let known = Captures::of(root, stem);
    let says_the_same = |other: Option<Result<Capture, Damage>>| {
        other.is_some_and(|other| other.is_ok_and(|other| other.fences == capture.fences))
    };
    let accepted = file(root, stem);
    let pending = pending_path(&accepted);
    if says_the_same(known.accepted) {
        store::remove(&pending)?;
        return Ok(None);
    }
    if acceptance == Acceptance::Pending && says_the_same(known.pending) {
        return Ok(None);
    }
    let path = if acceptance == Acceptance::Accepted { accepted } else { pending.clone() };
    let text = capture.text().map_err(|damage| StoreError::Unstorable { path: path.clone(), damage })?;
    store::write_atomically(&path, text.as_bytes())?;
    if acceptance == Acceptance::Accepted {
        store::remove(&pending)?;
    }
    Ok(Some(path))
}

/// Makes the pending capture of a chapter part of the book.
///
/// # Errors
/// The file cannot be renamed.
pub fn accept(root: &Path, stem: &str) -> Result<PathBuf, StoreError> {
    let accepted = file(root, stem);
    fs::rename(pending_path(&accepted), &accepted).map_err(|source| StoreError::Io {
        action: "write",
        path: accepted.clone(),
        source,
    })?;
    Ok(accepted)
}

/// Throws the pending capture of a chapter away.
///
/// # Errors
/// The file cannot be removed.
pub fn reject(root: &Path, stem: &str) -> Result<PathBuf, StoreError> {
    let pending = pending_path(&file(root, stem));
    store::remove(&pending).map(|()| pending)
}

/// The digest of code: of every text in turn, each after those before it.
#[derive(Debug, Clone, Default)]
pub struct CodeDigest(Sha256);

impl CodeDigest {
    /// Adds a fence's text and gives the digest of all so far.
    pub fn then(&mut self, text: &str) -> String {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
        hex(&self.0.clone().finalize())[..16].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(output: &str) -> Capture {
        let fence = CapturedFence {
            fence: 3,
            code: CodeDigest::default().then("print(1)"),
            answered_by: Some(OriginKind::Practice),
            calls: vec!["ab".repeat(32)],
            output: output.to_owned(),
            is_cut: false,
            images: vec![CapturedImage { path: "recorded/x.png".into(), size: Some((2, 1)) }],
        };
        Capture::new("2026-11-22T12:00:00Z".parse().unwrap(), "3.13.2", vec![fence])
    }

    #[test]
    fn a_capture_comes_back_as_it_was_and_only_for_its_own_code() {
        let dir = tempfile::tempdir().unwrap();
        let first = capture("1\n");
        let file = write(dir.path(), "a/b", &first, Acceptance::Pending).unwrap().expect("written");
        assert!(file.ends_with("a/b/capture.json.new"));
        let captures = Captures::of(dir.path(), "a/b");
        assert_eq!(captures.pending, Some(Ok(first.clone())));
        let code = &first.fences[0].code;
        let current = |captures: &Captures, acceptance| {
            let current = captures.current(3, code).expect("a capture");
            assert_eq!((current.fence, current.acceptance), (&first.fences[0], acceptance));
        };
        current(&captures, Acceptance::Pending);
        assert_eq!(captures.current(3, &CodeDigest::default().then("print(2)")), None);
        assert!(captures.is_stale(3, "other") && !captures.is_stale(3, code) && !captures.is_stale(4, code));
        accept(dir.path(), "a/b").unwrap();
        let captures = Captures::of(dir.path(), "a/b");
        current(&captures, Acceptance::Accepted);
        assert_eq!(captures.pending, None);
    }

    #[test]
    fn the_same_again_writes_nothing_and_an_edited_one_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let first = capture("1\n");
        let file = write(dir.path(), "c", &first, Acceptance::Accepted).unwrap().expect("written");
        let later = Capture { captured_at: "2027-01-01T00:00:00Z".parse().unwrap(), ..first };
        assert_eq!(write(dir.path(), "c", &later, Acceptance::Pending).unwrap(), None);
        assert!(write(dir.path(), "c", &capture("2\n"), Acceptance::Pending).unwrap().is_some());
        assert_eq!(write(dir.path(), "c", &later, Acceptance::Accepted).unwrap(), None);
        assert_eq!(Captures::of(dir.path(), "c").pending, None, "what is accepted needs no decision");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("\"output\": \"1", "\"output\": \"2")).unwrap();
        let damage = Captures::of(dir.path(), "c").accepted.unwrap().unwrap_err();
        assert_eq!(damage.kind, DamageKind::Checksum);
    }

    #[test]
    fn code_counts_with_all_before_it() {
        let mut digest = CodeDigest::default();
        let (one, two) = (digest.then("a"), digest.then("b"));
        assert_ne!(one, two);
        assert_ne!(CodeDigest::default().then("b"), two);
        assert_ne!(CodeDigest::default().then("ab"), two);
    }
}
