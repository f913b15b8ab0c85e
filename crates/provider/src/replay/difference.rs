//! Where two calls differ, as JSON pointers.

use std::fmt;

use tutor_bedrock::{Call, Json};

/// The longest value that is quoted, in characters.
const QUOTED: usize = 60;

/// One place where a call differs from a recorded one.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// `operation`, `model id`, `headers`, or a JSON pointer into the body.
    pub place: String,
    /// What the call has there; `None` for nothing.
    pub sent: Option<String>,
    /// What the recording has there; `None` for nothing.
    pub recorded: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, "{} is {}, recorded is {}", self.place, value(&self.sent), value(&self.recorded))
    }
}

/// Every difference between `sent` and `recorded`.
pub(super) fn between(sent: &Call, recorded: &Call) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut differ = |place: &str, sent: &str, recorded: &str| {
        if sent != recorded {
            let (sent, recorded) = (Some(sent.to_owned()), Some(recorded.to_owned()));
            found.push(Difference { place: place.to_owned(), sent, recorded });
        }
    };
    differ("operation", sent.operation.name(), recorded.operation.name());
    differ("model id", &sent.model_id, &recorded.model_id);
    let headers = |call: &Call| serde_json::to_string(&call.options).unwrap_or_default();
    differ("headers", &headers(sent), &headers(recorded));
    walk("", Some(&sent.body), Some(&recorded.body), &mut found);
    found
}

fn walk(place: &str, sent: Option<&Json>, recorded: Option<&Json>, found: &mut Vec<Difference>) {
    match (sent, recorded) {
        (Some(Json::Object(a)), Some(Json::Object(b))) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(key)));
            for key in keys {
                let token = key.replace('~', "~0").replace('/', "~1");
                walk(&format!("{place}/{token}"), a.get(key), b.get(key), found);
            }
        }
        (Some(Json::Array(a)), Some(Json::Array(b))) => {
            for index in 0..a.len().max(b.len()) {
                walk(&format!("{place}/{index}"), a.get(index), b.get(index), found);
            }
        }
        (a, b) if same(a, b) => {}
        (a, b) => {
            let place = if place.is_empty() { "the body" } else { place }.to_owned();
            found.push(Difference { place, sent: a.map(quote), recorded: b.map(quote) });
        }
    }
}

/// Whether a key would tell them apart.
fn same(a: Option<&Json>, b: Option<&Json>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || a.to_canonical() == b.to_canonical(),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn quote(json: &Json) -> String {
    let text = json.to_compact();
    if text.chars().count() <= QUOTED {
        return text;
    }
    text.chars().take(QUOTED).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use tutor_bedrock::Operation;

    #[test]
    fn every_place_is_named_by_its_pointer() {
        let sent = Call::new(
            Operation::InvokeModel,
            "a.b",
            json!({"prompt": "hi", "n": 1.0, "stop": ["a"], "x/y": {"k": 1}}).into(),
        );
        let recorded = Call::new(
            Operation::InvokeModelWithResponseStream,
            "a.b",
            json!({"prompt": "ho", "n": 1, "stop": ["a", "b"], "x/y": {"k": true}, "top": null}).into(),
        );
        let found: Vec<String> = between(&sent, &recorded).iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(found.join("\n"), @r#"
        operation is InvokeModel, recorded is InvokeModelWithResponseStream
        /prompt is "hi", recorded is "ho"
        /stop/1 is nothing, recorded is "b"
        /x~1y/k is 1, recorded is true
        /top is nothing, recorded is null
        "#);
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(quote(&Json::String("é".repeat(100))).chars().count(), QUOTED + 1);
    }
}
