//! `itertools`

use super::Native;
use super::core::{iterators, lazy, zip};
use crate::evaluate::{Evaluator, Run};
use crate::heap::{Lazy, Object};
use crate::limits;
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::function("itertools.chain", |reader, args| {
        if args.open.is_some() {
            return reader.give_up(&args, "`chain()`");
        }
        match iterators(reader, &args.pos)? {
            Ok(sources) => Ok(lazy(reader, Lazy::Chain { sources })),
            Err(why) => Ok(Value::Unknown(why)),
        }
    })
    .takes(0, usize::MAX, ""),
    Native::function("itertools.chain.from_iterable", |reader, args| {
        let Some(Ok(sources)) = args.pos.first().map(|source| reader.collect(source)).transpose()? else {
            return reader.give_up(&args, "`chain.from_iterable()`");
        };
        match iterators(reader, &sources)? {
            Ok(sources) => Ok(lazy(reader, Lazy::Chain { sources })),
            Err(why) => Ok(Value::Unknown(why)),
        }
    })
    .takes(1, 1, ""),
    Native::function("itertools.zip_longest", |reader, args| {
        let fill = args.named("fillvalue").cloned().unwrap_or(Value::None);
        zip(reader, args, Some(fill))
    })
    .takes(0, usize::MAX, "fillvalue"),
    Native::function("itertools.count", |reader, args| {
        let start = args.get(0, "start").cloned().unwrap_or(Value::Int(0));
        let step = args.get(1, "step").cloned().unwrap_or(Value::Int(1));
        Ok(lazy(reader, Lazy::Count { start, step }))
    })
    .takes(0, 2, "start step"),
    Native::function("itertools.cycle", |reader, args| match items(reader, &args)? {
        Some(items) => Ok(lazy(reader, Lazy::Cycle { items: items.into() })),
        None => reader.give_up(&args, "`cycle()`"),
    })
    .takes(1, 1, ""),
    Native::function("itertools.repeat", |reader, args| match (args.pos.first(), args.get(1, "times")) {
        (Some(value), Some(Value::Int(times))) if (0..=limits::ITEMS as i64).contains(times) => {
            reader.build(*times as usize)?;
            let items = vec![value.clone(); *times as usize];
            Ok(reader.alloc(Object::Iterator(Value::tuple(items), 0)))
        }
        (Some(value), None) => Ok(lazy(reader, Lazy::Cycle { items: vec![value.clone()].into() })),
        _ => reader.give_up(&args, "`repeat()`"),
    })
    .takes(1, 2, "object times"),
    Native::function("itertools.islice", islice).takes(2, 4, ""),
    Native::function("itertools.product", product).takes(0, usize::MAX, "repeat"),
    Native::function("itertools.combinations", |reader, args| choose(reader, args, Choice::Combinations))
        .takes(2, 2, "iterable r"),
    Native::function("itertools.permutations", |reader, args| choose(reader, args, Choice::Permutations))
        .takes(1, 2, "iterable r"),
    Native::function("itertools.pairwise", |reader, args| match items(reader, &args)? {
        Some(items) => {
            reader.build(2 * items.len())?;
            let pairs = items.windows(2).map(|pair| Value::tuple(pair.to_vec())).collect();
            Ok(reader.alloc(Object::Iterator(Value::tuple(pairs), 0)))
        }
        None => reader.give_up(&args, "`pairwise()`"),
    })
    .takes(1, 1, ""),
    Native::function("itertools.accumulate", accumulate).takes(1, 2, "func initial"),
];

fn items(reader: &mut Evaluator<'_>, args: &Args) -> Run<Option<Vec<Value>>> {
    if args.open.is_some() || args.pos.is_empty() {
        return Ok(None);
    }
    Ok(reader.collect(&args.pos[0])?.ok())
}

fn islice(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let numbers: Option<Vec<Option<usize>>> = args.pos[1.min(args.pos.len())..]
        .iter()
        .map(|value| match value {
            Value::None => Some(None),
            value => value.as_index().and_then(|number| usize::try_from(number).ok()).map(Some),
        })
        .collect();
    let (start, stop, step) = match numbers.as_deref() {
        Some([stop]) => (0, *stop, 1),
        Some([start, stop]) => (start.unwrap_or(0), *stop, 1),
        Some([start, stop, step]) => (start.unwrap_or(0), *stop, step.unwrap_or(1)),
        _ => return reader.give_up(&args, "`islice()`"),
    };
    match iterators(reader, &args.pos[..1])? {
        Ok(mut sources) => match sources.pop() {
            Some(source) => Ok(lazy(reader, Lazy::Slice { source, start, stop, step })),
            None => Ok(Value::None),
        },
        Err(why) => Ok(Value::Unknown(why)),
    }
}

fn product(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let repeat = match args.named("repeat") {
        None => 1,
        Some(repeat) => match repeat.as_index().and_then(|repeat| usize::try_from(repeat).ok()) {
            Some(repeat) if repeat < 64 => repeat,
            _ => return reader.give_up(&args, "`product()`"),
        },
    };
    let mut pools = Vec::new();
    for source in &args.pos {
        match reader.collect(source)? {
            Ok(pool) => pools.push(pool),
            Err(_) => return reader.give_up(&args, "`product()`"),
        }
    }
    let pools: Vec<Vec<Value>> = std::iter::repeat_n(pools, repeat).flatten().collect();
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for (width, pool) in pools.iter().enumerate() {
        let size = rows.len().saturating_mul(pool.len());
        if size.saturating_mul(width + 1) > limits::ITEMS {
            return reader.give_up(&args, "a very large product");
        }
        reader.build(size * (width + 1))?;
        rows = rows
            .iter()
            .flat_map(|row| {
                pool.iter().map(|item| {
                    let mut row = row.clone();
                    row.push(item.clone());
                    row
                })
            })
            .collect();
    }
    let rows = rows.into_iter().map(Value::tuple).collect();
    Ok(reader.alloc(Object::Iterator(Value::tuple(rows), 0)))
}

#[derive(Clone, Copy, PartialEq)]
enum Choice {
    Combinations,
    Permutations,
}

fn choose(reader: &mut Evaluator<'_>, args: Args, choice: Choice) -> Run<Value> {
    let Some(pool) = items(reader, &args)? else { return reader.give_up(&args, "a choice of items") };
    let size = match args.get(1, "r") {
        None if choice == Choice::Permutations => pool.len(),
        Some(size) => match size.as_index().and_then(|size| usize::try_from(size).ok()) {
            Some(size) => size,
            None => return reader.give_up(&args, "a choice of items"),
        },
        None => return reader.give_up(&args, "a choice of items"),
    };
    let mut rows = vec![Vec::new()];
    for width in 0..size {
        let next = rows.len().saturating_mul(pool.len());
        if next.saturating_mul(width + 1) > limits::ITEMS {
            return reader.give_up(&args, "a very large choice of items");
        }
        reader.build(next * (width + 1))?;
        rows = rows
            .iter()
            .flat_map(|row: &Vec<usize>| {
                (0..pool.len())
                    .filter(move |index| match choice {
                        Choice::Combinations => row.last().is_none_or(|last| index > last),
                        Choice::Permutations => !row.contains(index),
                    })
                    .map(move |index| {
                        let mut row = row.clone();
                        row.push(index);
                        row
                    })
            })
            .collect();
    }
    let rows = rows
        .into_iter()
        .map(|row| Value::tuple(row.into_iter().map(|index| pool[index].clone()).collect()))
        .collect();
    Ok(reader.alloc(Object::Iterator(Value::tuple(rows), 0)))
}

fn accumulate(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(items) = items(reader, &args)? else { return reader.give_up(&args, "`accumulate()`") };
    let function = args.get(1, "func").cloned().unwrap_or(Value::None);
    let mut rows: Vec<Value> =
        args.named("initial").filter(|value| !matches!(value, Value::None)).cloned().into_iter().collect();
    for item in items {
        let next = match (rows.last(), &function) {
            (None, _) => item,
            (Some(total), Value::None) => {
                reader.binary(ruff_python_ast::Operator::Add, &total.clone(), &item)?
            }
            (Some(total), function) => reader.call(function, Args::of(vec![total.clone(), item]))?,
        };
        rows.push(next);
    }
    Ok(reader.alloc(Object::Iterator(Value::tuple(rows), 0)))
}
