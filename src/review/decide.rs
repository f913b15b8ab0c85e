//! From a maintainer's word to files accepted and rejected.

use std::path::PathBuf;

use super::{News, Review, Waiting, WaitingCapture};
use crate::course::Course;
use crate::course::chapters::ChapterText;
use crate::problem::Problem;
use tutor_recording::StoreError;

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
}

impl Key {
    /// `a`, `r`, `s`, their capitals, `d`.
    pub fn of(letter: char) -> Option<Self> {
        let decision = match letter.to_ascii_lowercase() {
            'a' => Decision::Accept,
            'r' => Decision::Reject,
            's' => Decision::Skip,
            'd' => return Some(Key::Detail),
            _ => return None,
        };
        Some(if letter.is_ascii_uppercase() { Key::Rest(decision) } else { Key::One(decision) })
    }
}

/// Asks about each that waits, until a capital settles the rest or the keys end. `ask` shows one,
/// in detail if it is told so, and waits for a key; `None` ends the review.
pub fn interview<W>(waiting: &[W], mut ask: impl FnMut(usize, &W, bool) -> Option<Key>) -> Vec<Decision> {
    let mut decisions = Vec::with_capacity(waiting.len());
    let mut rest = None;
    'each: for (index, one) in waiting.iter().enumerate() {
        let mut in_detail = false;
        let decision = loop {
            if let Some(decision) = rest {
                break decision;
            }
            match ask(index, one, in_detail) {
                None => break 'each,
                Some(Key::One(decision)) => break decision,
                Some(Key::Rest(decision)) => rest = Some(decision),
                Some(Key::Detail) => in_detail = true,
            }
        };
        decisions.push(decision);
    }
    decisions.resize(waiting.len(), Decision::Skip);
    decisions
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
    loop {
        let review = Review::of(course, chapters);
        let chosen: Vec<&Waiting> =
            review.waiting.iter().filter(|waiting| files.contains(&waiting.file)).collect();
        let ready: Vec<PathBuf> = chosen
            .iter()
            .filter(|waiting| may_be_accepted(waiting))
            .map(|waiting| waiting.file.clone())
            .collect();
        if ready.is_empty() {
            decided.problems.extend(chosen.iter().map(|waiting| refused(course, waiting)));
            return Ok(decided);
        }
        for file in &ready {
            let source = course.config.source.clone();
            decided.accepted.push(course.store.accept(file, &source)?);
        }
        files.retain(|file| !ready.contains(file));
    }
}

fn may_be_accepted(waiting: &Waiting) -> bool {
    waiting.news != News::Orphaned && !waiting.quotes_pending
}

fn refused(course: &Course, waiting: &Waiting) -> Problem {
    let file = course.config.shown(&waiting.file);
    if waiting.news == News::Orphaned {
        let what = format!("no request of the book asks for `{}`: it cannot become part of it", waiting.id());
        return Problem::error(file, None, what)
            .help(format!("throw it away: tutor reject {}", waiting.id()));
    }
    let what = format!("`{}` quotes an answer that is not accepted yet", waiting.id());
    let help = format!("accept that one first, or all of them: tutor accept {}", waiting.chapter);
    Problem::error(file, None, what).help(help)
}

/// Throws files away.
///
/// # Errors
/// A file cannot be removed; those before it are gone.
pub fn reject(course: &mut Course, files: Vec<PathBuf>) -> Result<Decided, StoreError> {
    let mut decided = Decided::default();
    for file in files {
        course.store.discard(&file)?;
        decided.rejected.push(file);
    }
    Ok(decided)
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

    fn answered(keys: &str) -> (Vec<Decision>, Vec<(usize, bool)>) {
        let waiting = ["x", "y", "z"].map(waiting);
        let mut keys = keys.chars();
        let mut asked = Vec::new();
        let decisions = interview(&waiting, |index, _, in_detail| {
            asked.push((index, in_detail));
            keys.next().and_then(Key::of)
        });
        (decisions, asked)
    }

    #[test]
    fn each_is_asked_about_until_a_capital_settles_the_rest() {
        use Decision::{Accept, Reject, Skip};
        assert_eq!(answered("ars").0, [Accept, Reject, Skip]);
        assert_eq!(answered("aR"), (vec![Accept, Reject, Reject], vec![(0, false), (1, false)]));
        assert_eq!(answered("S").0, [Skip, Skip, Skip]);
        assert_eq!(answered("dda").1, [(0, false), (0, true), (0, true), (1, false)]);
    }

    #[test]
    fn a_review_that_breaks_off_leaves_the_rest_waiting() {
        use Decision::{Accept, Skip};
        assert_eq!(answered("a").0, [Accept, Skip, Skip]);
        assert_eq!(answered("").0, [Skip; 3]);
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
    }
}
