//! Fills the recordings: finds the calls that have none, has them answered, stores the answers.
//!
//! Answers feed later calls of the same chapter, so a conversation is recorded in rounds until no
//! new call appears.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mdbook_driver::MDBook;

use super::Course;
use super::reading::{self, NamedCall, ReadChapter};
use crate::bedrock::{Answer, Call, Key};
use crate::chapter::include::{self, Expanded};
use crate::config::Config;
use crate::problem::Problem;
use crate::provider::ProviderError;
use crate::provider::practice::{Practice, Texts};
use crate::recording::{Acceptance, Lookup, Origin, Recording, StoreError};
use crate::snippet::Finding;

/// The most rounds one chapter gets: a conversation with more turns than this is no teaching
/// material.
const MAX_ROUNDS: usize = 64;

/// What to record.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Chapters or `CHAPTER#FENCE`s; empty for all.
    pub chapters: &'a [String],
    /// Record also what has a recording already.
    pub all: bool,
    /// Whether the recordings are accepted at once.
    pub acceptance: Acceptance,
    /// The time written into them.
    pub now: Timestamp,
}

/// What was recorded.
#[derive(Debug, Default)]
pub struct Recorded {
    /// The files, from the book's folder on.
    pub written: Vec<PathBuf>,
    /// How many calls had a recording already.
    pub current: usize,
    /// How many calls could not be answered.
    pub failed: usize,
    /// How many calls cannot be recorded since they are not known completely.
    pub unresolved: usize,
    /// What went wrong.
    pub problems: Vec<Problem>,
    /// Names in the plan that no chapter has.
    pub unknown_chapters: Vec<String>,
}

impl Recorded {
    /// One line for people.
    pub fn summary(&self) -> String {
        let mut parts = vec![format!("Recorded {}", self.written.len())];
        for (count, what) in [
            (self.current, "already recorded"),
            (self.unresolved, "not readable from the code (see `tutor list`)"),
            (self.failed, "without an answer"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        parts.join(", ") + "."
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

/// Records what `plan` asks for with stand-in models.
pub fn record(
    course: &mut Course,
    book: &MDBook,
    practice: &Practice,
    plan: &Plan<'_>,
) -> Result<Recorded, StoreError> {
    let mut recorded = Recorded::default();
    let mut wanted: HashSet<&str> = plan.chapters.iter().map(String::as_str).collect();
    let paths: Vec<PathBuf> = book.book.chapters().filter_map(|chapter| chapter.path.clone()).collect();
    for path in &paths {
        let stem = reading::stem(path);
        let selection: Vec<&str> =
            plan.chapters.iter().map(String::as_str).filter(|name| belongs(name, &stem)).collect();
        for name in &selection {
            wanted.remove(name);
        }
        if plan.chapters.is_empty() || !selection.is_empty() {
            let session = Session { course, practice, plan, selection: &selection };
            session.chapter(path, &stem, &mut recorded)?;
        }
    }
    recorded.unknown_chapters = wanted.into_iter().map(str::to_owned).collect();
    Ok(recorded)
}

/// Whether `CHAPTER` or `CHAPTER#FENCE` or `CHAPTER#FENCE.N` names something in this chapter.
fn belongs(name: &str, stem: &str) -> bool {
    let chapter = name.split('#').next().unwrap_or(name);
    chapter.strip_suffix(".md").unwrap_or(chapter) == stem
}

/// Whether a call is among those asked for.
fn selected(call: &NamedCall, selection: &[&str]) -> bool {
    selection.is_empty()
        || selection.iter().any(|name| match name.split_once('#') {
            None => true,
            Some((_, place)) => {
                let id = call.id.split_once('#').map_or("", |(_, place)| place);
                id == place || id.strip_prefix(place).is_some_and(|rest| rest.starts_with('.'))
            }
        })
}

fn job(read: &ReadChapter, named: &NamedCall) -> Option<Job> {
    let call = named.resolved()?.clone();
    let samples =
        read.annotation(named.found.fence).and_then(|annotation| annotation.settings.samples).unwrap_or(1);
    Some(Job { name: named.name.clone(), line: named.found.line, call, samples })
}

/// One run over one chapter.
struct Session<'a> {
    course: &'a mut Course,
    practice: &'a Practice,
    plan: &'a Plan<'a>,
    selection: &'a [&'a str],
}

/// One call that is to be answered.
struct Job {
    name: String,
    line: usize,
    call: Call,
    samples: u8,
}

impl Session<'_> {
    fn chapter(mut self, path: &Path, stem: &str, recorded: &mut Recorded) -> Result<(), StoreError> {
        let file = self.course.config.source.join(path);
        let Ok(text) = std::fs::read_to_string(&file) else { return Ok(()) };
        let expanded = include::expand(&text, &file);
        let mut done: HashSet<Key> = HashSet::new();
        for round in 0..MAX_ROUNDS {
            let read = ReadChapter::new(&expanded.text, stem, &self.course.store);
            if round == 0 {
                recorded.unresolved += read.calls.iter().filter(|call| self.is_open(call)).count();
            }
            let jobs: Vec<Job> = read
                .calls
                .iter()
                .filter(|named| selected(named, self.selection))
                .filter_map(|named| job(&read, named))
                .filter(|job| done.insert(job.call.key()))
                .collect();
            if jobs.is_empty() {
                break;
            }
            for job in jobs {
                self.one(stem, &job, &expanded, recorded)?;
            }
        }
        Ok(())
    }

    /// Answers one call and stores the answers, unless it has them.
    fn one(
        &mut self,
        stem: &str,
        job: &Job,
        expanded: &Expanded,
        recorded: &mut Recorded,
    ) -> Result<(), StoreError> {
        if !self.plan.all && self.is_recorded(&job.call.key()) {
            recorded.current += 1;
            return Ok(());
        }
        match self.answers(job) {
            Ok(samples) => {
                let file = self.store(stem, job, samples)?;
                recorded.written.push(self.course.config.shown(&file).to_owned());
            }
            Err(error) => {
                let include::Origin { file, line } = expanded.map.origin(job.line);
                let problem = Problem::warning(self.course.config.shown(file), Some(line), error.to_string());
                recorded.problems.push(problem.help("practice answers calls of the model families it knows"));
                recorded.failed += 1;
            }
        }
        Ok(())
    }

    fn is_open(&self, call: &NamedCall) -> bool {
        selected(call, self.selection) && matches!(call.found.finding, Finding::Unresolved { .. })
    }

    fn is_recorded(&self, key: &Key) -> bool {
        match self.course.store.find(key) {
            Lookup::Accepted(_) => true,
            Lookup::Pending(_) => self.plan.acceptance == Acceptance::Pending,
            Lookup::Damaged { .. } | Lookup::Missing => false,
        }
    }

    fn answers(&self, job: &Job) -> Result<Vec<Answer>, ProviderError> {
        (0..usize::from(job.samples)).map(|index| self.practice.sample(&job.call, index)).collect()
    }

    fn store(&mut self, stem: &str, job: &Job, samples: Vec<Answer>) -> Result<PathBuf, StoreError> {
        let recording = Recording::new(&job.call, Origin::practice(self.plan.now), samples);
        if self.plan.acceptance == Acceptance::Accepted {
            self.course.store.publish_media(&recording, &self.course.config.source)?;
        }
        self.course.store.write(stem, &job.name, recording, self.plan.acceptance)
    }
}
