//! A request that Bedrock would not take.

use crate::check::{Finding, Level, Material, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "request-refused",
    level: Level::Deny,
    explanation: "\
A request's body breaks the schema of its model's family, or of Converse: a
required field is missing, a key is unknown, a number is out of its range. A
reader who sends it gets a ValidationException. What Bedrock has answered, as a
recording shows, is believed. A chapter that shows such an
error on purpose says so before the fence:
  <!-- tutor: allow = [{ rule = \"request-refused\", reason = \"to show it\" }] -->",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for asked in material.asked.iter().filter(|asked| !asked.is_taken()) {
        let Err(violation) = tutor_schema::check(asked.call, material.family(asked.call)) else { continue };
        let message =
            format!("`{}` would be refused: {}", asked.named.name, violation.message.trim_end_matches('.'));
        let help = format!("{}: compare the body with what the model's family takes", violation.kind);
        let finding = Finding::new(asked.place(), message, help);
        findings.push(finding.in_fence(asked.fence()).about(asked.key.as_str()));
    }
    findings
}
