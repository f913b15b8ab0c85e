//! A recording that no request asks for.

use std::collections::HashSet;

use crate::check::{Finding, Fix, Level, Material, Place, Rule, Stored};
use crate::course::reading::Recorded;
use tutor_bedrock::Key;

pub(in crate::check) static RULE: Rule = Rule {
    id: "recording-orphaned",
    level: Level::Warn,
    explanation: "\
No request of the book asks for this recording: the code has changed or is gone.
It does no harm and shows nowhere. `tutor check --fix` removes it, unless its
chapter has code that cannot be read completely, which may be what asks for it.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let orphans = orphans(material).into_iter();
    orphans
        .filter_map(|(file, certain)| {
            let help = if certain {
                "remove it: tutor check --fix"
            } else {
                "its chapter has code that cannot be read completely; look whether that asks for it"
            };
            let model = &file.recording.ok()?.call.model_id;
            let message = format!("no request asks for this recording of `{model}`");
            let mut finding = Finding::new(Place::file(&*file.path), message, help);
            finding.fix = certain.then_some(Fix::Remove);
            Some(finding)
        })
        .collect()
}

/// The recordings that no request asks for, each with whether that is certain.
pub(super) fn orphans<'m, 'a>(material: &'m Material<'a>) -> Vec<(&'m Stored<'a>, bool)> {
    let wanted: HashSet<&Key> = material.asked.iter().map(|asked| asked.key).collect();
    let files = material.stored.iter().filter(|file| {
        file.recording.is_ok_and(|recording| !wanted.contains(&recording.key)) && !is_trace(material, file)
    });
    files.map(|file| (file, material.is_fully_read(&file.chapter))).collect()
}

/// Whether the file is what makes a request stale: its replacement does not exist yet.
fn is_trace(material: &Material<'_>, file: &Stored<'_>) -> bool {
    material.asked.iter().any(|asked| {
        asked.recorded == Recorded::Stale
            && asked.chapter.read.stem == file.chapter
            && asked.named.name == file.name
    })
}
