//! ReqLLM's fixtures (its repository: `agentjido/req_llm`): JSON with `request.body.b64` and `chunks`.

use super::super::exchange::{Body, Exchange, Headers, Target, timestamp};
use super::super::node::Node;
use super::{Document, Read, text_at};

pub(super) struct ReqLlm;

impl Document for ReqLlm {
    fn name(&self) -> &'static str {
        "ReqLLM"
    }

    fn holds(&self, document: &Node) -> bool {
        document.at(&["request", "url"]).is_some()
            && document.at(&["request", "body"]).is_some()
            && document.at(&["response", "status"]).is_some()
    }

    fn exchanges(&self, document: Node) -> Vec<(usize, Read)> {
        vec![(1, exchange(&document))]
    }
}

fn exchange(item: &Node) -> Read {
    let body = |node: &Node| match node.get("b64") {
        Some(packed) => Body::of_base64(packed),
        None => Ok(Body::of(node)),
    };
    let chunks = item.get("chunks").and_then(Node::as_list).unwrap_or_default();
    let response = match item.at(&["response", "body"]) {
        Some(whole) if *whole != Node::Null => body(whole)?,
        _ => {
            let mut bytes = Vec::new();
            for (_, chunk) in chunks {
                if let Body::Bytes(more) = body(chunk)? {
                    bytes.extend(more);
                }
            }
            Body::Bytes(bytes)
        }
    };
    Ok(Exchange {
        target: Target::Url(text_at(item, &["request", "url"])),
        request_headers: Headers::of(item.at(&["request", "headers"])),
        request: item.at(&["request", "body"]).map_or(Ok(Body::Nothing), body)?,
        status: item.at(&["response", "status"]).and_then(Node::status).ok_or("it has no status")?,
        response_headers: Headers::of(item.at(&["response", "headers"])),
        response,
        at: timestamp(item.get("captured_at")),
        ..Exchange::default()
    })
}
