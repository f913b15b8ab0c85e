//! WireMock's stub mappings (wiremock.org/docs/stubbing), JSON or YAML, as its recorder writes them: one
//! mapping, or `mappings`. A mapping's pattern is taken for the request where it says exactly one.

use super::super::exchange::{Body, Exchange, Headers, Target};
use super::super::node::Node;
use super::{Document, Read, items, text_at};
use tutor_bedrock::Json;

pub(super) struct WireMock;

impl Document for WireMock {
    fn name(&self) -> &'static str {
        "WireMock"
    }

    fn holds(&self, document: &Node) -> bool {
        let mapping = |node: &Node| {
            let url = ["url", "urlPath"].iter().any(|name| node.at(&["request", name]).is_some());
            url && node.at(&["response", "status"]).is_some()
        };
        let first = document.get("mappings").and_then(Node::as_list).and_then(<[(usize, Node)]>::first);
        first.map_or_else(|| mapping(document), |(_, first)| mapping(first))
    }

    fn exchanges(&self, document: Node) -> Vec<(usize, Read)> {
        if document.get("mappings").is_none() {
            return vec![(1, exchange(&document))];
        }
        items(document, "mappings").into_iter().map(|(line, item)| (line, exchange(&item))).collect()
    }
}

fn exchange(item: &Node) -> Read {
    let url = ["url", "urlPath"].iter().find_map(|name| item.at(&["request", name])?.text());
    let response = item.get("response").ok_or("it has no answer")?;
    let body = match (response.get("base64Body"), response.get("jsonBody"), response.get("body")) {
        (Some(packed), ..) => Body::of_base64(packed)?,
        (None, Some(json), _) => json.to_json().map_or(Body::Nothing, Body::Json),
        (None, None, Some(text)) => Body::of(text),
        (None, None, None) if response.get("bodyFileName").is_some() => {
            return Err("its answer stands in another file".to_owned());
        }
        (None, None, None) => Body::Nothing,
    };
    Ok(Exchange {
        target: Target::Url(url.unwrap_or_default()),
        request_headers: Headers::of(item.at(&["request", "headers"])),
        request: asked(item)?,
        status: text_at(response, &["status"]).parse().map_err(|_| "its status is no number")?,
        response_headers: Headers::of(response.get("headers")),
        response: body,
        total_ms: None,
        ..Exchange::default()
    })
}

/// The body that a pattern names: `equalToJson` or `equalTo`.
fn asked(item: &Node) -> Result<Body, String> {
    let patterns = item.at(&["request", "bodyPatterns"]).and_then(Node::as_list).unwrap_or_default();
    let exact = patterns
        .iter()
        .find_map(|(_, pattern)| pattern.get("equalToJson").or_else(|| pattern.get("equalTo")));
    match exact {
        Some(Node::Text(text)) => {
            Json::parse(text.as_bytes()).map(Body::Json).map_err(|_| "its request is no JSON".to_owned())
        }
        Some(node) => node.to_json().map(Body::Json).ok_or_else(|| "its request is no JSON".to_owned()),
        None => Err("its pattern does not tell the request's body".to_owned()),
    }
}
