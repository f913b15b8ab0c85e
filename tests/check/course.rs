//! The course of this repository under its own check.

use serde_json::Value;

use crate::project::{Project, TODAY};

#[test]
fn the_course_has_nothing_above_practice_origin() {
    let done = Project::of_the_course().recorded().tutor(["check", "--format", "json", "--today", TODAY]);
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    let document: Value = serde_json::from_str(&done.stdout).expect("one JSON document");
    let findings = document["findings"].as_array().expect("findings");
    let others: Vec<&Value> =
        findings.iter().filter(|finding| finding["rule"] != "recording-practice").collect();
    assert!(others.is_empty(), "{others:#?}");
    assert!(findings.iter().all(|finding| finding["level"] == "note"));
    assert!(findings.len() > 10, "{} practice answers", findings.len());
    assert!(document["summary"]["allowed"].as_u64() > Some(5), "the retired families are allowed");
}

#[test]
fn the_guide_names_every_rule_with_its_level() {
    let guide = include_str!("../../book/guide/check.md");
    for rule in mdbook_tutor::check::RULES {
        let row = format!("| `{}` | {} |", rule.id, rule.level);
        assert!(guide.contains(&row), "{row}");
    }
}
