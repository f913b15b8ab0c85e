//! What a learner is told around a run: how to begin, hints, the solution.

use std::path::Path;

use super::super::{Exit, terminal};
use crate::challenge::Challenge;
use crate::challenge::progress::Progress;
use tutor_page::render::terminal::wrapped;

/// The starting code is there: what to do with it.
pub(super) fn begun(challenge: &Challenge, script: &Path, command: &str) {
    let chapter = &challenge.chapter;
    let task = wrapped(challenge.manifest.task.trim(), 0);
    let text = format!(
        "{chapter}: {}\n\n{task}\nYour starting code: {}\n\n1. Open it in your editor, and complete what raises \
         NotImplementedError.\n2. Run it, as often as you like: {command}\n3. When you are stuck: \
         {command} --hint\n",
        challenge.manifest.title,
        script.display()
    );
    terminal::print(&text);
}

/// Opens the next hint, for the first check that did not pass in the last run.
pub(super) fn hint(challenge: &Challenge, progress: &mut Progress, command: &str) -> Exit {
    let chapter = &challenge.chapter;
    let reached = progress.of(chapter);
    if reached.passed_on.is_some() && reached.open.is_none() {
        sayln!("You need no hint: all checks passed.");
        return Exit::Good;
    }
    let first = challenge.manifest.checks.first().map(|check| check.get_ref().id.clone());
    // Before the first run, the second check is where everybody begins: the first one passes.
    let begins = challenge.manifest.checks.get(1).map(|check| check.get_ref().id.clone());
    let Some(check) = reached.open.or(begins).or(first) else { return Exit::Good };
    let hints: Vec<&str> = challenge.manifest.hints_for(&check).collect();
    let open = (reached.hints.get(&check).copied().unwrap_or_default() + 1).min(hints.len());
    progress.change(chapter, |reached| {
        reached.hints.insert(check.clone(), open);
    });
    for (index, text) in hints.iter().take(open).enumerate() {
        let heading = format!("Hint {} of {} for `{check}`:", index + 1, hints.len());
        terminal::print(&format!("{heading}\n\n{}\n", wrapped(text, 2)));
    }
    if open == hints.len() {
        sayln!("That is all there is for `{check}`. Our solution: {command} --solution");
    } else {
        sayln!("More of it: {command} --hint");
    }
    Exit::Good
}

/// Shows the solution to whoever has passed, or asks a second time.
pub(super) fn solution(challenge: &Challenge, progress: &mut Progress, command: &str) -> Exit {
    let chapter = &challenge.chapter;
    let reached = progress.of(chapter);
    if reached.passed_on.is_none() && !reached.asked_for_solution {
        progress.change(chapter, |reached| reached.asked_for_solution = true);
        sayln!(
            "You have not passed yet. A hint teaches more: {command} --hint\nTo see our solution all \
             the same, ask once more: {command} --solution"
        );
        return Exit::Good;
    }
    terminal::print(&challenge.solution);
    Exit::Good
}
