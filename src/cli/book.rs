//! The book behind a verb that works without one too: what its book.toml says, if there is one.

use std::path::Path;

use mdbook_preprocessor::config::Config as BookConfig;

use super::Failure;
use crate::config::Config;
use crate::models;
use tutor_catalog::Catalog;

/// tutor's configuration of the book in `root`; `None` if there is no book.
pub(super) fn config(root: &Path) -> Result<Option<Config>, Failure> {
    let file = root.join(crate::config::FILE);
    if !file.is_file() {
        return Ok(None);
    }
    let book = BookConfig::from_disk(&file).map_err(|error| {
        Failure::usage(format!("{}: {error:#}", file.display()), "mend book.toml as the message says")
    })?;
    let config = Config::of_book(root, &book, false);
    config.map(Some).map_err(|problem| Failure::configuration(*problem, root))
}

/// The catalog that holds there: the book's own over tutor's, else tutor's.
pub(super) fn catalog(root: &Path) -> Result<&'static Catalog, Failure> {
    match config(root)? {
        None => Ok(models::own()),
        Some(config) => models::of_book(&config).map_err(|problem| Failure::configuration(*problem, root)),
    }
}
