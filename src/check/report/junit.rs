//! For CI systems: a suite a file, a case a finding. What is denied fails; the rest is shown as skipped.

use std::collections::BTreeMap;

use super::{Setting, help, summary};
use crate::check::{Level, Reported, Verdict};
use crate::junit::{self, Case, Outcome, Suite};

/// Writes a verdict.
pub(super) fn write(verdict: &Verdict, setting: Setting<'_>) -> String {
    let mut files: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for reported in &verdict.reported {
        files.entry(setting.path(&reported.finding.place)).or_default().push(case(reported));
    }
    let mut suites: Vec<Suite> = files.into_iter().map(|(name, cases)| Suite { name, cases }).collect();
    let whole = Case { name: summary(verdict), outcome: Outcome::Passed };
    suites.push(Suite { name: "tutor check".to_owned(), cases: vec![whole] });
    junit::write("tutor check", &suites)
}

fn case(reported: &Reported) -> Case {
    let line = reported.finding.place.line.map_or_else(String::new, |line| format!(", line {line}"));
    let message = reported.finding.message.clone();
    let outcome = match reported.level {
        Level::Deny => Outcome::Failed { message, details: help(reported) },
        Level::Warn | Level::Note | Level::Allow => Outcome::Skipped(message),
    };
    Case { name: format!("{}{line}", reported.rule.id), outcome }
}
