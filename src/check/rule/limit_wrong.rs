//! A typed context window or output limit that the catalog contradicts.

use crate::check::claim::{Judgement, Topic};
use crate::check::{Level, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "limit-wrong",
    level: Level::Deny,
    explanation: "\
A table or a sentence gives a model's context window or its most output tokens,
and the catalog has another number. Rounded numbers are taken as such: 8K,
8,000, 8,191 and 8,192 are the same window. `tutor check --fix` writes the
catalog's.",
    check: |material| {
        super::claims(material, Topic::Limit, |judgement| matches!(judgement, Judgement::Wrong(_)))
    },
};
