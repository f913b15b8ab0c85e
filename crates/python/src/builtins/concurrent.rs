//! `concurrent.futures` and `threading`: work handed to a pool or a thread runs one after the other.
//! Where workers change what others see, their order matters and is not known: then nothing of it is.

use std::rc::Rc;

use super::Native;
use crate::evaluate::{End, Evaluator, Run};
use crate::heap::{Instance, Names, Object};
use crate::value::{Args, Value};

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
    Native::class("threading.Thread", thread),
];

pub(super) const POOL_METHODS: &[&str] = &["submit", "map", "shutdown", "__enter__", "__exit__"];
pub(super) const FUTURE_METHODS: &[&str] = &["result", "done", "add_done_callback", "exception"];

pub(super) const THREAD_METHODS: &[&str] = &["start", "join", "is_alive"];

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
    // What it changed before it raised is changed, too.
    let result = work(reader);
    let why = reader.why("workers that run at the same time change it");
    for id in reader.heap.changed_before(mark) {
        reader.spoil(id, mark, &why);
    }
    result
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

/// A thread that has not started: what it is to do waits in its attributes.
fn thread(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let no_names = args.get(4, "kwargs").is_none_or(|names| matches!(names, Value::None));
    let (Some(target), true, None) = (args.get(1, "target").cloned(), no_names, &args.open) else {
        return reader.give_up(&args, "`Thread()`");
    };
    let arguments = args.get(3, "args").cloned().unwrap_or_else(|| Value::tuple(Vec::new()));
    let class = super::lookup("threading.Thread").unwrap_or(Value::None);
    let mut attrs = Names::default();
    attrs.insert(reader.text("_target"), target);
    attrs.insert(reader.text("_args"), arguments);
    Ok(reader.alloc(Object::Instance(Rc::new(Instance { class, attrs }))))
}

/// Calls a method of a thread. It does its work when it starts: nobody can tell how far it is later.
pub(super) fn call_thread(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    match name {
        "start" => {
            let target = reader.attribute(object, "_target")?;
            let arguments = reader.attribute(object, "_args")?;
            let arguments = match reader.collect(&arguments)? {
                Ok(arguments) => Args::of(arguments),
                Err(_) => return reader.give_up(&Args::of(vec![target, arguments]), "a thread"),
            };
            match alone(reader, true, |reader| reader.call(&target, arguments)) {
                // Its exception ends the thread alone.
                Ok(_) | Err(End::Raise(_)) => Ok(Value::None),
                Err(end) => Err(end),
            }
        }
        "join" => Ok(Value::None),
        "is_alive" => Ok(reader.unknown("whether a thread has ended")),
        _ => reader.give_up(args, "a method of a thread"),
    }
}
