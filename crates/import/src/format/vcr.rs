//! Ruby's VCR (github.com/vcr/vcr) as YAML or JSON, and betamax (betamax.readthedocs.io), which writes the
//! same as JSON: `http_interactions`.

use super::super::exchange::{Body, Exchange, Headers, Target, timestamp};
use super::super::node::Node;
use super::{Document, Read, first_has, items, text_at};

pub(super) struct Vcr;

impl Document for Vcr {
    fn name(&self) -> &'static str {
        "VCR"
    }

    fn holds(&self, document: &Node) -> bool {
        first_has(document, "http_interactions", &[&["request", "uri"], &["response", "status"]])
    }

    fn exchanges(&self, document: Node) -> Vec<(usize, Read)> {
        items(document, "http_interactions").into_iter().map(|(line, item)| (line, exchange(&item))).collect()
    }
}

fn exchange(item: &Node) -> Read {
    let status = item.at(&["response", "status", "code"]).or_else(|| item.at(&["response", "status_code"]));
    let body = |side: &str| -> Result<Body, String> {
        match item.at(&[side, "body"]) {
            Some(body @ Node::Map(_)) => match body.get("base64_string") {
                Some(packed) => Body::of_base64(packed),
                None => Ok(body.get("string").map_or(Body::Nothing, Body::of)),
            },
            Some(body) => Ok(Body::of(body)),
            None => Ok(Body::Nothing),
        }
    };
    Ok(Exchange {
        target: Target::Url(text_at(item, &["request", "uri"])),
        request_headers: Headers::of(item.at(&["request", "headers"])),
        request: body("request")?,
        status: status.and_then(Node::status).ok_or("it has no status")?,
        response_headers: Headers::of(item.at(&["response", "headers"])),
        response: body("response")?,
        at: timestamp(item.get("recorded_at")),
        ..Exchange::default()
    })
}
