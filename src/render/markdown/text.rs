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
        if c.is_ascii_punctuation() && "\\`*_{}[]<>()#+!|~$^&=\"@".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    // A list marker or a rule needs the start of a line.
    if out.starts_with(['-', '.'])
        || out.chars().next().is_some_and(|c| c.is_ascii_digit()) && starts_list(&out)
    {
        out.insert(0, '\u{a0}');
    }
    undirected(&out)
}

/// A sentence of ours, with code between backticks.
pub(super) fn sentence(text: &str) -> String {
    code_spans(text)
        .map(|(span, part)| match span {
            Span::Words => spaced(part, &inline(part)),
            Span::Code => format!("`{}`", undirected(&visible(part).replace('\n', " "))),
        })
        .collect()
}

/// `written` with the spaces `part` had at its ends.
fn spaced(part: &str, written: &str) -> String {
    let before = if part.starts_with(char::is_whitespace) { " " } else { "" };
    let after = if part.len() > 1 && part.ends_with(char::is_whitespace) { " " } else { "" };
    format!("{before}{written}{after}")
}

fn starts_list(text: &str) -> bool {
    text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')', '\\'])
}

/// `text` without anything mdBook would take for a directive: a fence cannot escape it otherwise.
fn undirected(text: &str) -> String {
    text.replace("{{", "{ {")
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
        assert_eq!(fence("text", "{{{#include x}}}"), "```text\n{ {{#include x}}}\n```\n");
    }

    #[test]
    fn cells_cannot_leave_their_table() {
        assert_eq!(inline("a|b\n\n# <b> {{#x}}"), "a\\|b \\# \\<b\\> \\{\\{\\#x\\}\\}");
        assert_eq!(inline("- a"), "\u{a0}- a");
        assert_eq!(sentence("use `{{#x}}` or *y*"), "use `{ {#x}}` or \\*y\\*");
    }
}
