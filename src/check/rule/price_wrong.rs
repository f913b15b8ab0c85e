//! A typed price that the catalog contradicts.

use crate::check::claim::{Judgement, Topic};
use crate::check::{Level, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "price-wrong",
    level: Level::Deny,
    explanation: "\
A table, a sentence or a dictionary in code gives a price per token, per
thousand or per million tokens, and no source of the catalog has it. The finding
quotes the claim and gives the catalog's price with its day and source; a
retired model has its last known price. `tutor check --fix` writes it in the
same unit. Better: let the page show catalog prices with {{#tutor prices
MODEL…}}.",
    check: |material| {
        super::claims(material, Topic::Price, |judgement| matches!(judgement, Judgement::Wrong(_)))
    },
};
