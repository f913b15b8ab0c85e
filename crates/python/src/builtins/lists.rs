//! Methods of lists, tuples and iterators.

use std::rc::Rc;

use super::sorting;
use crate::evaluate::{Evaluator, Run};
use crate::heap::Object;
use crate::value::{Args, Value};

pub(super) const METHODS: &[&str] =
    &["append", "extend", "insert", "pop", "remove", "clear", "index", "count", "sort", "reverse", "copy"];
pub(super) const TUPLE_METHODS: &[&str] = &["index", "count"];
pub(super) const ITERATOR_METHODS: &[&str] = &["__next__", "close", "send", "__iter__"];

/// Calls a method of a list.
pub(super) fn call(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    if let ("append", [item], None) = (name, args.pos.as_slice(), &args.open) {
        // Before anything else holds the items: that would copy them all.
        reader.append(object, item.clone())?;
        return Ok(Value::None);
    }
    let (Value::Object(id), Some(Object::List(items))) = (object, reader.object(object).cloned()) else {
        return reader.give_up(args, "a method of a list");
    };
    let id = *id;
    if let Some(why) = &args.open {
        let why = why.clone();
        reader.make_opaque(id, &why);
        return reader.give_up(args, "a method of a list");
    }
    match (name, args.pos.as_slice()) {
        ("extend", [source]) => {
            reader.extend(object, source)?;
            Ok(Value::None)
        }
        ("insert", [place, item]) => {
            let Some(place) = place.as_index() else {
                let why = reader.why("an item was inserted at a place that is not known");
                reader.escape(item, &why);
                reader.make_opaque(id, &why);
                reader.risk();
                return Ok(Value::None);
            };
            reader.build(1)?;
            let len = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let place = if place < 0 { (place + len).max(0) } else { place.min(len) };
            change(reader, object, |items| items.insert(usize::try_from(place).unwrap_or(0), item.clone()));
            Ok(Value::None)
        }
        ("pop", []) if items.is_empty() => reader.raise("IndexError", Some("pop from empty list".to_owned())),
        ("pop", place) => {
            let last = Value::Int(-1);
            let place = place.first().unwrap_or(&last);
            if let Some(index) = reader.index_in(items.len(), place, "pop")? {
                change(reader, object, |items| drop(items.remove(index)));
                Ok(items[index].clone())
            } else {
                let why = reader.why("an item was taken from a place that is not known");
                reader.make_opaque(id, &why);
                reader.risk();
                Ok(Value::Unknown(why))
            }
        }
        ("remove", [item]) => match place_of(reader, &items, item)? {
            Ok(Some(index)) => {
                change(reader, object, |items| drop(items.remove(index)));
                Ok(Value::None)
            }
            Ok(None) => reader.raise("ValueError", Some("list.remove(x): x not in list".to_owned())),
            Err(why) => {
                reader.make_opaque(id, &why);
                reader.risk();
                Ok(Value::None)
            }
        },
        ("clear", []) => {
            change(reader, object, Vec::clear);
            Ok(Value::None)
        }
        ("reverse", []) => {
            change(reader, object, |items| items.reverse());
            Ok(Value::None)
        }
        ("copy", []) => {
            reader.build(items.len())?;
            Ok(reader.list((*items).clone()))
        }
        ("sort", []) => {
            match sorting::sorted(reader, (*items).clone(), args)? {
                Ok(sorted) => change(reader, object, |items| *items = sorted),
                Err(why) => {
                    reader.risk();
                    reader.make_opaque(id, &why);
                }
            }
            Ok(Value::None)
        }
        ("index" | "count", _) => search(reader, &items, name, args),
        _ => reader.raise("TypeError", None),
    }
}

fn change(reader: &mut Evaluator<'_>, list: &Value, change: impl FnOnce(&mut Vec<Value>)) {
    if let Value::Object(id) = list
        && let Object::List(items) = reader.heap.change(*id)
    {
        change(Rc::make_mut(items));
    }
}

type Place = Result<Option<usize>, Rc<crate::reason::Why>>;

fn place_of(reader: &mut Evaluator<'_>, items: &[Value], wanted: &Value) -> Run<Place> {
    for (index, item) in items.iter().enumerate() {
        match reader.equal(item, wanted)? {
            Ok(true) => return Ok(Ok(Some(index))),
            Ok(false) => {}
            Err(why) => return Ok(Err(why)),
        }
    }
    Ok(Ok(None))
}

fn search(reader: &mut Evaluator<'_>, items: &[Value], name: &str, args: &Args) -> Run<Value> {
    let [wanted] = args.pos.as_slice() else { return reader.give_up(args, "a search in a part of a list") };
    if name == "count" {
        let mut count = 0;
        for item in items {
            match reader.equal(item, wanted)? {
                Ok(equal) => count += i64::from(equal),
                Err(why) => return Ok(Value::Unknown(why.derived())),
            }
        }
        return Ok(Value::Int(count));
    }
    match place_of(reader, items, wanted)? {
        Ok(Some(index)) => Ok(Value::size(index)),
        Ok(None) => reader.raise("ValueError", None),
        Err(why) => {
            reader.risk();
            Ok(Value::Unknown(why.derived()))
        }
    }
}

/// Calls a method of a tuple.
pub(super) fn call_tuple(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    match object {
        Value::Tuple(items) => search(reader, &items.clone(), name, args),
        _ => reader.give_up(args, "a method of a tuple"),
    }
}

/// Calls a method of an iterator.
pub(super) fn call_iterator(
    reader: &mut Evaluator<'_>,
    object: &Value,
    name: &str,
    args: &Args,
) -> Run<Value> {
    match (name, args.pos.as_slice()) {
        ("__iter__", []) => Ok(object.clone()),
        ("__next__", []) => match super::builtin("next") {
            Some(next) => reader.call(&next, Args::of(vec![object.clone()])),
            None => Ok(Value::None),
        },
        _ => {
            let why = reader.why("a generator that is sent values");
            reader.escape(object, &why);
            reader.give_up(args, "a generator that is sent values")
        }
    }
}
