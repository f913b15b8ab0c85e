//! An `allow` that allows nothing.

use std::collections::HashSet;

use crate::check::judge::AllowId;
use crate::check::{Finding, Level, Material, Rule, rules};

pub(in crate::check) static RULE: Rule = Rule {
    id: "allow-unused",
    level: Level::Warn,
    explanation: "\
An annotation allows a rule that finds nothing in its fence: what it excused is
gone. Remove it, so that it does not hide the next finding.",
    // Only the judge knows which `allow`s were used.
    check: |_| Vec::new(),
};

/// The `allow`s of known rules that are not among the `used` ones.
pub(in crate::check) fn find(material: &Material<'_>, used: &HashSet<AllowId>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chapter in material.chapters {
        for fence in &chapter.read.chapter.fences {
            let allows = fence.annotation.iter().flat_map(|annotation| &annotation.settings.allow);
            for (number, allow) in allows.enumerate() {
                let id = (chapter.fence(fence.index), number);
                if used.contains(&id) || rules::by_id(&allow.rule).is_none() {
                    continue;
                }
                let message = format!("`{}` finds nothing here that could be allowed", allow.rule);
                let help = "remove this entry of `allow`";
                findings.push(Finding::new(chapter.find_from(allow.line, 0, &allow.rule), message, help));
            }
        }
    }
    findings
}
