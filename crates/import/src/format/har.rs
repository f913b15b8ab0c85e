//! HAR 1.2 (w3c.github.io/web-performance/specs/HAR): what browsers, proxies and Polly.JS write.

use super::super::exchange::{Body, Exchange, Headers, Target, timestamp};
use super::super::node::Node;
use super::{Document, Read, text_at};

pub(super) struct Har;

impl Document for Har {
    fn name(&self) -> &'static str {
        "HAR"
    }

    fn holds(&self, document: &Node) -> bool {
        document.at(&["log", "entries"]).is_some_and(|entries| entries.as_list().is_some())
    }

    fn exchanges(&self, mut document: Node) -> Vec<(usize, Read)> {
        let entries = document.take("log").and_then(|mut log| log.take("entries")).unwrap_or(Node::Null);
        entries.into_list().into_iter().map(|(line, entry)| (line, exchange(&entry))).collect()
    }
}

fn exchange(entry: &Node) -> Read {
    let body = |path: &[&str], is_packed: bool| match entry.at(path) {
        Some(packed) if is_packed => Body::of_base64(packed),
        Some(text) => Ok(Body::of(text)),
        None => Ok(Body::Nothing),
    };
    let packed = |path: &[&str]| text_at(entry, path) == "base64";
    // Polly.JS keeps chunks of binary answers as a JSON list of base64 or hexadecimal texts.
    let content = ["response", "content"];
    let chunks = entry.at(&content).and_then(|content| content.get("_isBinary")).is_some();
    let response = match entry.at(&["response", "content", "text"]) {
        Some(Node::Text(text)) if packed(&["response", "content", "encoding"]) && text.starts_with('[') => {
            of_chunks(text)?
        }
        Some(Node::Text(text)) if chunks && text.starts_with('[') => of_chunks(text)?,
        _ => body(&["response", "content", "text"], packed(&["response", "content", "encoding"]))?,
    };
    Ok(Exchange {
        target: Target::Url(text_at(entry, &["request", "url"])),
        request_headers: Headers::of(entry.at(&["request", "headers"])),
        request: body(&["request", "postData", "text"], packed(&["request", "postData", "encoding"]))?,
        status: entry.at(&["response", "status"]).and_then(Node::status).ok_or("it has no status")?,
        response_headers: Headers::of(entry.at(&["response", "headers"])),
        response,
        at: timestamp(entry.get("startedDateTime")),
        total_ms: entry.get("time").and_then(Node::number).and_then(whole),
        ..Exchange::default()
    })
}

/// Texts of base64, else of hexadecimal digits, in a row.
fn of_chunks(text: &str) -> Result<Body, String> {
    use base64::Engine as _;
    let chunks: Vec<String> = serde_json::from_str(text).map_err(|_| "its chunks are no list of texts")?;
    let mut bytes = Vec::new();
    for chunk in chunks {
        let hexadecimal = chunk.len().is_multiple_of(2) && chunk.bytes().all(|byte| byte.is_ascii_hexdigit());
        let decoded = if hexadecimal {
            hex(&chunk)
        } else {
            base64::engine::general_purpose::STANDARD.decode(&chunk).ok()
        };
        bytes.extend(decoded.ok_or("its chunks are neither base64 nor hexadecimal")?);
    }
    Ok(Body::Bytes(bytes))
}

/// Bytes out of hexadecimal digits.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits?;
    digits
        .len()
        .is_multiple_of(2)
        .then(|| digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 10^12")]
fn whole(milliseconds: f64) -> Option<u64> {
    (1.0..1e12).contains(&milliseconds).then_some(milliseconds.round() as u64)
}
