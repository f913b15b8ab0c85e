//! Types: the class of a value, its name, and what is an instance of what.

use std::rc::Rc;

use super::Evaluator;
use crate::builtins;
use crate::heap::{ClassKind, DictKind, Frozen, Kind, Object};
use crate::reason::Why;
use crate::value::Value;

impl Evaluator<'_> {
    /// The class of a value.
    pub(crate) fn class_of(&self, value: &Value) -> Value {
        match self.object(value) {
            Some(Object::Instance(instance)) => return instance.class.clone(),
            Some(Object::Opaque(_, Kind::InstanceOf(class))) => return class.clone(),
            Some(Object::Opaque(_, Kind::Builtin("object"))) => return self.unknown("its type"),
            _ => {}
        }
        match value {
            Value::Unknown(_) => return self.unknown("its type"),
            // Whatever is set on it is set on every client.
            Value::Client(_) => return Value::Module(Rc::from("boto3.Client")),
            _ => {}
        }
        let name = self.type_name(value);
        let known = builtins::builtin(&name).filter(|_| name != "object");
        known.unwrap_or_else(|| self.unknown("its type"))
    }

    /// What `type(value).__name__` gives.
    pub(crate) fn type_name(&self, value: &Value) -> String {
        let name = match value {
            Value::None => "NoneType",
            Value::Ellipsis => "ellipsis",
            Value::NotImplemented => "NotImplementedType",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::Big(_) => "int",
            Value::Float(_) => "float",
            Value::Str(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::Tuple(_) => "tuple",
            Value::Range(..) => "range",
            Value::Slice(_) => "slice",
            Value::Function(_) => "function",
            Value::Method(_) => "method",
            Value::Native(native) if native.is_type() => "type",
            Value::Native(_) | Value::NativeMethod(_) => "builtin_function_or_method",
            Value::Partial(_) => "partial",
            Value::Wrapped(..) => "property",
            Value::Module(_) => "module",
            Value::Session(_) => "Session",
            Value::Client(_) => "BedrockRuntime",
            Value::Super(_) => "super",
            Value::Unknown(_) => "object",
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(_) => "list",
                Object::Deque(..) => "deque",
                Object::Dict(dict) => match dict.kind {
                    DictKind::Plain | DictKind::Environment => "dict",
                    DictKind::Ordered => "OrderedDict",
                    DictKind::Default(_) => "defaultdict",
                    DictKind::Counter => "Counter",
                },
                Object::Set(_, Frozen::No) => "set",
                Object::Set(_, Frozen::Yes) => "frozenset",
                Object::ByteArray(_) => "bytearray",
                Object::Class(_) => "type",
                Object::Lazy(..) => "generator",
                Object::Iterator(..) | Object::Entries(..) => "iterator",
                Object::Stream(..) => "stream",
                Object::Opaque(_, Kind::Builtin(name)) => name,
                Object::Instance(instance) => return self.class_name(&instance.class),
                Object::Opaque(_, Kind::InstanceOf(class)) => return self.class_name(class),
                _ => "object",
            },
        };
        name.to_owned()
    }

    /// The name of a value's type as the texts of Python's own errors have it; `None` where they differ
    /// between versions or need more than the name.
    pub(crate) fn type_named(&self, value: &Value) -> Option<String> {
        let sure = match value {
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Big(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Tuple(_)
            | Value::Range(..)
            | Value::Function(_) => true,
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(_) | Object::Set(..) | Object::ByteArray(_) => true,
                Object::Dict(dict) => matches!(dict.kind, DictKind::Plain),
                Object::Instance(instance) => {
                    matches!(self.object(&instance.class), Some(Object::Class(_)))
                }
                _ => false,
            },
            _ => false,
        };
        sure.then(|| self.type_name(value))
    }

    /// The name of a class.
    pub(crate) fn class_name(&self, class: &Value) -> String {
        match (class, self.object(class)) {
            (_, Some(Object::Class(class))) => class.name.to_string(),
            (Value::Native(native), _) => native.name.rsplit('.').next().unwrap_or(native.name).to_owned(),
            _ => "object".to_owned(),
        }
    }

    /// `isinstance(value, class)` for one class.
    pub(crate) fn is_instance(&self, value: &Value, class: &Value) -> Result<bool, Rc<Why>> {
        if let Value::Unknown(why) = value {
            return Err(why.clone());
        }
        if matches!(value, Value::Module(_)) {
            return Err(self.why("its type is not known"));
        }
        if let Value::Native(native) = class
            && native.name == "object"
        {
            return Ok(true);
        }
        self.is_subclass(&self.class_of(value), class)
    }

    /// `issubclass(sub, class)` for one class.
    pub(crate) fn is_subclass(&self, sub: &Value, class: &Value) -> Result<bool, Rc<Why>> {
        if let Some(why) = self.why_unknown(sub) {
            return Err(why);
        }
        if let Some(why) = self.why_unknown(class) {
            // A class of the chapter is known not to derive from a module's class it does not name.
            return Err(why);
        }
        if sub.same(class) {
            return Ok(true);
        }
        if let Some(Object::Class(definition)) = self.object(class)
            && let Some(why) = &definition.foreign
        {
            // It may have its own idea of what derives from it.
            return Err(why.clone());
        }
        match self.object(sub) {
            Some(Object::Class(definition)) => {
                for base in &definition.mro {
                    if base.same(class) {
                        return Ok(true);
                    }
                    if let (Value::Native(base), Value::Native(class)) = (base, class)
                        && base.derives_from(class.name)
                    {
                        return Ok(true);
                    }
                }
                if matches!(definition.kind, ClassKind::NamedTuple(_))
                    && matches!(class, Value::Native(native) if native.name == "tuple")
                {
                    return Ok(true);
                }
                if let Some(why) = &definition.foreign {
                    return Err(why.clone());
                }
                // What a base of a library is derived from is not read.
                let sure = definition.mro.iter().all(|base| match base {
                    Value::Object(_) | Value::Native(_) => true,
                    Value::Module(path) => {
                        !matches!(class, Value::Native(native) if native.name == "dict" && &**path == "typing.TypedDict")
                    }
                    _ => false,
                });
                if sure { Ok(false) } else { Err(self.why("its type is not known")) }
            }
            _ => match (sub, class) {
                (Value::Native(sub), Value::Native(class)) => Ok(sub.derives_from(class.name)),
                (Value::Native(_), Value::Object(_)) => Ok(false),
                _ => Err(self.why("its type is not known")),
            },
        }
    }
}
