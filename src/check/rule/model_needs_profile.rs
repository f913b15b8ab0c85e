//! A call by a bare id to a model that answers through inference profiles alone.

use crate::check::{Finding, Level, Material, Rule};
use tutor_bedrock::model_id;
use tutor_catalog::Access;

pub(in crate::check) static RULE: Rule = Rule {
    id: "model-needs-profile",
    level: Level::Deny,
    explanation: "\
A call sends the bare id of a model that us-east-1 serves only through inference
profiles. Bedrock refuses it with a ValidationException that speaks of on-demand
throughput, unless a recording shows that it has answered. Put the geography
before the id, such as `us.`.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (chapter, named, id) in material.with_model() {
        let Some(model) = material.catalog().model(id).filter(|model| model.access == Access::ProfileOnly)
        else {
            continue;
        };
        if material.is_taken(named) || id != model_id::bare(id) && !id.contains(":foundation-model/") {
            continue;
        }
        let message = format!("`{id}` ({}) answers only through an inference profile", model.name);
        let help = format!("send `us.{}`, or the profile of your geography", model.id);
        let place = chapter.find_from(named.found.line, 12, id);
        let finding = Finding::new(place, message, help);
        findings.push(finding.in_fence(chapter.fence(named.found.fence)).about(id));
    }
    findings
}
