//! The interpreter as a child process, and what it says.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use std::{fs, io};

use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::{Program, Ran, RanFence, Stopped};
use crate::process::group::{self, Group};
use tutor_bedrock::family::{can_be_drawn, image_type};
use tutor_endpoint::environment::Environment;

/// What runs inside the interpreter.
const DRIVER: &str = include_str!("driver.py");

/// The most of a fence's output that is kept, in bytes.
const MOST_KEPT: usize = 64_000;
/// The most a chapter may print, in bytes.
const MOST_PRINTED: usize = 16_000_000;
/// The longest line of the driver's own.
const LONGEST_LINE: usize = 1_000_000;
/// The most pictures of a fence that are kept, and the most bytes of one.
const MOST_IMAGES: usize = 12;
const LARGEST_IMAGE: u64 = 8_000_000;
/// How many lines of the error output are said where the interpreter dies, and of how many bytes.
const LAST_LINES: usize = 3;
const MOST_LAST_WORDS: usize = 4_000;

/// How code is run.
#[derive(Debug, Clone)]
pub struct Interpreter {
    /// The program.
    pub program: PathBuf,
    /// How long a chapter may take, in seconds.
    pub timeout: u64,
}

/// What the driver says.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event {
    Started { python: String },
    Fence { fence: usize },
    Done { fence: usize, images: Vec<PathBuf> },
    Failed { line: Option<usize>, message: String },
    Finished,
}

/// Runs `program`, with its SDKs led by `environment`. `begins` hears of every fence before it runs.
///
/// # Errors
/// The interpreter cannot be started, or its folders not be made.
pub async fn run(
    interpreter: &Interpreter,
    program: &Program,
    environment: &Environment,
    begins: impl FnMut(usize),
) -> io::Result<Ran> {
    let folder = tempfile::TempDir::with_prefix("tutor-capture-")?;
    let (work, own) = (folder.path().join("work"), folder.path().join("own"));
    fs::create_dir_all(&work)?;
    fs::create_dir_all(&own)?;
    let work = work.canonicalize()?;
    program.local.copy_to(&work)?;
    let word = format!("tutor-{}", random_word(folder.path()));
    let mut child = start(interpreter, program, environment, (&work, &own), &word)?;
    // Whatever the code starts ends with it.
    let group = Group::of(&child);
    let last_words = tokio::spawn(tail(child.stderr.take()));
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("the interpreter has no pipes"));
    };
    let mut conversation = Conversation {
        stdin,
        stdout,
        mark: format!("\n{word} ").into_bytes(),
        pending: Vec::new(),
        printed: 0,
        output: Vec::new(),
        work: &work,
        begins,
        ran: Ran { python: String::new(), fences: Vec::new(), stopped: None },
    };
    let limit = Duration::from_secs(interpreter.timeout);
    let listened = tokio::time::timeout(limit, conversation.listen()).await;
    let stopped = match listened {
        Err(_) => Some(Stopped::TimedOut(interpreter.timeout)),
        Ok(Ok(Heard::Finished)) => None,
        Ok(Ok(Heard::Stopped(stopped))) => Some(stopped),
        Ok(Ok(Heard::Silence)) => Some(Stopped::Died(cause_of_death(&mut child, last_words).await)),
        Ok(Err(error)) => Some(Stopped::Died(error.to_string())),
    };
    drop(group);
    let _ = child.start_kill();
    let _ = child.wait().await;
    let ran = conversation.ran;
    Ok(Ran { stopped: stopped.or(ran.stopped), ..ran })
}

/// A word that the chapter's code does not print by chance: the folder's random name.
fn random_word(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    tutor_bedrock::key::hex(name.as_bytes())
}

fn start(
    interpreter: &Interpreter,
    program: &Program,
    environment: &Environment,
    (work, own): (&Path, &Path),
    word: &str,
) -> io::Result<Child> {
    let (driver, job) = (own.join("driver.py"), own.join("job.json"));
    fs::write(&driver, DRIVER)?;
    let fences: Vec<_> = program
        .fences
        .iter()
        .map(|code| json!({"fence": code.fence, "line": code.line, "text": code.text}))
        .collect();
    fs::write(&job, json!({"chapter": program.chapter, "fences": fences}).to_string())?;
    let mut command = Command::new(&interpreter.program);
    command.arg(&driver).arg(word).arg(&job).current_dir(work);
    group::lead(&mut command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    for name in environment.unset() {
        command.env_remove(name);
    }
    command.envs(environment.set());
    // What makes a run look the same again, and draws into files instead of windows.
    command.env("PYTHONIOENCODING", "utf-8").env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("MPLBACKEND", "Agg").env("NO_COLOR", "1").env("TERM", "dumb");
    command.spawn()
}

/// The end of what comes over a pipe, however much that is.
async fn tail(pipe: Option<ChildStderr>) -> Vec<u8> {
    let Some(mut pipe) = pipe else { return Vec::new() };
    let (mut kept, mut chunk) = (Vec::new(), vec![0; 4096]);
    while let Ok(count @ 1..) = pipe.read(&mut chunk).await {
        kept.extend_from_slice(&chunk[..count]);
        let surplus = kept.len().saturating_sub(MOST_LAST_WORDS);
        kept.drain(..surplus);
    }
    kept
}

/// What ended the interpreter, for people: how, and the end of what it said.
async fn cause_of_death(child: &mut Child, last_words: JoinHandle<Vec<u8>>) -> String {
    let how = match child.wait().await {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    // A process that the code started may keep the pipe open.
    let said = tokio::time::timeout(Duration::from_secs(1), last_words).await;
    let said = said.ok().and_then(Result::ok).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines[lines.len().saturating_sub(LAST_LINES)..].join("; ");
    if last.is_empty() { how } else { format!("{how}, {last}") }
}

/// How listening ended.
enum Heard {
    Finished,
    Stopped(Stopped),
    Silence,
}

/// Both pipes, and what has come over them.
struct Conversation<'w, F> {
    stdin: ChildStdin,
    stdout: ChildStdout,
    /// What the driver's own lines begin with.
    mark: Vec<u8>,
    /// What was read and may yet be the beginning of such a line.
    pending: Vec<u8>,
    /// How many bytes the chapter printed.
    printed: usize,
    /// What the running fence printed.
    output: Vec<u8>,
    /// The folder that the code runs in.
    work: &'w Path,
    begins: F,
    ran: Ran,
}

impl<F: FnMut(usize)> Conversation<'_, F> {
    async fn listen(&mut self) -> io::Result<Heard> {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let count = self.stdout.read(&mut chunk).await?;
            if count == 0 {
                return Ok(Heard::Silence);
            }
            self.pending.extend_from_slice(&chunk[..count]);
            while let Some(event) = self.next_event()? {
                if let Some(heard) = self.take(event) {
                    return Ok(heard);
                }
                self.stdin.write_all(b"\n").await?;
            }
            if self.printed > MOST_PRINTED {
                return Ok(Heard::Stopped(Stopped::Flood(MOST_PRINTED)));
            }
        }
    }

    /// The driver's next line, with all that was printed before it put to the fence's output.
    fn next_event(&mut self) -> io::Result<Option<Event>> {
        let Some(at) = find(&self.pending, &self.mark) else {
            // The end of what is there may be the beginning of a mark.
            let sure = self.pending.len().saturating_sub(self.mark.len() - 1);
            self.print(sure);
            return Ok(None);
        };
        self.print(at);
        let line = &self.pending[self.mark.len()..];
        let Some(end) = line.iter().position(|byte| *byte == b'\n') else {
            let too_long = self.pending.len() > LONGEST_LINE;
            return if too_long { Err(io::Error::other("a line without end")) } else { Ok(None) };
        };
        let event = serde_json::from_slice(&line[..end])?;
        self.pending.drain(..=self.mark.len() + end);
        Ok(Some(event))
    }

    /// Puts the first `count` bytes to the output.
    fn print(&mut self, count: usize) {
        self.printed += count;
        let room = (MOST_KEPT + 1).saturating_sub(self.output.len());
        self.output.extend(self.pending.drain(..count).take(room));
    }

    fn take(&mut self, event: Event) -> Option<Heard> {
        match event {
            Event::Started { python } => self.ran.python = python,
            Event::Fence { fence } => {
                self.output.clear();
                (self.begins)(fence);
            }
            Event::Done { fence, images } => {
                let (output, is_cut) = self.printed_text();
                let images = images.iter().filter_map(|path| picture(&self.work.join(path)));
                let images = images.take(MOST_IMAGES).collect();
                self.ran.fences.push(RanFence { fence, output, is_cut, images });
            }
            Event::Failed { line, message } => {
                return Some(Heard::Stopped(Stopped::Raised { line, message }));
            }
            Event::Finished => return Some(Heard::Finished),
        }
        None
    }

    /// The output as text, with the folder's own name taken out: it is another one with every run.
    fn printed_text(&mut self) -> (String, bool) {
        let bytes = std::mem::take(&mut self.output);
        let is_cut = bytes.len() > MOST_KEPT;
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_KEPT)]);
        let text = text.replace(&*self.work.to_string_lossy(), ".").replace("\r\n", "\n");
        (text, is_cut)
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, what)
}

/// A picture's media type and bytes; `None` for what is none, is too large, cannot be drawn or leads out
/// of the folder. What the bytes are counts, whatever the file's name says.
fn picture(path: &Path) -> Option<(&'static str, Vec<u8>)> {
    let meta = fs::symlink_metadata(path).ok()?;
    if !meta.is_file() || meta.len() > LARGEST_IMAGE {
        return None;
    }
    let bytes = fs::read(path).ok().filter(|bytes| can_be_drawn(bytes))?;
    image_type(&bytes).map(|media_type| (media_type, bytes))
}
