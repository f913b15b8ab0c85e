//! Expectations of answers that are JSON.

use std::path::Path;

use serde_json::Value;

use super::{Check, Sample, quoted};
use tutor_bedrock::Json;
use tutor_bedrock::family::Part;
use tutor_schema::Schema;

const FORM: &str = "write true, or a table of `pointer` with or without `equals`, and `schema` (a table, or the \
                    path of a JSON file), such as { pointer = \"/label\", equals = \"refund\" }";

/// `json = true`: the whole text is JSON. `json = { pointer = "/label", equals = "refund" }`: what
/// stands there. `json = { schema = "label.json" }`: a JSON schema holds. An answer that is a tool use
/// is judged by the tool's input.
pub(super) fn json(value: &toml::Value, root: &Path) -> Result<Check, String> {
    let table = match value {
        toml::Value::Boolean(true) => toml::Table::new(),
        toml::Value::Table(table) => table.clone(),
        _ => return Err(FORM.to_owned()),
    };
    if table.keys().any(|key| !["valid", "pointer", "equals", "schema"].contains(&key.as_str())) {
        return Err(FORM.to_owned());
    }
    if table.get("valid").is_some_and(|valid| valid.as_bool() != Some(true)) {
        return Err("`valid` can only be true".to_owned());
    }
    let pointer = match table.get("pointer") {
        None => None,
        Some(toml::Value::String(pointer)) if pointer.is_empty() || pointer.starts_with('/') => {
            Some(pointer.clone())
        }
        Some(_) => return Err("a JSON pointer is a string such as \"/items/0/name\"".to_owned()),
    };
    let equals = table.get("equals").map(plain);
    let schema = table.get("schema").map(|schema| validator(schema, root)).transpose()?;
    Ok(Box::new(move |sample| {
        let json = match parsed(sample) {
            Ok(json) => json,
            Err(miss) => return Some(miss),
        };
        let at = pointer.as_deref().unwrap_or_default();
        let Some(found) = json.pointer(at) else { return Some(format!("it has nothing at {at}")) };
        if let Some(wanted) = equals.as_ref().filter(|wanted| !same(wanted, found)) {
            return Some(format!("at \"{at}\" it has {found}, not {wanted}"));
        }
        let error = schema.as_ref()?.first_error(&Json::from(json))?;
        Some(format!("the schema refuses it: {}", quoted(&error)))
    }))
}

fn validator(schema: &toml::Value, root: &Path) -> Result<Schema, String> {
    let schema = match schema {
        toml::Value::Table(_) => plain(schema),
        toml::Value::String(path) => {
            let text = std::fs::read_to_string(root.join(path))
                .map_err(|error| format!("the schema {path} cannot be read: {error}"))?;
            serde_json::from_str(&text).map_err(|error| format!("the schema {path} is not JSON: {error}"))?
        }
        _ => return Err(FORM.to_owned()),
    };
    Schema::new(&schema).map_err(|error| format!("this is no JSON schema: {error}"))
}

/// The JSON of an answer: its whole text, or the input of its tool use.
fn parsed(sample: &Sample) -> Result<Value, String> {
    if sample.text.trim().is_empty() {
        let tool = sample.reading.parts.iter().find_map(|part| match part {
            Part::ToolUse { input, .. } => serde_json::from_str(&input.to_compact()).ok(),
            _ => None,
        });
        if let Some(input) = tool {
            return Ok(input);
        }
    }
    serde_json::from_str(sample.text.trim()).map_err(|_| format!("{} is not JSON", quoted(&sample.text)))
}

/// TOML as JSON; dates become strings.
fn plain(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text.clone()),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(value) => Value::from(*value),
        toml::Value::Datetime(date) => Value::from(date.to_string()),
        toml::Value::Array(items) => items.iter().map(plain).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
    }
}

/// Whether two values are the same; 3 and 3.0 are.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
