//! As a page of its own.

use super::Finished;
use crate::challenge::grading::Verdict;
use tutor_page::render::view::{CheckRow, CheckState, ChecksView};
use tutor_page::render::{Block, page as document};

/// The whole report as an HTML document without anything from elsewhere.
pub fn page(finished: &Finished<'_>) -> String {
    let Finished { challenge, python, evidence, report, .. } = finished;
    let title = format!("{}: {}", challenge.chapter, challenge.manifest.title);
    let boto3 = python.boto3.as_deref().unwrap_or("?");
    let checks = report.checks.iter().map(|check| {
        let (state, detail) = match &check.verdict {
            Verdict::Passed => (CheckState::Passed, None),
            Verdict::Waits => (CheckState::Waits, None),
            Verdict::Failed(finding) => {
                (CheckState::Failed, Some(format!("expected {}; found {}", finding.expected, finding.found)))
            }
        };
        CheckRow { name: check.id.clone(), says: check.says.clone(), state, detail }
    });
    let list = ChecksView {
        heading: format!("{} of {} checks pass", report.passed(), report.checks.len()),
        small: format!("{} with Python {} and boto3 {boto3}", evidence.file, python.version),
        checks: checks.collect(),
    };
    let scoreboard = finished.scoreboard();
    let blocks = scoreboard.iter().map(Block::Scoreboard).chain([Block::Checks(&list)]);
    document(&title, blocks)
}
