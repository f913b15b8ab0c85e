//! `int`, `float`, `bool`, `round`, `abs` and the rest of arithmetic.

use num_bigint::BigInt;
use num_traits::{FromPrimitive as _, Signed as _};

use super::{Native, text_of};
use crate::evaluate::{Evaluator, Run, float_div_mod};
use crate::heap::Object;
use crate::text::{format::Conversion, number};
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::class("int", to_int).takes(0, 2, "base"),
    Native::class("float", to_float).takes(0, 1, ""),
    Native::class("bool", |reader, args| {
        let Some(value) = args.pos.first() else { return Ok(Value::Bool(false)) };
        Ok(reader.truth(value)?.map_or_else(|why| Value::Unknown(why.derived()), Value::Bool))
    })
    .takes(0, 1, ""),
    Native::function("abs", abs).takes(1, 1, ""),
    Native::function("round", round).takes(1, 2, "number ndigits"),
    Native::function("divmod", divmod).takes(2, 2, ""),
    Native::function("pow", |reader, args| match args.pos.as_slice() {
        [a, b] => reader.binary(ruff_python_ast::Operator::Pow, a, b),
        _ => reader.give_up(&args, "`pow()` with a modulus"),
    })
    .takes(2, 3, "base exp mod"),
    Native::function("hex", |reader, args| in_base(reader, &args, "0x", 16)).takes(1, 1, ""),
    Native::function("oct", |reader, args| in_base(reader, &args, "0o", 8)).takes(1, 1, ""),
    Native::function("bin", |reader, args| in_base(reader, &args, "0b", 2)).takes(1, 1, ""),
    Native::function("format", |reader, args| {
        let Some(value) = args.pos.first() else { return reader.give_up(&args, "`format()`") };
        let spec = match args.pos.get(1) {
            None => Some("".into()),
            spec => text_of(spec),
        };
        let Some(spec) = spec else { return reader.give_up(&args, "`format()`") };
        let text = reader.formatted(value, Conversion::None, &spec)?;
        Ok(text.map_or_else(|why| Value::Unknown(why.derived()), |text| Value::str(&text)))
    })
    .takes(1, 2, ""),
];

pub(super) const METHODS: &[&str] = &["is_integer", "bit_length", "as_integer_ratio", "conjugate"];

/// Calls a method of a number.
pub(super) fn call(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    match (name, object) {
        ("is_integer", Value::Float(value)) => Ok(Value::Bool(value.is_finite() && value.fract() == 0.0)),
        ("bit_length", value) => match value.as_big() {
            Some(value) => Ok(Value::Int(i64::try_from(value.bits()).unwrap_or(i64::MAX))),
            None => reader.raise("AttributeError", None),
        },
        ("conjugate", value) => Ok(value.clone()),
        _ => reader.give_up(args, "a method of a number that is not read"),
    }
}

fn unknown_argument(reader: &Evaluator<'_>, args: &Args) -> bool {
    args.open.is_some() || args.all().any(|value| reader.why_unknown(value).is_some())
}

fn to_int(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    if unknown_argument(reader, &args) {
        return reader.give_up(&args, "`int()`");
    }
    let base = match args.get(1, "base") {
        None => 10,
        Some(base) => match base.as_index() {
            Some(base @ 2..=36) => base as u32,
            _ => return reader.give_up(&args, "`int()` of an unusual base"),
        },
    };
    match args.pos.first() {
        None => Ok(Value::Int(0)),
        Some(Value::Float(value)) => match BigInt::from_f64(value.trunc()) {
            Some(value) => Ok(Value::int(value)),
            None if value.is_nan() => {
                reader.raise("ValueError", Some("cannot convert float NaN to integer".to_owned()))
            }
            None => {
                reader.raise("OverflowError", Some("cannot convert float infinity to integer".to_owned()))
            }
        },
        Some(Value::Str(text)) => match parse_int(text, base) {
            Some(value) => Ok(Value::int(value)),
            None if !text.is_ascii() || text.len() > 4000 => reader.give_up(&args, "`int()` of unusual text"),
            None => {
                let shown = reader.repr_of(&Value::Str(text.clone()))?;
                let message =
                    shown.ok().map(|text| format!("invalid literal for int() with base {base}: {text}"));
                reader.raise("ValueError", message)
            }
        },
        Some(value) => match value.as_big() {
            Some(value) => Ok(Value::int(value)),
            None => match reader.object(value) {
                Some(Object::Instance(_)) => reader.give_up(&args, "`int()` of an object"),
                _ => reader.raise("TypeError", None),
            },
        },
    }
}

fn parse_int(text: &str, base: u32) -> Option<BigInt> {
    let trimmed = text.trim_matches(super::strings::is_space);
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let lower = digits.to_ascii_lowercase();
    let digits = match base {
        16 => lower.strip_prefix("0x").unwrap_or(&lower),
        8 => lower.strip_prefix("0o").unwrap_or(&lower),
        2 => lower.strip_prefix("0b").unwrap_or(&lower),
        _ => &lower,
    };
    if digits.is_empty()
        || digits.starts_with('_')
        || digits.ends_with('_')
        || digits.contains("__")
        || digits.len() > 4000
    {
        return None;
    }
    let plain = digits.replace('_', "");
    if !plain.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    let value = BigInt::parse_bytes(plain.as_bytes(), base)?;
    Some(if negative { -value } else { value })
}

fn to_float(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    if unknown_argument(reader, &args) {
        return reader.give_up(&args, "`float()`");
    }
    match args.pos.first() {
        None => Ok(Value::Float(0.0)),
        Some(Value::Float(value)) => Ok(Value::Float(*value)),
        Some(Value::Str(text)) => {
            let trimmed = text.trim_matches(super::strings::is_space);
            match trimmed.parse::<f64>() {
                Ok(value) if !trimmed.contains('_') => Ok(Value::Float(value)),
                _ if trimmed.contains('_') || !trimmed.is_ascii() => {
                    reader.give_up(&args, "`float()` of unusual text")
                }
                _ => {
                    let shown = reader.repr_of(&Value::Str(text.clone()))?;
                    let message = shown.ok().map(|text| format!("could not convert string to float: {text}"));
                    reader.raise("ValueError", message)
                }
            }
        }
        Some(value) => match (value.as_big(), value.as_float()) {
            (Some(big), Some(float)) if big.bits() <= 53 => Ok(Value::Float(float)),
            (Some(_), _) => reader.give_up(&args, "`float()` of a large number"),
            _ => match reader.object(value) {
                Some(Object::Instance(_)) => reader.give_up(&args, "`float()` of an object"),
                _ => reader.raise("TypeError", None),
            },
        },
    }
}

fn abs(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.pos.first() {
        Some(Value::Float(value)) => Ok(Value::Float(value.abs())),
        Some(value) => match value.as_big() {
            Some(value) => Ok(Value::int(value.abs())),
            None => reader.give_up(&args, "`abs()`"),
        },
        None => reader.give_up(&args, "`abs()`"),
    }
}

fn round(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    if unknown_argument(reader, &args) {
        return reader.give_up(&args, "`round()`");
    }
    let digits = match args.get(1, "ndigits") {
        None | Some(Value::None) => None,
        Some(digits) => match digits.as_index() {
            Some(digits) => Some(digits),
            None => return reader.raise("TypeError", None),
        },
    };
    match (args.pos.first(), digits) {
        (Some(Value::Float(value)), None) if value.is_finite() => {
            Ok(BigInt::from_f64(value.round_ties_even()).map_or(Value::None, Value::int))
        }
        (Some(Value::Float(value)), Some(digits)) if value.is_finite() => match usize::try_from(digits) {
            Ok(digits @ 0..=22) => {
                let text = format!("{value:.digits$}");
                Ok(Value::Float(text.parse().unwrap_or(*value)))
            }
            _ => reader.give_up(&args, "`round()` to unusual digits"),
        },
        (Some(value), digits) => match (value.as_big(), digits) {
            (Some(value), None | Some(0..)) => Ok(Value::int(value)),
            _ => reader.give_up(&args, "`round()`"),
        },
        (None, _) => reader.give_up(&args, "`round()`"),
    }
}

fn divmod(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let [a, b] = args.pos.as_slice() else { return reader.give_up(&args, "`divmod()`") };
    if let (Value::Float(_) | _, Some(y)) = (a, b.as_float())
        && (matches!(a, Value::Float(_)) || matches!(b, Value::Float(_)))
        && let Some(x) = a.as_float()
        && y != 0.0
    {
        let (quotient, rest) = float_div_mod(x, y);
        return Ok(Value::tuple(vec![Value::Float(quotient), Value::Float(rest)]));
    }
    let quotient = reader.binary(ruff_python_ast::Operator::FloorDiv, a, b)?;
    let rest = reader.binary(ruff_python_ast::Operator::Mod, a, b)?;
    Ok(Value::tuple(vec![quotient, rest]))
}

fn in_base(reader: &mut Evaluator<'_>, args: &Args, prefix: &str, radix: u32) -> Run<Value> {
    match args.pos.first().and_then(Value::as_big) {
        Some(value) => {
            let sign = if value.is_negative() { "-" } else { "" };
            Ok(Value::str(format!("{sign}{prefix}{}", number::int_magnitude(&value, radix))))
        }
        None => reader.give_up(args, "a number in another base"),
    }
}
