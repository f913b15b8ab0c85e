//! Containers and iteration: `list`, `dict`, `range`, `zip`, `len` and their like.

use std::rc::Rc;

use rustc_hash::FxBuildHasher;

use super::Native;
use crate::evaluate::{Evaluator, Run, Step, range_len};
use crate::heap::{Dict, DictKind, Frozen, Lazy, Map, Object, Progress};
use crate::reason::Why;
use crate::value::{Args, Entries, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::class("list", |reader, args| match gathered(reader, &args)? {
        Ok(items) => Ok(reader.list(items)),
        Err(why) => Ok(reader.opaque_list(&why)),
    })
    .takes(0, 1, ""),
    Native::class("tuple", |reader, args| {
        Ok(gathered(reader, &args)?.map_or_else(|why| Value::Unknown(why.derived()), Value::tuple))
    })
    .takes(0, 1, ""),
    Native::class("dict", dict_of).takes(0, 1, "*"),
    Native::class("set", |reader, args| make_set(reader, &args)).takes(0, 1, ""),
    Native::class("frozenset", |reader, args| {
        let set = make_set(reader, &args)?;
        if let (Value::Object(id), Some(Object::Set(items, _))) = (&set, reader.object(&set).cloned()) {
            reader.heap.set(*id, Object::Set(items, Frozen::Yes));
        }
        Ok(set)
    })
    .takes(0, 1, ""),
    Native::class("range", range).takes(1, 3, ""),
    Native::class("slice", |reader, args| {
        let part = |index: usize| args.pos.get(index).cloned().unwrap_or(Value::None);
        match args.pos.len() {
            1 => Ok(Value::Slice(Rc::new([Value::None, part(0), Value::None]))),
            2 | 3 => Ok(Value::Slice(Rc::new([part(0), part(1), part(2)]))),
            _ => reader.give_up(&args, "`slice()`"),
        }
    })
    .takes(1, 3, ""),
    Native::function("len", len).takes(1, 1, ""),
    Native::class("enumerate", enumerate).takes(1, 2, "iterable start"),
    Native::class("zip", |reader, args| zip(reader, args, None)).takes(0, usize::MAX, "strict"),
    Native::class("map", map).takes(2, usize::MAX, "strict"),
    Native::class("filter", filter).takes(2, 2, ""),
    Native::class("reversed", reversed).takes(1, 1, ""),
    Native::function("iter", |reader, args| match args.pos.as_slice() {
        [value] => Ok(reader.iterator(value)?.unwrap_or_else(Value::Unknown)),
        _ => reader.give_up(&args, "`iter()` with a sentinel"),
    })
    .takes(1, 2, ""),
    Native::function("next", next).takes(1, 2, ""),
    Native::function("any", |reader, args| any_all(reader, args, true)).takes(1, 1, ""),
    Native::function("all", |reader, args| any_all(reader, args, false)).takes(1, 1, ""),
    Native::function("dict.fromkeys", from_keys).takes(1, 2, ""),
    Native::function("anext", |reader, args| reader.give_up(&args, "`anext()`")),
];

/// The items of the only argument.
fn gathered(reader: &mut Evaluator<'_>, args: &Args) -> Run<Result<Vec<Value>, Rc<Why>>> {
    let items = match (args.pos.first(), &args.open) {
        (Some(source), _) => reader.collect(source)?,
        (None, Some(why)) => Err(why.clone()),
        (None, None) => Ok(Vec::new()),
    };
    match &items {
        Ok(items) => reader.build(items.len())?,
        Err(why) => {
            if why.part.is_none() {
                reader.risk();
            }
            // A copy of what is opaque holds the same objects: they are opaque already.
        }
    }
    Ok(items)
}

/// `dict(…)`
pub(crate) fn dict_of(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let dict = reader.alloc(Object::Dict(Rc::new(Dict::default())));
    if let Some(source) = args.pos.first() {
        reader.update_dict(&dict, source)?;
    }
    for (name, value) in args.kw {
        reader.set_item(&dict, &Value::Str(name), value)?;
    }
    if let (Some(why), Value::Object(id)) = (args.open, &dict) {
        reader.make_opaque(*id, &why);
    }
    Ok(dict)
}

fn make_set(reader: &mut Evaluator<'_>, args: &Args) -> Run<Value> {
    let items = match args.pos.first() {
        Some(source) => reader.collect_unordered(source)?,
        None => Ok(Vec::new()),
    };
    match items {
        Ok(items) => {
            reader.build(items.len())?;
            reader.set_of(items)
        }
        Err(why) => {
            reader.risk();
            Ok(Value::Unknown(why.derived()))
        }
    }
}

fn range(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    if args.all().any(|value| reader.why_unknown(value).is_some()) || args.open.is_some() {
        return reader.give_up(&args, "`range()`");
    }
    let numbers: Option<Vec<i64>> = args.pos.iter().map(Value::as_index).collect();
    match numbers.as_deref() {
        Some([stop]) => Ok(Value::Range(0, *stop, 1)),
        Some([start, stop]) => Ok(Value::Range(*start, *stop, 1)),
        Some([_, _, 0]) => reader.raise("ValueError", Some("range() arg 3 must not be zero".to_owned())),
        Some([start, stop, step]) => Ok(Value::Range(*start, *stop, *step)),
        _ => match args.pos.iter().find(|value| value.as_index().is_none()) {
            Some(value) => {
                let shown = reader.type_named(value);
                let message = shown.map(|of| format!("'{of}' object cannot be interpreted as an integer"));
                reader.raise("TypeError", message)
            }
            None => reader.raise("TypeError", None),
        },
    }
}

fn len(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(value) = args.pos.first() else { return reader.give_up(&args, "`len()`") };
    if let Some(why) = reader.why_unknown(value) {
        if why.part.is_none() {
            reader.risk();
        }
        return Ok(Value::Unknown(why.derived()));
    }
    let len = match value {
        Value::Str(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Tuple(items) => items.len(),
        Value::Range(start, stop, step) => range_len(*start, *stop, *step),
        _ => match reader.object(value).cloned() {
            Some(Object::List(items) | Object::Deque(items, _)) => items.len(),
            Some(Object::Dict(dict)) if !matches!(dict.kind, DictKind::Environment) => dict.entries.len(),
            Some(Object::View(dict, kind)) => match reader.view_items(&dict, kind) {
                Some(items) => items.len(),
                None => return reader.give_up(&args, "`len()`"),
            },
            Some(Object::Set(items, _)) => items.len(),
            Some(Object::ByteArray(bytes)) => bytes.len(),
            Some(Object::Instance(_)) => {
                if let Some(items) = reader.named_tuple_items(value) {
                    return Ok(Value::size(items.len()));
                }
                return match reader.class_attribute(value, "__len__") {
                    Ok(Some(method)) => match reader.call(&method, Args::of(vec![value.clone()]))? {
                        Value::Bool(len) => Ok(Value::Int(i64::from(len))),
                        Value::Int(len) if len >= 0 => Ok(Value::Int(len)),
                        Value::Int(_) => reader.raise("ValueError", None),
                        Value::Unknown(why) => {
                            reader.risk();
                            Ok(Value::Unknown(why.derived()))
                        }
                        _ => reader.give_up(&args, "`len()`"),
                    },
                    Err(_) => reader.give_up(&args, "`len()`"),
                    Ok(None) if reader.mixed_in(value).is_some() => {
                        let inner = reader.mixed_in(value).unwrap_or(Value::None);
                        return len(reader, Args::of(vec![inner]));
                    }
                    Ok(None) => no_len(reader, value),
                };
            }
            Some(Object::Class(_)) => match reader.enum_members(value) {
                Some(members) => members.len(),
                None => return no_len(reader, value),
            },
            Some(Object::Dict(_)) => return reader.give_up(&args, "`len()`"),
            _ => return no_len(reader, value),
        },
    };
    Ok(Value::size(len))
}

fn no_len(reader: &mut Evaluator<'_>, value: &Value) -> Run<Value> {
    let shown = reader.type_named(value);
    reader.raise("TypeError", shown.map(|of| format!("object of type '{of}' has no len()")))
}

/// A lazy iterator.
pub(super) fn lazy(reader: &mut Evaluator<'_>, lazy: Lazy) -> Value {
    reader.alloc(Object::Lazy(Rc::new(lazy), Progress::Fresh))
}

/// The iterators of several values, or why one has none.
pub(super) fn iterators(reader: &mut Evaluator<'_>, values: &[Value]) -> Run<Result<Vec<Value>, Rc<Why>>> {
    let mut iterators = Vec::new();
    for value in values {
        match reader.iterator(value)? {
            Ok(iterator) => iterators.push(iterator),
            Err(why) => {
                if why.part.is_none() {
                    reader.risk();
                }
                for value in values {
                    reader.escape(value, &why);
                }
                return Ok(Err(why));
            }
        }
    }
    Ok(Ok(iterators))
}

fn enumerate(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let start = match args.get(1, "start") {
        None => Some(0),
        Some(start) => start.as_index(),
    };
    let (Some(source), Some(start)) = (args.get(0, "iterable").cloned(), start) else {
        return reader.give_up(&args, "`enumerate()`");
    };
    match iterators(reader, std::slice::from_ref(&source))? {
        Ok(mut sources) => match sources.pop() {
            Some(source) => Ok(lazy(reader, Lazy::Enumerate { source, start })),
            None => Ok(Value::None),
        },
        Err(why) => Ok(Value::Unknown(why)),
    }
}

/// `zip` and `zip_longest`
pub(super) fn zip(reader: &mut Evaluator<'_>, args: Args, fill: Option<Value>) -> Run<Value> {
    let plain = args.kw.iter().all(|(name, value)| match &**name {
        "strict" => matches!(value, Value::Bool(false)),
        name => name == "fillvalue" && fill.is_some(),
    });
    if args.open.is_some() || !plain {
        return reader.give_up(&args, "`zip()`");
    }
    match iterators(reader, &args.pos)? {
        Ok(sources) => Ok(lazy(reader, Lazy::Zip { sources, fill })),
        Err(why) => Ok(Value::Unknown(why)),
    }
}

fn map(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some((function, sources)) = args.pos.split_first() else { return reader.give_up(&args, "`map()`") };
    match iterators(reader, sources)? {
        Ok(sources) => Ok(lazy(reader, Lazy::Map { function: function.clone(), sources })),
        Err(why) => {
            reader.escape_args(&Args::of(vec![function.clone()]), &why);
            Ok(Value::Unknown(why))
        }
    }
}

fn filter(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let [function, source] = args.pos.as_slice() else { return reader.give_up(&args, "`filter()`") };
    match iterators(reader, std::slice::from_ref(source))? {
        Ok(mut sources) => match sources.pop() {
            Some(source) => Ok(lazy(reader, Lazy::Filter { function: function.clone(), source })),
            None => Ok(Value::None),
        },
        Err(why) => {
            reader.escape_args(&Args::of(vec![function.clone()]), &why);
            Ok(Value::Unknown(why))
        }
    }
}

fn reversed(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(source) = args.pos.first() else { return reader.give_up(&args, "`reversed()`") };
    if let Some(Object::Lazy(..) | Object::Iterator(..) | Object::Entries(..) | Object::Set(..)) =
        reader.object(source)
    {
        return reader.raise("TypeError", None);
    }
    match reader.collect(source)? {
        Ok(mut items) => {
            items.reverse();
            reader.build(items.len())?;
            Ok(reader.alloc(Object::Iterator(Value::tuple(items), 0)))
        }
        Err(why) => {
            reader.risk();
            Ok(Value::Unknown(why.derived()))
        }
    }
}

fn next(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(iterator) = args.pos.first() else { return reader.give_up(&args, "`next()`") };
    let step = match reader.advance(iterator)? {
        Step::Generator => match reader.first_of_generator(iterator)? {
            Ok(Some(item)) => Step::Item(item),
            Ok(None) => Step::End,
            Err(why) => Step::Unknown(why),
        },
        step => step,
    };
    match (step, args.pos.get(1)) {
        (Step::Item(item), _) => Ok(item),
        (Step::End, Some(default)) => Ok(default.clone()),
        (Step::End, None) => {
            let error = reader.exception("StopIteration", Vec::new());
            Err(crate::evaluate::End::Raise(error))
        }
        (Step::Unknown(why), _) => {
            if why.part.is_none() {
                reader.risk();
            }
            reader.escape_args(&args, &why);
            Ok(Value::Unknown(why))
        }
        (Step::Generator, _) => reader.give_up(&args, "`next()` of a generator"),
    }
}

fn any_all(reader: &mut Evaluator<'_>, args: Args, stop_at: bool) -> Run<Value> {
    match args.pos.first() {
        Some(source) => reader.any_all(&source.clone(), stop_at),
        None => reader.give_up(&args, "`any()` or `all()`"),
    }
}

fn from_keys(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(Ok(keys)) = args.pos.first().map(|keys| reader.collect(keys)).transpose()? else {
        return reader.give_up(&args, "`fromkeys()`");
    };
    let value = args.pos.get(1).cloned().unwrap_or(Value::None);
    let entries = keys.into_iter().map(|key| (key, value.clone())).collect();
    reader.dict_from(entries)
}

impl Evaluator<'_> {
    /// A dict of entries, later ones winning.
    pub(crate) fn dict_from(&mut self, entries: Vec<(Value, Value)>) -> Run<Value> {
        self.build(entries.len())?;
        let mut map = Map::with_capacity_and_hasher(entries.len(), FxBuildHasher);
        let mut unknown = None;
        for (key, value) in entries {
            match self.hashed(&key)? {
                Ok(hashed) => {
                    let slot = map.entry(hashed).or_insert_with(|| (key, Value::None));
                    slot.1 = value;
                }
                Err(why) => {
                    self.escape(&value, &why);
                    unknown = Some(why);
                }
            }
        }
        let dict = self.alloc(Object::Dict(Rc::new(Dict { entries: map, ..Dict::default() })));
        if let (Some(why), Value::Object(id)) = (unknown, &dict) {
            self.make_opaque(*id, &why);
        }
        Ok(dict)
    }

    /// `dict.update(source)`
    pub(crate) fn update_dict(&mut self, dict: &Value, source: &Value) -> Run<()> {
        let mapping = matches!(self.object(source), Some(Object::Dict(_)));
        let entries = if mapping || self.why_unknown(source).is_some() {
            self.entries_of(source)?
        } else {
            self.pairs(source)?
        };
        match entries {
            Ok(entries) => entries.into_iter().try_for_each(|(key, value)| self.set_item(dict, &key, value)),
            Err(why) => {
                if why.part.is_none() {
                    self.risk();
                }
                self.escape(source, &why);
                if let Value::Object(id) = dict {
                    self.make_opaque(*id, &why);
                }
                Ok(())
            }
        }
    }

    fn pairs(&mut self, source: &Value) -> Run<Result<Entries, Rc<Why>>> {
        let items = match self.collect(source)? {
            Ok(items) => items,
            Err(why) => return Ok(Err(why)),
        };
        let mut pairs = Vec::with_capacity(items.len());
        for item in items {
            match self.collect(&item)? {
                Ok(pair) => match <[Value; 2]>::try_from(pair) {
                    Ok([key, value]) => pairs.push((key, value)),
                    Err(_) => return self.raise("ValueError", None),
                },
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(pairs))
    }

    /// `list.extend(source)`
    pub(crate) fn extend(&mut self, list: &Value, source: &Value) -> Run<()> {
        let Value::Object(id) = list else { return Ok(()) };
        match self.collect(source)? {
            Ok(items) => {
                self.build(items.len())?;
                match self.heap.change(*id) {
                    Object::List(list) => Rc::make_mut(list).extend(items),
                    Object::Deque(list, max) => {
                        let list = Rc::make_mut(list);
                        list.extend(items);
                        if let Some(max) = max {
                            let over = list.len().saturating_sub(*max);
                            list.drain(..over);
                        }
                    }
                    _ => {}
                }
            }
            Err(why) => {
                if why.part.is_none() {
                    self.risk();
                }
                self.escape(source, &why);
                self.make_opaque(*id, &why);
            }
        }
        Ok(())
    }

    /// `set.add(item)`
    pub(crate) fn add_to_set(&mut self, set: &Value, item: Value) -> Run<()> {
        let Value::Object(id) = set else { return Ok(()) };
        self.build(1)?;
        match self.hashed(&item)? {
            Ok(key) => {
                if let Object::Set(items, _) = self.heap.change(*id) {
                    Rc::make_mut(items).entry(key).or_insert(item);
                }
            }
            Err(why) => self.make_opaque(*id, &why),
        }
        Ok(())
    }
}
