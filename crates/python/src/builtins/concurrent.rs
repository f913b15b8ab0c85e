//! `concurrent.futures` and `threading`: work handed to a pool or a thread runs one after the other.
//! Where workers change what others see, their order matters and is not known: then nothing of it is.

use std::rc::Rc;

use ruff_text_size::Ranged as _;

use super::Native;
use crate::evaluate::{End, Evaluator, Run};
use crate::heap::{Instance, Names, Object};
use crate::limits;
use crate::names::Node;
use crate::reason::Why;
use crate::value::{Args, Id, Value};
use tutor_bedrock::found::Finding;

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
pub(super) const FUTURE_METHODS: &[&str] = &["result", "done", "add_done_callback", "exception", "cancel"];

pub(super) const THREAD_METHODS: &[&str] = &["start", "join", "is_alive", "setDaemon"];

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

/// Calls a worker's function beside others. Its own budget is small; what takes more is not known.
/// An exception ends the worker alone.
fn work(reader: &mut Evaluator<'_>, function: &Value, args: Args) -> Run<Result<Value, Value>> {
    let first = reader.calls.len();
    let interrupted = reader.interrupted.clone();
    let why = reader.why("in a thread or worker whose work is not followed to its end");
    let given = args.clone();
    let result = reader.bounded(limits::WORKER_STEPS, &why, |reader| {
        alone(reader, true, |reader| reader.call(function, args))
    });
    reader.interrupted = interrupted;
    match result {
        Ok(Some(value)) => Ok(Ok(value)),
        Ok(None) => {
            let calls = reader.calls.split_off(first);
            reader.tell_once(calls.into_iter(), &why);
            reader.escape(function, &why);
            reader.escape_args(&given, &why);
            Ok(Ok(Value::Unknown(why)))
        }
        Err(End::Raise(error)) => Ok(Err(error)),
        Err(end) => Err(end),
    }
}

/// A future that has its result, or the exception that asking for it raises.
fn future(reader: &mut Evaluator<'_>, result: Result<Value, Value>) -> Value {
    let class = super::lookup("concurrent.futures.Future").unwrap_or(Value::None);
    let (name, value) = match result {
        Ok(value) => ("value", value),
        Err(error) => ("error", error),
    };
    let mut attrs = Names::default();
    attrs.insert(reader.text(name), value);
    reader.alloc(Object::Instance(Rc::new(Instance { class, attrs })))
}

/// Calls a method of a pool.
pub(super) fn call_pool(reader: &mut Evaluator<'_>, _: &Value, name: &str, args: &Args) -> Run<Value> {
    match (name, args.pos.split_first()) {
        ("submit", Some((function, rest))) => {
            let rest = Args { pos: rest.to_vec(), kw: args.kw.clone(), open: args.open.clone() };
            let result = reader.in_thread(function, rest)?;
            Ok(future(reader, result))
        }
        ("map", Some((function, sources))) => {
            let zipped = match super::builtin("zip") {
                Some(zip) => reader.call(&zip, Args::of(sources.to_vec()))?,
                None => Value::None,
            };
            let Ok(rows) = reader.collect(&zipped)? else { return reader.give_up(args, "`map()` of a pool") };
            let mut results = Vec::new();
            let mut raised = false;
            for row in rows {
                let Value::Tuple(items) = row else { continue };
                match reader.in_thread(function, Args::of(items.to_vec()))? {
                    Ok(value) => results.push(value),
                    // Raised when its result is asked for, if it is: the others run all the same.
                    Err(_) => raised = true,
                }
            }
            if raised {
                return Ok(reader.unknown("a worker raised an exception"));
            }
            Ok(reader.alloc(Object::Iterator(Value::tuple(results), 0)))
        }
        // Work that has not begun may be thrown away.
        ("shutdown", None) if !args.kw.is_empty() => {
            reader.doubt_calls(0..reader.calls.len());
            reader.give_up(args, "a pool that is shut down early")
        }
        _ => Ok(Value::None),
    }
}

/// Calls a method of a future.
pub(super) fn call_future(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    let error = match reader.object(object) {
        Some(Object::Instance(instance)) => instance.attrs.get("error").cloned(),
        _ => None,
    };
    match (name, error) {
        ("result" | "exception", _) if !args.pos.is_empty() || !args.kw.is_empty() => {
            let why = reader.why("a worker may not have ended in time");
            reader.may_have_ended.get_or_insert_with(|| why.clone());
            reader.escape(object, &why);
            reader.give_up(args, "a worker may not have ended in time")
        }
        ("cancel", _) => {
            reader.doubt_calls(0..reader.calls.len());
            reader.give_up(args, "a worker was cancelled")
        }
        ("add_done_callback", Some(_)) => reader.give_up(args, "a callback of a worker"),
        ("result", Some(error)) => Err(End::Raise(error)),
        ("result", None) => reader.attribute(object, "value"),
        ("done", _) => Ok(reader.unknown("whether a worker has ended")),
        ("exception", error) => Ok(error.unwrap_or(Value::None)),
        _ => reader.give_up(args, "a method of a future"),
    }
}

impl Evaluator<'_> {
    /// Runs a thread's function. A thread has a stack of its own, whose outermost statement stands in
    /// that function: that is where its calls are told, not where it was started.
    fn in_thread(&mut self, target: &Value, args: Args) -> Run<Result<Value, Value>> {
        if let Value::Function(function) = target {
            // What it does not come by now it may when others have gone on.
            let why = self.why("in a thread, which goes on beside what follows");
            self.note_escape(function, &why);
        }
        let outer = self.trigger;
        if let Some(place) = self.place_of(target) {
            self.trigger = place;
        }
        let result = work(self, target, args);
        self.trigger = outer;
        result
    }

    /// The fence and line of a function of the chapter that stands in another fence than what runs.
    fn place_of(&self, function: &Value) -> Option<(usize, usize)> {
        match function {
            Value::Function(function) => {
                let code = self.code(function.code);
                let at = match code.node {
                    Node::Def(def) => def.name.start(),
                    Node::Lambda(lambda) => lambda.start(),
                };
                (code.fence != self.trigger.0 && code.fence < self.chapter)
                    .then(|| (code.fence, self.fences[code.fence].line(at)))
            }
            Value::Method(pair) => self.place_of(&pair.1),
            Value::Partial(partial) => self.place_of(&partial.function),
            _ => None,
        }
    }

    /// The calls since `first` are a daemon's: only sent for certain once somebody waits for it.
    fn leave_to_thread(&mut self, first: usize, thread: Id, why: &Why) {
        for noted in &mut self.calls[first..] {
            if let Finding::Resolved(call) = &noted.found.finding {
                noted.awaits = Some((thread, call.clone()));
                noted.found.finding = Finding::Unresolved { known: call.into(), reason: why.reason() };
            }
        }
    }

    fn wait_for_thread(&mut self, thread: Id) {
        for noted in &mut self.calls {
            if let Some((_, call)) = noted.awaits.take_if(|(id, _)| *id == thread) {
                noted.found.finding = Finding::Resolved(call);
            }
        }
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
    let daemon = args.named("daemon").cloned().unwrap_or(Value::None);
    attrs.insert(reader.text("daemon"), daemon);
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
            let daemon = reader.attribute(object, "daemon")?;
            if matches!(reader.truth(&daemon)?, Ok(false)) {
                // Its exception ends the thread alone.
                let _ = reader.in_thread(&target, arguments)?;
                return Ok(Value::None);
            }
            let first = reader.calls.len();
            let _ = reader.in_thread(&target, arguments)?;
            let why = reader.why("in a thread that nobody waits for, which may not come so far");
            if let Value::Object(thread) = object {
                reader.leave_to_thread(first, *thread, &why);
            }
            Ok(Value::None)
        }
        "join" => {
            if let (Value::Object(thread), true, [] | [Value::None]) =
                (object, reader.is_sure(), args.pos.as_slice())
                && args.named("timeout").is_none()
            {
                reader.wait_for_thread(*thread);
            }
            Ok(Value::None)
        }
        "setDaemon" => {
            let daemon = args.pos.first().cloned().unwrap_or(Value::None);
            reader.set_attribute(object, "daemon", daemon)?;
            Ok(Value::None)
        }
        "is_alive" => Ok(reader.unknown("whether a thread has ended")),
        _ => reader.give_up(args, "a method of a thread"),
    }
}
