//! `copy`

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::Native;
use crate::evaluate::{Evaluator, Run};
use crate::heap::{ClassKind, Dict, Instance, Object};
use crate::value::{Args, Id, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::function("copy.copy", shallow).takes(1, 1, "x"),
    Native::function("copy.deepcopy", |reader, args| match args.pos.as_slice() {
        [value] => deep(reader, value, &mut Copies::default()),
        _ => reader.give_up(&args, "`deepcopy()`"),
    })
    .takes(1, 2, "x memo"),
];

fn shallow(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let [value] = args.pos.as_slice() else { return reader.give_up(&args, "`copy()`") };
    if reader.why_unknown(value).is_some() {
        return reader.give_up(&args, "`copy()`");
    }
    match reader.object(value).cloned() {
        None | Some(Object::Class(_)) => Ok(value.clone()),
        Some(
            object @ (Object::List(_)
            | Object::Dict(_)
            | Object::Set(..)
            | Object::Deque(..)
            | Object::ByteArray(_)),
        ) => {
            reader.build(1)?;
            Ok(reader.alloc(object))
        }
        Some(object @ Object::Instance(_)) if !has_own_copy(reader, value) => Ok(reader.alloc(object)),
        Some(_) => reader.give_up(&args, "`copy()` of an object"),
    }
}

fn has_own_copy(reader: &Evaluator<'_>, value: &Value) -> bool {
    ["__copy__", "__deepcopy__", "__reduce__", "__getstate__", "__new__"]
        .iter()
        .any(|name| !matches!(reader.class_attribute(value, name), Ok(None)))
}

/// What `deepcopy` has copied so far.
#[derive(Default)]
struct Copies {
    objects: FxHashMap<Id, Value>,
    /// Tuples by their address, each with the original, which so stays where it is.
    tuples: FxHashMap<usize, (Value, Value)>,
}

fn deep(reader: &mut Evaluator<'_>, value: &Value, known: &mut Copies) -> Run<Value> {
    reader.build(1)?;
    let id = match value {
        Value::Tuple(items) => {
            let address = items.as_ptr() as usize;
            if let Some((copy, _)) = known.tuples.get(&address) {
                return Ok(copy.clone());
            }
            reader.build(items.len())?;
            let copies = items.iter().map(|item| reader.nested(|reader| deep(reader, item, known)));
            let copy = Value::tuple(copies.collect::<Run<Vec<Value>>>()?);
            known.tuples.insert(address, (copy.clone(), value.clone()));
            return Ok(copy);
        }
        Value::Object(id) => *id,
        _ => return Ok(value.clone()),
    };
    if let Some(copy) = known.objects.get(&id) {
        return Ok(copy.clone());
    }
    match reader.heap.get(id).clone() {
        Object::List(items) => {
            let copy = reader.list(Vec::new());
            known.objects.insert(id, copy.clone());
            for item in items.iter() {
                let item = reader.nested(|reader| deep(reader, item, known))?;
                reader.append(&copy, item)?;
            }
            Ok(copy)
        }
        Object::Dict(dict) => {
            let copy =
                reader.alloc(Object::Dict(Rc::new(Dict { kind: dict.kind.clone(), ..Dict::default() })));
            known.objects.insert(id, copy.clone());
            for (key, value) in dict.entries.values() {
                let value = reader.nested(|reader| deep(reader, value, known))?;
                reader.set_item(&copy, key, value)?;
            }
            Ok(copy)
        }
        Object::Instance(instance) if !is_singleton(reader, &instance) && !has_own_copy(reader, value) => {
            let copy = reader.alloc(Object::Instance(instance.clone()));
            known.objects.insert(id, copy.clone());
            let mut attrs = instance.attrs.clone();
            for value in attrs.values_mut() {
                *value = reader.nested(|reader| deep(reader, value, known))?;
            }
            if let Value::Object(id) = &copy {
                let class = instance.class.clone();
                reader.heap.set(*id, Object::Instance(Rc::new(Instance { class, attrs })));
            }
            Ok(copy)
        }
        Object::Instance(instance) if is_singleton(reader, &instance) => Ok(value.clone()),
        object @ (Object::Set(..) | Object::ByteArray(_)) => Ok(reader.alloc(object)),
        Object::Class(_) => Ok(value.clone()),
        Object::Opaque(why, _) => Ok(Value::Unknown(why)),
        _ => reader.give_up(&Args::of(vec![value.clone()]), "`deepcopy()` of an object"),
    }
}

/// Members of enums are never copied.
fn is_singleton(reader: &Evaluator<'_>, instance: &Instance) -> bool {
    matches!(reader.object(&instance.class), Some(Object::Class(class)) if matches!(class.kind, ClassKind::Enum))
}
