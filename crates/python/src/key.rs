//! What dicts and sets are keyed by: Python's hashable values, equal where Python says so.

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::FromPrimitive as _;

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

/// The key of a value whose type hashes by content, or by identity where that is certain.
/// `None`: not hashable, or not known to be.
pub(super) fn key_of(value: &Value) -> Option<Key> {
    Some(match value {
        Value::None => Key::None,
        Value::Ellipsis => Key::Ellipsis,
        Value::Bool(value) => Key::Int(i64::from(*value)),
        Value::Int(value) => Key::Int(*value),
        Value::Big(value) => Key::Big((**value).clone()),
        Value::Float(value) => float_key(*value)?,
        Value::Str(text) => Key::Str(text.clone()),
        Value::Bytes(bytes) => Key::Bytes(bytes.clone()),
        Value::Tuple(items) => Key::Tuple(items.iter().map(key_of).collect::<Option<_>>()?),
        Value::Function(function) => Key::Address(Rc::as_ptr(function) as usize),
        Value::Native(native) => Key::Name(Text::from(format!("native {}", native.name))),
        Value::Module(name) => Key::Name(Text::from(format!("module {name}"))),
        _ => return None,
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
