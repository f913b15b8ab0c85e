//! Where something can be put into a chapter without disturbing the rest of it.
//!
//! HTML goes in as one line of raw HTML that starts with a comment. `CommonMark` ends such a block
//! with the line that holds the `-->`, so it can stand directly under a fence and directly above
//! anything, and no list becomes loose by it. Lines are prefixed as their container wants it, `>`
//! included; indenting with spaces alone would break out of block quotes.

use std::ops::Range;

use super::splice::Splice;

/// Every line of HTML that tutor puts into a chapter starts with this.
pub const MARK: &str = "<!--tutor-->";

/// A place for a block of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The bytes that give way; empty where something is only added.
    pub range: Range<usize>,
    /// What every line inside the container starts with: `>` and spaces.
    pub prefix: String,
    /// The line ending used around here.
    pub newline: &'static str,
    /// What stands before the place on its line.
    pub(super) before: Before,
    /// What stands after it.
    pub(super) after: After,
}

/// What stands before a place on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing: the place is the start of a line.
    Nothing,
    /// The container's own markers, which stay: the block continues the line.
    Container,
    /// The end of the text without a line ending: one has to be added.
    UnendedLine,
}

/// What stands after a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// The rest of the line, or the end of the text: no line ending is added.
    LineEnd,
    /// A blank line.
    BlankLine,
    /// A line with text.
    Text,
    /// A colon, blank lines aside: it would make a definition list of a paragraph before it.
    Colon,
}

impl After {
    fn of(rest: &str) -> Self {
        let next = rest.split('\n').next().unwrap_or_default();
        let is_prefix = |c: char| c.is_ascii_whitespace() || c == '>';
        if rest.trim_start_matches(is_prefix).starts_with(':') {
            After::Colon
        } else if next.chars().all(is_prefix) {
            After::BlankLine
        } else {
            After::Text
        }
    }
}

impl Place {
    /// The splice that puts one block of HTML here. Line breaks in it become `&#10;`: it must be one
    /// line. Nothing else of the chapter's Markdown is read differently by it.
    pub fn html(&self, html: &str) -> Splice {
        let html = html.strip_prefix(MARK).unwrap_or(html);
        let html = html.replace("\r\n", "&#10;").replace(['\n', '\r'], "&#10;");
        self.block(&[format!("{MARK}{html}")])
    }

    /// The splice that puts blocks of Markdown here, set off by blank lines where the place is
    /// between blocks. (Blank lines make a tight list loose; HTML does not.) It must not end with a
    /// list, which a list of the author's below would continue.
    pub fn markdown(&self, markdown: &str) -> Splice {
        let mut lines: Vec<String> = markdown.trim_matches('\n').lines().map(str::to_owned).collect();
        if self.before != Before::Container {
            lines.insert(0, String::new());
        }
        match self.after {
            After::Text => lines.push(String::new()),
            After::Colon => lines.push(MARK.to_owned()),
            After::BlankLine | After::LineEnd => {}
        }
        self.block(&lines)
    }

    /// The splice that puts words here, in the middle of a paragraph.
    pub fn words(&self, words: &str) -> Splice {
        Splice { range: self.range.clone(), replacement: words.to_owned() }
    }

    fn block(&self, lines: &[String]) -> Splice {
        let mut replacement = String::new();
        for (index, line) in lines.iter().enumerate() {
            if index > 0 || self.before == Before::UnendedLine {
                replacement.push_str(self.newline);
            }
            if index > 0 || self.before != Before::Container {
                // No spaces at the end of a blank line; a quote's `>` has to stay.
                let prefix = if line.is_empty() { self.prefix.trim_end() } else { &self.prefix };
                replacement.push_str(prefix);
            }
            replacement.push_str(line);
        }
        if self.after != After::LineEnd {
            replacement.push_str(self.newline);
        }
        Splice { range: self.range.clone(), replacement }
    }

    /// The place of something inside a paragraph.
    pub(super) fn inside(text: &str, range: Range<usize>) -> Self {
        let newline = newline_near(text, range.start);
        Self { range, prefix: String::new(), newline, before: Before::Container, after: After::LineEnd }
    }

    /// The place below the line that `end` lies on or ends, in a container whose lines start with
    /// `prefix`.
    pub(super) fn below_line(text: &str, end: usize, prefix: &str) -> Self {
        let rest = &text[end..];
        // A lone carriage return ends a line for pulldown-cmark too.
        let ended = match text.as_bytes()[..end].last() {
            Some(b'\n') => true,
            Some(b'\r') => !rest.starts_with('\n'),
            _ => false,
        };
        let eol = if ended {
            0
        } else {
            let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            match &rest.as_bytes()[blank..] {
                [b'\r', b'\n', ..] => blank + 2,
                [b'\r' | b'\n', ..] => blank + 1,
                _ => blank,
            }
        };
        let at = end + eol;
        let is_ended = ended || rest[..eol].ends_with(['\n', '\r']);
        let (before, after) = if is_ended {
            (Before::Nothing, After::of(&text[at..]))
        } else {
            (Before::UnendedLine, After::LineEnd)
        };
        Self { range: at..at, prefix: prefix.to_owned(), newline: newline_near(text, at), before, after }
    }

    /// The place at the start of a line outside any container.
    pub(super) fn at_line_start(text: &str, at: usize) -> Self {
        let newline = newline_near(text, text[at..].find('\n').map_or(at, |length| at + length + 1));
        let after = After::of(&text[at..]);
        Self { range: at..at, prefix: String::new(), newline, before: Before::Nothing, after }
    }
}

/// The line ending of the line before `at`, or `\n` if it is the first one.
pub(super) fn newline_near(text: &str, at: usize) -> &'static str {
    match memchr::memrchr(b'\n', &text.as_bytes()[..at]) {
        Some(index) if index > 0 && text.as_bytes()[index - 1] == b'\r' => "\r\n",
        _ => "\n",
    }
}
