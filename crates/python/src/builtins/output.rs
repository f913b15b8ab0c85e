//! What shows things to the reader of a notebook, and changes nothing.

use super::{Native, NativeFn};
use crate::evaluate::{Evaluator, Run};
use crate::heap::Object;
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::function("print", print),
    Native::function("display", show),
    Native::function("IPython.display.display", show),
    Native::function("IPython.core.display.display", show),
    Native::function("IPython.display.clear_output", show),
    Native::function("pprint.pprint", pretty),
    Native::function("pprint.pp", pretty),
    Native::function("pprint.pformat", |reader, _| Ok(reader.unknown("pretty-printed data"))).steady(),
    Native::function("logging.debug", log),
    Native::function("logging.info", log),
    Native::function("logging.warning", log),
    Native::function("logging.error", log),
    Native::function("logging.critical", log),
    Native::function("logging.exception", log),
    Native::function("logging.log", log),
    Native::function("logging.basicConfig", configure),
    Native::function("logging.getLogger", |reader, _| Ok(logger(reader))).steady(),
    Native::function("logging.Logger.method", log),
    Native::function("warnings.filterwarnings", filter_warnings),
    Native::function("warnings.simplefilter", filter_warnings),
    Native::function("warnings.warn", show),
    Native::function("time.sleep", show).takes(1, 1, ""),
    Native::function("time.time", UNKNOWN_TIME).steady().takes(0, 0, ""),
    Native::function("time.perf_counter", UNKNOWN_TIME).steady().takes(0, 0, ""),
    Native::function("time.monotonic", UNKNOWN_TIME).steady(),
    Native::function("nest_asyncio.apply", show),
    Native::function("sys.exit", exit).takes(0, 1, ""),
    Native::function("exit", exit).takes(0, 1, ""),
    Native::function("quit", exit).takes(0, 1, ""),
    Native::function("sys.setrecursionlimit", |reader, args| match args.pos.as_slice() {
        // Python's own limit, which is more than is followed here.
        [Value::Int(limit)] if *limit >= 1000 => Ok(Value::None),
        _ => {
            let why = reader.why("how deep functions may call each other was changed");
            reader.tampered.get_or_insert_with(|| why.clone());
            Ok(Value::Unknown(why))
        }
    }),
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

/// `print`, to the console or to a stream that is known.
fn print(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let known = args.open.is_none()
        && args.kw.iter().all(|(name, _)| matches!(&**name, "sep" | "end" | "file" | "flush"));
    if !known {
        return reader.give_up(&args, "`print()`");
    }
    let textual = ["sep", "end"].iter().all(|name| {
        args.named(name).is_none_or(|value| {
            matches!(value, Value::None | Value::Str(_)) || reader.why_unknown(value).is_some()
        })
    });
    if !textual {
        return reader.raise("TypeError", None);
    }
    match args.named("file").cloned() {
        None | Some(Value::None) => show(reader, args),
        Some(Value::Module(path)) if matches!(&*path, "sys.stdout" | "sys.stderr") => show(reader, args),
        Some(stream) if matches!(reader.object(&stream), Some(Object::Stream(Value::Str(_), _))) => {
            let part = |name: &str, default: &str| match args.named(name) {
                None | Some(Value::None) => Some(default.to_owned()),
                Some(value) => value.as_str().map(str::to_owned),
            };
            let (Some(between), Some(end)) = (part("sep", " "), part("end", "\n")) else {
                return reader.give_up(&args, "`print()` to a stream");
            };
            let mut texts = Vec::new();
            for value in &args.pos {
                match reader.str_of(value)? {
                    Ok(text) => texts.push(text),
                    Err(_) => return reader.give_up(&args, "`print()` to a stream"),
                }
            }
            let text = Value::str(texts.join(&between) + &end);
            super::streams::call(reader, &stream, "write", &Args::of(vec![text])).map(|_| Value::None)
        }
        Some(_) => reader.give_up(&args, "`print()` to a stream"),
    }
}

/// `pprint`, to the console.
fn pretty(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let elsewhere = args.pos.len() > 1 || args.named("stream").is_some() || args.open.is_some();
    if elsewhere { reader.give_up(&args, "`pprint()` to a stream") } else { show(reader, args) }
}

/// Hands a message to handlers, which show it or do not.
fn log(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let why = reader.why("it is not known whether a message is shown");
    for value in args.all() {
        if let Some(Object::Instance(_)) = reader.object(value) {
            reader.escape(value, &why);
        }
    }
    Ok(Value::None)
}

/// `logging.basicConfig`: messages go to the console unless it is told otherwise.
fn configure(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let plain = args.pos.is_empty()
        && args.open.is_none()
        && args.kw.iter().all(|(name, value)| {
            matches!(
                (&**name, value),
                (
                    "level" | "format" | "datefmt" | "style" | "force" | "filename" | "filemode" | "encoding",
                    _
                ) | ("stream", Value::Module(_))
            )
        });
    if plain { Ok(Value::None) } else { reader.give_up(&args, "`basicConfig()`") }
}

/// `warnings.simplefilter` and `filterwarnings`: one that makes errors of warnings may stop anything.
fn filter_warnings(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.get(0, "action") {
        Some(Value::Str(action))
            if matches!(&**action, "ignore" | "default" | "always" | "module" | "once" | "all") =>
        {
            Ok(Value::None)
        }
        _ => {
            let why = reader.why("warnings may be errors");
            reader.tampered.get_or_insert_with(|| why.clone());
            reader.give_up(&args, "a filter of warnings")
        }
    }
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
