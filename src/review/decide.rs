//! From a maintainer's word to files accepted and rejected.

use std::path::{Path, PathBuf};

use super::{News, Review, Waiting, WaitingCapture};
use crate::course::chapters::ChapterText;
use crate::course::{Course, advice};
use crate::problem::Problem;
use tutor_recording::{Acceptance, Filing, OriginKind, Standing, StoreError, capture};

/// What a maintainer says about one recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It becomes part of the book.
    Accept,
    /// It is thrown away; what is accepted stays.
    Reject,
    /// It goes on waiting.
    Skip,
}

/// A key of the review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// For this one.
    One(Decision),
    /// For this one and all after it.
    Rest(Decision),
    /// Show everything about it.
    Detail,
    /// Go back to the one before, and take back what was decided about it.
    Back,
    /// Say what the keys do.
    Help,
    /// Leave; what is not decided goes on waiting.
    Quit,
}

impl Key {
    /// `a`, `r`, `s`, their capitals, `d`, `u`, `?`, `q`; Escape, Ctrl-C and Ctrl-D are `q`.
    pub fn of(letter: char) -> Option<Self> {
        let decision = match letter.to_ascii_lowercase() {
            'a' => Decision::Accept,
            'r' => Decision::Reject,
            's' => Decision::Skip,
            'd' => return Some(Key::Detail),
            'u' => return Some(Key::Back),
            '?' | 'h' => return Some(Key::Help),
            'q' | '\u{3}' | '\u{4}' | '\u{1b}' => return Some(Key::Quit),
            _ => return None,
        };
        Some(if letter.is_ascii_uppercase() { Key::Rest(decision) } else { Key::One(decision) })
    }
}

/// Which of those that wait are meant.
#[derive(Debug, Clone, Copy)]
pub enum Selection<'a> {
    /// Each of them.
    All,
    /// Those with these names: `CHAPTER#NAME`, `NAME`, `CHAPTER`, or a file.
    Named(&'a [String]),
}

impl Selection<'_> {
    /// Those that are meant, and the names that mean none.
    pub fn of(self, review: &Review) -> (Vec<&Waiting>, Vec<String>) {
        match self {
            Selection::All => (review.waiting.iter().collect(), Vec::new()),
            Selection::Named(names) => {
                let meant = |name: &String| {
                    review.waiting.iter().any(|waiting| is_named(waiting, name))
                        || review.captures.iter().any(|capture| capture.is_named(name))
                };
                let chosen =
                    review.waiting.iter().filter(|waiting| names.iter().any(|name| is_named(waiting, name)));
                (chosen.collect(), names.iter().filter(|name| !meant(name)).cloned().collect())
            }
        }
    }
}

impl Selection<'_> {
    /// The captures that are meant.
    pub fn captures_of(self, review: &Review) -> Vec<&WaitingCapture> {
        let meant = |capture: &&WaitingCapture| match self {
            Selection::All => true,
            Selection::Named(names) => names.iter().any(|name| capture.is_named(name)),
        };
        review.captures.iter().filter(meant).collect()
    }
}

impl Selection<'_> {
    /// The files that were named one by one: by a name that means nothing else.
    pub fn precise(self, review: &Review) -> Vec<PathBuf> {
        let Selection::Named(names) = self else { return Vec::new() };
        let meant = |name: &String| -> Vec<PathBuf> {
            let waiting = review.waiting.iter().filter(|waiting| is_named(waiting, name));
            let captures = review.captures.iter().filter(|capture| capture.is_named(name));
            waiting.map(|it| it.file.clone()).chain(captures.map(|it| it.file.clone())).collect()
        };
        names.iter().map(meant).filter(|meant| meant.len() == 1).flatten().collect()
    }
}

fn is_named(waiting: &Waiting, name: &str) -> bool {
    let chapter = name.strip_suffix(".md").unwrap_or(name);
    waiting.id() == name
        || waiting.name == name
        || waiting.chapter == chapter
        || waiting.file.ends_with(name)
        || waiting.file.with_extension("").ends_with(name)
}

/// What became of the recordings that were decided about.
#[derive(Debug, Default)]
pub struct Decided {
    /// Files that are part of the book now.
    pub accepted: Vec<PathBuf>,
    /// Files that are gone.
    pub rejected: Vec<PathBuf>,
    /// What could not be accepted.
    pub problems: Vec<Problem>,
}

/// Accepts recordings. One whose request quotes an answer that waits itself comes after that one,
/// and is refused where that one is not accepted: its request may never be made.
///
/// # Errors
/// A file cannot be written; those before it are accepted.
pub fn accept(
    course: &mut Course,
    chapters: &[ChapterText],
    mut files: Vec<PathBuf>,
) -> Result<Decided, StoreError> {
    let mut decided = Decided::default();
    let source = course.config.source.clone();
    loop {
        let review = Review::of(course, chapters);
        let chosen: Vec<&Waiting> =
            review.waiting.iter().filter(|waiting| files.contains(&waiting.file)).collect();
        let ready: Vec<&Waiting> =
            chosen.iter().copied().filter(|waiting| may_be_accepted(waiting)).collect();
        if ready.is_empty() {
            decided.problems.extend(chosen.iter().map(|waiting| refused(course, waiting)));
            return Ok(decided);
        }
        for waiting in &ready {
            match course.store.accept(&waiting.file, &source)? {
                Filing::Kept(standing) => decided.problems.push(kept(course, &waiting.id(), &standing)),
                filing => decided.accepted.push(filing.path().to_owned()),
            }
        }
        files.retain(|file| !ready.iter().any(|waiting| waiting.file == *file));
    }
}

/// Accepts the captures of chapters.
///
/// # Errors
/// A file cannot be written; those before it are accepted.
pub fn accept_captures(course: &mut Course, captures: &[&WaitingCapture]) -> Result<Decided, StoreError> {
    let mut decided = Decided::default();
    for capture in captures {
        match course.store.accept_capture(&capture.chapter)? {
            Filing::Kept(standing) => decided.problems.push(kept(course, &capture.id(), &standing)),
            filing => decided.accepted.push(filing.path().to_owned()),
        }
    }
    Ok(decided)
}

/// What accepting these would replace that is worth more.
pub fn replaced(course: &Course, waiting: &[Waiting], captures: &[WaitingCapture]) -> Vec<Standing> {
    let of_answers = waiting.iter().flat_map(|it| course.store.greater_than(it.new.origin.kind, &it.new.key));
    let of_captures = captures.iter().flat_map(|it| course.store.captures_above(&it.chapter, it.new.kind()));
    of_answers.chain(of_captures).filter(|it| it.acceptance == Acceptance::Accepted).collect()
}

/// What throwing these away would lose that nobody can make again for nothing.
pub fn lost<'a>(course: &Course, files: impl IntoIterator<Item = &'a Path>) -> Vec<Standing> {
    let file = |file: &Path| {
        let folder = file.parent().unwrap_or(file);
        let stem = course.store.chapter_of(file);
        let captures = || course.store.captures_above(&stem, OriginKind::Practice).into_iter();
        let is_capture = folder.join(format!("{}.new", capture::FILE)) == *file;
        if is_capture { captures().find(|it| it.path == *file) } else { course.store.worth_keeping(file) }
    };
    files.into_iter().filter_map(file).collect()
}

fn kept(course: &Course, id: &str, standing: &Standing) -> Problem {
    let file = course.config.shown(&standing.path);
    let what = format!("`{id}` would replace {}", standing.in_words());
    let id = advice::word(id);
    let book = advice::book(&course.config);
    Problem::error(file, None, what)
        .help(format!("leave it; or, to replace it all the same: tutor accept{id} --replace-live{book}"))
}

fn may_be_accepted(waiting: &Waiting) -> bool {
    waiting.news != News::Orphaned && !waiting.quotes_pending
}

fn refused(course: &Course, waiting: &Waiting) -> Problem {
    let file = course.config.shown(&waiting.file);
    let book = advice::book(&course.config);
    if waiting.news == News::Orphaned {
        let what = format!("no request of the book asks for `{}`: it cannot become part of it", waiting.id());
        return Problem::error(file, None, what)
            .help(format!("throw it away: tutor reject{}{book}", advice::word(&file.display().to_string())));
    }
    let what = format!("`{}` quotes an answer that is not accepted yet", waiting.id());
    let chapter = advice::word(&waiting.chapter);
    let help = format!("accept that one first, or all of them: tutor accept{chapter}{book}");
    Problem::error(file, None, what).help(help)
}

/// Throws files away.
///
/// # Errors
/// A file cannot be removed; those before it are gone.
pub fn reject(course: &mut Course, files: &[PathBuf]) -> Result<Decided, StoreError> {
    let mut decided = Decided::default();
    for file in files {
        match course.store.discard(file)? {
            Filing::Kept(standing) => decided.problems.push(not_lost(course, &standing)),
            filing => decided.rejected.push(filing.path().to_owned()),
        }
    }
    Ok(decided)
}

/// Throws captures away.
///
/// # Errors
/// A file cannot be removed; those before it are gone.
pub fn reject_captures(course: &mut Course, captures: &[&WaitingCapture]) -> Result<Decided, StoreError> {
    let mut decided = Decided::default();
    for capture in captures {
        match course.store.reject_capture(&capture.chapter)? {
            Filing::Kept(standing) => decided.problems.push(not_lost(course, &standing)),
            filing => decided.rejected.push(filing.path().to_owned()),
        }
    }
    Ok(decided)
}

fn not_lost(course: &Course, standing: &Standing) -> Problem {
    let file = course.config.shown(&standing.path);
    let name = advice::word(&file.display().to_string());
    let book = advice::book(&course.config);
    Problem::error(file, None, format!("it holds {}, and was not named", standing.in_words()))
        .help(format!("to throw it away all the same: tutor reject{name}{book}"))
}

impl Decided {
    /// Takes in what became of others.
    pub fn add(&mut self, other: Decided) {
        self.accepted.extend(other.accepted);
        self.rejected.extend(other.rejected);
        self.problems.extend(other.problems);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tutor_bedrock::{Answer, Call, Json, Operation, Payload, Timing};
    use tutor_recording::{Origin, Recording};

    fn waiting(name: &str) -> Waiting {
        let call = Call::new(Operation::InvokeModel, "m", Json::Null);
        let answer = Answer {
            status: 200,
            headers: std::collections::BTreeMap::new(),
            payload: Payload::Whole(Vec::new().into()),
            timing: Timing::default(),
        };
        Waiting {
            file: format!("fixtures/a/b/{name}.12345678.json.new").into(),
            chapter: "a/b".into(),
            name: name.into(),
            news: News::New,
            place: None,
            new: Recording::new(
                &call,
                Origin::practice("2026-11-22T12:00:00Z".parse().unwrap()),
                vec![answer],
            ),
            old: None,
            quotes_pending: false,
            expected: Vec::new(),
        }
    }

    #[test]
    fn keys_are_letters_and_capitals_are_for_the_rest() {
        assert_eq!(Key::of('a'), Some(Key::One(Decision::Accept)));
        assert_eq!(Key::of('R'), Some(Key::Rest(Decision::Reject)));
        assert_eq!(
            "du?q".chars().map(Key::of).collect::<Vec<_>>(),
            [Some(Key::Detail), Some(Key::Back), Some(Key::Help), Some(Key::Quit)]
        );
        assert_eq!(Key::of('\u{3}'), Some(Key::Quit), "Ctrl-C");
        assert_eq!(Key::of('x'), None);
    }

    #[test]
    fn names_are_those_that_people_see() {
        let review = Review {
            waiting: ["x", "y"].map(waiting).into(),
            captures: vec![],
            orphans: vec![],
            damaged: vec![],
        };
        let chosen = |name: &str| {
            let names = [name.to_owned()];
            let (chosen, unknown) = Selection::Named(&names).of(&review);
            (chosen.len(), unknown.len())
        };
        assert_eq!(chosen("a/b#x"), (1, 0));
        assert_eq!(chosen("x"), (1, 0));
        assert_eq!(chosen("a/b"), (2, 0));
        assert_eq!(chosen("a/b.md"), (2, 0));
        assert_eq!(chosen("fixtures/a/b/y.12345678.json"), (1, 0));
        assert_eq!(chosen("z"), (0, 1));
        assert_eq!(Selection::All.of(&review).0.len(), 2);
        let precise = |name: &str| Selection::Named(&[name.to_owned()]).precise(&review).len();
        assert_eq!([precise("x"), precise("a/b"), precise("a/b#y"), precise("z")], [1, 0, 1, 0]);
    }
}
