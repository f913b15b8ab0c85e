//! The small things of a page: line of facts, legend, challenge, notice.

use super::icons;
use super::prose;
use super::writer::Writer;
use crate::render::view::{ChallengeView, FactsLine, NoticeView, PageNotice, State};
use crate::render::words;

/// Front matter in one line.
pub(crate) fn facts_line(view: &FactsLine) -> String {
    if view.facts.is_empty() {
        return String::new();
    }
    let mut writer = Writer::root("dl", "tt-front", &[]);
    for (label, value) in &view.facts {
        let label = label.replace(['-', '_'], " ");
        writer.open("div", &[]).leaf("dt", &[], &label).leaf("dd", &[("dir", "auto")], value).close();
    }
    writer.finish()
}

/// The legend at the top of a page.
pub(crate) fn page_notice(view: &PageNotice) -> String {
    let lines = words::page_notice(view);
    if lines.is_empty() {
        return String::new();
    }
    let mut writer = Writer::root("div", "tt-legend", &[("role", "note")]);
    for (state, line) in &lines {
        writer
            .open("p", &[("data-state", state.name())])
            .own(icons::state(*state))
            .leaf("span", &[], line)
            .close();
    }
    writer.finish()
}

/// A challenge.
pub(crate) fn challenge(view: &ChallengeView) -> String {
    let mut writer = Writer::root("div", "tt-challenge", &[("role", "group"), ("aria-label", "Challenge")]);
    writer.open("p", &[("class", "tt-head")]).leaf("strong", &[], &view.title).close();
    writer.open("p", &[("dir", "auto")]).sentence(&view.task).close();
    if !view.checks.is_empty() {
        writer.leaf("p", &[("class", "tt-dim")], "It is checked that").open("ul", &[]);
        for check in &view.checks {
            writer.open("li", &[("dir", "auto")]).sentence(check).close();
        }
        writer.close();
    }
    prose::command(&mut writer, &view.command);
    writer.finish()
}

/// Something to mend.
pub(crate) fn notice(view: &NoticeView) -> String {
    let mut writer =
        Writer::root("div", "tt-notice", &[("role", "note"), ("data-state", State::Error.name())]);
    writer
        .open("p", &[])
        .own(icons::state(State::Error))
        .open("span", &[])
        .sentence(&view.message)
        .close()
        .close();
    if let Some(command) = &view.command {
        prose::command(&mut writer, command);
    }
    writer.finish()
}
