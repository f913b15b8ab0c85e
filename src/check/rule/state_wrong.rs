//! Words about a model's life that are not so, or no longer.

use crate::check::claim::{Claim, Life, What};
use crate::check::{Chapter, Finding, Level, Material, Rule};
use tutor_catalog::{Lifecycle, LifecycleState, Model};

pub(in crate::check) static RULE: Rule = Rule {
    id: "state-wrong",
    level: Level::Deny,
    explanation: "\
A sentence or a table says that a model is legacy, retired, active or still
answers, when it retires or what AWS names as its successor, and the catalog's
dated facts say otherwise on the day of the check. States change by themselves:
write the date instead (“end of life 2026-11-26”), or let {{#tutor models …}}
say it. Nothing is said of models whose dates no source gives, of the past, of
conditions and of what a course itself recommends. To leave words as they are:
  <!-- tutor: allow = [{ rule = \"state-wrong\", reason = \"a quotation\" }] -->
before the paragraph or table, or `allow` in book.toml.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chapter in material.chapters {
        for claim in &chapter.claims {
            let What::Life(life) = &claim.what else { continue };
            findings.extend(contradiction(material, claim, life).map(|said| found(chapter, claim, said)));
        }
    }
    findings
}

/// What the catalog says instead, and what to write.
struct Instead {
    said: String,
    write: String,
    source: String,
}

/// A claim about a series is contradicted only if it is for every model of it.
fn contradiction(material: &Material<'_>, claim: &Claim, life: &Life) -> Option<Instead> {
    let mut first = None;
    for model in &claim.models {
        let lifecycle = model.lifecycle.as_ref()?;
        let instead = one(material, model, lifecycle, life)?;
        first.get_or_insert(instead);
    }
    first
}

fn one(material: &Material<'_>, model: &Model, lifecycle: &Lifecycle, life: &Life) -> Option<Instead> {
    let state = model.state_on(material.today());
    let is_dated = lifecycle.legacy.is_some() || lifecycle.end_of_life.is_some();
    let stands = match life {
        Life::Legacy => state == LifecycleState::Legacy || !is_dated,
        Life::Retired => state == LifecycleState::Retired || lifecycle.end_of_life.is_none(),
        Life::Answers => state != LifecycleState::Retired,
        // A model without a date of its own for that may be legacy all the same.
        Life::Active => state == LifecycleState::Active,
        Life::RetiresOn(day) => lifecycle.end_of_life.is_none_or(|end| end == *day),
        Life::Successor(named) => follows(material, model, named),
    };
    if stands {
        return None;
    }
    let (said, write) = match (life, state) {
        (Life::RetiresOn(_), _) => {
            let end = lifecycle.end_of_life?;
            (format!("its end of life is {end}"), format!("write “{end}”"))
        }
        (Life::Successor(_), _) => {
            let next = lifecycle.successor.as_deref()?;
            let name = material.catalog().model(next).map_or(next, |next| next.name.as_str());
            (format!("AWS names {name}"), format!("write “{name}”, or say that it is your own choice"))
        }
        (_, LifecycleState::Retired) => {
            let end = lifecycle.end_of_life?;
            (format!("it is retired since {end}"), format!("say so, with the date: “end of life {end}”"))
        }
        (_, LifecycleState::Legacy) => {
            let since = lifecycle.legacy?;
            let end = lifecycle.end_of_life.map(|end| format!(", end of life {end}")).unwrap_or_default();
            (format!("it is legacy since {since}{end}"), "say so, with the dates".to_owned())
        }
        (_, LifecycleState::Active) => {
            let legacy = lifecycle.legacy.map(|day| format!(", legacy from {day}")).unwrap_or_default();
            (format!("it is active{legacy}"), "say so".to_owned())
        }
    };
    Some(Instead { said, write, source: lifecycle.source.clone() })
}

/// Whether one of `named` stands anywhere on AWS's chain after `model`; where AWS names nobody, nothing is
/// contradicted.
fn follows(material: &Material<'_>, model: &Model, named: &[&'static Model]) -> bool {
    let successor = |model: &Model| {
        let next = model.lifecycle.as_ref()?.successor.clone()?;
        material.catalog().model(&next)
    };
    let Some(mut next) = successor(model) else { return true };
    for _ in 0..20 {
        if named.iter().any(|named| named.id == next.id) {
            return true;
        }
        let Some(after) = successor(next) else { return false };
        next = after;
    }
    false
}

fn found(chapter: &Chapter, claim: &Claim, Instead { said, write, source }: Instead) -> Finding {
    let message = format!("“{}” of {}: {said}", claim.written, claim.subject);
    Finding::new(chapter.at(&claim.range), message, format!("{write} ({source})"))
}
