//! `template.format(…)` and `string.Template`.

use std::rc::Rc;

use super::format::Conversion;
use crate::evaluate::{Evaluator, Run};
use crate::reason::Why;
use crate::value::{Args, Value};

/// Formats `template.format(*args)`.
pub(crate) fn format(reader: &mut Evaluator<'_>, template: &str, args: &Args) -> Run<Value> {
    let mut state = State { next: 0, unknown: None };
    let text = expand(reader, template, args, &mut state, 0)?;
    reader.spend(text.len())?;
    Ok(state.unknown.map_or_else(|| Value::str(&text), Value::Unknown))
}

struct State {
    next: usize,
    unknown: Option<Rc<Why>>,
}

fn expand(
    reader: &mut Evaluator<'_>,
    template: &str,
    args: &Args,
    state: &mut State,
    depth: usize,
) -> Run<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let brace = rest.as_bytes()[at];
        let after = &rest[at + 1..];
        if after.as_bytes().first() == Some(&brace) {
            out.push(char::from(brace));
            rest = &after[1..];
            continue;
        }
        if brace == b'}' {
            return reader.raise("ValueError", Some("Single '}' encountered in format string".to_owned()));
        }
        let Some(end) = closing(after) else {
            return reader.raise("ValueError", Some("expected '}' before end of string".to_owned()));
        };
        let field = &after[..end];
        rest = &after[end + 1..];
        let text = replace(reader, field, args, state, depth)?;
        out.push_str(&text);
        Evaluator::room(out.len())?;
    }
    out.push_str(rest);
    Ok(out)
}

/// Where the brace closes that was just opened.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn replace(
    reader: &mut Evaluator<'_>,
    field: &str,
    args: &Args,
    state: &mut State,
    depth: usize,
) -> Run<String> {
    let mut bracket = 0usize;
    let colon = field.char_indices().find(|(_, c)| {
        match c {
            '[' => bracket += 1,
            ']' => bracket = bracket.saturating_sub(1),
            _ => {}
        }
        *c == ':' && bracket == 0
    });
    let (head, spec) = match colon {
        Some((at, _)) => (&field[..at], &field[at + 1..]),
        None => (field, ""),
    };
    let (path, conversion) = match head.rsplit_once('!') {
        Some((path, "r")) => (path, Conversion::Repr),
        Some((path, "s")) => (path, Conversion::Str),
        Some((path, "a")) => (path, Conversion::Ascii),
        Some(_) => return reader.raise("ValueError", None),
        None => (head, Conversion::None),
    };
    let value = look_up(reader, path, args, state)?;
    let spec = if spec.contains('{') && depth == 0 {
        expand(reader, spec, args, state, depth + 1)?
    } else {
        spec.to_owned()
    };
    match reader.formatted(&value, conversion, &spec)? {
        Ok(text) => Ok(text),
        Err(why) => {
            state.unknown.get_or_insert(why.derived());
            Ok(String::new())
        }
    }
}

fn look_up(reader: &mut Evaluator<'_>, path: &str, args: &Args, state: &mut State) -> Run<Value> {
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (name, mut rest) = path.split_at(end);
    let mut value = if name.is_empty() || name.bytes().all(|byte| byte.is_ascii_digit()) {
        let index = if name.is_empty() {
            state.next += 1;
            state.next - 1
        } else {
            name.parse().unwrap_or(usize::MAX)
        };
        match (args.pos.get(index), &args.open) {
            (Some(value), _) => value.clone(),
            (None, Some(why)) => Value::Unknown(why.clone()),
            (None, None) => {
                let message = format!("Replacement index {index} out of range for positional args tuple");
                return reader.raise("IndexError", Some(message));
            }
        }
    } else {
        match (args.named(name), &args.open) {
            (Some(value), _) => value.clone(),
            (None, Some(why)) => Value::Unknown(why.clone()),
            (None, None) => {
                let error = reader.exception("KeyError", vec![Value::str(name)]);
                return Err(crate::evaluate::End::Raise(error));
            }
        }
    };
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            value = reader.attribute(&value, &after[..end])?;
            rest = &after[end..];
        } else {
            let Some(end) = rest.find(']') else { return reader.raise("ValueError", None) };
            let key = &rest[1..end];
            let key = key.parse::<i64>().map_or_else(|_| Value::str(key), Value::Int);
            value = reader.item(&value, &key)?;
            rest = &rest[end + 1..];
        }
    }
    Ok(value)
}

/// `string.Template(template).substitute(…)`; a missing name raises unless it is safe.
pub(crate) fn substitute(
    reader: &mut Evaluator<'_>,
    template: &str,
    names: &[(Value, Value)],
    safe: bool,
) -> Run<Value> {
    let mut out = String::new();
    let mut unknown: Option<Rc<Why>> = None;
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(tail) = after.strip_prefix('$') {
            out.push('$');
            rest = tail;
            continue;
        }
        let braced = after.strip_prefix('{');
        let body = braced.unwrap_or(after);
        let end = body.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(body.len());
        let name = &body[..end];
        let closes = braced.is_none() || body[end..].starts_with('}');
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !closes {
            if !safe {
                return reader.raise("ValueError", None);
            }
            out.push('$');
            rest = after;
            continue;
        }
        let tail = if braced.is_some() { &body[end + 1..] } else { &body[end..] };
        let found = names.iter().rev().find(|(key, _)| key.as_str() == Some(name));
        match found {
            Some((_, value)) => match reader.str_of(value)? {
                Ok(text) => out.push_str(&text),
                Err(why) => {
                    unknown.get_or_insert(why.derived());
                }
            },
            None if safe => out.push_str(&rest[at..rest.len() - tail.len()]),
            None => {
                let error = reader.exception("KeyError", vec![Value::str(name)]);
                return Err(crate::evaluate::End::Raise(error));
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    reader.spend(out.len())?;
    Ok(unknown.map_or_else(|| Value::str(&out), Value::Unknown))
}
