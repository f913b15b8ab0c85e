//! `re` on known strings, through the `regex` crate, which is linear in time.
//!
//! Only patterns that mean the same to both are run; the rest is unknown: look-around, back
//! references, what Unicode decides, and empty matches in a repetition.

use std::rc::Rc;

use super::{Native, text_of};
use crate::evaluate::{Evaluator, Run};
use crate::heap::{Instance, Names, Object};
use crate::limits;
use crate::value::{Args, Text, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::class("re.Pattern", |reader, args| reader.give_up(&args, "`re.Pattern()`")),
    Native::class("re.Match", |reader, args| reader.give_up(&args, "`re.Match()`")),
    Native::function("re.compile", compile),
    Native::function("re.escape", |reader, args| match text_of(args.pos.first()) {
        Some(text) => Ok(Value::str(escape(&text))),
        None => reader.give_up(&args, "`re.escape()`"),
    }),
    Native::function("re.search", |reader, args| module_function(reader, args, "search")),
    Native::function("re.match", |reader, args| module_function(reader, args, "match")),
    Native::function("re.fullmatch", |reader, args| module_function(reader, args, "fullmatch")),
    Native::function("re.findall", |reader, args| module_function(reader, args, "findall")),
    Native::function("re.finditer", |reader, args| module_function(reader, args, "finditer")),
    Native::function("re.sub", |reader, args| module_function(reader, args, "sub")),
    Native::function("re.split", |reader, args| module_function(reader, args, "split")),
];

pub(super) const PATTERN_METHODS: &[&str] =
    &["search", "match", "fullmatch", "findall", "finditer", "sub", "split"];
pub(super) const MATCH_METHODS: &[&str] =
    &["group", "groups", "groupdict", "start", "end", "span", "__getitem__"];

const IGNORE_CASE: i64 = 2;
const MULTILINE: i64 = 8;
const DOT_ALL: i64 = 16;

/// `re.escape` as of Python 3.7.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn compile(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let pattern = args.get(0, "pattern").cloned();
    if let Some(Object::Instance(_)) = pattern.as_ref().and_then(|pattern| reader.object(pattern)) {
        return Ok(pattern.unwrap_or(Value::None));
    }
    let flags = args.get(1, "flags").map_or(Some(0), Value::as_index);
    let (Some(pattern), Some(flags)) = (text_of(pattern.as_ref()), flags) else {
        return reader.give_up(&args, "a regular expression that is not known");
    };
    let mut attrs = Names::default();
    attrs.insert(reader.text("pattern"), Value::Str(pattern));
    attrs.insert(reader.text("flags"), Value::Int(flags));
    let class = super::lookup("re.Pattern").unwrap_or(Value::None);
    Ok(reader.alloc(Object::Instance(Rc::new(Instance { class, attrs }))))
}

/// `re.search(pattern, string, flags)` and its like.
fn module_function(reader: &mut Evaluator<'_>, args: Args, name: &str) -> Run<Value> {
    // Where the flags stand by position.
    let place = match name {
        "sub" => 4,
        "split" => 3,
        _ => 2,
    };
    let Some(pattern) = args.get(0, "pattern").cloned() else { return reader.give_up(&args, "`re`") };
    let flags = args.get(place, "flags").cloned().unwrap_or(Value::Int(0));
    let compiled = compile(reader, Args::of(vec![pattern, flags]))?;
    if reader.why_unknown(&compiled).is_some() {
        return reader.give_up(&args, "a regular expression that is not known");
    }
    let mut rest = args;
    if !rest.pos.is_empty() {
        rest.pos.remove(0);
    }
    rest.pos.truncate(place - 1);
    rest.kw.retain(|(name, _)| !matches!(&**name, "pattern" | "flags"));
    call_pattern(reader, &compiled, name, &rest)
}

/// Calls a method of a compiled pattern.
pub(super) fn call_pattern(
    reader: &mut Evaluator<'_>,
    object: &Value,
    name: &str,
    args: &Args,
) -> Run<Value> {
    let Some(Object::Instance(instance)) = reader.object(object).cloned() else {
        return reader.give_up(args, "a regular expression");
    };
    let pattern = text_of(instance.attrs.get("pattern")).unwrap_or_else(|| Text::from(""));
    let flags = instance.attrs.get("flags").and_then(Value::as_index).unwrap_or(0);
    let place = usize::from(name == "sub");
    let Some(text) = text_of(args.get(place, "string")) else {
        return reader.give_up(args, "a search in a text that is not known");
    };
    let limit = args.get(place + 1, if name == "sub" { "count" } else { "maxsplit" });
    let limited =
        matches!(name, "sub" | "split") && limit.is_some_and(|limit| !matches!(limit, Value::Int(0)));
    let anchored = match name {
        "match" => Anchor::Start,
        "fullmatch" => Anchor::Both,
        _ => Anchor::None,
    };
    // Building the machine for a pattern costs more than most searches.
    reader.work(limits::PATTERN_STEPS + pattern.len());
    let regex = translate(&pattern, flags, &text, anchored).filter(|_| !limited);
    let Some(regex) = regex else { return reader.give_up(args, "a regular expression that is not read") };
    reader.spend(text.len())?;
    match name {
        "search" | "match" | "fullmatch" => Ok(match regex.captures(&text) {
            Some(found) => {
                reader.spend(found.iter().flatten().map(|group| group.len() + 64).sum())?;
                match_of(reader, &regex, &text, &found)
            }
            None => Value::None,
        }),
        _ => {
            let all: Vec<regex::Captures<'_>> =
                regex.captures_iter(&text).take(limits::ITEMS / 10 + 1).collect();
            if all.len() > limits::ITEMS / 10 {
                return reader.give_up(args, "more matches than are read");
            }
            let groups = all.iter().flat_map(regex::Captures::iter).flatten().map(|group| group.len() + 64);
            reader.spend(groups.sum())?;
            reader.work(all.len());
            if all.iter().any(|found| found.get_match().is_empty()) || regex.is_match("") {
                return reader.give_up(args, "empty matches of a regular expression");
            }
            match name {
                "findall" => {
                    let rows = all.iter().map(|found| row_of(found)).collect();
                    Ok(reader.list(rows))
                }
                "finditer" => {
                    let rows = all.iter().map(|found| match_of(reader, &regex, &text, found)).collect();
                    Ok(reader.alloc(Object::Iterator(Value::tuple(rows), 0)))
                }
                "split" => {
                    let mut parts = Vec::new();
                    let mut at = 0;
                    for found in &all {
                        let whole = found.get_match();
                        parts.push(Value::str(&text[at..whole.start()]));
                        parts.extend(found.iter().skip(1).map(group_value));
                        at = whole.end();
                    }
                    parts.push(Value::str(&text[at..]));
                    Ok(reader.list(parts))
                }
                _ => substitute(reader, &regex, &text, &all, args),
            }
        }
    }
}

fn group_value(group: Option<regex::Match<'_>>) -> Value {
    group.map_or(Value::None, |group| Value::str(group.as_str()))
}

/// What `findall` gives for one match: the groups that did not match are empty.
fn row_of(found: &regex::Captures<'_>) -> Value {
    let text = |index: usize| Value::str(found.get(index).map_or("", |group| group.as_str()));
    match found.len() {
        1 => text(0),
        2 => text(1),
        len => Value::tuple((1..len).map(text).collect()),
    }
}

fn substitute(
    reader: &mut Evaluator<'_>,
    regex: &regex::Regex,
    text: &Text,
    all: &[regex::Captures<'_>],
    args: &Args,
) -> Run<Value> {
    let Some(replacement) = args.get(0, "repl").cloned() else { return reader.give_up(args, "`re.sub()`") };
    let mut out = String::new();
    let mut at = 0;
    for found in all {
        let whole = found.get_match();
        out.push_str(&text[at..whole.start()]);
        match &replacement {
            Value::Str(template) => match expand(template, found) {
                Some(part) => out.push_str(&part),
                None => return reader.give_up(args, "a replacement that is not read"),
            },
            function => {
                let found = match_of(reader, regex, text, found);
                let part = reader.call(function, Args::of(vec![found]))?;
                match part {
                    Value::Str(part) => out.push_str(&part),
                    _ => return reader.give_up(args, "a replacement that is not known"),
                }
            }
        }
        at = whole.end();
        Evaluator::room(out.len())?;
    }
    out.push_str(&text[at..]);
    reader.spend(out.len())?;
    Ok(Value::str(&out))
}

/// A replacement template: `\1`, `\g<1>`, `\g<name>` and plain escapes.
fn expand(template: &str, found: &regex::Captures<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let c = after.chars().next()?;
        rest = &after[c.len_utf8()..];
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '\\' => out.push('\\'),
            '1'..='9' if !rest.starts_with(|c: char| c.is_ascii_digit()) => {
                let index = c.to_digit(10)? as usize;
                if index >= found.len() {
                    return None;
                }
                out.push_str(found.get(index).map_or("", |group| group.as_str()));
            }
            'g' => {
                let end = rest.find('>')?;
                let name = rest.strip_prefix('<')?.get(..end - 1)?;
                let group = match name.parse::<usize>() {
                    Ok(index) if index < found.len() => found.get(index),
                    Ok(_) => return None,
                    Err(_) => Some(found.name(name)?),
                };
                out.push_str(group.map_or("", |group| group.as_str()));
                rest = &rest[end + 1..];
            }
            _ => return None,
        }
    }
    out.push_str(rest);
    Some(out)
}

fn match_of(
    reader: &mut Evaluator<'_>,
    regex: &regex::Regex,
    text: &Text,
    found: &regex::Captures<'_>,
) -> Value {
    // The places are counted in characters from the start.
    reader.work(text.len() / limits::BYTES_PER_STEP + 2 * found.len());
    let groups: Vec<Value> = found.iter().map(group_value).collect();
    let spans = found.iter().map(|group| match group {
        Some(group) => {
            let start = text[..group.start()].chars().count();
            let len = group.as_str().chars().count();
            Value::tuple(vec![Value::size(start), Value::size(start + len)])
        }
        None => Value::tuple(vec![Value::Int(-1), Value::Int(-1)]),
    });
    let spans: Vec<Value> = spans.collect();
    let names = regex.capture_names().map(|name| name.map_or(Value::None, Value::str)).collect();
    let mut attrs = Names::default();
    attrs.insert(reader.text("_groups"), Value::tuple(groups));
    attrs.insert(reader.text("_spans"), Value::tuple(spans));
    attrs.insert(reader.text("_names"), Value::tuple(names));
    attrs.insert(reader.text("string"), Value::Str(text.clone()));
    let class = super::lookup("re.Match").unwrap_or(Value::None);
    reader.alloc(Object::Instance(Rc::new(Instance { class, attrs })))
}

/// Calls a method of a match.
pub(super) fn call_match(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    let part = |reader: &mut Evaluator<'_>, name: &str| -> Run<Vec<Value>> {
        match reader.attribute(object, name)? {
            Value::Tuple(items) => Ok(items.to_vec()),
            _ => Ok(Vec::new()),
        }
    };
    let groups = part(reader, "_groups")?;
    let spans = part(reader, "_spans")?;
    let names = part(reader, "_names")?;
    let place = |value: &Value| -> Option<usize> {
        match value {
            Value::Str(_) => names.iter().position(|name| name.same(value)),
            value => value.as_index().and_then(|index| usize::try_from(index).ok()),
        }
        .filter(|index| *index < groups.len())
    };
    let places: Option<Vec<usize>> = match args.pos.as_slice() {
        [] => Some(vec![0]),
        wanted => wanted.iter().map(place).collect(),
    };
    let Some(places) = places.filter(|_| args.kw.is_empty()) else {
        return if args.all().any(|value| reader.why_unknown(value).is_some()) {
            reader.give_up(args, "a group that is not known")
        } else {
            reader.raise("IndexError", Some("no such group".to_owned()))
        };
    };
    Ok(match (name, places.as_slice()) {
        ("group" | "__getitem__", [one]) => groups[*one].clone(),
        ("group", several) => Value::tuple(several.iter().map(|index| groups[*index].clone()).collect()),
        ("groups", _) if args.pos.is_empty() => Value::tuple(groups[1..].to_vec()),
        ("groupdict", _) if args.pos.is_empty() => {
            let named = names.iter().zip(&groups).filter(|(name, _)| matches!(name, Value::Str(_)));
            let entries = named.map(|(name, group)| (name.clone(), group.clone())).collect();
            return reader.dict_from(entries);
        }
        ("span", [one]) => spans[*one].clone(),
        ("start", [one]) => return reader.item(&spans[*one], &Value::Int(0)),
        ("end", [one]) => return reader.item(&spans[*one], &Value::Int(1)),
        _ => return reader.give_up(args, "a method of a match"),
    })
}

/// Where a match must stand.
#[derive(Clone, Copy, PartialEq)]
enum Anchor {
    None,
    Start,
    Both,
}

/// The pattern as the `regex` crate writes it, if it means the same on this text.
fn translate(pattern: &str, flags: i64, text: &str, anchor: Anchor) -> Option<regex::Regex> {
    if flags & !(IGNORE_CASE | MULTILINE | DOT_ALL) != 0 {
        return None;
    }
    if text.contains(|c| ('\x1c'..='\x1f').contains(&c)) {
        return None;
    }
    let unicode_matters = !text.is_ascii();
    let mut out = String::new();
    let mut chars = pattern.chars().peekable();
    let mut class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next()?;
                match escaped {
                    'w' | 'W' | 'b' | 'B' | 'd' | 'D' if unicode_matters => return None,
                    'b' if class => return None,
                    'Z' if !class => out.push_str("\\z"),
                    'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' | 'A' | 'n' | 'r' | 't' | 'f' | 'v' => {
                        out.push('\\');
                        out.push(escaped);
                    }
                    '<' | '>' => out.push(escaped),
                    c if c.is_ascii_alphanumeric() => return None,
                    c if c.is_ascii() => {
                        out.push('\\');
                        out.push(c);
                    }
                    c => out.push(c),
                }
                continue;
            }
            '[' if class => return None,
            '[' => {
                class = true;
                out.push('[');
                if chars.peek() == Some(&'^') {
                    out.push('^');
                    chars.next();
                }
                if chars.peek() == Some(&']') {
                    out.push_str("\\]");
                    chars.next();
                }
                continue;
            }
            ']' if class => class = false,
            '&' | '~' | '-' if class && chars.peek() == Some(&c) => return None,
            '$' if !class && flags & MULTILINE == 0 && text.ends_with('\n') => return None,
            '{' if !class && chars.peek() == Some(&',') => return None,
            '(' if !class && chars.peek() == Some(&'?') => {
                let ahead: String = chars.clone().skip(1).take(2).collect();
                let fine = ahead.starts_with(':') || ahead == "P<";
                if !fine {
                    return None;
                }
            }
            '+' if !class && out.ends_with(['+', '*', '?', '}']) && !out.ends_with("\\+") => return None,
            _ => {}
        }
        out.push(c);
    }
    if flags & IGNORE_CASE != 0 && (unicode_matters || !pattern.is_ascii()) {
        return None;
    }
    let out = match anchor {
        Anchor::None => out,
        Anchor::Start => format!("\\A(?:{out})"),
        Anchor::Both => format!("\\A(?:{out})\\z"),
    };
    regex::RegexBuilder::new(&out)
        .case_insensitive(flags & IGNORE_CASE != 0)
        .multi_line(flags & MULTILINE != 0)
        .dot_matches_new_line(flags & DOT_ALL != 0)
        .size_limit(1 << 18)
        .dfa_size_limit(1 << 18)
        .build()
        .ok()
}
