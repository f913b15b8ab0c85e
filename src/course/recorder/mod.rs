//! Fills the recordings: plan → estimate → run → store.
//!
//! In comes a [`Wish`] and a book; [`plan`] finds the calls it means, [`estimate`] says what they may
//! cost, [`run`] has them answered by a provider (stand-in models or Bedrock, the recorder does not
//! mind which) and stores every answer as soon as it is there. Answers feed later calls of the same
//! chapter, so a conversation is recorded in rounds: plan and run again until nothing new appears.
//! [`batch`] writes a plan down for Bedrock to answer at leisure. What cannot be read from the code is found by running it: [`execute`].

pub mod batch;
pub mod estimate;
pub mod execute;
mod keeping;
pub mod plan;
pub mod run;
mod told;

use std::collections::HashSet;
use std::path::PathBuf;

use super::Course;
use super::chapters::ChapterText;
use crate::config::Config;
use crate::problem::Problem;
use tutor_bedrock::Key;
use tutor_provider::practice::Texts;
use tutor_recording::{Acceptance, Origin};

pub use estimate::Estimate;
pub use execute::{ExecuteError, Script};
pub use plan::{Job, Kept, Plan};
pub use run::{Stop, Watch};

use told::Told;

/// What to record.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Chapters, `CHAPTER#FENCE`s or `CHAPTER#FENCE.N`s; empty for all.
    pub names: Vec<String>,
    /// Which of their calls.
    pub scope: Scope,
    /// How many samples of each, instead of what annotations say.
    pub samples: Option<u8>,
    /// Whether the recordings are accepted at once.
    pub acceptance: Acceptance,
    /// Who answers, and the time that is written into the recordings.
    pub origin: Origin,
}

/// Which calls are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those without a usable recording.
    Missing,
    /// Those whose recording is for an earlier version of the request or damaged, those
    /// that only somebody less like the service has answered, and, where Bedrock answers, those that it
    /// answered longer ago than the book allows.
    Stale,
    /// Both of these, for builds that want live answers.
    NotLive,
    /// All of them.
    All,
}

/// What was recorded.
#[derive(Debug, Default)]
pub struct Recorded {
    /// The files that were written, from the book's folder on.
    pub written: Vec<PathBuf>,
    /// How many answers turned out as they were recorded already.
    pub unchanged: usize,
    /// How many calls had a recording already.
    pub current: usize,
    /// How many calls could not be answered.
    pub failed: usize,
    /// How many calls' answers claimed a usage that cannot be.
    pub doubted: usize,
    /// Whether one of them could not be paid for.
    pub over_budget: bool,
    /// How many calls cannot be recorded since they are not known completely.
    pub unresolved: usize,
    /// How many calls go to retired models, which nobody can record any more.
    pub retired: usize,
    /// How many calls were left when the run was stopped.
    pub stopped: usize,
    /// How many chapters' code did not run to its end.
    pub broken_off: usize,
    /// How many answers were dropped to warm connections up.
    pub warm_ups: usize,
    /// Better answers that would have been replaced, and were not.
    pub kept: Vec<Kept>,
    /// What went wrong.
    pub problems: Vec<Problem>,
}

impl Recorded {
    /// One line for people.
    pub fn summary(&self) -> String {
        let mut parts = vec![format!("Recorded {}", self.written.len())];
        for (count, what) in [
            (self.unchanged, "answered as before"),
            (self.current, "already recorded"),
            (self.kept.len(), "kept as they are"),
            (self.unresolved, "not readable from the code (see `tutor list`)"),
            (self.retired, "of retired models, which nobody can record any more"),
            (self.stopped, "not asked for before you stopped"),
            (self.failed, "without an answer"),
            (self.doubted, "with a usage that cannot be"),
            (self.warm_ups, "dropped as warm-up"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        parts.join(", ") + "."
    }
}

/// A book being recorded.
#[derive(Debug)]
pub struct Recorder<'a> {
    course: &'a mut Course,
    chapters: &'a [ChapterText],
    wish: Wish,
    /// Calls that had their turn in this run, however it ended.
    done: HashSet<Key>,
    /// Models whose connections are warm.
    warm: HashSet<String>,
    /// What was told of calls, so that equal words are told once.
    told: Told,
    /// What was recorded so far.
    pub recorded: Recorded,
}

impl<'a> Recorder<'a> {
    /// A recorder for the book with these chapters.
    pub fn new(course: &'a mut Course, chapters: &'a [ChapterText], wish: Wish) -> Self {
        Recorder {
            course,
            chapters,
            wish,
            done: HashSet::new(),
            warm: HashSet::new(),
            told: Told::default(),
            recorded: Recorded::default(),
        }
    }

    /// Names the region that answers, once it is known.
    pub fn answered_from(&mut self, region: &str) {
        self.wish.origin.region = Some(region.to_owned());
    }

    /// The course.
    pub fn course(&self) -> &Course {
        self.course
    }
}

/// The texts that the course's authors wrote for stand-in models; none if there is no such file.
pub fn practice_texts(config: &Config) -> Result<Texts, Box<Problem>> {
    let path = &config.practice;
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Texts::default()),
        Err(error) => {
            let message = format!("the practice texts cannot be read: {error}");
            let help = "make the file readable, or name another one as `practice` in [preprocessor.tutor]";
            return Err(Box::new(Problem::error(config.shown(path), None, message).help(help)));
        }
    };
    Texts::parse(&text).map_err(|error| {
        let help =
            "an [[answer]] has `prompt`, `text`, and if it is not for every model `families` or `models`";
        Box::new(Problem::error(config.shown(path), Some(error.line), error.message).help(help))
    })
}
