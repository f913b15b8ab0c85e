//! A recording that no request asks for.

use std::collections::HashSet;

use crate::check::{Finding, Fix, Level, Material, Place, Rule, Stored};
use crate::course::advice;
use crate::course::reading::Recorded;
use tutor_bedrock::Key;
use tutor_recording::OriginKind;

pub(in crate::check) static RULE: Rule = Rule {
    id: "recording-orphaned",
    level: Level::Warn,
    explanation: "\
No request of the book asks for this recording: the code has changed or is gone.
It does no harm and shows nowhere. `tutor check --fix` removes it, unless its
chapter has code that cannot be read completely, which may be what asks for it.
An answer that nobody can make again for nothing (of Amazon Bedrock) is left to
you: `tutor reject --orphaned` names those first, and asks.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let orphans = orphans(material).into_iter();
    let book = material.course.config.root.display().to_string();
    let here = advice::book(&material.course.config);
    orphans
        .filter_map(|(file, certain)| {
            let recording = file.recording.ok()?;
            let is_cheap = recording.origin.kind == OriginKind::Practice;
            let help = match (certain, is_cheap) {
                (true, true) if here.is_empty() => "remove it: tutor check --fix".to_owned(),
                (true, true) => format!("remove it: tutor check --fix{}", advice::word(&book)),
                (true, false) => format!("look at it; it can be removed with: tutor reject --orphaned{here}"),
                (false, _) => {
                    "its chapter has code that cannot be read completely; look whether that asks for it"
                        .into()
                }
            };
            let model = &recording.call.model_id;
            let message = format!("no request asks for this recording of `{model}`");
            let mut finding = Finding::new(Place::file(&*file.path), message, help);
            finding.fix = (certain && is_cheap).then_some(Fix::Remove);
            Some(finding)
        })
        .collect()
}

/// The recordings that `--fix` removes: surely no request asks for them, and they are only stand-ins'.
pub(super) fn going<'m, 'a>(material: &'m Material<'a>) -> Vec<&'m Stored<'a>> {
    let is_cheap = |file: &Stored<'_>| file.recording.is_ok_and(|it| it.origin.kind == OriginKind::Practice);
    orphans(material)
        .into_iter()
        .filter(|(file, certain)| *certain && is_cheap(file))
        .map(|(file, _)| file)
        .collect()
}

/// The recordings that no request asks for, each with whether that is certain.
fn orphans<'m, 'a>(material: &'m Material<'a>) -> Vec<(&'m Stored<'a>, bool)> {
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
