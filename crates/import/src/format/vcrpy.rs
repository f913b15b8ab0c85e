//! vcrpy (vcrpy.readthedocs.io): YAML or JSON with `interactions`, bodies under `body` or `body.string`;
//! and its common serialisers that keep JSON as `parsed_body`.

use super::super::exchange::{Body, Exchange, Headers, Target, timestamp};
use super::super::node::Node;
use super::{Document, Read, first_has, items, text_at};

pub(super) struct Vcrpy;

impl Document for Vcrpy {
    fn name(&self) -> &'static str {
        "vcrpy"
    }

    fn holds(&self, document: &Node) -> bool {
        first_has(document, "interactions", &[&["request", "uri"], &["response"]])
    }

    fn exchanges(&self, document: Node) -> Vec<(usize, Read)> {
        items(document, "interactions").into_iter().map(|(line, item)| (line, exchange(&item))).collect()
    }
}

fn exchange(item: &Node) -> Read {
    let status = item.at(&["response", "status"]).ok_or("it has no status")?;
    let status = status.get("code").unwrap_or(status).status().ok_or("its status is no number")?;
    let side = |side: &str| -> Result<Body, String> {
        let side = item.get(side).ok_or("it has no answer")?;
        body(side)
    };
    Ok(Exchange {
        target: Target::Url(text_at(item, &["request", "uri"])),
        request_headers: Headers::of(item.at(&["request", "headers"])),
        request: side("request")?,
        status,
        response_headers: Headers::of(item.at(&["response", "headers"])),
        response: side("response")?,
        at: timestamp(item.get("recorded_at")),
        ..Exchange::default()
    })
}

/// `body`, `body.string`, `body.base64_string`, `content` or `parsed_body`.
fn body(side: &Node) -> Result<Body, String> {
    if let Some(parsed) = side.get("parsed_body").filter(|parsed| **parsed != Node::Null) {
        return Ok(Body::of(parsed));
    }
    match side.get("body").or_else(|| side.get("content")) {
        Some(body @ Node::Map(_)) => match (body.get("string"), body.get("base64_string")) {
            (_, Some(packed)) => Body::of_base64(packed),
            (Some(text), None) => Ok(Body::of(text)),
            (None, None) => Ok(Body::of(body)),
        },
        Some(body) => Ok(Body::of(body)),
        None => Ok(Body::Nothing),
    }
}
