//! Methods of dicts, and of the dicts of names that `globals()` and `locals()` give.

use std::rc::Rc;

use crate::evaluate::{Evaluator, Run};
use crate::heap::{Dict, DictKind, Object, ViewKind};
use crate::key::Key;
use crate::value::{Args, Text, Value};

pub(super) const METHODS: &[&str] = &[
    "get",
    "items",
    "keys",
    "values",
    "update",
    "pop",
    "setdefault",
    "copy",
    "clear",
    "popitem",
    "most_common",
    "elements",
    "move_to_end",
    "__contains__",
    "__getitem__",
];
pub(super) const SCOPE_METHODS: &[&str] = &["get", "items", "keys", "values", "copy"];

/// Calls a method of a dict.
pub(super) fn call(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    let (Value::Object(id), Some(Object::Dict(dict))) = (object, reader.object(object).cloned()) else {
        return reader.give_up(args, "a method of a dict");
    };
    let id = *id;
    if args.open.is_some() {
        let why = reader.why("a method of a dict with arguments that are not known");
        reader.make_opaque(id, &why);
        return reader.give_up(args, "a method of a dict");
    }
    if matches!(dict.kind, DictKind::Environment) {
        return call_environment(reader, object, &dict, name, args);
    }
    match (name, args.pos.as_slice()) {
        ("get", [key]) => get(reader, &dict, key, Value::None),
        ("get", [key, default]) => get(reader, &dict, key, default.clone()),
        ("__getitem__", [key]) => reader.item(object, key),
        ("__contains__", [key]) => {
            Ok(reader.contains(object, key)?.map_or_else(|why| Value::Unknown(why.derived()), Value::Bool))
        }
        ("keys", []) => Ok(reader.alloc(Object::View(object.clone(), ViewKind::Keys))),
        ("values", []) => Ok(reader.alloc(Object::View(object.clone(), ViewKind::Values))),
        ("items", []) => Ok(reader.alloc(Object::View(object.clone(), ViewKind::Items))),
        ("update", sources) if sources.len() <= 1 => {
            if let (DictKind::Counter, [source]) = (&dict.kind, sources) {
                let source = source.clone();
                return super::collections::count_into(reader, object, &source);
            }
            if matches!(dict.kind, DictKind::Counter) {
                let why = reader.why("names counted into a counter");
                reader.make_opaque(id, &why);
                return reader.give_up(args, "names counted into a counter");
            }
            for source in sources {
                reader.update_dict(object, source)?;
            }
            for (name, value) in &args.kw {
                reader.set_item(object, &Value::Str(name.clone()), value.clone())?;
            }
            Ok(Value::None)
        }
        ("pop", [key, ..]) => pop(reader, object, &dict, key, args.pos.get(1)),
        ("setdefault", [key, ..]) => {
            let default = args.pos.get(1).cloned().unwrap_or(Value::None);
            match reader.hashed(key)? {
                Ok(hashed) => {
                    if let Some((_, value)) = dict.entries.get(&hashed) {
                        Ok(value.clone())
                    } else {
                        reader.set_item(object, key, default.clone())?;
                        Ok(default)
                    }
                }
                Err(why) => {
                    reader.escape(&default, &why);
                    reader.make_opaque(id, &why);
                    Ok(Value::Unknown(why))
                }
            }
        }
        ("copy", []) => {
            reader.build(dict.entries.len())?;
            Ok(reader.alloc(Object::Dict(dict)))
        }
        ("clear", []) => {
            let (kind, taken) = (dict.kind.clone(), dict.taken + 1);
            reader.heap.set(id, Object::Dict(Rc::new(Dict { kind, taken, ..Dict::default() })));
            Ok(Value::None)
        }
        ("popitem", []) => match dict.entries.last() {
            Some((key, (name, value))) => {
                remove(reader, object, key);
                Ok(Value::tuple(vec![name.clone(), value.clone()]))
            }
            None => reader.raise("KeyError", Some("popitem(): dictionary is empty".to_owned())),
        },
        ("most_common", _) if matches!(dict.kind, DictKind::Counter) => {
            super::collections::most_common(reader, &dict, args)
        }
        _ => {
            let why = reader.why("a method of a dict that is not read");
            reader.make_opaque(id, &why);
            reader.give_up(args, "a method of a dict that is not read")
        }
    }
}

impl Evaluator<'_> {
    /// The items of a view of a dict, as the dict is now.
    pub(crate) fn view_items(&self, dict: &Value, kind: ViewKind) -> Option<Vec<Value>> {
        let Some(Object::Dict(dict)) = self.object(dict) else { return None };
        let entries = dict.entries.values();
        Some(match kind {
            ViewKind::Keys => entries.map(|(key, _)| key.clone()).collect(),
            ViewKind::Values => entries.map(|(_, value)| value.clone()).collect(),
            ViewKind::Items => {
                entries.map(|(key, value)| Value::tuple(vec![key.clone(), value.clone()])).collect()
            }
        })
    }
}

fn get(reader: &mut Evaluator<'_>, dict: &Dict, key: &Value, default: Value) -> Run<Value> {
    match reader.hashed(key)? {
        Ok(hashed) => Ok(dict.entries.get(&hashed).map_or(default, |(_, value)| value.clone())),
        Err(why) => {
            for (_, value) in dict.entries.values() {
                reader.escape(value, &why);
            }
            reader.escape(&default, &why);
            Ok(Value::Unknown(why))
        }
    }
}

fn remove(reader: &mut Evaluator<'_>, dict: &Value, key: &Key) {
    if let Value::Object(id) = dict
        && let Object::Dict(dict) = reader.heap.change(*id)
    {
        let dict = Rc::make_mut(dict);
        dict.taken += 1;
        dict.entries.shift_remove(key);
    }
}

fn pop(
    reader: &mut Evaluator<'_>,
    object: &Value,
    dict: &Dict,
    key: &Value,
    default: Option<&Value>,
) -> Run<Value> {
    match reader.hashed(key)? {
        Ok(hashed) => match (dict.entries.get(&hashed), default) {
            (Some((_, value)), _) => {
                remove(reader, object, &hashed);
                Ok(value.clone())
            }
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => {
                let error = reader.exception("KeyError", vec![key.clone()]);
                Err(crate::evaluate::End::Raise(error))
            }
        },
        Err(why) => {
            if let Some(default) = default {
                reader.escape(default, &why);
            }
            reader.escape(object, &why);
            Ok(Value::Unknown(why))
        }
    }
}

/// `os.environ`: a default stands for what is not set in the chapter.
fn call_environment(
    reader: &mut Evaluator<'_>,
    object: &Value,
    dict: &Dict,
    name: &str,
    args: &Args,
) -> Run<Value> {
    match (name, args.pos.as_slice()) {
        ("get", [key, rest @ ..]) => {
            let default = rest.first().or_else(|| args.named("default"));
            let known = reader.hashed(key)?.ok().and_then(|key| dict.entries.get(&key).cloned());
            match (known, default) {
                (Some((_, value)), _) => Ok(value),
                (None, Some(default)) => Ok(default.clone()),
                (None, None) => {
                    let name = key.as_str().unwrap_or_default();
                    Ok(reader.unknown(format!("it comes from the environment variable `{name}`")))
                }
            }
        }
        ("setdefault", [key, default]) => {
            let known = reader.hashed(key)?.ok().and_then(|key| dict.entries.get(&key).cloned());
            if let Some((_, value)) = known {
                Ok(value)
            } else {
                reader.set_item(object, key, default.clone())?;
                Ok(default.clone())
            }
        }
        ("update", [source]) => {
            reader.update_dict(object, source)?;
            Ok(Value::None)
        }
        ("pop", [key, ..]) => {
            if let Ok(key) = reader.hashed(key)? {
                remove(reader, object, &key);
            }
            Ok(reader.unknown("it comes from the environment"))
        }
        ("clear", _) => {
            if let Value::Object(id) = object {
                let why = reader.why("the environment was cleared");
                reader.make_opaque(*id, &why);
            }
            Ok(Value::None)
        }
        _ => Ok(reader.unknown("it comes from the environment")),
    }
}

/// Calls a method of `globals()` or `locals()`.
pub(super) fn call_scope(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    let Some(Object::Scope(scope)) = reader.object(object).cloned() else {
        return reader.give_up(args, "a method of the names of a module");
    };
    match (name, args.pos.as_slice()) {
        ("get", [Value::Str(key), rest @ ..]) => {
            let found: Option<Value> = scope.names.get(key as &Text).cloned();
            Ok(found.or_else(|| rest.first().cloned()).unwrap_or(Value::None))
        }
        _ => reader.give_up(args, "the names of a module as a dict"),
    }
}
