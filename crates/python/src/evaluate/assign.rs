//! Names: looking them up, binding them, and every kind of assignment.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};

use super::{ClassBody, Evaluator, Run};
use crate::builtins;
use crate::heap::{Names, Object, Scope};
use crate::value::{Id, Text, Value};

impl<'a> Evaluator<'a> {
    /// The names of a scope, to be changed.
    fn names_mut(&mut self, scope: Id) -> Option<&mut Names> {
        match self.heap.change(scope) {
            Object::Scope(scope) => Some(&mut Rc::make_mut(scope).names),
            _ => None,
        }
    }

    /// The value of a name in one scope.
    pub(crate) fn name_in(&self, scope: Id, name: &str) -> Option<&Value> {
        match self.heap.get(scope) {
            Object::Scope(scope) => scope.names.get(name),
            _ => None,
        }
    }

    /// Sets a name in one scope, without asking what may watch it.
    pub(crate) fn set_name(&mut self, scope: Id, name: Text, value: Value) {
        if let Some(names) = self.names_mut(scope) {
            names.insert(name, value);
        }
    }

    /// The scope that the running code binds `name` in.
    fn scope_of(&self, name: &str, walrus: Walrus) -> Id {
        let frame = self.frame();
        if frame.own != frame.function_scope && matches!(walrus, Walrus::No) {
            let body = self.class_body(frame.own);
            if body.is_some_and(|body| body.names.globals.contains(name)) {
                return frame.globals;
            }
            if body.is_some_and(|body| body.names.nonlocals.contains(name)) {
                let outer = frame.scopes.iter().rev().find(|id| self.has_local(**id, name));
                return outer.copied().unwrap_or(frame.globals);
            }
            return frame.own;
        }
        let Some(function) = &frame.function else { return frame.function_scope };
        let code = self.code(function.code);
        if code.globals.contains(name) {
            return frame.globals;
        }
        if code.nonlocals.contains(name) {
            let outer = function.scopes.iter().rev().find(|id| self.has_local(**id, name));
            return outer.copied().unwrap_or(frame.globals);
        }
        frame.function_scope
    }

    /// The class body whose names stand in `scope`.
    fn class_body(&self, scope: Id) -> Option<&ClassBody> {
        self.classes.iter().rev().find(|body| body.scope == scope)
    }

    /// The value of a name as the running code sees it, without any consequence.
    pub(super) fn peek(&self, name: &str) -> Option<Value> {
        let frame = self.frame();
        let scopes = std::iter::once(frame.own).chain(frame.scopes.iter().rev().copied());
        scopes.chain([self.frame().globals]).find_map(|id| self.name_in(id, name).cloned())
    }

    fn has_local(&self, scope: Id, name: &str) -> bool {
        matches!(self.heap.get(scope), Object::Scope(scope) if scope.locals.contains(name) || scope.names.contains_key(name))
    }

    /// Binds a name where the running code binds names. An unknown value gives way to the one that
    /// the fence's annotation states.
    pub(crate) fn bind(&mut self, name: &str, value: Value) -> Run<()> {
        let scope = self.scope_of(name, Walrus::No);
        self.bind_in(scope, name, value)
    }

    fn bind_in(&mut self, scope: Id, name: &str, value: Value) -> Run<()> {
        let value = self.stated(name, value)?;
        let name = self.text(name);
        let value = if self.watched.is_empty() { value } else { self.watched_value(scope, &name, value) };
        self.set_name(scope, name, value);
        Ok(())
    }

    /// The value that an annotation states for `name`, if `value` is not known.
    pub(crate) fn stated(&mut self, name: &str, value: Value) -> Run<Value> {
        let Some(why) = self.why_unknown(&value) else { return Ok(value) };
        let fence = self.fences.get(self.frame().fence);
        let stated = fence.and_then(|fence| fence.source.values.iter().find(|(key, _)| key == name));
        if let Some((_, json)) = stated {
            let json = json.clone();
            return self.value_of_json(&json);
        }
        // The first name that an outside value gets tells more than the place it comes from.
        if let (Value::Unknown(_), Some(origin)) = (&value, why.text.strip_prefix("it comes from ")) {
            let mut named = (*why).clone();
            named.text = format!("`{name}` comes from {origin}");
            return Ok(Value::Unknown(Rc::new(named)));
        }
        Ok(value)
    }

    /// Takes a name's value away.
    pub(super) fn unbind(&mut self, scope: Id, name: &str) {
        if let Some(names) = self.names_mut(scope) {
            names.shift_remove(name);
        }
    }

    /// Takes the value of a name away where the running code binds it.
    pub(super) fn unbind_here(&mut self, name: &str) {
        let scope = self.scope_of(name, Walrus::No);
        self.unbind(scope, name);
    }

    /// Looks a name up.
    pub(super) fn load(&mut self, name: &str) -> Run<Value> {
        let frame = self.frame();
        let globals = frame.globals;
        let outer = match self.class_body(frame.own) {
            Some(body) if body.names.globals.contains(name) => &[],
            // What a class body binds is not looked for in the functions around it.
            Some(body) if body.names.bound.contains(name) && !body.names.nonlocals.contains(name) => &[],
            _ => &frame.scopes[..],
        };
        for id in std::iter::once(frame.own).chain(outer.iter().rev().copied()) {
            if id == globals {
                continue;
            }
            let Object::Scope(scope) = self.heap.get(id) else { continue };
            if let Some(value) = scope.names.get(name) {
                let value = value.clone();
                return Ok(self.perhaps_unset(value));
            }
            if scope.locals.contains(name) {
                let class = if id == frame.function_scope { "UnboundLocalError" } else { "NameError" };
                return self.raise(class, None);
            }
        }
        if let Some(value) = self.name_in(globals, name) {
            let value = value.clone();
            return Ok(self.perhaps_unset(value));
        }
        if let Some(why) = &self.any_name {
            return Ok(Value::Unknown(why.clone()));
        }
        if name == "__builtins__" {
            return Ok(Value::Module(self.text("builtins")));
        }
        if let Some(native) = builtins::builtin(name) {
            if self.is_remade("builtins") {
                self.risk();
                return Ok(self.unknown(format!("`{name}` may have been replaced")));
            }
            return Ok(native);
        }
        if builtins::is_builtin(name) {
            self.risk();
            return Ok(self.unknown(format!("what `{name}` does is not known here")));
        }
        let value = self.unknown(format!("`{name}` is not set in this chapter"));
        let stated = self.stated(name, value)?;
        if self.why_unknown(&stated).is_none() || NOTEBOOK_NAMES.contains(&name) {
            return Ok(stated);
        }
        if builtins::is_module(name) {
            // A fence that leaves out its imports, as documentation does, means the module.
            return Ok(Value::Module(self.text(name)));
        }
        self.raise("NameError", Some(format!("name '{name}' is not defined")))
    }

    /// A value that is read; a name that may have none may raise.
    pub(super) fn perhaps_unset(&mut self, value: Value) -> Value {
        match value {
            Value::Unknown(why) if why.unset => {
                self.risk();
                Value::Unknown(why.derived())
            }
            value => value,
        }
    }

    /// Whether no fence sets a name, nor could have.
    pub(super) fn is_unset(&self, name: &str) -> bool {
        let frame = self.frame();
        let known = |id: &Id| self.has_local(*id, name);
        !known(&frame.own)
            && !frame.scopes.iter().any(known)
            && !known(&frame.globals)
            && self.any_name.is_none()
            && builtins::builtin(name).is_none()
            && !builtins::is_module(name)
    }

    /// `target = value`
    pub(super) fn assign(&mut self, target: &'a Expr, value: Value) -> Run<()> {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), value),
            Expr::Attribute(node) => {
                let object = self.eval(&node.value)?;
                self.stand_at(node);
                self.set_attribute(&object, &node.attr, value)
            }
            Expr::Subscript(node) => {
                let object = self.eval(&node.value)?;
                let key = self.eval(&node.slice)?;
                self.stand_at(node);
                self.set_item(&object, &key, value)
            }
            Expr::List(node) => self.unpack(&node.elts, &value),
            Expr::Tuple(node) => self.unpack(&node.elts, &value),
            Expr::Starred(node) => self.assign(&node.value, value),
            _ => Ok(()),
        }
    }

    /// `name := value`
    pub(super) fn assign_walrus(&mut self, target: &Expr, value: Value) -> Run<()> {
        let Expr::Name(name) = target else { return Ok(()) };
        let scope = self.scope_of(name.id.as_str(), Walrus::Yes);
        self.bind_in(scope, name.id.as_str(), value)
    }

    fn unpack(&mut self, targets: &'a [Expr], value: &Value) -> Run<()> {
        if matches!(value, Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_)) {
            let shown = self.type_named(value);
            let message = shown.map(|of| format!("cannot unpack non-iterable {of} object"));
            return self.raise("TypeError", message);
        }
        let items = match self.collect(value)? {
            Ok(items) => items,
            Err(why) => {
                if why.part.is_none() {
                    self.risk();
                }
                for target in targets {
                    let value = if matches!(target, Expr::Starred(_)) {
                        Value::Unknown(why.derived())
                    } else {
                        Value::Unknown(why.clone())
                    };
                    self.assign(target, value)?;
                }
                return Ok(());
            }
        };
        let starred = targets.iter().position(|target| matches!(target, Expr::Starred(_)));
        let fixed = targets.len() - usize::from(starred.is_some());
        if items.len() < fixed || (starred.is_none() && items.len() > fixed) {
            let message = (items.len() < fixed).then(|| {
                let at_least = if starred.is_some() { "at least " } else { "" };
                format!("not enough values to unpack (expected {at_least}{fixed}, got {})", items.len())
            });
            return self.raise("ValueError", message);
        }
        let mut items = items.into_iter();
        for (index, target) in targets.iter().enumerate() {
            if Some(index) == starred {
                let count = items.len() - (targets.len() - index - 1);
                let rest: Vec<Value> = items.by_ref().take(count).collect();
                let rest = self.list(rest);
                self.assign(target, rest)?;
            } else if let Some(item) = items.next() {
                self.assign(target, item)?;
            }
        }
        Ok(())
    }

    pub(super) fn run_assign(&mut self, node: &'a ast::StmtAssign) -> Run<()> {
        let value = self.eval(&node.value)?;
        for target in &node.targets {
            self.assign(target, value.clone())?;
        }
        Ok(())
    }

    pub(super) fn run_annotated(&mut self, node: &'a ast::StmtAnnAssign) -> Run<()> {
        let Some(value) = &node.value else { return Ok(()) };
        let value = self.eval(value)?;
        self.assign(&node.target, value)
    }

    pub(super) fn run_augmented(&mut self, node: &'a ast::StmtAugAssign) -> Run<()> {
        match &*node.target {
            Expr::Attribute(target) => {
                let object = self.eval(&target.value)?;
                let old = self.attribute(&object, &target.attr)?;
                let operand = self.eval(&node.value)?;
                self.stand_at(node);
                let new = self.in_place(node.op, &old, &operand)?;
                self.set_attribute(&object, &target.attr, new)
            }
            Expr::Subscript(target) => {
                let object = self.eval(&target.value)?;
                let key = self.eval(&target.slice)?;
                let old = self.item(&object, &key)?;
                let operand = self.eval(&node.value)?;
                self.stand_at(node);
                let new = self.in_place(node.op, &old, &operand)?;
                self.set_item(&object, &key, new)
            }
            target => {
                let Expr::Name(name) = target else { return Ok(()) };
                let old = self.load(name.id.as_str())?;
                let operand = self.eval(&node.value)?;
                self.stand_at(node);
                let new = self.in_place(node.op, &old, &operand)?;
                self.bind(name.id.as_str(), new)
            }
        }
    }

    /// `del target`
    pub(super) fn delete(&mut self, target: &'a Expr) -> Run<()> {
        match target {
            Expr::Name(name) => {
                let scope = self.scope_of(name.id.as_str(), Walrus::No);
                match self.name_in(scope, name.id.as_str()) {
                    None if self.any_name.is_none() => return self.raise("NameError", None),
                    Some(Value::Unknown(why)) if why.unset => self.risk(),
                    Some(_) => {}
                    None => self.risk(),
                }
                self.unbind(scope, name.id.as_str());
                Ok(())
            }
            Expr::Subscript(node) => {
                let object = self.eval(&node.value)?;
                let key = self.eval(&node.slice)?;
                self.stand_at(node);
                self.delete_item(&object, &key)
            }
            Expr::Attribute(node) => {
                let object = self.eval(&node.value)?;
                self.stand_at(node);
                self.delete_attribute(&object, &node.attr)
            }
            Expr::Tuple(node) => node.elts.iter().try_for_each(|target| self.delete(target)),
            Expr::List(node) => node.elts.iter().try_for_each(|target| self.delete(target)),
            _ => Ok(()),
        }
    }

    /// A new scope with the given names.
    pub(super) fn scope(&mut self, scope: Scope) -> Id {
        self.heap.add(Object::Scope(Rc::new(scope)))
    }
}

/// Names that a notebook or script has from the start, with values that are not known.
const NOTEBOOK_NAMES: [&str; 7] = ["get_ipython", "In", "Out", "_", "__", "__file__", "__IPYTHON__"];

/// Whether a name is bound by `:=`, which passes over comprehensions.
#[derive(Clone, Copy)]
enum Walrus {
    Yes,
    No,
}
