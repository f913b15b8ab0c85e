//! What stands for a request already, and whether an answer may take its place.

use std::path::{Path, PathBuf};

use super::{Entry, Store};
use crate::{Acceptance, Origin, OriginKind, Recording, format};
use tutor_bedrock::{Json, Key};

/// A file that holds, or held before it was damaged, an answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The file.
    pub path: PathBuf,
    /// Who answered. Where a damaged file does not tell, Amazon Bedrock may have.
    pub kind: OriginKind,
    /// Whether it is part of the book.
    pub acceptance: Acceptance,
    /// Whether the file can be used as it is.
    pub is_damaged: bool,
}

impl Standing {
    /// What it is, for people: `an answer of Amazon Bedrock that waits`.
    pub fn in_words(&self) -> String {
        let what = match (self.is_damaged, self.acceptance) {
            (true, _) => ", damaged",
            (false, Acceptance::Accepted) => "",
            (false, Acceptance::Pending) => ", which waits for a review",
        };
        format!("an answer of {}{what}", self.kind.who())
    }
}

impl Store {
    /// The files for `key`, accepted before pending, that an answer of `kind` must not take the place of
    /// unless a person has given them up by name.
    pub fn greater_than(&self, kind: OriginKind, key: &Key) -> Vec<Standing> {
        let mut standing = self.standing(key);
        standing.retain(|it| kind < it.kind && !self.is_given_up(&it.path));
        standing
    }

    /// The best that there is for `key`, accepted or not, whole or damaged.
    pub fn best(&self, key: &Key) -> Option<Standing> {
        self.standing(key).into_iter().max_by_key(|it| it.kind)
    }

    fn standing(&self, key: &Key) -> Vec<Standing> {
        let entries = self.index.of_key(key).iter();
        let entries = entries.filter(|entry| key.as_str().starts_with(entry.digits()));
        let mut all: Vec<Standing> = entries.filter_map(|entry| Standing::of(entry, key)).collect();
        all.sort_by_key(|it| it.acceptance == Acceptance::Pending);
        all
    }

    /// The first file that keeps `recording` from being filed: one of a greater origin, or where it only
    /// says that the service refused, an answer that waits.
    pub fn in_the_way_of(&self, recording: &Recording) -> Option<Standing> {
        let kind = recording.origin.kind;
        self.greater_than(kind, &recording.key).into_iter().next().or_else(|| {
            let is_refusal = !recording.shown().is_success();
            let waits = |entry: &&Entry| {
                entry.acceptance == Acceptance::Pending
                    && entry.load().is_ok_and(|old| old.key == recording.key && old.shown().is_success())
            };
            let waiting = self.index.of_key(&recording.key).iter().find(waits).filter(|_| is_refusal)?;
            Standing::of(waiting, &recording.key).filter(|it| it.kind == kind && !self.is_given_up(&it.path))
        })
    }

    /// Who answered what a recording's file holds, or held; `None` for other files.
    pub fn kind_at(&self, file: &Path) -> Option<OriginKind> {
        self.index.at(file).map(kind_of_entry)
    }

    /// A person has seen these files named and gives up what they hold: lesser answers may take their
    /// places, and they may be removed.
    pub fn give_up(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        self.given_up.extend(files);
    }

    pub(crate) fn is_given_up(&self, file: &Path) -> bool {
        self.given_up.contains(file)
    }
}

impl Standing {
    /// `None` if the file holds the recording of another request.
    pub(super) fn of(entry: &Entry, key: &Key) -> Option<Self> {
        let is_damaged = match entry.load() {
            Ok(recording) if recording.key == *key => false,
            Ok(_) => return None,
            Err(_) => true,
        };
        let path = entry.path().to_owned();
        Some(Standing { path, kind: kind_of_entry(entry), acceptance: entry.acceptance, is_damaged })
    }
}

/// Who answered, as far as a file that may be damaged tells.
pub(super) fn kind_of_entry(entry: &Entry) -> OriginKind {
    match entry.load() {
        Ok(recording) => recording.origin.kind,
        Err(_) => super::read_text(entry.path()).map_or(OriginKind::Bedrock, |text| kind_of(&text)),
    }
}

/// The same of a file's text. What does not tell counts as Amazon Bedrock's, which is worth the most.
pub(crate) fn kind_of(text: &str) -> OriginKind {
    let told = format::parse(text).ok().and_then(|json| {
        let kind = json.get("origin")?.get("kind")?.as_str()?.to_owned();
        named(&kind)
    });
    let cut = || {
        let origin = &text[text.find("\"origin\"")?..];
        let kind = origin[origin.find("\"kind\"")? + 6..].trim_start().strip_prefix(':')?;
        named(kind.trim_start().strip_prefix('"')?.split('"').next()?)
    };
    told.or_else(cut).unwrap_or(OriginKind::Bedrock)
}

fn named(kind: &str) -> Option<OriginKind> {
    serde_json::from_value(serde_json::Value::String(kind.to_owned())).ok()
}

/// Whether the first of two recordings of a request is the one that counts: it is more like the
/// service, or else younger.
pub(super) fn counts_more(one: &Origin, other: &Origin) -> bool {
    other.kind < one.kind || one.kind == other.kind && one.recorded_at > other.recorded_at
}

/// Who answered what a capture rests on, from its text.
pub(crate) fn kind_of_capture(text: &str) -> OriginKind {
    let Ok(json) = format::parse(text) else { return OriginKind::Bedrock };
    let Some(Json::Array(fences)) = json.get("fences") else { return OriginKind::Bedrock };
    let kinds = fences.iter().filter_map(|fence| named(fence.get("answered-by")?.as_str()?));
    kinds.min().unwrap_or(OriginKind::Practice)
}
