//! Code that names a legacy model.

use super::model_retiring::retires_soon;
use crate::check::model_ids::{self, ModelId};
use crate::check::{Finding, Level, Material, Rule};
use tutor_catalog::LifecycleState;

pub(in crate::check) static RULE: Rule = Rule {
    id: "model-legacy",
    level: Level::Warn,
    explanation: "\
Code names a model that AWS calls legacy: it still answers those who use it, but
accounts that never did are not let in, so a new reader cannot run the code.
Models near their end of life are said by `model-retiring` instead.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    model_ids::in_state(material, LifecycleState::Legacy)
        .filter(|id| retires_soon(material, id).is_none())
        .map(|id| found(material, id))
        .collect()
}

fn found(material: &Material<'_>, id: &ModelId) -> Finding {
    let until = id
        .model
        .lifecycle
        .as_ref()
        .and_then(|lifecycle| lifecycle.end_of_life)
        .map_or_else(String::new, |day| format!("; its end of life is {day}"));
    let message = format!("`{}` ({}) is legacy{until}", id.written, id.model.name);
    id.finding(material, message, model_ids::successor(material, id.model))
}
