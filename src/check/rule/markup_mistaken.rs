//! Annotations, directives, includes and fences with mistakes in their form.

use crate::check::{Finding, Level, Material, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "markup-mistaken",
    level: Level::Warn,
    explanation: "\
An annotation or a directive has an unknown key or verb, a value of the wrong
kind, or stands where it has no effect; or an include cannot be followed, or a
code fence is not closed. What can be read of it holds, the rest is ignored. The
help says what to write.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let diagnostics = material.chapters.iter().flat_map(|chapter| {
        let mistakes = chapter.read.diagnostics().iter().chain(&chapter.unfollowed);
        mistakes.map(move |diagnostic| (chapter, diagnostic))
    });
    diagnostics
        .map(|(chapter, diagnostic)| {
            Finding::new(chapter.at_line(diagnostic.line), &*diagnostic.message, &*diagnostic.help)
        })
        .collect()
}
