//! Attributes: reading them. [`set`] sets and deletes them.

mod set;

use std::rc::Rc;

use super::{End, Evaluator, Run};
use crate::builtins::{self, methods};
use crate::heap::{Class, Instance, Kind, Object};
use crate::mangle;
use crate::names::Node;
use crate::reason::{AnswerPart, Why};
use crate::value::{Args, Function, Value, Wrapper};

impl Evaluator<'_> {
    /// `object.name`
    pub(crate) fn attribute(&mut self, object: &Value, name: &str) -> Run<Value> {
        match object {
            Value::Module(path) => return Ok(self.module_attribute(&path.clone(), name)),
            Value::Client(_) => return Ok(self.client_attribute(object, name)),
            Value::Session(_) => {
                if matches!(name, "client" | "resource") {
                    return Ok(Value::NativeMethod(Rc::new((object.clone(), self.text(name)))));
                }
                if name == "events" || name.starts_with('_') {
                    let why = self.why(format!("`{name}` of a session may change what its clients send"));
                    self.tampered.get_or_insert(why);
                }
                return Ok(self.unknown("it comes from the AWS account's configuration"));
            }
            Value::Super(pair) => return self.super_attribute(&pair.0, &pair.1, name),
            _ => {}
        }
        match self.object(object).cloned() {
            Some(Object::Instance(instance)) if crate::compatible::is_answer(&instance) => {
                return Ok(self.answer_attribute(&instance, name));
            }
            Some(Object::Instance(instance)) => return self.instance_attribute(object, &instance, name),
            Some(Object::Class(class)) => return self.attribute_of_class(object, &class, name),
            Some(Object::Opaque(_, Kind::InstanceOf(_))) => {
                if let Ok(Some(found)) = self.class_attribute(object, name)
                    && matches!(found, Value::Function(_) | Value::Wrapped(..))
                {
                    return self.bound(object, found);
                }
            }
            _ => {}
        }
        if let Some(why) = self.why_unknown(object) {
            if why.part.is_none() {
                self.risk();
            }
            return Ok(Value::Unknown(
                why.part.map_or_else(|| why.derived(), |_| Why::answer(AnswerPart::Content, &why)),
            ));
        }
        if let Some(value) = self.attribute_of_function(object, name) {
            return Ok(value);
        }
        if methods::exists(self, object, name) {
            return Ok(Value::NativeMethod(Rc::new((object.clone(), self.text(name)))));
        }
        if let Value::Native(native) = object {
            if let Some(value) = builtins::lookup(&format!("{}.{name}", native.name)) {
                return Ok(value);
            }
            if matches!(name, "__name__" | "__qualname__") {
                return Ok(Value::str(native.name.rsplit('.').next().unwrap_or(native.name)));
            }
            if native.is_type() {
                // An unbound method such as `str.upper`.
                return Ok(builtins::unbound(self, native.name, name));
            }
        }
        if name == "__class__" {
            return Ok(self.class_of(object));
        }
        self.no_attribute(object, name)
    }

    fn no_attribute(&mut self, object: &Value, name: &str) -> Run<Value> {
        if name.starts_with("__") && name.ends_with("__") {
            self.risk();
            return Ok(self.unknown(format!("`{name}` is not read")));
        }
        let name_of_type = match object {
            Value::Bool(_) => "int".to_owned(),
            object => self.type_name(object),
        };
        let own = matches!(self.object(object), Some(Object::Instance(_)));
        if !own && !builtins::attributes::is_absent(&name_of_type, name) {
            // It may be there, and what it does to the value is not read.
            let why = self.why(format!("`{name}` of a value is not read"));
            self.risk();
            self.escape(object, &why);
            return Ok(Value::Unknown(why));
        }
        let shown = self.type_named(object);
        self.raise("AttributeError", shown.map(|of| format!("'{of}' object has no attribute '{name}'")))
    }

    fn attribute_of_function(&mut self, object: &Value, name: &str) -> Option<Value> {
        let function = match object {
            Value::Function(function) => function.clone(),
            Value::Method(pair) => match &pair.1 {
                Value::Function(function) => {
                    if name == "__self__" {
                        return Some(pair.0.clone());
                    }
                    function.clone()
                }
                _ => return None,
            },
            Value::Wrapped(Wrapper::Property, inner) if matches!(name, "setter" | "getter" | "deleter") => {
                let partial = crate::value::Partial {
                    function: builtins::lookup(&format!("property.{name}"))?,
                    args: Args::of((0..3).map(|at| inner.get(at).cloned().unwrap_or(Value::None)).collect()),
                };
                return Some(Value::Partial(Rc::new(partial)));
            }
            _ => return None,
        };
        if self.is_altered(&function) {
            return Some(
                self.unknown(format!("the attribute `{name}` of a function of which something was set")),
            );
        }
        if matches!(name, "__name__" | "__qualname__") && mangle::is_mangled(&function.name) {
            return Some(self.unknown("the name of a private function"));
        }
        Some(match name {
            "__name__" => Value::Str(function.name.clone()),
            "__qualname__" => Value::Str(function.qualname.clone()),
            "__doc__" => self.docstring_of(&function),
            "__module__" => Value::str("__main__"),
            "__wrapped__" if function.wrapped.is_some() => function.wrapped.clone()?,
            _ => {
                self.risk();
                self.unknown(format!("the attribute `{name}` of a function"))
            }
        })
    }

    /// `__doc__` of a function.
    pub(super) fn docstring_of(&self, function: &Function) -> Value {
        if let Some(doc) = &function.doc {
            return doc.clone();
        }
        match self.code(function.code).node {
            Node::Def(def) => match super::class::docstring(&def.body) {
                Some(text) if !text.contains('\n') => Value::str(text),
                Some(_) => self.unknown("the indentation of a docstring depends on the version of Python"),
                None => Value::None,
            },
            Node::Lambda(_) => Value::None,
        }
    }

    /// The attribute that the class of an instance gives, not bound yet.
    pub(crate) fn class_attribute(&self, instance: &Value, name: &str) -> Result<Option<Value>, Rc<Why>> {
        let class = match self.object(instance) {
            Some(Object::Instance(instance)) => instance.class.clone(),
            Some(Object::Opaque(_, Kind::InstanceOf(class))) => class.clone(),
            _ => return Ok(None),
        };
        self.found_in_class(&class, name)
    }

    /// The attribute that a class has itself or inherits.
    pub(super) fn class_attribute_of(&self, class: &Value, name: &str) -> Result<Option<Value>, Rc<Why>> {
        self.found_in_class(class, name)
    }

    fn found_in_class(&self, class: &Value, name: &str) -> Result<Option<Value>, Rc<Why>> {
        let Some(Object::Class(definition)) = self.object(class) else {
            return self.why_unknown(class).map_or(Ok(None), Err);
        };
        if let Some(why) = &definition.foreign {
            return Err(why.clone());
        }
        for base in &definition.mro {
            if let Some(Object::Class(base)) = self.object(base)
                && let Some(value) = base.attrs.get(name)
            {
                return Ok(Some(value.clone()));
            }
        }
        Ok(None)
    }

    /// An attribute that a class of the chapter defines itself or inherits from one.
    pub(super) fn own_attribute(&self, class: &Value, name: &str) -> Option<Value> {
        self.found_in_class(class, name).ok().flatten()
    }

    fn instance_attribute(&mut self, object: &Value, instance: &Instance, name: &str) -> Run<Value> {
        let found = self.found_in_class(&instance.class, name);
        if let Ok(Some(found)) = &found
            && self.precedes_instances(found)
        {
            return self.bound(object, found.clone());
        }
        if let Some(value) = instance.attrs.get(name) {
            if let Ok(Some(Value::Unknown(why))) = &found {
                // It may be a descriptor, which has its own idea of the value.
                let why = why.derived();
                self.escape(value, &why);
                self.risk();
                return Ok(Value::Unknown(why));
            }
            return Ok(self.perhaps_unset(value.clone()));
        }
        match found {
            Ok(Some(value)) => self.bound_or_else(object, value, name),
            Err(why) => {
                self.risk();
                Ok(Value::Unknown(why))
            }
            Ok(None) => self.missing_attribute(object, instance, name),
        }
    }

    /// Whether a class attribute is found before an instance's own: data descriptors are.
    fn precedes_instances(&self, found: &Value) -> bool {
        match found {
            Value::Wrapped(Wrapper::Property, _) => true,
            _ => ["__set__", "__delete__"]
                .iter()
                .any(|method| !matches!(self.class_attribute(found, method), Ok(None))),
        }
    }

    /// A class attribute bound to an instance; what a property raises may be caught by `__getattr__`.
    fn bound_or_else(&mut self, object: &Value, value: Value, name: &str) -> Run<Value> {
        let computed = matches!(value, Value::Wrapped(Wrapper::Property | Wrapper::CachedProperty, _));
        match self.bound(object, value) {
            Err(End::Raise(error)) if computed && self.is_exception(&error, "AttributeError") => {
                match self.class_attribute(object, "__getattr__") {
                    Ok(Some(fallback)) => {
                        self.call(&fallback, Args::of(vec![object.clone(), Value::str(name)]))
                    }
                    _ => Err(End::Raise(error)),
                }
            }
            other => other,
        }
    }

    fn missing_attribute(&mut self, object: &Value, instance: &Instance, name: &str) -> Run<Value> {
        match name {
            "__class__" => return Ok(instance.class.clone()),
            "__dict__" if !matches!(self.found_in_class(&instance.class, "__slots__"), Ok(None)) => {
                self.risk();
                return Ok(self.unknown("`__dict__` of an object with slots"));
            }
            "__dict__" => {
                let entries =
                    instance.attrs.iter().map(|(name, value)| (Value::Str(name.clone()), value.clone()));
                let entries: Vec<_> = entries.collect();
                let dict = self.dict_from(entries)?;
                self.note_attributes(object, &dict);
                return Ok(dict);
            }
            _ => {}
        }
        if let Ok(Some(fallback)) = self.class_attribute(object, "__getattr__") {
            return self.call(&fallback, Args::of(vec![object.clone(), Value::str(name)]));
        }
        if let Some(inner) = self.mixed_in(object) {
            if methods::exists(self, &inner, name) {
                return Ok(Value::NativeMethod(Rc::new((inner, self.text(name)))));
            }
            self.risk();
            return Ok(self.unknown(format!("`{name}` of a member of an enum")));
        }
        if self.is_member(object) && name.starts_with('_') {
            self.risk();
            return Ok(self.unknown(format!("`{name}` of a member of an enum")));
        }
        if methods::exists(self, object, name) {
            return Ok(Value::NativeMethod(Rc::new((object.clone(), self.text(name)))));
        }
        if self.is_exception(object, "BaseException") {
            // What libraries put on their exceptions, such as `ClientError.response`.
            return Ok(self.unknown(format!("`{name}` of an exception")));
        }
        self.no_attribute(object, name)
    }

    /// A class attribute as its instance sees it.
    fn bound(&mut self, object: &Value, value: Value) -> Run<Value> {
        match &value {
            Value::Function(_) => Ok(Value::Method(Rc::new((object.clone(), value)))),
            Value::Object(id) if matches!(self.heap.get(*id), Object::Memo(..)) => {
                Ok(Value::Method(Rc::new((object.clone(), value))))
            }
            Value::Wrapped(wrapper, inner) => {
                let function = inner.first().cloned().unwrap_or(Value::None);
                match wrapper {
                    Wrapper::Property => self.call(&function, Args::of(vec![object.clone()])),
                    Wrapper::CachedProperty => {
                        let value = self.call(&function, Args::of(vec![object.clone()]))?;
                        let name = Self::function_name(&function);
                        if let Some(name) = name {
                            self.set_instance_attribute(object, &name, value.clone());
                        }
                        Ok(value)
                    }
                    Wrapper::Static => Ok(function),
                    Wrapper::Class => Ok(Value::Method(Rc::new((self.class_of(object), function)))),
                }
            }
            Value::NativeMethod(pair) if matches!(pair.0, Value::Native(_)) => {
                // An unbound method of a built-in type takes its receiver like a function.
                Ok(Value::Method(Rc::new((object.clone(), value))))
            }
            Value::Object(_) => {
                let class = self.class_of(object);
                self.described(value.clone(), object, &class)
            }
            _ => Ok(value),
        }
    }

    /// What a descriptor's `__get__` makes of itself; any other value stays.
    fn described(&mut self, value: Value, object: &Value, class: &Value) -> Run<Value> {
        match self.class_attribute(&value, "__get__") {
            Ok(Some(getter)) => self.call(&getter, Args::of(vec![value, object.clone(), class.clone()])),
            Ok(None) => Ok(value),
            Err(why) => {
                self.risk();
                Ok(Value::Unknown(why))
            }
        }
    }

    fn attribute_of_class(&mut self, object: &Value, class: &Class, name: &str) -> Run<Value> {
        match name {
            "__name__" | "__qualname__" if class.foreign.is_some() => {
                return Ok(self.unknown(format!("`{name}` of a class that is not known")));
            }
            "__name__" => return Ok(Value::Str(class.name.clone())),
            "__qualname__" => return Ok(Value::Str(class.qualname.clone())),
            "__dict__" | "__mro__" | "__bases__" | "__annotations__" => {
                return Ok(self.unknown(format!("`{name}` of a class")));
            }
            "__members__" => return Ok(self.unknown("the members of an enum")),
            _ => {}
        }
        match self.found_in_class(object, name) {
            Ok(Some(Value::Wrapped(Wrapper::Class, inner))) => {
                let function = inner.first().cloned().unwrap_or(Value::None);
                Ok(Value::Method(Rc::new((object.clone(), function))))
            }
            Ok(Some(Value::Wrapped(Wrapper::Static, inner))) => {
                Ok(inner.first().cloned().unwrap_or(Value::None))
            }
            Ok(Some(value @ Value::Object(_))) if !self.is_member(&value) => {
                self.described(value, &Value::None, object)
            }
            Ok(Some(value)) => Ok(value),
            Ok(None) if name.starts_with('_') && name.ends_with("make") => {
                Ok(self.unknown("a named tuple's method"))
            }
            Ok(None) if name.starts_with("__") => {
                self.risk();
                Ok(self.unknown(format!("`{name}` of a class")))
            }
            Ok(None) => {
                if name == "register" {
                    // Other classes may count as derived from it from now on.
                    let why = self.why(format!("classes are registered as `{}`", class.name));
                    if let Value::Object(id) = object
                        && let Object::Class(class) = self.heap.change(*id)
                    {
                        Rc::make_mut(class).foreign.get_or_insert(why);
                    }
                }
                if matches!(name, "register" | "mro")
                    || class.mro.iter().any(|base| !matches!(base, Value::Object(_)))
                {
                    // What an enum, an exception or another built-in class has is not all read.
                    self.risk();
                    return Ok(self.unknown(format!("`{name}` of a class")));
                }
                let message = format!("type object '{}' has no attribute '{name}'", class.name);
                self.raise("AttributeError", Some(message))
            }
            Err(why) => {
                self.risk();
                Ok(Value::Unknown(why))
            }
        }
    }

    fn super_attribute(&mut self, class: &Value, receiver: &Value, name: &str) -> Run<Value> {
        let of = match self.object(receiver) {
            Some(Object::Class(_)) => receiver.clone(),
            _ => self.class_of(receiver),
        };
        let Some(Object::Class(definition)) = self.object(&of) else {
            return Ok(self.unknown("`super()` of something that is not known"));
        };
        let mro = definition.mro.clone();
        let foreign = definition.foreign.clone();
        let mut after = mro.iter().skip_while(|base| !base.same(class)).skip(1);
        for base in after.by_ref() {
            match self.object(base) {
                Some(Object::Class(definition)) => {
                    if definition.attrs.contains_key("__dataclass_fields__")
                        && matches!(definition.attrs.get(name), Some(Value::Partial(_)))
                        && name == "__init__"
                    {
                        return Ok(initializer(base.clone(), receiver.clone()));
                    }
                    let Some(value) = definition.attrs.get(name).cloned() else { continue };
                    return match (&value, self.object(receiver)) {
                        (Value::Wrapped(Wrapper::Class, inner), _) => {
                            let function = inner.first().cloned().unwrap_or(Value::None);
                            Ok(Value::Method(Rc::new((of, function))))
                        }
                        (Value::Function(_), Some(Object::Class(_)))
                            if matches!(name, "__init_subclass__" | "__class_getitem__") =>
                        {
                            Ok(Value::Method(Rc::new((of, value))))
                        }
                        (Value::Function(_), Some(Object::Class(_))) => Ok(value),
                        (Value::Partial(_), _) if name.starts_with("__") => {
                            self.risk();
                            Ok(self.unknown(format!("`super().{name}`")))
                        }
                        _ => self.bound(receiver, value),
                    };
                }
                _ if name == "__init__" => {
                    return Ok(Value::NativeMethod(Rc::new((receiver.clone(), self.text("__init__")))));
                }
                _ => {}
            }
        }
        if let Some(why) = foreign {
            self.risk();
            self.escape(receiver, &why);
            return Ok(Value::Unknown(why));
        }
        if name == "__init_subclass__" && self.is_class(receiver) {
            return Ok(builtins::lookup("object.__init_subclass__").unwrap_or(Value::None));
        }
        if name == "__init__" {
            return Ok(Value::NativeMethod(Rc::new((receiver.clone(), self.text("__init__")))));
        }
        if self.is_exception(receiver, "BaseException") && methods::exists(self, receiver, name) {
            return Ok(Value::NativeMethod(Rc::new((receiver.clone(), self.text(name)))));
        }
        if name.starts_with("__") || mro.iter().any(|base| !matches!(base, Value::Object(_))) {
            self.risk();
            return Ok(self.unknown(format!("`super().{name}`")));
        }
        let message = format!("'super' object has no attribute '{name}'");
        self.raise("AttributeError", Some(message))
    }

    fn is_class(&self, value: &Value) -> bool {
        matches!(self.object(value), Some(Object::Class(_)))
    }
}

/// What `super().__init__` of a dataclass is: its fields are set on an instance that is there already.
fn initializer(class: Value, receiver: Value) -> Value {
    let function = builtins::lookup("dataclasses.init").unwrap_or(Value::None);
    let args = Args::of(vec![class, receiver]);
    Value::Partial(Rc::new(crate::value::Partial { function, args }))
}
