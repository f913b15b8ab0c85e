//! `sorted`, `min`, `max`, `sum`: what compares or adds items.

use std::cmp::Ordering;
use std::rc::Rc;

use super::Native;
use crate::evaluate::{Evaluator, Run};
use crate::heap::Object;
use crate::reason::Why;
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::function("sorted", sorted_list).takes(1, 1, "key reverse"),
    Native::function("min", |reader, args| extreme(reader, args, Ordering::Less)).takes(
        1,
        usize::MAX,
        "key default",
    ),
    Native::function("max", |reader, args| extreme(reader, args, Ordering::Greater)).takes(
        1,
        usize::MAX,
        "key default",
    ),
    Native::function("sum", sum).takes(1, 2, "start"),
];

fn sorted_list(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(source) = args.pos.first() else { return reader.give_up(&args, "`sorted()`") };
    let unordered = matches!(reader.object(source), Some(Object::Set(items, _)) if items.len() > 1);
    let items = match reader.collect_unordered(source)? {
        Ok(items) => items,
        Err(why) => {
            if why.part.is_none() {
                reader.risk();
            }
            return Ok(reader.opaque_list(&why));
        }
    };
    if unordered && args.named("key").is_some() {
        // Items with equal keys keep the order of the set, which is not known.
        let why = reader.why("the order of a set is not known");
        return Ok(reader.opaque_list(&why));
    }
    reader.build(items.len())?;
    match sorted(reader, items, &args)? {
        Ok(items) => Ok(reader.list(items)),
        Err(why) => {
            reader.risk();
            reader.escape(source, &why);
            Ok(reader.opaque_list(&why))
        }
    }
}

/// Items in order, by the `key` and `reverse` of a call.
pub(super) fn sorted(
    reader: &mut Evaluator<'_>,
    items: Vec<Value>,
    args: &Args,
) -> Run<Result<Vec<Value>, Rc<Why>>> {
    let reverse = match args.named("reverse") {
        None => false,
        Some(reverse) => match reader.truth(reverse)? {
            Ok(reverse) => reverse,
            Err(why) => return Ok(give_away(reader, &items, why)),
        },
    };
    let mut keyed = Vec::with_capacity(items.len());
    for item in &items {
        let key = match args.named("key") {
            None | Some(Value::None) => item.clone(),
            Some(function) => reader.call(&function.clone(), Args::of(vec![item.clone()]))?,
        };
        keyed.push((key, item.clone()));
    }
    if reverse {
        keyed.reverse();
    }
    let sorted = match merge_sort(reader, keyed)? {
        Ok(sorted) => sorted,
        Err(why) => return Ok(give_away(reader, &items, why)),
    };
    let mut sorted: Vec<Value> = sorted.into_iter().map(|(_, item)| item).collect();
    if reverse {
        sorted.reverse();
    }
    Ok(Ok(sorted))
}

fn give_away(reader: &mut Evaluator<'_>, items: &[Value], why: Rc<Why>) -> Result<Vec<Value>, Rc<Why>> {
    for item in items {
        reader.escape(item, &why);
    }
    Err(why)
}

type Keyed = Vec<(Value, Value)>;

/// A stable sort whose comparisons may be unknown, raise, or run code of the chapter.
fn merge_sort(reader: &mut Evaluator<'_>, mut items: Keyed) -> Run<Result<Keyed, Rc<Why>>> {
    if items.len() <= 1 {
        return Ok(Ok(items));
    }
    let right = items.split_off(items.len() / 2);
    let left = match reader.nested(|reader| merge_sort(reader, items))? {
        Ok(left) => left,
        Err(why) => return Ok(Err(why)),
    };
    let right = match reader.nested(|reader| merge_sort(reader, right))? {
        Ok(right) => right,
        Err(why) => return Ok(Err(why)),
    };
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    while let (Some((a, _)), Some((b, _))) = (left.peek(), right.peek()) {
        let take_right = match reader.order(&b.clone(), &a.clone(), "__lt__")? {
            Ok(order) => order == Some(Ordering::Less),
            Err(why) => return Ok(Err(why)),
        };
        merged.extend(if take_right { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(Ok(merged))
}

fn extreme(reader: &mut Evaluator<'_>, args: Args, wanted: Ordering) -> Run<Value> {
    let items = match args.pos.as_slice() {
        [] => return reader.give_up(&args, "`min()` or `max()`"),
        [source] => {
            let unordered = matches!(reader.object(source), Some(Object::Set(items, _)) if items.len() > 1);
            if unordered && args.named("key").is_some() {
                return reader.give_up(&args, "the order of a set is not known");
            }
            match reader.collect_unordered(source)? {
                Ok(items) => items,
                Err(why) => {
                    if why.part.is_none() {
                        reader.risk();
                    }
                    return Ok(Value::Unknown(why.derived()));
                }
            }
        }
        several => several.to_vec(),
    };
    let mut best: Option<(Value, Value)> = None;
    for item in &items {
        let key = match args.named("key") {
            None | Some(Value::None) => item.clone(),
            Some(function) => reader.call(&function.clone(), Args::of(vec![item.clone()]))?,
        };
        let better = match &best {
            None => true,
            Some((known, _)) => {
                let method = if wanted == Ordering::Less { "__lt__" } else { "__gt__" };
                match reader.order(&key, &known.clone(), method)? {
                    Ok(order) => order == Some(wanted),
                    Err(why) => {
                        reader.risk();
                        for item in &items {
                            reader.escape(item, &why);
                        }
                        return Ok(Value::Unknown(why.derived()));
                    }
                }
            }
        };
        if better {
            best = Some((key, item.clone()));
        }
    }
    match (best, args.named("default")) {
        (Some((_, item)), _) => Ok(item),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => reader.raise("ValueError", None),
    }
}

fn sum(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(source) = args.pos.first() else { return reader.give_up(&args, "`sum()`") };
    let unordered = matches!(reader.object(source), Some(Object::Set(items, _)) if items.len() > 1);
    let items = match reader.collect_unordered(source)? {
        Ok(items) => items,
        Err(why) => {
            if why.part.is_none() {
                reader.risk();
            }
            return Ok(Value::Unknown(why.derived()));
        }
    };
    let start = args.get(1, "start").cloned().unwrap_or(Value::Int(0));
    if matches!(start, Value::Str(_) | Value::Bytes(_)) {
        return reader.raise("TypeError", None);
    }
    if items.iter().any(|item| matches!(item, Value::Float(_))) || matches!(start, Value::Float(_)) {
        return sum_floats(reader, &args, &items, &start, unordered);
    }
    let mut total = start;
    for item in &items {
        total = reader.binary(ruff_python_ast::Operator::Add, &total, item)?;
    }
    Ok(total)
}

/// Python 3.12 adds floats more exactly than 3.11: only where both agree is the sum known.
fn sum_floats(
    reader: &mut Evaluator<'_>,
    args: &Args,
    items: &[Value],
    start: &Value,
    unordered: bool,
) -> Run<Value> {
    let numbers: Option<Vec<f64>> = std::iter::once(start).chain(items).map(Value::as_float).collect();
    let Some(numbers) = numbers else { return reader.give_up(args, "`sum()`") };
    let plain: f64 = numbers.iter().sum();
    let (mut total, mut rest) = (0.0_f64, 0.0_f64);
    for number in &numbers {
        let next = total + number;
        rest += if total.abs() >= number.abs() { (total - next) + number } else { (number - next) + total };
        total = next;
    }
    let exact = total + rest;
    if unordered || plain.to_bits() != exact.to_bits() {
        return Ok(reader.unknown("a sum of floats whose last digit depends on the version of Python"));
    }
    Ok(Value::Float(plain))
}
