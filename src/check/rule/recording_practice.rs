//! A practice answer, for books that want live ones.

use crate::check::{Finding, Level, Material, Rule};
use tutor_recording::OriginKind;

pub(in crate::check) static RULE: Rule = Rule {
    id: "recording-practice",
    level: Level::Note,
    explanation: "\
An answer was made by one of tutor's stand-in models, not by Amazon Bedrock. The
page says so, too. Where you want live answers only, set this rule to \"warn\" or
\"deny\" for the book or for a path:
    [preprocessor.tutor.check.paths.\"book/benchmarks\"]
    recording-practice = \"deny\"",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let practice = material.asked.iter().filter(|asked| {
        asked.recording.is_some_and(|recording| recording.origin.kind == OriginKind::Practice)
    });
    practice
        .map(|asked| {
            let message = format!("the answer of `{}` is of practice origin", asked.named.name);
            let help = format!("where its model can be called: {}", material.stale(asked));
            Finding::new(asked.place(), message, help).in_fence(asked.fence()).about(asked.key.as_str())
        })
        .collect()
}
