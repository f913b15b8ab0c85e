//! Code that names a retired model.

use crate::check::model_ids::{self, ModelId};
use crate::check::{Finding, Level, Material, Rule};
use tutor_catalog::LifecycleState;

pub(in crate::check) static RULE: Rule = Rule {
    id: "model-retired",
    level: Level::Deny,
    explanation: "\
Code names a model whose end of life has passed: a reader who runs it gets an
error. Said once a chapter for each id, with all lines. Move to a living model;
the one at the end of AWS's chain of successors is named, if there is one. A
chapter that keeps the model on purpose says so before the fence:
    <!-- tutor: allow = [{ rule = \"model-retired\", reason = \"history\" }] -->",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    model_ids::in_state(material, LifecycleState::Retired).map(|id| found(material, id)).collect()
}

fn found(material: &Material<'_>, id: &ModelId) -> Finding {
    let lifecycle = id.model.lifecycle.as_ref();
    let since = lifecycle
        .and_then(|lifecycle| lifecycle.end_of_life)
        .map_or_else(String::new, |day| format!(" since {day}"));
    let message = format!("`{}` ({}) is retired{since}: requests fail", id.written, id.model.name);
    id.finding(material, message, model_ids::successor(material, id.model))
}
