//! For GitHub: workflow commands that become annotations of a pull request's lines. Notes are left
//! out: a pull request shows only so many.

use std::fmt::Write as _;

use super::{Setting, help, summary};
use crate::check::{Level, Reported, Verdict};

/// Writes a verdict.
pub(super) fn write(verdict: &Verdict, setting: Setting<'_>) -> String {
    let mut out = String::new();
    for reported in &verdict.reported {
        let command = match reported.level {
            Level::Deny => "error",
            Level::Warn => "warning",
            Level::Note | Level::Allow => continue,
        };
        annotation(&mut out, command, reported, setting);
    }
    out + &summary(verdict) + "\n"
}

fn annotation(out: &mut String, command: &str, reported: &Reported, setting: Setting<'_>) {
    let place = &reported.finding.place;
    let _ = write!(out, "::{command} file={}", property(&setting.path(place)));
    if let Some(line) = place.line {
        let _ = write!(out, ",line={line}");
    }
    if let Some(columns) = super::columns(&reported.finding, setting.root) {
        let _ = write!(out, ",col={},endColumn={}", columns.start, columns.end);
    }
    let words = format!("{}\n{}", reported.finding.message, help(reported));
    let _ = writeln!(out, ",title={}::{}", property(reported.rule.id), data(&words));
}

/// The text after the colons, escaped as GitHub's own toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property's value, where separators are escaped, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
