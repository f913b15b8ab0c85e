//! The learner's script in a child process: loaded, called, and stopped when it goes too far.
//!
//! `harness.py` runs in the child. Commands and messages are lines of JSON over pipes that the script
//! does not know; what it prints goes to a third one, is read to the end of the limit and thrown away
//! but for its last lines. The child leads a process group, which ends with this [`Runner`].

use std::collections::HashMap;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::manifest::{Limits, Manifest};
use super::scenario::{Priced, Round};
use crate::process::group::{self, Group};
use tutor_endpoint::environment::Environment;

const HARNESS: &str = include_str!("harness.py");
/// The longest message that is read, in bytes; the harness shortens what it sends.
const LONGEST: u64 = 8 << 20;
/// How long a child that is about to be stopped may take to say where it is.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long messages that are on their way are waited for after the child has ended.
const LATE: Duration = Duration::from_millis(500);
/// How much of what the script prints is kept.
const KEPT: usize = 8 * 1024;

/// A place in the learner's own code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Place {
    /// The file, from the script's folder on.
    pub file: String,
    /// 1-based.
    pub line: Option<usize>,
    /// What stands there.
    pub text: String,
    /// The function it is in.
    pub function: Option<String>,
    /// The whole statement, in one line.
    #[serde(default)]
    pub statement: Option<String>,
}

/// What the harness notes while the function runs.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Notes {
    /// Calls of boto3's clients, in order.
    #[serde(default)]
    pub calls: Vec<ClientCall>,
    /// Exceptions that passed through the learner's own code, caught or not, in order.
    #[serde(default)]
    pub caught: Vec<Caught>,
}

/// One call of a client.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ClientCall {
    /// The model id it names.
    pub model: String,
    /// Such as `InvokeModel`.
    pub operation: String,
    /// Such as `bedrock-runtime`.
    pub service: String,
    /// Where it goes.
    pub endpoint: String,
    /// Seconds on the child's own clock.
    pub began: f64,
    /// The same; `None` while it lasts.
    pub ended: Option<f64>,
    /// The exception it ended with.
    pub error: Option<String>,
    /// The seconds that the script asked to sleep since the call before.
    pub slept: f64,
}

/// An exception in the learner's own code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Caught {
    /// Its type.
    pub kind: String,
    /// Its words.
    pub message: String,
    /// Where it came by first.
    pub place: Option<Place>,
    /// The model that was called last before, in that thread.
    pub model: Option<String>,
}

/// Why a script did not get to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// An exception nobody caught.
    Raised {
        /// Its type, such as `KeyError`.
        kind: String,
        /// Its words.
        message: String,
        /// The innermost place in the learner's own code.
        place: Option<Box<Place>>,
    },
    /// The function is not there.
    NoFunction,
    /// It ended the process by itself.
    Exited {
        /// How, such as `exit code 3`.
        how: String,
        /// From where.
        place: Option<Box<Place>>,
    },
    /// It took longer than this many seconds.
    TooSlow {
        /// The limit.
        seconds: u64,
        /// Where it was.
        place: Option<Box<Place>>,
    },
    /// It printed more than this many kilobytes.
    TooMuchOutput {
        /// The limit.
        kilobytes: u64,
        /// Where it was.
        place: Option<Box<Place>>,
    },
    /// What it returned or said cannot be read.
    Unreadable,
}

impl Trouble {
    /// Whether the script can still be called afterwards.
    pub fn is_survived(&self) -> bool {
        matches!(self, Trouble::Raised { .. })
    }
}

/// What the harness says.
#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    Loaded {
        loaded: HashMap<String, usize>,
        callable: bool,
    },
    Returned {
        returned: Value,
        #[serde(flatten)]
        notes: Notes,
    },
    Raised {
        raised: RaisedMessage,
        #[serde(flatten)]
        notes: Notes,
    },
    Exited {
        exited: Option<Box<Place>>,
        code: i64,
    },
    Where {
        #[serde(rename = "where")]
        place: Option<Box<Place>>,
    },
}

#[derive(Deserialize)]
struct RaisedMessage {
    kind: String,
    message: String,
    place: Option<Box<Place>>,
}

/// A script that is loaded or being loaded.
pub struct Runner {
    /// Dropped first: the whole group ends before anything else is let go.
    _group: Group,
    limits: Limits,
    commands: ChildStdin,
    messages: BufReader<ChildStdout>,
    child: Child,
    printed: Arc<Mutex<Printed>>,
    flooded: Option<oneshot::Receiver<()>>,
    /// The beginning of a message whose end has not come yet.
    begun: Vec<u8>,
}

/// What a script has printed: how much, and the end of it.
#[derive(Debug, Default)]
struct Printed {
    bytes: u64,
    tail: Vec<u8>,
}

impl Runner {
    /// Starts `python` with the script; the environment leads its SDK to where it is answered.
    ///
    /// # Errors
    /// The system's, if the process cannot be started.
    pub fn start(
        python: &Path,
        script: &Path,
        manifest: &Manifest,
        limits: Limits,
        environment: &Environment,
    ) -> std::io::Result<Self> {
        let mut command = Command::new(python);
        command.args(["-u", "-X", "utf8", "-c", HARNESS]).arg(script).arg(&manifest.function);
        command
            .current_dir(script.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")));
        command.envs(environment.set()).env("PYTHONDONTWRITEBYTECODE", "1");
        // Trying again is part of the exercise.
        command.env("AWS_MAX_ATTEMPTS", "1").env_remove("AWS_RETRY_MODE");
        for name in environment.unset() {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        group::lead(&mut command);
        let mut child = command.spawn()?;
        let group = Group::of(&child);
        let missing = || std::io::Error::other("the child has no pipes");
        let commands = child.stdin.take().ok_or_else(missing)?;
        let messages = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        let prints = child.stderr.take().ok_or_else(missing)?;
        let printed = Arc::new(Mutex::new(Printed::default()));
        let (flood, flooded) = oneshot::channel();
        tokio::spawn(listen(prints, Arc::clone(&printed), limits.output_bytes(), flood));
        let (flooded, begun) = (Some(flooded), Vec::new());
        Ok(Runner { _group: group, limits, commands, messages, child, printed, flooded, begun })
    }

    /// Waits until the script is loaded. Gives the line on which each of its functions begins.
    pub async fn loaded(&mut self) -> Result<HashMap<String, usize>, Trouble> {
        match self.message(self.limits.load()).await? {
            Message::Loaded { loaded, callable: true } => Ok(loaded),
            Message::Loaded { .. } => Err(Trouble::NoFunction),
            Message::Raised { raised: RaisedMessage { kind, message, place }, .. } => {
                Err(Trouble::Raised { kind, message, place })
            }
            _ => Err(Trouble::Unreadable),
        }
    }

    /// Calls the function for a round. Gives what it returns, and what was noted meanwhile.
    pub async fn call(&mut self, round: &Round) -> (Result<Value, Trouble>, Notes) {
        let models: Vec<Value> = round.models.iter().map(argument).collect();
        self.call_with(&[("prompt".to_owned(), json!(round.prompt)), ("models".to_owned(), json!(models))])
            .await
    }

    /// Calls the function with these arguments, in their order.
    pub async fn call_with(&mut self, arguments: &[(String, Value)]) -> (Result<Value, Trouble>, Notes) {
        let command = json!({"call": arguments});
        // A child that has ended says so in the message below.
        let _ = self.commands.write_all(format!("{command}\n").as_bytes()).await;
        match self.message(self.limits.call()).await {
            Ok(Message::Returned { returned, notes }) => (Ok(returned), notes),
            Ok(Message::Raised { raised: RaisedMessage { kind, message, place }, notes }) => {
                (Err(Trouble::Raised { kind, message, place }), notes)
            }
            Ok(_) => (Err(Trouble::Unreadable), Notes::default()),
            Err(trouble) => (Err(trouble), Notes::default()),
        }
    }

    /// The last lines that the script has printed.
    pub fn printed(&self) -> String {
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&printed.tail).into_owned()
    }

    /// The next message, as long as the script keeps to its limits.
    async fn message(&mut self, limit: Duration) -> Result<Message, Trouble> {
        enum Event {
            Line(Option<String>),
            Ended(std::io::Result<ExitStatus>),
            Flooded,
            Late,
        }
        let event = {
            let flooded = async {
                let Some(flooded) = &mut self.flooded else { return std::future::pending().await };
                // Without a word it has stopped printing for good.
                if flooded.await.is_err() {
                    self.flooded = None;
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                biased;
                line = line(&mut self.messages, &mut self.begun) => Event::Line(line),
                () = flooded => Event::Flooded,
                status = self.child.wait() => Event::Ended(status),
                () = tokio::time::sleep(limit) => Event::Late,
            }
        };
        match event {
            Event::Line(Some(line)) => understood(&line),
            // The pipe is closed: the process has ended or is about to.
            Event::Line(None) => {
                let status = timeout(LATE, self.child.wait()).await;
                Err(ended(status.ok().and_then(Result::ok)))
            }
            Event::Ended(status) => match timeout(LATE, line(&mut self.messages, &mut self.begun)).await {
                Ok(Some(line)) => understood(&line),
                _ => Err(ended(status.ok())),
            },
            Event::Flooded => {
                self.flooded = None;
                let kilobytes = self.limits.output_bytes() / 1024;
                Err(Trouble::TooMuchOutput { kilobytes, place: self.place().await })
            }
            Event::Late => Err(Trouble::TooSlow { seconds: limit.as_secs(), place: self.place().await }),
        }
    }

    /// Where the script is just now, if it says.
    async fn place(&mut self) -> Option<Box<Place>> {
        let _ = self.commands.write_all(b"{\"where\": true}\n").await;
        let answer = async {
            loop {
                let line = line(&mut self.messages, &mut self.begun).await?;
                // It may have come to its end at the very last moment; late is late.
                if let Message::Where { place } = serde_json::from_str(&line).ok()? {
                    return place;
                }
            }
        };
        timeout(LAST_WORDS, answer).await.ok().flatten()
    }
}

/// A model as the function gets it. `id` is another word for `model_id`, which some scripts use.
fn argument(model: &Priced) -> Value {
    let number =
        |amount: rust_decimal::Decimal| amount.to_string().parse::<f64>().map_or(Value::Null, Value::from);
    json!({
        "model_id": model.id,
        "id": model.id,
        "usd_per_million_in": number(model.input_per_million),
        "usd_per_million_out": number(model.output_per_million),
    })
}

/// One line, if one comes and is not longer than any message. What has `begun` stays there if this is
/// given up.
async fn line(messages: &mut BufReader<ChildStdout>, begun: &mut Vec<u8>) -> Option<String> {
    let left = LONGEST.saturating_sub(begun.len() as u64);
    messages.take(left).read_until(b'\n', begun).await.ok()?;
    let line = String::from_utf8(std::mem::take(begun)).ok()?;
    line.ends_with('\n').then_some(line)
}

fn understood(line: &str) -> Result<Message, Trouble> {
    match serde_json::from_str(line) {
        Ok(Message::Exited { exited, code }) => {
            Err(Trouble::Exited { how: format!("exit code {code}"), place: exited })
        }
        Ok(message) => Ok(message),
        Err(_) => Err(Trouble::Unreadable),
    }
}

fn ended(status: Option<ExitStatus>) -> Trouble {
    let how = status.map_or_else(|| "without a word".to_owned(), |status| status.to_string());
    Trouble::Exited { how: how.trim_start_matches("exit status: ").to_owned(), place: None }
}

/// Reads what the script prints, keeps the end of it, and says when it is too much. Afterwards nobody
/// reads any more, so that the script cannot go on.
async fn listen(
    mut prints: impl AsyncRead + Unpin,
    printed: Arc<Mutex<Printed>>,
    limit: u64,
    flood: oneshot::Sender<()>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = prints.read(&mut buffer).await {
        let so_far = printed.lock().unwrap_or_else(PoisonError::into_inner).add(&buffer[..length]);
        if so_far > limit {
            // Nobody may be waiting for it any more.
            let _ = flood.send(());
            // The pipe stays open: a script that is blocked can still say where it is.
            return std::future::pending().await;
        }
    }
}

impl Printed {
    /// Keeps the end, and gives how much there was in all.
    fn add(&mut self, bytes: &[u8]) -> u64 {
        self.bytes += bytes.len() as u64;
        self.tail.extend_from_slice(bytes);
        let surplus = self.tail.len().saturating_sub(KEPT);
        self.tail.drain(..surplus);
        self.bytes
    }
}
