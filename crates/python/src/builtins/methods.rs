//! Methods of built-in values, found by the receiver's type.

use super::{
    asynchronous, bytes, collections, concurrent, dicts, exceptions, lists, numbers, regex, sets, streams,
    strings,
};
use crate::evaluate::{Evaluator, Run};
use crate::heap::{Frozen, Object};
use crate::value::{Args, Value};

/// Methods of containers that do not look at all items.
const AT_ONCE: [&str; 5] = ["append", "get", "keys", "values", "items"];

/// The methods of a built-in type: their names, and how one is called.
struct Methods {
    names: &'static [&'static str],
    call: for<'a, 'b, 'c> fn(&'b mut Evaluator<'a>, &'c Value, &'c str, &'c Args) -> Run<Value>,
}

fn methods_of(reader: &Evaluator<'_>, object: &Value) -> Option<Methods> {
    Some(match object {
        Value::Str(_) => Methods { names: strings::METHODS, call: strings::call },
        Value::Bytes(_) => Methods { names: bytes::METHODS, call: bytes::call },
        Value::Tuple(_) => Methods { names: lists::TUPLE_METHODS, call: lists::call_tuple },
        Value::Int(_) | Value::Big(_) | Value::Float(_) | Value::Bool(_) => {
            Methods { names: numbers::METHODS, call: numbers::call }
        }
        Value::Object(id) => match reader.heap.get(*id) {
            Object::List(_) => Methods { names: lists::METHODS, call: lists::call },
            Object::Deque(..) => Methods { names: collections::DEQUE_METHODS, call: collections::call_deque },
            Object::Dict(_) => Methods { names: dicts::METHODS, call: dicts::call },
            Object::Scope(_) => Methods { names: dicts::SCOPE_METHODS, call: dicts::call_scope },
            Object::Set(_, Frozen::Yes) => Methods { names: sets::FROZEN_METHODS, call: sets::call },
            Object::Set(_, Frozen::No) => Methods { names: sets::METHODS, call: sets::call },
            Object::ByteArray(_) => Methods { names: bytes::ARRAY_METHODS, call: bytes::call_array },
            Object::Stream(..) => Methods { names: streams::METHODS, call: streams::call },
            Object::Lazy(..) | Object::Iterator(..) | Object::Entries(..) => {
                Methods { names: lists::ITERATOR_METHODS, call: lists::call_iterator }
            }
            Object::Instance(instance) => match &instance.class {
                Value::Native(native) if native.name == "re.Pattern" => {
                    Methods { names: regex::PATTERN_METHODS, call: regex::call_pattern }
                }
                Value::Native(native) if native.name == "re.Match" => {
                    Methods { names: regex::MATCH_METHODS, call: regex::call_match }
                }
                Value::Native(native) if native.name == "concurrent.futures.Pool" => {
                    Methods { names: concurrent::POOL_METHODS, call: concurrent::call_pool }
                }
                Value::Native(native) if native.name == "concurrent.futures.Future" => {
                    Methods { names: concurrent::FUTURE_METHODS, call: concurrent::call_future }
                }
                Value::Native(native) if native.name == "asyncio.Task" => {
                    Methods { names: asynchronous::TASK_METHODS, call: asynchronous::call_task }
                }
                Value::Native(native) if native.name == "threading.Thread" => {
                    Methods { names: concurrent::THREAD_METHODS, call: concurrent::call_thread }
                }
                Value::Native(native) if native.name == "string.Template" => {
                    Methods { names: strings::TEMPLATE_METHODS, call: strings::call_template }
                }
                _ if reader.is_exception(object, "BaseException") => {
                    Methods { names: exceptions::METHODS, call: exceptions::call }
                }
                _ if reader.named_tuple_items(object).is_some() => {
                    Methods { names: collections::NAMED_TUPLE_METHODS, call: collections::call_named_tuple }
                }
                _ => Methods { names: &["__init__"], call: exceptions::call_plain },
            },
            _ => return None,
        },
        _ => return None,
    })
}

/// Whether a value has a built-in method of a name.
pub(crate) fn exists(reader: &Evaluator<'_>, object: &Value, name: &str) -> bool {
    methods_of(reader, object).is_some_and(|methods| methods.names.contains(&name))
}

/// Calls a built-in method; `None` if the value has none of that name, or its class has its own.
pub(crate) fn call(
    reader: &mut Evaluator<'_>,
    object: &Value,
    name: &str,
    args: &Args,
) -> Option<Run<Value>> {
    if let Some(Object::Instance(_)) = reader.object(object)
        && !matches!(reader.class_attribute(object, name), Ok(None))
    {
        return None;
    }
    call_bound(reader, object, name, args)
}

/// Calls a built-in method that was already looked up.
pub(crate) fn call_bound(
    reader: &mut Evaluator<'_>,
    object: &Value,
    name: &str,
    args: &Args,
) -> Option<Run<Value>> {
    if let Value::Native(native) = object
        && native.is_type()
    {
        // `str.upper(text)`
        if super::lookup(&format!("{}.{name}", native.name)).is_some() {
            return None;
        }
        let (receiver, rest) = args.pos.split_first()?;
        let rest = Args { pos: rest.to_vec(), kw: args.kw.clone(), open: args.open.clone() };
        if reader.why_unknown(receiver).is_some() {
            return Some(reader.give_up(args, "a method of a value that is not known"));
        }
        return call(reader, receiver, name, &rest);
    }
    let methods = methods_of(reader, object).filter(|methods| methods.names.contains(&name))?;
    let too_many = TAKE_NOTHING.contains(&name) && !args.pos.is_empty();
    if args.open.is_some() || too_many || (!args.kw.is_empty() && !TAKE_NAMES.contains(&name)) {
        let why = reader.why("a method with arguments that are not read");
        reader.escape(object, &why);
        return Some(reader.give_up(args, "a method with arguments that are not read"));
    }
    reader.read_texts(args.all());
    if !AT_ONCE.contains(&name) || !matches!(object, Value::Object(_)) {
        reader.look_through([object]);
    }
    let result = (methods.call)(reader, object, name, args);
    if let Ok(result) = &result {
        reader.count_text(result);
    }
    if let Ok(Value::Unknown(why)) = &result
        && why.part.is_none()
    {
        reader.risk();
    }
    Some(result)
}

/// The methods that take nothing.
const TAKE_NOTHING: [&str; 26] = [
    "upper",
    "lower",
    "title",
    "capitalize",
    "casefold",
    "swapcase",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "items",
    "keys",
    "values",
    "copy",
    "clear",
    "popitem",
    "reverse",
    "getvalue",
];

/// The methods that read arguments by name.
const TAKE_NAMES: [&str; 19] = [
    "split",
    "rsplit",
    "splitlines",
    "encode",
    "decode",
    "expandtabs",
    "format",
    "sort",
    "update",
    "get",
    "_replace",
    "submit",
    "map",
    "shutdown",
    "substitute",
    "safe_substitute",
    "result",
    "join",
    "cancel",
];
