//! Instances: making them, and the fields of dataclasses and named tuples.

use std::rc::Rc;

use super::{Evaluator, Run};
use crate::builtins;
use crate::heap::{ClassKind, Field, Instance, Names, Object};
use crate::reason::Why;
use crate::value::{Args, Value};

impl Evaluator<'_> {
    /// Makes an instance.
    pub(super) fn instantiate(&mut self, class: &Value, args: Args) -> Run<Value> {
        let Some(Object::Class(definition)) = self.object(class) else { return Ok(Value::None) };
        let definition = definition.clone();
        if let Some(why) = &definition.foreign {
            return Ok(self.instantiate_foreign(class, &args, why.clone()));
        }
        if self.is_abstract(class) {
            let why = self.why("an instance of a class with abstract methods");
            return Ok(self.instantiate_foreign(class, &args, why));
        }
        match (&definition.kind, self.own_init(class)) {
            (ClassKind::Enum, _) => return self.member_by_value(class, &args),
            (ClassKind::NamedTuple(fields), None) if self.own_attribute(class, "__new__").is_none() => {
                return self.instantiate_fields(class, &fields.clone(), args);
            }
            (ClassKind::NamedTuple(_), _) => {
                let why = self.why("a named tuple that is made in a way of its own");
                return Ok(self.instantiate_foreign(class, &args, why));
            }
            _ => {}
        }
        if definition
            .mro
            .iter()
            .any(|base| matches!(base, Value::Module(path) if &**path == "typing.TypedDict"))
        {
            return builtins::core::dict_of(self, args);
        }
        if definition.mro.iter().any(|base| matches!(base, Value::Native(native) if !native.is_exception())) {
            let why = self.why("an instance of a class that derives from a built-in type");
            return Ok(self.instantiate_foreign(class, &args, why));
        }
        if self.own_attribute(class, "__new__").is_some() {
            let why = self.why("an instance made by `__new__`");
            return Ok(self.instantiate_foreign(class, &args, why));
        }
        let mut attrs = Names::default();
        let is_exception = definition.mro.iter().any(|base| matches!(base, Value::Native(_)));
        if is_exception {
            attrs.insert(self.text("args"), Value::tuple(args.pos.clone()));
        }
        let instance = self.alloc(Object::Instance(Rc::new(Instance { class: class.clone(), attrs })));
        match self.own_init(class) {
            Some(init) => {
                let mut all = args;
                all.pos.insert(0, instance.clone());
                let given = self.call(&init, all)?;
                if self.why_unknown(&given).is_some() {
                    self.risk();
                } else if !matches!(given, Value::None) {
                    return self.raise("TypeError", None);
                }
            }
            None if is_exception && !args.kw.is_empty() => {
                let why = self.why("an exception with named arguments");
                return Ok(self.instantiate_foreign(class, &args, why));
            }
            None if !(is_exception || args.pos.is_empty() && args.kw.is_empty()) => {
                if let Some(why) = args.open {
                    self.risk();
                    return Ok(Value::Unknown(why));
                }
                let message = format!("{}() takes no arguments", definition.name);
                return self.raise("TypeError", Some(message));
            }
            None => {}
        }
        Ok(instance)
    }

    fn own_init(&self, class: &Value) -> Option<Value> {
        self.own_attribute(class, "__init__")
    }

    /// Whether a method that `abc.abstractmethod` marked was never overridden.
    fn is_abstract(&self, class: &Value) -> bool {
        let Some(Object::Class(definition)) = self.object(class) else { return false };
        if self.abstracts.is_empty() {
            return false;
        }
        let marked = |value: &Value| {
            let function = match value {
                Value::Wrapped(_, inner) => inner.first(),
                value => Some(value),
            };
            matches!(function, Some(Value::Function(function)) if self.abstracts.iter().any(|known| Rc::ptr_eq(known, function)))
        };
        definition.mro.iter().any(|base| match self.object(base) {
            Some(Object::Class(base)) => base.attrs.iter().any(|(name, value)| {
                marked(value) && self.own_attribute(class, name).is_some_and(|found| marked(&found))
            }),
            _ => false,
        })
    }

    fn instantiate_foreign(&mut self, class: &Value, args: &Args, why: Rc<Why>) -> Value {
        self.risk();
        self.escape_args(args, &why);
        self.escape(class, &why);
        Value::Unknown(why)
    }

    fn instantiate_fields(&mut self, class: &Value, fields: &[Field], args: Args) -> Run<Value> {
        let attrs = self.field_values(fields, args)?;
        let instance = self.alloc(Object::Instance(Rc::new(Instance { class: class.clone(), attrs })));
        self.after_fields(class, &instance)?;
        Ok(instance)
    }

    /// What the `__init__` of a dataclass does to an instance of a class derived from it.
    pub(crate) fn set_fields(&mut self, class: &Value, instance: &Value, args: Args) -> Run<Value> {
        let fields = match self.object(class) {
            Some(Object::Class(definition)) => match &definition.kind {
                ClassKind::Data(fields) => fields.clone(),
                _ => return Ok(Value::None),
            },
            _ => return Ok(Value::None),
        };
        let of = self.class_of(instance);
        let frozen = self.frozen(&of);
        for (name, value) in self.field_values(&fields, args)? {
            if frozen {
                self.set_instance_attribute(instance, &name, value);
            } else {
                self.set_attribute(instance, &name, value)?;
            }
        }
        self.after_fields(&of, instance)?;
        Ok(Value::None)
    }

    fn after_fields(&mut self, class: &Value, instance: &Value) -> Run<()> {
        if let Some(after) = self.own_attribute(class, "__post_init__") {
            self.call(&after, Args::of(vec![instance.clone()]))?;
        }
        Ok(())
    }

    fn field_values(&mut self, fields: &[Field], args: Args) -> Run<Names> {
        let mut attrs = Names::default();
        let mut pos = args.pos.into_iter();
        let mut kw = args.kw;
        for field in fields {
            let named = kw.iter().position(|(name, _)| *name == field.name).map(|index| kw.remove(index).1);
            let placed = if field.init { pos.next() } else { None };
            if named.is_some() && (placed.is_some() || !field.init) {
                return self.raise("TypeError", None);
            }
            let given = placed.or(named);
            let value = match (given, &args.open, &field.factory, &field.default) {
                (Some(value), ..) => value,
                (None, Some(why), ..) => Value::Unknown(why.clone()),
                (None, None, Some(factory), _) => self.call(factory, Args::default())?,
                (None, None, None, Some(default)) => default.clone(),
                (None, None, None, None) if !field.init => continue,
                _ => return self.raise("TypeError", None),
            };
            attrs.insert(field.name.clone(), value);
        }
        if pos.next().is_some() || !kw.is_empty() {
            return self.raise("TypeError", None);
        }
        Ok(attrs)
    }

    /// The items of a named tuple's instance.
    pub(crate) fn named_tuple_items(&self, value: &Value) -> Option<Vec<Value>> {
        let Some(Object::Instance(instance)) = self.object(value) else { return None };
        match self.object(&instance.class) {
            Some(Object::Class(class)) => match &class.kind {
                ClassKind::NamedTuple(fields) => {
                    fields.iter().map(|field| instance.attrs.get(&field.name).cloned()).collect()
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// An exception of a built-in class.
    pub(crate) fn exception(&mut self, class: &str, args: Vec<Value>) -> Value {
        let class = builtins::builtin(class).unwrap_or(Value::None);
        let mut attrs = Names::default();
        attrs.insert(self.text("args"), Value::tuple(args));
        self.alloc(Object::Instance(Rc::new(Instance { class, attrs })))
    }

    /// Whether a value is an exception of the named built-in class.
    pub(crate) fn is_exception(&self, value: &Value, class: &str) -> bool {
        builtins::builtin(class).is_some_and(|class| self.is_instance(value, &class).unwrap_or(false))
    }
}
