//! Review: what waits for a maintainer's word, what it would change, and the word itself.
//!
//! In comes a book with its recordings; out comes a [`Review`] that tells new answers from changed
//! ones, changed ones from those that only look different, and all of them from recordings that no
//! request of the book needs any more. [`changes`] compares two recordings, [`captures`] what code
//! printed, [`words`] says it to
//! people, [`decide`] turns a maintainer's keys or names into files accepted and rejected.

pub mod captures;
pub mod changes;
pub mod decide;
pub mod words;

use std::collections::HashMap;
use std::path::PathBuf;

pub use captures::WaitingCapture;

use crate::check::expect;
use crate::course::chapters::ChapterText;
use crate::course::{Course, advice};
use tutor_bedrock::Key;
use tutor_page::chapter::Expectation;
use tutor_recording::pending::{AcceptedOnly, PendingFirst};
use tutor_recording::{Acceptance, Damage, Filed, Recording};

fn expected(course: &Course, expectations: &[Expectation], new: &Recording) -> Vec<Expected> {
    let judged = expect::judged(course, expectations, &new.call, new).into_iter();
    let expected = judged.map(|judged| Expected {
        kind: judged.expectation.kind.to_owned(),
        miss: judged.misses.into_iter().next().map(|(_, reason)| reason),
    });
    expected.collect()
}

/// What waits, and what is left over.
#[derive(Debug)]
pub struct Review {
    /// Pending recordings, in the order the book asks for them; those nobody asks for last.
    pub waiting: Vec<Waiting>,
    /// Captures that wait, in the book's order.
    pub captures: Vec<WaitingCapture>,
    /// Accepted recordings that no request of the book needs.
    pub orphans: Vec<PathBuf>,
    /// Files that cannot be used, with what to do about each.
    pub damaged: Vec<(PathBuf, Damage, String)>,
}

/// One pending recording.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its file.
    pub file: PathBuf,
    /// The chapter it belongs to.
    pub chapter: String,
    /// Its name in the chapter.
    pub name: String,
    /// How it differs from what is accepted.
    pub news: News,
    /// The request in the book, as file and line.
    pub place: Option<(PathBuf, usize)>,
    /// What waits.
    pub new: Recording,
    /// What is accepted for the same request, or, where the request itself has changed, for the one
    /// that had its name before.
    pub old: Option<Recording>,
    /// Whether its request quotes an answer that waits itself.
    pub quotes_pending: bool,
    /// What the book expects of its answers, and whether they fulfil it.
    pub expected: Vec<Expected>,
}

/// An expectation of the book, and how what waits fulfils it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Such as `contains`.
    pub kind: String,
    /// Why it is not fulfilled; none where it is.
    pub miss: Option<String>,
}

/// How a pending recording differs from what is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Nothing is accepted for its request.
    New,
    /// Another answer is accepted for the same request.
    Changed,
    /// The accepted answer says the same, in other bytes: another id, another order of keys.
    FormatOnly,
    /// No request of the book asks for it.
    Orphaned,
}

impl News {
    /// The word for people.
    pub fn name(self) -> &'static str {
        match self {
            News::New => "new",
            News::Changed => "changed",
            News::FormatOnly => "format only",
            News::Orphaned => "orphaned",
        }
    }
}

impl Waiting {
    /// `CHAPTER#NAME`, as `tutor accept` and `tutor reject` take it.
    pub fn id(&self) -> String {
        format!("{}#{}", self.chapter, self.name)
    }
}

/// Where the book asks for a recording.
struct Wanted {
    order: usize,
    place: (PathBuf, usize),
    /// Only once an answer is accepted that is pending now.
    quotes_pending: bool,
    expectations: Vec<Expectation>,
}

impl Review {
    /// Looks at every recording of `course`, whose book has these chapters.
    pub fn of(course: &Course, chapters: &[ChapterText]) -> Self {
        let wanted = wanted(course, chapters);
        let filed = course.store.files();
        let mut waiting: Vec<(usize, Waiting)> = Vec::new();
        for file in filed.iter().filter(|file| file.acceptance == Acceptance::Pending) {
            let Ok(new) = file.recording else { continue };
            let asked = wanted.get(&new.key);
            let order = asked.map_or(usize::MAX, |asked| asked.order);
            waiting.push((order, waiting_of(course, file, new, asked, &filed, &wanted)));
        }
        waiting.sort_by(|(a, one), (b, two)| (a, &one.file).cmp(&(b, &two.file)));
        let accepted = filed.iter().filter(|file| file.acceptance == Acceptance::Accepted);
        let orphaned =
            |file: &&Filed<'_>| file.recording.is_ok_and(|recording| !wanted.contains_key(&recording.key));
        let orphans = accepted.filter(orphaned).map(|file| file.path.to_owned()).collect();
        let damaged = filed.iter().filter_map(|file| Some((file.path, file.recording.err()?)));
        let damaged = damaged.map(|(file, damage)| {
            let help = advice::for_damage(&course.config, &course.store, file, damage);
            (file.to_owned(), damage.clone(), help)
        });
        Review {
            captures: WaitingCapture::all(course, chapters),
            waiting: waiting.into_iter().map(|(_, waiting)| waiting).collect(),
            orphans,
            damaged: damaged.collect(),
        }
    }
}

/// The keys of all requests of the book, now and once everything that waits is accepted.
fn wanted(course: &Course, chapters: &[ChapterText]) -> HashMap<Key, Wanted> {
    let mut wanted = HashMap::new();
    for chapter in chapters {
        for quotes_pending in [false, true] {
            let read = if quotes_pending {
                chapter.read(course, &PendingFirst(&course.store))
            } else {
                chapter.read(course, &AcceptedOnly(&course.store))
            };
            for named in &read.calls {
                let Some((_, key)) = named.keyed() else { continue };
                let order = wanted.len();
                let place = chapter.place(named.found.line);
                let annotation = read.annotation(named.found.fence);
                let expectations = annotation.map(|it| it.settings.expect.clone()).unwrap_or_default();
                let asked = Wanted { order, place, quotes_pending, expectations };
                wanted.entry(key.clone()).or_insert(asked);
            }
        }
    }
    wanted
}

fn waiting_of(
    course: &Course,
    file: &Filed<'_>,
    new: &Recording,
    asked: Option<&Wanted>,
    filed: &[Filed<'_>],
    wanted: &HashMap<Key, Wanted>,
) -> Waiting {
    let accepted = course.store.accepted(&new.key);
    let news = match (asked, accepted) {
        (None, _) => News::Orphaned,
        (Some(_), None) => News::New,
        (Some(_), Some(old)) if changes::says_the_same(old, new, course.catalog) => News::FormatOnly,
        (Some(_), Some(_)) => News::Changed,
    };
    let before = || {
        let same_name = |other: &&Filed<'_>| {
            other.acceptance == Acceptance::Accepted
                && other.name == file.name
                && other.path.parent() == file.path.parent()
                && other.recording.is_ok_and(|old| !wanted.contains_key(&old.key))
        };
        filed.iter().find(same_name).and_then(|other| other.recording.ok())
    };
    Waiting {
        file: file.path.to_owned(),
        chapter: course.store.chapter_of(file.path),
        name: file.name.to_owned(),
        news,
        place: asked.map(|asked| asked.place.clone()),
        new: new.clone(),
        old: accepted.or_else(before).cloned(),
        quotes_pending: asked.is_some_and(|asked| asked.quotes_pending),
        expected: asked.map(|asked| expected(course, &asked.expectations, new)).unwrap_or_default(),
    }
}
