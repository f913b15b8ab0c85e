//! The formats: a file each, a line each in one of two tables.
//!
//! A [`Document`] is one tree that holds exchanges; [`Lines`] are files of one JSON object a line. Both
//! are told by what stands in them.

mod batch;
mod cassetter;
mod go_vcr;
mod har;
mod invocation_log;
mod nock;
mod req_llm;
mod vcr;
mod vcrpy;
mod wiremock;

use super::Asked;
use super::exchange::Exchange;
use super::node::Node;
use tutor_bedrock::Json;

/// An exchange, or why it cannot be one.
type Read = Result<Exchange, String>;

/// A format whose files are one document.
pub(crate) trait Document: Sync {
    /// Its name for people.
    fn name(&self) -> &'static str;
    /// Whether `document` is of it.
    fn holds(&self, document: &Node) -> bool;
    /// Its exchanges, with the 1-based lines on which they begin.
    fn exchanges(&self, document: Node) -> Vec<(usize, Read)>;
}

/// A format whose files have a JSON object a line.
pub(crate) trait Lines: Sync {
    /// Its name for people.
    fn name(&self) -> &'static str;
    /// Whether an object is one of it.
    fn holds(&self, line: &Json) -> bool;
    /// Its exchange. `asked` is what the file itself does not say.
    fn exchange(&self, line: Json, asked: Option<&Asked>) -> Read;
}

/// Every format of documents. The first that knows a document reads it.
pub(crate) static DOCUMENTS: &[&dyn Document] = &[
    &cassetter::Cassetter,
    &go_vcr::GoVcr,
    &vcrpy::Vcrpy,
    &vcr::Vcr,
    &har::Har,
    &nock::Nock,
    &req_llm::ReqLlm,
    &wiremock::WireMock,
];

/// Every format of lines.
pub(crate) static LINES: &[&dyn Lines] = &[&invocation_log::InvocationLog, &batch::Batch];

/// The name of batch outputs, whose answers have prices of their own.
pub const BATCH: &str = "Bedrock's batch output";

/// The names of all formats.
pub fn names() -> Vec<&'static str> {
    DOCUMENTS.iter().map(|format| format.name()).chain(LINES.iter().map(|format| format.name())).collect()
}

pub(crate) fn of_document(document: &Node) -> Option<&'static dyn Document> {
    DOCUMENTS.iter().copied().find(|format| format.holds(document))
}

/// The format of a line, and its object. What stands before the object, such as `CloudWatch`'s time of
/// export, is left out.
pub(crate) fn of_line(line: &[u8]) -> Option<(&'static dyn Lines, Json)> {
    let start = line.iter().position(|byte| *byte == b'{')?;
    let before = line.get(..start)?;
    if !before
        .iter()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'.' | b'T' | b'Z' | b' ' | b'\t'))
    {
        return None;
    }
    let json = Json::parse(line.get(start..)?).ok()?;
    let format = LINES.iter().copied().find(|format| format.holds(&json))?;
    Some((format, json))
}

/// The items of a list member, with lines.
fn items(mut document: Node, name: &str) -> Vec<(usize, Node)> {
    document.take(name).unwrap_or(Node::Null).into_list()
}

/// Whether the first item of a list member has all of these.
fn first_has(document: &Node, list: &str, paths: &[&[&str]]) -> bool {
    let first = document.get(list).and_then(Node::as_list).and_then(<[(usize, Node)]>::first);
    first.is_some_and(|(_, item)| paths.iter().all(|path| item.at(path).is_some()))
}

fn text_at(node: &Node, path: &[&str]) -> String {
    node.at(path).and_then(Node::text).unwrap_or_default()
}
