//! An annotation about calls before a fence that makes none.

use crate::check::{Finding, Level, Material, Rule};
use tutor_page::chapter::Settings;

pub(in crate::check) static RULE: Rule = Rule {
    id: "annotation-unmatched",
    level: Level::Warn,
    explanation: "\
An annotation names, shows, samples or expects something of the calls of a fence
that makes no call. A call belongs to the fence whose top-level statement makes
it, not to the one that defines the helper. Move the annotation there.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chapter in material.chapters {
        for fence in &chapter.read.chapter.fences {
            let Some(annotation) = &fence.annotation else { continue };
            let keys = keys_about_calls(&annotation.settings);
            let unread = chapter.read.unparsed().iter().any(|unparsed| unparsed.fence == fence.index);
            let silent = chapter.read.calls_in(fence.index).next().is_none();
            if keys.is_empty() || annotation.settings.skip.is_some() || unread || !silent {
                continue;
            }
            let message = format!("{} of a fence that makes no call", keys.join(" and "));
            let help = "put it before the fence whose top-level code makes the call, or remove it";
            let finding = Finding::new(chapter.at_line(annotation.line), message, help);
            findings.push(finding.in_fence(chapter.fence(fence.index)));
        }
    }
    findings
}

/// The keys that say something about calls.
fn keys_about_calls(settings: &Settings) -> Vec<&'static str> {
    let keys = [
        ("`name`", settings.name.is_some()),
        ("`samples`", settings.samples.is_some()),
        ("`show`", settings.show.is_some()),
        ("`expect`", !settings.expect.is_empty()),
    ];
    keys.into_iter().filter(|(_, given)| *given).map(|(key, _)| key).collect()
}
