//! A recorded picture that is not where pages look for it.

use crate::check::{Finding, Level, Material, Rule};
use crate::course::advice;
use tutor_bedrock::family::Makes;
use tutor_recording::{OriginKind, media};

pub(in crate::check) static RULE: Rule = Rule {
    id: "media-missing",
    level: Level::Deny,
    explanation: "\
A recording holds a picture, but the file that its page refers to is not in the
folder `recorded`: readers see a broken image. Restore the file from version
control, or record the call again; `tutor record` writes the picture.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let makes_images = |call| material.family(call).is_some_and(|family| family.makes() == Makes::Images);
    for asked in material.asked.iter().filter(|asked| makes_images(asked.call)) {
        for medium in asked.recording.map(media::of).unwrap_or_default() {
            let path = material.course.config.source.join(medium.path());
            if !path.exists() {
                let message = format!(
                    "the picture of `{}` is missing: {}",
                    asked.named.name,
                    material.course.config.shown(&path).display()
                );
                let is_dear = asked.recording.is_some_and(|it| it.origin.kind != OriginKind::Practice);
                let practice = if is_dear { "" } else { "--practice --accept " };
                let chapter = advice::word(&asked.chapter.read.stem);
                let help = format!(
                    "restore it, or record it again: tutor record {practice}--all{chapter}{}",
                    advice::book(&material.course.config)
                );
                let finding = Finding::new(asked.place(), message, help);
                findings.push(finding.in_fence(asked.fence()).about(asked.key.as_str()));
            }
        }
    }
    for (chapter, image) in material.captured_images() {
        let path = material.course.config.source.join(&image.path);
        if !path.exists() {
            let message = format!("a picture of its output is missing: {}", image.path);
            let help = format!("restore it, or {}", material.course.help_with_capture(&chapter.read.stem));
            findings.push(Finding::new(chapter.at_line(1), message, help));
        }
    }
    findings
}
