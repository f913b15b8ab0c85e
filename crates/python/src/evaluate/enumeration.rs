//! Enums: their members, made when the class is. What is not plain makes the class unknown.

use std::rc::Rc;

use super::{Evaluator, Run};
use crate::heap::{Class, ClassKind, Instance, Names, Object};
use crate::limits;
use crate::value::{Args, Id, Text, Value};

/// What the values of an enum are, as its bases say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mixin {
    None,
    Text,
    Number,
    /// `enum.StrEnum`
    StrEnum,
}

impl Evaluator<'_> {
    /// Turns the names of an enum's body into members.
    pub(super) fn make_members(&mut self, id: Id) -> Run<()> {
        let Object::Class(class) = self.heap.get(id).clone() else { return Ok(()) };
        let mut class = (*class).clone();
        class.kind = ClassKind::Enum;
        if !self.is_plain_enum(&class) || class.attrs.len() > limits::MEMBERS {
            self.unread_enum(id, class);
            return Ok(());
        }
        let mixin = mixin_of(&class);
        let names: Vec<Text> = class
            .attrs
            .iter()
            .filter(|(name, value)| !name.starts_with("__") && !is_descriptor(value))
            .map(|(name, _)| name.clone())
            .collect();
        let (key_name, key_value) = (self.text("name"), self.text("value"));
        let mut numbers: Option<Vec<i64>> = Some(Vec::new());
        let mut members: Vec<(Value, Value)> = Vec::new();
        for name in names {
            let given = class.attrs[&name].clone();
            let value = if is_auto(&given) {
                match (mixin, &numbers) {
                    (Mixin::StrEnum, _) if name.is_ascii() => Value::str(name.to_lowercase()),
                    (Mixin::None | Mixin::Number, Some(before)) if before.is_sorted() => {
                        Value::Int(before.last().copied().unwrap_or(0).saturating_add(1))
                    }
                    _ => {
                        self.unread_enum(id, class);
                        return Ok(());
                    }
                }
            } else {
                given
            };
            let fits = match mixin {
                Mixin::None => self.why_unknown(&value).is_none(),
                Mixin::Text | Mixin::StrEnum => matches!(value, Value::Str(_)),
                Mixin::Number => matches!(value, Value::Int(_)),
            };
            if !fits {
                self.unread_enum(id, class);
                return Ok(());
            }
            numbers = match value {
                Value::Int(number) => numbers.map(|mut before| {
                    before.push(number);
                    before
                }),
                _ => None,
            };
            let mut same = None;
            for (known, member) in &members {
                match self.equal(known, &value)? {
                    Ok(true) => same = Some(member.clone()),
                    Ok(false) => {}
                    Err(_) => {
                        self.unread_enum(id, class);
                        return Ok(());
                    }
                }
                if same.is_some() {
                    break;
                }
            }
            let member = match same {
                // A second name for the same member.
                Some(member) => member,
                None => {
                    let mut attrs = Names::default();
                    attrs.insert(key_name.clone(), Value::Str(name.clone()));
                    attrs.insert(key_value.clone(), value.clone());
                    let instance = Instance { class: Value::Object(id), attrs };
                    let member = self.alloc(Object::Instance(Rc::new(instance)));
                    members.push((value, member.clone()));
                    member
                }
            };
            class.attrs.insert(name, member);
        }
        self.heap.set(id, Object::Class(Rc::new(class)));
        Ok(())
    }

    fn unread_enum(&mut self, id: Id, mut class: Class) {
        let why = self.why(format!("the enum `{}` is made in a way that is not read", class.name));
        self.risk();
        class.foreign.get_or_insert(why);
        self.heap.set(id, Object::Class(Rc::new(class)));
    }

    /// Whether nothing in an enum's body or bases changes how members are made.
    fn is_plain_enum(&self, class: &Class) -> bool {
        const CHANGES: [&str; 10] = [
            "_generate_next_value_",
            "_ignore_",
            "_order_",
            "_missing_",
            "__new__",
            "__init__",
            "__set_name__",
            "__getattr__",
            "__setattr__",
            "__odd__",
        ];
        let changed = |class: &Class| CHANGES.iter().any(|name| class.attrs.contains_key(*name));
        let odd = |(name, value): (&Text, &Value)| {
            let special = name.starts_with("__") && name.ends_with("__");
            !special
                && !is_auto(value)
                && (name.starts_with('_')
                    || matches!(name.as_ref(), "name" | "value" | "mro")
                    || matches!(
                        value,
                        Value::Partial(_) | Value::Native(_) | Value::Module(_) | Value::NativeMethod(_)
                    )
                    || matches!(
                        self.object(value),
                        Some(Object::Class(_) | Object::Instance(_) | Object::Memo(..) | Object::Opaque(..))
                    ))
        };
        let bases = class.mro.iter().skip(1).all(|base| match (base, self.object(base)) {
            (_, Some(Object::Class(base))) => {
                !changed(base) && base.attrs.values().all(is_descriptor_or_plain)
            }
            (Value::Native(native), _) => matches!(native.name, "str" | "int"),
            (Value::Module(path), _) => matches!(&**path, "enum.Enum" | "enum.IntEnum" | "enum.StrEnum"),
            _ => false,
        });
        bases && !changed(class) && !class.attrs.iter().any(odd)
    }

    /// The members of an enum, in order.
    pub(crate) fn enum_members(&self, class: &Value) -> Option<Vec<Value>> {
        let Some(Object::Class(definition)) = self.object(class) else { return None };
        if !matches!(definition.kind, ClassKind::Enum) || definition.foreign.is_some() {
            return None;
        }
        let mut members: Vec<Value> = Vec::new();
        for value in definition.attrs.values() {
            let is_member = match self.object(value) {
                Some(Object::Instance(member)) => member.class.same(class),
                Some(Object::Opaque(..)) => return None,
                _ => false,
            };
            if is_member && !members.iter().any(|known| known.same(value)) {
                members.push(value.clone());
            }
        }
        Some(members)
    }

    /// Whether a class is an enum that has members, which nothing may derive from.
    pub(super) fn is_final_enum(&self, class: &Value) -> bool {
        self.enum_members(class).is_some_and(|members| !members.is_empty())
    }

    /// `Class(value)`
    pub(super) fn member_by_value(&mut self, class: &Value, args: &Args) -> Run<Value> {
        let ([wanted], true, None) = (args.pos.as_slice(), args.kw.is_empty(), &args.open) else {
            return self.give_up(args, "an enum called with more than a value");
        };
        let Some(members) = self.enum_members(class) else {
            return self.give_up(args, "an enum that is not known");
        };
        for member in members {
            if member.same(wanted) {
                return Ok(member);
            }
            let value = self.attribute(&member, "value")?;
            match self.equal(&value, wanted)? {
                Ok(true) => return Ok(member),
                Ok(false) => {}
                Err(why) => {
                    self.risk();
                    return Ok(Value::Unknown(why));
                }
            }
        }
        self.raise("ValueError", None)
    }

    /// What an enum's member is as text or number, where it is one.
    pub(crate) fn mixed_in(&self, value: &Value) -> Option<Value> {
        match self.object(value) {
            Some(Object::Instance(instance)) if self.mixes_in(value) => instance.attrs.get("value").cloned(),
            _ => None,
        }
    }

    /// `str(member)` of an enum that says nothing of its own; `None`: it differs between versions.
    pub(crate) fn enum_text(&self, value: &Value) -> Option<String> {
        let Some(Object::Instance(instance)) = self.object(value) else { return None };
        let Some(Object::Class(class)) = self.object(&instance.class) else { return None };
        let name = instance.attrs.get("name").and_then(Value::as_str)?;
        match mixin_of(class) {
            Mixin::None | Mixin::Text => Some(format!("{}.{name}", class.name)),
            Mixin::StrEnum => instance.attrs.get("value").and_then(Value::as_str).map(str::to_owned),
            Mixin::Number => None,
        }
    }

    /// Whether a format shows a member as its value in every version of Python.
    pub(crate) fn formats_as_value(&self, value: &Value) -> bool {
        let Some(Object::Instance(instance)) = self.object(value) else { return false };
        let Some(Object::Class(class)) = self.object(&instance.class) else { return false };
        mixin_of(class) == Mixin::StrEnum
            || class.mro.iter().any(|base| matches!(base, Value::Module(path) if &**path == "enum.IntEnum"))
    }

    /// Whether a value is a member of an enum.
    pub(crate) fn is_member(&self, value: &Value) -> bool {
        matches!(self.object(value), Some(Object::Instance(instance))
            if matches!(self.object(&instance.class), Some(Object::Class(class)) if matches!(class.kind, ClassKind::Enum)))
    }
}

/// What `enum.auto()` gives.
fn is_auto(value: &Value) -> bool {
    matches!(value, Value::Partial(partial) if matches!(&partial.function, Value::Native(native) if native.name == "enum.auto"))
}

fn is_descriptor(value: &Value) -> bool {
    matches!(value, Value::Function(_) | Value::Wrapped(..))
}

fn is_descriptor_or_plain(value: &Value) -> bool {
    is_descriptor(value) || matches!(value, Value::None | Value::Str(_) | Value::Tuple(_))
}

fn mixin_of(class: &Class) -> Mixin {
    let has = |wanted: &str| {
        class.mro.iter().any(|base| match base {
            Value::Native(native) => native.name == wanted,
            Value::Module(path) => &**path == wanted,
            _ => false,
        })
    };
    match () {
        () if has("enum.StrEnum") => Mixin::StrEnum,
        () if has("str") => Mixin::Text,
        () if has("int") || has("enum.IntEnum") => Mixin::Number,
        () => Mixin::None,
    }
}
