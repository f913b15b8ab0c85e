//! A recording that no request asks for.

use std::collections::HashSet;

use crate::bedrock::Key;
use crate::check::{Finding, Fix, Level, Material, Place, Rule};
use crate::course::reading::Recorded;
use crate::recording::Stored;

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
    let wanted: HashSet<&Key> = material.asked.iter().map(|asked| &asked.key).collect();
    let mut findings = Vec::new();
    for file in &material.stored {
        let Ok(recording) = file.load() else { continue };
        if wanted.contains(&recording.key) || is_trace(material, file) {
            continue;
        }
        let certain = material.is_fully_read(&file.chapter);
        let (reason, fix) = if certain {
            ("remove it: tutor check --fix", Some(Fix::Remove))
        } else {
            ("its chapter has code that cannot be read completely; look whether that asks for it", None)
        };
        let message = format!("no request asks for this recording of `{}`", recording.call.model_id);
        let mut finding = Finding::new(Place::file(material.shown(file.path)), message, reason);
        finding.fix = fix;
        findings.push(finding);
    }
    findings
}

/// Whether the file is what makes a request stale: its replacement does not exist yet.
fn is_trace(material: &Material<'_>, file: &Stored<'_>) -> bool {
    material.asked.iter().any(|asked| {
        asked.recorded == Recorded::Stale
            && asked.chapter.read.stem == file.chapter
            && asked.named.name == file.name
    })
}
