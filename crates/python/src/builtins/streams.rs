//! Readable streams of known bytes or text: `io.BytesIO`, `io.StringIO`, and the body of a recorded answer.

use std::rc::Rc;

use super::{Native, bytes};
use crate::evaluate::{Evaluator, Run};
use crate::heap::Object;
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::class("io.BytesIO", |reader, args| {
        let bytes = match args.pos.first() {
            None => Some(Rc::from(&b""[..])),
            Some(value) => bytes::bytes_of(reader, Some(value)),
        };
        match bytes {
            Some(bytes) => Ok(reader.alloc(Object::Stream(Value::Bytes(bytes), 0))),
            None => reader.give_up(&args, "`BytesIO()`"),
        }
    })
    .takes(0, 1, "initial_bytes"),
    Native::class("io.StringIO", |reader, args| match args.pos.first() {
        None => Ok(reader.alloc(Object::Stream(Value::str(""), 0))),
        Some(text @ Value::Str(_)) => Ok(reader.alloc(Object::Stream(text.clone(), 0))),
        Some(_) => reader.give_up(&args, "`StringIO()`"),
    })
    .takes(0, 2, "initial_value newline"),
];

pub(super) const METHODS: &[&str] =
    &["read", "getvalue", "seek", "close", "write", "getbuffer", "iter_lines", "readlines"];

/// Calls a method of a stream.
pub(super) fn call(reader: &mut Evaluator<'_>, object: &Value, name: &str, args: &Args) -> Run<Value> {
    let (Value::Object(id), Some(Object::Stream(content, at))) = (object, reader.object(object).cloned())
    else {
        return reader.give_up(args, "a method of a stream");
    };
    let id = *id;
    match (name, args.pos.as_slice()) {
        ("read", []) => {
            let len = match &content {
                Value::Bytes(bytes) => bytes.len(),
                Value::Str(text) => text.len(),
                _ => 0,
            };
            reader.heap.set(id, Object::Stream(content.clone(), len));
            Ok(match &content {
                Value::Bytes(bytes) => Value::Bytes(Rc::from(&bytes[at.min(len)..])),
                Value::Str(text) => Value::str(&text[at.min(len)..]),
                other => other.clone(),
            })
        }
        ("getvalue", []) => Ok(content),
        ("seek", [Value::Int(0)]) => {
            reader.heap.set(id, Object::Stream(content, 0));
            Ok(Value::Int(0))
        }
        ("close", []) => {
            let why = reader.why("a stream that was closed");
            reader.make_opaque(id, &why);
            Ok(Value::None)
        }
        ("write", [more]) => {
            let whole = match (&content, more) {
                (Value::Str(text), Value::Str(more)) if at == text.len() => {
                    Value::str(format!("{text}{more}"))
                }
                (Value::Bytes(bytes), Value::Bytes(more)) if at == bytes.len() => {
                    Value::Bytes(Rc::from([&bytes[..], &more[..]].concat()))
                }
                _ => {
                    let why = reader.why("a stream that is written to");
                    reader.make_opaque(id, &why);
                    return reader.give_up(args, "a stream that is written to");
                }
            };
            let len = match &whole {
                Value::Str(text) => text.len(),
                Value::Bytes(bytes) => bytes.len(),
                _ => 0,
            };
            reader.spend(len)?;
            reader.heap.set(id, Object::Stream(whole, len));
            Ok(reader.unknown("how much was written"))
        }
        _ => {
            let why = reader.why("a stream that is read in parts");
            reader.make_opaque(id, &why);
            reader.give_up(args, "a stream that is read in parts")
        }
    }
}
