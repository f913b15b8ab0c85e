//! nock's recorder (github.com/nock/nock): a JSON list of `scope`, `path`, `status` and `response`.

use super::super::exchange::{Body, Exchange, Headers, Target};
use super::super::node::Node;
use super::har::hex;
use super::{Document, Read, text_at};

pub(super) struct Nock;

impl Document for Nock {
    fn name(&self) -> &'static str {
        "nock"
    }

    fn holds(&self, document: &Node) -> bool {
        let first = document.as_list().and_then(<[(usize, Node)]>::first);
        first.is_some_and(|(_, item)| {
            ["scope", "path", "status", "response"].iter().all(|name| item.get(name).is_some())
        })
    }

    fn exchanges(&self, document: Node) -> Vec<(usize, Read)> {
        document.into_list().into_iter().map(|(line, item)| (line, exchange(&item))).collect()
    }
}

fn exchange(item: &Node) -> Read {
    let packed = item.get("responseIsBinary") == Some(&Node::Bool(true));
    let headers = item.get("rawHeaders").or_else(|| item.get("headers"));
    Ok(Exchange {
        target: Target::Url(format!("{}{}", text_at(item, &["scope"]), text_at(item, &["path"]))),
        request_headers: Headers::of(item.get("reqheaders")),
        request: item.get("body").map_or(Body::Nothing, Body::of),
        status: item.get("status").and_then(Node::status).ok_or("it has no status")?,
        response_headers: Headers::of(headers),
        response: response(item.get("response").unwrap_or(&Node::Null), packed)?,
        ..Exchange::default()
    })
}

/// JSON or text as it is; what is compressed or binary is hexadecimal, in one text or a list of them.
fn response(node: &Node, is_binary: bool) -> Result<Body, String> {
    let is_hex = |text: &str| text.len() > 1 && hex(text).is_some();
    match node {
        Node::List(items)
            if !items.is_empty()
                && items.iter().all(|(_, item)| matches!(item, Node::Text(text) if is_hex(text))) =>
        {
            let texts = items.iter().filter_map(|(_, item)| item.text());
            let bytes: Option<Vec<Vec<u8>>> = texts.map(|text| hex(&text)).collect();
            Ok(Body::Bytes(bytes.ok_or("its answer is no hexadecimal text")?.concat()))
        }
        Node::Text(text) if is_binary || is_hex(text) => hex(text)
            .map(Body::Bytes)
            .ok_or_else(|| "its answer is said to be binary, and is no hexadecimal text".to_owned()),
        other => Ok(Body::of(other)),
    }
}
