//! `concurrent.futures`: work handed to a pool runs one after the other. Where workers change what
//! others see, their order matters and is not known: then nothing of it is.

use std::rc::Rc;

use super::Native;
use crate::snippet::python::evaluate::{Evaluator, Run};
use crate::snippet::python::heap::{Instance, Names, Object};
use crate::snippet::python::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::class("concurrent.futures.ThreadPoolExecutor", |reader, _| pool(reader)),
    Native::function("concurrent.futures.as_completed", |reader, args| {
        // The futures come in an order that is not known.
        let why = reader.why("the order in which workers end is not known");
        let _ = args;
        Ok(Value::Unknown(why))
    }),
    Native::function("concurrent.futures.wait", |reader, _| {
        Ok(reader.unknown("the order in which workers end is not known"))
    }),
    Native::class("concurrent.futures.Pool", |reader, _| pool(reader)),
    Native::class("concurrent.futures.Future", |reader, args| reader.give_up(&args, "a future")),
];

pub(super) const POOL_METHODS: &[&str] = &["submit", "map", "shutdown", "__enter__", "__exit__"];
pub(super) const FUTURE_METHODS: &[&str] = &["result", "done", "add_done_callback", "exception"];

fn pool(reader: &mut Evaluator<'_>) -> Run<Value> {
    let class = super::lookup("concurrent.futures.Pool").unwrap_or(Value::None);
    Ok(reader.alloc(Object::Instance(Rc::new(Instance { class, attrs: Names::default() }))))
}

/// Runs a worker. If others may run beside it, what it changes of the rest becomes unknown, and so
/// do its calls.
pub(super) fn alone<'a, T>(
    reader: &mut Evaluator<'a>,
    beside_others: bool,
    work: impl FnOnce(&mut Evaluator<'a>) -> Run<T>,
) -> Run<T> {
    if !beside_others {
        return work(reader);
    }
    let mark = reader.heap.mark();
    let result = work(reader)?;
    let why = reader.why("workers that run at the same time change it");
    for id in reader.heap.changed_before(mark) {
        reader.spoil(id, mark, &why);
    }
    Ok(result)
}

/// Calls a method of a pool.
pub(super) fn call_pool(reader: &mut Evaluator<'_>, _: &Value, name: &str, args: &Args) -> Run<Value> {
    match (name, args.pos.split_first()) {
        ("submit", Some((function, rest))) => {
            let rest = Args { pos: rest.to_vec(), kw: args.kw.clone(), open: args.open.clone() };
            let function = function.clone();
            let result = alone(reader, true, |reader| reader.call(&function, rest))?;
            let class = super::lookup("concurrent.futures.Future").unwrap_or(Value::None);
            let mut attrs = Names::default();
            attrs.insert(reader.text("value"), result);
            Ok(reader.alloc(Object::Instance(Rc::new(Instance { class, attrs }))))
        }
        ("map", Some((function, sources))) => {
            let function = function.clone();
            let zipped = match super::builtin("zip") {
                Some(zip) => reader.call(&zip, Args::of(sources.to_vec()))?,
                None => Value::None,
            };
            let Ok(rows) = reader.collect(&zipped)? else { return reader.give_up(args, "`map()` of a pool") };
            let mut results = Vec::new();
            for row in rows {
                let Value::Tuple(items) = row else { continue };
                let function = function.clone();
                let items = items.to_vec();
                results.push(alone(reader, true, |reader| reader.call(&function, Args::of(items)))?);
            }
            Ok(reader.alloc(Object::Iterator(Value::tuple(results), 0)))
        }
        _ => Ok(Value::None),
    }
}

/// Calls a method of a future.
pub(super) fn call_future(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    match name {
        "result" => reader.attribute(object, "value"),
        "done" => Ok(reader.unknown("whether a worker has ended")),
        "exception" => Ok(Value::None),
        _ => reader.give_up(args, "a method of a future"),
    }
}
