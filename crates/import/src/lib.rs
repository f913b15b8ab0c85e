//! Genuine Bedrock traffic that somebody else recorded, as calls with their answers.
//!
//! In come the bytes of a file: a cassette of a test suite, a HAR file, an invocation log, a batch's
//! output. Out come [`Taken`] exchanges, one at a time, or the reason why one is [`Passed`] over. Which
//! format it is, is told by what the file says, never by its name alone: [`format::DOCUMENTS`] and
//! [`format::LINES`] are the tables, a file each. A document is read whole, within [`MOST_OF_DOCUMENT`];
//! logs go by line by line, so that their length does not matter.
//!
//! Nothing here reads a clock or writes: whoever calls decides what becomes a recording.

mod doubt;
mod exchange;
pub mod format;
mod json;
mod node;
mod take;
#[cfg(test)]
mod tests;
mod yaml;

use std::io::{BufRead, Read};

use flate2::bufread::MultiGzDecoder;
use jiff::Timestamp;
use tutor_bedrock::{Answer, Call, Operation};
use tutor_recording::origin::Missing;

use self::node::Node;

/// The longest document that is read, in bytes after decompression.
pub const MOST_OF_DOCUMENT: usize = 256 << 20;
/// The longest line of a log, in bytes: a request of 25 MB as JSON, and its answer.
pub const MOST_OF_LINE: usize = 96 << 20;

/// A call and its answer, out of somebody's recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The 1-based line of the file where it begins.
    pub line: usize,
    /// What was asked.
    pub call: Call,
    /// What Bedrock answered.
    pub answer: Answer,
    /// Where it answered, if the file tells.
    pub region: Option<String>,
    /// When it answered, if the file tells.
    pub at: Option<Timestamp>,
    /// What the file does not tell.
    pub missing: Vec<Missing>,
    /// What makes one doubt that this is what went over the wire, as clauses.
    pub doubts: Vec<String>,
}

/// An exchange that is no recording, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The 1-based line of the file where it begins.
    pub line: usize,
    /// Why, as a clause.
    pub why: Why,
}

/// Why an exchange is passed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// It is with another service.
    #[error("it was sent to another service ({0})")]
    Foreign(String),
    /// An operation that has no recordings.
    #[error("{0} is not recorded")]
    Operation(String),
    /// Bedrock refused, or failed.
    #[error("Bedrock answered {status} {kind}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The error's name, empty if it has none.
        kind: String,
    },
    /// It cannot be what went over the wire.
    #[error("{0}")]
    Damaged(String),
}

/// What a batch's output does not say: what was asked of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `InvokeModel` or `Converse`.
    pub operation: Operation,
    /// The model id.
    pub model_id: String,
}

/// What a file holds, one at a time.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A call with its answer.
    Taken(Box<Taken>),
    /// Something else.
    Passed(Passed),
}

/// A file that cannot be read as any format.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The system cannot read it.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It is longer than what is read.
    #[error("it is longer than {0} MB")]
    TooLong(usize),
    /// It breaks off or is no text of its format.
    #[error("{message}")]
    Broken {
        /// The 1-based line.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Nothing in it is known.
    #[error("it is in no format tutor knows ({})", format::names().join(", "))]
    Unknown,
}

impl Unreadable {
    /// The 1-based line, where there is one.
    pub fn line(&self) -> Option<usize> {
        match self {
            Unreadable::Broken { line, .. } => Some(*line),
            _ => None,
        }
    }

    fn broken(line: usize, message: impl Into<String>) -> Self {
        Unreadable::Broken { line, message: message.into() }
    }
}

/// Reads a file, compressed with gzip or not, and hands over what it holds until `each` says false.
/// `asked` is for files that do not say it themselves. Returns the format's name.
///
/// # Errors
/// The file is broken, too long, or of no known format. What was handed over before stays handed over.
pub fn read(
    file: impl BufRead,
    asked: Option<&Asked>,
    each: &mut dyn FnMut(Found) -> bool,
) -> Result<&'static str, Unreadable> {
    let mut file = file;
    if file.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return read_plain(std::io::BufReader::new(MultiGzDecoder::new(file)), asked, each);
    }
    read_plain(file, asked, each)
}

fn read_plain(
    mut file: impl BufRead,
    asked: Option<&Asked>,
    each: &mut dyn FnMut(Found) -> bool,
) -> Result<&'static str, Unreadable> {
    let mut first = Vec::new();
    let mut line = 0;
    // A log may begin with empty lines.
    while line == 0 || (first.iter().all(u8::is_ascii_whitespace) && !first.is_empty()) {
        first.clear();
        line += 1;
        read_line(&mut file, &mut first, line)?;
    }
    if let Some((dialect, value)) = format::of_line(&first) {
        let mut next = Some(value);
        loop {
            match next.take() {
                Some(value) => {
                    if !hand_over(line, dialect.exchange(value, asked), each) {
                        break;
                    }
                }
                None if first.iter().all(u8::is_ascii_whitespace) => {}
                None => {
                    let (_, value) = format::of_line(&first)
                        .filter(|(other, _)| other.name() == dialect.name())
                        .ok_or_else(|| {
                            Unreadable::broken(line, format!("this is no line of {}", dialect.name()))
                        })?;
                    next = Some(value);
                    continue;
                }
            }
            first.clear();
            line += 1;
            if read_line(&mut file, &mut first, line)? == 0 {
                break;
            }
        }
        return Ok(dialect.name());
    }
    let mut text = first;
    text.splice(0..0, std::iter::repeat_n(b'\n', line - 1));
    file.take(MOST_OF_DOCUMENT as u64 + 1).read_to_end(&mut text)?;
    if text.len() > MOST_OF_DOCUMENT {
        return Err(Unreadable::TooLong(MOST_OF_DOCUMENT >> 20));
    }
    let text = String::from_utf8(text).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        Unreadable::broken(1 + memchr::memchr_iter(b'\n', before).count(), "this is no UTF-8")
    })?;
    if text.trim().is_empty() {
        return Err(Unreadable::broken(1, "it is empty"));
    }
    let document = document(&text)?;
    drop(text);
    let dialect = format::of_document(&document).ok_or(Unreadable::Unknown)?;
    for (line, exchange) in dialect.exchanges(document) {
        if !hand_over(line, exchange, each) {
            break;
        }
    }
    Ok(dialect.name())
}

fn hand_over(
    line: usize,
    exchange: Result<exchange::Exchange, String>,
    each: &mut dyn FnMut(Found) -> bool,
) -> bool {
    each(match exchange.map_err(Why::Damaged).and_then(take::take) {
        Ok(taken) => Found::Taken(Box::new(Taken { line, ..taken })),
        Err(why) => Found::Passed(Passed { line, why }),
    })
}

/// Appends a line without its end; 0 at the end of the file.
fn read_line(file: &mut impl BufRead, line: &mut Vec<u8>, number: usize) -> Result<usize, Unreadable> {
    let read =
        file.take(MOST_OF_LINE as u64 + 1).read_until(b'\n', line).map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidInput | std::io::ErrorKind::UnexpectedEof => {
                Unreadable::broken(number, format!("the compressed file is broken: {error}"))
            }
            _ => Unreadable::Io(error),
        })?;
    if read > MOST_OF_LINE {
        return Err(Unreadable::TooLong(MOST_OF_LINE >> 20));
    }
    Ok(read)
}

/// A document as JSON, TOML or YAML: whichever it is.
fn document(text: &str) -> Result<Node, Unreadable> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with(['{', '[']) && !start.starts_with("[[") {
        return json::parse(text).or_else(|error| yaml::parse(text).map_err(|_| error));
    }
    match yaml::parse(text) {
        Err(error) => match toml::from_str::<toml::Table>(text) {
            Ok(table) => Ok(Node::of_toml(toml::Value::Table(table))),
            Err(_) => Err(error),
        },
        // A TOML file may pass for a single YAML scalar.
        Ok(Node::Text(_)) => toml::from_str(text)
            .map(|table| Node::of_toml(toml::Value::Table(table)))
            .map_err(|_| Unreadable::Unknown),
        Ok(node) => Ok(node),
    }
}
