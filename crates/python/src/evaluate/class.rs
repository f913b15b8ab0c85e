//! Classes: their bodies, bases, and what is made of them.

use std::rc::Rc;

use ruff_python_ast as ast;

use super::{ClassBody, Evaluator, Frame, Run};
use crate::builtins;
use crate::heap::{Class, ClassKind, Field, Names, Object, Scope};
use crate::reason::Why;
use crate::value::{Args, Id, Text, Value, Wrapper};
use crate::{limits, names};

impl<'a> Evaluator<'a> {
    pub(super) fn run_class(&mut self, node: &'a ast::StmtClassDef) -> Run<()> {
        let decorators = self.decorators(&node.decorator_list)?;
        let (bases, mut foreign, options) = self.bases(node)?;
        if bases.iter().any(|base| self.is_final_enum(base)) {
            return self.raise("TypeError", None);
        }
        let class_id = self.heap.add(Object::Absent);
        let scope = self.scope(Scope::default());
        let frame = Frame { own: scope, loops: Vec::new(), ..self.frame().clone() };
        let qualname = self.qualified(&node.name);
        let names = names::class_names(&node.body);
        self.frames.push(frame);
        self.classes.push(ClassBody { qualname: qualname.clone(), scope, class: class_id, names });
        let result = self.run_body(&node.body);
        let odd = self.has_odd_fields(&node.body);
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
        if odd {
            attrs.insert(self.text("__odd__"), Value::Bool(true));
        }
        if let Some(name) = UNREAD.iter().find(|name| attrs.contains_key(**name)) {
            foreign.get_or_insert_with(|| self.why(format!("class `{}` has its own `{name}`", &*node.name)));
        }
        if attrs.contains_key("__eq__") && !attrs.contains_key("__hash__") {
            attrs.insert(self.text("__hash__"), Value::None);
        }
        let mro = match self.resolution_order(class_id, &bases) {
            Ok(Some(mro)) => mro,
            Ok(None) => return self.raise("TypeError", None),
            Err(why) => {
                foreign.get_or_insert(why);
                vec![Value::Object(class_id)]
            }
        };
        let name = self.name(&node.name);
        let kind = ClassKind::Plain;
        let mut class = Class { name, qualname, mro: mro.clone(), attrs, foreign, kind };
        for base in &mro[1..] {
            if let Some(Object::Class(base)) = self.object(base) {
                class.foreign = class.foreign.or_else(|| base.foreign.clone());
                if matches!(class.kind, ClassKind::Plain) {
                    class.kind = base.kind.clone();
                }
            }
        }
        if let Some(why) = class.foreign.clone() {
            // Whatever made the class was given its body.
            for value in class.attrs.values().filter(|value| !matches!(value, Value::Client(_))) {
                self.escape(value, &why);
            }
        }
        let inherits_enum = matches!(class.kind, ClassKind::Enum);
        self.heap.set(class_id, Object::Class(Rc::new(class)));
        if inherits_enum {
            self.make_members(class_id)?;
        }
        self.finish_kind(class_id, &bases)?;
        self.tell_class(class_id, options)?;
        let value = self.decorated(decorators, Value::Object(class_id))?;
        self.bind(&node.name, value)
    }

    /// Tells descriptors their names, and the base that there is a new class.
    fn tell_class(&mut self, id: Id, options: Vec<(Text, Value)>) -> Run<()> {
        let Object::Class(class) = self.heap.get(id).clone() else { return Ok(()) };
        if class.foreign.is_some() || matches!(class.kind, ClassKind::Enum) {
            return Ok(());
        }
        let value = Value::Object(id);
        for (name, attribute) in &class.attrs {
            if let Ok(Some(method)) = self.class_attribute(attribute, "__set_name__") {
                let args = vec![attribute.clone(), value.clone(), Value::Str(name.clone())];
                self.call(&method, Args::of(args))?;
            }
        }
        for base in &class.mro[1..] {
            let Some(Object::Class(base)) = self.object(base) else { continue };
            let Some(hook) = base.attrs.get("__init_subclass__").cloned() else { continue };
            let hook = match hook {
                Value::Wrapped(Wrapper::Class, inner) => inner.first().cloned().unwrap_or(Value::None),
                hook => hook,
            };
            return self.call(&hook, Args { pos: vec![value], kw: options, open: None }).map(drop);
        }
        let typed = class.mro.iter().any(
            |base| matches!(base, Value::Module(path) if matches!(&**path, "typing.TypedDict" | "typing.NamedTuple")),
        );
        if options.is_empty() || typed { Ok(()) } else { self.raise("TypeError", None) }
    }

    /// Whether fields are declared in ways that only evaluating their annotations would tell, or names are
    /// set more than once.
    fn has_odd_fields(&self, body: &[ast::Stmt]) -> bool {
        let is_odd = |annotation: &ast::Expr| {
            let mut odd = false;
            let mut head = annotation;
            while let ast::Expr::Subscript(node) = head {
                head = &node.value;
            }
            let path = match head {
                ast::Expr::StringLiteral(text) => text.value.to_str().to_owned(),
                ast::Expr::Attribute(node) => node.attr.to_string(),
                ast::Expr::Name(name) => match self.peek(name.id.as_str()) {
                    // An alias of `ClassVar` is no `ClassVar` to what looks at the names.
                    Some(Value::Module(path)) => {
                        odd |= path.ends_with(".ClassVar") && name.id.as_str() != "ClassVar";
                        path.to_string()
                    }
                    _ => name.id.to_string(),
                },
                _ => String::new(),
            };
            let text = matches!(head, ast::Expr::StringLiteral(_));
            odd || path.contains("InitVar") || path.contains("KW_ONLY") || (text && path.contains("ClassVar"))
        };
        let mut assigned = rustc_hash::FxHashSet::default();
        body.iter().any(|statement| match statement {
            ast::Stmt::AnnAssign(node) => is_odd(&node.annotation),
            ast::Stmt::Assign(node) => node.targets.iter().any(|target| match target {
                ast::Expr::Name(name) => !assigned.insert(name.id.as_str()),
                _ => false,
            }),
            ast::Stmt::If(_) | ast::Stmt::For(_) | ast::Stmt::While(_) | ast::Stmt::With(_) => true,
            ast::Stmt::Try(_) | ast::Stmt::Match(_) => true,
            _ => false,
        })
    }

    /// The bases that matter, why the class is not all known, and the options of its definition.
    #[expect(clippy::type_complexity, reason = "three results of one look at the bases")]
    fn bases(
        &mut self,
        node: &'a ast::StmtClassDef,
    ) -> Run<(Vec<Value>, Option<Rc<Why>>, Vec<(Text, Value)>)> {
        let mut bases = Vec::new();
        let mut foreign = None;
        let mut options = Vec::new();
        let Some(arguments) = &node.arguments else { return Ok((bases, foreign, options)) };
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
            match &keyword.arg {
                Some(name) if &**name == "metaclass" => {
                    if !matches!(&value, Value::Module(path) if &**path == "abc.ABCMeta") {
                        foreign = Some(
                            self.why(format!("class `{}` has a metaclass that is not known", &*node.name)),
                        );
                    }
                }
                Some(name) => options.push((self.name(name), value)),
                None => {
                    foreign = Some(
                        self.why(format!("class `{}` is made with options that are not read", &*node.name)),
                    );
                }
            }
        }
        Ok((bases, foreign, options))
    }

    /// Enums, named tuples and typed dicts are made by their base.
    fn finish_kind(&mut self, id: Id, bases: &[Value]) -> Run<()> {
        for base in bases {
            let Value::Module(path) = base else { continue };
            match &**path {
                "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" => self.make_members(id)?,
                "typing.NamedTuple" => {
                    let fields = self.fields_of(id);
                    self.set_kind(id, ClassKind::NamedTuple(Rc::new(fields)));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The fields that annotations declare, inherited ones first.
    pub(crate) fn fields_of(&mut self, id: Id) -> Vec<Field> {
        let Object::Class(class) = self.heap.get(id).clone() else { return Vec::new() };
        let mut fields: Vec<Field> = Vec::new();
        for base in class.mro[1..].iter().rev() {
            if let Some(Object::Class(base)) = self.object(base)
                && let ClassKind::Data(inherited) = &base.kind
                && base.attrs.contains_key("__dataclass_fields__")
            {
                for field in inherited.iter() {
                    match fields.iter_mut().find(|known| known.name == field.name) {
                        Some(known) => *known = field.clone(),
                        None => fields.push(field.clone()),
                    }
                }
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
            let off = |option: &str| matches!(partial.args.named(option), Some(Value::Bool(false)));
            return Field {
                default: partial.args.named("default").cloned(),
                factory: partial.args.named("default_factory").cloned(),
                init: !off("init"),
                shown: !off("repr"),
                compared: !off("compare"),
                ..Field::plain(name)
            };
        }
        Field { default, ..Field::plain(name) }
    }

    pub(crate) fn set_kind(&mut self, id: Id, kind: ClassKind) {
        if let Object::Class(class) = self.heap.change(id) {
            Rc::make_mut(class).kind = kind;
        }
    }

    /// The method resolution order as C3 linearization gives it; `None` if there is none.
    fn resolution_order(&self, id: Id, bases: &[Value]) -> Result<Option<Vec<Value>>, Rc<Why>> {
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for base in bases {
            rows.push(match self.object(base) {
                Some(Object::Class(class)) => class.mro.clone(),
                _ => vec![base.clone()],
            });
        }
        rows.push(bases.to_vec());
        if rows.iter().map(Vec::len).sum::<usize>() > limits::BASES {
            return Err(self.why("a class with very many bases"));
        }
        let mut order = vec![Value::Object(id)];
        while rows.iter().any(|row| !row.is_empty()) {
            let in_tail =
                |class: &Value| rows.iter().any(|row| row.iter().skip(1).any(|other| other.same(class)));
            let next = rows.iter().filter_map(|row| row.first()).find(|class| !in_tail(class)).cloned();
            let Some(next) = next else { return Ok(None) };
            for row in &mut rows {
                if row.first().is_some_and(|first| first.same(&next)) {
                    row.remove(0);
                }
            }
            order.push(next);
        }
        Ok(Some(order))
    }
}

/// What a class may define that changes how its instances or the class itself behave beyond what is read.
const UNREAD: [&str; 9] = [
    "__getattribute__",
    "__del__",
    "__class__",
    "__instancecheck__",
    "__subclasscheck__",
    "__subclasshook__",
    "__prepare__",
    "__dict__",
    "__mro_entries__",
];

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
