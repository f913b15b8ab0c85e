//! An `allow` of a rule that does not exist.

use crate::check::{Finding, Level, Material, Rule, rules};

pub(in crate::check) static RULE: Rule = Rule {
    id: "allow-unknown",
    level: Level::Deny,
    explanation: "\
An annotation allows the findings of a rule that does not exist, so it allows
nothing. `tutor check --rules` lists all rules.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chapter in material.chapters {
        for fence in &chapter.read.chapter.fences {
            let allows = fence.annotation.iter().flat_map(|annotation| &annotation.settings.allow);
            for allow in allows.filter(|allow| rules::by_id(&allow.rule).is_none()) {
                let help = match rules::nearest(&allow.rule) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`tutor check --rules` lists all rules".to_owned(),
                };
                let message = format!("there is no rule `{}`", allow.rule);
                let place = chapter.find_from(allow.line, 0, &allow.rule);
                findings.push(Finding::new(place, message, help));
            }
        }
    }
    findings
}
