//! For programs: one JSON document.

use serde_json::{Value, json};

use super::{Answers, Finished};
use crate::challenge::grading::{Judged, Verdict};
use tutor_page::render::view::ScoreRow;
use tutor_recording::OriginKind;

/// The whole report.
pub fn json(finished: &Finished<'_>) -> String {
    let Finished { challenge, python, evidence, report, .. } = finished;
    let rows = finished.scoreboard().map(|view| view.rows).unwrap_or_default();
    let document = json!({
        "version": 1,
        "chapter": challenge.chapter,
        "script": evidence.file,
        "python": python.version,
        "boto3": python.boto3,
        "origin": match finished.answers {
            Answers::Live { origin, .. } => origin.name(),
            Answers::Practice => OriginKind::Practice.name(),
        },
        "spent_usd": match finished.answers {
            Answers::Practice => None,
            Answers::Live { spent, .. } => Some(spent.normalize().to_string()),
        },
        "passed": report.is_passed(),
        "seed": evidence.seed,
        "checks": report.checks.iter().map(check).collect::<Vec<_>>(),
        "comparison": rows.iter().map(row).collect::<Vec<_>>(),
        "printed": evidence.printed,
    });
    format!("{document}\n")
}

/// One check.
pub fn check(check: &Judged) -> Value {
    let (verdict, expected, found) = match &check.verdict {
        Verdict::Passed => ("passed", None, None),
        Verdict::Waits => ("waits", None, None),
        Verdict::Failed(finding) => ("failed", Some(&finding.expected), Some(&finding.found)),
    };
    json!({
        "id": check.id,
        "says": check.says,
        "verdict": verdict,
        "expected": expected,
        "found": found,
        "look": check.look,
        "next": format!("{}: {}", check.look, check.next),
        "line": check.line,
    })
}

fn row(row: &ScoreRow) -> Value {
    tutor_page::render::json::score_row(row)
}
