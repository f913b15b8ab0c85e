//! YAML documents as trees, with Python's and Ruby's tags.
//!
//! Anchors are copied where they are named, within a bound, so that a small file cannot grow into a
//! large tree.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::Unreadable;
use super::node::Node;

/// How deep lists and maps may be nested.
const MOST_DEPTH: usize = 200;
/// How much may be copied for aliases in all, in nodes.
const MOST_COPIED: usize = 1_000_000;

/// Parses the first document.
///
/// # Errors
/// The line on which it is no YAML, or grows beyond its bounds.
pub(crate) fn parse(text: &str) -> Result<Node, Unreadable> {
    strict(text).or_else(|error| strict(&indented(text)).map_err(|_| error))
}

/// The same text with the further lines of quoted scalars moved to the right. libyaml, and so most
/// recorders, let them stand as far to the left as their key, which YAML 1.2 forbids; what stands before
/// their words is folded away in any case.
fn indented(text: &str) -> String {
    const FAR: &str = "                                                                ";
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut inside: Option<char> = None;
    for line in text.split_inclusive('\n') {
        let rest = match inside {
            Some(_) => {
                out.push_str(FAR);
                Some(line)
            }
            None => opening(line).map(|(quote, rest)| {
                inside = Some(quote);
                rest
            }),
        };
        out.push_str(line);
        if let (Some(quote), Some(rest)) = (inside, rest)
            && closes(rest, quote)
        {
            inside = None;
        }
    }
    out
}

/// The quote with which a line's value begins, and what follows it.
fn opening(line: &str) -> Option<(char, &str)> {
    let mut rest = line.trim_start();
    while let Some(item) = rest.strip_prefix("- ") {
        rest = item.trim_start();
    }
    if !rest.starts_with(['\'', '"']) {
        let (key, value) = rest.split_once(": ")?;
        rest = value.trim_start();
        if key.contains(['\'', '"', '#']) {
            return None;
        }
    }
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    Some((quote, &rest[1..]))
}

/// Whether a quoted scalar ends in `text`.
fn closes(text: &str, quote: char) -> bool {
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' if quote == '"' => {
                characters.next();
            }
            _ if c != quote => {}
            '\'' if characters.peek() == Some(&'\'') => {
                characters.next();
            }
            _ => return true,
        }
    }
    false
}

fn strict(text: &str) -> Result<Node, Unreadable> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), copied: 0 };
    loop {
        match reader.next()? {
            (Event::StreamEnd, line) => return Err(Unreadable::broken(line, "the file is empty")),
            (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
            (event, line) => return reader.node(event, line, 0),
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    anchors: HashMap<usize, Node>,
    copied: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, usize), Unreadable> {
        match self.parser.next() {
            Some(Ok((event, span))) => Ok((event, span.start.line())),
            Some(Err(error)) => {
                Err(Unreadable::broken(error.marker().line(), format!("this is no YAML: {}", error.info())))
            }
            None => Ok((Event::StreamEnd, 0)),
        }
    }

    fn node(&mut self, event: Event<'t>, line: usize, depth: usize) -> Result<Node, Unreadable> {
        if depth > MOST_DEPTH {
            return Err(Unreadable::broken(line, format!("it is nested deeper than {MOST_DEPTH} levels")));
        }
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (scalar(text.into_owned(), style, tag.as_deref(), line)?, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, line) => items.push((line, self.node(event, line, depth + 1)?)),
                    }
                }
                (Node::List(items), anchor)
            }
            Event::MappingStart(anchor, _) => {
                let mut members = Vec::new();
                loop {
                    let (event, at) = self.next()?;
                    if event == Event::MappingEnd {
                        break;
                    }
                    let key = self.node(event, at, depth + 1)?;
                    let (event, at) = self.next()?;
                    let value = self.node(event, at, depth + 1)?;
                    // Ruby writes symbols as keys; nothing but text is a key here.
                    let key = key.text().ok_or_else(|| Unreadable::broken(at, "a key that is no text"))?;
                    members.push((key, value));
                }
                (Node::Map(members), anchor)
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or_else(|| Unreadable::broken(line, "an alias of nothing"))?;
                self.copied += size(&node);
                if self.copied > MOST_COPIED {
                    return Err(Unreadable::broken(line, "its aliases repeat too much"));
                }
                return Ok(node);
            }
            _ => return Err(Unreadable::broken(line, "the file breaks off")),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }
}

fn size(node: &Node) -> usize {
    match node {
        Node::List(items) => 1 + items.iter().map(|(_, item)| size(item)).sum::<usize>(),
        Node::Map(members) => 1 + members.iter().map(|(_, value)| size(value)).sum::<usize>(),
        Node::Text(text) => 1 + text.len() / 64,
        Node::Bytes(bytes) => 1 + bytes.len() / 64,
        _ => 1,
    }
}

/// A scalar by its tag, else by YAML's core schema.
fn scalar(text: String, style: ScalarStyle, tag: Option<&Tag>, line: usize) -> Result<Node, Unreadable> {
    // `!!binary`, `!binary`, `!!python/unicode`, `!ruby/string`: the last word decides.
    let word = tag.map(|tag| tag.suffix.rsplit([':', '/']).next().unwrap_or_default().to_ascii_lowercase());
    match word.as_deref() {
        Some("binary" | "bytes") => {
            let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let bytes = BASE64.decode(packed);
            return bytes
                .map(Node::Bytes)
                .map_err(|_| Unreadable::broken(line, "`!!binary` that is no base64"));
        }
        Some("str" | "string" | "unicode") => return Ok(Node::Text(text)),
        _ => {}
    }
    if style != ScalarStyle::Plain {
        return Ok(Node::Text(text));
    }
    Ok(match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Node::Null,
        "true" | "True" | "TRUE" => Node::Bool(true),
        "false" | "False" | "FALSE" => Node::Bool(false),
        _ if is_number(&text) => Node::Number(text),
        _ => Node::Text(text),
    })
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
        && text.parse::<f64>().is_ok()
}
