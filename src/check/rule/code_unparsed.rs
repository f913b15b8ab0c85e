//! Code that does not parse.

use crate::check::{Finding, Level, Material, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "code-unparsed",
    level: Level::Warn,
    explanation: "\
A fence is tagged with a language that tutor reads, but its content does not
parse. Its requests are not found, and names it may define count as unknown. A
reader who copies it gets a syntax error. Mend it, or tag it `text`. Chapters
that make no request and do not speak of Bedrock are left alone.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let unparsed = material
        .chapters
        .iter()
        .flat_map(|chapter| chapter.read.unparsed().iter().map(move |unparsed| (chapter, unparsed)));
    unparsed
        .map(|(chapter, unparsed)| {
            let message = format!("this fence cannot be read: {}", unparsed.message);
            Finding::new(chapter.at_line(unparsed.line), message, "mend the code, or tag the fence `text`")
                .in_fence(chapter.fence(unparsed.fence))
        })
        .collect()
}
