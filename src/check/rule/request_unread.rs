//! A request through something that is not read.

use crate::check::{Finding, Level, Material, Rule};
use tutor_bedrock::found::{Finding as Found, Language};

pub(in crate::check) static RULE: Rule = Rule {
    id: "request-unread",
    level: Level::Note,
    explanation: "\
The code sends a request through a library, a language or an operation that
tutor does not read, so it can have no recording and no panel unless the code
is run. What a chapter's Python sends is captured by a run of it
(`tutor record --execute CHAPTER`); the answers of what it asks stay then.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chapter in material.chapters {
        for named in &chapter.read.calls {
            let Found::Unread(unread) = &named.found.finding else { continue };
            let help = match named.found.language {
                Language::Python => {
                    format!("capture what it sends: tutor record --execute {}", chapter.read.stem)
                }
                _ => "its requests are not checked; show the same request in Python or in a request fence"
                    .to_owned(),
            };
            let place = chapter.at_line(named.found.line);
            let finding = Finding::new(place, unread.reason().text, help);
            findings.push(finding.in_fence(chapter.fence(named.found.fence)));
        }
    }
    findings
}
