//! A verdict as text: for people, for programs, for GitHub. One file a format.

mod github;
mod human;
mod json;
mod junit;
mod sarif;

use std::path::Path;

use jiff::civil::Date;

use super::{Reported, Verdict};
use crate::problem::plural;

/// What a format may need beside the verdict.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The book's folder.
    pub root: &'a Path,
    /// The way there from the folder in which the command was given: what others know files by.
    pub from_here: &'a Path,
    /// The day of the check.
    pub today: Date,
}

impl Setting<'_> {
    /// A file as it is named from the folder of the command, with slashes.
    fn path(&self, place: &super::finding::Place) -> String {
        let path = self.from_here.join(&place.path);
        let names = path.components().filter(|part| *part != std::path::Component::CurDir);
        names.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}

/// Writes a verdict, with a line break at its end.
pub type Write = fn(&Verdict, Setting<'_>) -> String;

/// Every format under the name it has on the command line.
pub const FORMATS: [(&str, Write); 5] = [
    ("human", human::write),
    ("json", json::write),
    ("github", github::write),
    ("sarif", sarif::write),
    ("junit", junit::write),
];

/// The help of a finding, with the other lines it is about.
fn help(reported: &Reported) -> String {
    let mut help = reported.finding.help.clone();
    if !reported.also.is_empty() {
        let lines: Vec<String> = reported.also.iter().map(ToString::to_string).collect();
        let word = if lines.len() == 1 { "line" } else { "lines" };
        help += &format!("; also on {word} {}", lines.join(", "));
    }
    help
}

/// One line with all counts.
fn summary(verdict: &Verdict) -> String {
    use super::Level;
    let mut text = format!(
        "Checked {}, {} and {}: ",
        plural(verdict.chapters, "chapter"),
        plural(verdict.requests, "request"),
        plural(verdict.recordings, "recording"),
    );
    let counts: Vec<String> = [(Level::Deny, "denied"), (Level::Warn, "warned of"), (Level::Note, "noted")]
        .into_iter()
        .filter(|(level, _)| verdict.count(*level) > 0)
        .map(|(level, word)| format!("{} {word}", verdict.count(level)))
        .collect();
    text += &if counts.is_empty() { "nothing found".to_owned() } else { counts.join(", ") };
    if verdict.allowed > 0 {
        text += &format!("; {} allowed by annotations", verdict.allowed);
    }
    text + "."
}

/// The columns of a finding in characters from 1, the end behind the last one.
fn columns(finding: &super::Finding, root: &Path) -> Option<std::ops::Range<usize>> {
    let (line, bytes) = (finding.place.line?, finding.place.columns.clone()?);
    let text = std::fs::read_to_string(root.join(&finding.place.path)).ok()?;
    let line = text.split('\n').nth(line - 1)?;
    let count = |to: usize| Some(line.get(..to)?.chars().count() + 1);
    Some(count(bytes.start)?..count(bytes.end)?)
}
