//! A table that offers a retired model.

use std::collections::HashSet;

use crate::check::claim::{Claim, What};
use crate::check::model_ids;
use crate::check::{Chapter, Finding, Level, Material, Rule};
use tutor_catalog::{LifecycleState, Model};

pub(in crate::check) static RULE: Rule = Rule {
    id: "retired-in-table",
    level: Level::Warn,
    explanation: "\
A table names a model whose end of life has passed, and nothing on the page says
so: readers take tables for offers. Said once a chapter for each model. Nothing
is said where the row, the column or the heading speaks of retirement, or where
the page shows the model's dates with {{#tutor models …}}.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    material.chapters.iter().flat_map(|chapter| in_chapter(material, chapter)).collect()
}

fn in_chapter(material: &Material<'_>, chapter: &Chapter) -> Vec<Finding> {
    let retired = |model: &&Model| model.state_on(material.today()) == LifecycleState::Retired;
    let dated = super::dated_on_page(material, chapter);
    let mentions = chapter.claims.iter().filter(|claim| {
        claim.what == What::Offered
            && claim.models.iter().all(retired)
            && !claim.models.iter().all(|model| dated.contains(model.id.as_str()))
    });
    // A model by its own name says more than the series it belongs to: single ones first.
    let (single, series): (Vec<&Claim>, Vec<&Claim>) = mentions.partition(|claim| claim.models.len() == 1);
    let mut said: HashSet<&str> = HashSet::new();
    let mut findings = Vec::new();
    for claim in single.into_iter().chain(series) {
        let ids: Vec<&str> = claim.models.iter().map(|model| model.id.as_str()).collect();
        if claim.models.len() > 1 && ids.iter().any(|id| said.contains(id)) {
            continue;
        }
        said.extend(&ids);
        findings.push(found(material, chapter, claim).about(ids.join(" ")));
    }
    findings
}

fn found(material: &Material<'_>, chapter: &Chapter, claim: &Claim) -> Finding {
    let last = claim
        .models
        .iter()
        .filter_map(|model| model.lifecycle.as_ref()?.end_of_life)
        .max()
        .map_or_else(String::new, |day| format!(" since {day}"));
    let message = match claim.models.as_slice() {
        [_] => format!("{} is retired{last}", claim.subject),
        models => format!("every {} model is retired{last} ({} of them)", claim.subject, models.len()),
    };
    let help = match claim.models.as_slice() {
        [model] => model_ids::successor(material, model),
        _ => "name models that can be called, or say on the page that these cannot".to_owned(),
    };
    Finding::new(chapter.at(&claim.range), message, help)
}
