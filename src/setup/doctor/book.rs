//! Whether mdBook can use the book, and whether tutor is switched on in it.

use std::path::Path;

use mdbook_driver::MDBook;
use mdbook_preprocessor::config::Config as BookConfig;
use serde::Deserialize;

use super::{BadBook, Check, Patient};
use crate::course::chain::{self, ChainError};

/// Whether book.toml is there and mdBook can read it.
pub(super) fn file(patient: &Patient) -> Vec<Check> {
    const NAME: &str = "book.toml";
    vec![match &patient.book {
        Ok(book) => {
            let title = book.book.title.as_ref().map(|title| format!("\"{title}\""));
            Check::ok(NAME, format!("of {}", title.as_deref().unwrap_or("a book without a title")))
        }
        Err(BadBook::Missing) => Check::broken(NAME, format!("is not in {}", patient.root.display()))
            .next("go to the folder of a book, or name it: tutor doctor BOOK"),
        Err(BadBook::Unreadable(message)) => {
            Check::broken(NAME, format!("mdBook cannot read it: {message}")).next("mend it as mdBook says")
        }
    }]
}

/// Whether tutor is switched on, with keys it knows and folders that do not overlap.
pub(super) fn table(patient: &Patient) -> Vec<Check> {
    const NAME: &str = "tutor";
    let (Ok(book), Some(config)) = (&patient.book, &patient.config) else { return Vec::new() };
    vec![match config {
        Err(problem) => Check::problem(NAME, problem),
        Ok(_) if !book.contains_key("preprocessor.tutor") => {
            Check::broken(NAME, "there is no [preprocessor.tutor] in book.toml")
                .next(format!("tutor init{}", argument(&patient.root)))
        }
        Ok(config) => {
            let fixtures = config.shown(&config.fixtures).display();
            Check::ok(NAME, format!("is switched on; recordings lie in `{fixtures}`"))
        }
    }]
}

/// The keys of mdBook's own that decide when tutor runs.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Order {
    before: Vec<String>,
    renderers: Option<Vec<String>>,
}

/// Whether tutor runs at all, and after the includes.
pub(super) fn order(patient: &Patient) -> Vec<Check> {
    const NAME: &str = "order";
    let Some((book, _)) = patient.sound() else { return Vec::new() };
    let Ok(Some(order)) = book.get::<Order>("preprocessor.tutor") else { return Vec::new() };
    let mut checks = Vec::new();
    if order.before.iter().any(|name| name == "links") {
        checks.push(
            Check::broken(NAME, "tutor runs before `links`, so it sees no included file")
                .next("take \"links\" out of `before` and put it into `after`"),
        );
    }
    if order.renderers.is_some_and(|names| !names.iter().any(|name| name == "html")) {
        checks.push(
            Check::warning(NAME, "`renderers` leaves out html, so a site shows no answers")
                .next("add \"html\" to `renderers` in [preprocessor.tutor], or take the key away"),
        );
    }
    checks
}

/// Whether the summary and its chapters can be read. Loading here creates nothing.
pub(super) fn chapters(patient: &Patient) -> Vec<Check> {
    const NAME: &str = "chapters";
    let Ok(book) = &patient.book else { return Vec::new() };
    let creates = book.build.create_missing;
    let mut book: BookConfig = book.clone();
    book.build.create_missing = false;
    let summary = patient.root.join(&book.book.src).join("SUMMARY.md");
    vec![match MDBook::load_with_config(&patient.root, book) {
        Ok(book) => match chain::chapters(&book, patient.sight) {
            Ok(chapters) => Check::ok(NAME, format!("{} can be read", chapters.len())),
            Err(error) => Check::broken(NAME, error.to_string()).next(ChainError::HELP),
        },
        Err(error) => {
            let message = format!("{error:#}");
            let absent = error.chain().any(|cause| {
                cause
                    .downcast_ref::<std::io::Error>()
                    .is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound)
            });
            if absent && creates && summary.is_file() {
                Check::warning(NAME, message)
                    .next("`mdbook build` will create it, empty; write it or correct SUMMARY.md")
            } else {
                Check::broken(NAME, message).next("mend SUMMARY.md or the chapter; mdBook documents both")
            }
        }
    }]
}

/// The book as the argument of a command line.
pub(super) fn argument(root: &Path) -> String {
    if root == Path::new(".") { String::new() } else { format!(" {}", crate::setup::quoted(root)) }
}
