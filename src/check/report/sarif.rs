//! For code scanning: SARIF 2.1.0, the OASIS standard that GitHub, GitLab and editors read.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Setting, help};
use crate::check::{Level, RULES, Reported, Verdict};

/// What a path in a URI is not written with.
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Writes a verdict.
pub(super) fn write(verdict: &Verdict, setting: Setting<'_>) -> String {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": first_sentence(rule.explanation) },
                "fullDescription": { "text": rule.explanation },
                "help": { "text": format!("tutor check --explain {}", rule.id) },
                "defaultConfiguration": { "level": level(rule.level) },
            })
        })
        .collect();
    let results: Vec<Value> = verdict.reported.iter().map(|reported| result(reported, setting)).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tutor",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn result(reported: &Reported, setting: Setting<'_>) -> Value {
    let place = &reported.finding.place;
    let at = |line: Option<usize>, columns: Option<std::ops::Range<usize>>| {
        let path = setting.path(place);
        let uri = utf8_percent_encode(&path, NOT_IN_A_PATH).to_string();
        let mut location = json!({ "artifactLocation": { "uri": uri } });
        if let Some(line) = line {
            location["region"] = match columns {
                Some(columns) => {
                    json!({ "startLine": line, "startColumn": columns.start, "endColumn": columns.end })
                }
                None => json!({ "startLine": line }),
            };
        }
        json!({ "physicalLocation": location })
    };
    let mut result = json!({
        "ruleId": reported.rule.id,
        "level": level(reported.level),
        "message": { "text": format!("{}\n{}", reported.finding.message, help(reported)) },
        "locations": [at(place.line, super::columns(&reported.finding, setting.root))],
    });
    if let Some(index) = RULES.iter().position(|rule| rule.id == reported.rule.id) {
        result["ruleIndex"] = index.into();
    }
    if !reported.also.is_empty() {
        result["relatedLocations"] = reported.also.iter().map(|line| at(Some(*line), None)).collect();
    }
    result
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "note",
        Level::Allow => "none",
    }
}

fn first_sentence(text: &str) -> &str {
    text.split_inclusive(". ").next().unwrap_or(text).trim()
}
