//! go-vcr (github.com/dnaeon/go-vcr), versions 1 to 4: `interactions` with `request.url`.

use super::super::exchange::{Body, Exchange, Headers, Target};
use super::super::node::Node;
use super::{Document, Read, first_has, items, text_at};

pub(super) struct GoVcr;

impl Document for GoVcr {
    fn name(&self) -> &'static str {
        "go-vcr"
    }

    fn holds(&self, document: &Node) -> bool {
        first_has(document, "interactions", &[&["request", "url"], &["response"]])
    }

    fn exchanges(&self, document: Node) -> Vec<(usize, Read)> {
        items(document, "interactions").into_iter().map(|(line, item)| (line, exchange(&item))).collect()
    }
}

fn exchange(item: &Node) -> Read {
    let status = item.at(&["response", "code"]).or_else(|| item.at(&["response", "status"]));
    Ok(Exchange {
        target: Target::Url(text_at(item, &["request", "url"])),
        request_headers: Headers::of(item.at(&["request", "headers"])),
        request: item.at(&["request", "body"]).map_or(Body::Nothing, Body::of),
        status: status.and_then(Node::status).ok_or("it has no status")?,
        response_headers: Headers::of(item.at(&["response", "headers"])),
        response: item.at(&["response", "body"]).map_or(Body::Nothing, Body::of),
        total_ms: item.at(&["response", "duration"]).and_then(Node::text).as_deref().and_then(milliseconds),
        ..Exchange::default()
    })
}

/// Go's durations: `1.257004625s`, `812.5ms`, `1m2.5s`, or whole nanoseconds. Empty and zero ones were
/// not measured.
fn milliseconds(text: &str) -> Option<u64> {
    let mut nanoseconds = 0.0;
    let mut rest = text;
    while let Some(end) = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')) {
        let number: f64 = rest[..end].parse().ok()?;
        let unit = &rest[end..];
        let length = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        nanoseconds += number
            * match &unit[..length] {
                "h" => 3.6e12,
                "m" => 6e10,
                "s" => 1e9,
                "ms" => 1e6,
                "µs" | "μs" | "us" => 1e3,
                "ns" => 1.0,
                _ => return None,
            };
        rest = &unit[length..];
    }
    if !rest.is_empty() {
        nanoseconds += rest.parse::<f64>().ok()?;
    }
    let milliseconds = (nanoseconds / 1e6).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 10^12")]
    (1.0..1e12).contains(&milliseconds).then_some(milliseconds as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_go_are_read() {
        for (text, expected) in [
            ("1.257004625s", Some(1257)),
            ("812.5ms", Some(813)),
            ("1m2.5s", Some(62_500)),
            ("1500000000", Some(1500)),
            ("0s", None),
            ("", None),
            ("soon", None),
        ] {
            assert_eq!(milliseconds(text), expected, "{text}");
        }
    }
}
