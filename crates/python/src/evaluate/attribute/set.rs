//! Setting and deleting attributes.

use std::rc::Rc;

use crate::builtins;
use crate::evaluate::{Altered, Evaluator, Run};
use crate::heap::{ClassKind, Instance, Object};
use crate::value::{Args, Function, Value, Wrapper};

impl Evaluator<'_> {
    /// `object.name = value`
    pub(crate) fn set_attribute(&mut self, object: &Value, name: &str, value: Value) -> Run<()> {
        match object {
            Value::Module(path) if self.own_scope(path).is_some() => {
                if let Some(scope) = self.own_scope(path) {
                    let name = self.text(name);
                    let value = self.watched_value(scope, &name, value);
                    self.set_name(scope, name, value);
                }
                return Ok(());
            }
            Value::Module(path) => {
                let path = path.clone();
                self.set_module_attribute(&path, name, &value);
                return Ok(());
            }
            Value::Client(_) | Value::Session(_) => {
                let why = self.why("a client was changed");
                self.escape(&value, &why);
                self.tampered.get_or_insert(why);
                return Ok(());
            }
            Value::Native(native) => {
                // Most are written in C and refuse it; those of boto3 do not.
                let why = self.why(format!("`{}.{name}` was replaced", native.name));
                self.escape(&value, &why);
                self.remake(native.name);
                self.risk();
                return Ok(());
            }
            Value::Function(function) => {
                self.alter_function(&function.clone(), name, &value);
                return Ok(());
            }
            Value::Method(_) => return self.raise("AttributeError", None),
            _ => {}
        }
        match self.object(object).cloned() {
            Some(Object::Instance(instance)) => self.set_on_instance(object, &instance, name, value),
            Some(Object::Class(class)) => {
                if UNSETTABLE.contains(&name)
                    || matches!(class.kind, ClassKind::Enum)
                    || class.foreign.is_some()
                {
                    let why = self.why(format!("`{name}` of the class `{}` was replaced", class.name));
                    self.escape(&value, &why);
                    self.risk();
                    if class.foreign.is_none() {
                        // Its instances and the classes that derive from it are all over the heap.
                        self.tampered.get_or_insert(why);
                    }
                    return Ok(());
                }
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

    fn set_on_instance(&mut self, object: &Value, instance: &Instance, name: &str, value: Value) -> Run<()> {
        let found = self.found_in_class(&instance.class, name);
        if let Ok(Some(Value::Wrapped(Wrapper::Property, inner))) = &found {
            return match inner.get(1) {
                Some(setter) if !matches!(setter, Value::None) => {
                    let setter = setter.clone();
                    self.call(&setter, Args::of(vec![object.clone(), value])).map(drop)
                }
                _ => self.raise("AttributeError", None),
            };
        }
        if let Ok(Some(descriptor)) = &found
            && self.precedes_instances(descriptor)
        {
            return match self.class_attribute(descriptor, "__set__") {
                Ok(Some(setter)) => {
                    self.call(&setter, Args::of(vec![descriptor.clone(), object.clone(), value])).map(drop)
                }
                Ok(None) => self.raise("AttributeError", None),
                Err(why) => {
                    self.escape(&value, &why);
                    self.escape(object, &why);
                    self.risk();
                    Ok(())
                }
            };
        }
        let guarded = ["__setattr__", "__slots__"]
            .iter()
            .any(|special| !matches!(self.found_in_class(&instance.class, special), Ok(None)));
        let fixed = self.named_tuple_items(object).is_some()
            || (self.is_member(object) && matches!(name, "name" | "value"));
        if guarded || fixed || name == "__class__" || name == "__dict__" || self.frozen(&instance.class) {
            let why = self.why("an attribute set in a class that guards its attributes");
            self.escape(&value, &why);
            self.escape(object, &why);
            self.risk();
            if name == "__class__" {
                self.tampered.get_or_insert(why);
            }
            return Ok(());
        }
        self.set_instance_attribute(object, name, value);
        Ok(())
    }

    /// Something of a module is replaced: of Python's own modules nothing is known after that.
    fn set_module_attribute(&mut self, path: &str, name: &str, value: &Value) {
        let why = self.why(format!("`{path}.{name}` was replaced"));
        self.escape(value, &why);
        let (module, name) = (self.text(path), self.text(name));
        self.patched.insert((module, name));
        // The streams of `sys` are what `print` writes to, and no more.
        if path != "sys" {
            self.remake(path);
        }
    }

    /// Gives up what is known of the module that a dotted path belongs to.
    pub(crate) fn remake(&mut self, path: &str) {
        let root = path.split('.').next().unwrap_or(path);
        let root = if path.contains('.') || builtins::is_module(path) { root } else { "builtins" };
        if matches!(root, "boto3" | "botocore" | "urllib3" | "http" | "socket" | "ssl" | "builtins") {
            let why = self.why(format!("something of `{root}` was replaced"));
            self.tampered.get_or_insert(why);
        }
        let root = self.text(root);
        self.remade.insert(root);
    }

    /// An attribute of a function is set: what it does or is called may change.
    fn alter_function(&mut self, function: &Rc<Function>, name: &str, value: &Value) {
        let why = self.why(format!("`{name}` of the function `{}` was set", function.name));
        self.escape(value, &why);
        let what = match name {
            "__code__" | "__defaults__" | "__kwdefaults__" | "__globals__" | "__closure__" => Altered::Code,
            _ => Altered::Names,
        };
        self.altered.push((function.clone(), what));
    }

    pub(in crate::evaluate) fn frozen(&self, class: &Value) -> bool {
        matches!(self.found_in_class(class, "__frozen__"), Ok(Some(_)))
    }

    pub(in crate::evaluate) fn set_instance_attribute(&mut self, object: &Value, name: &str, value: Value) {
        let name = self.text(name);
        if let Value::Object(id) = object
            && let Object::Instance(instance) = self.heap.change(*id)
        {
            Rc::make_mut(instance).attrs.insert(name, value);
        }
    }

    /// `del object.name`
    pub(crate) fn delete_attribute(&mut self, object: &Value, name: &str) -> Run<()> {
        match self.object(object).cloned() {
            Some(Object::Instance(instance)) => self.delete_of_instance(object, &instance, name),
            Some(Object::Class(class))
                if class.foreign.is_none() && !matches!(class.kind, ClassKind::Enum) =>
            {
                if !class.attrs.contains_key(name) {
                    return self.raise("AttributeError", None);
                }
                if let Value::Object(id) = object
                    && let Object::Class(class) = self.heap.change(*id)
                {
                    Rc::make_mut(class).attrs.shift_remove(name);
                }
                Ok(())
            }
            _ => {
                match object {
                    Value::Module(path) => {
                        let path = path.clone();
                        self.set_module_attribute(&path, name, &Value::None);
                    }
                    Value::Function(function) => self.alter_function(&function.clone(), name, &Value::None),
                    _ => {}
                }
                self.risk();
                Ok(())
            }
        }
    }

    fn delete_of_instance(&mut self, object: &Value, instance: &Instance, name: &str) -> Run<()> {
        let found = self.found_in_class(&instance.class, name);
        let own = self.class_attribute(object, "__delattr__");
        let deleter = match &found {
            Ok(Some(Value::Wrapped(Wrapper::Property, inner))) => inner
                .get(2)
                .filter(|deleter| !matches!(deleter, Value::None))
                .cloned()
                .map(|deleter| (deleter, None)),
            Ok(Some(descriptor)) => match self.class_attribute(descriptor, "__delete__") {
                Ok(Some(deleter)) => Some((deleter, Some(descriptor.clone()))),
                _ => None,
            },
            _ => None,
        };
        if let Ok(Some(method)) = own {
            return self.call(&method, Args::of(vec![object.clone(), Value::str(name)])).map(drop);
        }
        if let Some((deleter, descriptor)) = deleter {
            let args = descriptor.into_iter().chain([object.clone()]).collect();
            return self.call(&deleter, Args::of(args)).map(drop);
        }
        let guarded = own.is_err()
            || found.is_err()
            || found.is_ok_and(|found| found.is_some_and(|found| self.precedes_instances(&found)))
            || self.frozen(&instance.class)
            || self.is_member(object)
            || self.named_tuple_items(object).is_some();
        if guarded {
            let why = self.why("an attribute was deleted that is guarded");
            self.escape(object, &why);
            self.risk();
            return Ok(());
        }
        match instance.attrs.get(name) {
            None => return self.raise("AttributeError", None),
            Some(Value::Unknown(why)) if why.unset => self.risk(),
            Some(_) => {}
        }
        if let Value::Object(id) = object
            && let Object::Instance(instance) = self.heap.change(*id)
        {
            Rc::make_mut(instance).attrs.shift_remove(name);
        }
        Ok(())
    }
}

/// What decides what a class is; to replace it changes every instance there is.
const UNSETTABLE: [&str; 10] = [
    "__bases__",
    "__class__",
    "__mro__",
    "__new__",
    "__getattribute__",
    "__del__",
    "__slots__",
    "__name__",
    "__qualname__",
    "__abstractmethods__",
];
