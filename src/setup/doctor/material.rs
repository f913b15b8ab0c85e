//! The recordings and the practice texts.

use super::book::argument;
use super::{Check, Patient};
use crate::course::advice;
use crate::course::recorder;
use crate::course::unusable;
use crate::setup::git;
use tutor_recording::{Acceptance, Store};

/// Whether the folder of the recordings can be read and git keeps it.
pub(super) fn fixtures(patient: &Patient) -> Vec<Check> {
    const NAME: &str = "fixtures";
    let Some((_, config)) = patient.sound() else { return Vec::new() };
    let shown = config.shown(&config.fixtures).display();
    if let Err(error) = Store::open(&config.fixtures) {
        return vec![Check::problem(NAME, &unusable(config, &error))];
    }
    if !config.fixtures.exists() {
        let check = Check::note(NAME, format!("`{shown}` is not there yet"));
        return vec![check.next(format!("tutor init{}", argument(&patient.root)))];
    }
    let recording = config.shown(&config.fixtures).join("chapter").join("name.00000000.json");
    if git::ignores(&config.root, &recording) == Some(true) {
        let message = format!("git ignores recordings in `{shown}`, so nobody else gets them");
        return vec![Check::warning(NAME, message).next("take the pattern out of .gitignore")];
    }
    Vec::new()
}

/// Whether every recording can be read, and whether some wait for a decision.
pub(super) fn recordings(patient: &Patient) -> Vec<Check> {
    const NAME: &str = "recordings";
    let Some((_, config)) = patient.sound() else { return Vec::new() };
    let Ok(store) = Store::open(&config.fixtures) else { return Vec::new() };
    let (mut readable, mut pending) = (0_usize, 0_usize);
    let mut checks = Vec::new();
    for file in store.files() {
        match file.recording {
            Ok(_) if file.acceptance == Acceptance::Pending => pending += 1,
            Ok(_) => readable += 1,
            Err(damage) => {
                let line = damage.line.map_or_else(String::new, |line| format!(":{line}"));
                let message = format!("{}{line} {damage}", config.shown(file.path).display());
                checks.push(
                    Check::broken(NAME, message).next(advice::for_damage(config, &store, file.path, damage)),
                );
            }
        }
    }
    let book = match argument(&patient.root) {
        none if none.is_empty() => none,
        book => format!(" --book{book}"),
    };
    if pending > 0 {
        let check = Check::note(NAME, format!("{pending} waiting to be accepted"));
        checks.insert(0, check.next(format!("tutor review{book}")));
    }
    let first_step = format!("tutor record --practice --accept{book}");
    let summary = match readable {
        0 if checks.is_empty() => Check::note(NAME, "there is none yet").next(first_step),
        count => Check::ok(NAME, format!("{count} can be read")),
    };
    checks.insert(0, summary);
    checks
}

/// Whether the practice texts can be used.
pub(super) fn practice_texts(patient: &Patient) -> Vec<Check> {
    const NAME: &str = "practice";
    let Some((_, config)) = patient.sound() else { return Vec::new() };
    let shown = config.shown(&config.practice).display();
    vec![match recorder::practice_texts(config) {
        Err(problem) => Check::problem(NAME, &problem),
        Ok(_) if !config.practice.exists() => Check::note(
            NAME,
            format!("`{shown}` is not there; stand-in models say only what they were asked"),
        )
        .next(format!("tutor init{}", argument(&patient.root))),
        Ok(_) => Check::ok(NAME, format!("`{shown}` can be used")),
    }]
}
