//! A feature that the catalog contradicts.

use crate::check::claim::{Judgement, Topic};
use crate::check::{Level, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "feature-wrong",
    level: Level::Warn,
    explanation: "\
A table or a sentence says that a model streams, reads images, takes tools or
can be held to a schema (or that it does not), and the catalog's source says the
opposite. Of a whole series of models it is said only if it is wrong for all of
them. Where no source says anything, nothing is said here either.",
    check: |material| {
        super::claims(material, Topic::Feature, |judgement| matches!(judgement, Judgement::Wrong(_)))
    },
};
