//! What tutor says about a program against what the program did.

use std::collections::BTreeMap;
use std::fmt;

use mdbook_tutor::course::languages::find_calls;
use tutor_bedrock::Json;
use tutor_bedrock::found::{Finding, Language, NoAnswers, NoFiles, Source};

use super::python::Run;

/// A request and the place that triggers it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Request {
    pub(super) fence: usize,
    /// From 1 in its fence.
    pub(super) line: usize,
    pub(super) operation: String,
    pub(super) model: String,
    /// Canonical JSON.
    pub(super) body: String,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { fence, line, operation, model, body } = self;
        write!(f, "fence {fence}, line {line}: {operation} {model} {body}")
    }
}

/// Figures over programs.
#[derive(Debug, Default)]
pub(super) struct Tally {
    programs: usize,
    /// Programs no run of which reached its end: they say nothing.
    unfinished: usize,
    /// Requests that every run sent.
    certain: usize,
    /// Requests that tutor resolved.
    resolved: usize,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Tally) {
        self.programs += other.programs;
        self.unfinished += other.unfinished;
        self.certain += other.certain;
        self.resolved += other.resolved;
    }

    /// How many of a hundred programs reached their end.
    pub(super) fn finished_percent(&self) -> usize {
        100 * (self.programs - self.unfinished) / self.programs.max(1)
    }

    /// Whether enough was run and resolved for the test to mean something.
    pub(super) fn is_telling(&self) -> bool {
        self.unfinished * 5 < self.programs
            && self.resolved * 2 > self.certain
            && self.certain > self.programs
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = 100 * self.resolved / self.certain.max(1);
        write!(
            f,
            "{} programs ({} never reached their end), {} requests sent in every run, {} of them resolved ({share} %)",
            self.programs, self.unfinished, self.certain, self.resolved
        )
    }
}

/// What the comparison of one program gives.
pub(super) struct Verdict {
    pub(super) tally: Tally,
    /// What tutor got wrong.
    pub(super) complaint: Option<String>,
}

/// The requests tutor resolves in `fences`, in order.
pub(super) fn resolved(fences: &[String]) -> Vec<Request> {
    let sources: Vec<Source> = fences
        .iter()
        .enumerate()
        .map(|(fence, text)| Source {
            fence,
            language: Language::Python,
            text: text.clone(),
            first_line: 1,
            values: Vec::new(),
            skip: false,
        })
        .collect();
    find_calls(&sources, &NoAnswers, &NoFiles)
        .calls
        .into_iter()
        .filter_map(|found| match found.finding {
            Finding::Resolved(call) => Some(Request {
                fence: found.fence,
                line: found.line,
                operation: call.operation.to_string(),
                model: call.model_id,
                body: call.body.to_canonical(),
            }),
            _ => None,
        })
        .collect()
}

/// What one run sent; `None` for a body that is no JSON tutor would take.
fn sent(run: &Run) -> Vec<Request> {
    let request = |sent: &super::python::Sent| Request {
        fence: sent.fence,
        line: sent.line,
        operation: sent.operation.clone(),
        model: sent.model.clone(),
        body: Json::parse(sent.body.as_bytes())
            .map_or_else(|error| format!("{error}"), |body| body.to_canonical()),
    };
    run.sent.iter().map(request).collect()
}

fn counted(requests: &[Request]) -> BTreeMap<&Request, usize> {
    let mut counts = BTreeMap::new();
    for request in requests {
        *counts.entry(request).or_insert(0) += 1;
    }
    counts
}

/// Holds what tutor resolved against every run that reached its end.
pub(super) fn judge(fences: &[String], runs: &[Run]) -> Verdict {
    let runs: Vec<Vec<Request>> = runs.iter().filter(|run| run.completed).map(sent).collect();
    let mut tally = Tally { programs: 1, ..Tally::default() };
    let Some(first) = runs.first() else {
        tally.unfinished = 1;
        return Verdict { tally, complaint: None };
    };
    let claimed = resolved(fences);
    tally.resolved = claimed.len();
    let run_counts: Vec<_> = runs.iter().map(|run| counted(run)).collect();
    let in_every_run = |request: &Request| {
        run_counts.iter().map(|run| run.get(request).copied().unwrap_or(0)).min().unwrap_or(0)
    };
    tally.certain = counted(first).keys().map(|request| in_every_run(request)).sum();
    let too_often = || {
        let claims = counted(&claimed);
        let (request, count) = claims.into_iter().find(|(request, count)| *count > in_every_run(request))?;
        let short = runs.iter().find(|run| counted(run).get(request).copied().unwrap_or(0) < count)?;
        Some(format!("tutor resolves {count} times:\n  {request}\nbut a run sent:\n{}", shown(short)))
    };
    let out_of_order = || {
        let run = runs.iter().find(|run| !stands_in(&claimed, run))?;
        Some(format!("tutor resolves in another order:\n{}but a run sent:\n{}", shown(&claimed), shown(run)))
    };
    Verdict { tally, complaint: too_often().or_else(out_of_order) }
}

/// Whether `claimed` stands in `run` in its order, fence by fence.
fn stands_in(claimed: &[Request], run: &[Request]) -> bool {
    let fences = claimed.iter().map(|request| request.fence).max().map_or(0, |last| last + 1);
    (0..fences).all(|fence| {
        let mut rest = run.iter().filter(|request| request.fence == fence);
        claimed.iter().filter(|request| request.fence == fence).all(|wanted| rest.any(|sent| sent == wanted))
    })
}

fn shown(requests: &[Request]) -> String {
    let lines: Vec<String> = requests.iter().map(|request| format!("  {request}")).collect();
    lines.join("\n") + "\n"
}
