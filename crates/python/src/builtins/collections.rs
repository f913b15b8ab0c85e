//! `collections`

use std::cmp::Reverse;
use std::rc::Rc;

use super::Native;
use crate::evaluate::{Evaluator, Run};
use crate::heap::{Class, ClassKind, Dict, DictKind, Field, Instance, Names, Object};
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::class("collections.defaultdict", |reader, args| {
        let (factory, rest) = match args.pos.split_first() {
            Some((factory, rest)) => (factory.clone(), rest.to_vec()),
            None => (Value::None, Vec::new()),
        };
        with_kind(reader, Args { pos: rest, ..args }, DictKind::Default(factory))
    })
    .takes(0, usize::MAX, "*"),
    Native::class("collections.OrderedDict", |reader, args| with_kind(reader, args, DictKind::Ordered))
        .takes(0, 1, "*"),
    Native::class("collections.Counter", |reader, args| {
        let counter = with_kind(
            reader,
            Args { kw: args.kw.clone(), open: args.open.clone(), pos: Vec::new() },
            DictKind::Counter,
        )?;
        if let Some(source) = args.pos.first() {
            count_into(reader, &counter, source)?;
        }
        Ok(counter)
    })
    .takes(0, 1, "*"),
    Native::class("collections.deque", |reader, args| {
        let max = match args.get(1, "maxlen") {
            None | Some(Value::None) => None,
            Some(max) => match max.as_index().and_then(|max| usize::try_from(max).ok()) {
                Some(max) => Some(max),
                None => return reader.give_up(&args, "`deque()`"),
            },
        };
        let deque = reader.alloc(Object::Deque(Rc::new(Vec::new()), max));
        if let Some(source) = args.get(0, "iterable") {
            reader.extend(&deque, source)?;
        }
        Ok(deque)
    })
    .takes(0, 2, "iterable maxlen"),
    Native::function("collections.namedtuple", named_tuple),
    Native::function("collections.ChainMap", |reader, args| reader.give_up(&args, "`ChainMap()`")),
];

pub(super) const DEQUE_METHODS: &[&str] =
    &["append", "appendleft", "pop", "popleft", "extend", "clear", "copy"];
pub(super) const NAMED_TUPLE_METHODS: &[&str] = &["_asdict", "_replace", "__init__"];

fn with_kind(reader: &mut Evaluator<'_>, args: Args, kind: DictKind) -> Run<Value> {
    let dict = super::core::dict_of(reader, args)?;
    if let Value::Object(id) = &dict
        && let Object::Dict(contents) = reader.heap.change(*id)
    {
        Rc::make_mut(contents).kind = kind;
    }
    Ok(dict)
}

/// Counts items into a `Counter`.
pub(super) fn count_into(reader: &mut Evaluator<'_>, counter: &Value, source: &Value) -> Run<Value> {
    let counts = match reader.object(source).cloned() {
        Some(Object::Dict(dict)) => dict.entries.values().cloned().collect(),
        _ => match reader.collect(source)? {
            Ok(items) => items.into_iter().map(|item| (item, Value::Int(1))).collect::<Vec<_>>(),
            Err(why) => {
                reader.risk();
                if let Value::Object(id) = counter {
                    reader.make_opaque(*id, &why);
                }
                return Ok(Value::None);
            }
        },
    };
    for (item, count) in counts {
        let old = reader.item(counter, &item)?;
        let new = reader.binary(ruff_python_ast::Operator::Add, &old, &count)?;
        reader.set_item(counter, &item, new)?;
    }
    Ok(Value::None)
}

/// `Counter.most_common(n)`
pub(super) fn most_common(reader: &mut Evaluator<'_>, dict: &Dict, args: &Args) -> Run<Value> {
    let counts: Option<Vec<(Value, i64)>> =
        dict.entries.values().map(|(key, count)| Some((key.clone(), count.as_index()?))).collect();
    let Some(mut counts) = counts else { return reader.give_up(args, "`most_common()`") };
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let wanted = match args.get(0, "n") {
        None | Some(Value::None) => counts.len(),
        Some(n) => match n.as_index() {
            Some(n) => usize::try_from(n).unwrap_or(0),
            None => return reader.give_up(args, "`most_common()`"),
        },
    };
    let rows = counts
        .into_iter()
        .take(wanted)
        .map(|(key, count)| Value::tuple(vec![key, Value::Int(count)]))
        .collect();
    Ok(reader.list(rows))
}

/// Calls a method of a deque.
pub(super) fn call_deque(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    let (Value::Object(id), Some(Object::Deque(items, max))) = (object, reader.object(object).cloned())
    else {
        return reader.give_up(args, "a method of a deque");
    };
    let id = *id;
    let mut items = (*items).clone();
    let result = match (name, args.pos.as_slice()) {
        ("append", [item]) => {
            items.push(item.clone());
            let over = max.map_or(0, |max| items.len().saturating_sub(max));
            items.drain(..over);
            Value::None
        }
        ("appendleft", [item]) => {
            items.insert(0, item.clone());
            items.truncate(max.unwrap_or(usize::MAX));
            Value::None
        }
        ("pop", []) => match items.pop() {
            Some(item) => item,
            None => return reader.raise("IndexError", Some("pop from an empty deque".to_owned())),
        },
        ("popleft", []) if items.is_empty() => {
            return reader.raise("IndexError", Some("pop from an empty deque".to_owned()));
        }
        ("popleft", []) => items.remove(0),
        ("extend", [source]) => {
            reader.extend(object, source)?;
            return Ok(Value::None);
        }
        ("clear", []) => {
            items.clear();
            Value::None
        }
        ("copy", []) => return Ok(reader.alloc(Object::Deque(Rc::new(items), max))),
        _ => {
            let why = reader.why("a method of a deque that is not read");
            reader.make_opaque(id, &why);
            return reader.give_up(args, "a method of a deque that is not read");
        }
    };
    reader.build(items.len())?;
    reader.heap.set(id, Object::Deque(Rc::new(items), max));
    Ok(result)
}

fn named_tuple(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let [Value::Str(name), fields] = args.pos.as_slice() else {
        return reader.give_up(&args, "`namedtuple()`");
    };
    if !args.kw.is_empty() || args.open.is_some() {
        return reader.give_up(&args, "`namedtuple()` with options");
    }
    let names: Vec<String> = match fields {
        Value::Str(text) => text.replace(',', " ").split_whitespace().map(str::to_owned).collect(),
        fields => match reader.collect(fields)? {
            Ok(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            Err(_) => return reader.give_up(&args, "`namedtuple()`"),
        },
    };
    let mut seen = rustc_hash::FxHashSet::default();
    let fine = |name: &String| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && !KEYWORDS.contains(&name.as_str())
    };
    if !names.iter().all(|name| fine(name) && seen.insert(name.clone())) {
        return reader.give_up(&args, "`namedtuple()` with names it may refuse");
    }
    let fields = names.iter().map(|name| Field::plain(reader.text(name))).collect();
    let class = Class {
        name: name.clone(),
        qualname: name.clone(),
        mro: Vec::new(),
        attrs: Names::default(),
        foreign: None,
        kind: ClassKind::NamedTuple(Rc::new(fields)),
    };
    let value = reader.alloc(Object::Class(Rc::new(class.clone())));
    if let Value::Object(id) = &value {
        let mro = vec![value.clone()];
        reader.heap.set(*id, Object::Class(Rc::new(Class { mro, ..class })));
    }
    Ok(value)
}

/// Words that cannot be names (the language reference, "Keywords").
const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not",
    "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Calls a method of a named tuple.
pub(super) fn call_named_tuple(
    reader: &mut Evaluator<'_>,
    object: &Value,
    name: &str,
    args: &Args,
) -> Run<Value> {
    let Some(Object::Instance(instance)) = reader.object(object).cloned() else {
        return reader.give_up(args, "a method of a named tuple");
    };
    match name {
        "_asdict" => {
            let entries =
                instance.attrs.iter().map(|(name, value)| (Value::Str(name.clone()), value.clone()));
            let entries = entries.collect();
            reader.dict_from(entries)
        }
        "_replace"
            if args.open.is_none() && args.kw.iter().all(|(name, _)| instance.attrs.contains_key(name)) =>
        {
            let mut attrs = instance.attrs.clone();
            attrs.extend(args.kw.iter().cloned());
            let class = instance.class.clone();
            Ok(reader.alloc(Object::Instance(Rc::new(Instance { class, attrs }))))
        }
        _ => reader.give_up(args, "a method of a named tuple"),
    }
}
