//! Classes, instances, exceptions and types.

use std::rc::Rc;

use ruff_python_ast as ast;

use super::{Evaluator, Frame, Run};
use crate::builtins;
use crate::heap::{Class, ClassKind, DictKind, Field, Frozen, Instance, Kind, Names, Object, Scope};
use crate::limits;
use crate::reason::Why;
use crate::value::{Args, Id, Text, Value};

impl<'a> Evaluator<'a> {
    pub(super) fn run_class(&mut self, node: &'a ast::StmtClassDef) -> Run<()> {
        let decorators = self.decorators(&node.decorator_list)?;
        let (bases, mut foreign) = self.bases(node)?;
        let class_id = self.heap.add(Object::Absent);
        let scope = self.scope(Scope::default());
        let frame = Frame { own: scope, loops: Vec::new(), ..self.frame().clone() };
        self.frames.push(frame);
        self.classes.push((scope, class_id));
        let result = self.run_body(&node.body);
        self.classes.pop();
        self.frames.pop();
        result?;
        let mut attrs = match self.heap.get(scope) {
            Object::Scope(scope) => scope.names.clone(),
            _ => Names::default(),
        };
        let annotated: Vec<Value> = annotated_names(&node.body).map(Value::str).collect();
        attrs.insert(self.text("__annotations__"), Value::tuple(annotated));
        attrs.insert(self.text("__doc__"), docstring(&node.body).map_or(Value::None, Value::str));
        let mro = match self.resolution_order(class_id, &bases) {
            Ok(mro) => mro,
            Err(why) => {
                foreign.get_or_insert(why);
                vec![Value::Object(class_id)]
            }
        };
        let name = self.name(&node.name);
        let mut class = Class { name, bases: bases.clone(), mro, attrs, foreign, kind: ClassKind::Plain };
        for base in &bases {
            if let Some(Object::Class(base)) = self.object(base) {
                class.foreign = class.foreign.or_else(|| base.foreign.clone());
                class.kind = base.kind.clone();
            }
        }
        self.heap.set(class_id, Object::Class(Rc::new(class)));
        self.finish_kind(class_id, &bases);
        let value = self.decorated(decorators, Value::Object(class_id))?;
        self.bind(&node.name, value)
    }

    /// The bases that matter, and why the class is not all known.
    fn bases(&mut self, node: &'a ast::StmtClassDef) -> Run<(Vec<Value>, Option<Rc<Why>>)> {
        let mut bases = Vec::new();
        let mut foreign = None;
        let Some(arguments) = &node.arguments else { return Ok((bases, foreign)) };
        for base in &arguments.args {
            let value = self.eval(base)?;
            match &value {
                Value::Module(path) if builtins::is_plain_base(path) => {}
                Value::Module(path) if builtins::is_special_base(path) => bases.push(value),
                Value::Native(native) if native.name == "object" => {}
                Value::Native(native) if native.is_exception() || matches!(native.name, "str" | "int") => {
                    bases.push(value);
                }
                Value::Object(id) if matches!(self.heap.get(*id), Object::Class(_)) => bases.push(value),
                _ => {
                    self.risk();
                    foreign = Some(
                        self.why(format!("class `{}` derives from something that is not known", &*node.name)),
                    );
                }
            }
        }
        for keyword in &arguments.keywords {
            let value = self.eval(&keyword.value)?;
            let plain = matches!(&value, Value::Module(path) if &**path == "abc.ABCMeta")
                || keyword.arg.as_ref().is_some_and(|name| &**name == "total");
            if !plain {
                foreign =
                    Some(self.why(format!("class `{}` has a metaclass that is not known", &*node.name)));
            }
        }
        Ok((bases, foreign))
    }

    /// Enums, named tuples and typed dicts are made by their base.
    fn finish_kind(&mut self, id: Id, bases: &[Value]) {
        for base in bases {
            let Value::Module(path) = base else { continue };
            match &**path {
                "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" => self.make_members(id),
                "typing.NamedTuple" => {
                    let fields = self.fields_of(id);
                    self.set_kind(id, ClassKind::NamedTuple(Rc::new(fields)));
                }
                _ => {}
            }
        }
    }

    fn make_members(&mut self, id: Id) {
        let Object::Class(class) = self.heap.get(id).clone() else { return };
        let mut class = (*class).clone();
        class.kind = ClassKind::Enum;
        let names: Vec<Text> = class
            .attrs
            .iter()
            .filter(|(name, value)| {
                !name.starts_with('_') && !matches!(value, Value::Function(_) | Value::Wrapped(..))
            })
            .map(|(name, _)| name.clone())
            .collect();
        let (key_name, key_value) = (self.text("name"), self.text("value"));
        let mut number = 0;
        for name in names {
            let mut value = class.attrs[&name].clone();
            if matches!(&value, Value::Unknown(why) if why.text == "enum.auto") {
                number += 1;
                value = Value::Int(number);
            } else if let Value::Int(given) = value {
                number = given;
            }
            let mut attrs = Names::default();
            attrs.insert(key_name.clone(), Value::Str(name.clone()));
            attrs.insert(key_value.clone(), value);
            let member = self.alloc(Object::Instance(Rc::new(Instance { class: Value::Object(id), attrs })));
            class.attrs.insert(name, member);
        }
        self.heap.set(id, Object::Class(Rc::new(class)));
    }

    /// The members of an enum, in order.
    pub(crate) fn enum_members(&self, class: &Value) -> Option<Vec<Value>> {
        let Some(Object::Class(definition)) = self.object(class) else { return None };
        if !matches!(definition.kind, ClassKind::Enum) || definition.foreign.is_some() {
            return None;
        }
        let is_member = |value: &&Value| matches!(self.object(value), Some(Object::Instance(member)) if member.class.same(class));
        Some(definition.attrs.values().filter(is_member).cloned().collect())
    }

    /// The fields that annotations declare, inherited ones first.
    pub(crate) fn fields_of(&mut self, id: Id) -> Vec<Field> {
        let Object::Class(class) = self.heap.get(id).clone() else { return Vec::new() };
        let mut fields: Vec<Field> = Vec::new();
        for base in class.bases.iter().rev() {
            if let Some(Object::Class(base)) = self.object(base)
                && let ClassKind::Data(inherited) = &base.kind
            {
                fields.extend(inherited.iter().cloned());
            }
        }
        let Some(Value::Tuple(names)) = class.attrs.get("__annotations__") else { return fields };
        for name in names.iter().filter_map(Value::as_str) {
            let name = self.text(name);
            let field = Self::field_of(name, &class);
            match fields.iter_mut().find(|known| known.name == field.name) {
                Some(known) => *known = field,
                None => fields.push(field),
            }
        }
        fields
    }

    fn field_of(name: Text, class: &Class) -> Field {
        let default = class.attrs.get(&name).cloned();
        // What `dataclasses.field(…)` gives is a partial application of itself.
        if let Some(Value::Partial(partial)) = &default
            && matches!(&partial.function, Value::Native(native) if native.name == "dataclasses.field")
        {
            let init = !matches!(partial.args.named("init"), Some(Value::Bool(false)));
            return Field {
                name,
                default: partial.args.named("default").cloned(),
                factory: partial.args.named("default_factory").cloned(),
                init,
            };
        }
        Field { name, default, factory: None, init: true }
    }

    pub(crate) fn set_kind(&mut self, id: Id, kind: ClassKind) {
        if let Object::Class(class) = self.heap.change(id) {
            Rc::make_mut(class).kind = kind;
        }
    }

    /// C3 linearization where it is plain: depth first, duplicates at their last place.
    fn resolution_order(&self, id: Id, bases: &[Value]) -> Result<Vec<Value>, Rc<Why>> {
        let mut order = Vec::new();
        for base in bases {
            match self.object(base) {
                Some(Object::Class(class)) => order.extend(class.mro.iter().cloned()),
                _ => order.push(base.clone()),
            }
        }
        if order.len() > limits::BASES {
            return Err(self.why("a class with very many bases"));
        }
        let mut kept: Vec<Value> = Vec::new();
        for (index, class) in order.iter().enumerate() {
            if !order[index + 1..].iter().any(|later| later.same(class)) {
                kept.push(class.clone());
            }
        }
        kept.insert(0, Value::Object(id));
        Ok(kept)
    }

    /// Makes an instance.
    pub(super) fn instantiate(&mut self, class: &Value, args: Args) -> Run<Value> {
        let Some(Object::Class(definition)) = self.object(class) else { return Ok(Value::None) };
        let definition = definition.clone();
        if let Some(why) = &definition.foreign {
            return Ok(self.instantiate_foreign(class, &args, why.clone()));
        }
        match &definition.kind {
            ClassKind::Enum => return self.member_by_value(class, &args),
            ClassKind::NamedTuple(fields) | ClassKind::Data(fields) if self.own_init(class).is_none() => {
                return self.instantiate_fields(class, &fields.clone(), args);
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
                self.call(&init, all)?;
            }
            None if !(is_exception || args.pos.is_empty() && args.kw.is_empty()) => {
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

    fn instantiate_foreign(&mut self, class: &Value, args: &Args, why: Rc<Why>) -> Value {
        self.risk();
        self.escape_args(args, &why);
        self.escape(class, &why);
        Value::Unknown(why)
    }

    fn member_by_value(&mut self, class: &Value, args: &Args) -> Run<Value> {
        let Some(wanted) = args.pos.first() else { return self.raise("TypeError", None) };
        for member in self.enum_members(class).unwrap_or_default() {
            let value = self.attribute(&member, "value")?;
            match self.equal(&value, wanted)? {
                Ok(true) => return Ok(member),
                Ok(false) => {}
                Err(why) => return Ok(Value::Unknown(why)),
            }
        }
        self.raise("ValueError", None)
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
        for (name, value) in self.field_values(&fields, args)? {
            self.set_attribute(instance, &name, value)?;
        }
        let of = self.class_of(instance);
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
            let given = if field.init { pos.next().or(named) } else { named };
            let value = match (given, &args.open, &field.factory, &field.default) {
                (Some(value), ..) => value,
                (None, Some(why), ..) => Value::Unknown(why.clone()),
                (None, None, Some(factory), _) => self.call(factory, Args::default())?,
                (None, None, None, Some(default)) => default.clone(),
                (None, None, None, None) if !field.init => continue,
                _ => {
                    let message =
                        format!("__init__() missing 1 required positional argument: '{}'", field.name);
                    return self.raise("TypeError", Some(message));
                }
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
            Some(Object::Class(class)) if matches!(class.kind, ClassKind::NamedTuple(_)) => {
                Some(instance.attrs.values().cloned().collect())
            }
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

    /// The class of a value.
    pub(crate) fn class_of(&self, value: &Value) -> Value {
        match self.object(value) {
            Some(Object::Instance(instance)) => return instance.class.clone(),
            Some(Object::Opaque(_, Kind::InstanceOf(class))) => return class.clone(),
            Some(Object::Opaque(_, Kind::Builtin("object"))) => return self.unknown("its type"),
            _ => {}
        }
        if matches!(value, Value::Unknown(_)) {
            return self.unknown("its type");
        }
        builtins::builtin(&self.type_name(value)).unwrap_or_else(|| self.unknown("its type"))
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
            Value::Session => "Session",
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
                Object::Iterator(..) => "iterator",
                Object::Stream(..) => "stream",
                Object::Opaque(_, Kind::Builtin(name)) => name,
                Object::Instance(instance) => return self.class_name(&instance.class),
                Object::Opaque(_, Kind::InstanceOf(class)) => return self.class_name(class),
                _ => "object",
            },
        };
        name.to_owned()
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
                definition.foreign.clone().map_or(Ok(false), Err)
            }
            _ => match (sub, class) {
                (Value::Native(sub), Value::Native(class)) => Ok(sub.derives_from(class.name)),
                (Value::Native(_), Value::Object(_)) => Ok(false),
                _ => Err(self.why("its type is not known")),
            },
        }
    }
}

fn annotated_names(body: &[ast::Stmt]) -> impl Iterator<Item = &str> {
    body.iter().filter_map(|statement| match statement {
        ast::Stmt::AnnAssign(node) => match (&*node.target, &*node.annotation) {
            (_, ast::Expr::Subscript(outer)) if is_class_var(&outer.value) => None,
            (ast::Expr::Name(name), annotation) if !is_class_var(annotation) => Some(name.id.as_str()),
            _ => None,
        },
        _ => None,
    })
}

fn is_class_var(annotation: &ast::Expr) -> bool {
    match annotation {
        ast::Expr::Name(name) => name.id.as_str() == "ClassVar",
        ast::Expr::Attribute(node) => &*node.attr == "ClassVar",
        _ => false,
    }
}

/// The docstring of a body.
pub(crate) fn docstring(body: &[ast::Stmt]) -> Option<&str> {
    match body.first()? {
        ast::Stmt::Expr(node) => match &*node.value {
            ast::Expr::StringLiteral(text) => Some(text.value.to_str()),
            _ => None,
        },
        _ => None,
    }
}
