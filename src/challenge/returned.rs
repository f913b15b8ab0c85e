//! What the learner's function returned, read without trust.

use serde_json::Value;

/// One result, as far as it can be read.
#[derive(Debug, Clone)]
pub struct Row {
    value: Value,
}

/// What was returned.
#[derive(Debug, Clone)]
pub struct Returned {
    /// All of it.
    pub value: Value,
    /// The results; empty if it was no list.
    pub rows: Vec<Row>,
    /// What it was instead of a list.
    pub instead: Option<String>,
}

impl Returned {
    /// Reads what the harness sent.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Array(items) => Returned {
                value: value.clone(),
                rows: items.iter().map(|value| Row { value: value.clone() }).collect(),
                instead: None,
            },
            other => Returned { value: value.clone(), rows: Vec::new(), instead: Some(described(other)) },
        }
    }

    /// The first result for a model.
    pub fn row(&self, model_id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.model_id() == Some(model_id))
    }
}

impl Row {
    /// Which model it says it is for.
    pub fn model_id(&self) -> Option<&str> {
        self.value.get("model_id")?.as_str()
    }

    /// `success`, if it is True or False.
    pub fn success(&self) -> Option<bool> {
        self.value.get("success")?.as_bool()
    }

    /// Whether it claims success.
    pub fn is_success(&self) -> bool {
        self.success() == Some(true)
    }

    /// A text that is there and not blank.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value.get(key)?.as_str().filter(|text| !text.trim().is_empty())
    }

    /// A number that is no truth value.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.value.get(key)?.as_f64()
    }

    /// A whole number.
    pub fn count(&self, key: &str) -> Option<u64> {
        let value = self.value.get(key)?;
        value.as_u64().or_else(|| {
            let number =
                value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..1e15).contains(number))?;
            number.to_string().parse().ok()
        })
    }

    /// The parts of the score, in the order given; `None` unless all are numbers.
    pub fn score_parts(&self) -> Option<Vec<(String, f64)>> {
        let parts = self.value.get("score_parts")?.as_object()?;
        parts.iter().map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect()
    }

    /// What stands under a key, for people.
    pub fn shown(&self, key: &str) -> String {
        self.value.get(key).map_or_else(|| format!("no `{key}`"), described)
    }

    /// What stands under a key that should hold a number, for people: a text is told how it becomes one.
    pub fn shown_number(&self, key: &str) -> String {
        match self.value.get(key).and_then(Value::as_str) {
            Some(text) if text.trim().parse::<u64>().is_ok() => {
                format!("“{}”, which is a text: `int()` makes a number of it", short(text))
            }
            Some(text) if text.trim().parse::<f64>().is_ok() => {
                format!("“{}”, which is a text: `float()` makes a number of it", short(text))
            }
            Some(text) => format!("“{}”, which is a text and no number", short(text)),
            None => self.shown(key),
        }
    }

    /// What the result is, for people, if it is no dict.
    pub fn instead(&self) -> Option<String> {
        (!self.value.is_object() || self.value.get(TYPE).is_some()).then(|| described(&self.value))
    }

    /// Why it says it has no success.
    pub fn error(&self) -> String {
        self.text("error").map_or_else(|| "no reason".to_owned(), short)
    }
}

/// The key under which the harness names types that JSON has no form for.
const TYPE: &str = "python type";
const LONGEST: usize = 160;

/// A value for people.
pub(super) fn described(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
        Value::String(text) if text.trim().is_empty() => "an empty text".to_owned(),
        Value::String(text) => format!("“{}”", short(text)),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(map) => match (map.get(TYPE).and_then(Value::as_str), map.get("value")) {
            (_, Some(Value::String(value))) => value.clone(),
            (Some(name), _) => format!("a value of type {name}"),
            (None, _) if map.is_empty() => "an empty dict".to_owned(),
            (None, _) => {
                let keys: Vec<&str> = map.keys().take(5).map(String::as_str).collect();
                format!("a dict with {}", short(&keys.join(", ")))
            }
        },
    }
}

/// A text in one line, not too long.
pub(super) fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().map(|c| if c.is_control() { '·' } else { c }).collect();
    if line.chars().count() <= LONGEST {
        return line;
    }
    let cut: String = line.chars().take(LONGEST).collect();
    format!("{}…", cut.trim_end())
}
