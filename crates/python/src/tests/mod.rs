//! What is read out of small chapters. Fences are given as Python text; the client and a helper `say`,
//! which sends its argument as the only message, are there already.

mod answers;
mod bounds;
mod certainty;
mod compatible;
mod decorators;
mod handing;
mod language;
mod modules;
mod placing;
mod region;
mod unread;

use tutor_bedrock::found::{Finding, Findings, Language, NoAnswers, NoFiles, Source};

const PRELUDE: &str = "\
import boto3, json
from elsewhere import unknown
client = boto3.client('bedrock-runtime')
def say(text):
    return client.converse(modelId='m', messages=[{'role': 'user', 'content': [{'text': text}]}])
";

thread_local! {
    /// Steps and bytes that the last chapter read on this thread took.
    static COST: std::cell::Cell<(u64, usize)> = const { std::cell::Cell::new((0, 0)) };
}

/// Remembers what reading a chapter took.
pub(super) fn note_cost(steps: u64, bytes: usize) {
    COST.set((steps, bytes));
}

/// The fences of a chapter, one line after the other.
fn sources(fences: &[&str]) -> Vec<Source> {
    let mut line = 1;
    let mut sources = Vec::new();
    for (fence, text) in fences.iter().enumerate() {
        sources.push(Source {
            fence,
            language: Language::Python,
            text: (*text).to_owned(),
            first_line: line,
            values: Vec::new(),
            skip: false,
        });
        line += text.lines().count();
    }
    sources
}

/// Reads fences without any recording.
fn read(fences: &[&str]) -> Findings {
    let sources = sources(fences);
    super::read(&sources.iter().collect::<Vec<_>>(), &NoAnswers, &NoFiles)
}

/// What `say` surely says, in order; calls that are not certain show their reason.
fn said(code: &str) -> Vec<String> {
    told(&read(&[PRELUDE, code]))
}

fn told(findings: &Findings) -> Vec<String> {
    let text = |finding: &Finding| match finding {
        Finding::Resolved(call) => {
            let text = call.body.pointer("/messages/0/content/0/text").and_then(tutor_bedrock::Json::as_str);
            text.unwrap_or("(no text)").to_owned()
        }
        Finding::Unresolved { reason, .. } => format!("? {}", reason.text),
        Finding::Uncalled { .. } => "uncalled".to_owned(),
        Finding::Unread(unread) => {
            format!("unread: {}", unread.operation.as_deref().unwrap_or(&unread.library))
        }
    };
    findings.calls.iter().map(|call| text(&call.finding)).collect()
}

/// The first lines of what is surely said, without what is uncertain.
fn surely(code: &str) -> Vec<String> {
    said(code).into_iter().filter(|line| !line.starts_with("? ") && line != "uncalled").collect()
}
