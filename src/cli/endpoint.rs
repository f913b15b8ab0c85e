//! `tutor endpoint`: Bedrock Runtime on this machine, alone or around a command.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use jiff::civil::Date;
use tokio::process::Command;
use tokio::sync::oneshot;

use super::signals::Signals;
use super::{Exit, Failure, book, local, terminal};
use crate::config::LocalSettings;
use crate::course::preprocess::Today;
use crate::course::{recorder, unusable};
use crate::models;
use tutor_catalog::Catalog;
use tutor_endpoint::environment::Environment;
use tutor_endpoint::{
    Answerer, Endpoint, Faults, Format, Listener, Log, Missing, Pace, Retired, Settings, Shutdown,
    UnknownModels,
};
use tutor_provider::practice::{Practice, PracticeTools, Texts};
use tutor_provider::replay::Replay;
use tutor_recording::Store;

/// Serve Bedrock Runtime on this machine, from recordings and stand-in models or a local one
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(super) struct Arguments {
    /// A command to run against it, with its exit code passed on
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
    /// The book whose recordings answer; without one, stand-ins answer everything
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
    /// The port, instead of a random one
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Print the environment for a shell (POSIX), then serve
    #[arg(long, conflicts_with = "command")]
    env: bool,
    /// Let a model on this machine answer what has no recording (see [preprocessor.tutor.local])
    #[arg(long, conflicts_with = "replay_only")]
    local: bool,
    /// Refuse what has no recording, and name the nearest one
    #[arg(long)]
    replay_only: bool,
    /// Refuse models past their end of life, as Bedrock does
    #[arg(long)]
    strict_lifecycle: bool,
    /// What becomes of models that tutor's catalog does not know
    #[arg(long, value_enum, default_value_t = Unknown::Answer, value_name = "WHAT")]
    unknown_models: Unknown,
    /// When stand-ins call a tool
    #[arg(long, value_enum, default_value_t = Tools::Forced, value_name = "WHEN")]
    practice_tools: Tools,
    /// How fast answers come: 1 as recorded, 0 at once, 2 twice as slow
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = pace)]
    pace: Pace,
    #[command(flatten)]
    log: LogArguments,
    /// The day that decides which models are retired, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    #[command(flatten)]
    faults: FaultArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tools {
    /// Where the request says that one must be called
    Forced,
    /// Also where the person's last turn has a word of its name or description
    Auto,
}

impl From<Tools> for PracticeTools {
    fn from(tools: Tools) -> Self {
        match tools {
            Tools::Forced => PracticeTools::Forced,
            Tools::Auto => PracticeTools::Auto,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Unknown {
    /// A stand-in answers, with a warning in the log
    Answer,
    /// They are refused
    Refuse,
}

impl From<Unknown> for UnknownModels {
    fn from(unknown: Unknown) -> Self {
        match unknown {
            Unknown::Answer => UnknownModels::Answer,
            Unknown::Refuse => UnknownModels::Refuse,
        }
    }
}

#[derive(clap::Args)]
#[command(next_help_heading = "Faults, for teaching")]
struct FaultArguments {
    /// The share of requests that are throttled, 0 to 1
    #[arg(long, value_name = "RATE", default_value = "0", value_parser = rate)]
    throttle: f64,
    /// The share of requests that fail with an internal error
    #[arg(long, value_name = "RATE", default_value = "0", value_parser = rate)]
    fail: f64,
    /// The share of streams that break off
    #[arg(long, value_name = "RATE", default_value = "0", value_parser = rate)]
    mid_stream_fault: f64,
    /// Milliseconds added to every answer
    #[arg(long, value_name = "MS", default_value = "0", value_parser = clap::value_parser!(u64).range(..=600_000))]
    latency: u64,
    /// Which requests are hit; the same seed hits the same ones
    #[arg(long, value_name = "N", default_value = "0")]
    seed: u64,
}

#[derive(clap::Args)]
struct LogArguments {
    /// How the log is written to stderr
    #[arg(long, value_enum, default_value_t = LogFormat::Human)]
    format: LogFormat,
    /// Write no log, only the summary
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// A line a request, for people
    Human,
    /// A JSON object a request
    Json,
}

const EXAMPLES: &str = "\
Examples:
  tutor endpoint -- python my_script.py
      Run a script that calls Bedrock, without an account and offline.
  tutor endpoint --replay-only --pace 0 -- pytest
      Test code against the course's recordings alone, as fast as it goes.
  tutor endpoint --local -- python my_script.py
      Let a model on this machine answer what has no recording.
  tutor endpoint --throttle 0.3 --seed 7 -- python my_script.py
      See whether the script survives being throttled.
  tutor endpoint --port 8080 --env > env.sh &
  . ./env.sh
      Keep it running, and lead this shell's SDKs to it.

A script that names an endpoint_url= of its own is not led here, and this is
no sandbox: it changes where AWS SDKs go by their environment, nothing else.";

fn rate(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|rate| (0.0..=1.0).contains(rate))
        .ok_or_else(|| "give a share from 0 to 1".to_owned())
}

fn pace(text: &str) -> Result<Pace, String> {
    text.parse().ok().and_then(Pace::new).ok_or_else(|| "give a factor from 0 to 1000".to_owned())
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        // Beside opening the book: whoever started this waits for the first answer.
        std::thread::spawn(|| tutor_endpoint::warm_up(models::own()));
        let runtime = runtime(self.local)?;
        let catalog = book::catalog(&self.book)?;
        let mut answerer = self.answerer(catalog)?;
        if self.local {
            let local = runtime.block_on(local::connect(&local_settings(&self.book)?, catalog))?;
            answerer.local = Some(Arc::new(local));
        }
        let (format, kind) = match self.log.format {
            LogFormat::Human => (Format::Human, terminal::Kind::Text),
            LogFormat::Json => (Format::Json, terminal::Kind::Json),
        };
        let log = Arc::new(if self.log.quiet { Log::quiet() } else { Log::to(terminal::log(kind), format) });
        let faults = Faults {
            throttle: self.faults.throttle,
            fail: self.faults.fail,
            mid_stream: self.faults.mid_stream_fault,
            latency: Duration::from_millis(self.faults.latency),
            seed: self.faults.seed,
        };
        let settings = Settings { pace: self.pace, faults };
        let endpoint = Arc::new(Endpoint::new(settings, answerer, Arc::clone(&log)));
        let exit = runtime.block_on(self.serve(endpoint))?;
        let summary = log.close();
        if self.log.format == LogFormat::Human {
            say!("tutor endpoint: {}", summary.text());
        }
        Ok(exit)
    }

    fn answerer(&self, catalog: &'static Catalog) -> Result<Answerer, Failure> {
        let today = Today::or_environment(self.today)
            .map_err(|message| Failure::usage(message, "unset SOURCE_DATE_EPOCH"))?;
        let (replay, texts) = match open_book(&self.book)? {
            Some((replay, texts)) => (Some(replay), texts),
            None if self.replay_only => {
                return Err(Failure::usage(
                    format!("there is no book.toml in {}, so there are no recordings", self.book.display()),
                    "name the book's folder with --book, or leave out --replay-only",
                ));
            }
            None => (None, Texts::default()),
        };
        Ok(Answerer {
            replay,
            practice: Practice::new(texts).with_tools(self.practice_tools.into()).with_catalog(catalog),
            catalog,
            missing: if self.replay_only { Missing::Refuse } else { Missing::Practice },
            retired: if self.strict_lifecycle { Retired::Refuse } else { Retired::Serve },
            unknown: self.unknown_models.into(),
            today,
            relay: None,
            local: None,
        })
    }

    async fn serve(&self, endpoint: Arc<Endpoint>) -> Result<Exit, Failure> {
        let mut signals = Signals::listen().map_err(|error| {
            Failure::usage(format!("the system refuses: {error}"), "close other programs")
        })?;
        let listener = Listener::bind(self.port).await.map_err(|error| {
            let help = "leave out --port for a port that is free";
            Failure::usage(format!("no port can be opened on loopback: {error}"), help)
        })?;
        let url = listener.url();
        let inherited = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        let environment = Environment::new(&url, inherited)
            .map_err(|error| Failure::usage(error, "make the temporary folder writable"))?;
        let (stop, stopped): (oneshot::Sender<()>, Shutdown) = oneshot::channel();
        let server = tokio::spawn(listener.serve(endpoint, stopped));
        let exit = match self.command.split_first() {
            Some((program, arguments)) => run(program, arguments, &environment, &mut signals).await,
            None => {
                let data = if self.env { environment.exports() } else { format!("{url}\n") };
                terminal::print(&data);
                sayln!("tutor endpoint: serving on {url}, stop with Ctrl-C");
                tokio::select! {
                    _ = signals.interrupt.recv() => {}
                    _ = signals.terminate.recv() => {}
                }
                Ok(Exit::Good)
            }
        };
        // The server may be gone already; then there is nobody to tell.
        let _ = stop.send(());
        let _ = server.await;
        exit
    }
}

/// What the book in `root`, if there is one, says of a local model.
pub(super) fn local_settings(root: &Path) -> Result<LocalSettings, Failure> {
    Ok(book::config(root)?.map(|config| config.local).unwrap_or_default())
}

/// Answers are served from one thread; what takes longer has a few more, and who waits for a local model
/// waits on one of its own.
fn runtime(local: bool) -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(if local { 64 } else { 4 })
        .build()
        .map_err(|error| Failure::usage(format!("the system refuses: {error}"), "close other programs"))
}

/// The recordings and practice texts of the book in `root`; `None` if there is no book.
pub(super) fn open_book(root: &Path) -> Result<Option<(Replay, Texts)>, Failure> {
    let Some(config) = book::config(root)? else { return Ok(None) };
    let texts =
        recorder::practice_texts(&config).map_err(|problem| Failure::configuration(*problem, root))?;
    let store = Store::open(&config.fixtures)
        .map_err(|error| Failure::configuration(unusable(&config, &error), root))?;
    Ok(Some((Replay::new(store), texts)))
}

/// Runs the command to its end. Ctrl-C is its own business: the terminal sends it to both of us.
async fn run(
    program: &OsString,
    arguments: &[OsString],
    environment: &Environment,
    signals: &mut Signals,
) -> Result<Exit, Failure> {
    let mut command = Command::new(program);
    command.args(arguments).envs(environment.set()).kill_on_drop(true);
    for name in environment.unset() {
        command.env_remove(name);
    }
    let mut child = command.spawn().map_err(|error| {
        let program = Path::new(program).display();
        Failure::usage(format!("{program} cannot be run: {error}"), "check the name and the path after `--`")
    })?;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            _ = signals.interrupt.recv() => {}
            _ = signals.terminate.recv() => child.start_kill().unwrap_or_default(),
        }
    };
    let status = status.map_err(|error| Failure::usage(error, "run the command again"))?;
    Ok(Exit::Passed(code(status)))
}

/// The exit code as a shell tells it: 128 and the number of the signal that ended the child.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(signal).map_or(u8::MAX, |signal| 128_u8.saturating_add(signal));
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
