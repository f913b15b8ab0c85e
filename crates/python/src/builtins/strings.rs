//! `str` and `string`.

use std::rc::Rc;

use super::{Native, text_of};
use crate::evaluate::{Evaluator, Run};
use crate::heap::{Instance, Names, Object};
use crate::limits;
use crate::text::template;
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::class("str", to_str).takes(0, 3, "object encoding errors"),
    Native::function("repr", |reader, args| shown(reader, &args, Show::Repr)).takes(1, 1, ""),
    Native::function("chr", chr).takes(1, 1, ""),
    Native::function("ord", ord).takes(1, 1, ""),
    Native::class("string.Template", make_template),
    Native::function("string.capwords", |reader, args| {
        let Some(text) = text_of(args.pos.first()) else { return reader.give_up(&args, "capwords") };
        let words: Vec<String> =
            text.split_whitespace().map(|word| capitalize(word).unwrap_or_default()).collect();
        Ok(Value::str(words.join(" ")))
    }),
];

pub(super) const METHODS: &[&str] = &[
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "expandtabs",
    "find",
    "format",
    "format_map",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "translate",
    "upper",
    "zfill",
];

pub(super) const TEMPLATE_METHODS: &[&str] = &["substitute", "safe_substitute"];

enum Show {
    Str,
    Repr,
}

fn to_str(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    if args.pos.is_empty() && args.kw.is_empty() && args.open.is_none() {
        return Ok(Value::str(""));
    }
    if let (Some(Value::Bytes(bytes)), true) = (args.pos.first(), args.pos.len() > 1 || !args.kw.is_empty()) {
        return super::bytes::decode(reader, &bytes.clone(), args.get(1, "encoding"), args.get(2, "errors"));
    }
    shown(reader, &args, Show::Str)
}

fn shown(reader: &mut Evaluator<'_>, args: &Args, show: Show) -> Run<Value> {
    let Some(value) = args.pos.first() else { return reader.give_up(args, "`str()`") };
    let text = match show {
        Show::Str => reader.str_of(value)?,
        Show::Repr => reader.repr_of(value)?,
    };
    Ok(text.map_or_else(|why| Value::Unknown(why.derived()), |text| Value::str(&text)))
}

fn chr(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let code = args.pos.first().and_then(Value::as_index).and_then(|code| u32::try_from(code).ok());
    match code.and_then(char::from_u32) {
        Some(c) => Ok(Value::str(c.to_string())),
        None => reader.give_up(&args, "`chr()`"),
    }
}

fn ord(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(text) = text_of(args.pos.first()) else { return reader.give_up(&args, "`ord()`") };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(Value::Int(i64::from(u32::from(c)))),
        _ => reader.raise("TypeError", None),
    }
}

fn make_template(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(value) = args.get(0, "template").cloned() else { return reader.give_up(&args, "`Template()`") };
    if reader.why_unknown(&value).is_some() {
        return reader.give_up(&args, "`Template()`");
    }
    let mut attrs = Names::default();
    attrs.insert(reader.text("template"), value);
    let class = super::lookup("string.Template").unwrap_or(Value::None);
    Ok(reader.alloc(Object::Instance(Rc::new(Instance { class, attrs }))))
}

pub(super) fn call_template(
    reader: &mut Evaluator<'_>,
    object: &Value,
    name: &str,
    args: &Args,
) -> Run<Value> {
    let template = reader.attribute(object, "template")?;
    let Some(template) = text_of(Some(&template)) else { return reader.give_up(args, "a template") };
    let mut names = Vec::new();
    for mapping in &args.pos {
        match reader.entries_of(mapping)? {
            Ok(entries) => names.extend(entries),
            Err(_) => return reader.give_up(args, "a template"),
        }
    }
    if args.open.is_some() {
        return reader.give_up(args, "a template");
    }
    names.extend(args.kw.iter().map(|(name, value)| (Value::Str(name.clone()), value.clone())));
    template::substitute(reader, &template, &names, name == "safe_substitute")
}

/// Calls a method of a string.
pub(super) fn call(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    let Value::Str(text) = object else { return reader.give_up(args, "a method") };
    match name {
        "format" => return template::format(reader, text, args),
        "format_map" => {
            let Some(Ok(entries)) = args.pos.first().map(|map| reader.entries_of(map)).transpose()? else {
                return reader.give_up(args, "`format_map()`");
            };
            let kw = entries
                .into_iter()
                .filter_map(|(key, value)| text_of(Some(&key)).map(|key| (key, value)))
                .collect();
            return template::format(reader, text, &Args { kw, ..Args::default() });
        }
        "join" => return join(reader, text, args),
        _ => {}
    }
    if args.open.is_some() || args.all().any(|value| reader.why_unknown(value).is_some()) {
        return reader.give_up(args, "a method of a string");
    }
    reader.spend(text.len())?;
    match predicate(text, name) {
        Some(Some(answer)) => return Ok(Value::Bool(answer)),
        Some(None) => return Ok(reader.unknown("it depends on what Unicode says of a character")),
        None => {}
    }
    match name {
        "lower" | "casefold" if name == "lower" || text.is_ascii() => Ok(Value::str(text.to_lowercase())),
        "upper" => Ok(Value::str(text.to_uppercase())),
        "capitalize" => optional(reader, capitalize(text)),
        "title" => optional(reader, title(text)),
        "swapcase" if text.is_ascii() => Ok(Value::str(
            text.chars()
                .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
                .collect::<String>(),
        )),
        "strip" | "lstrip" | "rstrip" => strip(reader, text, name, args),
        "split" | "rsplit" => split(reader, text, name, args),
        "splitlines" => {
            let keep =
                args.get(0, "keepends").is_some_and(|keep| matches!(keep, Value::Bool(true) | Value::Int(1)));
            let lines = split_lines(text, keep).into_iter().map(Value::str).collect();
            Ok(reader.list(lines))
        }
        "startswith" | "endswith" => starts(reader, text, name, args),
        "removeprefix" => part(reader, args, |part| Value::str(text.strip_prefix(part).unwrap_or(text))),
        "removesuffix" => part(reader, args, |part| Value::str(text.strip_suffix(part).unwrap_or(text))),
        "partition" => part(reader, args, |part| match text.split_once(part) {
            Some((head, tail)) => Value::tuple(vec![Value::str(head), Value::str(part), Value::str(tail)]),
            None => Value::tuple(vec![Value::str(text), Value::str(""), Value::str("")]),
        }),
        "rpartition" => part(reader, args, |part| match text.rsplit_once(part) {
            Some((head, tail)) => Value::tuple(vec![Value::str(head), Value::str(part), Value::str(tail)]),
            None => Value::tuple(vec![Value::str(""), Value::str(""), Value::str(text)]),
        }),
        "replace" => replace(reader, text, args),
        "find" | "rfind" | "index" | "rindex" | "count" => find(reader, text, name, args),
        "ljust" | "rjust" | "center" | "zfill" => pad(reader, text, name, args),
        "encode" => match args.get(0, "encoding").map_or(Some("utf-8"), Value::as_str) {
            Some(encoding) if is_utf8(encoding) || (text.is_ascii() && is_ascii_superset(encoding)) => {
                Ok(Value::Bytes(Rc::from(text.as_bytes())))
            }
            _ => reader.give_up(args, "an encoding that is not read"),
        },
        _ => reader.give_up(args, "a method of a string that is not read"),
    }
}

/// Whether an encoding's name means UTF-8.
pub(super) fn is_utf8(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().replace('_', "-").as_str(), "utf-8" | "utf8")
}

/// Whether ASCII text reads the same in an encoding.
pub(super) fn is_ascii_superset(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().replace('_', "-").as_str(),
        "ascii" | "us-ascii" | "latin-1" | "latin1" | "iso-8859-1"
    )
}

fn optional(reader: &Evaluator<'_>, text: Option<String>) -> Run<Value> {
    Ok(match text {
        Some(text) => Value::str(&text),
        None => reader.unknown("it depends on what Unicode says of a character"),
    })
}

fn join(reader: &mut Evaluator<'_>, separator: &str, args: &Args) -> Run<Value> {
    let Some(source) = args.pos.first() else { return reader.give_up(args, "`join()`") };
    let items = match reader.collect(source)? {
        Ok(items) => items,
        Err(why) => {
            if why.part.is_none() {
                reader.risk();
            }
            return Ok(Value::Unknown(why.derived()));
        }
    };
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        Evaluator::room(out.len())?;
        match item {
            Value::Str(text) => out.push_str(text),
            other => {
                if let Some(why) = reader.why_unknown(other) {
                    if why.part.is_none() {
                        reader.risk();
                    }
                    return Ok(Value::Unknown(why.derived()));
                }
                if reader.mixes_in(other) {
                    return reader.give_up(args, "a member of an enum in a text");
                }
                let shown = reader.type_named(other);
                let message =
                    shown.map(|of| format!("sequence item {index}: expected str instance, {of} found"));
                return reader.raise("TypeError", message);
            }
        }
    }
    reader.spend(out.len())?;
    Ok(Value::str(&out))
}

fn part(reader: &mut Evaluator<'_>, args: &Args, run: impl FnOnce(&str) -> Value) -> Run<Value> {
    match text_of(args.pos.first()) {
        Some(part) if !part.is_empty() => Ok(run(&part)),
        _ => reader.give_up(args, "a method of a string"),
    }
}

/// What `str.isspace` and `split()` take for white space.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

fn strip(reader: &mut Evaluator<'_>, text: &str, name: &str, args: &Args) -> Run<Value> {
    let set: Option<Vec<char>> = match args.pos.first() {
        None | Some(Value::None) => None,
        Some(Value::Str(set)) => Some(set.chars().collect()),
        _ => return reader.raise("TypeError", None),
    };
    let drops = |c: char| set.as_ref().map_or_else(|| is_space(c), |set| set.contains(&c));
    Ok(Value::str(match name {
        "lstrip" => text.trim_start_matches(drops),
        "rstrip" => text.trim_end_matches(drops),
        _ => text.trim_matches(drops),
    }))
}

fn split(reader: &mut Evaluator<'_>, text: &str, name: &str, args: &Args) -> Run<Value> {
    let max = match args.get(1, "maxsplit") {
        None => usize::MAX,
        Some(max) => match max.as_index() {
            Some(max) => usize::try_from(max).unwrap_or(usize::MAX),
            None => return reader.raise("TypeError", None),
        },
    };
    let right = name == "rsplit";
    let parts: Vec<&str> = match args.get(0, "sep") {
        None | Some(Value::None) => split_space(text, max, right),
        Some(Value::Str(separator)) if separator.is_empty() => {
            return reader.raise("ValueError", Some("empty separator".to_owned()));
        }
        Some(Value::Str(separator)) => {
            let limit = max.saturating_add(1);
            if right {
                let mut parts: Vec<&str> = text.rsplitn(limit, &**separator).collect();
                parts.reverse();
                parts
            } else {
                text.splitn(limit, &**separator).collect()
            }
        }
        Some(_) => return reader.raise("TypeError", None),
    };
    if parts.len() > limits::ITEMS {
        return reader.give_up(args, "a text of more parts than are read");
    }
    reader.build(parts.len() * 4)?;
    let parts = parts.into_iter().map(Value::str).collect();
    Ok(reader.list(parts))
}

fn split_space(text: &str, max: usize, right: bool) -> Vec<&str> {
    let mut parts = Vec::new();
    if right {
        let mut rest = text.trim_end_matches(is_space);
        while !rest.is_empty() {
            if parts.len() == max {
                parts.push(rest);
                break;
            }
            let at =
                rest.char_indices().rev().find(|(_, c)| is_space(*c)).map_or(0, |(at, c)| at + c.len_utf8());
            parts.push(&rest[at..]);
            rest = rest[..at].trim_end_matches(is_space);
        }
        parts.reverse();
        return parts;
    }
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        if parts.len() == max {
            parts.push(rest);
            break;
        }
        let at = rest.find(is_space).unwrap_or(rest.len());
        parts.push(&rest[..at]);
        rest = rest[at..].trim_start_matches(is_space);
    }
    parts
}

/// The lines of a text, at every line boundary Python knows.
pub(super) fn split_lines(text: &str, keep: bool) -> Vec<&str> {
    const ENDS: [char; 10] =
        ['\n', '\r', '\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\u{85}', '\u{2028}', '\u{2029}'];
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some(at) = rest.find(ENDS) else {
            lines.push(rest);
            break;
        };
        let end = if rest[at..].starts_with("\r\n") {
            at + 2
        } else {
            at + rest[at..].chars().next().map_or(1, char::len_utf8)
        };
        lines.push(if keep { &rest[..end] } else { &rest[..at] });
        rest = &rest[end..];
    }
    lines
}

fn starts(reader: &mut Evaluator<'_>, text: &str, name: &str, args: &Args) -> Run<Value> {
    let candidates = match args.pos.first() {
        Some(Value::Tuple(items)) => items.to_vec(),
        Some(value) => vec![value.clone()],
        None => return reader.raise("TypeError", None),
    };
    if args.pos.len() > 1 {
        return reader.give_up(args, "a method of a string");
    }
    let mut found = false;
    for candidate in &candidates {
        let Value::Str(part) = candidate else { return reader.raise("TypeError", None) };
        found |= if name == "startswith" { text.starts_with(&**part) } else { text.ends_with(&**part) };
    }
    Ok(Value::Bool(found))
}

fn replace(reader: &mut Evaluator<'_>, text: &str, args: &Args) -> Run<Value> {
    let (Some(old), Some(new)) = (text_of(args.get(0, "old")), text_of(args.get(1, "new"))) else {
        return reader.raise("TypeError", None);
    };
    let count = match args.get(2, "count").map(Value::as_index) {
        None => None,
        Some(Some(count)) => usize::try_from(count).ok(),
        Some(None) => return reader.raise("TypeError", None),
    };
    let hits = if old.is_empty() { text.len() + 1 } else { text.len() / old.len() };
    if hits.saturating_mul(new.len()).saturating_add(text.len()) > limits::SIZE * 4 {
        return reader.give_up(args, "a very large text");
    }
    let out = match count {
        Some(count) => text.replacen(&*old, &new, count),
        None => text.replace(&*old, &new),
    };
    reader.spend(out.len())?;
    Ok(Value::str(&out))
}

fn find(reader: &mut Evaluator<'_>, text: &str, name: &str, args: &Args) -> Run<Value> {
    let Some(part) = text_of(args.pos.first()) else { return reader.raise("TypeError", None) };
    let chars: Vec<char> = text.chars().collect();
    let bounds = [
        args.pos.get(1).cloned().unwrap_or(Value::None),
        args.pos.get(2).cloned().unwrap_or(Value::None),
        Value::None,
    ];
    let Some((start, stop, _)) = crate::evaluate::slice_bounds(chars.len(), &bounds) else {
        return reader.raise("TypeError", None);
    };
    let (start, stop) = (usize::try_from(start).unwrap_or(0), usize::try_from(stop).unwrap_or(0));
    if part.is_empty() || start > stop {
        return reader.give_up(args, "a search for nothing");
    }
    let window: String = chars[start..stop].iter().collect();
    if name == "count" {
        return Ok(Value::size(window.matches(&*part).count()));
    }
    let byte = if name.starts_with('r') { window.rfind(&*part) } else { window.find(&*part) };
    match byte {
        Some(byte) => Ok(Value::size(start + window[..byte].chars().count())),
        None if name.ends_with("index") => reader.raise("ValueError", Some("substring not found".to_owned())),
        None => Ok(Value::Int(-1)),
    }
}

fn pad(reader: &mut Evaluator<'_>, text: &str, name: &str, args: &Args) -> Run<Value> {
    let Some(width) = args.pos.first().and_then(Value::as_index) else {
        return reader.raise("TypeError", None);
    };
    let width = usize::try_from(width).unwrap_or(0);
    if width > limits::SIZE {
        return reader.give_up(args, "a very large text");
    }
    let fill = match args.pos.get(1) {
        None if name == "zfill" => "0".to_owned(),
        None => " ".to_owned(),
        Some(Value::Str(fill)) if fill.chars().count() == 1 => fill.to_string(),
        Some(_) => return reader.raise("TypeError", None),
    };
    let len = text.chars().count();
    let missing = width.saturating_sub(len);
    reader.spend(width)?;
    Ok(Value::str(match name {
        "ljust" => format!("{text}{}", fill.repeat(missing)),
        "rjust" => format!("{}{text}", fill.repeat(missing)),
        "zfill" => {
            let (sign, digits) = match text.strip_prefix(['+', '-']) {
                Some(digits) => (&text[..1], digits),
                None => ("", text),
            };
            format!("{sign}{}{digits}", fill.repeat(missing))
        }
        _ => {
            // CPython gives the odd space to the left of text whose width is odd.
            let left = missing / 2 + (missing & width & 1);
            format!("{}{text}{}", fill.repeat(left), fill.repeat(missing - left))
        }
    }))
}

/// `isdigit` and its like: `None` for another method, `Some(None)` where Unicode decides.
#[expect(clippy::option_option, reason = "outer: whether it is such a method; inner: whether it is known")]
fn predicate(text: &str, name: &str) -> Option<Option<bool>> {
    let all = |test: fn(char) -> bool| -> Option<bool> {
        if !text.is_ascii() {
            return None;
        }
        Some(!text.is_empty() && text.chars().all(test))
    };
    Some(match name {
        "isalnum" => all(|c| c.is_ascii_alphanumeric()),
        "isalpha" => all(|c| c.is_ascii_alphabetic()),
        "isdigit" | "isdecimal" | "isnumeric" => all(|c| c.is_ascii_digit()),
        "isspace" => Some(!text.is_empty() && text.chars().all(is_space)),
        "isascii" => Some(text.is_ascii()),
        "isidentifier" => all(|c| c.is_ascii_alphanumeric() || c == '_')
            .map(|all| all && !text.starts_with(|c: char| c.is_ascii_digit())),
        "islower" if text.is_ascii() => Some(
            text.contains(|c: char| c.is_ascii_lowercase())
                && !text.contains(|c: char| c.is_ascii_uppercase()),
        ),
        "isupper" if text.is_ascii() => Some(
            text.contains(|c: char| c.is_ascii_uppercase())
                && !text.contains(|c: char| c.is_ascii_lowercase()),
        ),
        "istitle" | "isprintable" | "islower" | "isupper" => None,
        _ => return None,
    })
}

fn capitalize(text: &str) -> Option<String> {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return Some(String::new()) };
    let first = if first.is_ascii() {
        first.to_ascii_uppercase().to_string()
    } else if first.is_alphabetic() && u32::from(first) < 0x180 && first != 'ß' {
        first.to_uppercase().to_string()
    } else if first.is_alphabetic() {
        return None;
    } else {
        first.to_string()
    };
    Some(format!("{first}{}", chars.as_str().to_lowercase()))
}

fn title(text: &str) -> Option<String> {
    if !text.is_ascii() {
        return None;
    }
    let mut inside = false;
    Some(
        text.chars()
            .map(|c| {
                let shown = if inside { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
                inside = c.is_ascii_alphabetic();
                shown
            })
            .collect(),
    )
}
