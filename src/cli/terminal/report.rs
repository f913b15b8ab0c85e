//! How errors look: miette's reports, with what comes from outside cleaned before anything is drawn.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, MietteHandler, MietteHandlerOpts, ReportHandler, SourceCode};

use crate::clean::clean;
use tutor_page::render::commands;

/// The width that reports are wrapped to when the terminal does not tell its own.
const WIDTH: usize = 80;

/// Draws reports.
pub(super) struct Handler(MietteHandler);

impl Handler {
    pub(super) fn new(color: bool) -> Self {
        let options = MietteHandlerOpts::new()
            .terminal_links(false)
            .color(color)
            .unicode(true)
            .width(WIDTH)
            .context_lines(1)
            .break_words(false)
            // Only at spaces: a path or an option in two lines is none.
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        Handler(options.build())
    }
}

impl ReportHandler for Handler {
    fn debug(&self, error: &dyn Diagnostic, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let drawn = Drawn(&self.0, Cleaned(error));
        f.write_str(&commands::released(&format!("{drawn:?}")))
    }
}

/// A report as miette draws it.
struct Drawn<'a>(&'a MietteHandler, Cleaned<'a>);

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(&self.1, f)
    }
}

/// A diagnostic whose words are clean. Excerpts are cleaned where they are read, so that their places stay.
struct Cleaned<'a>(&'a dyn Diagnostic);

impl fmt::Debug for Cleaned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Cleaned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&commands::held(&clean(&self.0.to_string())))
    }
}

impl std::error::Error for Cleaned<'_> {}

impl Diagnostic for Cleaned<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        self.0.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(commands::held(&clean(&self.0.help()?.to_string()))))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.0.labels()
    }
}
