//! What code that is not known may have touched.
//!
//! The rule that keeps unknown values honest: *an unknown value stands only for immutable values and
//! for opaque objects*. So whatever is handed to unknown code, or hidden behind an unknown choice,
//! becomes opaque first, with everything reachable from it, and stays so: the unknown code may have
//! kept it and change it any time later. A function that is handed over may be called any time later:
//! what its text mentions is then watched.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::builtins;
use super::evaluate::Evaluator;
use super::heap::{Kind, Lazy, Mark, Object};
use super::reason::Why;
use super::value::{Args, Function, Id, Text, Value};

impl Evaluator<'_> {
    /// Gives a value away to code that is not known.
    pub(super) fn escape(&mut self, value: &Value, why: &Rc<Why>) {
        if let Value::Object(_)
        | Value::Tuple(_)
        | Value::Function(_)
        | Value::Method(_)
        | Value::Super(_)
        | Value::NativeMethod(_)
        | Value::Wrapped(..)
        | Value::Partial(_) = value
        {
            self.escape_walk(vec![value.clone()], why);
        }
    }

    /// Gives values away with everything reachable from them; what is shared is walked once.
    fn escape_walk(&mut self, mut work: Vec<Value>, why: &Rc<Why>) {
        // What was seen is held, so that no other value comes to stand at its address.
        let mut seen: FxHashMap<usize, Value> = FxHashMap::default();
        let mut walked = 0;
        while let Some(value) = work.pop() {
            walked += 1;
            if shared_address(&value).is_some_and(|address| seen.insert(address, value.clone()).is_some()) {
                continue;
            }
            match value {
                Value::Object(id) => self.escape_object(id, why, &mut work),
                Value::Tuple(items) => work.extend(items.iter().cloned()),
                Value::Function(function) => self.escape_function(&function, why, &mut work),
                Value::Method(pair) | Value::Super(pair) => work.extend([pair.0.clone(), pair.1.clone()]),
                Value::NativeMethod(pair) => work.push(pair.0.clone()),
                Value::Wrapped(_, functions) => work.extend(functions.iter().cloned()),
                Value::Partial(partial) => {
                    work.push(partial.function.clone());
                    work.extend(partial.args.all().cloned());
                }
                _ => {}
            }
        }
        self.work(walked / 4);
    }

    /// Gives several values away.
    pub(super) fn escape_all(&mut self, values: &[Value], why: &Rc<Why>) {
        self.escape_walk(values.to_vec(), why);
    }

    /// Gives all arguments of a call away.
    pub(super) fn escape_args(&mut self, args: &Args, why: &Rc<Why>) {
        self.note_handing(args, why);
        self.escape_walk(args.all().cloned().collect(), why);
    }

    /// Gives all arguments of a call away to code that is not known. Whoever is handed a module may replace
    /// what is in it.
    pub(super) fn hand_over(&mut self, args: &Args, why: &Rc<Why>) {
        for value in args.all() {
            if let Value::Module(path) = value
                && builtins::is_module(path)
            {
                self.remake(path);
            }
        }
        self.escape_args(args, why);
    }

    /// Gives away what an object's contents hold, not the object itself.
    pub(super) fn escape_contents(&mut self, object: &Object, why: &Rc<Why>) {
        self.escape_walk(contents(object), why);
    }

    fn escape_object(&mut self, id: Id, why: &Rc<Why>, work: &mut Vec<Value>) {
        let object = self.heap.get(id).clone();
        match &object {
            Object::Opaque(..) | Object::Absent => return,
            Object::Class(class) => {
                // Unknown code does not rewrite the chapter's methods, but may change data.
                let mut class = (**class).clone();
                let mut changed = false;
                for value in class.attrs.values_mut() {
                    work.push(value.clone());
                    if !is_behaviour(value) && !matches!(value, Value::Unknown(_)) {
                        *value = Value::Unknown(why.clone());
                        changed = true;
                    }
                }
                if changed {
                    self.heap.set(id, Object::Class(Rc::new(class)));
                }
                return;
            }
            Object::Instance(instance) => work.push(instance.class.clone()),
            Object::Scope(scope) => {
                work.extend(scope.names.values().cloned());
                return;
            }
            _ => {}
        }
        work.extend(contents(&object));
        self.heap.set(id, Object::Opaque(why.clone(), object.kind()));
    }

    /// Makes an object's contents unknown for good.
    pub(super) fn make_opaque(&mut self, id: Id, why: &Rc<Why>) {
        self.escape(&Value::Object(id), why);
    }

    fn escape_function(&mut self, function: &Rc<Function>, why: &Rc<Why>, work: &mut Vec<Value>) {
        if !self.escaped.insert((function.code, function.scopes.last().copied())) {
            return;
        }
        self.note_escape(function, why);
        work.extend(function.defaults.iter().flatten().cloned());
        let code = self.code(function.code);
        let module = function.globals;
        for name in &code.mentions {
            let owner = function
                .scopes
                .iter()
                .rev()
                .find(|id| matches!(self.heap.get(**id), Object::Scope(scope) if scope.locals.contains(name)))
                .copied()
                .unwrap_or(module);
            let rebinds = code.rebinds.contains(name);
            self.watched.insert((owner, name.clone()));
            if rebinds {
                self.volatile.insert((owner, name.clone()));
            }
            if let Object::Scope(scope) = self.heap.get(owner)
                && let Some(value) = scope.names.get(name).cloned()
            {
                work.push(value);
                if rebinds {
                    self.set_name(owner, name.clone(), Value::Unknown(why.clone()));
                }
            }
        }
    }

    /// What becomes of a value bound to a name that an escaped function mentions.
    pub(super) fn watched_value(&mut self, scope: Id, name: &Text, value: Value) -> Value {
        let place = (scope, name.clone());
        if !self.watched.contains(&place) {
            return value;
        }
        let why = self.why(format!("a function that uses `{name}` was handed to code that is not known"));
        self.escape(&value, &why);
        if self.volatile.contains(&place) { Value::Unknown(why) } else { value }
    }

    /// Remembers that `dict` was given for the attributes of `instance`.
    pub(super) fn note_attributes(&mut self, instance: &Value, dict: &Value) {
        if let (Value::Object(instance), Value::Object(dict)) = (instance, dict) {
            let contents = (self.heap.get(*instance).clone(), self.heap.get(*dict).clone());
            self.attributes.push((*instance, contents.0, *dict, contents.1));
        }
    }

    /// An instance and the dict of its attributes are one thing to Python and two here: as soon as one
    /// of them changes, neither is known.
    pub(super) fn check_attributes(&mut self) {
        let mut index = 0;
        while let Some((instance, attrs, dict, entries)) = self.attributes.get(index) {
            let (instance, dict) = (*instance, *dict);
            let same = self.heap.get(instance).is_same_allocation(attrs)
                && self.heap.get(dict).is_same_allocation(entries);
            if same {
                index += 1;
                continue;
            }
            let why = self.why("an object's attributes were changed through its `__dict__`");
            self.make_opaque(instance, &why);
            self.make_opaque(dict, &why);
            self.attributes.swap_remove(index);
        }
    }

    /// Makes unknown what changed in an object since `mark`.
    pub(super) fn spoil(&mut self, id: Id, mark: Mark, why: &Rc<Why>) {
        let Object::Scope(now) = self.heap.get(id).clone() else {
            self.make_opaque(id, why);
            return;
        };
        let Some(Object::Scope(before)) = self.heap.before(mark).remove(&id) else { return };
        for (name, value) in &now.names {
            if before.names.get(name).is_none_or(|old| !old.same(value)) {
                self.escape(value, why);
                self.set_name(id, name.clone(), Value::Unknown(why.clone()));
            }
        }
    }

    /// The chapter's own code can no longer be told from what an unknown statement did: everything
    /// the module names becomes unknown.
    pub(super) fn escape_module(&mut self, why: &Rc<Why>) {
        let Object::Scope(scope) = self.heap.get(self.module).clone() else { return };
        for (name, value) in &scope.names {
            if matches!(value, Value::Module(_) | Value::Native(_)) {
                continue;
            }
            self.escape(value, why);
            self.set_name(self.module, name.clone(), Value::Unknown(why.clone()));
        }
    }
}

/// The address of a value that others may share: one place is one value as long as a walk holds it.
fn shared_address(value: &Value) -> Option<usize> {
    Some(match value {
        Value::Tuple(items) => items.as_ptr() as usize,
        Value::Method(pair) | Value::Super(pair) => Rc::as_ptr(pair) as usize,
        Value::NativeMethod(pair) => Rc::as_ptr(pair) as usize,
        Value::Wrapped(_, functions) => Rc::as_ptr(functions) as usize,
        Value::Partial(partial) => Rc::as_ptr(partial) as usize,
        _ => return None,
    })
}

/// Functions and what wraps them.
fn is_behaviour(value: &Value) -> bool {
    matches!(
        value,
        Value::Function(_)
            | Value::Wrapped(..)
            | Value::Native(_)
            | Value::Partial(_)
            | Value::Module(_)
            | Value::Client(_)
    )
}

/// The values that an object holds.
fn contents(object: &Object) -> Vec<Value> {
    match object {
        Object::List(items) | Object::Deque(items, _) => (**items).clone(),
        Object::Dict(dict) => {
            dict.entries.values().flat_map(|(key, value)| [key.clone(), value.clone()]).collect()
        }
        Object::Set(items, _) => items.values().cloned().collect(),
        Object::Instance(instance) => instance.attrs.values().cloned().collect(),
        Object::Class(class) => class.attrs.values().cloned().collect(),
        Object::Scope(scope) => scope.names.values().cloned().collect(),
        Object::Entries(entries, _) => vec![entries.of.clone()],
        Object::Iterator(source, _) | Object::Stream(source, _) | Object::View(source, _) => {
            vec![source.clone()]
        }
        Object::Memo(function, answers) => {
            std::iter::once(function.clone()).chain(answers.values().cloned()).collect()
        }
        Object::Opaque(_, Kind::InstanceOf(class)) => vec![class.clone()],
        Object::Lazy(lazy, _) => match &**lazy {
            Lazy::Generator { function, scope } => {
                vec![Value::Function(function.clone()), Value::Object(*scope)]
            }
            Lazy::Expression { first, .. } => vec![first.clone()],
            Lazy::Coroutine { function, args } => {
                std::iter::once(Value::Function(function.clone())).chain(args.all().cloned()).collect()
            }
            Lazy::Map { function, sources } => {
                std::iter::once(function.clone()).chain(sources.iter().cloned()).collect()
            }
            Lazy::Filter { function, source } => vec![function.clone(), source.clone()],
            Lazy::Enumerate { source, .. } | Lazy::Slice { source, .. } => vec![source.clone()],
            Lazy::Zip { sources, fill } => sources.iter().chain(fill).cloned().collect(),
            Lazy::Chain { sources } => sources.clone(),
            Lazy::Cycle { items } => items.to_vec(),
            Lazy::Count { .. } => Vec::new(),
        },
        Object::Absent | Object::ByteArray(_) | Object::Opaque(..) => Vec::new(),
    }
}
