//! An `allow` that allows nothing.

use std::collections::HashSet;

use crate::check::judge::AllowId;
use crate::check::{Finding, Level, Material, Rule, rules};

pub(in crate::check) static RULE: Rule = Rule {
    id: "allow-unused",
    level: Level::Warn,
    explanation: "\
An annotation allows a rule that finds nothing in its fence or block: what it
excused is gone. Remove it, so that it does not hide the next finding.",
    // Only the judge knows which `allow`s were used.
    check: |_| Vec::new(),
};

/// The `allow`s of known rules that are not among the `used` ones.
pub(in crate::check) fn find(material: &Material<'_>, used: &HashSet<AllowId>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chapter in material.chapters {
        let of_blocks = chapter.read.chapter.allowed.iter().map(|block| &block.annotation);
        let of_fences = chapter.read.chapter.fences.iter().filter_map(|fence| fence.annotation.as_ref());
        for annotation in of_fences.chain(of_blocks) {
            for (number, allow) in annotation.settings.allow.iter().enumerate() {
                let id = (chapter.index, annotation.line, number);
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
