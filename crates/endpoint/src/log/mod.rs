//! One line a request, and a summary at the end.
//!
//! Lines are written by a thread of their own: a terminal that scrolls slowly or a pipe nobody reads
//! must not hold up an answer. It is woken for many lines at once, since waking it costs about what
//! answering does. If it falls behind, lines are dropped and counted.

mod line;
mod summary;
mod writer;

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::time::Instant;

pub(super) use self::line::{About, Line, Origin};
pub use self::summary::Summary;
use self::writer::Lines;
use super::reply::Prepared;

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
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

    /// Counts a request, and gives its line to the writer.
    fn finished(&self, about: &About, status: u16, line: &Line, latency_ms: u64) {
        let dropped = self.lines.as_ref().is_some_and(|lines| !lines.push(line, latency_ms));
        let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
        summary.add(about, status);
        summary.dropped_lines += u64::from(dropped);
    }
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
        let latency_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let Prepared { about, status, line, .. } = &*self.prepared;
        let ended = self.prepared.end().map(|end| about.clone().ended(end));
        let about = ended.as_ref().unwrap_or(about);
        let status = status.as_u16();
        if self.complete && !self.spoiled {
            let line = line.get_or_init(|| Line::of(self.log.format, about, status, true));
            return self.log.finished(about, status, line, latency_ms);
        }
        let origin = if self.spoiled { Origin::Fault } else { about.origin };
        let about = About { origin, ..about.clone() };
        let line = Line::of(self.log.format, &about, status, self.complete);
        self.log.finished(&about, status, &line, latency_ms);
    }
}
