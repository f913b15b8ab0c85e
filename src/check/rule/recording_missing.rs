//! A request without a recording.

use crate::check::{Finding, Level, Material, Rule};
use crate::course::reading::Recorded;

pub(in crate::check) static RULE: Rule = Rule {
    id: "recording-missing",
    level: Level::Deny,
    explanation: "\
A request that the chapter surely sends has no recording, so its page shows a
notice in the place of an answer. Record it with `tutor record`. If no answer
shall be shown, say so before the fence:
    <!-- tutor: skip = \"why\" -->",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let missing = material.asked.iter().filter(|asked| asked.recorded == Recorded::Missing);
    missing
        .map(|asked| {
            let message = format!("`{}` has no recording", asked.named.name);
            let help = material.help_with(asked);
            Finding::new(asked.place(), message, help).in_fence(asked.fence()).about(asked.key.as_str())
        })
        .collect()
}
