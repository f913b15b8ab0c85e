//! What every format comes to: one request and what came back.

use jiff::Timestamp;
use tutor_bedrock::{Frame, Json};

use super::node::Node;

/// One exchange as a file tells it.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    pub(crate) target: Target,
    pub(crate) request_headers: Headers,
    pub(crate) request: Body,
    pub(crate) status: u16,
    pub(crate) response_headers: Headers,
    pub(crate) response: Body,
    /// When it was recorded.
    pub(crate) at: Option<Timestamp>,
    /// How long the answer took, in milliseconds.
    pub(crate) total_ms: Option<u64>,
    pub(crate) region: Option<String>,
}

/// What was asked of whom.
#[derive(Debug)]
pub(crate) enum Target {
    /// As it went over the wire.
    Url(String),
    /// As logs tell it: the operation's name and the model id.
    Named { operation: String, model_id: String },
}

impl Default for Target {
    fn default() -> Self {
        Target::Url(String::new())
    }
}

/// A body as the file keeps it.
#[derive(Debug, Default)]
pub(crate) enum Body {
    #[default]
    Nothing,
    /// Byte for byte, perhaps compressed.
    Bytes(Vec<u8>),
    /// Parsed by whoever recorded it: the bytes are gone.
    Json(Json),
    /// The messages of a stream, from a log.
    Frames(Vec<Frame>),
}

impl Body {
    /// Text or bytes as they are, anything else as JSON.
    pub(crate) fn of(node: &Node) -> Self {
        match node {
            Node::Null => Body::Nothing,
            Node::Text(text) => Body::Bytes(text.clone().into_bytes()),
            Node::Bytes(bytes) => Body::Bytes(bytes.clone()),
            other => other.to_json().map_or(Body::Nothing, Body::Json),
        }
    }

    /// Text that is base64.
    pub(crate) fn of_base64(node: &Node) -> Result<Self, String> {
        use base64::Engine as _;
        let text: String = node.text().unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
        let decoded = base64::engine::general_purpose::STANDARD.decode(text);
        decoded.map(Body::Bytes).map_err(|_| "its body is said to be base64, and is not".to_owned())
    }
}

/// Headers by lower-case name.
#[derive(Debug, Default)]
pub(crate) struct Headers(Vec<(String, String)>);

impl Headers {
    /// Names with texts or lists of texts; or, as in HAR, items of `name` and `value`; or names and
    /// values in turn.
    pub(crate) fn of(node: Option<&Node>) -> Self {
        let mut headers = Headers::default();
        match node {
            Some(Node::Map(members)) => {
                for (name, value) in members {
                    headers.add(name, value);
                }
            }
            Some(Node::List(items)) if items.iter().all(|(_, item)| item.is_map()) => {
                for (_, item) in items {
                    if let (Some(name), Some(value)) =
                        (item.get("name").and_then(Node::text), item.get("value"))
                    {
                        headers.add(&name, value);
                    }
                }
            }
            Some(Node::List(items)) => {
                for pair in items.chunks_exact(2) {
                    if let Some(name) = pair[0].1.text() {
                        headers.add(&name, &pair[1].1);
                    }
                }
            }
            _ => {}
        }
        headers
    }

    fn add(&mut self, name: &str, value: &Node) {
        match value {
            Node::List(items) => items.iter().for_each(|(_, item)| self.add(name, item)),
            // WireMock's matchers: `{"equalTo": "application/json"}`.
            Node::Map(_) => {
                if let Some(value) = value.get("equalTo") {
                    self.add(name, value);
                }
            }
            _ => {
                if let Some(value) = value.text() {
                    self.0.push((name.to_ascii_lowercase(), value));
                }
            }
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A point in time as any of these formats writes it.
pub(crate) fn timestamp(node: Option<&Node>) -> Option<Timestamp> {
    let text = node?.text()?;
    let text = text.trim();
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    // `Fri, 27 Nov 2026 10:45:33 GMT`, as headers and Ruby's VCR have it.
    if let Ok(at) = jiff::fmt::rfc2822::parse(text) {
        return Some(at.timestamp());
    }
    // Without a zone, as betamax writes it: UTC.
    text.parse::<jiff::civil::DateTime>()
        .ok()?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|at| at.timestamp())
}
