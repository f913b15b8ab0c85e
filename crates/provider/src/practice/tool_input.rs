//! The smallest value that a JSON schema allows, as far as schemas of tools go.

use num_bigint::BigInt;

use tutor_bedrock::{Json, JsonObject};

/// How deep a schema is followed, references included.
const DEPTH: usize = 16;
/// How many values are made at most; schemas are hostile input too.
const BUDGET: usize = 500;
/// The longest string or array made for a minimum.
const LONGEST: u64 = 64;

/// The smallest value that `schema` allows.
pub(super) fn value(schema: &Json) -> Json {
    Maker { root: schema, left: BUDGET }.value(schema, 0)
}

/// Arguments for a tool: what `schema` requires and nothing more. Always an object.
pub(super) fn minimal(schema: &Json) -> Json {
    match value(schema) {
        object @ Json::Object(_) => object,
        _ => Json::Object(JsonObject::default()),
    }
}

struct Maker<'a> {
    root: &'a Json,
    left: usize,
}

impl Maker<'_> {
    fn value(&mut self, schema: &Json, depth: usize) -> Json {
        if self.left == 0 {
            return Json::Null;
        }
        self.left -= 1;
        if depth > DEPTH {
            return Json::Null;
        }
        if let Some(given) = given(schema) {
            return given.clone();
        }
        if let Some(target) = self.target(schema) {
            return self.value(&target, depth + 1);
        }
        match kind(schema) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, depth),
            "integer" | "number" => number(schema),
            "boolean" => Json::Bool(false),
            "string" => {
                let length = schema.get("minLength").and_then(Json::as_u64).unwrap_or(0).min(LONGEST);
                Json::String((0..length).map(|_| 'x').collect())
            }
            _ => Json::Null,
        }
    }

    /// The schema behind `$ref`, or the first of several that may hold.
    fn target(&self, schema: &Json) -> Option<Json> {
        if let Some(reference) = schema.get("$ref").and_then(Json::as_str) {
            return self.root.pointer(reference.strip_prefix('#')?).cloned();
        }
        let several = ["anyOf", "oneOf", "allOf"].iter().find_map(|word| schema.get(word)?.as_array());
        several?.first().cloned()
    }

    fn object(&mut self, schema: &Json, depth: usize) -> Json {
        let required = schema.get("required").and_then(Json::as_array).unwrap_or_default();
        let mut map = JsonObject::default();
        for name in required.iter().filter_map(Json::as_str) {
            let property = schema.get("properties").and_then(|properties| properties.get(name));
            let value = property.map_or(Json::Null, |property| self.value(property, depth + 1));
            map.insert(name, value);
        }
        Json::Object(map)
    }

    fn array(&mut self, schema: &Json, depth: usize) -> Json {
        let length = schema.get("minItems").and_then(Json::as_u64).unwrap_or(0).min(LONGEST);
        let items = schema.get("items").unwrap_or(&Json::Null);
        let mut made = Vec::new();
        for _ in 0..length {
            if self.left == 0 {
                break;
            }
            made.push(self.value(items, depth + 1));
        }
        Json::Array(made)
    }
}

/// A value that the schema itself names.
fn given(schema: &Json) -> Option<&Json> {
    let first = |word: &str| schema.get(word)?.as_array()?.first();
    schema
        .get("const")
        .or_else(|| schema.get("default"))
        .or_else(|| first("enum"))
        .or_else(|| first("examples"))
}

/// The schema's type; of several the first that is not null.
fn kind(schema: &Json) -> &str {
    match schema.get("type") {
        Some(Json::String(kind)) => kind,
        Some(Json::Array(kinds)) => {
            kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if schema.get("properties").is_some() => "object",
        _ => "null",
    }
}

fn number(schema: &Json) -> Json {
    let least = schema.get("minimum").cloned();
    let above = || match schema.get("exclusiveMinimum")? {
        Json::Int(bound) => Some(Json::from(BigInt::from(*bound) + 1)),
        Json::Float(bound) => Some(Json::Float(bound + 1.0)),
        _ => None,
    };
    let below_zero =
        || schema.get("maximum").filter(|most| most.as_f64().is_some_and(|most| most < 0.0)).cloned();
    least.or_else(above).or_else(below_zero).unwrap_or_else(|| 0.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(schema: serde_json::Value) -> String {
        minimal(&schema.into()).to_compact()
    }

    #[test]
    fn only_what_is_required_is_made_and_it_fits() {
        let schema = json!({
            "type": "object",
            "properties": {
                "city": {"type": "string", "examples": ["Bern"]},
                "unit": {"enum": ["C", "F"]},
                "days": {"type": "integer", "minimum": 1},
                "at": {"$ref": "#/$defs/point"},
                "tags": {"type": "array", "minItems": 2, "items": {"type": ["null", "string"], "minLength": 1}},
                "more": {"type": "string"},
            },
            "required": ["city", "unit", "days", "at", "tags"],
            "$defs": {"point": {"properties": {"x": {"type": "number"}}, "required": ["x"]}},
        });
        assert_eq!(made(schema), r#"{"city":"Bern","unit":"C","days":1,"at":{"x":0},"tags":["x","x"]}"#);
        assert_eq!(made(json!({"type": "object", "properties": {}})), "{}");
    }

    #[test]
    fn hostile_schemas_end() {
        let endless = json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}});
        assert!(made(endless).ends_with("null}}}}}}}}}"));
        let wide = json!({"type": "array", "minItems": 64, "items": {"$ref": "#"}});
        let many = made(json!({"required": ["a"], "properties": {"a": wide}, "type": "object"}));
        assert!(many.len() < 20 * BUDGET, "{}", many.len());
        for odd in
            [json!(null), json!("string"), json!({"type": 7}), json!({"type": "array", "minItems": -1})]
        {
            assert_eq!(made(odd), "{}");
        }
    }
}
