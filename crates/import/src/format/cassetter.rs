//! cassetter (kludex.github.io/cassetter), YAML or TOML: bodies with a `type` and `content`.

use super::super::exchange::{Body, Exchange, Headers, Target, timestamp};
use super::super::node::Node;
use super::har::hex;
use super::{Document, Read, first_has, items, text_at};
use tutor_bedrock::Json;

pub(super) struct Cassetter;

impl Document for Cassetter {
    fn name(&self) -> &'static str {
        "cassetter"
    }

    fn holds(&self, document: &Node) -> bool {
        let has = |path: &[&str]| first_has(document, "interactions", &[&["request", "uri"], path]);
        has(&["request", "body", "type"]) || has(&["request", "body_type"])
    }

    fn exchanges(&self, document: Node) -> Vec<(usize, Read)> {
        items(document, "interactions").into_iter().map(|(line, item)| (line, exchange(&item))).collect()
    }
}

fn exchange(item: &Node) -> Read {
    let side = |side: &str| body(item.get(side).ok_or("it has no answer")?);
    Ok(Exchange {
        target: Target::Url(text_at(item, &["request", "uri"])),
        request_headers: Headers::of(item.at(&["request", "headers"])),
        request: side("request")?,
        status: item.at(&["response", "status"]).and_then(Node::status).ok_or("it has no status")?,
        response_headers: Headers::of(item.at(&["response", "headers"])),
        response: side("response")?,
        at: timestamp(item.get("recorded_at")),
        ..Exchange::default()
    })
}

/// `body: {type, content}` in YAML, `body_type` and `body_content` in TOML; JSON is a text there.
fn body(side: &Node) -> Result<Body, String> {
    let flat = side.get("body").is_none();
    let (kind, content) = if flat {
        (side.get("body_type"), side.get("body_content"))
    } else {
        (side.at(&["body", "type"]), side.at(&["body", "content"]))
    };
    let content = content.unwrap_or(&Node::Null);
    match kind.and_then(Node::text).as_deref() {
        Some("json") if flat => {
            let text = content.text().unwrap_or_default();
            Json::parse(text.as_bytes())
                .map(Body::Json)
                .map_err(|_| "its body is said to be JSON, and is not".to_owned())
        }
        Some("json") => content.to_json().map(Body::Json).ok_or_else(|| "its body holds bytes".to_owned()),
        Some("binary") => match content {
            Node::Bytes(bytes) => Ok(Body::Bytes(bytes.clone())),
            other => {
                let bytes = other.text().as_deref().and_then(hex);
                bytes.map(Body::Bytes).ok_or_else(|| "its body is no hexadecimal text".to_owned())
            }
        },
        Some("text") => Ok(Body::Bytes(content.text().unwrap_or_default().into_bytes())),
        _ => Ok(Body::Nothing),
    }
}
