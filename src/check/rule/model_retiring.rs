//! Code that names a model about to retire.

use crate::check::model_ids::{self, ModelId};
use crate::check::{Finding, Level, Material, Rule};
use tutor_catalog::LifecycleState;

pub(in crate::check) static RULE: Rule = Rule {
    id: "model-retiring",
    level: Level::Warn,
    explanation: "\
Code names a model whose end of life comes within `retiring-within-days` (90
where book.toml does not say). After that day requests fail. Record what you
still want to record from it, and move to the model at the end of AWS's chain of
successors, if there is one.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    material.model_ids.iter().filter_map(|id| found(material, id)).collect()
}

fn found(material: &Material<'_>, id: &ModelId) -> Option<Finding> {
    let day = retires_soon(material, id)?;
    let message = format!("`{}` ({}) retires on {day}", id.written, id.model.name);
    let finding = Finding::new(id.place(material), message, model_ids::successor(material, id.model));
    Some(finding.in_fence(id.fence_id()).about(&*id.model.id))
}

/// The day on which the model retires, if it is near and not past.
pub(super) fn retires_soon(material: &Material<'_>, id: &ModelId) -> Option<jiff::civil::Date> {
    let within = i64::from(material.course.config.check.retiring_within_days);
    let day = id.model.lifecycle.as_ref()?.end_of_life?;
    let living = id.model.state_on(material.today()) != LifecycleState::Retired;
    (living && super::days_between(material.today(), day) <= within).then_some(day)
}
