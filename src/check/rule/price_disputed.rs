//! A typed price on which the catalog's sources disagree.

use crate::check::claim::{Judgement, Topic};
use crate::check::{Level, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "price-disputed",
    level: Level::Warn,
    explanation: "\
A typed price is one that some source of the catalog gives, but not the one that
tutor counts with. It may be an older price, or the right one. Look at AWS's
pricing page and decide; the finding names both with their sources.",
    check: |material| {
        super::claims(material, Topic::Price, |judgement| matches!(judgement, Judgement::Disputed(_)))
    },
};
