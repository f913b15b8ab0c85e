//! `bytes`, `bytearray` and `base64`.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::{Native, strings};
use crate::evaluate::{Evaluator, Run};
use crate::heap::Object;
use crate::limits;
use crate::reason::{AnswerPart, Why};
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::class("bytes", |reader, args| make(reader, args, Kind::Bytes)).takes(
        0,
        3,
        "source encoding errors",
    ),
    Native::class("bytearray", |reader, args| make(reader, args, Kind::Array)).takes(
        0,
        3,
        "source encoding errors",
    ),
    Native::function("bytes.fromhex", from_hex),
    Native::function("base64.b64encode", |reader, args| {
        encode(reader, &args, |bytes| STANDARD.encode(bytes))
    }),
    Native::function("base64.standard_b64encode", |reader, args| {
        encode(reader, &args, |bytes| STANDARD.encode(bytes))
    }),
    Native::function("base64.urlsafe_b64encode", |reader, args| {
        encode(reader, &args, |bytes| URL_SAFE.encode(bytes))
    }),
    Native::function("base64.b64decode", |reader, args| decode_base64(reader, &args)),
    Native::function("base64.standard_b64decode", |reader, args| decode_base64(reader, &args)),
];

pub(super) const METHODS: &[&str] =
    &["decode", "hex", "startswith", "endswith", "strip", "split", "join", "replace"];
pub(super) const ARRAY_METHODS: &[&str] = &["decode", "hex", "append", "extend", "clear"];

enum Kind {
    Bytes,
    Array,
}

/// The bytes of a bytes-like value.
pub(super) fn bytes_of(reader: &Evaluator<'_>, value: Option<&Value>) -> Option<Rc<[u8]>> {
    match value? {
        Value::Bytes(bytes) => Some(bytes.clone()),
        other => match reader.object(other) {
            Some(Object::ByteArray(bytes)) => Some(Rc::from(&bytes[..])),
            _ => None,
        },
    }
}

fn make(reader: &mut Evaluator<'_>, args: Args, kind: Kind) -> Run<Value> {
    let bytes: Vec<u8> = match args.pos.first() {
        None => Vec::new(),
        Some(Value::Str(text))
            if args.get(1, "encoding").and_then(Value::as_str).is_some_and(strings::is_utf8) =>
        {
            text.as_bytes().to_vec()
        }
        Some(Value::Int(size)) if (0..=limits::SIZE as i64).contains(size) => vec![0; *size as usize],
        Some(value) => match bytes_of(reader, Some(value)) {
            Some(bytes) => bytes.to_vec(),
            None => return reader.give_up(&args, "bytes made of something that is not read"),
        },
    };
    reader.spend(bytes.len())?;
    Ok(match kind {
        Kind::Bytes => Value::Bytes(Rc::from(bytes)),
        Kind::Array => reader.alloc(Object::ByteArray(Rc::new(bytes))),
    })
}

fn from_hex(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(text) = super::text_of(args.pos.first()) else { return reader.give_up(&args, "`fromhex()`") };
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes: Option<Vec<u8>> = digits
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    match bytes {
        Some(bytes) if digits.len().is_multiple_of(2) => Ok(Value::Bytes(Rc::from(bytes))),
        _ => reader.raise("ValueError", None),
    }
}

fn encode(reader: &mut Evaluator<'_>, args: &Args, encode: fn(&[u8]) -> String) -> Run<Value> {
    if args.get(1, "altchars").is_some() {
        return reader.give_up(args, "base64 with other characters");
    }
    let Some(bytes) = bytes_of(reader, args.pos.first()) else {
        if let Some(value @ (Value::Str(_) | Value::None | Value::Int(_))) = args.pos.first() {
            let shown = reader.type_named(value);
            let message = shown.map(|of| format!("a bytes-like object is required, not '{of}'"));
            return reader.raise("TypeError", message);
        }
        return reader.give_up(args, "`b64encode()`");
    };
    let text = encode(&bytes);
    reader.spend(text.len())?;
    Ok(Value::Bytes(Rc::from(text.as_bytes())))
}

fn decode_base64(reader: &mut Evaluator<'_>, args: &Args) -> Run<Value> {
    let text = match args.pos.first() {
        Some(Value::Str(text)) => text.as_bytes().to_vec(),
        other => match bytes_of(reader, other) {
            Some(bytes) => bytes.to_vec(),
            None => return reader.give_up(args, "`b64decode()`"),
        },
    };
    // Python skips what is not in the alphabet; only clean text is read here.
    match STANDARD.decode(&text) {
        Ok(bytes) if args.pos.len() == 1 && args.kw.is_empty() => {
            reader.spend(bytes.len())?;
            Ok(Value::Bytes(Rc::from(bytes)))
        }
        _ => reader.give_up(args, "base64 text that is not clean"),
    }
}

/// `bytes.decode()`
pub(super) fn decode(
    reader: &mut Evaluator<'_>,
    bytes: &[u8],
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> Run<Value> {
    let encoding = match encoding {
        None => Some("utf-8"),
        Some(value) => value.as_str(),
    };
    let known = encoding
        .is_some_and(|name| strings::is_utf8(name) || (bytes.is_ascii() && strings::is_ascii_superset(name)));
    if !known {
        return Ok(reader.unknown("an encoding that is not read"));
    }
    reader.spend(bytes.len())?;
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Value::str(text)),
        Err(_) if errors.is_some() => Ok(reader.unknown("text that is not UTF-8")),
        Err(_) => reader.raise("UnicodeDecodeError", None),
    }
}

/// Calls a method of bytes.
pub(super) fn call(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    let Value::Bytes(bytes) = object else { return reader.give_up(args, "a method of bytes") };
    match (name, args.pos.first()) {
        ("decode", _) => decode(reader, bytes, args.get(0, "encoding"), args.get(1, "errors")),
        ("hex", None) => {
            Ok(Value::str(bytes.iter().fold(String::new(), |out, byte| out + &format!("{byte:02x}"))))
        }
        ("startswith", Some(Value::Bytes(part))) => Ok(Value::Bool(bytes.starts_with(part))),
        ("endswith", Some(Value::Bytes(part))) => Ok(Value::Bool(bytes.ends_with(part))),
        ("strip", None) => Ok(Value::Bytes(Rc::from(bytes.trim_ascii()))),
        ("join", Some(parts)) => {
            let Ok(parts) = reader.collect(parts)? else { return reader.give_up(args, "a method of bytes") };
            let parts: Option<Vec<Rc<[u8]>>> =
                parts.iter().map(|part| bytes_of(reader, Some(part))).collect();
            match parts {
                Some(parts) => Ok(Value::Bytes(Rc::from(parts.join(&bytes[..])))),
                None => reader.give_up(args, "a method of bytes"),
            }
        }
        _ => reader.give_up(args, "a method of bytes that is not read"),
    }
}

/// Calls a method of a `bytearray`.
pub(super) fn call_array(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    let (Value::Object(id), Some(Object::ByteArray(bytes))) = (object, reader.object(object).cloned()) else {
        return reader.give_up(args, "a method of a bytearray");
    };
    match (name, args.pos.first()) {
        ("decode" | "hex", _) => call(reader, &Value::Bytes(Rc::from(&bytes[..])), name, args),
        ("clear", None) => {
            reader.heap.set(*id, Object::ByteArray(Rc::new(Vec::new())));
            Ok(Value::None)
        }
        ("append", Some(Value::Int(byte))) if (0..256).contains(byte) => {
            let mut bytes = (*bytes).clone();
            bytes.push(*byte as u8);
            reader.heap.set(*id, Object::ByteArray(Rc::new(bytes)));
            Ok(Value::None)
        }
        ("extend", Some(Value::Bytes(more))) => {
            let bytes = [&bytes[..], &more[..]].concat();
            reader.heap.set(*id, Object::ByteArray(Rc::new(bytes)));
            Ok(Value::None)
        }
        _ => {
            let why = reader.why("a method of a bytearray that is not read");
            reader.make_opaque(*id, &why);
            reader.give_up(args, "a method of a bytearray that is not read")
        }
    }
}

/// An unknown value that is the parsed content of an answer's bytes.
pub(super) fn content_of(why: &Rc<Why>) -> Option<Value> {
    (why.part == Some(AnswerPart::Bytes)).then(|| Value::Unknown(Why::answer(AnswerPart::Content, why)))
}
