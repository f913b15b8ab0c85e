//! Code that reads a place its answer does not have.

use crate::check::{Finding, Level, Material, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "answer-place",
    level: Level::Warn,
    explanation: "\
The code reads a key or an item that answers of this model's family do not have,
such as `generation` from a Claude answer, or doubts of the same kind that
follow from reading the code. A reader who runs it gets a KeyError. Compare the
code with the recorded answer.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let remarks = material
        .chapters
        .iter()
        .flat_map(|chapter| chapter.read.remarks().iter().map(move |remark| (chapter, remark)));
    remarks
        .map(|(chapter, remark)| {
            let message = remark.message.trim_end_matches('.').to_owned();
            let help = "compare the code with the recorded answer, and read what is there";
            Finding::new(chapter.at_line(remark.line), message, help).in_fence(chapter.fence(remark.fence))
        })
        .collect()
}
