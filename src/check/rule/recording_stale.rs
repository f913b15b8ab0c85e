//! A recording for an earlier version of a request.

use crate::check::{Finding, Level, Material, Rule};
use crate::course::reading::Recorded;

pub(in crate::check) static RULE: Rule = Rule {
    id: "recording-stale",
    level: Level::Deny,
    explanation: "\
There is a recording under this request's name, but for other words, another
model or other parameters: the code has changed since. The page shows no answer.
Record it anew with `tutor record`; the old file is then an orphan.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let stale = material.asked.iter().filter(|asked| asked.recorded == Recorded::Stale);
    stale
        .map(|asked| {
            let message =
                format!("the recording of `{}` is for an earlier version of the request", asked.named.name);
            let help = material.help_with(asked);
            Finding::new(asked.place(), message, help).in_fence(asked.fence()).about(asked.key.as_str())
        })
        .collect()
}
