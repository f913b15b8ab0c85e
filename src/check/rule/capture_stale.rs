//! What a fence printed, for code that is not there any more.

use crate::check::{Chapter, Finding, Level, Material, Place, Rule};
use tutor_bedrock::Key;
use tutor_recording::{Acceptance, Lookup, capture};

pub(in crate::check) static RULE: Rule = Rule {
    id: "capture-stale",
    level: Level::Deny,
    explanation: "\
A fence's output was captured by running the chapter (`tutor record --execute`),
and the fence or one before it has changed since, or the capture cannot be used.
The page shows no output and none of the requests that only the run could find.
Run the chapter again.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    material.chapters.iter().flat_map(|chapter| of_chapter(material, chapter)).collect()
}

fn of_chapter(material: &Material<'_>, chapter: &Chapter) -> Vec<Finding> {
    let again = material.course.help_with_capture(&chapter.read.stem);
    let mut findings = Vec::new();
    for (fence, line) in chapter.read.stale_captures() {
        let what = "the output of this fence was captured with other code";
        let finding = Finding::new(chapter.at_line(line), what, again.as_str());
        findings.push(finding.in_fence(chapter.fence(fence)));
    }
    for current in chapter.read.captured() {
        let keys = current.fence.calls.iter().filter_map(|key| Key::from_hex(key));
        let gone = |key: &Key| matches!(material.course.store.find(key), Lookup::Missing);
        let missing = keys.filter(gone).count();
        if missing > 0 {
            let line =
                chapter.read.chapter.fences.get(current.fence.fence).map_or(1, |fence| fence.first_line);
            let what = format!("{missing} requests that this fence made when it ran have no recording");
            let finding = Finding::new(chapter.at_line(line), what, again.as_str());
            findings.push(finding.in_fence(chapter.fence(current.fence.fence)));
        }
    }
    let config = &material.course.config;
    let captures = chapter.read.captures();
    for (capture, acceptance) in
        [(&captures.accepted, Acceptance::Accepted), (&captures.pending, Acceptance::Pending)]
    {
        if let Some(Err(damage)) = capture {
            let file = capture::path(&config.fixtures, &chapter.read.stem, acceptance);
            let place = Place::file(config.shown(&file));
            findings.push(Finding::new(place, format!("the capture {damage}"), again.as_str()));
        }
    }
    findings
}
