//! Methods of sets.

use std::rc::Rc;

use ruff_python_ast::Operator;

use crate::evaluate::{Evaluator, Run, set_operator};
use crate::heap::{Frozen, Map, Object};
use crate::key::Key;
use crate::value::{Args, Value};

pub(super) const METHODS: &[&str] = &[
    "add",
    "discard",
    "remove",
    "clear",
    "copy",
    "update",
    "union",
    "intersection",
    "difference",
    "symmetric_difference",
    "issubset",
    "issuperset",
    "isdisjoint",
    "pop",
    "intersection_update",
    "difference_update",
];

pub(super) const FROZEN_METHODS: &[&str] = &[
    "copy",
    "union",
    "intersection",
    "difference",
    "symmetric_difference",
    "issubset",
    "issuperset",
    "isdisjoint",
];

/// Calls a method of a set.
pub(super) fn call(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    let (Value::Object(id), Some(Object::Set(items, frozen))) = (object, reader.object(object).cloned())
    else {
        return reader.give_up(args, "a method of a set");
    };
    let id = *id;
    match (name, args.pos.as_slice()) {
        ("add", [item]) => {
            reader.add_to_set(object, item.clone())?;
            Ok(Value::None)
        }
        ("discard" | "remove", [item]) => match reader.hashed(item)? {
            Ok(key) => {
                if name == "remove" && !items.contains_key(&key) {
                    let error = reader.exception("KeyError", vec![item.clone()]);
                    return Err(crate::evaluate::End::Raise(error));
                }
                if let Object::Set(items, _) = reader.heap.change(id) {
                    Rc::make_mut(items).shift_remove(&key);
                }
                Ok(Value::None)
            }
            Err(why) => {
                reader.make_opaque(id, &why);
                Ok(Value::None)
            }
        },
        ("clear", []) => {
            reader.heap.set(id, Object::Set(Rc::new(Map::default()), frozen));
            Ok(Value::None)
        }
        ("copy", []) => Ok(reader.alloc(Object::Set(items, frozen))),
        ("pop", []) if items.len() == 1 => {
            reader.heap.set(id, Object::Set(Rc::new(Map::default()), frozen));
            Ok(items.values().next().cloned().unwrap_or(Value::None))
        }
        ("pop", _) => {
            let why = reader.why("which item a set gives up is not known");
            reader.make_opaque(id, &why);
            Ok(Value::Unknown(why))
        }
        _ => combine(reader, object, &items, name, args),
    }
}

fn combine(
    reader: &mut Evaluator<'_>,
    object: &Value,
    items: &Map<Key, Value>,
    name: &str,
    args: &Args,
) -> Run<Value> {
    if matches!(name, "add" | "discard" | "remove" | "clear" | "copy") {
        return reader.raise("TypeError", None);
    }
    let Value::Object(id) = object else { return Ok(Value::None) };
    let mut result = items.clone();
    let mut answer = true;
    for source in &args.pos {
        let other = match reader.collect_unordered(source)? {
            Ok(other) => other,
            Err(why) => {
                reader.risk();
                if name.ends_with("update") {
                    reader.make_opaque(*id, &why);
                }
                return Ok(Value::Unknown(why.derived()));
            }
        };
        let mut set = Map::default();
        for item in other {
            match reader.hashed(&item)? {
                Ok(key) => {
                    set.insert(key, item);
                }
                Err(why) => {
                    reader.make_opaque(*id, &why);
                    return Ok(Value::Unknown(why));
                }
            }
        }
        let op = match name {
            "union" | "update" => Operator::BitOr,
            "intersection" | "intersection_update" => Operator::BitAnd,
            "difference" | "difference_update" => Operator::Sub,
            "symmetric_difference" => Operator::BitXor,
            "issubset" => {
                answer &= items.keys().all(|key| set.contains_key(key));
                continue;
            }
            "issuperset" => {
                answer &= set.keys().all(|key| items.contains_key(key));
                continue;
            }
            _ => {
                answer &= !set.keys().any(|key| items.contains_key(key));
                continue;
            }
        };
        result = set_operator(op, &result, &set).unwrap_or_default();
    }
    reader.build(2 * result.len())?;
    if matches!(name, "issubset" | "issuperset" | "isdisjoint") {
        return Ok(Value::Bool(answer));
    }
    if name.ends_with("update") {
        reader.heap.set(*id, Object::Set(Rc::new(result), Frozen::No));
        return Ok(Value::None);
    }
    Ok(reader.alloc(Object::Set(Rc::new(result), Frozen::No)))
}
