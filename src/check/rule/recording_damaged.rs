//! A file of recordings that cannot be used.

use crate::check::{Finding, Level, Material, Place, Rule};
use crate::course::advice;
use tutor_recording::{Damage, DamageKind};

pub(in crate::check) static RULE: Rule = Rule {
    id: "recording-damaged",
    level: Level::Deny,
    explanation: "\
A file among the recordings is not a whole recording: cut off, badly merged,
written by a newer tutor, or under the name of another call. It counts as
missing. Restore it from version control, or record the call again.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    unusable(material, |damage| damage.kind != DamageKind::Checksum)
}

/// A finding for every file whose damage is of the `wanted` kind.
pub(super) fn unusable(material: &Material<'_>, wanted: fn(&Damage) -> bool) -> Vec<Finding> {
    let damaged = material.stored.iter().filter_map(|file| Some((file, file.recording.err()?)));
    damaged
        .filter(|(_, damage)| wanted(damage))
        .map(|(file, damage)| {
            let place = Place { line: damage.line, ..Place::file(&*file.path) };
            let config = &material.course.config;
            let help =
                advice::for_damage(config, &material.course.store, &config.root.join(&file.path), damage);
            Finding::new(place, format!("the recording {damage}"), help)
        })
        .collect()
}
