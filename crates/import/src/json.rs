//! JSON documents as trees whose upper lists know their lines.

use memchr::memchr_iter;
use serde_json::value::RawValue;

use super::Unreadable;
use super::node::Node;
use tutor_bedrock::Json;

/// How deep lines are kept; exchanges stand in lists near the top.
const DEPTH_OF_LINES: usize = 4;

/// Parses a document.
///
/// # Errors
/// The line on which it is no JSON.
pub(crate) fn parse(text: &str) -> Result<Node, Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    let raw: &RawValue = serde_json::from_str(text)
        .map_err(|error| Unreadable::broken(error.line(), format!("this is no JSON: {error}")))?;
    let mut lines = Lines { text, at: 0, line: 1 };
    node(raw, &mut lines, 0)
}

fn node(raw: &RawValue, lines: &mut Lines<'_>, depth: usize) -> Result<Node, Unreadable> {
    let text = raw.get();
    let broken =
        |error: serde_json::Error| Unreadable::broken(error.line(), format!("this is no JSON: {error}"));
    if depth < DEPTH_OF_LINES && text.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text).map_err(broken)?;
        let items = items.into_iter().map(|item| {
            let line = lines.of(item);
            Ok((line, node(item, lines, depth + 1)?))
        });
        return items.collect::<Result<_, Unreadable>>().map(Node::List);
    }
    if depth < DEPTH_OF_LINES && text.starts_with('{') {
        let members: Members<'_> = serde_json::from_str(text).map_err(broken)?;
        let members = members.0.into_iter().map(|(name, value)| Ok((name, node(value, lines, depth + 1)?)));
        return members.collect::<Result<_, Unreadable>>().map(Node::Map);
    }
    let line = lines.of(raw);
    Json::parse(text.as_bytes()).map(Node::from).map_err(|error| Unreadable::broken(line, error.to_string()))
}

/// Lines of places that come one after the other.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, raw: &RawValue) -> usize {
        let at = (raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        if let Some(between) = self.text.as_bytes().get(self.at..at) {
            self.line += memchr_iter(b'\n', between).count();
            self.at = at;
        }
        self.line
    }
}

/// The members of an object in their order.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
