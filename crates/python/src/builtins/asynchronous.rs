//! `asyncio`: coroutines run one after the other, in the order they were started.

use super::Native;
use super::concurrent::alone;
use crate::evaluate::{Evaluator, Run};
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::function("asyncio.run", first_awaited),
    Native::function("asyncio.wait_for", first_awaited),
    Native::function("asyncio.shield", first_awaited),
    Native::function("asyncio.gather", |reader, args| {
        if args.open.is_some() || !args.kw.is_empty() {
            return reader.give_up(&args, "`gather()` with options");
        }
        let mut results = Vec::new();
        for coroutine in &args.pos {
            let coroutine = coroutine.clone();
            results.push(alone(reader, args.pos.len() > 1, |reader| reader.awaited(coroutine))?);
        }
        Ok(reader.list(results))
    }),
    Native::function("asyncio.create_task", |reader, args| match args.pos.first() {
        Some(coroutine) => {
            let coroutine = coroutine.clone();
            alone(reader, true, |reader| reader.awaited(coroutine))
        }
        None => reader.give_up(&args, "`create_task()`"),
    }),
    Native::function("asyncio.sleep", |_, _| Ok(Value::None)),
    Native::function("asyncio.to_thread", |reader, args| {
        let Some((function, rest)) = args.pos.split_first() else {
            return reader.give_up(&args, "`to_thread()`");
        };
        let rest = Args { pos: rest.to_vec(), kw: args.kw.clone(), open: args.open.clone() };
        let function = function.clone();
        alone(reader, true, |reader| reader.call(&function, rest))
    }),
    Native::function("asyncio.get_event_loop", event_loop),
    Native::function("asyncio.get_running_loop", event_loop),
    Native::function("asyncio.new_event_loop", event_loop),
    Native::function("asyncio.set_event_loop", |_, _| Ok(Value::None)),
    Native::function("asyncio.Loop.run_until_complete", first_awaited),
    Native::function("asyncio.Loop.create_task", |reader, args| {
        let task = super::lookup("asyncio.create_task").unwrap_or(Value::None);
        reader.call(&task, args)
    }),
    Native::function("asyncio.Loop.close", |_, _| Ok(Value::None)),
    Native::function("asyncio.Loop.run_in_executor", |reader, args| {
        let Some((function, rest)) = args.pos.get(1..).and_then(<[Value]>::split_first) else {
            return reader.give_up(&args, "`run_in_executor()`");
        };
        let function = function.clone();
        let rest = Args::of(rest.to_vec());
        alone(reader, true, |reader| reader.call(&function, rest))
    }),
];

fn first_awaited(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.pos.first() {
        Some(coroutine) => reader.awaited(coroutine.clone()),
        None => reader.give_up(&args, "`asyncio`"),
    }
}

fn event_loop(reader: &mut Evaluator<'_>, _: Args) -> Run<Value> {
    Ok(Value::Module(reader.text("asyncio.Loop")))
}
