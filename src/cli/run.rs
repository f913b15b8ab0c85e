//! `tutor run`: a chapter's challenge, on the learner's own script.

mod advice;
mod class;
mod live;
mod map;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::ValueEnum;
use jiff::civil::Date;

use super::bedrock::BedrockArguments;
use super::signals::Signals;
use super::{Exit, Failure, book, terminal};
use crate::challenge::evidence::Evidence;
use crate::challenge::grading::Report;
use crate::challenge::manifest::Limits;
use crate::challenge::progress::{Progress, Reached};
use crate::challenge::report::{self, Answers, Finished};
use crate::challenge::scenario::{Dice, Kind};
use crate::challenge::session::{Session, Step};
use crate::challenge::workspace::{self, Placed};
use crate::challenge::{Challenge, Shelf};
use crate::course::preprocess::Today;
use crate::process::python::{self, Python};
use crate::setup::quoted;

/// Run a chapter's challenge on your own script, and say what works and what does not
///
/// The first time it gives you the starting code. Without a chapter it shows which challenges there are and
/// how far you are. No AWS account is needed.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Arguments {
    /// The chapter, such as `foundation-models`
    chapter: Option<String>,
    /// Your script, instead of DIR/CHAPTER/NAME.py
    script: Option<PathBuf>,
    /// The folder with your scripts
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// The folder of a book with challenges of its own
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
    /// Run every challenge whose script is there, and say which are passed
    #[arg(long, conflicts_with_all = ["script", "live", "watch", "hint", "solution", "reset", "html", "show"])]
    all: bool,
    /// The same for each folder in this one: the submissions of a class
    #[arg(long, value_name = "DIR", conflicts_with_all = ["script", "live", "watch", "hint", "solution", "reset", "html", "show", "dir"])]
    submissions: Option<PathBuf>,
    #[command(flatten)]
    action: Action,
    /// Ask Amazon Bedrock itself, with your own AWS credentials
    #[arg(long, requires = "chapter", conflicts_with_all = ["watch", "hint", "solution", "reset"])]
    live: bool,
    /// Show the first round in full, too: every request and answer, and what your function returned
    #[arg(long, requires = "chapter", conflicts_with_all = ["hint", "solution", "reset"])]
    show: bool,
    /// Run it again whenever the script is saved, until Ctrl-C
    #[arg(long)]
    watch: bool,
    /// The Python interpreter with boto3, instead of the one that is found
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Make a Python environment with boto3 first, if none is found
    #[arg(long)]
    setup: bool,
    /// Draw the same prompts, texts and times as the run that named this seed
    #[arg(long, conflicts_with_all = ["hint", "solution", "reset"])]
    seed: Option<u64>,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write the result as a page, too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// How long each call of your function may take, instead of the challenge's limit
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=600))]
    timeout: Option<u32>,
    /// The day that is remembered, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    #[command(flatten)]
    bedrock: BedrockArguments,
}

#[derive(clap::Args)]
#[group(multiple = false)]
struct Action {
    /// Open the next hint
    #[arg(long, requires = "chapter")]
    hint: bool,
    /// Show our solution
    #[arg(long, requires = "chapter")]
    solution: bool,
    /// Begin anew; what you have is kept under another name
    #[arg(long, requires = "chapter")]
    reset: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON document
    Json,
    /// The XML of JUnit, for CI jobs; with --all or --submissions
    Junit,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let shelf =
            Shelf::open(&self.book).map_err(|problem| Failure::configuration(*problem, &self.book))?;
        if self.all || self.submissions.is_some() {
            if let Some(chapter) = self.chapter.as_ref().filter(|chapter| shelf.of_chapter(chapter).is_none())
            {
                return Err(unknown(&shelf, chapter));
            }
            return self.run_all(&shelf);
        }
        if self.format == Format::Junit {
            return Err(Failure::usage("JUnit's form is one of --all and --submissions", "add --all"));
        }
        let mut progress = Progress::load();
        let Some(chapter) = &self.chapter else {
            match self.format {
                Format::Human => terminal::print(&map::human(&shelf, &progress)),
                Format::Json | Format::Junit => terminal::print_json(&map::json(&shelf, &progress)),
            }
            return Ok(Exit::Good);
        };
        let challenge = shelf.of_chapter(chapter).ok_or_else(|| unknown(&shelf, chapter))?;
        if self.action.hint {
            return Ok(advice::hint(challenge, &mut progress, &self.command(chapter)));
        }
        if self.action.solution {
            return Ok(advice::solution(challenge, &mut progress, &self.command(chapter)));
        }
        let script = self.script.clone().unwrap_or_else(|| workspace::script(challenge, &self.dir));
        if self.action.reset {
            return reset(challenge, &script);
        }
        if let Some(failure) = self.mistyped(&script, &progress.of(&challenge.chapter)) {
            return Err(failure);
        }
        match workspace::place(challenge, &script).map_err(|error| unwritable(&script, &error))? {
            Placed::New => {
                advice::begun(challenge, &script, &self.command(chapter));
                Ok(Exit::Good)
            }
            Placed::There if self.live => self.run_live(challenge, &script),
            Placed::There => self.run(challenge, &script, &mut progress),
        }
    }

    /// What runs this challenge again: `tutor run`, with the script and folders that were given.
    fn command(&self, chapter: &str) -> String {
        let mut command = format!("tutor run {chapter}");
        if let Some(script) = &self.script {
            command += &format!(" {}", quoted(script));
        }
        if let Some(python) = &self.python {
            command += &format!(" --python {}", quoted(python));
        }
        for (name, folder) in [("--dir", &self.dir), ("--book", &self.book)] {
            if folder != Path::new(".") {
                command += &format!(" {name} {}", quoted(folder));
            }
        }
        command
    }

    /// A script that is named and is not there: a slip of the pen where another one is near, or where the
    /// challenge was begun long ago.
    fn mistyped(&self, script: &Path, reached: &Reached) -> Option<Failure> {
        let named = self.script.as_ref().filter(|_| !script.exists())?;
        let near = workspace::nearest(script);
        if near.is_none() && reached.runs == 0 {
            return None;
        }
        let help = match near {
            Some(near) => format!("did you mean {}?", quoted(&near)),
            None => format!("to begin anew there: {} --reset", self.command(self.chapter.as_deref()?)),
        };
        Some(Failure::usage(format!("there is no script {}", quoted(named)), help))
    }

    fn run(&self, challenge: &Challenge, script: &Path, progress: &mut Progress) -> Result<Exit, Failure> {
        let today = Today::or_environment(self.today)
            .map_err(|message| Failure::usage(message, "unset SOURCE_DATE_EPOCH"))?;
        let python = self.python(challenge, script)?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
                Failure::usage(format!("the system refuses: {error}"), "close other programs")
            })?;
        runtime.block_on(async {
            let mut signals = Signals::listen().map_err(|error| {
                Failure::usage(format!("the system refuses: {error}"), "close other programs")
            })?;
            loop {
                let saved = modified(script);
                let evidence = tokio::select! {
                    evidence = self.session(challenge, &python, script) => evidence?,
                    () = stopped(&mut signals) => return Ok(Exit::Passed(130)),
                };
                let report = Report::of(&challenge.manifest, &evidence);
                progress.change(&challenge.chapter, |reached| reached.add(&report, today));
                let answers = Answers::Practice;
                self.tell(&Finished {
                    challenge,
                    python: &python,
                    evidence: &evidence,
                    report: &report,
                    answers,
                })?;
                if !self.watch {
                    return Ok(if report.is_passed() { Exit::Good } else { Exit::Material });
                }
                sayln!("\nWaiting until {} is saved; Ctrl-C ends.", script.display());
                tokio::select! {
                    () = changed(script, saved) => {}
                    () = stopped(&mut signals) => return Ok(Exit::Good),
                }
            }
        })
    }

    /// One run. Giving it up ends the script and all it has started.
    async fn session(
        &self,
        challenge: &Challenge,
        python: &Python,
        script: &Path,
    ) -> Result<Evidence, Failure> {
        let limits = self.limits(challenge);
        let session = Session {
            manifest: &challenge.manifest,
            catalog: book::catalog(&self.book)?,
            python: &python.path,
            script,
            limits,
            seed: self.seed(),
        };
        session.run(&mut |step: Step<'_>| narrate(step, script)).await.map_err(|error| {
            Failure::usage(
                format!("{} cannot be started: {error}", python.path.display()),
                "name a Python interpreter with --python, or make one: --setup",
            )
        })
    }

    fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(Dice::any_seed)
    }

    fn limits(&self, challenge: &Challenge) -> Limits {
        let limits = challenge.manifest.limits;
        self.timeout.map_or(limits, |seconds| limits.with_call_seconds(seconds))
    }

    fn tell(&self, finished: &Finished<'_>) -> Result<(), Failure> {
        match self.format {
            Format::Human => {
                sayln!();
                if self.show {
                    terminal::print(&report::shown(finished.evidence));
                    terminal::print("\n");
                }
                let command = self.command(&finished.challenge.chapter);
                terminal::print_with_looks(&report::human(finished, &command));
            }
            Format::Json | Format::Junit => terminal::print_json(&report::json(finished)),
        }
        if let Some(file) = &self.html {
            std::fs::write(file, report::page(finished)).map_err(|error| unwritable(file, &error))?;
            sayln!("Written: {}", file.display());
        }
        Ok(())
    }

    fn python(&self, challenge: &Challenge, script: &Path) -> Result<Python, Failure> {
        let missing = match Python::find(self.python.as_deref(), script.parent()) {
            Ok(python) => return Ok(python),
            Err(missing) => missing,
        };
        if self.setup {
            sayln!("Making a Python environment with boto3 (once) …");
            return python::set_up(self.python.as_deref()).map_err(|error| {
                Failure::usage(format!("no Python environment could be made: {error}"), error.help())
            });
        }
        let command = self.command(&challenge.chapter);
        Err(Failure::usage(
            missing,
            format!(
                "let tutor make an environment with boto3: {command} --setup\nor name an interpreter \
                 that has it: {command} --python PATH"
            ),
        ))
    }
}

/// What happens next, in words.
fn narrate(step: Step<'_>, script: &Path) {
    match step {
        Step::Loads => sayln!("Loading {} …", script.display()),
        Step::Task { number, of, says } => sayln!("Round {number} of {of}: {says} …"),
        Step::Begins(Kind::Live) => sayln!("Asking Amazon Bedrock …"),
        Step::Begins(kind) => {
            let (number, what) = match kind {
                Kind::Everybody | Kind::Live => (1, "every model answers"),
                Kind::Ranking => (2, "other models, at other prices"),
                Kind::Swapped => (3, "the same, with all sides changed"),
                Kind::Again => (4, "the same once more"),
                Kind::Failure => (5, "one model fails"),
                Kind::Throttling => (6, "one model throttles"),
            };
            sayln!("Round {number} of 6: {what} …");
        }
    }
}

async fn stopped(signals: &mut Signals) {
    tokio::select! {
        _ = signals.interrupt.recv() => {}
        _ = signals.terminate.recv() => {}
    }
}

fn modified(script: &Path) -> Option<SystemTime> {
    script.metadata().and_then(|meta| meta.modified()).ok()
}

/// Waits until the script has another time than `before`. Editors replace files: one that is not there
/// for a moment has not been saved yet.
async fn changed(script: &Path, before: Option<SystemTime>) {
    const LOOK_EVERY: Duration = Duration::from_millis(200);
    loop {
        let now = modified(script);
        if now.is_some() && now != before {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn reset(challenge: &Challenge, script: &Path) -> Result<Exit, Failure> {
    let kept = workspace::reset(challenge, script).map_err(|error| unwritable(script, &error))?;
    if let Some(kept) = kept {
        sayln!("What you had is kept as {}.", kept.display());
    }
    sayln!("{} is the starting code again.", script.display());
    Ok(Exit::Good)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(
        format!("{} cannot be written: {error}", path.display()),
        "look at the folder's permissions, or choose another one with --dir",
    )
}

fn unknown(shelf: &Shelf, chapter: &str) -> Failure {
    let help = match shelf.nearest(chapter) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "see which there are: tutor run".to_owned(),
    };
    Failure::usage(format!("there is no challenge for the chapter `{chapter}`"), help)
}
