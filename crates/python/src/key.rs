//! What dicts and sets are keyed by: Python's hashable values, equal where Python says so.

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::FromPrimitive as _;

use super::limits;
use super::value::{Id, Text, Value};

/// A hashable value; `1`, `1.0` and `True` are one key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    None,
    Ellipsis,
    Int(i64),
    Big(BigInt),
    /// The bits of a float that is no integer.
    Float(u64),
    Str(Text),
    Bytes(Rc<[u8]>),
    Tuple(Vec<Key>),
    /// An object that is only equal to itself.
    Identity(Id),
    /// A function, by its address.
    Address(usize),
    /// A module, client or other thing named once.
    Name(Text),
}

/// Why a value has no key here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoKey {
    /// Its type is not hashable, or not known to be.
    Unhashable,
    /// It holds more than is read.
    TooLarge,
}

/// The key of a value whose type hashes by content, or by identity where that is certain, and how many
/// values it holds.
pub(super) fn key_of(value: &Value) -> Result<(Key, usize), NoKey> {
    let mut left = limits::VALUES;
    let key = key_within(value, &mut left)?;
    Ok((key, limits::VALUES - left))
}

fn key_within(value: &Value, left: &mut usize) -> Result<Key, NoKey> {
    *left = left.checked_sub(1).ok_or(NoKey::TooLarge)?;
    Ok(match value {
        Value::None => Key::None,
        Value::Ellipsis => Key::Ellipsis,
        Value::Bool(value) => Key::Int(i64::from(*value)),
        Value::Int(value) => Key::Int(*value),
        Value::Big(value) => Key::Big((**value).clone()),
        Value::Float(value) => float_key(*value).ok_or(NoKey::Unhashable)?,
        Value::Str(text) => Key::Str(text.clone()),
        Value::Bytes(bytes) => Key::Bytes(bytes.clone()),
        Value::Tuple(items) => {
            Key::Tuple(items.iter().map(|item| key_within(item, left)).collect::<Result<_, _>>()?)
        }
        Value::Function(function) => Key::Address(Rc::as_ptr(function) as usize),
        Value::Native(native) => Key::Name(Text::from(format!("native {}", native.name))),
        Value::Module(name) => Key::Name(Text::from(format!("module {name}"))),
        _ => return Err(NoKey::Unhashable),
    })
}

fn float_key(value: f64) -> Option<Key> {
    if value.is_nan() {
        return None;
    }
    if value.fract() != 0.0 || value.is_infinite() {
        return Some(Key::Float(value.to_bits()));
    }
    let value = BigInt::from_f64(value)?;
    Some(match i64::try_from(&value) {
        Ok(small) => Key::Int(small),
        Err(_) => Key::Big(value),
    })
}
