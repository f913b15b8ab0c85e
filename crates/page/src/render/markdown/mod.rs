//! The Markdown form: plain fences and tables for every renderer but mdBook's HTML.
//!
//! No HTML, no links, no images. Texts from outside stand in fences longer than any run of
//! backticks in them, or escaped in paragraphs and table cells.

mod output;
mod panel;
mod steps;
mod tables;
mod text;

use super::view::{ChallengeView, FactsLine, NoticeView, PageNotice, State};
use super::words;
pub(super) use output::output;
pub(super) use panel::{group, panel};
pub(super) use steps::{followers, steps, value};
pub(super) use tables::{compare, models, prices};
use text::{fence, inline, sentence, strong};

/// Front matter in one line.
pub(super) fn facts_line(view: &FactsLine) -> String {
    let facts: Vec<String> = view
        .facts
        .iter()
        .map(|(label, value)| format!("{}: {}", inline(&label.replace(['-', '_'], " ")), inline(value)))
        .collect();
    if facts.is_empty() { String::new() } else { format!("{}\n", facts.join(" · ")) }
}

/// The legend at the top of a page.
pub(super) fn page_notice(view: &PageNotice) -> String {
    let lines: Vec<String> = words::page_notice(view)
        .into_iter()
        .map(|(state, line)| format!("> **{}**: {line}", words::state_word(state, None)))
        .collect();
    if lines.is_empty() { String::new() } else { format!("{}\n", lines.join("\n>\n")) }
}

/// A challenge.
pub(super) fn challenge(view: &ChallengeView) -> String {
    let checks =
        view.checks.iter().map(|check| format!("- {}\n", sentence(check))).collect::<Vec<_>>().concat();
    let checks = if checks.is_empty() { checks } else { format!("\nIt is checked that\n\n{checks}") };
    let (title, task) = (strong(&view.title), sentence(&view.task));
    format!("{title}\n\n{task}\n{checks}\n{}", fence("console", &view.command))
}

/// Something to mend.
pub(super) fn notice(view: &NoticeView) -> String {
    let command = view.command.as_ref().map(|command| format!("\n{}", fence("console", command)));
    let word = words::state_word(State::Error, None);
    format!("> **{word}**: {}\n{}", sentence(&view.message), command.unwrap_or_default())
}
