//! From evidence to verdicts, check by check.
//!
//! Each check is one function in [`CHECKS`]. It looks at every model by itself: what is wrong, what is
//! right, and what cannot be judged yet because something before it is missing. One wrong model fails
//! the check; one that cannot be judged makes it wait, so that every fault is told once, where it is.

mod answers;
mod requests;
mod results;
mod scores;
mod troubles;

use super::evidence::Evidence;
use super::manifest::Manifest;

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
}

/// Judges a run.
type Judge = fn(&Evidence) -> Verdict;

/// Every check there is.
pub const CHECKS: [(&str, Judge); 12] = [
    ("results", results::results),
    ("requests", requests::requests),
    ("prompt", requests::prompt),
    ("text", answers::text),
    ("latency", answers::latency),
    ("tokens", answers::tokens),
    ("cost", answers::cost),
    ("calls", requests::calls),
    ("failure", troubles::failure),
    ("throttling", troubles::throttling),
    ("score", scores::score),
    ("ranking", scores::ranking),
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
    /// What to do next, and in which function.
    pub next: String,
    /// The line of that function in the script, if it is there.
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
        let lines = evidence.loaded.as_ref().ok();
        let checks = manifest.checks.iter().map(toml::Spanned::get_ref).filter(|check| judged(&check.id));
        let judged = checks.map(|check| Judged {
            id: check.id.clone(),
            says: check.says.clone(),
            verdict: by_id(&check.id).map_or(Verdict::Waits, |judge| judge(evidence)),
            next: format!("{}: {}", check.look, check.next),
            line: lines.and_then(|lines| lines.get(&check.look)).copied(),
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
        Sign::Wrong(Finding { expected: expected.into(), found: found.into() })
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
