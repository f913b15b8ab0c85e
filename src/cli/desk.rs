//! A book open for a maintainer's decisions, which are carried out under the recordings' lock, one
//! decision at a time.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::{Exit, Failure, build, terminal};
use crate::course::chapters::ChapterText;
use crate::course::names::{belongs, nearest};
use crate::course::{Course, advice, unusable};
use crate::review::changes::Prices;
use crate::review::decide::{self, Decided, Selection};
use crate::review::{Review, Waiting, WaitingCapture, words};
use tutor_recording::conflict::{self, Side};
use tutor_recording::history::{TurnError, Turned};
use tutor_recording::lock::Lock;
use tutor_recording::store::write_atomically;
use tutor_recording::{Damage, DamageKind, StoreError};

/// What a decision is about.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    pub(super) waiting: Vec<Waiting>,
    pub(super) captures: Vec<WaitingCapture>,
}

impl Chosen {
    /// Their files.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let captures = self.captures.iter().map(|capture| capture.file.as_path());
        self.waiting.iter().map(|waiting| waiting.file.as_path()).chain(captures)
    }

    /// How people call them.
    fn in_words(&self) -> String {
        let captures = self.captures.iter().map(WaitingCapture::id);
        let ids: Vec<String> = self.waiting.iter().map(Waiting::id).chain(captures).collect();
        match ids.as_slice() {
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
            [] => "nothing".to_owned(),
        }
    }
}

/// Which way decisions are turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// The last one is taken back.
    Undo,
    /// The one that was taken back last is made again.
    Redo,
}

/// A file in conflict, with what came of its one side.
pub(super) type Settled = (PathBuf, Result<(), Damage>);

/// A book open for a maintainer's decisions.
pub(super) struct Desk {
    pub(super) course: Course,
    chapters: Vec<ChapterText>,
    root: PathBuf,
}

impl Desk {
    pub(super) fn open(root: &Path, today: Option<Date>) -> Result<Self, Failure> {
        let book = build::load(root)?;
        let course = build::open_course(&book, today)?;
        let chapters = build::RawArguments::default().texts(&book, &course.config)?;
        Ok(Desk { course, chapters, root: book.root })
    }

    pub(super) fn review(&self) -> Review {
        Review::of(&self.course, &self.chapters)
    }

    pub(super) fn prices(&self) -> Prices {
        Prices { catalog: self.course.catalog, today: self.course.today }
    }

    pub(super) fn listing(&self, review: &Review) -> String {
        let shown = |path: &Path| self.course.config.shown(path).display().to_string();
        words::listing(review, self.prices(), shown)
    }

    /// ` --book FOLDER`, for commands that people are told.
    pub(super) fn book(&self) -> String {
        advice::book(&self.course.config)
    }

    /// Those that are meant; a name that means none is a mistake.
    pub(super) fn chosen(&self, review: &Review, selection: Selection<'_>) -> Result<Chosen, Failure> {
        let (chosen, unknown) = selection.of(review);
        if let Some(name) = unknown.first() {
            let captures = review.captures.iter().map(WaitingCapture::id);
            let ids: Vec<String> = review.waiting.iter().map(Waiting::id).chain(captures).collect();
            let help = if ids.is_empty() {
                format!("nothing waits for a review; recordings are made with: tutor record{}", self.book())
            } else {
                let near = nearest(name, ids.iter().map(String::as_str));
                let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
                format!("{near}these wait: {}", ids.join(", "))
            };
            return Err(Failure::usage(format!("no pending recording is named `{name}`"), help));
        }
        let captures = selection.captures_of(review).into_iter().cloned().collect();
        Ok(Chosen { waiting: chosen.into_iter().cloned().collect(), captures })
    }

    /// Makes them part of the book.
    pub(super) fn accept(&mut self, chosen: &Chosen) -> Result<Decided, Failure> {
        let files: Vec<PathBuf> = chosen.waiting.iter().map(|waiting| waiting.file.clone()).collect();
        let captures: Vec<&WaitingCapture> = chosen.captures.iter().collect();
        self.decide(&format!("accepted {}", chosen.in_words()), |course, chapters| {
            let mut decided = decide::accept(course, chapters, files)?;
            decided.add(decide::accept_captures(course, &captures)?);
            Ok(decided)
        })
    }

    /// Throws them away.
    pub(super) fn reject(&mut self, chosen: &Chosen) -> Result<Decided, Failure> {
        let files: Vec<PathBuf> = chosen.waiting.iter().map(|waiting| waiting.file.clone()).collect();
        let captures: Vec<&WaitingCapture> = chosen.captures.iter().collect();
        self.decide(&format!("rejected {}", chosen.in_words()), |course, _| {
            let mut decided = decide::reject(course, &files)?;
            decided.add(decide::reject_captures(course, &captures)?);
            Ok(decided)
        })
    }

    /// Removes accepted recordings.
    pub(super) fn remove(&mut self, files: &[PathBuf]) -> Result<Decided, Failure> {
        let words = format!("removed {} recordings", files.len());
        self.decide(&words, |course, _| decide::reject(course, files))
    }

    fn decide(
        &mut self,
        words: &str,
        deed: impl FnOnce(&mut Course, &[ChapterText]) -> Result<Decided, StoreError>,
    ) -> Result<Decided, Failure> {
        let (course, chapters) = (&mut self.course, &self.chapters);
        let done = Lock::take(&course.config.fixtures).and_then(|_lock| {
            course.store.look_again()?;
            course.store.decide(words);
            deed(course, chapters)
        });
        done.map_err(|error| self.failed(&error))
    }

    /// Takes one side of recordings in conflict: each file with what came of it.
    pub(super) fn settle(&mut self, side: Side, names: &[String]) -> Result<Vec<Settled>, Failure> {
        let store = &self.course.store;
        let in_conflict = store
            .files()
            .into_iter()
            .filter(|file| matches!(file.recording, Err(Damage { kind: DamageKind::Conflict, .. })));
        let is_meant = |file: &Path| {
            names.is_empty()
                || names.iter().any(|name| belongs(name, &store.chapter_of(file)) || file.ends_with(name))
        };
        let files: Vec<PathBuf> =
            in_conflict.map(|file| file.path.to_owned()).filter(|file| is_meant(file)).collect();
        if files.is_empty() {
            let help = format!("see what is wrong with recordings: tutor check{}", self.book());
            return Err(Failure::usage("no recording holds both sides of a merge", help));
        }
        let done = Lock::take(&self.course.config.fixtures).and_then(|_lock| {
            let settled = files.into_iter().map(|file| {
                let text = std::fs::read_to_string(&file).unwrap_or_default();
                let text = conflict::side(&text, side);
                match tutor_recording::format::read(&text) {
                    Err(damage) => Ok((file, Err(damage))),
                    Ok(_) => write_atomically(&file, text.as_bytes()).map(|()| (file, Ok(()))),
                }
            });
            settled.collect::<Result<Vec<_>, StoreError>>()
        });
        let settled = done.map_err(|error| self.failed(&error))?;
        self.course.store.look_again().map_err(|error| self.failed(&error))?;
        Ok(settled)
    }

    /// Takes the last decision back, or makes it again.
    pub(super) fn turn(&mut self, turn: Turn) -> Result<Turned, Failure> {
        let lock = Lock::take(&self.course.config.fixtures).map_err(|error| self.failed(&error))?;
        let Some(history) = self.course.store.history() else {
            let help = "set XDG_STATE_HOME to a folder that decisions are to be kept in";
            return Err(Failure::usage("there is no home folder, so no decision is kept", help));
        };
        let turned = match turn {
            Turn::Undo => history.undo(),
            Turn::Redo => history.redo(),
        };
        drop(lock);
        let turned = turned.map_err(|error| self.not_turned(&error))?;
        self.course.store.look_again().map_err(|error| self.failed(&error))?;
        Ok(turned)
    }

    fn not_turned(&self, error: &TurnError) -> Failure {
        match error {
            TurnError::Store(error) => self.failed(error),
            TurnError::Nothing => Failure::usage(error, "only the last decisions about this book are kept"),
            TurnError::Changed { .. } => {
                let help = "decide about what is there now; nothing was changed";
                Failure::usage(error, help)
            }
        }
    }

    pub(super) fn report(&self, decided: &Decided) -> Exit {
        self.show_problems(decided);
        for (word, files) in [("accepted", &decided.accepted), ("rejected", &decided.rejected)] {
            for file in files {
                terminal::print(&format!("{word} {}\n", self.course.config.shown(file).display()));
            }
        }
        let review = self.review();
        let waiting = review.waiting.len() + review.captures.len();
        let left = if waiting == 0 { "nothing waits".to_owned() } else { format!("{waiting} waiting") };
        let (accepted, rejected) = (decided.accepted.len(), decided.rejected.len());
        sayln!("Accepted {accepted}, rejected {rejected}; {left}.");
        if accepted + rejected > 0 && self.course.store.keeps_history() {
            sayln!("To take that back: tutor review --undo{}", self.book());
        }
        if decided.problems.is_empty() { Exit::Good } else { Exit::Material }
    }

    pub(super) fn show_problems(&self, decided: &Decided) {
        terminal::show(&decided.problems, &self.root);
    }

    fn failed(&self, error: &StoreError) -> Failure {
        Failure::new(Exit::Usage, unusable(&self.course.config, error))
    }
}
