//! An expectation that cannot be judged.

use crate::check::expect;
use crate::check::{Finding, Level, Material, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "expectation-invalid",
    level: Level::Deny,
    explanation: "\
The value of an expectation is not of the form its kind needs, such as a regular
expression that does not parse or a size that is no size. Nothing is judged by
it. The guide lists every kind with an example.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    expect::invalid(material)
}
