//! Decorators of class bodies, dataclasses and enums.

use std::rc::Rc;

use super::Native;
use crate::evaluate::{Evaluator, Run};
use crate::heap::{ClassKind, Field, Object};
use crate::value::{Args, Partial, Text, Value, Wrapper};

pub(super) const NATIVES: &[Native] = &[
    Native::class("property", |_, args| {
        let part = |at: usize, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
        let parts = vec![part(0, "fget"), part(1, "fset"), part(2, "fdel")];
        Ok(Value::Wrapped(Wrapper::Property, Rc::new(parts)))
    })
    .takes(0, 4, "fget fset fdel doc"),
    Native::class("staticmethod", |_, args| Ok(wrapped(Wrapper::Static, &args))).takes(1, 1, ""),
    Native::class("classmethod", |_, args| Ok(wrapped(Wrapper::Class, &args))).takes(1, 1, ""),
    Native::class("functools.cached_property", |_, args| Ok(wrapped(Wrapper::CachedProperty, &args)))
        .takes(1, 1, "func"),
    Native::function("property.getter", |reader, args| with_part(reader, &args, 0)),
    Native::function("property.setter", |reader, args| with_part(reader, &args, 1)),
    Native::function("property.deleter", |reader, args| with_part(reader, &args, 2)),
    Native::function("abc.abstractmethod", |reader, args| {
        if let [Value::Function(function)] = args.pos.as_slice() {
            reader.abstracts.push(function.clone());
        }
        identity(reader, args)
    }),
    Native::function("typing.overload", identity),
    Native::function("typing.final", identity),
    Native::function("typing.override", identity),
    Native::function("typing.cast", |reader, args| match args.pos.as_slice() {
        [_, value] => Ok(value.clone()),
        _ => reader.give_up(&args, "`cast()`"),
    })
    .takes(2, 2, ""),
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
    Native::function("dataclasses.repr", data_shown),
    Native::function("dataclasses.eq", data_equal),
    Native::function("dataclasses.hash", |reader, args| reader.give_up(&args, "the hash of a dataclass")),
    Native::function("dataclasses.asdict", as_dict).takes(1, 1, "dict_factory"),
    Native::function("dataclasses.replace", |reader, args| reader.give_up(&args, "`dataclasses.replace()`")),
    Native::function("enum.auto", |_, args| {
        let function = super::lookup("enum.auto").unwrap_or(Value::None);
        Ok(Value::Partial(Rc::new(Partial { function, args })))
    }),
    Native::function("enum.unique", |reader, args| match args.pos.as_slice() {
        [class] => {
            let names = match reader.object(class) {
                Some(Object::Class(definition)) => {
                    definition.attrs.values().filter(|value| reader.is_member(value)).count()
                }
                _ => return reader.give_up(&args, "`unique()`"),
            };
            match reader.enum_members(class) {
                Some(members) if members.len() == names => Ok(class.clone()),
                Some(_) => reader.raise("ValueError", None),
                None => reader.give_up(&args, "`unique()`"),
            }
        }
        _ => reader.give_up(&args, "a decorator"),
    }),
];

fn identity(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    match args.pos.as_slice() {
        [value] => Ok(value.clone()),
        _ => reader.give_up(&args, "a decorator"),
    }
}

/// A property with another getter, setter or deleter: its three parts are given, then the new one.
fn with_part(reader: &mut Evaluator<'_>, args: &Args, at: usize) -> Run<Value> {
    let [parts @ .., new] = args.pos.as_slice() else { return reader.give_up(args, "a property") };
    let mut parts = parts.to_vec();
    match parts.get_mut(at) {
        Some(part) => *part = new.clone(),
        None => return reader.give_up(args, "a property"),
    }
    Ok(Value::Wrapped(Wrapper::Property, Rc::new(parts)))
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
    let Object::Class(class) = reader.heap.get(*id).clone() else {
        return reader.give_up(&args, "a dataclass");
    };
    let frozen = matches!(args.named("frozen"), Some(Value::Bool(true)));
    let read = args.open.is_none()
        && args.kw.iter().all(|(name, value)| {
            matches!(
                (&**name, value),
                ("frozen" | "init" | "repr" | "eq", Value::Bool(true))
                    | (
                        "frozen" | "order" | "unsafe_hash" | "kw_only" | "slots" | "weakref_slot",
                        Value::Bool(false)
                    )
                    | ("match_args", _)
            )
        });
    let fields = reader.fields_of(*id);
    let declared = class.attrs.values().filter_map(field_options);
    let plain = declared.flatten().all(|option| FIELD_OPTIONS.contains(&option.as_str()));
    let ordered = fields
        .iter()
        .filter(|field| field.init)
        .map(|field| field.default.is_some() || field.factory.is_some())
        .is_sorted();
    let mutable = fields.iter().filter_map(|field| field.default.as_ref()).any(|value| {
        matches!(
            reader.object(value),
            Some(Object::List(_) | Object::Dict(_) | Object::Set(..) | Object::Instance(_))
        )
    });
    let special =
        ["__new__", "__odd__", "__slots__", "__setattr__"].iter().any(|name| class.attrs.contains_key(*name));
    let late = class.mro[1..].iter().any(|base| {
        matches!(reader.object(base), Some(Object::Class(base)) if base.attrs.contains_key("__odd__") || base.attrs.contains_key("__frozen__") != frozen && base.attrs.contains_key("__dataclass_fields__"))
    });
    if !read || !plain || !ordered || mutable || special || late {
        let why = reader.why("a dataclass that is declared in a way that is not read");
        reader.risk();
        if let Object::Class(class) = reader.heap.change(*id) {
            Rc::make_mut(class).foreign = Some(why);
        }
        return Ok(Value::Object(*id));
    }
    let of_class = |function: &str| {
        let function = super::lookup(function).unwrap_or(Value::None);
        Value::Partial(Rc::new(Partial { function, args: Args::of(vec![Value::Object(*id)]) }))
    };
    let mut made = vec![
        ("__init__", of_class("dataclasses.init")),
        ("__repr__", of_class("dataclasses.repr")),
        ("__eq__", of_class("dataclasses.eq")),
        ("__dataclass_fields__", reader.unknown("the fields of a dataclass")),
    ];
    // What compares by its fields cannot be a key unless it is frozen.
    made.push(("__hash__", if frozen { of_class("dataclasses.hash") } else { Value::None }));
    if frozen {
        made.push(("__frozen__", Value::Bool(true)));
    }
    let cleared: Vec<(Text, Option<Value>)> = fields
        .iter()
        .filter(|field| class.attrs.get(&field.name).is_some_and(|value| field_options(value).is_some()))
        .map(|field| (field.name.clone(), field.default.clone()))
        .collect();
    reader.set_kind(*id, ClassKind::Data(Rc::new(fields)));
    let names: Vec<(Text, Value)> =
        made.into_iter().map(|(name, value)| (reader.text(name), value)).collect();
    if let Object::Class(class) = reader.heap.change(*id) {
        let attrs = &mut Rc::make_mut(class).attrs;
        for (name, value) in names {
            attrs.entry(name).or_insert(value);
        }
        // A field's options do not stay in the class: its default does.
        for (name, default) in cleared {
            match default {
                Some(default) => drop(attrs.insert(name, default)),
                None => drop(attrs.shift_remove(&name)),
            }
        }
    }
    Ok(Value::Object(*id))
}

/// The options of `dataclasses.field` that are read.
const FIELD_OPTIONS: [&str; 6] = ["default", "default_factory", "init", "repr", "compare", "metadata"];

/// The options that `dataclasses.field(…)` was given, if that is what a value is.
fn field_options(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Partial(partial) => match &partial.function {
            Value::Native(native) if native.name == "dataclasses.field" => {
                let named = partial.args.kw.iter().map(|(name, value)| match (&**name, value) {
                    ("init" | "repr" | "compare", Value::Bool(_)) => name.to_string(),
                    ("init" | "repr" | "compare", _) => String::new(),
                    _ => name.to_string(),
                });
                let more = (!partial.args.pos.is_empty() || partial.args.open.is_some()).then(String::new);
                Some(named.chain(more).collect())
            }
            _ => None,
        },
        _ => None,
    }
}

/// The class that made a method of a dataclass, its fields, and the arguments of the call.
fn of_dataclass(reader: &Evaluator<'_>, args: &Args) -> Option<(Value, Rc<Vec<Field>>)> {
    let class = args.pos.first()?.clone();
    match reader.object(&class) {
        Some(Object::Class(definition)) => match &definition.kind {
            ClassKind::Data(fields) => Some((class, fields.clone())),
            _ => None,
        },
        _ => None,
    }
}

/// The `__eq__` of a dataclass.
fn data_equal(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let (Some((_, fields)), [_, left, right]) = (of_dataclass(reader, &args), args.pos.as_slice()) else {
        return reader.give_up(&args, "a comparison of dataclasses");
    };
    if reader.why_unknown(right).is_some() {
        return reader.give_up(&args, "a comparison with something that is not known");
    }
    if !reader.class_of(left).same(&reader.class_of(right)) {
        return Ok(Value::NotImplemented);
    }
    let (mut here, mut there) = (Vec::new(), Vec::new());
    for field in fields.iter().filter(|field| field.compared) {
        here.push(reader.attribute(left, &field.name)?);
        there.push(reader.attribute(right, &field.name)?);
    }
    let verdict = reader.equal(&Value::tuple(here), &Value::tuple(there))?;
    Ok(verdict.map_or_else(|why| Value::Unknown(why.derived()), Value::Bool))
}

/// The `__repr__` of a dataclass.
fn data_shown(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let (Some((_, fields)), [_, value]) = (of_dataclass(reader, &args), args.pos.as_slice()) else {
        return reader.give_up(&args, "a dataclass that is shown");
    };
    let shown = reader.repr_of_fields(value, &fields)?;
    Ok(shown.map_or_else(|why| Value::Unknown(why.derived()), |text| Value::str(&text)))
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
