//! One option of the command line → JSON, as its type wants it: free text, JSON, shorthand, files.

use super::machine::Machine;
use super::shape::Shape;
use super::shorthand;
use super::value::Value;
use tutor_bedrock::Json;
use tutor_bedrock::found::Reason;

/// What one argument says, after `file://` is followed.
pub(super) struct Argument {
    /// Its text.
    pub(super) text: String,
    /// Whether it came through `fileb://`: bytes as they are, whatever the binary format.
    pub(super) raw: bool,
}

/// Follows `file://` and `fileb://`.
pub(super) fn argument(machine: &mut Machine<'_>, value: &Value, line: usize) -> Result<Argument, Reason> {
    let text = match value {
        Value::Known(text) => text,
        Value::Unknown(reason) => return Err(reason.clone()),
    };
    let (path, raw) = match (text.strip_prefix("file://"), text.strip_prefix("fileb://")) {
        (Some(path), _) => (path, false),
        (_, Some(path)) => (path, true),
        _ => return Ok(Argument { text: text.to_string(), raw: false }),
    };
    match machine.content(&Value::known(path), line) {
        Value::Known(content) => Ok(Argument { text: content.to_string(), raw }),
        Value::Unknown(reason) => Err(reason),
    }
}

/// The JSON that `texts` give for an option of type `shape`, not yet checked.
pub(super) fn json(shape: &Shape, texts: &[String]) -> Result<Json, String> {
    let [single, others @ ..] = texts else { return Err("a value is missing".to_owned()) };
    let looks_like = |signs: &[char]| single.trim_start().starts_with(signs);
    match shape {
        Shape::List(member) | Shape::Filled(member) => {
            if looks_like(&['[']) && others.is_empty() {
                return parsed(single);
            }
            let read = |text: &String| match member {
                Shape::Structure(_) | Shape::Union(_) | Shape::Map(_) if looks_like(&['[', '{']) => {
                    parsed(text)
                }
                Shape::Structure(_) | Shape::Union(_) | Shape::Map(_) => {
                    member.typed(shorthand::parse(text)?)
                }
                _ => Ok(Json::String(text.clone())),
            };
            Ok(Json::Array(texts.iter().map(read).collect::<Result<_, _>>()?))
        }
        _ if !others.is_empty() => Err("one value is expected".to_owned()),
        Shape::Structure(_) | Shape::Union(_) | Shape::Map(_) if !looks_like(&['[', '{']) => {
            shape.typed(shorthand::parse(single)?)
        }
        Shape::Structure(_) | Shape::Union(_) | Shape::Map(_) | Shape::Document => parsed(single),
        _ => Ok(Json::String(single.clone())),
    }
}

fn parsed(text: &str) -> Result<Json, String> {
    Json::parse(text.as_bytes()).map_err(|error| error.to_string())
}
