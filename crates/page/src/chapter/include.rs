//! `{{#include}}` and its kin, expanded as mdBook expands them, with every line mapped back.
//!
//! mdBook's own `links` preprocessor does the same, but forgets where a line came from; diagnostics
//! and `tutor list` have to name file and line. So this is that preprocessor (mdbook-driver 0.5.4,
//! `builtin_preprocessors/links.rs`) with lines kept; a test holds the two equal.

mod lines;
mod link;

use std::path::{Path, PathBuf};

use super::Diagnostic;
use lines::Lines;
use link::{Kind, Link};

/// How deep includes may nest, as in mdBook.
const MAX_DEPTH: usize = 10;

/// How much text a chapter may become, in bytes. mdBook has no such limit: files that include each
/// other several times each would fill any memory.
const MAX_LEN: usize = 64 << 20;

/// How many links of one chapter are followed, for the same reason.
const MAX_LINKS: usize = 100_000;

/// A chapter after its includes are expanded.
#[derive(Debug, Clone, PartialEq)]
pub struct Expanded {
    /// The text mdBook would hand to preprocessors after `links`.
    pub text: String,
    /// Where its lines come from.
    pub map: LineMap,
    /// Links that could not be followed, at lines of `text`. As in mdBook they stay in the text,
    /// except those nested too deep, which are left out.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'m> {
    /// The file: as given for the chapter itself, else joined from the including file's folder.
    pub file: &'m Path,
    /// The 1-based line in it.
    pub line: usize,
}

/// The origin of every line of an expanded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineMap {
    files: Vec<PathBuf>,
    /// File and 1-based line of each line; empty if nothing was expanded.
    lines: Vec<(usize, usize)>,
}

impl LineMap {
    /// The map of a text that is its file.
    pub fn identity(file: &Path) -> Self {
        Self { files: vec![file.to_owned()], lines: Vec::new() }
    }

    /// Where the 1-based line of the expanded text comes from. Lines past the end count as the last.
    pub fn origin(&self, line: usize) -> Origin<'_> {
        let index = line.clamp(1, self.lines.len().max(1)) - 1;
        let (file, line) = self.lines.get(index).copied().unwrap_or((0, line.max(1)));
        Origin { file: &self.files[file], line }
    }

    /// The map of a text whose lines are, or are nearest to, these 1-based lines of this map's text.
    #[must_use]
    pub fn through(&self, lines: &[usize]) -> Self {
        let place = |line: &usize| {
            let own = self.lines.get(line.clamp(&1, &self.lines.len().max(1)) - 1);
            own.copied().unwrap_or((0, *line))
        };
        Self { files: self.files.clone(), lines: lines.iter().map(place).collect() }
    }

    /// All files the text is made of, the chapter's own first.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

/// Expands the links in `text`, the content of `file`. Paths in it are relative to `file`'s folder.
pub fn expand(text: &str, file: &Path) -> Expanded {
    // Most chapters have no links.
    if !text.contains("{{") {
        return Expanded { text: text.to_owned(), map: LineMap::identity(file), diagnostics: Vec::new() };
    }
    let mut expansion = Expansion {
        files: vec![file.to_owned()],
        text: String::with_capacity(text.len()),
        lines: Vec::new(),
        line_started: false,
        diagnostics: Vec::new(),
        followed: 0,
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    expansion.replace_all(&Lines::of_file(text, 0), folder, 0);
    let Expansion { files, text, lines, diagnostics, .. } = expansion;
    Expanded { text, map: LineMap { files, lines }, diagnostics }
}

struct Expansion {
    files: Vec<PathBuf>,
    text: String,
    lines: Vec<(usize, usize)>,
    /// Whether the last line of `text` holds more than white space and quote marks.
    line_started: bool,
    diagnostics: Vec<Diagnostic>,
    followed: usize,
}

impl Expansion {
    /// mdBook's `replace_all`: writes `input` with its links replaced. Links that cannot be rendered
    /// stay as they are.
    fn replace_all(&mut self, input: &Lines, folder: &Path, depth: usize) {
        let mut written = 0;
        for link in link::find(&input.text) {
            self.push(input, written..link.range.start);
            written = link.range.end;
            let rendered = self.render(&link, input, folder);
            match rendered {
                Err(message) => {
                    written = link.range.start;
                    self.note(message, "mend the path; mdBook leaves the link in the page as it is");
                }
                Ok(_) if depth >= MAX_DEPTH => self.note(
                    format!("includes nested deeper than {MAX_DEPTH}: `{}` is left out", link.text),
                    "look for files that include each other",
                ),
                Ok(rendered) => match link.folder(folder) {
                    Some(folder) => self.replace_all(&rendered, &folder, depth + 1),
                    None => self.push(&rendered, 0..rendered.text.len()),
                },
            }
        }
        self.push(input, written..input.text.len());
    }

    /// What a link stands for, or why that is not known.
    fn render(&mut self, link: &Link, input: &Lines, folder: &Path) -> Result<Lines, String> {
        let own = input.origin_at(link.range.start);
        let Some(path) = link.path() else {
            let text = if link.kind == Kind::Escaped { &link.text[1..] } else { "" };
            return Ok(Lines::all_from(text, own));
        };
        let path = folder.join(path);
        self.followed += 1;
        if self.text.len() > MAX_LEN || self.followed > MAX_LINKS {
            return Err(format!(
                "`{}` is not followed: the chapter is over {} MiB or {MAX_LINKS} links",
                link.text,
                MAX_LEN >> 20
            ));
        }
        let content = std::fs::read_to_string(&path).map_err(|error| {
            format!("`{}` names {}, which cannot be read: {error}", link.text, path.display())
        })?;
        let file = self.files.iter().position(|file| *file == path).unwrap_or_else(|| {
            self.files.push(path);
            self.files.len() - 1
        });
        Ok(link.kind.take(&content, file, own))
    }

    /// Writes a piece of `input`. A line belongs to the first of its pieces that is more than blank
    /// or the mark of a quote.
    fn push(&mut self, input: &Lines, range: std::ops::Range<usize>) {
        if range.is_empty() {
            return;
        }
        let piece = &input.text[range.clone()];
        let origins = input.origins_from(range.start).take(piece.matches('\n').count() + 1);
        for (index, origin) in origins.enumerate() {
            if index > 0 || self.lines.is_empty() {
                self.lines.push(origin);
            } else if !self.line_started
                && let Some(last) = self.lines.last_mut()
            {
                *last = origin;
            }
        }
        let (lines, last) =
            piece.rsplit_once('\n').map_or((None, piece), |(lines, last)| (Some(lines), last));
        let more = last.contains(|c: char| !(c.is_whitespace() || c == '>'));
        self.line_started = more || lines.is_none() && self.line_started;
        self.text.push_str(piece);
    }

    fn note(&mut self, message: impl Into<String>, help: impl Into<String>) {
        let diagnostic = Diagnostic::new(self.lines.len().max(1), message, help);
        // Files that include each other would say the same thousands of times.
        let said = self.diagnostics.iter().rev().take(MAX_DEPTH);
        if !said.map(|said| &said.message).any(|message| *message == diagnostic.message) {
            self.diagnostics.push(diagnostic);
        }
    }
}

#[cfg(test)]
mod tests;
