//! For people: every finding with its line and carets under it, by file; notes folded; a summary.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

use super::{Setting, help, summary};
use crate::check::{Level, Reported, Verdict};
use crate::clean::{clean, clean_in_place};

/// The width reports are wrapped to.
const WIDTH: usize = 80;

/// Writes a verdict, with what comes from outside made clean. Colours are in it; who prints it takes them out where nobody sees them.
pub(super) fn write(verdict: &Verdict, setting: Setting<'_>) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
        .with_links(false)
        .with_width(WIDTH)
        .with_context_lines(1)
        .with_break_words(false)
        .without_syntax_highlighting();
    let mut files = Files { root: setting.root, texts: HashMap::new() };
    let mut out = String::new();
    for reported in verdict.reported.iter().filter(|reported| reported.level > Level::Note) {
        let shown =
            Shown { reported, help: clean(&help(reported)).into_owned(), source: files.source(reported) };
        // Writing to a string does not fail, and what cannot be shown is said in the summary.
        if handler.render_report(&mut out, &shown).is_err() {
            out += &format!("{shown}\n");
        }
        out.push('\n');
    }
    for (rule, count) in notes(verdict) {
        let plural = if count == 1 { "finding" } else { "findings" };
        out += &format!("note: {count} {plural} of {rule} (see them with --format json)\n");
    }
    out + &summary(verdict) + "\n"
}

/// How many notes there are of each rule.
fn notes(verdict: &Verdict) -> Vec<(&'static str, usize)> {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for reported in verdict.reported.iter().filter(|reported| reported.level == Level::Note) {
        match counts.iter_mut().find(|(rule, _)| *rule == reported.rule.id) {
            Some((_, count)) => *count += 1,
            None => counts.push((reported.rule.id, 1)),
        }
    }
    counts
}

/// The files that findings are about, each read once.
struct Files<'a> {
    root: &'a Path,
    texts: HashMap<PathBuf, Option<Arc<str>>>,
}

impl Files<'_> {
    /// The file of a finding with the bytes it is about.
    fn source(&mut self, reported: &Reported) -> Option<(NamedSource<Arc<str>>, std::ops::Range<usize>)> {
        let place = &reported.finding.place;
        let line = place.line?;
        let root = self.root;
        let text = self.texts.entry(place.path.clone()).or_insert_with_key(|path| {
            let text = std::fs::read_to_string(root.join(path)).ok()?;
            Some(Arc::from(clean_in_place(&text)))
        });
        let text = Arc::clone(text.as_ref()?);
        let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let content = text.get(start..)?.split('\n').next()?.trim_end();
        let columns = place.columns.clone().filter(|columns| content.get(columns.clone()).is_some());
        let columns = columns.unwrap_or(0..content.len().max(1));
        let range = start + columns.start..(start + columns.end).min(text.len());
        Some((NamedSource::new(clean(&place.path.display().to_string()), text), range))
    }
}

/// A finding as miette shows it.
#[derive(Debug)]
struct Shown<'a> {
    reported: &'a Reported,
    help: String,
    source: Option<(NamedSource<Arc<str>>, std::ops::Range<usize>)>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.reported.finding.place;
        write!(f, "{}", clean(&place.path.display().to_string()))?;
        if let Some(line) = place.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", clean(&self.reported.finding.message))
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.reported.rule.id))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.reported.level {
            Level::Deny => miette::Severity::Error,
            Level::Warn => miette::Severity::Warning,
            Level::Note | Level::Allow => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|(source, _)| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, range) = self.source.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(None, range.clone()))))
    }
}
