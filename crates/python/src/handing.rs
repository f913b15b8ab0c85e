//! Functions of the chapter that code which is not known may call: what was handed over where, and what
//! is called by a name that a function of the chapter has, though nobody knows whether it is that one.
//!
//! Noted while the chapter is read; [`sites`](super::sites) tells at the end which of it may send.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};

use super::evaluate::Evaluator;
use super::heap::Object;
use super::names::CodeId;
use super::reason::Why;
use super::value::{Args, Text, Value};

/// How deep functions are looked for in containers that are handed over.
const DEPTH: usize = 2;
/// How many notes are kept.
const NOTES: usize = 5_000;

/// A function that code which is not known may call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Callee {
    /// This one.
    Code(CodeId),
    /// One of those with this name, perhaps: a method or a plain function.
    Named { name: Text, method: bool },
}

/// That it may be called, and at which top-level statement.
#[derive(Debug)]
pub(super) struct Handing {
    pub(super) callee: Callee,
    /// The fence and line of the running statement.
    pub(super) trigger: (usize, usize),
    pub(super) why: Rc<Why>,
}

impl<'a> Evaluator<'a> {
    /// Notes the functions among arguments that are given to code which is not known.
    pub(super) fn note_handing(&mut self, args: &Args, why: &Rc<Why>) {
        for value in args.all() {
            self.note_functions(value, why, DEPTH);
        }
    }

    fn note_functions(&mut self, value: &Value, why: &Rc<Why>, depth: usize) {
        let inner: Vec<Value> = match value {
            Value::Function(function) => {
                let text = format!("`{}` is handed to code that is not known: {}", function.name, why.text);
                let why = Why::new(text, why.line.or(Some(self.line())));
                self.note_callee(Callee::Code(function.code), why);
                return;
            }
            Value::Method(pair) => vec![pair.1.clone()],
            Value::Wrapped(_, functions) => functions.to_vec(),
            Value::Partial(partial) => vec![partial.function.clone()],
            Value::Tuple(items) if depth > 0 && items.len() < 100 => items.to_vec(),
            _ => match self.object(value) {
                Some(Object::List(items)) if depth > 0 && items.len() < 100 => items.to_vec(),
                Some(Object::Dict(dict)) if depth > 0 && dict.entries.len() < 100 => {
                    dict.entries.values().map(|(_, value)| value.clone()).collect()
                }
                Some(Object::Memo(function, _)) => vec![function.clone()],
                _ => return,
            },
        };
        for value in inner {
            self.note_functions(&value, why, depth.saturating_sub(1));
        }
    }

    /// Notes a call of something that is not known by its name.
    pub(super) fn note_unknown_call(&mut self, node: &'a ast::ExprCall, why: &Rc<Why>) {
        let (name, method) = match &*node.func {
            Expr::Name(name) => (name.id.as_str(), false),
            Expr::Attribute(node) => (node.attr.as_str(), true),
            _ => return,
        };
        let name = self.text(name);
        self.note_callee(Callee::Named { name, method }, why.clone());
    }

    fn note_callee(&mut self, callee: Callee, why: Rc<Why>) {
        let trigger = self.trigger;
        if self.handings.len() < NOTES && self.handed.insert((trigger, callee.clone())) {
            self.handings.push(Handing { callee, trigger, why });
        }
    }
}
