//! What every verb needs of the terminal: the one edge that all output passes, how errors look, and what
//! a broken pipe means.
//!
//! Data goes to stdout with [`print`] and [`print_json`], talk to stderr with `sayln!` and `say!`, reports
//! with [`show`] and [`report`]. None of them lets a character through that came from outside and acts.

mod report;

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::panic::AssertUnwindSafe;

pub(super) use crate::clean::Kind;
use crate::clean::{self, Cleaning};
use tracing_subscriber::fmt::writer::MakeWriterExt as _;

use super::{Exit, Failure};
use crate::problem::{Problem, Severity};

/// Says something to people on stderr.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::terminal::say(format_args!($($text)*)) };
}

/// The same with a line break.
macro_rules! sayln {
    () => { $crate::cli::terminal::say(format_args!("\n")) };
    ($($text:tt)*) => { $crate::cli::terminal::say(format_args!("{}\n", format_args!($($text)*))) };
}

/// Sets up how errors, panics and mdBook's own messages look.
pub(super) fn prepare() {
    let color =
        std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && io::stderr().is_terminal();
    // Only the first call counts; there is no second one in this process.
    let _ = miette::set_hook(Box::new(move |_| Box::new(report::Handler::new(color))));
    std::panic::set_hook(Box::new(|panic| sayln!("{panic}")));
    let _ = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        // The SDK's own words may quote whole answers; what goes wrong there is said by us.
        .with_writer((|| log(Kind::Text)).with_filter(|meta| !meta.target().starts_with("aws_")))
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .try_init();
}

/// Where logs go.
pub(super) fn log(kind: Kind) -> impl io::Write + Send + 'static {
    Cleaning(io::stderr(), kind)
}

/// Says something to people.
pub(super) fn say(text: fmt::Arguments<'_>) {
    let _ = io::stderr().lock().write_all(clean::clean(&text.to_string()).as_bytes());
}

/// Prints data on stdout. A reader that has seen enough (`tutor list | head`) is no error.
pub(super) fn print(text: &str) {
    out(&clean::clean(text));
}

/// The same for JSON.
pub(super) fn print_json(text: &str) {
    out(&clean::escaped(text));
}

fn out(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints data that has looks, and whose outside parts are clean already.
pub(super) fn print_with_looks(text: &str) {
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    let _ = out.write_all(clean::clean_but_looks(text).as_bytes()).and_then(|()| out.flush());
}

/// The same for talk.
pub(super) fn say_with_looks(text: &str) {
    anstream::eprint!("{}", clean::clean_but_looks(text));
}

/// Shows a report; its words are cleaned when it is drawn.
pub(super) fn report(report: &miette::Report) {
    anstream::eprintln!("{report:?}");
}

/// Asks a question on the terminal; anything but yes is no.
pub(super) fn confirm(question: &str) -> bool {
    // A key that was pressed before the question was there is no answer to it.
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(std::io::stdin(), rustix::termios::QueueSelector::IFlush);
    say!("{question} [y/N] ");
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// Shows problems on stderr, the worst last, where it is seen.
pub(super) fn show(problems: &[Problem], root: &std::path::Path) {
    for severity in [Severity::Warning, Severity::Error] {
        for problem in problems.iter().filter(|problem| problem.severity == severity) {
            let report = miette::Report::new(problem.clone().with_source(root));
            self::report(&report);
        }
    }
}

/// Runs a verb; a panic in it is an internal error, not a crash without a word.
pub(super) fn guarded(verb: impl FnOnce() -> Result<Exit, Failure>) -> Result<Exit, Failure> {
    std::panic::catch_unwind(AssertUnwindSafe(verb)).unwrap_or_else(|_| {
        let report = miette::miette!(
            help = "please report it with the command you ran and the lines above",
            "tutor met a state it was not written for"
        );
        Err(Failure { exit: Exit::Internal, report })
    })
}
