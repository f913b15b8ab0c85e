//! What shows things to the reader of a notebook, and changes nothing.

use super::{Native, NativeFn};
use crate::evaluate::{Evaluator, Run};
use crate::heap::Object;
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::function("print", show),
    Native::function("display", show),
    Native::function("IPython.display.display", show),
    Native::function("IPython.core.display.display", show),
    Native::function("IPython.display.clear_output", show),
    Native::function("pprint.pprint", show),
    Native::function("pprint.pp", show),
    Native::function("pprint.pformat", |reader, _| Ok(reader.unknown("pretty-printed data"))),
    Native::function("logging.debug", show),
    Native::function("logging.info", show),
    Native::function("logging.warning", show),
    Native::function("logging.error", show),
    Native::function("logging.critical", show),
    Native::function("logging.exception", show),
    Native::function("logging.log", show),
    Native::function("logging.basicConfig", show),
    Native::function("logging.getLogger", |reader, _| Ok(logger(reader))),
    Native::function("logging.Logger.method", show),
    Native::function("warnings.filterwarnings", show),
    Native::function("warnings.simplefilter", show),
    Native::function("warnings.warn", show),
    Native::function("time.sleep", show),
    Native::function("time.time", UNKNOWN_TIME),
    Native::function("time.perf_counter", UNKNOWN_TIME),
    Native::function("time.monotonic", UNKNOWN_TIME),
    Native::function("nest_asyncio.apply", show),
    Native::function("sys.exit", exit),
    Native::function("exit", exit),
    Native::function("quit", exit),
    Native::function("tqdm.tqdm", pass_through),
    Native::function("tqdm.trange", |reader, args| {
        let range = super::builtin("range").unwrap_or(Value::None);
        reader.call(&range, Args::of(args.pos))
    }),
    Native::function("tqdm.tqdm.write", show),
];

const UNKNOWN_TIME: NativeFn = |reader, _| Ok(reader.unknown("it comes from the clock"));

/// Shows values; only an object's own `__str__` could do anything.
fn show(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    for value in &args.pos {
        if let Some(Object::Instance(_)) = reader.object(value) {
            // What it shows does not matter, only what showing it does.
            let _ = reader.str_of(value)?;
        }
    }
    Ok(Value::None)
}

/// A logger, all of whose methods show.
fn logger(reader: &mut Evaluator<'_>) -> Value {
    Value::Module(reader.text("logging.Logger"))
}

fn exit(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let error = reader.exception("SystemExit", args.pos);
    Err(crate::evaluate::End::Raise(error))
}

fn pass_through(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.get(0, "iterable") {
        Some(source) if args.open.is_none() => Ok(source.clone()),
        _ => reader.give_up(&args, "a progress bar"),
    }
}
