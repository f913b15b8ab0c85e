//! What is wrong with the material or the set-up: file, line, and the next step.
//!
//! Every room reports in its own terms; on the road they become [`Problem`]s, and the command line
//! shows those with the lines they are about.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::clean::{clean, clean_in_place};
use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode, SourceSpan};

/// `1 request`, `2 requests`.
pub fn plural(count: usize, word: &str) -> String {
    let end = if count == 1 {
        ""
    } else if word.ends_with("sh") {
        "es"
    } else {
        "s"
    };
    format!("{count} {word}{end}")
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The build goes on.
    Warning,
    /// The build stops.
    Error,
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The file it is about.
    pub path: PathBuf,
    /// The 1-based line.
    pub line: Option<usize>,
    /// What is wrong, as one clause.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The file's text with the place of the line, once [`Problem::with_source`] has found it.
    source: Option<(NamedSource<String>, SourceSpan)>,
}

impl Problem {
    /// Something the build can live with.
    pub fn warning(path: impl Into<PathBuf>, line: Option<usize>, message: impl Into<String>) -> Self {
        Problem {
            severity: Severity::Warning,
            path: path.into(),
            line,
            message: message.into(),
            help: None,
            source: None,
        }
    }

    /// Something that stops the build.
    pub fn error(path: impl Into<PathBuf>, line: Option<usize>, message: impl Into<String>) -> Self {
        Problem { severity: Severity::Error, ..Problem::warning(path, line, message) }
    }

    /// The same with its next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same as an error.
    #[must_use]
    pub fn into_error(mut self) -> Self {
        self.severity = Severity::Error;
        self
    }

    /// The same with an excerpt of its file, which lies under `root`; without it if the file cannot
    /// be read.
    #[must_use]
    pub fn with_source(mut self, root: &Path) -> Self {
        let (Some(line), Ok(text)) = (self.line, std::fs::read_to_string(root.join(&self.path))) else {
            return self;
        };
        let mut start = 0;
        for (number, content) in text.split_inclusive('\n').enumerate() {
            if number + 1 == line {
                let length = content.trim_end().len().max(1);
                let name = clean(&self.path.display().to_string()).into_owned();
                self.source = Some((NamedSource::new(name, clean_in_place(&text)), (start, length).into()));
                break;
            }
            start += content.len();
        }
        self
    }

    /// `path:line`, or the path alone.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.path.display()),
            None => self.path.display().to_string(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|(source, _)| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, span) = self.source.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(None, *span))))
    }
}
