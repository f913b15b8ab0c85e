//! `asyncio`: coroutines run one after the other, in the order they were started. A task that nobody
//! surely waits for may be thrown away with its loop: what it sends is not certain.

use std::rc::Rc;

use super::Native;
use super::concurrent::alone;
use crate::evaluate::{End, Evaluator, Run, Task};
use crate::heap::{Instance, Names, Object};
use crate::value::{Args, Value};
use tutor_bedrock::found::{Finding, PartialCall};

pub(super) const NATIVES: &[Native] = &[
    Native::function("asyncio.run", run_loop),
    Native::function("asyncio.Loop.run_until_complete", run_loop),
    Native::function("asyncio.wait_for", wait_for),
    Native::function("asyncio.shield", create_task),
    Native::function("asyncio.create_task", create_task),
    Native::function("asyncio.ensure_future", create_task),
    Native::function("asyncio.Loop.create_task", create_task),
    Native::function("asyncio.gather", gather),
    Native::function("asyncio.sleep", |reader, args| match args.pos.as_slice() {
        [seconds] if args.kw.is_empty() && matches!(seconds, Value::Int(_) | Value::Float(_)) => {
            Ok(Value::None)
        }
        _ => reader.give_up(&args, "`asyncio.sleep()`"),
    }),
    Native::function("asyncio.to_thread", |reader, args| in_thread(reader, args, 0, true)),
    Native::function("asyncio.Loop.run_in_executor", |reader, args| in_thread(reader, args, 1, false)),
    Native::function("asyncio.get_event_loop", event_loop).steady(),
    Native::function("asyncio.get_running_loop", event_loop),
    Native::function("asyncio.new_event_loop", event_loop),
    Native::function("asyncio.set_event_loop", |_, _| Ok(Value::None)),
    Native::function("asyncio.Loop.close", |_, _| Ok(Value::None)),
    Native::class("asyncio.Task", |reader, args| reader.give_up(&args, "a task")),
];

pub(super) const TASK_METHODS: &[&str] =
    &["cancel", "done", "result", "exception", "cancelled", "add_done_callback", "get_name", "set_name"];

/// Calls a method of a task.
pub(super) fn call_task(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    match name {
        "done" | "cancelled" => Ok(reader.unknown("whether a task has ended")),
        "get_name" | "set_name" => Ok(reader.unknown("the name of a task")),
        "cancel" => {
            let why = reader.why("a task was cancelled before");
            reader.doubt_task(object);
            reader.escape(object, &why);
            Ok(Value::Unknown(why))
        }
        _ => reader.give_up(args, "a method of a task"),
    }
}

fn run_loop(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let ([coroutine], true) = (args.pos.as_slice(), args.open.is_none()) else {
        return reader.give_up(&args, "`asyncio.run()`");
    };
    if std::mem::replace(&mut reader.in_loop, true) {
        // Only a patched loop runs inside another.
        return reader.give_up(&args, "an event loop inside of another");
    }
    let first = reader.tasks.len();
    let result = reader.awaited(coroutine.clone());
    reader.in_loop = false;
    // What is not done when the loop ends is cancelled.
    reader.doubt_tasks_since(first);
    result
}

fn wait_for(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let (Some(coroutine), Some(timeout)) = (args.pos.first().cloned(), args.get(1, "timeout")) else {
        return reader.give_up(&args, "`wait_for()`");
    };
    if matches!(timeout, Value::None) {
        return reader.awaited(coroutine);
    }
    let since = reader.calls.len();
    let result = alone(reader, true, |reader| reader.awaited(coroutine));
    let why = reader.why("it may not be done in time");
    reader.doubt_calls(since..reader.calls.len());
    reader.risk();
    reader.may_have_ended.get_or_insert_with(|| why.clone());
    match result {
        Ok(value) => {
            reader.escape(&value, &why);
            Ok(Value::Unknown(why))
        }
        Err(End::Raise(_)) => Ok(Value::Unknown(why)),
        Err(end) => Err(end),
    }
}

fn create_task(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.pos.first() {
        Some(coroutine) if args.open.is_none() => {
            let coroutine = coroutine.clone();
            task(reader, true, |reader| reader.awaited(coroutine))
        }
        _ => reader.give_up(&args, "`create_task()`"),
    }
}

fn gather(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    if args.open.is_some() || !args.kw.is_empty() {
        return reader.give_up(&args, "`gather()` with options");
    }
    let since = reader.calls.len();
    let beside = args.pos.len() > 1;
    let mut results = Vec::new();
    for coroutine in &args.pos {
        let coroutine = coroutine.clone();
        match alone(reader, beside, |reader| reader.awaited(coroutine)) {
            Ok(value) => results.push(value),
            Err(end) => {
                // The others go on without anybody who waits for them.
                reader.doubt_calls(since..reader.calls.len());
                return Err(end);
            }
        }
    }
    let value = reader.list(results);
    let calls = since..reader.calls.len();
    Ok(made(reader, value, None, calls, true))
}

fn in_thread(reader: &mut Evaluator<'_>, args: Args, at: usize, fleeting: bool) -> Run<Value> {
    let Some((function, rest)) = args.pos.get(at..).and_then(<[Value]>::split_first) else {
        return reader.give_up(&args, "work for a thread");
    };
    let rest = Args { pos: rest.to_vec(), kw: args.kw.clone(), open: args.open.clone() };
    let function = function.clone();
    task(reader, fleeting, |reader| reader.call(&function, rest))
}

/// Runs work beside others, and gives what stands for it until somebody waits for it.
fn task<'a>(
    reader: &mut Evaluator<'a>,
    fleeting: bool,
    work: impl FnOnce(&mut Evaluator<'a>) -> Run<Value>,
) -> Run<Value> {
    let since = reader.calls.len();
    let result = alone(reader, true, work);
    let calls = since..reader.calls.len();
    match result {
        Ok(value) => Ok(made(reader, value, None, calls, fleeting)),
        Err(End::Raise(error)) => Ok(made(reader, Value::None, Some(error), calls, fleeting)),
        Err(end) => Err(end),
    }
}

fn made(
    reader: &mut Evaluator<'_>,
    value: Value,
    error: Option<Value>,
    calls: std::ops::Range<usize>,
    fleeting: bool,
) -> Value {
    let number = i64::from(reader.token());
    reader.tasks.push(Task { number, calls, fleeting });
    let class = super::lookup("asyncio.Task").unwrap_or(Value::None);
    let mut attrs = Names::default();
    attrs.insert(reader.text(" number"), Value::Int(number));
    match error {
        Some(error) => attrs.insert(reader.text(" error"), error),
        None => attrs.insert(reader.text(" value"), value),
    };
    reader.alloc(Object::Instance(Rc::new(Instance { class, attrs })))
}

fn event_loop(reader: &mut Evaluator<'_>, _: Args) -> Run<Value> {
    Ok(Value::Module(reader.text("asyncio.Loop")))
}

impl Evaluator<'_> {
    /// What waiting for a task gives; `None` if the value is none.
    pub(crate) fn awaited_task(&mut self, value: &Value) -> Option<Run<Value>> {
        let Some(Object::Instance(instance)) = self.object(value) else { return None };
        if !matches!(&instance.class, Value::Native(native) if native.name == "asyncio.Task") {
            return None;
        }
        let instance = instance.clone();
        if self.is_sure()
            && let Some(number) = instance.attrs.get(" number").and_then(Value::as_index)
        {
            self.tasks.retain(|task| task.number != number);
        }
        Some(match (instance.attrs.get(" error"), instance.attrs.get(" value")) {
            (Some(error), _) => Err(End::Raise(error.clone())),
            (None, Some(value)) => Ok(value.clone()),
            _ => Ok(self.unknown("a task")),
        })
    }

    /// What a task sent is not certain any more.
    fn doubt_task(&mut self, task: &Value) {
        let Some(Object::Instance(instance)) = self.object(task) else { return };
        let number = instance.attrs.get(" number").and_then(Value::as_index);
        let ranges: Vec<_> = self
            .tasks
            .iter()
            .filter(|task| Some(task.number) == number)
            .map(|task| task.calls.clone())
            .collect();
        for calls in ranges {
            self.doubt_calls(calls);
        }
    }

    /// What tasks sent that nobody surely waited for is not certain.
    pub(crate) fn doubt_tasks_since(&mut self, first: usize) {
        let left: Vec<Task> = self.tasks.drain(first.min(self.tasks.len())..).collect();
        for task in left {
            if task.fleeting {
                self.doubt_calls(task.calls);
            } else {
                self.tasks.push(task);
            }
        }
    }

    /// Calls that were found turn out not to be certain.
    pub(crate) fn doubt_calls(&mut self, calls: std::ops::Range<usize>) {
        let reason = self.why("nobody surely waits until it is done").reason();
        let end = calls.end.min(self.calls.len());
        for found in &mut self.calls[calls.start.min(end)..end] {
            if let Finding::Resolved(call) = &found.found.finding {
                let known = PartialCall {
                    operation: call.operation,
                    model_id: Some(call.model_id.clone()),
                    body: Some(call.body.clone()),
                };
                found.found.finding = Finding::Unresolved { known, reason: reason.clone() };
            }
        }
    }
}
