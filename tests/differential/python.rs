//! The real Python, kept running beside the test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

/// The streams each program runs under: a meagre one, a rich one, and mixed ones.
const STREAMS: [u64; 4] = [0, 1, 2, 3];

/// A `python3` that runs `driver.py`.
pub(super) struct Python {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// Whether programs are looked at before they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// They are whole, as the generator wrote them.
    Trusting,
    /// They may lack parts: those that read names nothing binds are not run.
    Strict,
}

/// One run of a program.
#[derive(Debug, Deserialize)]
pub(super) struct Run {
    /// Whether it reached its end, as a chapter that runs from top to bottom does.
    pub(super) completed: bool,
    /// Why not.
    pub(super) error: String,
    /// What it sent, in order.
    pub(super) sent: Vec<Sent>,
}

/// A request that the stand-in client received.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    pub(super) operation: String,
    pub(super) model: String,
    /// JSON text.
    pub(super) body: String,
    /// The fence whose top-level statement was running.
    pub(super) fence: usize,
    /// The first line of that statement, from 1 in its fence.
    pub(super) line: usize,
}

impl Python {
    pub(super) fn start() -> Self {
        let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/driver.py");
        let mut child = Command::new("python3")
            .args(["-I", "-W", "ignore", driver])
            .env("PYTHONHASHSEED", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the differential test needs python3 (3.10 or newer)");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Python { child, input, output }
    }

    /// Runs every program under every stream.
    pub(super) fn run(&mut self, programs: &[Vec<String>], care: Care) -> Vec<Vec<Run>> {
        let mut results = Vec::with_capacity(programs.len());
        for fences in programs {
            let line =
                serde_json::json!({"fences": fences, "streams": STREAMS, "strict": care == Care::Strict})
                    .to_string();
            let input = self.input.as_mut().expect("it is open until the end");
            writeln!(input, "{line}").and_then(|()| input.flush()).expect("python3 reads programs");
            let mut answer = String::new();
            self.output.read_line(&mut answer).expect("python3 answers");
            results.push(serde_json::from_str(&answer).expect("python3 answers in JSON"));
        }
        results
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
