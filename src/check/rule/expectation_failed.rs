//! An answer that is not what its author expects.

use crate::check::expect;
use crate::check::{Finding, Level, Material, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "expectation-failed",
    level: Level::Deny,
    explanation: "\
An annotation's `expect` says what must hold of the answers of a fence, and a
recorded sample does not fulfil it. Read the answer: either the model has
changed, and the chapter's text must follow, or the expectation was too narrow.
All expectations must hold on every sample; `max-latency` is judged on answers
where times were measured, since practice times are simulated.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    expect::failures(material)
}
