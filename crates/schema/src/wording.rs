//! How a violation is worded. All of it stands here.
//!
//! Bedrock's schema check speaks as the everit JSON Schema library does; those words, the framework's
//! and the sentences below are as clients' authors have reported them between 2023 and 2026 (among
//! others: litellm, strands-agents and langchain-aws on GitHub).

use std::collections::BTreeMap;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::{Dialect, Violation};

/// Whose words a message is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// Bedrock's, as reported.
    Bedrock,
    /// tutor's: nobody has reported Bedrock's.
    Ours,
}

pub(super) const PREFILL: &str =
    "This model does not support assistant message prefill. The conversation must end with a user message.";
pub(super) const USER_FIRST: &str = "A conversation must start with a user message. Try again with a conversation that starts with a user message.";
/// What stands before the words of a model that Converse hands on.
pub const THROUGH_CONVERSE: &str = "The model returned the following errors: ";
const TEMPERATURE_AND_TOP_P: &str =
    "`temperature` and `top_p` cannot both be specified for this model. Please use only one.";

pub(super) fn empty_content(message: usize) -> String {
    format!(
        "The content field in the Message object at messages.{message} is empty. Add a ContentBlock object to \
         the content field and try again."
    )
}

pub(super) fn blank_text(message: usize, block: usize) -> String {
    format!(
        "The text field in the ContentBlock object at messages.{message}.content.{block} is blank. Add text to \
         the text field, and try again."
    )
}

/// One thing that is wrong, without words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    /// Keys and indices from the root on.
    path: Vec<String>,
    what: What,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    Missing(String),
    Extraneous(String),
    Mistyped {
        expected: Vec<&'static str>,
        found: &'static str,
    },
    Below {
        value: String,
        limit: String,
        exclusive: bool,
    },
    Above {
        value: String,
        limit: String,
    },
    TooShort {
        limit: u64,
        actual: usize,
    },
    TooLong {
        limit: u64,
        actual: usize,
    },
    TooFew {
        limit: u64,
        actual: usize,
    },
    TooMany {
        limit: u64,
        actual: usize,
    },
    NotInEnum {
        value: String,
        options: Vec<String>,
    },
    NoneOf(usize),
    Forbidden(String),
    /// Words that were collected as they are.
    Said(String),
    Other(String),
}

impl Fault {
    /// The faults in one error: several keys that are not permitted are one each. `missing` has the
    /// words for keys of which something else than the usual is said.
    pub(super) fn of(error: &ValidationError<'_>, missing: &BTreeMap<String, String>) -> Vec<Self> {
        let path: Vec<String> = error
            .instance_path()
            .as_str()
            .split('/')
            .skip(1)
            .map(|token| token.replace("~1", "/").replace("~0", "~"))
            .collect();
        let fault = |what| Fault { path: path.clone(), what };
        if let Kind::AdditionalProperties { unexpected } = error.kind() {
            return unexpected.iter().map(|key| fault(What::Extraneous(key.clone()))).collect();
        }
        vec![fault(match What::of(error) {
            What::Missing(key) if path.is_empty() && missing.contains_key(&key) => {
                What::Said(missing[&key].clone())
            }
            what => what,
        })]
    }

    /// Whether a value is beyond a limit of the model, rather than of a wrong shape.
    pub(super) fn is_limit(&self) -> bool {
        matches!(
            self.what,
            What::Below { .. }
                | What::Above { .. }
                | What::TooMany { .. }
                | What::TooLong { .. }
                | What::Forbidden(_)
        )
    }

    /// Whether something is not there.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self.what, What::Missing(_) | What::Said(_) | What::NoneOf(_))
    }

    /// Missing keys come first, then extraneous ones, then what is inside.
    fn rank(&self) -> usize {
        match self.what {
            What::Said(_) => 0,
            What::Missing(_) => 1,
            What::Extraneous(_) => 2,
            _ => 3,
        }
    }
}

impl What {
    fn of(error: &ValidationError<'_>) -> Self {
        let instance = error.instance().as_ref();
        let length = |value: &Value| match value {
            Value::String(text) => text.chars().count(),
            Value::Array(items) => items.len(),
            _ => 0,
        };
        let actual = length(instance);
        match error.kind() {
            Kind::Required { property } => What::Missing(plain(property)),
            Kind::Type { kind } => What::Mistyped { expected: expected(kind), found: class(instance) },
            Kind::Minimum { limit } => below(instance, limit, false),
            Kind::ExclusiveMinimum { limit } => below(instance, limit, true),
            Kind::Maximum { limit } | Kind::ExclusiveMaximum { limit } => {
                What::Above { value: plain(instance), limit: plain(limit) }
            }
            Kind::MinLength { limit } => What::TooShort { limit: *limit, actual },
            Kind::MaxLength { limit } => What::TooLong { limit: *limit, actual },
            Kind::MinItems { limit } => What::TooFew { limit: *limit, actual },
            Kind::MaxItems { limit } => What::TooMany { limit: *limit, actual },
            Kind::Enum { options } => What::NotInEnum {
                value: plain(instance),
                options: options.as_array().into_iter().flatten().map(plain).collect(),
            },
            Kind::AnyOf { context } => What::NoneOf(context.len()),
            Kind::Not { schema } => What::Forbidden(schema.to_string()),
            _ => What::Other(error.to_string()),
        }
    }

    /// As the everit library words it, and whether it does.
    fn everit(&self) -> (String, Wording) {
        let text = match self {
            What::Missing(key) => format!("required key [{key}] not found"),
            What::Extraneous(key) => format!("extraneous key [{key}] is not permitted"),
            What::Mistyped { expected, found } if expected.len() == 1 => {
                format!("expected type: {}, found: {found}", expected[0])
            }
            What::Mistyped { expected, found } => {
                return (format!("expected type: {}, found: {found}", expected.join(" or ")), Wording::Ours);
            }
            What::Below { value, limit, exclusive: false } => {
                format!("{value} is not greater or equal to {limit}")
            }
            What::Below { value, limit, exclusive: true } => format!("{value} is not greater than {limit}"),
            What::Above { value, limit } => format!("{value} is not less or equal to {limit}"),
            What::TooShort { limit, actual } => format!("expected minLength: {limit}, actual: {actual}"),
            What::TooLong { limit, actual } => format!("expected maxLength: {limit}, actual: {actual}"),
            What::TooFew { limit, actual } => {
                format!("expected minimum item count: {limit}, found: {actual}")
            }
            What::TooMany { limit, actual } => {
                format!("expected maximum item count: {limit}, found: {actual}")
            }
            What::NotInEnum { value, .. } => format!("{value} is not a valid enum value"),
            What::NoneOf(count) => format!("#: no subschema matched out of the total {count} subschemas"),
            What::Forbidden(schema) => format!("subject must not be valid against schema {schema}"),
            What::Said(text) => text.clone(),
            What::Other(text) => return (text.clone(), Wording::Ours),
        };
        (text, Wording::Bedrock)
    }

    /// As Anthropic words it, and whether it does.
    fn anthropic(&self) -> (String, Wording) {
        let text = match self {
            What::Missing(_) => "Field required",
            What::Extraneous(_) => "Extra inputs are not permitted",
            other => return (other.everit().0, Wording::Ours),
        };
        (text.to_owned(), Wording::Bedrock)
    }

    /// The constraint as AWS's service framework words it; `None` for a wrong type, which never gets
    /// as far as the constraints.
    fn constraint(&self) -> Option<String> {
        Some(match self {
            What::Missing(_) => "Member must not be null".to_owned(),
            What::Below { limit, .. } => format!("Member must have value greater than or equal to {limit}"),
            What::Above { limit, .. } => format!("Member must have value less than or equal to {limit}"),
            What::TooShort { limit, .. } | What::TooFew { limit, .. } => {
                format!("Member must have length greater than or equal to {limit}")
            }
            What::TooLong { limit, .. } | What::TooMany { limit, .. } => {
                format!("Member must have length less than or equal to {limit}")
            }
            What::NotInEnum { options, .. } => {
                format!("Member must satisfy enum value set: [{}]", options.join(", "))
            }
            _ => return None,
        })
    }
}

/// The refusal of a native body with these faults, if there are any.
pub(super) fn native(dialect: Dialect, mut faults: Vec<Fault>) -> Option<Violation> {
    if faults.is_empty() {
        return None;
    }
    faults.sort_by_key(Fault::rank);
    let told: Vec<(String, Wording)> = faults.iter().map(|fault| tell(dialect, fault)).collect();
    let ours = dialect == Dialect::Ours || told.iter().any(|(_, wording)| *wording == Wording::Ours);
    let texts: Vec<String> = told.into_iter().map(|(text, _)| text).collect();
    let message = match dialect {
        Dialect::Anthropic => texts.join(", "),
        _ => {
            format!(
                "Malformed input request: {}, please reformat your input and try again.",
                texts.join(", ")
            )
        }
    };
    let wording = if ours { Wording::Ours } else { Wording::Bedrock };
    Some(Violation { kind: "ValidationException", message, wording })
}

fn tell(dialect: Dialect, fault: &Fault) -> (String, Wording) {
    if dialect == Dialect::Anthropic {
        if matches!(fault.what, What::Forbidden(_)) {
            return (TEMPERATURE_AND_TOP_P.to_owned(), Wording::Bedrock);
        }
        let key = match &fault.what {
            What::Missing(key) | What::Extraneous(key) => Some(key),
            _ => None,
        };
        let place: Vec<&str> = fault.path.iter().chain(key).map(String::as_str).collect();
        let (text, wording) = fault.what.anthropic();
        return (format!("{}: {text}", place.join(".")), wording);
    }
    let place =
        std::iter::once("#").chain(fault.path.iter().map(String::as_str)).collect::<Vec<_>>().join("/");
    let (text, wording) = fault.what.everit();
    (format!("{place}: {text}"), wording)
}

/// The refusal of a Converse body with these faults, if there are any.
pub(super) fn framework(faults: &[Fault]) -> Option<Violation> {
    if faults.is_empty() {
        return None;
    }
    if let Some(shape) = faults.iter().find(|fault| fault.what.constraint().is_none()) {
        let (text, _) = shape.what.everit();
        let place = if shape.path.is_empty() { "the body".to_owned() } else { shape.path.join(".") };
        let message = format!("{place}: {text}");
        return Some(Violation { kind: "SerializationException", message, wording: Wording::Ours });
    }
    let told: Vec<String> = faults
        .iter()
        .filter_map(|fault| {
            let constraint = fault.what.constraint()?;
            Some(format!("Value at '{}' failed to satisfy constraint: {constraint}", member(fault)))
        })
        .collect();
    let errors = if told.len() == 1 { "error" } else { "errors" };
    let message = format!("{} validation {errors} detected: {}", told.len(), told.join("; "));
    Some(Violation { kind: "ValidationException", message, wording: Wording::Bedrock })
}

/// A place as the framework names it: list items count from 1, as `messages.1.member.content`.
fn member(fault: &Fault) -> String {
    let key = match &fault.what {
        What::Missing(key) => Some(key),
        _ => None,
    };
    let tokens = fault.path.iter().chain(key).map(|token| match token.parse::<u64>() {
        Ok(index) => format!("{}.member", index + 1),
        Err(_) => token.clone(),
    });
    tokens.collect::<Vec<_>>().join(".")
}

fn below(instance: &Value, limit: &Value, exclusive: bool) -> What {
    What::Below { value: plain(instance), limit: plain(limit), exclusive }
}

/// A value without the quotes of a string.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The Java class that stands for a JSON type.
fn class(value: &Value) -> &'static str {
    match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(number) if number.is_f64() => "BigDecimal",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "JSONArray",
        Value::Object(_) => "JSONObject",
    }
}

fn expected(kind: &TypeKind) -> Vec<&'static str> {
    use jsonschema::JsonType as J;
    let name = |kind: J| match kind {
        J::Array => "JSONArray",
        J::Boolean => "Boolean",
        J::Integer => "Integer",
        J::Null => "Null",
        J::Number => "Number",
        J::Object => "JSONObject",
        J::String => "String",
    };
    match kind {
        TypeKind::Single(kind) => vec![name(*kind)],
        TypeKind::Multiple(kinds) => kinds.iter().map(name).collect(),
    }
}
