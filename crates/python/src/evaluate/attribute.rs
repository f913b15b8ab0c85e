//! Attributes: reading, setting and deleting them.

use std::rc::Rc;

use super::{Evaluator, Run};
use crate::builtins::{self, methods};
use crate::heap::{Class, ClassKind, Instance, Kind, Object};
use crate::names::Node;
use crate::reason::{AnswerPart, Why};
use crate::value::{Value, Wrapper};

impl Evaluator<'_> {
    /// `object.name`
    pub(crate) fn attribute(&mut self, object: &Value, name: &str) -> Run<Value> {
        match object {
            Value::Module(path) => return Ok(self.module_attribute(&path.clone(), name)),
            Value::Client(_) => return Ok(self.client_attribute(object, name)),
            Value::Session => {
                if matches!(name, "client" | "resource") {
                    return Ok(Value::NativeMethod(Rc::new((object.clone(), self.text(name)))));
                }
                return Ok(self.unknown("it comes from the AWS account's configuration"));
            }
            Value::Super(pair) => return self.super_attribute(&pair.0, &pair.1, name),
            _ => {}
        }
        match self.object(object).cloned() {
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
        if name.starts_with("__") {
            return Ok(self.unknown(format!("`{name}` is not read")));
        }
        let message = format!("'{}' object has no attribute '{name}'", self.type_name(object));
        self.raise("AttributeError", Some(message))
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
                    args: crate::value::Args::of(vec![inner.first().cloned().unwrap_or(Value::None)]),
                };
                return Some(Value::Partial(Rc::new(partial)));
            }
            _ => return None,
        };
        let node = self.code(function.code).node;
        Some(match (name, node) {
            ("__name__" | "__qualname__", _) => Value::Str(function.name.clone()),
            ("__doc__", Node::Def(def)) => match super::class::docstring(&def.body) {
                Some(text) if !text.contains('\n') => Value::str(text),
                Some(_) => self.unknown("the indentation of a docstring depends on the version of Python"),
                None => Value::None,
            },
            ("__module__", _) => Value::str("__main__"),
            _ => self.unknown(format!("the attribute `{name}` of a function")),
        })
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

    fn found_in_class(&self, class: &Value, name: &str) -> Result<Option<Value>, Rc<Why>> {
        let Some(Object::Class(definition)) = self.object(class) else {
            return self.why_unknown(class).map_or(Ok(None), Err);
        };
        for base in &definition.mro {
            if let Some(Object::Class(base)) = self.object(base)
                && let Some(value) = base.attrs.get(name)
            {
                return Ok(Some(value.clone()));
            }
        }
        definition.foreign.clone().map_or(Ok(None), Err)
    }

    /// An attribute that a class of the chapter defines itself or inherits from one.
    pub(super) fn own_attribute(&self, class: &Value, name: &str) -> Option<Value> {
        self.found_in_class(class, name).ok().flatten()
    }

    fn instance_attribute(&mut self, object: &Value, instance: &Instance, name: &str) -> Run<Value> {
        let found = self.found_in_class(&instance.class, name);
        if let Ok(Some(found @ Value::Wrapped(Wrapper::Property, _))) = &found {
            return self.bound(object, found.clone());
        }
        if let Some(value) = instance.attrs.get(name) {
            return Ok(self.perhaps_unset(value.clone()));
        }
        match found {
            Ok(Some(value)) => self.bound(object, value),
            Err(why) => {
                self.risk();
                Ok(Value::Unknown(why))
            }
            Ok(None) => self.missing_attribute(object, instance, name),
        }
    }

    fn missing_attribute(&mut self, object: &Value, instance: &Instance, name: &str) -> Run<Value> {
        match name {
            "__class__" => return Ok(instance.class.clone()),
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
            let args = vec![object.clone(), Value::str(name)];
            return self.call(&fallback, crate::value::Args::of(args));
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
                    Wrapper::Property => self.call(&function, crate::value::Args::of(vec![object.clone()])),
                    Wrapper::CachedProperty => {
                        let value = self.call(&function, crate::value::Args::of(vec![object.clone()]))?;
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
            _ => Ok(value),
        }
    }

    fn attribute_of_class(&mut self, object: &Value, class: &Class, name: &str) -> Run<Value> {
        match name {
            "__name__" | "__qualname__" => return Ok(Value::Str(class.name.clone())),
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
            Ok(Some(value)) => Ok(value),
            Ok(None) if name.starts_with('_') && name.ends_with("make") => {
                Ok(self.unknown("a named tuple's method"))
            }
            Ok(None) if name.starts_with("__") => Ok(self.unknown(format!("`{name}` of a class"))),
            Ok(None) => {
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
                    if let (ClassKind::Data(_), "__init__", None) =
                        (&definition.kind, name, definition.attrs.get(name))
                    {
                        return Ok(initializer(base.clone(), receiver.clone()));
                    }
                    let Some(value) = definition.attrs.get(name).cloned() else { continue };
                    return match (&value, self.object(receiver)) {
                        (Value::Wrapped(Wrapper::Class, inner), _) => {
                            let function = inner.first().cloned().unwrap_or(Value::None);
                            Ok(Value::Method(Rc::new((of, function))))
                        }
                        (Value::Function(_), Some(Object::Class(_))) => Ok(value),
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
        if name == "__init__" || name == "__init_subclass__" || name == "__post_init__" {
            return Ok(Value::NativeMethod(Rc::new((receiver.clone(), self.text("__init__")))));
        }
        if self.is_exception(receiver, "BaseException") && methods::exists(self, receiver, name) {
            return Ok(Value::NativeMethod(Rc::new((receiver.clone(), self.text(name)))));
        }
        if name.starts_with("__") {
            return Ok(self.unknown(format!("`super().{name}`")));
        }
        let message = format!("'super' object has no attribute '{name}'");
        self.raise("AttributeError", Some(message))
    }

    /// `object.name = value`
    pub(crate) fn set_attribute(&mut self, object: &Value, name: &str, value: Value) -> Run<()> {
        match object {
            Value::Module(path) => {
                let why = self.why(format!("`{path}.{name}` was replaced"));
                self.escape(&value, &why);
                let path = path.clone();
                let name = self.text(name);
                self.patched.insert((path, name));
                return Ok(());
            }
            Value::Client(_) | Value::Session => {
                let why = self.why("a client was changed");
                self.escape(&value, &why);
                self.tampered.get_or_insert(why);
                return Ok(());
            }
            _ => {}
        }
        match self.object(object).cloned() {
            Some(Object::Instance(instance)) => {
                if let Ok(Some(Value::Wrapped(Wrapper::Property, inner))) =
                    self.found_in_class(&instance.class, name)
                {
                    return match inner.get(1) {
                        Some(setter) => {
                            let args = vec![object.clone(), value];
                            let setter = setter.clone();
                            self.call(&setter, crate::value::Args::of(args)).map(drop)
                        }
                        None => self.raise("AttributeError", None),
                    };
                }
                let guarded = ["__setattr__", "__slots__"]
                    .iter()
                    .any(|special| !matches!(self.found_in_class(&instance.class, special), Ok(None)));
                if guarded || self.frozen(&instance.class) {
                    let why = self.why("an attribute set in a class that guards its attributes");
                    self.escape(&value, &why);
                    self.escape(object, &why);
                    self.risk();
                    return Ok(());
                }
                self.set_instance_attribute(object, name, value);
                Ok(())
            }
            Some(Object::Class(_)) => {
                let name = self.text(name);
                if let Value::Object(id) = object
                    && let Object::Class(class) = self.heap.change(*id)
                {
                    Rc::make_mut(class).attrs.insert(name, value);
                }
                Ok(())
            }
            _ => {
                let why = self
                    .why_unknown(object)
                    .unwrap_or_else(|| self.why(format!("the attribute `{name}` was set on something else")));
                self.escape(&value, &why);
                self.risk();
                Ok(())
            }
        }
    }

    fn frozen(&self, class: &Value) -> bool {
        matches!(self.found_in_class(class, "__frozen__"), Ok(Some(_)))
    }

    fn set_instance_attribute(&mut self, object: &Value, name: &str, value: Value) {
        let name = self.text(name);
        if let Value::Object(id) = object
            && let Object::Instance(instance) = self.heap.change(*id)
        {
            Rc::make_mut(instance).attrs.insert(name, value);
        }
    }

    /// `del object.name`
    pub(super) fn delete_attribute(&mut self, object: &Value, name: &str) {
        if let Value::Object(id) = object
            && let Object::Instance(instance) = self.heap.change(*id)
            && Rc::make_mut(instance).attrs.shift_remove(name).is_some()
        {
            return;
        }
        self.risk();
    }
}

/// What `super().__init__` of a dataclass is: its fields are set on an instance that is there already.
fn initializer(class: Value, receiver: Value) -> Value {
    let function = builtins::lookup("dataclasses.init").unwrap_or(Value::None);
    let args = crate::value::Args::of(vec![class, receiver]);
    Value::Partial(Rc::new(crate::value::Partial { function, args }))
}
