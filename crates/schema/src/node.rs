//! Requests as the validator sees them: in place, without a copy.

use std::borrow::Cow;
use std::ptr;

use jsonschema::json::{Array, JsonNumber, Node, NodeIdentity, Object};
use jsonschema::types::JsonType;
use serde_json::{Number, Value};

use tutor_bedrock::json::{Iter, Json, JsonObject};

/// The representation that [`Json`] is.
#[derive(Debug)]
pub(super) struct InPlace;

impl jsonschema::json::Json for InPlace {
    type Node<'a> = &'a Json;
    type PreparedKey = String;
    type StringBuffer = ();

    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>((): &mut (), string: &str, work: impl FnOnce(&Json) -> T) -> T {
        work(&Json::String(string.to_owned()))
    }
}

impl<'a> Node<'a, InPlace> for &'a Json {
    type Object = &'a JsonObject;
    type Array = &'a [Json];
    type Number = Numeric<'a>;

    fn as_object(&self) -> Option<&'a JsonObject> {
        (*self).as_object()
    }

    fn as_array(&self) -> Option<&'a [Json]> {
        (*self).as_array()
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        (*self).as_str().map(Cow::Borrowed)
    }

    fn as_number(&self) -> Option<Numeric<'a>> {
        matches!(self, Json::Int(_) | Json::Big(_) | Json::Float(_)).then_some(Numeric(self))
    }

    fn as_boolean(&self) -> Option<bool> {
        (*self).as_bool()
    }

    fn is_null(&self) -> bool {
        (*self).is_null()
    }

    fn json_type(&self) -> JsonType {
        match self {
            Json::Null => JsonType::Null,
            Json::Bool(_) => JsonType::Boolean,
            Json::Int(_) | Json::Big(_) | Json::Float(_) => JsonType::Number,
            Json::String(_) => JsonType::String,
            Json::Array(_) => JsonType::Array,
            Json::Object(_) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match (self, expected) {
            (Json::String(text), Value::String(expected)) => text == expected,
            _ => jsonschema::json::cmp::equal(&value(self), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(value(self))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(ptr::from_ref::<Json>(self) as usize))
    }
}

impl<'a> Object<'a, InPlace> for &'a JsonObject {
    type Node = &'a Json;
    type MemberName = &'a str;
    type MembersIter = Iter<'a>;

    fn len(&self) -> usize {
        (*self).len()
    }

    fn get(&self, key: &String) -> Option<&'a Json> {
        (*self).get(key)
    }

    fn members(&self) -> Iter<'a> {
        (*self).iter()
    }
}

impl<'a> Array<'a, InPlace> for &'a [Json] {
    type Node = &'a Json;
    type ElementsIter = std::slice::Iter<'a, Json>;

    fn len(&self) -> usize {
        <[Json]>::len(self)
    }

    fn elements(&self) -> std::slice::Iter<'a, Json> {
        self.iter()
    }
}

/// A number of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numeric<'a>(&'a Json);

impl JsonNumber for Numeric<'_> {
    fn as_u64(&self) -> Option<u64> {
        if self.is_written_as_integer() { self.0.as_u64() } else { None }
    }

    fn as_i64(&self) -> Option<i64> {
        if let Json::Int(integer) = self.0 { Some(*integer) } else { None }
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.to_compact())
    }

    fn to_number(&self) -> Cow<'_, Number> {
        Cow::Owned(number(self.0))
    }

    fn is_integer(&self) -> bool {
        self.is_written_as_integer() || self.as_f64().is_some_and(|float| float.fract() == 0.0)
    }

    fn is_written_as_integer(&self) -> bool {
        matches!(self.0, Json::Int(_) | Json::Big(_))
    }
}

/// A number for an error's words. Integers beyond 64 bits become floats, at most the largest there is:
/// they are out of every range here.
fn number(json: &Json) -> Number {
    let float = || {
        let float = json.as_f64().unwrap_or_default().clamp(f64::MIN, f64::MAX);
        Number::from_f64(float).unwrap_or_else(|| Number::from(0))
    };
    match json {
        Json::Int(integer) => Number::from(*integer),
        Json::Big(integer) => u64::try_from(&**integer).map_or_else(|_| float(), Number::from),
        _ => float(),
    }
}

/// A copy for an error's words.
fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Int(_) | Json::Big(_) | Json::Float(_) => Value::Number(number(json)),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(value).collect()),
        Json::Object(map) => {
            Value::Object(map.iter().map(|(name, item)| (name.to_owned(), value(item))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use jsonschema::json::conformance;

    use super::*;

    #[test]
    fn the_validator_finds_what_it_relies_on() {
        let document = Json::from(conformance::document());
        conformance::assert_conformance::<InPlace>(&&document);
    }

    #[test]
    fn integers_of_any_size_are_integers() {
        for (text, integral) in [("3", true), ("3.0", true), ("3.5", false), ("18446744073709551616", true)] {
            let json = Json::parse(text.as_bytes()).unwrap();
            assert_eq!(Numeric(&json).is_integer(), integral, "{text}");
        }
        assert_eq!(number(&Json::from(u64::MAX)), Number::from(u64::MAX));
        let huge = Json::parse(format!("-1{}", "0".repeat(400)).as_bytes()).unwrap();
        assert_eq!(number(&huge).as_f64(), Some(f64::MIN));
    }
}
