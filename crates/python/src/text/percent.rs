//! `template % values`

use std::rc::Rc;

use super::format::Conversion;
use crate::evaluate::{Evaluator, Run};
use crate::heap::Object;
use crate::reason::Why;
use crate::value::Value;

/// One conversion of a template.
struct Field {
    key: Option<String>,
    spec: String,
    kind: char,
}

/// Formats `template % values`.
pub(crate) fn format(reader: &mut Evaluator<'_>, template: &str, values: &Value) -> Run<Value> {
    let mut positional: Vec<Value> = match values {
        Value::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    positional.reverse();
    let mut out = String::new();
    let mut unknown: Option<Rc<Why>> = None;
    let mut named = false;
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let Some((field, after)) = parse(rest) else {
            return Ok(reader.unknown("a `%` format that is not read"));
        };
        rest = after;
        let value = match &field.key {
            Some(key) => {
                named = true;
                reader.item(values, &Value::str(key))?
            }
            None => match positional.pop() {
                Some(value) => value,
                None => {
                    return reader
                        .raise("TypeError", Some("not enough arguments for format string".to_owned()));
                }
            },
        };
        Evaluator::room(out.len())?;
        match shown(reader, &field, &value)? {
            Ok(text) => out.push_str(&text),
            Err(why) => {
                unknown.get_or_insert(why.derived());
            }
        }
    }
    out.push_str(rest);
    let mapping = matches!(reader.object(values), Some(Object::Dict(_) | Object::List(_)));
    if !positional.is_empty() && !named && !mapping {
        let message = "not all arguments converted during string formatting";
        return reader.raise("TypeError", Some(message.to_owned()));
    }
    reader.spend(out.len())?;
    Ok(unknown.map_or_else(|| Value::str(&out), Value::Unknown))
}

fn parse(text: &str) -> Option<(Field, &str)> {
    let (key, mut rest) = match text.strip_prefix('(') {
        Some(inner) => {
            let end = inner.find(')')?;
            (Some(inner[..end].to_owned()), &inner[end + 1..])
        }
        None => (None, text),
    };
    let end = rest.find(|c: char| !"0123456789.-+ #".contains(c))?;
    let flags = &rest[..end];
    let kind = rest[end..].chars().next()?;
    rest = &rest[end + kind.len_utf8()..];
    if flags.contains(['#', ' ']) || !"srdiufFeEgGxXo".contains(kind) {
        return None;
    }
    // `-` aligns left; everything else is aligned right, text too.
    let left = flags.contains('-');
    let plus = flags.contains('+');
    let size = flags.trim_start_matches(['-', '+']);
    let zero = size.starts_with('0') && !left;
    let align = if left {
        "<"
    } else if zero {
        ""
    } else {
        ">"
    };
    let spec = format!("{align}{}{size}", if plus { "+" } else { "" });
    Some((Field { key, spec: if size.is_empty() && !plus { String::new() } else { spec }, kind }, rest))
}

fn shown(reader: &mut Evaluator<'_>, field: &Field, value: &Value) -> Run<Result<String, Rc<Why>>> {
    match field.kind {
        's' => reader.formatted(value, Conversion::Str, &field.spec),
        'r' => reader.formatted(value, Conversion::Repr, &field.spec),
        kind => {
            if let Some(why) = reader.why_unknown(value) {
                reader.risk();
                return Ok(Err(why));
            }
            let number = match (kind, value) {
                ('d' | 'i' | 'u', Value::Float(value)) if value.is_finite() && value.abs() < 9e15 => {
                    Value::Int(value.trunc() as i64)
                }
                ('x' | 'X' | 'o', Value::Float(_)) => return reader.raise("TypeError", None),
                (_, Value::Float(_) | Value::Int(_) | Value::Big(_) | Value::Bool(_)) => value.clone(),
                _ => {
                    let name = reader.type_name(value);
                    let message = format!("%{kind} format: a real number is required, not {name}");
                    return reader.raise("TypeError", Some(message));
                }
            };
            let number = match number {
                Value::Bool(value) => Value::Int(i64::from(value)),
                other => other,
            };
            if field.spec.contains('.') && "diuxXo".contains(kind) {
                return Ok(Err(reader.why("a `%` format that is not read")));
            }
            let kind = if matches!(kind, 'i' | 'u') { 'd' } else { kind };
            reader.formatted(&number, Conversion::None, &format!("{}{kind}", field.spec))
        }
    }
}
