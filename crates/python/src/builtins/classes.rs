//! Decorators of class bodies, dataclasses and enums.

use std::rc::Rc;

use super::Native;
use crate::evaluate::{Evaluator, Run};
use crate::heap::{ClassKind, Object};
use crate::value::{Args, Partial, Value, Wrapper};

pub(super) const NATIVES: &[Native] = &[
    Native::class("property", |_, args| Ok(wrapped(Wrapper::Property, &args))),
    Native::class("staticmethod", |_, args| Ok(wrapped(Wrapper::Static, &args))),
    Native::class("classmethod", |_, args| Ok(wrapped(Wrapper::Class, &args))),
    Native::class("functools.cached_property", |_, args| Ok(wrapped(Wrapper::CachedProperty, &args))),
    Native::function("property.setter", |_, args| Ok(Value::Wrapped(Wrapper::Property, Rc::new(args.pos)))),
    Native::function("abc.abstractmethod", identity),
    Native::function("typing.overload", identity),
    Native::function("typing.final", identity),
    Native::function("typing.override", identity),
    Native::function("typing.cast", |reader, args| match args.pos.as_slice() {
        [_, value] => Ok(value.clone()),
        _ => reader.give_up(&args, "`cast()`"),
    }),
    Native::function("typing.NewType", |_, _| Ok(super::lookup("typing.identity").unwrap_or(Value::None))),
    Native::function("typing.identity", identity),
    Native::function("dataclasses.dataclass", dataclass),
    Native::function("dataclasses.field", |_, args| {
        let function = super::lookup("dataclasses.field").unwrap_or(Value::None);
        Ok(Value::Partial(Rc::new(Partial { function, args })))
    }),
    Native::function("dataclasses.init", |reader, args| {
        let mut pos = args.pos.into_iter();
        match (pos.next(), pos.next()) {
            (Some(class), Some(instance)) => {
                let args = Args { pos: pos.collect(), kw: args.kw, open: args.open };
                reader.set_fields(&class, &instance, args)
            }
            _ => Ok(Value::None),
        }
    }),
    Native::function("dataclasses.asdict", as_dict),
    Native::function("dataclasses.replace", |reader, args| reader.give_up(&args, "`dataclasses.replace()`")),
    Native::function("enum.auto", |reader, _| Ok(reader.unknown("enum.auto"))),
    Native::function("enum.unique", identity),
];

fn identity(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.pos.as_slice() {
        [value] => Ok(value.clone()),
        _ => reader.give_up(&args, "a decorator"),
    }
}

fn wrapped(wrapper: Wrapper, args: &Args) -> Value {
    Value::Wrapped(wrapper, Rc::new(args.pos.clone()))
}

/// `@dataclass` with or without arguments.
fn dataclass(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(Value::Object(id)) = args.pos.first() else {
        let function = super::lookup("dataclasses.dataclass").unwrap_or(Value::None);
        return Ok(Value::Partial(Rc::new(Partial { function, args })));
    };
    let is_false = |name: &str| matches!(args.named(name), Some(Value::Bool(false)));
    let is_set = |name: &str| matches!(args.named(name), Some(Value::Bool(true)));
    let unusual =
        is_false("init") || is_false("repr") || is_false("eq") || is_set("order") || is_set("kw_only");
    let Object::Class(class) = reader.heap.get(*id).clone() else {
        return reader.give_up(&args, "a dataclass");
    };
    if unusual || class.attrs.contains_key("__new__") {
        let why = reader.why("a dataclass with options that are not read");
        if let Object::Class(class) = reader.heap.change(*id) {
            Rc::make_mut(class).foreign = Some(why);
        }
        return Ok(Value::Object(*id));
    }
    let fields = reader.fields_of(*id);
    reader.set_kind(*id, ClassKind::Data(Rc::new(fields)));
    if is_set("frozen") {
        let name = reader.text("__frozen__");
        if let Object::Class(class) = reader.heap.change(*id) {
            Rc::make_mut(class).attrs.insert(name, Value::Bool(true));
        }
    }
    Ok(Value::Object(*id))
}

/// `asdict`: dataclasses become dicts, containers are copied.
fn as_dict(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.pos.as_slice() {
        [value] if args.kw.is_empty() => plain(reader, value, 0),
        _ => reader.give_up(&args, "`asdict()`"),
    }
}

fn plain(reader: &mut Evaluator<'_>, value: &Value, depth: usize) -> Run<Value> {
    reader.step()?;
    if depth > 100 {
        return reader.give_up(&Args::of(vec![value.clone()]), "deep data");
    }
    if let Value::Tuple(items) = value {
        let items: Run<Vec<Value>> = items.iter().map(|item| plain(reader, item, depth + 1)).collect();
        return Ok(Value::tuple(items?));
    }
    match reader.object(value).cloned() {
        Some(Object::List(items)) => {
            let items: Run<Vec<Value>> = items.iter().map(|item| plain(reader, item, depth + 1)).collect();
            let items = items?;
            Ok(reader.list(items))
        }
        Some(Object::Dict(dict)) => {
            let mut entries = Vec::new();
            for (key, value) in dict.entries.values() {
                entries.push((key.clone(), plain(reader, value, depth + 1)?));
            }
            reader.dict_from(entries)
        }
        Some(Object::Instance(instance)) => {
            let fields = match reader.object(&instance.class) {
                Some(Object::Class(class)) => match &class.kind {
                    ClassKind::Data(fields) => fields.clone(),
                    ClassKind::Enum => return Ok(value.clone()),
                    _ => return reader.give_up(&Args::of(vec![value.clone()]), "a copy of an object"),
                },
                _ => return reader.give_up(&Args::of(vec![value.clone()]), "a copy of an object"),
            };
            let mut entries = Vec::new();
            for field in fields.iter() {
                if let Some(value) = instance.attrs.get(&field.name) {
                    entries.push((Value::Str(field.name.clone()), plain(reader, value, depth + 1)?));
                }
            }
            reader.dict_from(entries)
        }
        _ => Ok(value.clone()),
    }
}
