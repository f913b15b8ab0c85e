//! From evidence to verdicts, check by check.
//!
//! Each check is one function in [`CHECKS`]. It looks at every model of every round by itself: what is
//! wrong, what is right, and what cannot be judged yet because something before it is missing. One wrong
//! model fails the check; one that cannot be judged makes it wait, so that every fault is told once, where
//! it is. Where that is, [`blame`] says.

mod answers;
mod blame;
mod factor;
mod latency;
mod ranking;
mod requests;
mod results;
mod scores;
mod troubles;

use super::evidence::Evidence;
use super::kit;
use super::manifest::{Check, Manifest};
use super::runner::{Place, Trouble};

pub(super) use self::results::explained;

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Passed,
    /// It does not.
    Failed(Finding),
    /// It cannot be judged before another one holds.
    Waits,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What should be.
    pub expected: String,
    /// What is.
    pub found: String,
    /// Where in the learner's own code it came by, if that is known.
    pub place: Option<Box<Place>>,
    /// Words that stand where it is done.
    pub marks: Vec<String>,
}

impl Finding {
    /// Without a place.
    pub(super) fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Finding { expected: expected.into(), found: found.into(), place: None, marks: Vec::new() }
    }
}

/// Judges a run.
type Judge = fn(&Evidence) -> Verdict;

/// Every check there is.
pub const CHECKS: [(&str, Judge); 12] = [
    ("results", results::results),
    ("requests", requests::requests),
    ("prompt", requests::prompt),
    ("text", answers::text),
    ("latency", latency::latency),
    ("tokens", answers::tokens),
    ("cost", answers::cost),
    ("calls", requests::calls),
    ("failure", troubles::failure),
    ("throttling", troubles::throttling),
    ("score", scores::score),
    ("ranking", ranking::ranking),
];

/// The checks that can be judged where Amazon Bedrock answers: failures, throttling and answers that are
/// clearly better or worse happen only where they are drawn.
pub const LIVE: [&str; 9] =
    ["results", "requests", "prompt", "text", "latency", "tokens", "cost", "calls", "score"];

/// The check with this id.
pub fn by_id(id: &str) -> Option<Judge> {
    CHECKS.iter().find(|(known, _)| *known == id).map(|(_, judge)| *judge)
}

/// A check with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Its id.
    pub id: String,
    /// What it says, as a clause.
    pub says: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The function to look at: where it went wrong, as far as that is known.
    pub look: String,
    /// What to do there.
    pub next: String,
    /// The line of the script to look at, if it is known.
    pub line: Option<usize>,
}

/// All verdicts of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// In the manifest's order.
    pub checks: Vec<Judged>,
}

impl Report {
    /// Judges a run by the checks of its manifest.
    pub fn of(manifest: &Manifest, evidence: &Evidence) -> Self {
        Self::by(manifest, evidence, |_| true)
    }

    /// Judges a live run by those checks that can be.
    pub fn of_live(manifest: &Manifest, evidence: &Evidence) -> Self {
        Self::by(manifest, evidence, |id| LIVE.contains(&id))
    }

    fn by(manifest: &Manifest, evidence: &Evidence, judged: impl Fn(&str) -> bool) -> Self {
        let checks = manifest.checks.iter().map(toml::Spanned::get_ref).filter(|check| judged(&check.id));
        let judged = checks.map(|check| {
            let verdict = match &manifest.scenario {
                Some(plan) => kit_verdict(check, plan, evidence),
                None => by_id(&check.id).map_or(Verdict::Waits, |judge| judge(evidence)),
            };
            let (look, line) = place(check, &verdict, evidence);
            let (id, says, next) = (check.id.clone(), check.says.clone(), check.next.clone());
            Judged { id, says, verdict, look, next, line }
        });
        Report { checks: judged.collect() }
    }

    /// How many checks pass.
    pub fn passed(&self) -> usize {
        self.checks.iter().filter(|check| check.verdict == Verdict::Passed).count()
    }

    /// Whether all do.
    pub fn is_passed(&self) -> bool {
        self.passed() == self.checks.len()
    }

    /// The ids of those that fail.
    pub fn failed(&self) -> impl Iterator<Item = &str> {
        let failed = self.checks.iter().filter(|check| matches!(check.verdict, Verdict::Failed(_)));
        failed.map(|check| check.id.as_str())
    }

    /// The first check that does not pass.
    pub fn first_open(&self) -> Option<&Judged> {
        let failed = self.checks.iter().find(|check| matches!(check.verdict, Verdict::Failed(_)));
        failed.or_else(|| self.checks.iter().find(|check| check.verdict != Verdict::Passed))
    }
}

/// The verdict of a check of the kit. A script that does not load is told by the first check that says whether
/// the function returns.
fn kit_verdict(check: &Check, plan: &kit::Plan, evidence: &Evidence) -> Verdict {
    match &evidence.loaded {
        Err(trouble) if check.kind.as_deref() == Some("returns") => {
            Verdict::Failed(results::stopped(evidence, trouble, "the script loads"))
        }
        Err(_) => Verdict::Waits,
        Ok(_) => kit::check::judge(check, &evidence.tasks, plan.rounds.len()),
    }
}

/// What ended a function, in words, with its place.
pub(super) fn stopped_words(trouble: &Trouble) -> (String, Option<Box<Place>>) {
    results::told(trouble)
}

/// Where to look: the place that a finding has, else where the words of the finding and of the check stand,
/// else the function that the check names.
fn place(check: &Check, verdict: &Verdict, evidence: &Evidence) -> (String, Option<usize>) {
    if let Verdict::Failed(finding) = verdict {
        if let Some(place) = &finding.place {
            let function = place.function.as_deref().filter(|name| !name.starts_with('<'));
            return (function.unwrap_or(&place.file).to_owned(), place.line);
        }
        let words = finding.marks.iter().chain(&check.marks).map(String::as_str);
        if let Some(spot) = evidence.source.find(words, &check.look) {
            return (spot.function, Some(spot.line));
        }
    }
    let lines = evidence.loaded.as_ref().ok();
    (check.look.clone(), lines.and_then(|lines| lines.get(&check.look)).copied())
}

/// What one model shows of a check.
enum Sign {
    /// It is right.
    Right,
    /// Nothing can be said yet.
    Open,
    /// It is wrong.
    Wrong(Finding),
}

impl Sign {
    fn wrong(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Sign::Wrong(Finding::new(expected, found))
    }

    /// The same, with where it came by.
    fn at(self, place: Option<&Place>) -> Self {
        match self {
            Sign::Wrong(finding) => Sign::Wrong(Finding { place: place.cloned().map(Box::new), ..finding }),
            other => other,
        }
    }

    /// The same, with words that stand where it is done.
    fn marked(self, marks: &[&str]) -> Self {
        match self {
            Sign::Wrong(finding) => {
                let marks = marks.iter().map(|mark| (*mark).to_owned()).collect();
                Sign::Wrong(Finding { marks, ..finding })
            }
            other => other,
        }
    }
}

/// The verdict of all signs: the first wrong one counts, then any open one. Without any sign nothing
/// was judged.
fn verdict(signs: impl IntoIterator<Item = Sign>) -> Verdict {
    let mut verdict = None;
    for sign in signs {
        match sign {
            Sign::Wrong(finding) => return Verdict::Failed(finding),
            Sign::Open => verdict = Some(Verdict::Waits),
            Sign::Right => verdict = verdict.or(Some(Verdict::Passed)),
        }
    }
    verdict.unwrap_or(Verdict::Waits)
}
