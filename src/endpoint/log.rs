//! One line a request, and a summary at the end.
//!
//! Lines are written by a thread of their own: a terminal that scrolls slowly or a pipe nobody reads
//! must not hold up an answer. It is woken for many lines at once, since waking it costs about what
//! answering does. If it falls behind, lines are dropped and counted.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde_json::json;
use tokio::time::Instant;

use super::reply::Prepared;
use crate::measure::usd_exact;
use crate::recording::redact;

/// How many bytes of lines may wait for the writer.
const WAITING: usize = 1 << 20;
/// How long the writer gathers lines before it writes them; nobody reads faster.
const GATHER: Duration = Duration::from_millis(20);
/// How many models the summary names; ids come from clients.
const MOST_MODELS: usize = 64;

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A recording of Bedrock's own answer.
    Bedrock,
    /// A recording of a stand-in's answer.
    RecordedPractice,
    /// A stand-in, just now.
    Practice,
    /// An estimate of the endpoint's own.
    Estimate,
    /// The request was refused, as Bedrock would or because nobody can answer it.
    Refused,
    /// A fault that was asked for.
    Fault,
}

impl Origin {
    fn name(self) -> &'static str {
        match self {
            Origin::Bedrock => "recording of bedrock",
            Origin::RecordedPractice => "recording of practice",
            Origin::Practice => "practice",
            Origin::Estimate => "estimate",
            Origin::Refused => "refused",
            Origin::Fault => "fault",
        }
    }
}

/// What a line says of a request and its answer, whenever it comes.
#[derive(Debug, Clone)]
pub(super) struct About {
    /// The operation, or method and path.
    pub(super) action: String,
    pub(super) model_id: String,
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    /// In USD; `None` if it is not known.
    pub(super) cost: Option<Decimal>,
    pub(super) origin: Origin,
    /// A warning, or why the request was refused.
    pub(super) note: Option<String>,
}

impl About {
    /// The same without credentials and account ids: lines and summaries are read by others.
    pub(super) fn masked(self) -> Self {
        let (action, model_id) = (redact::text(&self.action), redact::text(&self.model_id));
        About { action, model_id, note: self.note.as_deref().map(redact::text), ..self }
    }
}

/// Where lines go, and what has been counted.
#[derive(Debug)]
pub struct Log {
    format: Format,
    lines: Option<Arc<Lines>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    summary: Mutex<Summary>,
}

impl Log {
    /// Writes to `out`, from a thread of its own.
    pub fn to(out: impl Write + Send + 'static, format: Format) -> Self {
        let lines = Arc::new(Lines::default());
        let waiting = Arc::clone(&lines);
        let writer = std::thread::spawn(move || waiting.write_to(out));
        Log { format, lines: Some(lines), writer: Some(writer).into(), summary: Mutex::default() }
    }

    /// Writes nothing, but counts.
    pub fn quiet() -> Self {
        Log { format: Format::Human, lines: None, writer: Mutex::new(None), summary: Mutex::default() }
    }

    /// Writes what still waits, and says what was counted. Later lines are lost.
    pub fn close(&self) -> Summary {
        if let Some(lines) = &self.lines {
            lines.close();
        }
        if let Some(writer) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A writer that panicked has nothing more to say.
            let _ = writer.join();
        }
        std::mem::take(&mut self.summary.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn finished(&self, about: &About, status: u16, latency_ms: u128, complete: bool) {
        let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
        summary.add(about, status);
        let Some(lines) = &self.lines else { return };
        let line = match self.format {
            Format::Human => human(about, status, latency_ms, complete),
            Format::Json => json_line(about, status, latency_ms, complete),
        };
        if !lines.push(&line) {
            summary.dropped_lines += 1;
        }
    }
}

/// Lines on their way to the writer.
#[derive(Debug, Default)]
struct Lines {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    text: String,
    closed: bool,
}

impl Lines {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there was room for the line. The first one wakes the writer.
    fn push(&self, line: &str) -> bool {
        let mut waiting = self.lock();
        if waiting.closed || waiting.text.len() + line.len() > WAITING {
            return waiting.closed;
        }
        let first = waiting.text.is_empty();
        waiting.text += line;
        drop(waiting);
        if first {
            self.changed.notify_one();
        }
        true
    }

    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    /// Writes what comes until it is closed and everything is written.
    fn write_to(&self, mut out: impl Write) {
        let wait = |waiting, until: fn(&mut Waiting) -> bool| {
            self.changed.wait_while(waiting, until).unwrap_or_else(PoisonError::into_inner)
        };
        let mut written = String::new();
        loop {
            let waiting = wait(self.lock(), |waiting| waiting.text.is_empty() && !waiting.closed);
            let gathered = self.changed.wait_timeout_while(waiting, GATHER, |waiting| !waiting.closed);
            let (mut waiting, _) = gathered.unwrap_or_else(PoisonError::into_inner);
            written.clear();
            std::mem::swap(&mut waiting.text, &mut written);
            let closed = waiting.closed;
            drop(waiting);
            // Nobody reads any more: go on counting.
            let _ = out.write_all(written.as_bytes()).and_then(|()| out.flush());
            if closed {
                return;
            }
        }
    }
}

fn human(about: &About, status: u16, latency_ms: u128, complete: bool) -> String {
    let mut line = format!("{status} {}", about.action);
    let mut part = |text: &str| {
        line.push_str("  ");
        line.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
    };
    if !about.model_id.is_empty() {
        part(&about.model_id);
    }
    match (about.input_tokens, about.output_tokens) {
        (None, None) => {}
        (input, output) => {
            let count = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
            part(&format!("{} in, {} out", count(input), count(output)));
        }
    }
    part(&format!("{latency_ms} ms"));
    if let Some(cost) = about.cost {
        part(&usd_exact(cost));
    }
    part(about.origin.name());
    if !complete {
        part("client hung up");
    }
    if let Some(note) = &about.note {
        part(note);
    }
    line.push('\n');
    line
}

fn json_line(about: &About, status: u16, latency_ms: u128, complete: bool) -> String {
    let line = json!({
        "status": status,
        "operation": about.action,
        "model_id": about.model_id,
        "input_tokens": about.input_tokens,
        "output_tokens": about.output_tokens,
        "latency_ms": u64::try_from(latency_ms).unwrap_or(u64::MAX),
        "cost_usd": about.cost.map(|cost| cost.normalize().to_string()),
        "origin": about.origin.name(),
        "complete": complete,
        "note": about.note,
    });
    format!("{line}\n")
}

/// A request on its way: logged when it is dropped, with the time it took.
#[derive(Debug)]
pub(super) struct Ticket {
    log: Arc<Log>,
    prepared: Arc<Prepared>,
    started: Instant,
    complete: bool,
    spoiled: bool,
}

impl Ticket {
    pub(super) fn new(log: &Arc<Log>, prepared: &Arc<Prepared>, started: Instant) -> Self {
        Ticket {
            log: Arc::clone(log),
            prepared: Arc::clone(prepared),
            started,
            complete: false,
            spoiled: false,
        }
    }

    /// Everything was handed to the connection.
    pub(super) fn complete(&mut self) {
        self.complete = true;
    }

    /// A fault breaks the answer off.
    pub(super) fn spoiled(&mut self) {
        self.spoiled = true;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let latency_ms = self.started.elapsed().as_millis();
        let status = self.prepared.status.as_u16();
        if self.spoiled {
            let about = About { origin: Origin::Fault, ..self.prepared.about.clone() };
            self.log.finished(&about, status, latency_ms, self.complete);
        } else {
            self.log.finished(&self.prepared.about, status, latency_ms, self.complete);
        }
    }
}

/// What a run of the endpoint did.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// By model, in the order they were first asked.
    models: IndexMap<String, Row>,
    recorded: u64,
    practice: u64,
    refused: u64,
    faults: u64,
    dropped_lines: u64,
}

#[derive(Debug, Clone, Default)]
struct Row {
    requests: u64,
    input_tokens: u64,
    output_tokens: u64,
    cost: Decimal,
    unpriced: bool,
}

impl Summary {
    /// How many requests were served or refused.
    pub fn requests(&self) -> u64 {
        self.recorded + self.practice + self.refused + self.faults
    }

    fn add(&mut self, about: &About, status: u16) {
        match about.origin {
            Origin::Bedrock | Origin::RecordedPractice => self.recorded += 1,
            Origin::Practice | Origin::Estimate => self.practice += 1,
            Origin::Refused => self.refused += 1,
            Origin::Fault => self.faults += 1,
        }
        if about.model_id.is_empty() {
            return;
        }
        let known = self.models.contains_key(&about.model_id) || self.models.len() < MOST_MODELS;
        let name = if known { about.model_id.as_str() } else { "other models" };
        if !self.models.contains_key(name) {
            self.models.insert(name.to_owned(), Row::default());
        }
        let row = &mut self.models[name];
        row.requests += 1;
        row.input_tokens += about.input_tokens.unwrap_or(0);
        row.output_tokens += about.output_tokens.unwrap_or(0);
        row.cost += about.cost.unwrap_or_default();
        row.unpriced |=
            about.cost.is_none() && (200..300).contains(&status) && about.origin != Origin::Estimate;
    }

    /// A few lines for people.
    pub fn text(&self) -> String {
        let requests = self.requests();
        let mut text = format!("{requests} request{}", if requests == 1 { "" } else { "s" });
        let parts = [
            (self.recorded, "from recordings"),
            (self.practice, "in practice"),
            (self.refused, "refused"),
            (self.faults, "spoiled by faults that were asked for"),
        ];
        let said: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if !said.is_empty() {
            let _ = write!(text, ": {}", said.join(", "));
        }
        text.push('\n');
        for (model_id, row) in &self.models {
            let model_id: String = model_id.chars().filter(|c| !c.is_control()).take(100).collect();
            let _ = write!(text, "  {model_id}\n    {} ×", row.requests);
            if row.input_tokens + row.output_tokens > 0 {
                let _ = write!(text, "  tokens: {} in, {} out", row.input_tokens, row.output_tokens);
            }
            if row.unpriced {
                text.push_str("  unpriced");
            } else if !row.cost.is_zero() {
                let _ = write!(text, "  {}", usd_exact(row.cost));
            }
            text.push('\n');
        }
        if self.dropped_lines > 0 {
            let _ = writeln!(text, "{} lines of the log were dropped: nobody read them", self.dropped_lines);
        }
        text
    }
}
