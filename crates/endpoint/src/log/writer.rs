//! Lines on their way to whoever reads them.

use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Line;

/// How many bytes of lines may wait for the writer.
const WAITING: usize = 1 << 20;
/// How long the writer gathers lines before it writes them; nobody reads faster.
const GATHER: Duration = Duration::from_millis(20);

/// Lines on their way to the writer.
#[derive(Debug, Default)]
pub(super) struct Lines {
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
    pub(super) fn push(&self, line: &Line, latency_ms: u64) -> bool {
        let mut waiting = self.lock();
        if waiting.closed || waiting.text.len() + line.len() > WAITING {
            return waiting.closed;
        }
        let first = waiting.text.is_empty();
        line.append_to(&mut waiting.text, latency_ms);
        drop(waiting);
        if first {
            self.changed.notify_one();
        }
        true
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    /// Writes what comes until it is closed and everything is written.
    pub(super) fn write_to(&self, mut out: impl Write) {
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
