//! How the CLI types and checks what it is given, before it sends anything.
//!
//! The rules are botocore's parameter validation: a call it refuses is never sent, so tutor must not
//! call it resolved.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigInt;
use num_traits::ToPrimitive as _;

use tutor_bedrock::{Json, JsonObject};

/// The type of a parameter.
#[derive(Debug)]
pub(super) enum Shape {
    /// A string of at least `min` characters.
    Text {
        /// Fewest characters.
        min: usize,
    },
    /// An integer of at least `min`.
    Integer {
        /// The least value.
        min: i64,
    },
    /// A number from 0 on.
    Share,
    /// `true` or `false`.
    Boolean,
    /// Bytes; base64 on the wire.
    Blob,
    /// Any JSON.
    Document,
    /// A list.
    List(&'static Shape),
    /// A list of at least one item.
    Filled(&'static Shape),
    /// An object with any keys.
    Map(&'static Shape),
    /// An object with these members.
    Structure(&'static [Member]),
    /// The same with exactly one of them.
    Union(&'static [Member]),
}

/// A member of a structure.
#[derive(Debug)]
pub(super) struct Member {
    /// Its name on the wire.
    pub(super) name: &'static str,
    /// Its type.
    pub(super) shape: &'static Shape,
    /// Whether it must be there.
    required: bool,
}

/// A member that must be there.
pub(super) const fn required(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, shape, required: true }
}

/// A member that may be left out.
pub(super) const fn optional(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, shape, required: false }
}

/// How texts given for blobs are read: `--cli-binary-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BinaryFormat {
    /// They are base64, the default of AWS CLI v2.
    Base64,
    /// `raw-in-base64-out`: they are the bytes themselves.
    Raw,
}

impl BinaryFormat {
    /// The bytes that `text` stands for.
    pub(super) fn bytes(self, text: &str) -> Option<Vec<u8>> {
        match self {
            BinaryFormat::Raw => Some(text.as_bytes().to_vec()),
            BinaryFormat::Base64 => STANDARD.decode(text.split_ascii_whitespace().collect::<String>()).ok(),
        }
    }
}

impl Shape {
    /// The members of a structure; none for other types.
    pub(super) fn members(&self) -> &'static [Member] {
        match self {
            Shape::Structure(members) | Shape::Union(members) => members,
            _ => &[],
        }
    }

    /// Types what shorthand gives: its leaves are strings, and a single value stands for a list.
    pub(super) fn typed(&self, value: Json) -> Result<Json, String> {
        Ok(match (self, value) {
            (Shape::Document, _) => return Err("shorthand cannot give free JSON".to_owned()),
            (Shape::Integer { .. }, Json::String(text)) => match text.trim().parse::<BigInt>() {
                Ok(number) => Json::from(number),
                Err(_) => return Err(format!("`{text}` is no integer")),
            },
            (Shape::Share, Json::String(text)) => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Json::Float(number),
                _ => return Err(format!("`{text}` is no number")),
            },
            (Shape::Boolean, Json::String(text)) => match text.to_lowercase().as_str() {
                "true" => Json::Bool(true),
                "false" => Json::Bool(false),
                _ => Json::String(text),
            },
            (Shape::List(_) | Shape::Filled(_), single @ (Json::String(_) | Json::Object(_))) => {
                Json::Array(vec![single])
            }
            (Shape::List(member) | Shape::Filled(member), Json::Array(items)) => {
                Json::Array(items.into_iter().map(|item| member.typed(item)).collect::<Result<_, _>>()?)
            }
            (Shape::Map(member), Json::Object(map)) => {
                let typed = map.into_iter().map(|(key, value)| Ok((key, member.typed(value)?)));
                Json::Object(typed.collect::<Result<_, String>>()?)
            }
            (Shape::Structure(members) | Shape::Union(members), Json::Object(map)) => {
                let typed = map.into_iter().map(|(key, value)| {
                    let shape = members.iter().find(|member| member.name == key).map(|member| member.shape);
                    let value = shape.map_or(Ok(value.clone()), |shape| shape.typed(value))?;
                    Ok((key, value))
                });
                Json::Object(typed.collect::<Result<_, String>>()?)
            }
            (_, value) => value,
        })
    }

    /// Checks `value` as the CLI does and gives it as it goes over the wire. `at` names the place.
    pub(super) fn checked(&self, value: Json, format: BinaryFormat, at: &str) -> Result<Json, String> {
        let wrong = |expected: &str| Err(format!("the AWS CLI expects {expected} at `{at}`"));
        match (self, value) {
            (Shape::Document, value) => Ok(value),
            (Shape::Text { min }, Json::String(text)) if text.chars().count() >= *min => {
                Ok(Json::String(text))
            }
            (Shape::Text { .. }, _) => wrong("a text"),
            (Shape::Integer { min }, Json::Int(number)) if number.to_i64().is_some_and(|n| n >= *min) => {
                Ok(Json::Int(number))
            }
            (Shape::Integer { .. }, _) => wrong("an integer"),
            (Shape::Share, number @ (Json::Int(_) | Json::Float(_))) if number.as_f64() >= Some(0.0) => {
                Ok(number)
            }
            (Shape::Share, _) => wrong("a number from 0 on"),
            (Shape::Boolean, Json::Bool(value)) => Ok(Json::Bool(value)),
            (Shape::Boolean, _) => wrong("true or false"),
            (Shape::Blob, Json::String(text)) => match format.bytes(&text) {
                Some(bytes) => Ok(Json::String(STANDARD.encode(bytes))),
                None => wrong("base64"),
            },
            (Shape::Blob, _) => wrong("bytes"),
            (Shape::Filled(_), Json::Array(items)) if items.is_empty() => wrong("a list that is not empty"),
            (Shape::List(member) | Shape::Filled(member), Json::Array(items)) => {
                let checked = items
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| member.checked(item, format, &format!("{at}[{index}]")));
                Ok(Json::Array(checked.collect::<Result<_, _>>()?))
            }
            (Shape::List(_) | Shape::Filled(_), _) => wrong("a list"),
            (Shape::Map(member), Json::Object(map)) => {
                let checked = map.into_iter().map(|(key, value)| {
                    Ok((key.clone(), member.checked(value, format, &format!("{at}.{key}"))?))
                });
                Ok(Json::Object(checked.collect::<Result<_, String>>()?))
            }
            (Shape::Structure(members), Json::Object(map)) => structure(members, map, format, at),
            (Shape::Union(members), Json::Object(map)) if map.len() == 1 => {
                structure(members, map, format, at)
            }
            (Shape::Union(_), Json::Object(_)) => wrong("exactly one member"),
            (Shape::Map(_) | Shape::Structure(_) | Shape::Union(_), _) => wrong("an object"),
        }
    }
}

fn structure(members: &[Member], map: JsonObject, format: BinaryFormat, at: &str) -> Result<Json, String> {
    if let Some(missing) = members.iter().find(|member| member.required && !map.contains_key(member.name)) {
        return Err(format!("the AWS CLI misses `{}` at `{at}`", missing.name));
    }
    let checked = map.into_iter().map(|(key, value)| {
        let Some(member) = members.iter().find(|member| member.name == key) else {
            return Err(format!("the AWS CLI knows no `{key}` at `{at}`"));
        };
        let value = member.shape.checked(value, format, &format!("{at}.{key}"))?;
        Ok((key, value))
    });
    Ok(Json::Object(checked.collect::<Result<_, _>>()?))
}
