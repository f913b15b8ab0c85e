//! `mdbook-tutor`: what mdBook runs between loading a book and rendering it.
//!
//! `mdbook-tutor supports RENDERER` answers without touching configuration, recordings or anything
//! else: any failure there would make mdBook skip tutor without a word. A bare `mdbook-tutor` reads
//! mdBook's `[context, book]` from stdin and writes the book back.

use std::io::{BufWriter, Read as _, Write as _};
use std::process::ExitCode;

use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{MDBOOK_VERSION, PreprocessorContext};

use super::{Exit, Failure, refresh, terminal};
use crate::check;
use crate::config::Mode;
use crate::course::Course;
use crate::course::chain;
use crate::course::chapters::ChapterText;
use crate::course::preprocess::{self, Today};

const USAGE: &str = "\
mdbook-tutor is a preprocessor: mdBook runs it. Switch it on in book.toml:

    [preprocessor.tutor]
    after = [\"links\"]

and build with `mdbook build`, or without mdBook with `tutor build`.
";

/// Runs the preprocessor.
pub fn main() -> ExitCode {
    terminal::prepare();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] => terminal::guarded(preprocess_stdin),
        ["supports", ..] => Ok(Exit::Good),
        ["--version" | "-V"] => {
            terminal::print(concat!("mdbook-tutor ", env!("CARGO_PKG_VERSION"), "\n"));
            Ok(Exit::Good)
        }
        ["--help" | "-h"] => {
            terminal::print(USAGE);
            Ok(Exit::Good)
        }
        [word, ..] => Err(Failure::usage(
            format!("mdbook-tutor does not know `{word}`"),
            "mdBook calls it with `supports RENDERER` or without arguments; people use `tutor`",
        )),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            sayln!("{:?}", failure.report);
            failure.exit.into()
        }
    }
}

fn preprocess_stdin() -> Result<Exit, Failure> {
    let mut input = Vec::new();
    std::io::stdin().lock().read_to_end(&mut input).map_err(|error| {
        Failure::usage(format!("cannot read the book from stdin: {error}"), "run it through `mdbook build`")
    })?;
    let (context, book) = parse(&input)?;
    let mut course = open(&context)?;
    if course.config.mode != Mode::Replay {
        // Those before tutor have run.
        let chapters = ChapterText::open(&chain::of_book(&book), &course.config);
        refresh::refresh(&chapters, &mut course)?;
    }
    let (book, report) = preprocess::book(&course, book, &context.renderer);
    terminal::show(&report.problems, &context.root);
    if report.has_errors() {
        return Err(Failure::new(
            Exit::Material,
            miette::miette!(help = "see the errors above", "the book was not built"),
        ));
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer(&mut out, &book).map_err(std::io::Error::from).and_then(|()| out.flush()).map_err(
        |error| {
            Failure::usage(format!("cannot hand the book back: {error}"), "run it through `mdbook build`")
        },
    )?;
    Ok(Exit::Good)
}

fn open(context: &PreprocessorContext) -> Result<Course, Failure> {
    let today =
        Today::from_environment().map_err(|message| Failure::usage(message, "unset SOURCE_DATE_EPOCH"))?;
    Course::open(&context.root, &context.config, today)
        .and_then(|course| {
            check::settings::refuse_unknown(&course.config.check, &course.config.root)?;
            Ok(course)
        })
        .map_err(|problem| Failure::configuration(*problem, &context.root))
}

/// Reads mdBook's input, and says whose version is wrong where it cannot be read.
fn parse(input: &[u8]) -> Result<(PreprocessorContext, Book), Failure> {
    serde_json::from_slice(input).map_err(|error| match version(input) {
        Some(theirs) if !same_series(&theirs, MDBOOK_VERSION) => {
            let older = theirs.as_str() < MDBOOK_VERSION;
            let help = if older {
                format!("install mdBook {MDBOOK_VERSION} or later of that series: cargo install mdbook")
            } else {
                "install a newer tutor: cargo install mdbook-tutor".to_owned()
            };
            let what =
                format!("this is mdBook {theirs}, and tutor speaks the protocol of mdBook {MDBOOK_VERSION}");
            Failure::usage(what, help)
        }
        _ => Failure::usage(
            format!("stdin does not hold a book as mdBook hands it over: {error}"),
            "run it through `mdbook build`, or build without mdBook with `tutor build`",
        ),
    })
}

fn version(input: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Context {
        mdbook_version: String,
    }
    let (context, _): (Context, serde::de::IgnoredAny) = serde_json::from_slice(input).ok()?;
    Some(context.mdbook_version)
}

/// Before 1.0, the protocol may change with the second number.
fn same_series(a: &str, b: &str) -> bool {
    a.split('.').take(2).eq(b.split('.').take(2))
}
