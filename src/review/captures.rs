//! Captures that wait: what a run of a chapter's code printed, against what is accepted.

use std::path::PathBuf;

use super::changes::{Line, lines_of};
use crate::course::Course;
use crate::course::chapters::ChapterText;
use tutor_recording::Acceptance;
use tutor_recording::capture::{self, Capture, Captures};

/// One capture that waits for a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingCapture {
    /// Its chapter.
    pub chapter: String,
    /// Its file.
    pub file: PathBuf,
    /// What waits.
    pub new: Capture,
    /// What is accepted.
    pub old: Option<Capture>,
}

impl WaitingCapture {
    /// Those of all chapters, in the book's order.
    pub fn all(course: &Course, chapters: &[ChapterText]) -> Vec<Self> {
        let root = &course.config.fixtures;
        let waiting = chapters.iter().filter_map(|chapter| {
            let Captures { accepted, pending } = Captures::of(root, &chapter.stem);
            Some(WaitingCapture {
                chapter: chapter.stem.clone(),
                file: capture::path(root, &chapter.stem, Acceptance::Pending),
                new: pending?.ok()?,
                old: accepted.and_then(Result::ok),
            })
        });
        waiting.collect()
    }

    /// `CHAPTER#capture`, as `tutor accept` and `tutor reject` take it.
    pub fn id(&self) -> String {
        format!("{}#capture", self.chapter)
    }

    /// Whether `name` means it.
    pub fn is_named(&self, name: &str) -> bool {
        let chapter = name.strip_suffix(".md").unwrap_or(name);
        self.id() == name || self.chapter == chapter || self.file.ends_with(name)
    }

    /// What is printed now, line by line against what was accepted.
    pub fn compare(&self) -> Vec<Line> {
        let printed = |capture: &Capture| -> String {
            capture.fences.iter().map(|fence| fence.output.as_str()).collect()
        };
        let new = printed(&self.new);
        match self.old.as_ref().map(printed) {
            None => new.lines().map(|line| Line::Added(line.to_owned())).collect(),
            Some(old) => lines_of(&old, &new),
        }
    }
}
