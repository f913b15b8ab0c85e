//! JSON that keeps what a request is made of: key order, and integers of any size.
//!
//! `serde_json::Value` would turn an integer beyond 64 bits into a float; a key must not change by
//! that, so requests and answers are held as [`Json`]. Parsing is [`jiter`]'s.

use std::fmt::{Display, Write as _};

use indexmap::IndexMap;
use indexmap::map::Entry;
use jiter::{Jiter, JiterError, NumberAny, NumberInt, Peek};
use num_bigint::BigInt;
use num_traits::{FromPrimitive as _, ToPrimitive as _};

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
    /// An object, in the order it was written.
    Object(JsonObject),
}

/// The entries of an object, by a hash that nobody can aim at: keys come from outside.
pub type JsonObject = IndexMap<String, Json>;

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
    /// Reads one JSON document. Refuses NaN, infinities, duplicate keys and nesting beyond
    /// [`MAX_DEPTH`].
    pub fn parse(text: &[u8]) -> Result<Self, JsonError> {
        Reader { jiter: Jiter::new(text) }.document()
    }

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
            Json::Object(map) => map.get(&token.replace("~1", "/").replace("~0", "~")),
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

    /// The entries of an object.
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

    /// One line without spaces, keys in the order they were written.
    pub fn to_compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Style::Compact, 0);
        out
    }

    /// Indented by two spaces, for people; no line break at the end.
    pub fn to_pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Style::Pretty, 0);
        out
    }

    /// The text that keys are made from: object keys sorted by code point, no spaces, strings as
    /// unescaped UTF-8, integral floats and −0 as integers, other floats as the shortest binary64.
    pub fn to_canonical(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Style::Canonical, 0);
        out
    }

    fn write(&self, out: &mut String, style: Style, depth: usize) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Json::Int(value) => write_number(out, value),
            Json::Big(value) => write_number(out, value),
            Json::Float(value) => write_float(out, *value, style),
            Json::String(text) => write_string(out, text),
            Json::Array(items) => {
                write_items(out, style, depth, ['[', ']'], items.iter(), |out, item| {
                    item.write(out, style, depth + 1);
                });
            }
            Json::Object(map) => {
                let mut entries: Vec<_> = map.iter().collect();
                if style == Style::Canonical {
                    // UTF-8 sorts by code point.
                    entries.sort_unstable_by_key(|entry| entry.0);
                }
                write_items(out, style, depth, ['{', '}'], entries.into_iter(), |out, entry| {
                    write_string(out, entry.0);
                    out.push_str(if style == Style::Pretty { ": " } else { ":" });
                    entry.1.write(out, style, depth + 1);
                });
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Compact,
    Pretty,
    Canonical,
}

fn write_items<T>(
    out: &mut String,
    style: Style,
    depth: usize,
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    let empty = items.len() == 0;
    let line = |out: &mut String, depth: usize| {
        if style == Style::Pretty && !empty {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        line(out, depth + 1);
        write(out, item);
    }
    line(out, depth);
    out.push(close);
}

fn write_number(out: &mut String, value: impl Display) {
    write!(out, "{value}").expect("writing to a string");
}

fn write_float(out: &mut String, value: f64, style: Style) {
    if style == Style::Canonical && value.fract() == 0.0 {
        write_number(out, BigInt::from_f64(value).expect("Json floats are finite"));
    } else {
        out.push_str(&serde_json::Number::from_f64(value).expect("Json floats are finite").to_string());
    }
}

fn write_string(out: &mut String, text: &str) {
    if !text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.push('"');
        out.push_str(text);
        out.push('"');
        return;
    }
    out.push_str(&serde_json::to_string(text).expect("a string is always JSON"));
}

/// Builds values as the text is read.
struct Reader<'j> {
    jiter: Jiter<'j>,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Json, JsonError> {
        let first = self.jiter.peek().map_err(|error| self.syntax(&error))?;
        let value = self.value(first, 0)?;
        self.jiter.finish().map_err(|error| self.syntax(&error))?;
        Ok(value)
    }

    fn syntax(&self, error: &JiterError) -> JsonError {
        let line = error.get_position(&self.jiter).line;
        JsonError::Syntax { words: error.description(&self.jiter), line }
    }

    fn value(&mut self, first: Peek, depth: usize) -> Result<Json, JsonError> {
        if depth > MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        let read = match first {
            Peek::Object => return self.object(depth),
            Peek::Array => return self.array(depth),
            Peek::Null => self.jiter.known_null().map(|()| Json::Null),
            Peek::True | Peek::False => self.jiter.known_bool(first).map(Json::Bool),
            Peek::String => self.jiter.known_str().map(|text| Json::String(text.to_owned())),
            _ => self.jiter.known_number(first).map(|number| match number {
                NumberAny::Int(NumberInt::Int(value)) => Json::Int(value),
                NumberAny::Int(NumberInt::BigInt(value)) => Json::from(value),
                NumberAny::Float(value) => Json::Float(value),
            }),
        };
        match read {
            // A number too large for a binary64.
            Ok(Json::Float(value)) if !value.is_finite() => Err(JsonError::NotFinite),
            read => read.map_err(|error| self.syntax(&error)),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut items = Vec::new();
        let mut next = self.jiter.known_array().map_err(|error| self.syntax(&error))?;
        while let Some(first) = next {
            items.push(self.value(first, depth + 1)?);
            next = self.jiter.array_step().map_err(|error| self.syntax(&error))?;
        }
        Ok(Json::Array(items))
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut map = JsonObject::default();
        let key = self.jiter.known_object().map(|key| key.map(str::to_owned));
        let mut next = key.map_err(|error| self.syntax(&error))?;
        while let Some(key) = next {
            let first = self.jiter.peek().map_err(|error| self.syntax(&error))?;
            match map.entry(key) {
                Entry::Occupied(entry) => return Err(JsonError::DuplicateKey(entry.key().clone())),
                Entry::Vacant(entry) => entry.insert(self.value(first, depth + 1)?),
            };
            let key = self.jiter.next_key().map(|key| key.map(str::to_owned));
            next = key.map_err(|error| self.syntax(&error))?;
        }
        Ok(Json::Object(map))
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
