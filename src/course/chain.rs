//! A book's chapters as tutor sees them in a build: after the preprocessors that book.toml puts before it.
//!
//! In comes a loaded book, out come its chapters. A book with none but mdBook's own preprocessors is read from its files,
//! with includes expanded here, since that keeps every line's place. Otherwise the chain runs as mdBook
//! runs it, up to tutor and no further, and lines are mapped back as far as they are the same.

use std::sync::{Arc, Mutex, PoisonError};

use mdbook_driver::MDBook;
use mdbook_driver::book::Book;
use mdbook_driver::builtin_renderers::CmdRenderer;
use mdbook_preprocessor::config::Config as BookConfig;
use mdbook_preprocessor::errors::Error;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use serde::Deserialize;

use super::chapters::Handed;

/// How a book is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sight {
    /// As a build sees it.
    #[default]
    AsBuilt,
    /// The files alone.
    Raw,
}

/// Why a book cannot be seen as it is built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A preprocessor before tutor is not installed.
    #[error("book.toml has a preprocessor before tutor that cannot be started: {0}")]
    Missing(String),
    /// The chain itself stopped.
    #[error("the preprocessors before tutor failed: {0}")]
    Failed(String),
}

impl ChainError {
    /// What to do about it.
    pub const HELP: &str = "install it as for `mdbook build`, or set `optional = true` in its table; `list`, `record`, \
                            `check` and `doctor` take --raw, to read the files alone";
}

/// The chapters of `book`, in its order.
///
/// # Errors
/// A preprocessor before tutor is missing or fails.
pub fn chapters(book: &MDBook, sight: Sight) -> Result<Vec<Handed>, ChainError> {
    if sight == Sight::Raw || is_mdbooks_own(&book.config) {
        let paths = book.book.chapters().filter_map(|chapter| chapter.path.clone());
        return Ok(paths.map(Handed::of_file).collect());
    }
    let seen = run(book)?;
    Ok(match seen {
        Some(seen) => of_book(&seen),
        // tutor does not run for a site.
        None => {
            book.book.chapters().filter_map(|chapter| chapter.path.clone()).map(Handed::of_file).collect()
        }
    })
}

/// The chapters of a book that mdBook has handed over.
pub fn of_book(book: &Book) -> Vec<Handed> {
    book.chapters().map(Handed::of_chapter).collect()
}

/// Whether nothing but mdBook's own `links` and `index` runs before tutor, so that includes are all that
/// changes a chapter.
fn is_mdbooks_own(book: &BookConfig) -> bool {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Table {
        before: Vec<String>,
    }
    let Ok(tables) = book.preprocessors::<Table>() else { return true };
    let is_own = |name: &str| matches!(name, "links" | "index" | "tutor");
    book.build.use_default_preprocessors
        && tables.iter().all(|(name, table)| {
            is_own(name) && !(name == "tutor" && table.before.iter().any(|name| name == "links"))
        })
}

/// Runs the chain up to tutor; `None` if tutor does not run.
fn run(book: &MDBook) -> Result<Option<Book>, ChainError> {
    let failed = |error: Error| {
        let is_missing = error.chain().any(|cause| {
            let error = cause.downcast_ref::<std::io::Error>();
            error.is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound)
        });
        let message = format!("{error:#}");
        if is_missing { ChainError::Missing(message) } else { ChainError::Failed(message) }
    };
    let mut again = MDBook::load_with_config(book.root.clone(), book.config.clone()).map_err(failed)?;
    let seen = Arc::new(Mutex::new(None));
    again.with_preprocessor(Here(Arc::clone(&seen)));
    // The chain asks for whom it runs; nothing is rendered.
    let done = again.preprocess_book(&CmdRenderer::new("html".to_owned(), String::new()));
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (seen, done) {
        (Some(seen), _) => Ok(Some(seen)),
        (None, Ok(_)) => Ok(None),
        (None, Err(error)) => Err(failed(error)),
    }
}

/// Stands where tutor stands, takes the book, and stops the chain: what comes after is nobody's business.
struct Here(Arc<Mutex<Option<Book>>>);

impl Preprocessor for Here {
    fn name(&self) -> &'static str {
        "tutor"
    }

    fn run(&self, _: &PreprocessorContext, book: Book) -> Result<Book, Error> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(book);
        Err(Error::msg("seen"))
    }
}

/// The line of `old` that each line of `new` is, or is nearest to; 1-based.
pub(super) fn same_lines(old: &str, new: &str) -> Vec<usize> {
    // A preprocessor that takes a fence out of a block changes what stands before its lines.
    let bare = |text: &'_ str| -> Vec<String> {
        text.lines().map(|line| line.trim_start_matches([' ', '\t', '>']).trim_end().to_owned()).collect()
    };
    let (old, new) = (bare(old), bare(new));
    let mut lines = vec![1; new.len()];
    for op in similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new) {
        let (before, after) = (op.old_range(), op.new_range());
        for (index, place) in after.enumerate() {
            lines[place] = (before.start + index).min(before.end.max(1) - 1) + 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::same_lines;

    #[test]
    fn lines_are_mapped_as_far_as_they_are_the_same() {
        let old = "# T\n\n```admonish\n  import a\n  b\n```\n\nend\n";
        let new = "# T\n\n<div>\n<p>\n\nimport a\nb\n\n</div>\n\nend\n";
        let lines = same_lines(old, new);
        assert_eq!((lines[5], lines[6], lines[10]), (4, 5, 8));
        assert!(lines.iter().all(|line| (1..=8).contains(line)));
        assert_eq!(same_lines("", "a\n"), [1]);
    }
}
