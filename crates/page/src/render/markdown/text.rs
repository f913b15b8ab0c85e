//! Texts from outside as Markdown that nothing in them can change.

use crate::render::visible::visible;
use crate::render::words::{Span, code_spans};

/// A fence around `text`, longer than any run of backticks in it.
pub(super) fn fence(info: &str, text: &str) -> String {
    let text = undirected(&visible(text));
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest.max(2) + 1);
    format!("{ticks}{info}\n{}\n{ticks}\n", text.trim_end_matches('\n'))
}

/// `text` in one line, every sign of Markdown escaped; for paragraphs and table cells.
pub(super) fn inline(text: &str) -> String {
    let line: Vec<String> = visible(text).split_whitespace().map(str::to_owned).collect();
    let mut out = String::new();
    for c in line.join(" ").chars() {
        if c.is_ascii_punctuation() && "\\`*_{}[]<>#+!|~$&=".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    // A list marker or a rule needs the start of a line.
    if out.starts_with('-') || starts_list(&out) {
        out.insert(0, '\u{a0}');
    }
    undirected(&out)
}

/// `text` in one bold line; nothing for nothing, since `****` would be a rule.
pub(super) fn strong(text: &str) -> String {
    let line = inline(text);
    if line.trim().is_empty() { String::new() } else { format!("**{line}**") }
}

/// A sentence of ours, with code between backticks.
pub(super) fn sentence(text: &str) -> String {
    let mut out = String::new();
    for (span, part) in code_spans(text) {
        match span {
            Span::Words => out.push_str(&spaced(part, &inline(part))),
            Span::Code => {
                // Two spans side by side would be read as one.
                out.push_str(if out.ends_with('`') { " `" } else { "`" });
                out.push_str(&undirected(&visible(part).replace('\n', " ")));
                out.push('`');
            }
        }
    }
    out
}

/// `written` with the spaces `part` had at its ends.
fn spaced(part: &str, written: &str) -> String {
    let before = if part.starts_with(char::is_whitespace) { " " } else { "" };
    let after = if part.len() > 1 && part.ends_with(char::is_whitespace) { " " } else { "" };
    format!("{before}{written}{after}")
}

/// `1. ` or `1) `, or nothing after the sign.
fn starts_list(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let after = rest.strip_prefix(['.', ')']);
    rest.len() < text.len() && after.is_some_and(|after| after.is_empty() || after.starts_with(' '))
}

/// `text` without anything mdBook would take for a directive: a fence cannot escape it otherwise.
fn undirected(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '{' && out.ends_with('{') {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// A table row.
pub(super) fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// A table's head.
pub(super) fn head(titles: &[&str]) -> String {
    let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
    let rule: Vec<String> = titles.iter().map(|_| "---".to_owned()).collect();
    format!("{}{}", row(&titles), row(&rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_hold_any_number_of_backticks() {
        assert_eq!(fence("text", "a\n````\nb\n"), "`````text\na\n````\nb\n`````\n");
        assert_eq!(fence("text", "{{{#include x}}}"), "```text\n{ { {#include x}}}\n```\n");
    }

    #[test]
    fn cells_cannot_leave_their_table() {
        assert_eq!(inline("a|b\n\n# <b> {{#x}}"), "a\\|b \\# \\<b\\> \\{\\{\\#x\\}\\}");
        assert_eq!(inline("- a"), "\u{a0}- a");
        assert_eq!(["1. a", "1.94 s", "7)"].map(inline), ["\u{a0}1. a", "1.94 s", "\u{a0}7)"]);
        assert_eq!(sentence("use `{{#x}}` or *y*"), "use `{ {#x}}` or \\*y\\*");
    }
}
