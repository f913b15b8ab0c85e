//! What a run of a chapter's own code did, fence by fence: `<chapter path without .md>/capture.json`,
//! pending beside it as `capture.json.new`.
//!
//! A capture holds what cannot be read from the code: the keys of the calls that a fence really made
//! (their answers stand in recordings of their own), what it printed and the pictures it made. It
//! holds for exactly the code that ran: every fence carries a digest of all code up to its own end.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::format::{self, Damage, DamageKind};
use super::media;
use super::store::{self, Creation, pending_path};
use super::{Acceptance, Filing, OriginKind, Standing, Store, StoreError};
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

impl CapturedImage {
    /// The longest side that a picture's room on a page may have.
    const LONGEST_SIDE: u32 = 16_384;

    /// Whether it is where tutor puts pictures, and of a size that can be shown: a file may say anything.
    fn is_ours(&self) -> bool {
        let is_sane = |side: u32| (1..=Self::LONGEST_SIDE).contains(&side);
        media::is_path(&self.path)
            && self.size.is_none_or(|(width, height)| is_sane(width) && is_sane(height))
    }
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

    /// The least of what its answers are.
    pub fn kind(&self) -> OriginKind {
        let kinds = self.fences.iter().filter_map(|fence| fence.answered_by);
        kinds.min().unwrap_or(OriginKind::Practice)
    }

    /// Reads a file's text.
    fn read(text: &str) -> Result<Self, Damage> {
        let malformed = |what: String| Damage { kind: DamageKind::Malformed(what), line: None };
        let json = format::checked(format::parse(text)?)?;
        let capture: Capture =
            serde_json::from_str(&json.to_compact()).map_err(|error| malformed(error.to_string()))?;
        if capture.format != FORMAT {
            let what = format!("\"{}\" is no format of a capture that this tutor reads", capture.format);
            return Err(malformed(what));
        }
        let mut images = capture.fences.iter().flat_map(|fence| &fence.images);
        match images.find(|image| !image.is_ours()) {
            Some(image) => {
                Err(malformed(format!("\"{}\" is no picture that tutor has put there", image.path)))
            }
            None => Ok(capture),
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
    match store::read_text(path) {
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

impl Store {
    /// Stores the capture of the chapter `stem`. One that says the same as what is there writes nothing;
    /// an accepted one takes the place of a pending one. One that rests on lesser answers than what is
    /// there does not take its place, unless [`Store::give_up`] has named that.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_capture(
        &mut self,
        stem: &str,
        capture: &Capture,
        acceptance: Acceptance,
    ) -> Result<Filing, StoreError> {
        let known = Captures::of(self.root(), stem);
        let says_the_same = |other: Option<Result<Capture, Damage>>| {
            other.is_some_and(|other| other.is_ok_and(|other| other.fences == capture.fences))
        };
        let accepted = file(self.root(), stem);
        let pending = pending_path(&accepted);
        let is_accepted = says_the_same(known.accepted);
        if !is_accepted && acceptance == Acceptance::Pending && says_the_same(known.pending) {
            return Ok(Filing::Unchanged(pending));
        }
        if let Some(standing) = self.captures_above(stem, capture.kind()).into_iter().next() {
            return Ok(Filing::Kept(standing));
        }
        if is_accepted {
            self.change(&pending, None, Creation::Unremarkable)?;
            return Ok(Filing::Unchanged(accepted));
        }
        let path = if acceptance == Acceptance::Accepted { accepted } else { pending.clone() };
        let text = capture.text().map_err(|damage| StoreError::Unstorable { path: path.clone(), damage })?;
        self.change(&path, Some(text.as_bytes()), Creation::Unremarkable)?;
        if acceptance == Acceptance::Accepted {
            self.change(&pending, None, Creation::Unremarkable)?;
        }
        Ok(Filing::Written(path))
    }

    /// A chapter's captures, accepted before pending, that one resting on answers of `kind` must not take
    /// the place of unless a person has given them up by name.
    pub fn captures_above(&self, stem: &str, kind: OriginKind) -> Vec<Standing> {
        let standing = [Acceptance::Accepted, Acceptance::Pending].into_iter().filter_map(|acceptance| {
            let path = path(self.root(), stem, acceptance);
            let is_damaged = load(&path)?.is_err();
            let kind =
                store::read_text(&path).map_or(OriginKind::Bedrock, |text| store::kind_of_capture(&text));
            Some(Standing { path, kind, acceptance, is_damaged })
        });
        standing.filter(|it| kind < it.kind && !self.is_given_up(&it.path)).collect()
    }

    /// Makes the pending capture of a chapter part of the book.
    ///
    /// # Errors
    /// It cannot be used, or the file not be written.
    pub fn accept_capture(&mut self, stem: &str) -> Result<Filing, StoreError> {
        let accepted = file(self.root(), stem);
        let pending = pending_path(&accepted);
        let unusable = |damage| StoreError::Unstorable { path: pending.clone(), damage };
        let Some(capture) = load(&pending) else { return Ok(Filing::Unchanged(accepted)) };
        let capture = capture.map_err(unusable)?;
        let mut above = self.captures_above(stem, capture.kind()).into_iter();
        if let Some(standing) = above.find(|it| it.acceptance == Acceptance::Accepted) {
            return Ok(Filing::Kept(standing));
        }
        let bytes = store::read_bytes(&pending)?;
        self.change(&accepted, Some(&bytes), Creation::Remembered)?;
        self.change(&pending, None, Creation::Remembered)?;
        Ok(Filing::Written(accepted))
    }

    /// Throws the pending capture of a chapter away, unless it rests on more than stand-ins' answers and
    /// nobody gave it up by name.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn reject_capture(&mut self, stem: &str) -> Result<Filing, StoreError> {
        let pending = pending_path(&file(self.root(), stem));
        let mut above = self.captures_above(stem, OriginKind::Practice).into_iter();
        if let Some(standing) = above.find(|it| it.path == pending) {
            return Ok(Filing::Kept(standing));
        }
        self.change(&pending, None, Creation::Remembered)?;
        Ok(Filing::Written(pending))
    }
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
    use std::fs;

    use super::*;

    fn capture(output: &str) -> Capture {
        let fence = CapturedFence {
            fence: 3,
            code: CodeDigest::default().then("print(1)"),
            answered_by: Some(OriginKind::Practice),
            calls: vec!["ab".repeat(32)],
            output: output.to_owned(),
            is_cut: false,
            images: vec![CapturedImage { path: "recorded/0123456789abcdef.png".into(), size: Some((2, 1)) }],
        };
        Capture::new("2026-11-22T12:00:00Z".parse().unwrap(), "3.13.2", vec![fence])
    }

    #[test]
    fn a_capture_comes_back_as_it_was_and_only_for_its_own_code() {
        let dir = tempfile::tempdir().unwrap();
        let first = capture("1\n");
        let mut store = Store::open(dir.path()).unwrap();
        let filing = store.write_capture("a/b", &first, Acceptance::Pending).unwrap();
        assert!(filing.path().ends_with("a/b/capture.json.new"));
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
        assert!(matches!(store.accept_capture("a/b").unwrap(), Filing::Written(_)));
        let captures = Captures::of(dir.path(), "a/b");
        current(&captures, Acceptance::Accepted);
        assert_eq!(captures.pending, None);
    }

    #[test]
    fn the_same_again_writes_nothing_and_an_edited_one_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let first = capture("1\n");
        let mut store = Store::open(dir.path()).unwrap();
        let file = store.write_capture("c", &first, Acceptance::Accepted).unwrap().path().to_owned();
        let later = Capture { captured_at: "2027-01-01T00:00:00Z".parse().unwrap(), ..first };
        let mut written = |capture: &Capture, acceptance| {
            matches!(store.write_capture("c", capture, acceptance).unwrap(), Filing::Written(_))
        };
        assert!(!written(&later, Acceptance::Pending));
        assert!(written(&capture("2\n"), Acceptance::Pending));
        assert!(!written(&later, Acceptance::Accepted));
        assert_eq!(Captures::of(dir.path(), "c").pending, None, "what is accepted needs no decision");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("\"output\": \"1", "\"output\": \"2")).unwrap();
        let damage = Captures::of(dir.path(), "c").accepted.unwrap().unwrap_err();
        assert_eq!(damage.kind, DamageKind::Checksum);
    }

    #[test]
    fn a_picture_is_one_that_tutor_has_put_there() {
        let mut with = capture("1\n");
        let mut read = |path: &str, size| {
            with.fences[0].images = vec![CapturedImage { path: path.into(), size }];
            Capture::read(&with.text().unwrap()).is_ok()
        };
        assert!(read("recorded/0123456789abcdef.png", None));
        for path in
            ["../secret.png", "/etc/0123456789abcdef.png", "recorded/../x.png", "recorded/x.svg", "\x1b[2J"]
        {
            assert!(!read(path, None), "{path:?}");
        }
        assert!(!read("recorded/0123456789abcdef.png", Some((1, 2_147_483_647))));
        assert!(!read("recorded/0123456789abcdef.png", Some((0, 1))));
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
