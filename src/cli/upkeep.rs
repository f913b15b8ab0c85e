//! `tutor record --verify` and `--migrate`: looks after the files without asking anybody anything.

use std::path::PathBuf;

use super::{Exit, Failure, terminal};
use crate::course::chapters::ChapterText;
use crate::course::{Course, advice, unusable};
use tutor_recording::lock::Lock;
use tutor_recording::{Damage, DamageKind, StoreError, capture};

/// Checks every file, and names each that is not what was stored.
pub(super) fn verify(course: &Course, chapters: &[ChapterText]) -> Exit {
    let filed = course.store.files();
    let captures: Vec<(PathBuf, Result<(), Damage>)> =
        chapters.iter().flat_map(|chapter| capture::verify(course.store.root(), &chapter.stem)).collect();
    let damaged = filed.iter().filter_map(|file| Some((file.path, file.recording.err()?)));
    let damaged =
        damaged.chain(captures.iter().filter_map(|(path, it)| Some((path.as_path(), it.as_ref().err()?))));
    let mut bad = 0;
    for (path, damage) in damaged {
        bad += 1;
        let help = advice::for_damage(&course.config, &course.store, path, damage);
        let path = course.config.shown(path).display();
        let line = damage.line.map(|line| format!(":{line}")).unwrap_or_default();
        terminal::print(&format!("{path}{line} {damage}\n"));
        sayln!("  help: {help}");
    }
    let all = filed.len() + captures.len();
    sayln!("{} of {all} recordings are as they were stored.", all - bad);
    if bad == 0 { Exit::Good } else { Exit::Material }
}

/// Brings every file of an older format up to date.
pub(super) fn migrate(course: &mut Course) -> Result<Exit, Failure> {
    let migrated = (|| {
        let _lock = Lock::take(&course.config.fixtures)?;
        course.store.migrate()
    })();
    let migrated =
        migrated.map_err(|error: StoreError| Failure::new(Exit::Usage, unusable(&course.config, &error)))?;
    for path in &migrated {
        terminal::print(&format!("{}\n", course.config.shown(path).display()));
    }
    sayln!("{} recordings were of an older format and are of the newest now.", migrated.len());
    let filed = course.store.files();
    let newer = |kind: &DamageKind| matches!(kind, DamageKind::Newer(_));
    let refused = filed.iter().filter_map(|file| Some((file.path, file.recording.err()?)));
    let mut exit = Exit::Good;
    for (path, damage) in refused.filter(|(_, damage)| newer(&damage.kind)) {
        let help = advice::for_damage(&course.config, &course.store, path, damage);
        sayln!("{} {damage}; {help}", course.config.shown(path).display());
        exit = Exit::Material;
    }
    Ok(exit)
}
