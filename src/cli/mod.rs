//! The `tutor` command, one file a verb.
//!
//! Each verb is an argument struct with an `execute` that wires rooms together and holds no logic of
//! its own. Data goes to stdout, talk to stderr; [`Exit`] says what the exit code means.

#[macro_use]
mod terminal;

mod accept;
mod batch;
mod bedrock;
mod book;
mod build;
mod catalog;
mod check;
mod compare;
mod completions;
mod desk;
mod doctor;
mod endpoint;
mod examples;
mod execute;
mod explain;
mod import;
mod init;
mod list;
mod local;
mod loss;
mod new;
pub mod preprocessor;
mod progress;
mod record;
mod refresh;
mod refresh_catalog;
mod reject;
mod review;
mod run;
mod serve;
mod signals;
mod upkeep;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::clean::clean;
use crate::problem::Problem;

/// Keeps a course about Amazon Bedrock true: finds the requests in its chapters, answers them from
/// recordings, and puts the answers with their latency, tokens and cost on the page.
#[derive(Parser)]
#[command(name = "tutor", version, max_term_width = 80, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

const EXIT_CODES: &str = "Exit codes: 0 good, 1 the material falls short, 2 usage or configuration, \
                          3 provider, 4 budget, 70 internal error.";

#[derive(Subcommand)]
enum Verb {
    New(new::Arguments),
    Build(build::Arguments),
    Serve(serve::Arguments),
    List(list::Arguments),
    Run(run::Arguments),
    Compare(compare::Arguments),
    Record(record::Arguments),
    Import(import::Arguments),
    Review(review::Arguments),
    Accept(accept::Arguments),
    Reject(reject::Arguments),
    Check(check::Arguments),
    Explain(explain::Arguments),
    Catalog(catalog::Arguments),
    Init(init::Arguments),
    Doctor(doctor::Arguments),
    Endpoint(endpoint::Arguments),
    Completions(completions::Arguments),
}

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Good,
    /// The material or the solution falls short.
    Material,
    /// The command or the configuration is wrong.
    Usage,
    /// No answer could be had.
    Provider,
    /// The budget does not allow it.
    Budget,
    /// Something that must not happen.
    Internal,
    /// What the command said that was run.
    Passed(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Good => 0,
            Exit::Material => 1,
            Exit::Usage => 2,
            Exit::Provider => 3,
            Exit::Budget => 4,
            Exit::Internal => 70,
            Exit::Passed(code) => code,
        })
    }
}

/// Why a verb gave up.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    report: miette::Report,
}

impl Failure {
    fn new(exit: Exit, report: impl Into<miette::Report>) -> Self {
        Failure { exit, report: report.into() }
    }

    /// A mistake in how the command was used, with the next step.
    fn usage(message: impl std::fmt::Display, help: impl std::fmt::Display) -> Self {
        Failure::new(Exit::Usage, miette::miette!(help = help.to_string(), "{message}"))
    }

    /// A problem in the book's configuration.
    fn configuration(problem: Problem, root: &std::path::Path) -> Self {
        Failure::new(Exit::Usage, problem.with_source(root))
    }
}

/// The command line with its help.
fn command() -> clap::Command {
    examples::with_examples(Arguments::command())
}

/// What was typed. A mistake in it is told with its words made clean: a file's name may be among them.
fn parsed() -> Arguments {
    let parse = |words: &mut dyn Iterator<Item = OsString>| {
        command().try_get_matches_from(words).and_then(|matches| Arguments::from_arg_matches(&matches))
    };
    parse(&mut std::env::args_os()).unwrap_or_else(|error| {
        let mut words = std::env::args_os().map(|word| clean(&word.to_string_lossy()).into_owned().into());
        match parse(&mut words) {
            Err(error) => error.exit(),
            // Only what it was made of was wrong.
            Ok(_) => {
                sayln!("{error}");
                std::process::exit(2)
            }
        }
    })
}

/// Runs the command named on the command line.
pub fn main() -> ExitCode {
    terminal::prepare();
    let arguments = parsed();
    let done = terminal::guarded(|| match arguments.verb {
        Verb::New(arguments) => arguments.execute(),
        Verb::Build(arguments) => arguments.execute(),
        Verb::Serve(arguments) => arguments.execute(),
        Verb::List(arguments) => arguments.execute(),
        Verb::Run(arguments) => arguments.execute(),
        Verb::Compare(arguments) => arguments.execute(),
        Verb::Record(arguments) => arguments.execute(),
        Verb::Import(arguments) => arguments.execute(),
        Verb::Review(arguments) => arguments.execute(),
        Verb::Accept(arguments) => arguments.execute(),
        Verb::Reject(arguments) => arguments.execute(),
        Verb::Check(arguments) => arguments.execute(),
        Verb::Explain(arguments) => arguments.execute(),
        Verb::Catalog(arguments) => arguments.execute(),
        Verb::Init(arguments) => arguments.execute(),
        Verb::Doctor(arguments) => Ok(arguments.execute()),
        Verb::Endpoint(arguments) => arguments.execute(),
        Verb::Completions(arguments) => arguments.execute(command()),
    });
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            terminal::report(&failure.report);
            failure.exit.into()
        }
    }
}
