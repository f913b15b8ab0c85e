//! `tutor record --execute`: runs chapters' own code, after the person has allowed it.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use super::record::Done;
use super::{Exit, Failure, terminal};
use crate::capture::child::Interpreter;
use crate::capture::consent::Consent;
use crate::course::recorder::{ExecuteError, Recorder, Script, Stop, Watch};
use crate::problem::plural;
use crate::process::python::Python;
use tutor_provider::Provider;

#[derive(clap::Args)]
#[command(next_help_heading = "Running a chapter's own code")]
pub(super) struct ExecuteArguments {
    /// Run the Python code of these chapters, and file what it asks, prints and draws
    #[arg(long, requires = "chapters", conflicts_with_all = ["samples", "verify", "migrate"])]
    pub(super) execute: bool,
    /// Allow the code to run as it is now, without being asked
    #[arg(long, requires = "execute")]
    yes_run_code: bool,
    /// The Python interpreter, instead of the first one found that has boto3
    #[arg(long, value_name = "PROGRAM", requires = "execute")]
    python: Option<PathBuf>,
    /// How long the code of one chapter may take
    #[arg(long, value_name = "SECONDS", default_value = "300", requires = "execute",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    execute_timeout: u64,
}

const WARNING: &str = "\
This runs the Python code of the book on this computer, with your rights: it can
read and change your files and use the network. It is no sandbox. Look at the
code first, unless it is your own.";

impl ExecuteArguments {
    /// Says what would run.
    pub(super) fn plan(scripts: &[Script<'_>]) {
        for script in scripts {
            let (fences, files) = (script.program.fences.len(), script.program.local.files.len());
            let beside = match files {
                0 => String::new(),
                _ => format!(", with {} from its folder at hand", plural(files, "file")),
            };
            terminal::print(&format!("{}: {}{beside}\n", script.program.chapter, plural(fences, "fence")));
        }
    }

    /// Whether a person has allowed these programs of the book in `root`, now or before.
    pub(super) fn ask_first(&self, root: &std::path::Path, scripts: &[Script<'_>]) -> Result<(), Failure> {
        let digests: Vec<String> = scripts.iter().map(|script| script.program.digest()).collect();
        let consent = Consent::of(root, |name| std::env::var_os(name));
        if consent.as_ref().is_some_and(|consent| consent.covers(&digests)) {
            return Ok(());
        }
        if !self.yes_run_code {
            sayln!("{WARNING}");
            Self::plan(scripts);
            if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
                let what = "nobody has allowed this code to run, and there is no terminal to ask on";
                return Err(Failure::usage(what, "look at the code, then say --yes-run-code"));
            }
            if !terminal::confirm("Run it, now and whenever it is still the same?") {
                return Err(Failure::usage("nothing was run", "answer `y` to run the code"));
            }
        }
        match consent.map(|consent| (consent.grant(&digests), consent)) {
            Some((Err(error), consent)) => {
                sayln!("This cannot be remembered in {}: {error}", consent.file().display());
            }
            Some((Ok(()), _)) => {}
            None => {
                sayln!("There is no home folder to remember this in: the next run asks again.");
            }
        }
        Ok(())
    }

    fn interpreter(&self) -> Result<Interpreter, Failure> {
        let given = self.python.as_ref().map(|program| {
            // The code runs in a folder of its own, where a path from here leads nowhere.
            let is_path = program.components().count() > 1;
            if is_path { std::path::absolute(program).unwrap_or(program.clone()) } else { program.clone() }
        });
        let python = Python::find(given.as_deref(), None)
            .map_err(|error| Failure::usage(error, "name a Python with boto3: --python PROGRAM"))?;
        Ok(Interpreter { program: python.path, timeout: self.execute_timeout })
    }

    /// Runs one chapter after another.
    pub(super) async fn run<P: Provider>(
        &self,
        mut recorder: Recorder<'_>,
        scripts: &[Script<'_>],
        provider: &P,
        (watch, stop): (&dyn Watch, &Stop),
    ) -> Result<Done, Failure> {
        let interpreter = self.interpreter()?;
        let mut stored = Ok(());
        for script in scripts {
            match recorder.execute(provider, script, &interpreter, (watch, stop)).await {
                Ok(()) => {}
                Err(ExecuteError::Store(error)) => stored = Err(error),
                Err(error @ ExecuteError::Interpreter { .. }) => {
                    return Err(Failure::usage(error, "name a Python interpreter: --python PROGRAM"));
                }
                Err(error @ ExecuteError::Endpoint(_)) => {
                    return Err(Failure::new(
                        Exit::Usage,
                        miette::miette!(help = "close other programs", "{error}"),
                    ));
                }
            }
            if stop.is_wanted() || stored.is_err() {
                break;
            }
        }
        Ok(Done { recorded: recorder.recorded, stored })
    }
}
