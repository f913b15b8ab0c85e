//! A request that cannot be read from the code.

use crate::check::{Finding, Level, Material, Place, Rule};
use crate::course::advice;
use tutor_bedrock::found::{Finding as Found, Language};

pub(in crate::check) static RULE: Rule = Rule {
    id: "request-unresolved",
    level: Level::Warn,
    explanation: "\
The code makes or may make a request whose content is not known from the text,
so it can have no recording and no panel. Give the missing value in an
annotation (values = { topic = \"tides\" }), let a run of the chapter find it
(`tutor record --execute CHAPTER`), or leave the fence out on purpose:
    <!-- tutor: skip = \"asks the reader\" -->",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chapter in material.chapters {
        for named in &chapter.read.calls {
            let Found::Unresolved { known, reason } = &named.found.finding else { continue };
            let message = format!("this {} call is not known: {}", known.operation, reason.text);
            let place = chapter.at_line(named.found.line);
            let elsewhere = reason.line.filter(|line| *line != named.found.line);
            let run = match named.found.language {
                Language::Python => {
                    let chapter = advice::word(&chapter.read.stem);
                    let book = advice::book(&material.course.config);
                    format!("run the chapter (tutor record --execute{chapter}{book}), ")
                }
                Language::Shell | Language::Request | Language::Other(_) => String::new(),
            };
            let help = match elsewhere.map(|line| chapter.at_line(line)) {
                Some(Place { line: Some(line), .. }) => {
                    format!(
                        "the reason lies on line {line}; name the value in `values`, {run}or `skip` the fence"
                    )
                }
                _ => format!("name the value in the annotation's `values`, {run}or `skip` the fence"),
            };
            findings.push(Finding::new(place, message, help).in_fence(chapter.fence(named.found.fence)));
        }
    }
    findings
}
