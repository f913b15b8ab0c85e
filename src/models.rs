//! Which catalog holds: tutor's own, or that with a book's file laid over it.
//!
//! The one place that takes tutor's own; everybody else is handed a catalog. A process opens one book,
//! so its catalog lives as long as the process.

use crate::config::Config;
use crate::problem::Problem;
use tutor_catalog::Catalog;

/// tutor's own, for what belongs to no book.
pub fn own() -> &'static Catalog {
    Catalog::embedded()
}

/// The catalog of a book: tutor's own, with the book's file laid over it if it names one.
///
/// # Errors
/// The file cannot be read, or says what no catalog says; names its line.
pub fn of_book(config: &Config) -> Result<&'static Catalog, Box<Problem>> {
    const HELP: &str =
        "`catalog` in [preprocessor.tutor.check] names a file in the form of tutor's own models.toml";
    let Some(file) = &config.check.catalog else { return Ok(own()) };
    let text = std::fs::read_to_string(config.root.join(file)).map_err(|error| {
        Box::new(Problem::error(file, None, format!("the catalog cannot be read: {error}")).help(HELP))
    })?;
    let over = Catalog::parse(&text).map_err(|error| {
        Box::new(Problem::error(file, Some(error.line), error.problem.to_string()).help(HELP))
    })?;
    Ok(Box::leak(Box::new(own().overlaid(over))))
}
