//! An answer of Amazon Bedrock from long ago.

use crate::check::{Finding, Level, Material, Rule};
use tutor_recording::OriginKind;

pub(in crate::check) static RULE: Rule = Rule {
    id: "recording-old",
    level: Level::Warn,
    explanation: "\
An answer of Amazon Bedrock was recorded more than `max-age-days` ago (180 where
book.toml does not say). Models behind an id can change; record it again and see
whether it still says the same. Practice recordings do not age: the same request
always gets the same answer.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let limit = i64::from(material.course.config.check.max_age_days);
    let mut findings = Vec::new();
    for asked in &material.asked {
        let Some(recording) = asked.recording.filter(|it| it.origin.kind == OriginKind::Bedrock) else {
            continue;
        };
        let day = recording.origin.recorded_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let age = super::days_between(day, material.today());
        if age > limit {
            let message =
                format!("the answer of `{}` was recorded {age} days ago, on {day}", asked.named.name);
            let help = format!("record it again: {}", material.stale(asked));
            let finding = Finding::new(asked.place(), message, help);
            findings.push(finding.in_fence(asked.fence()).about(asked.key.as_str()));
        }
    }
    findings
}
