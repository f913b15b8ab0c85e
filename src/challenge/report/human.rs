//! For people: a line a check, what to do about each that fails, and at the end the comparison.

use super::{Answers, Finished};
use crate::challenge::grading::{Finding, Judged, LIVE, Report, Verdict};
use crate::clean::clean;
use tutor_page::render::terminal::{scoreboard, wrapped};

/// Colours, taken away again where nobody sees them.
const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const DIM: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

/// Where the clauses of checks begin, and where what belongs to them does.
const CLAUSE: usize = 15;
const DETAIL: usize = CLAUSE + 10;
/// How many lines of what the script printed are shown.
const PRINTED: usize = 12;

/// The whole report; what comes from outside in it is clean. `command` runs the challenge again, such as `tutor run foundation-models`.
pub fn human(finished: &Finished<'_>, command: &str) -> String {
    let Finished { challenge, python, evidence, report, answers } = finished;
    let boto3 = python.boto3.as_deref().unwrap_or("?");
    let title = format!("{}: {}\n", challenge.chapter, challenge.manifest.title);
    let with = format!("{} with Python {} and boto3 {boto3}\n\n", evidence.file, python.version);
    let mut out = format!("{}{}", clean(&title), clean(&with));
    for check in &report.checks {
        out += &self::check(check);
    }
    out += &printed(&evidence.printed);
    let summary = match answers {
        Answers::Practice => summary(report, &clean(command), evidence.seed),
        Answers::Live { told, .. } => live_summary(finished, told),
    };
    out += &format!("\n{summary}\n");
    let is_due = report.is_passed() || matches!(answers, Answers::Live { .. });
    if let Some(view) = finished.scoreboard().filter(|_| is_due) {
        out += &format!("\n{}", clean(&scoreboard(&view)));
    }
    out
}

fn check(check: &Judged) -> String {
    let (color, mark) = match check.verdict {
        Verdict::Passed => (GREEN, "✓"),
        Verdict::Failed(_) => (RED, "✗"),
        Verdict::Waits => (DIM, "·"),
    };
    let clause = wrapped(&clean(&check.says), CLAUSE);
    let mut out = format!("{color}{mark}{PLAIN} {:12} {}", clean(&check.id), clause.trim_start());
    if let Verdict::Failed(Finding { expected, found, .. }) = &check.verdict {
        let next = match check.line {
            Some(line) => format!("{} (line {line}): {}", check.look, check.next),
            None => format!("{}: {}", check.look, check.next),
        };
        for (label, text) in [("expected", expected), ("found", found), ("next", &next)] {
            let text = wrapped(&clean(text), DETAIL);
            out += &format!("{:CLAUSE$}{DIM}{label:9}{PLAIN} {}", "", text.trim_start());
        }
    }
    out
}

/// The last lines that the script printed.
fn printed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return String::new();
    }
    let shown = &lines[lines.len().saturating_sub(PRINTED)..];
    let mut out = match lines.len() - shown.len() {
        0 => "\nYour script printed:\n".to_owned(),
        _ => "\nYour script printed, at the end:\n".to_owned(),
    };
    for line in shown {
        // Nothing that a terminal would take for a command.
        let plain: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(76).collect();
        let plain = clean(&plain);
        out += &format!("  {DIM}|{PLAIN} {}\n", plain.trim_end());
    }
    out
}

/// What a live run can say, and what it cannot.
fn live_summary(finished: &Finished<'_>, told: &str) -> String {
    let Finished { challenge, report, .. } = finished;
    let checks = challenge.manifest.checks.iter().map(|check| check.get_ref().id.as_str());
    let unjudged: Vec<&str> = checks.filter(|id| !LIVE.contains(id)).collect();
    let text = format!(
        "{} of {} checks that can be judged live pass. Not judged, since only a practice run makes them happen: {}. \
         {told}",
        report.passed(),
        report.checks.len(),
        unjudged.join(", "),
    );
    wrapped(&clean(&text), 0).trim_end().to_owned()
}

fn summary(report: &Report, command: &str, seed: u64) -> String {
    let (passed, all) = (report.passed(), report.checks.len());
    if report.is_passed() {
        return format!(
            "{GREEN}All {all} checks pass.{PLAIN} Well done.\nSee how we did it: {command} --solution"
        );
    }
    let waiting = report.checks.iter().filter(|check| check.verdict == Verdict::Waits).count();
    let failed = all - passed - waiting;
    let them = if failed == 1 { "it" } else { "them" };
    let waits = match waiting {
        0 => String::new(),
        1 => format!(", 1 waits for {them}"),
        many => format!(", {many} wait for {them}"),
    };
    let hint = match report.first_open() {
        Some(open) => format!("\nA hint for `{}`: {command} --hint", open.id),
        None => String::new(),
    };
    let pass = if passed == 1 { "passes" } else { "pass" };
    let fail = if failed == 1 { "fails" } else { "fail" };
    let again = format!("\n{DIM}The same run again: {command} --seed {seed}{PLAIN}");
    format!("{passed} of {all} checks {pass}, {failed} {fail}{waits}.{hint}{again}")
}
