//! `tutor run` alone: which challenges there are, and how far the learner is.

use serde_json::json;

use crate::challenge::Shelf;
use crate::challenge::progress::{Progress, Reached};

/// For people.
pub(super) fn human(shelf: &Shelf, progress: &Progress) -> String {
    let chapters = shelf.challenges().map(|challenge| challenge.chapter.chars().count());
    let width = chapters.max().unwrap_or_default();
    let mut out = String::new();
    for challenge in shelf.challenges() {
        let reached = progress.of(&challenge.chapter);
        let title = &challenge.manifest.title;
        out += &format!("{:width$}  {title}: {}\n", challenge.chapter, state(&reached));
    }
    match shelf.challenges().find(|challenge| progress.of(&challenge.chapter).passed_on.is_none()) {
        Some(next) => out += &format!("\nNext: tutor run {}\n", next.chapter),
        None => out += "\nAll done.\n",
    }
    out
}

fn state(reached: &Reached) -> String {
    let last = match reached.last {
        Some((passed, all)) => format!("{passed} of {all} checks in the last of {} runs", reached.runs),
        None => "not begun".to_owned(),
    };
    match (reached.passed_on, &reached.open) {
        (Some(day), None) => format!("passed on {day}"),
        (Some(day), Some(open)) => format!("passed on {day}; {last}, open: {open}"),
        (None, Some(open)) => format!("{last}, open: {open}"),
        (None, None) => last,
    }
}

/// For programs.
pub(super) fn json(shelf: &Shelf, progress: &Progress) -> String {
    let challenges = shelf.challenges().map(|challenge| {
        let reached = progress.of(&challenge.chapter);
        json!({
            "chapter": challenge.chapter,
            "title": challenge.manifest.title,
            "runs": reached.runs,
            "passed": reached.last.map(|(passed, _)| passed),
            "checks": challenge.manifest.checks.len(),
            "open": reached.open,
            "passed_on": reached.passed_on.map(|day| day.to_string()),
        })
    });
    format!("{}\n", json!({"version": 1, "challenges": challenges.collect::<Vec<_>>()}))
}
