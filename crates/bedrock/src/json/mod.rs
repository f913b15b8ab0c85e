//! JSON that keeps what a request is made of: key order, and integers of any size.
//!
//! `serde_json::Value` would turn an integer beyond 64 bits into a float; a key must not change by
//! that, so requests and answers are held as [`Json`]. Parsing is [`jiter`]'s.

mod object;
mod read;
mod write;

use num_bigint::BigInt;
use num_traits::ToPrimitive as _;

pub use object::{Iter, JsonObject, Name};

/// How deep arrays and objects may nest; deeper text is refused, so that no walk overflows a stack.
pub const MAX_DEPTH: usize = 128;

/// A JSON value with exact integers and ordered objects.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// Any other integer, exact at any size.
    Big(Box<BigInt>),
    /// A number written with a point or an exponent, as a binary64. Never NaN or infinite.
    Float(f64),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(JsonObject),
}

/// Why a text is not JSON that tutor accepts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The text breaks JSON's grammar.
    #[error("not JSON: {words}")]
    Syntax {
        /// What the parser says, with line and column.
        words: String,
        /// The 1-based line.
        line: usize,
    },
    /// NaN and infinities are no JSON numbers.
    #[error("not JSON: NaN and infinity are no JSON numbers")]
    NotFinite,
    /// Two equal keys in one object: readers disagree which of them counts.
    #[error("the key \"{0}\" stands twice in one object")]
    DuplicateKey(String),
    /// Deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

impl Json {
    /// The value at `key`, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(map) => map.get(key),
            _ => None,
        }
    }

    /// The value at a JSON pointer (RFC 6901), such as `/content/0/text`. `""` is the value itself.
    pub fn pointer(&self, pointer: &str) -> Option<&Json> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |at, token| match at {
            Json::Object(map) if token.contains('~') => map.get(&token.replace("~1", "/").replace("~0", "~")),
            Json::Object(map) => map.get(token),
            Json::Array(items) => items.get(token.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// An integer that fits, or a float that is one (`3.0`).
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Json::Int(value) => value.to_u64(),
            Json::Big(value) => value.to_u64(),
            Json::Float(value) if value.fract() == 0.0 => value.to_u64(),
            _ => None,
        }
    }

    /// Any number, as a binary64.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Json::Int(value) => value.to_f64(),
            Json::Big(value) => value.to_f64(),
            Json::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// The items of an array.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Json::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&JsonObject> {
        match self {
            Json::Object(map) => Some(map),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }
}

/// From a literal written with `serde_json::json!`. Floats that are not finite become `null` there
/// already.
impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value as V;
        match value {
            V::Null => Json::Null,
            V::Bool(value) => Json::Bool(value),
            V::Number(number) => {
                if let Some(value) = number.as_i64() {
                    Json::Int(value)
                } else if let Some(value) = number.as_u64() {
                    value.into()
                } else {
                    number.as_f64().map_or(Json::Null, Json::Float)
                }
            }
            V::String(text) => Json::String(text),
            V::Array(items) => Json::Array(items.into_iter().map(Json::from).collect()),
            V::Object(map) => Json::Object(map.into_iter().map(|(k, v)| (k, Json::from(v))).collect()),
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::String(text.to_owned())
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        BigInt::from(value).into()
    }
}

/// An integer has one form, so that equal ones are equal.
impl From<BigInt> for Json {
    fn from(value: BigInt) -> Self {
        value.to_i64().map_or_else(|| Json::Big(value.into()), Json::Int)
    }
}

impl serde::Serialize for Json {
    /// Through [`serde_json::value::RawValue`], so only for JSON output: integers keep every digit.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::value::RawValue::from_string(self.to_compact())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Json {
    /// Through [`serde_json::value::RawValue`], so only from JSON text.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <Box<serde_json::value::RawValue>>::deserialize(deserializer)?;
        Json::parse(raw.get().as_bytes()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        Json::parse(text.as_bytes()).unwrap().to_canonical()
    }

    #[test]
    fn canonical_form_sorts_by_code_point_and_normalises_numbers() {
        assert_eq!(
            canonical(r#"{ "b": 1.0, "a": -0.0, "é": 0.1, "Z": 1e2, "\u00e9x": "\u00e9\n" }"#),
            "{\"Z\":100,\"a\":0,\"b\":1,\"é\":0.1,\"éx\":\"é\\n\"}"
        );
    }

    #[test]
    fn integers_of_any_size_are_exact() {
        assert_eq!(canonical("123456789012345678901234567890"), "123456789012345678901234567890");
        assert_eq!(canonical("1e22"), "10000000000000000000000");
    }

    #[test]
    fn what_readers_disagree_about_is_refused() {
        assert_eq!(Json::parse(br#"{"a":1,"a":2}"#), Err(JsonError::DuplicateKey("a".into())));
        assert!(matches!(Json::parse(b"NaN"), Err(JsonError::Syntax { .. })));
        assert!(Json::parse("[".repeat(5000).as_bytes()).is_err());
        let deep = format!("{}{}", "[".repeat(130), "]".repeat(130));
        assert_eq!(Json::parse(deep.as_bytes()), Err(JsonError::TooDeep));
    }

    #[test]
    fn pretty_and_compact_keep_the_order() {
        let json = Json::from(serde_json::json!({"z": [1, {}], "a": []}));
        assert_eq!(json.to_compact(), r#"{"z":[1,{}],"a":[]}"#);
        assert_eq!(json.to_pretty(), "{\n  \"z\": [\n    1,\n    {}\n  ],\n  \"a\": []\n}");
    }
}
