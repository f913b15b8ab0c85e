//! Decorators of libraries that leave a function what it is: what they add shows only when something
//! fails, or keeps answers.

use super::Native;
use crate::evaluate::{Evaluator, Run};
use crate::heap::Object;
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    // They call again after an exception. A call of Bedrock is read as one that succeeds.
    Native::function("tenacity.retry", same),
    Native::function("tenacity.retry.same", |_, args| Ok(args.pos.first().cloned().unwrap_or(Value::None))),
    Native::function("backoff.on_exception", same),
    Native::function("backoff.on_predicate", same),
    // A tool can be called like the function it was made of.
    Native::function("strands.tool", same),
    // They run a function once for equal arguments.
    Native::function("streamlit.cache_data", cached),
    Native::function("streamlit.cache_resource", cached),
];

/// With a function: the function. With options: a decorator that gives its function back.
fn same(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    Ok(decorated(reader, &args)
        .unwrap_or_else(|| super::lookup("tenacity.retry.same").unwrap_or(Value::None)))
}

fn cached(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let cache = super::lookup("functools.cache").unwrap_or(Value::None);
    match decorated(reader, &args) {
        Some(function) => reader.call(&cache, Args::of(vec![function])),
        None => Ok(cache),
    }
}

/// The function that a decorator without options is given.
fn decorated(reader: &Evaluator<'_>, args: &Args) -> Option<Value> {
    match args.pos.as_slice() {
        [value] if args.kw.is_empty() => match value {
            Value::Function(_) | Value::Method(_) | Value::Partial(_) => Some(value.clone()),
            _ => matches!(reader.object(value), Some(Object::Class(_) | Object::Memo(..)))
                .then(|| value.clone()),
        },
        _ => None,
    }
}
