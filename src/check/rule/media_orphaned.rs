//! A picture that no recording refers to.

use std::collections::HashSet;
use std::path::PathBuf;

use super::recording_orphaned;
use crate::check::{Finding, Fix, Level, Material, Place, Rule, Stored};
use tutor_recording::media;

pub(in crate::check) static RULE: Rule = Rule {
    id: "media-orphaned",
    level: Level::Warn,
    explanation: "\
A picture in the folder `recorded` belongs to no recording: the recording was
replaced or removed. mdBook would publish it all the same. `tutor check --fix`
removes it, unless a recording is damaged, whose picture it may be.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let published = published(material);
    if published.is_empty() {
        return Vec::new();
    }
    // A recording that `--fix` removes takes its pictures along.
    let going = recording_orphaned::going(material);
    let stays = |file: &&Stored<'_>| !going.iter().any(|orphan| orphan.path == file.path);
    let recordings = material.stored.iter().filter(stays).filter_map(|file| file.recording.ok());
    let mut wanted: HashSet<String> = recordings.flat_map(media::of).map(|medium| medium.path()).collect();
    wanted.extend(material.captured_images().map(|(_, image)| image.path.clone()));
    let certain = material.stored.iter().all(|file| file.recording.is_ok());
    let orphaned = published.into_iter().filter(|name| !wanted.contains(name));
    orphaned
        .map(|name| {
            let config = &material.course.config;
            let path = config.shown(&config.source.join(&name)).to_owned();
            let help =
                if certain { "remove it: tutor check --fix" } else { "mend the damaged recordings first" };
            let mut finding = Finding::new(Place::file(path), "no recording refers to this picture", help);
            finding.fix = certain.then_some(Fix::Remove);
            finding
        })
        .collect()
}

/// The pictures that stand in the source folder, as pages refer to them, in order. Files whose names
/// tutor does not give are somebody else's.
fn published(material: &Material<'_>) -> Vec<String> {
    let folder: PathBuf = material.course.config.source.join(media::FOLDER);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> =
        names.map(|name| format!("{}/{name}", media::FOLDER)).filter(|path| media::is_path(path)).collect();
    names.sort();
    names
}
