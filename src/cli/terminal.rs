//! What every verb needs of the terminal: how errors look, and what a broken pipe means.

use std::panic::AssertUnwindSafe;

use tracing_subscriber::fmt::writer::MakeWriterExt as _;

use super::{Exit, Failure};
use crate::problem::{Problem, Severity};

/// The width that reports are wrapped to when the terminal does not tell its own.
const WIDTH: usize = 80;

/// Sets up how errors and mdBook's own messages look.
pub(super) fn prepare() {
    let color = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::io::IsTerminal::is_terminal(&std::io::stderr());
    // Only the first call counts; there is no second one in this process.
    let _ = miette::set_hook(Box::new(move |_| {
        let options = miette::MietteHandlerOpts::new()
            .terminal_links(false)
            .color(color)
            .unicode(true)
            .width(WIDTH)
            .context_lines(1)
            .break_words(false);
        Box::new(options.build())
    }));
    let _ = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        // The SDK's own words may quote whole answers; what goes wrong there is said by us.
        .with_writer(std::io::stderr.with_filter(|meta| !meta.target().starts_with("aws_")))
        .with_ansi(color)
        .with_target(false)
        .without_time()
        .try_init();
}

/// Prints data on stdout. A reader that has seen enough (`tutor list | head`) is no error.
pub(super) fn print(text: &str) {
    let mut plain = std::io::stdout().lock();
    let mut styled;
    // A long document without any colour is not searched for them byte by byte.
    let out: &mut dyn std::io::Write = if text.contains('\x1b') {
        styled = anstream::AutoStream::auto(plain);
        &mut styled
    } else {
        &mut plain
    };
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Asks a question on the terminal; anything but yes is no.
pub(super) fn confirm(question: &str) -> bool {
    anstream::eprint!("{question} [y/N] ");
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// Shows problems on stderr, the worst last, where it is seen.
pub(super) fn show(problems: &[Problem], root: &std::path::Path) {
    for severity in [Severity::Warning, Severity::Error] {
        for problem in problems.iter().filter(|problem| problem.severity == severity) {
            let report = miette::Report::new(problem.clone().with_source(root));
            anstream::eprintln!("{report:?}");
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
