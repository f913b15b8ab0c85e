//! A recording that waits for a decision.

use crate::check::{Finding, Level, Material, Rule};
use crate::course::advice;
use tutor_recording::Acceptance;

pub(in crate::check) static RULE: Rule = Rule {
    id: "recording-pending",
    level: Level::Warn,
    explanation: "\
A new answer lies beside the recordings (`….json.new`) and nobody has decided
whether it becomes part of the book. Pages mark such answers, or show the
accepted ones. Accept or reject it before you publish.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let here = advice::book(&material.course.config);
    for file in material.stored.iter().filter(|file| file.acceptance == Acceptance::Pending) {
        let path = &file.path;
        let asked = file
            .recording
            .ok()
            .and_then(|recording| material.asked.iter().find(|asked| *asked.key == recording.key));
        // One that no request asks for is an orphan.
        if let Some(asked) = asked {
            let message = format!("a new recording of `{}` waits for a decision", asked.named.name);
            let file = advice::word(&path.display().to_string());
            let help = format!("look at it and decide: tutor review{file}{here}");
            findings.push(Finding::new(asked.place(), message, help).in_fence(asked.fence()));
        }
    }
    findings
}
