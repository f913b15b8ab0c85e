//! `functools`, `operator` and `contextlib`.

use std::rc::Rc;

use ruff_python_ast::Operator;

use super::Native;
use crate::evaluate::{Evaluator, Run};
use crate::heap::{Map, Object};
use crate::value::{Args, Partial, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::class("functools.partial", |reader, args| {
        let Some((function, rest)) = args.pos.split_first() else {
            return reader.give_up(&args, "`partial()`");
        };
        let rest = Args { pos: rest.to_vec(), kw: args.kw.clone(), open: args.open.clone() };
        Ok(Value::Partial(Rc::new(Partial { function: function.clone(), args: rest })))
    })
    .takes(1, usize::MAX, "*"),
    Native::function("functools.reduce", reduce).takes(2, 3, ""),
    Native::function("functools.wraps", |reader, args| match args.pos.as_slice() {
        [_] if args.kw.is_empty() && args.open.is_none() => Ok(applied("functools.wraps.rename", args)),
        _ => reader.give_up(&args, "`wraps()` with options"),
    }),
    Native::function("functools.wraps.rename", |reader, args| match args.pos.as_slice() {
        [like, Value::Function(function)] => Ok(reader.renamed(function, like)),
        _ => reader.give_up(&args, "`wraps()` of something that is no function"),
    }),
    Native::function("functools.total_ordering", |reader, args| reader.give_up(&args, "`total_ordering()`")),
    Native::function("functools.lru_cache", memo),
    Native::function("functools.cache", memo),
    Native::function("operator.itemgetter", |_, args| Ok(applied("operator.itemgetter.get", args))),
    Native::function("operator.itemgetter.get", |reader, args| {
        let Some((object, keys)) = args.pos.split_last() else { return Ok(Value::None) };
        if let [key] = keys {
            return reader.item(object, key);
        }
        let items: Run<Vec<Value>> = keys.iter().map(|key| reader.item(object, key)).collect();
        Ok(Value::tuple(items?))
    }),
    Native::function("operator.attrgetter", |_, args| Ok(applied("operator.attrgetter.get", args))),
    Native::function("operator.attrgetter.get", |reader, args| match args.pos.as_slice() {
        [Value::Str(path), object] => {
            path.split('.').try_fold(object.clone(), |object, name| reader.attribute(&object, name))
        }
        _ => reader.give_up(&args, "`attrgetter()`"),
    }),
    Native::function("operator.add", |reader, args| binary(reader, &args, Operator::Add)).takes(2, 2, ""),
    Native::function("operator.sub", |reader, args| binary(reader, &args, Operator::Sub)).takes(2, 2, ""),
    Native::function("operator.mul", |reader, args| binary(reader, &args, Operator::Mult)).takes(2, 2, ""),
    Native::function("operator.concat", |reader, args| binary(reader, &args, Operator::Add)).takes(2, 2, ""),
    Native::function("contextlib.suppress", |_, args| {
        let function = super::lookup("contextlib.suppress").unwrap_or(Value::None);
        Ok(Value::Partial(Rc::new(Partial { function, args })))
    }),
    Native::function("contextlib.nullcontext", |_, args| {
        Ok(args.pos.first().cloned().unwrap_or(Value::None))
    }),
];

fn applied(name: &str, args: Args) -> Value {
    let function = super::lookup(name).unwrap_or(Value::None);
    Value::Partial(Rc::new(Partial { function, args }))
}

fn binary(reader: &mut Evaluator<'_>, args: &Args, op: Operator) -> Run<Value> {
    match args.pos.as_slice() {
        [a, b] => reader.binary(op, a, b),
        _ => reader.give_up(args, "an operator"),
    }
}

fn reduce(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let (Some(function), Some(Ok(items))) =
        (args.pos.first().cloned(), args.pos.get(1).map(|source| reader.collect(source)).transpose()?)
    else {
        return reader.give_up(&args, "`reduce()`");
    };
    let mut items = items.into_iter();
    let Some(mut total) = args.pos.get(2).cloned().or_else(|| items.next()) else {
        return reader.raise("TypeError", None);
    };
    for item in items {
        total = reader.call(&function, Args::of(vec![total, item]))?;
    }
    Ok(total)
}

/// `@lru_cache`, with or without arguments.
fn memo(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.pos.as_slice() {
        [function @ (Value::Function(_) | Value::Method(_) | Value::Partial(_))] if args.kw.is_empty() => {
            Ok(reader.alloc(Object::Memo(function.clone(), Rc::new(Map::default()))))
        }
        // A cache that forgets runs its function again: only one that keeps all is read.
        _ if args.open.is_none()
            && args.pos.len() <= 1
            && args.kw.iter().all(|(name, value)| {
                &**name == "maxsize" || (&**name == "typed" && matches!(value, Value::Bool(false)))
            })
            && args.get(0, "maxsize").is_none_or(|size| {
                matches!(size, Value::None) || size.as_index().is_some_and(|size| size >= 16)
            }) =>
        {
            Ok(super::lookup("functools.cache").unwrap_or(Value::None))
        }
        _ => reader.give_up(&args, "a cache that forgets"),
    }
}
