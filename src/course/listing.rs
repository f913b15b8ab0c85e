//! What `tutor list` prints: a tree for people, one JSON document for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::advice::Next;
use super::reading::{NamedCall, Recorded};
use super::shelf::{ListedCall, ListedChapter};
use super::told::Told;
use crate::problem::plural;
use tutor_bedrock::Json;
use tutor_bedrock::found::{Finding, Reason};

/// The version of the JSON document.
const VERSION: u32 = 1;

/// The widest line of the tree.
const WIDTH: usize = 80;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    chapters: Vec<Chapter<'a>>,
}

#[derive(Serialize)]
struct Chapter<'a> {
    path: String,
    calls: Vec<Call<'a>>,
}

#[derive(Serialize)]
struct Call<'a> {
    id: &'a str,
    fence: usize,
    line: usize,
    language: &'static str,
    status: &'static str,
    reason: Option<String>,
    operation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    library: Option<&'a str>,
    model_id: Option<&'a str>,
    request: Option<&'a Json>,
    recording: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a Told>,
}

/// The JSON document of DESIGN's `tutor list --format json`, with a line break at its end.
pub fn json(chapters: &[ListedChapter]) -> String {
    let chapters = chapters
        .iter()
        .map(|chapter| Chapter {
            path: chapter.path.display().to_string(),
            calls: chapter.calls.iter().map(json_call).collect(),
        })
        .collect();
    let document = Document { version: VERSION, chapters };
    serde_json::to_string(&document).expect("plain data is JSON") + "\n"
}

fn json_call(listed: &ListedCall) -> Call<'_> {
    let NamedCall { id, found, .. } = &listed.call;
    Call {
        id,
        fence: found.fence,
        line: found.line,
        language: found.language.name(),
        status: status(&found.finding),
        reason: reason(&found.finding).map(|reason| said(&reason)),
        operation: operation(&found.finding),
        library: match &found.finding {
            Finding::Unread(unread) => Some(&unread.library),
            _ => None,
        },
        model_id: listed.call.model_id(),
        request: match &found.finding {
            Finding::Resolved(call) => Some(&call.body),
            Finding::Unresolved { known, .. } | Finding::Uncalled { known } => known.body.as_ref(),
            Finding::Unread(_) => None,
        },
        recording: listed.recorded.map(Recorded::name),
        answer: listed.told.as_deref(),
    }
}

fn status(finding: &Finding) -> &'static str {
    match finding {
        Finding::Resolved(_) => "resolved",
        Finding::Unresolved { .. } => "unresolved",
        Finding::Uncalled { .. } => "uncalled",
        Finding::Unread(_) => "unread",
    }
}

fn operation(finding: &Finding) -> Option<&str> {
    match finding {
        Finding::Resolved(call) => Some(call.operation.name()),
        Finding::Unresolved { known, .. } | Finding::Uncalled { known } => Some(known.operation.name()),
        Finding::Unread(unread) => unread.operation.as_deref(),
    }
}

fn reason(finding: &Finding) -> Option<Reason> {
    match finding {
        Finding::Unresolved { reason, .. } => Some(reason.clone()),
        Finding::Unread(unread) => Some(unread.reason()),
        _ => None,
    }
}

fn said(reason: &Reason) -> String {
    match reason.line {
        Some(line) => format!("{} (line {line})", reason.text),
        None => reason.text.clone(),
    }
}

/// The tree for people: a chapter, its calls by fence, and why the unresolved ones are.
pub fn human(chapters: &[ListedChapter]) -> String {
    let mut out = String::new();
    for chapter in chapters.iter().filter(|chapter| !chapter.calls.is_empty()) {
        let _ = writeln!(out, "{}", chapter.path.display());
        let last = chapter.calls.len() - 1;
        for (index, call) in chapter.calls.iter().enumerate() {
            human_call(&mut out, call, index == last);
        }
        out.push('\n');
    }
    let _ = writeln!(out, "{}", totals(chapters));
    out
}

fn human_call(out: &mut String, listed: &ListedCall, is_last: bool) {
    let NamedCall { name, found, .. } = &listed.call;
    let (branch, stem) = if is_last { ("└─", "  ") } else { ("├─", "│ ") };
    let state = match (&found.finding, listed.recorded) {
        (Finding::Resolved(_), Some(recorded)) => recorded.name(),
        (finding, _) => status(finding),
    };
    let _ = writeln!(
        out,
        "{branch} fence {}, line {}: {name} · {} · {state}",
        found.fence,
        found.line,
        operation(&found.finding).unwrap_or("operation not known"),
    );
    let _ = writeln!(out, "{stem}   {}", listed.call.model_id().unwrap_or("the model is not known"));
    if let Some(reason) = reason(&found.finding) {
        for line in wrap(&format!("because {}", said(&reason)), WIDTH - 5) {
            let _ = writeln!(out, "{stem}   {line}");
        }
    }
}

fn totals(chapters: &[ListedChapter]) -> String {
    let calls: Vec<&ListedCall> = chapters.iter().flat_map(|chapter| &chapter.calls).collect();
    let count = |wanted: &str| calls.iter().filter(|call| status(&call.call.found.finding) == wanted).count();
    let (resolved, unresolved, uncalled) = (count("resolved"), count("unresolved"), count("uncalled"));
    let mut text =
        format!("{}: {resolved} resolved, {unresolved} unresolved", plural(resolved + unresolved, "request"));
    if uncalled > 0 {
        let _ = write!(text, "; {uncalled} more in functions that nobody calls");
    }
    let unread = count("unread");
    if unread > 0 {
        let _ = write!(
            text,
            "\n{unread} more through libraries, languages or operations that are not read; a run of the\n\
             chapter's Python shows what it sends: tutor record --execute CHAPTER"
        );
    }
    text += &next_steps(chapters);
    if unresolved > 0 {
        text.push_str(
            "\nTo help with an unresolved one, give what is not known in an annotation before\n\
             its fence, such as <!-- tutor: values = { topic = \"tides\" } -->, or write the\n\
             request without code in a fence tagged `toml bedrock`.",
        );
    }
    text
}

/// What to do about recordings, a line for each kind of step and book.
fn next_steps(chapters: &[ListedChapter]) -> String {
    let mut counts: BTreeMap<(Next, &str), usize> = BTreeMap::new();
    for chapter in chapters {
        for next in chapter.calls.iter().filter_map(|call| call.next) {
            *counts.entry((next, &chapter.book)).or_default() += 1;
        }
    }
    let line = |((next, book), count): (&(Next, &str), &usize)| {
        let (is, what) = match next {
            Next::Review => ("pending", "look and decide"),
            Next::Record => ("stale or damaged, answered by a real model before", "record again"),
            Next::Practice => ("without a current recording", "record them"),
        };
        format!("\n{count} {is}; {what}: {}{book}", next.command(None))
    };
    counts.iter().map(line).collect()
}

/// Breaks at spaces; a longer word stands alone.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
