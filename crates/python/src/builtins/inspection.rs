//! What looks at values and names: `isinstance`, `type`, `getattr`, `globals`, and code that is run from text.

use rustc_hash::FxHashSet;

use super::{Native, text_of};
use crate::evaluate::{End, Evaluator, Run};
use crate::heap::Object;
use crate::syntax;
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::function("isinstance", |reader, args| is_a(reader, args, Of::Value)).takes(2, 2, ""),
    Native::function("issubclass", |reader, args| is_a(reader, args, Of::Class)).takes(2, 2, ""),
    Native::class("type", |reader, args| match args.pos.as_slice() {
        [value] if args.kw.is_empty() && args.open.is_none() => Ok(reader.class_of(value)),
        _ => reader.give_up(&args, "a class made by `type()`"),
    }),
    Native::class("object", |reader, args| reader.give_up(&args, "`object()`")),
    Native::function("callable", callable).takes(1, 1, ""),
    Native::function("getattr", get_attribute).takes(2, 3, ""),
    Native::function("setattr", set_attribute).takes(3, 3, ""),
    Native::function("hasattr", has_attribute).takes(2, 2, ""),
    Native::function("delattr", |reader, args| match args.pos.as_slice() {
        [object, Value::Str(name)] => reader.delete_attribute(object, name).map(|()| Value::None),
        _ => reader.give_up(&args, "`delattr()`"),
    })
    .takes(2, 2, ""),
    Native::function("globals", |reader, _| Ok(Value::Object(reader.frame().globals))).takes(0, 0, ""),
    Native::function("locals", |reader, _| own_names(reader)).takes(0, 0, ""),
    Native::function("vars", vars).takes(0, 1, ""),
    Native::function("dir", |reader, _| Ok(reader.unknown("`dir()`"))),
    Native::function("id", |reader, _| Ok(reader.unknown("the address of an object")))
        .takes(1, 1, "")
        .steady(),
    Native::function("hash", |reader, _| Ok(reader.unknown("the hash of an object"))).takes(1, 1, ""),
    Native::function("eval", evaluate_text),
    Native::function("exec", run_text),
    Native::function("compile", |reader, args| reader.give_up(&args, "`compile()`")),
    Native::function("__import__", import_module),
    Native::function("importlib.import_module", import_module),
    Native::function("super", |reader, args| match args.pos.as_slice() {
        [class, receiver] => Ok(Value::Super(std::rc::Rc::new((class.clone(), receiver.clone())))),
        _ => reader.give_up(&args, "`super()`"),
    }),
    Native::function("input", |reader, args| {
        reader.risk();
        let _ = args;
        Ok(reader.unknown("it comes from `input()`"))
    })
    .takes(0, 1, ""),
    Native::function("open", |reader, _| {
        reader.risk();
        Ok(reader.unknown("it comes from a file"))
    }),
];

enum Of {
    Value,
    Class,
}

fn is_a(reader: &mut Evaluator<'_>, args: Args, of: Of) -> Run<Value> {
    let ([value, class], true, None) = (args.pos.as_slice(), args.kw.is_empty(), &args.open) else {
        return reader.give_up(&args, "`isinstance()`");
    };
    if matches!(of, Of::Class) && is_no_class(value) {
        return reader.raise("TypeError", None);
    }
    let mut classes = vec![class.clone()];
    let mut unknown = None;
    let mut seen = FxHashSet::default();
    while let Some(class) = classes.pop() {
        reader.step()?;
        if let Value::Tuple(items) = &class {
            // `class` is held by the arguments: its address is its own.
            if !seen.insert(items.as_ptr() as usize) {
                continue;
            }
            classes.extend(items.iter().rev().cloned());
            continue;
        }
        if is_no_class(&class) {
            if let Some(why) = unknown {
                reader.risk();
                return Ok(Value::Unknown(why));
            }
            return reader.raise("TypeError", None);
        }
        let verdict = match of {
            Of::Value => reader.is_instance(value, &class),
            Of::Class => reader.is_subclass(value, &class),
        };
        match verdict {
            Ok(true) if unknown.is_none() => return Ok(Value::Bool(true)),
            Ok(_) => {}
            Err(why) => unknown = Some(why.derived()),
        }
    }
    Ok(unknown.map_or(Value::Bool(false), |why| {
        if why.part.is_none() {
            reader.risk();
        }
        Value::Unknown(why)
    }))
}

/// What is certainly neither a class nor a union of classes.
fn is_no_class(value: &Value) -> bool {
    match value {
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::Bytes(_) => {
            true
        }
        Value::Native(native) => !native.is_type(),
        _ => false,
    }
}

/// The names of the module or class body that is run; those of a function are a copy.
fn own_names(reader: &mut Evaluator<'_>) -> Run<Value> {
    let frame = reader.frame();
    if frame.function.is_none() || frame.own != frame.function_scope {
        return Ok(Value::Object(frame.own));
    }
    let Object::Scope(scope) = reader.heap.get(frame.own) else { return Ok(Value::None) };
    let entries = scope.names.iter().map(|(name, value)| (Value::Str(name.clone()), value.clone())).collect();
    reader.dict_from(entries)
}

/// A module by its name.
fn import_module(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.pos.as_slice() {
        [Value::Str(name)] if &**name != "__main__" && !name.starts_with('.') => {
            if !super::is_standard(name) {
                reader.risk();
            }
            Ok(Value::Module(name.clone()))
        }
        _ => {
            let why = reader.why("a module that is imported by its name may be this one");
            reader.escape_module(&why);
            reader.any_name = Some(why);
            reader.give_up(&args, "a module that is imported by its name")
        }
    }
}

fn callable(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(value) = args.pos.first() else { return reader.give_up(&args, "`callable()`") };
    if let Some(why) = reader.why_unknown(value) {
        return Ok(Value::Unknown(why.derived()));
    }
    Ok(Value::Bool(match value {
        Value::Function(_)
        | Value::Method(_)
        | Value::Native(_)
        | Value::NativeMethod(_)
        | Value::Partial(_) => true,
        _ => match reader.object(value) {
            Some(Object::Class(_) | Object::Memo(..)) => true,
            Some(Object::Instance(_)) => match reader.class_attribute(value, "__call__") {
                Ok(found) => found.is_some(),
                Err(why) => return Ok(Value::Unknown(why)),
            },
            _ => false,
        },
    }))
}

fn get_attribute(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let (Some(object), Some(name)) = (args.pos.first().cloned(), text_of(args.pos.get(1))) else {
        if args.pos.first().is_some_and(|object| reader.why_unknown(object).is_none()) {
            reader.dispatch();
        }
        return reader.give_up(&args, "`getattr()`");
    };
    let since = reader.paths.len();
    match reader.attribute(&object, &name) {
        Err(End::Raise(error)) if args.pos.len() > 2 && reader.is_exception(&error, "AttributeError") => {
            debug_assert!(reader.paths.len() >= since);
            Ok(args.pos[2].clone())
        }
        Ok(Value::Unknown(why)) if args.pos.len() > 2 => {
            reader.escape(&args.pos[2], &why);
            Ok(Value::Unknown(why))
        }
        other => other,
    }
}

fn set_attribute(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let [object, name, value] = args.pos.as_slice() else { return reader.give_up(&args, "`setattr()`") };
    match text_of(Some(name)) {
        Some(name) => reader.set_attribute(object, &name, value.clone()).map(|()| Value::None),
        None => reader.give_up(&args, "an attribute whose name is not known"),
    }
}

fn has_attribute(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let (Some(object), Some(name)) = (args.pos.first().cloned(), text_of(args.pos.get(1))) else {
        return reader.give_up(&args, "`hasattr()`");
    };
    if let Some(why) = reader.why_unknown(&object) {
        return Ok(Value::Unknown(why.derived()));
    }
    match reader.attribute(&object, &name) {
        Ok(value) => match reader.why_unknown(&value) {
            // The attribute may be there or not: neither is known.
            Some(why) => Ok(Value::Unknown(why.derived())),
            _ => Ok(Value::Bool(true)),
        },
        Err(End::Raise(error)) if reader.is_exception(&error, "AttributeError") => Ok(Value::Bool(false)),
        Err(end) => Err(end),
    }
}

fn vars(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.pos.first() {
        None => own_names(reader),
        Some(object) if matches!(reader.object(object), Some(Object::Instance(_))) => {
            reader.attribute(&object.clone(), "__dict__")
        }
        Some(_) => reader.give_up(&args, "`vars()`"),
    }
}

/// An expression evaluated from text may call and change whatever it names, which is anything if the text
/// is not known, but binds no names.
fn evaluate_text(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    if let [Value::Str(text)] = args.pos.as_slice() {
        let names: Vec<&str> = syntax::names_in(text).into_iter().map(|(name, _)| name).collect();
        let literal = |name: &&str| {
            matches!(*name, "e" | "x" | "True" | "False" | "None" | "and" | "or" | "not" | "if" | "else")
        };
        if names.iter().all(literal) && !text.contains(['"', '\'']) {
            reader.risk();
            return Ok(reader.unknown("it comes from an expression that is evaluated from text"));
        }
    }
    let why = reader.why("an expression is evaluated from text before");
    let known = Value::Object(reader.frame().globals);
    reader.escape(&known, &why);
    let own = Value::Object(reader.frame().own);
    reader.escape(&own, &why);
    reader.dispatch();
    reader.give_up(&args, "it comes from an expression that is evaluated from text")
}

/// Code run from text may do anything that the chapter's own code can.
fn run_text(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let why = reader.why("code is run from text before");
    reader.escape_module(&why);
    reader.any_name = Some(why.clone());
    let own = Value::Object(reader.frame().own);
    reader.escape(&own, &why);
    reader.give_up(&args, "it comes from code that is run from text")
}
