//! For programs: one JSON document with a version.

use jiff::civil::Date;
use serde::Serialize;

use super::Setting;
use crate::check::{Fix, Level, Reported, Verdict};

/// The version of the document.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    today: Date,
    summary: Summary,
    findings: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Summary {
    chapters: usize,
    requests: usize,
    recordings: usize,
    deny: usize,
    warn: usize,
    note: usize,
    allowed: usize,
}

#[derive(Serialize)]
struct Item<'a> {
    rule: &'static str,
    level: Level,
    path: String,
    line: Option<usize>,
    /// From 1, in characters, as editors count them; the end is the first one behind.
    column: Option<usize>,
    end_column: Option<usize>,
    also_lines: &'a [usize],
    message: &'a str,
    help: &'a str,
    claim: Option<Claim<'a>>,
    fix: Option<FixItem<'a>>,
}

#[derive(Serialize)]
struct Claim<'a> {
    quote: &'a str,
    catalog: &'a str,
    source: &'a str,
    as_of: Date,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
enum FixItem<'a> {
    Replace { old: &'a str, new: &'a str },
    Remove,
}

/// Writes a verdict.
pub(super) fn write(verdict: &Verdict, setting: Setting<'_>) -> String {
    let document = Document {
        version: VERSION,
        today: setting.today,
        summary: Summary {
            chapters: verdict.chapters,
            requests: verdict.requests,
            recordings: verdict.recordings,
            deny: verdict.count(Level::Deny),
            warn: verdict.count(Level::Warn),
            note: verdict.count(Level::Note),
            allowed: verdict.allowed,
        },
        findings: verdict.reported.iter().map(|reported| item(reported, setting)).collect(),
    };
    // Room for most findings as they are; what is not needed of it is never touched.
    let mut out = Vec::with_capacity(1024 * (1 + document.findings.len()));
    if serde_json::to_writer_pretty(&mut out, &document).is_err() {
        out.clear();
    }
    out.push(b'\n');
    String::from_utf8(out).unwrap_or_default()
}

fn item<'a>(reported: &'a Reported, setting: Setting<'_>) -> Item<'a> {
    let finding = &reported.finding;
    let columns = super::columns(finding, setting.root);
    Item {
        rule: reported.rule.id,
        level: reported.level,
        path: finding.place.path.display().to_string(),
        line: finding.place.line,
        column: columns.as_ref().map(|columns| columns.start),
        end_column: columns.map(|columns| columns.end),
        also_lines: &reported.also,
        message: &finding.message,
        help: &finding.help,
        claim: finding.claim.as_ref().map(|claim| Claim {
            quote: &claim.quote,
            catalog: &claim.value,
            source: &claim.source,
            as_of: claim.as_of,
        }),
        fix: finding.fix.as_ref().map(|fix| match fix {
            Fix::Replace { old, new } => FixItem::Replace { old, new },
            Fix::Remove => FixItem::Remove,
        }),
    }
}
