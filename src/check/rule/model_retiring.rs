//! Code that names a model about to retire.

use jiff::civil::Date;

use crate::check::model_ids::{self, ModelId};
use crate::check::{Finding, Level, Material, Rule};
use tutor_catalog::{LifecycleState, Notice};

pub(in crate::check) static RULE: Rule = Rule {
    id: "model-retiring",
    level: Level::Warn,
    explanation: "\
Code names a model whose end of life comes within `retiring-within-days` (90
where book.toml does not say), or one that AWS may give up from now on: models
launched since 2026-09-07 have a day before which they do not end, and are
legacy for six months or for 45 days before that, as their model card says.
After the end of life requests fail. Record what you still want to record from
the model, and move to the one at the end of AWS's chain of successors, if there
is one.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    material.model_ids.iter().filter_map(|id| found(material, id)).collect()
}

fn found(material: &Material<'_>, id: &ModelId) -> Option<Finding> {
    let message = match retires_soon(material, id) {
        Some(day) => format!("`{}` ({}) retires on {day}", id.written, id.model.name),
        None => {
            let (day, notice) = may_end(material, id)?;
            let notice = notice.words();
            format!(
                "`{}` ({}) may retire from {day} on, and AWS gives no more than {notice} of notice",
                id.written, id.model.name
            )
        }
    };
    let mut help = model_ids::successor(material, id.model);
    let extended = id.model.lifecycle.as_ref().and_then(|lifecycle| lifecycle.extended);
    if let Some(day) = extended {
        help += &format!("; from {day} on its provider may take a higher price");
    }
    Some(id.finding(material, message, help))
}

/// The day on which the model retires, if it is near and not past.
pub(super) fn retires_soon(material: &Material<'_>, id: &ModelId) -> Option<Date> {
    let within = i64::from(material.course.config.check.retiring_within_days);
    let day = id.model.lifecycle.as_ref()?.end_of_life?;
    let living = id.model.state_on(material.today()) != LifecycleState::Retired;
    (living && super::days_between(material.today(), day) <= within).then_some(day)
}

/// The first day on which a model without an end of life may have one, once its notice may have begun.
fn may_end(material: &Material<'_>, id: &ModelId) -> Option<(Date, Notice)> {
    let lifecycle = id.model.lifecycle.as_ref().filter(|lifecycle| lifecycle.end_of_life.is_none())?;
    let (day, notice) = lifecycle.not_before.zip(lifecycle.notice)?;
    (notice.begins(day) <= material.today()).then_some((day, notice))
}
