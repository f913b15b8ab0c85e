//! `math`: what every platform computes alike.

use num_bigint::BigInt;
use num_traits::FromPrimitive as _;

use super::Native;
use crate::evaluate::{Evaluator, Run};
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::function("math.ceil", |reader, args| whole(reader, &args, f64::ceil)).takes(1, 1, ""),
    Native::function("math.floor", |reader, args| whole(reader, &args, f64::floor)).takes(1, 1, ""),
    Native::function("math.trunc", |reader, args| whole(reader, &args, f64::trunc)),
    Native::function("math.sqrt", |reader, args| match args.pos.first().and_then(Value::as_float) {
        Some(value) if value >= 0.0 => Ok(Value::Float(value.sqrt())),
        Some(_) => reader.raise("ValueError", None),
        None => reader.give_up(&args, "`sqrt()`"),
    })
    .takes(1, 1, ""),
    Native::function("math.fabs", |reader, args| match args.pos.first().and_then(Value::as_float) {
        Some(value) => Ok(Value::Float(value.abs())),
        None => reader.give_up(&args, "`fabs()`"),
    }),
    Native::function("math.isnan", |reader, args| match args.pos.first().and_then(Value::as_float) {
        Some(value) => Ok(Value::Bool(value.is_nan())),
        None => reader.give_up(&args, "`isnan()`"),
    }),
];

fn whole(reader: &mut Evaluator<'_>, args: &Args, round: fn(f64) -> f64) -> Run<Value> {
    match args.pos.first() {
        Some(Value::Float(value)) => match BigInt::from_f64(round(*value)) {
            Some(value) => Ok(Value::int(value)),
            None => reader.raise("OverflowError", None),
        },
        Some(value) => match value.as_big() {
            Some(value) => Ok(Value::int(value)),
            None => reader.give_up(args, "a rounded number"),
        },
        None => reader.give_up(args, "a rounded number"),
    }
}
