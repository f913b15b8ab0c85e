//! Comprehensions: nested loops in a scope of their own. What they build is gathered in the heap, so
//! that rounds that are not certain leave it unknown like any list.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};

use super::{Consumer, Evaluator, Run, Step};
use crate::heap::{Dict, Frozen, Map, Object, Scope};
use crate::reason::Why;
use crate::value::Value;

/// What a comprehension does with each round.
pub(super) type Body<'a> = Rc<dyn Fn(&mut Evaluator<'a>) -> Run<()> + 'a>;

impl<'a> Evaluator<'a> {
    /// Runs something in a scope of its own, as comprehensions do.
    fn in_scope<T>(&mut self, run: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        let scope = self.scope(Scope::default());
        let mut frame = self.frame().clone();
        frame.own = scope;
        frame.scopes.push(scope);
        self.frames.push(frame);
        let result = run(self);
        self.frames.pop();
        result
    }

    pub(super) fn list_comprehension(
        &mut self,
        element: &'a Expr,
        generators: &'a [ast::Comprehension],
    ) -> Run<Value> {
        let list = self.list(Vec::new());
        let into = list.clone();
        self.comprehend(
            generators,
            &(Rc::new(move |reader: &mut Evaluator<'a>| {
                let item = reader.eval(element)?;
                reader.append(&into, item)
            }) as Body<'a>),
        )?;
        Ok(list)
    }

    pub(super) fn set_comprehension(
        &mut self,
        element: &'a Expr,
        generators: &'a [ast::Comprehension],
    ) -> Run<Value> {
        let set = self.alloc(Object::Set(Rc::new(Map::default()), Frozen::No));
        let into = set.clone();
        self.comprehend(
            generators,
            &(Rc::new(move |reader: &mut Evaluator<'a>| {
                let item = reader.eval(element)?;
                reader.add_to_set(&into, item)
            }) as Body<'a>),
        )?;
        Ok(set)
    }

    pub(super) fn dict_comprehension(&mut self, node: &'a ast::ExprDictComp) -> Run<Value> {
        let dict = self.alloc(Object::Dict(Rc::new(Dict::default())));
        let into = dict.clone();
        self.comprehend(
            &node.generators,
            &(Rc::new(move |reader: &mut Evaluator<'a>| {
                let key = node.key.as_deref().map_or(Ok(Value::None), |key| reader.eval(key))?;
                let value = reader.eval(&node.value)?;
                reader.set_item(&into, &key, value)
            }) as Body<'a>),
        )?;
        Ok(dict)
    }

    /// The first iterable is evaluated outside of the comprehension's scope.
    fn comprehend(&mut self, generators: &'a [ast::Comprehension], body: &Body<'a>) -> Run<()> {
        let Some(first) = generators.first() else { return Ok(()) };
        let source = self.eval(&first.iter)?;
        self.in_scope(|reader| reader.each_of(generators, Some(source), body))
    }

    /// Runs `body` for every combination of the given loops.
    pub(super) fn each_of(
        &mut self,
        generators: &'a [ast::Comprehension],
        first: Option<Value>,
        body: &Body<'a>,
    ) -> Run<()> {
        let Some((head, rest)) = generators.split_first() else { return body(self) };
        let source = match first {
            Some(source) => source,
            None => self.eval(&head.iter)?,
        };
        let iterator = match self.iterator(&source)? {
            Ok(iterator) => iterator,
            Err(why) => return self.each_unknown(&why, head, rest, body),
        };
        loop {
            match self.advance(&iterator)? {
                Step::Item(item) => self.one_of(head, rest, item, body)?,
                Step::End => return Ok(()),
                Step::Unknown(why) => return self.each_unknown(&why, head, rest, body),
                Step::Generator => {
                    let body = body.clone();
                    let consumer: Consumer<'a> =
                        Rc::new(move |reader, item| reader.one_of(head, rest, item, &body));
                    let token = self.token();
                    let since = self.paths.len();
                    let result = self.drive(&iterator, token, consumer);
                    return self.settle(result, since, |end| match end {
                        super::End::Close(to, inner) if to == token => Err(*inner),
                        other => Err(other),
                    });
                }
            }
        }
    }

    fn each_unknown(
        &mut self,
        why: &Rc<Why>,
        head: &'a ast::Comprehension,
        rest: &'a [ast::Comprehension],
        body: &Body<'a>,
    ) -> Run<()> {
        if why.part.is_none() {
            self.risk();
        }
        self.any_number(why, |reader| reader.one_of(head, rest, Value::Unknown(why.clone()), body))
    }

    fn one_of(
        &mut self,
        head: &'a ast::Comprehension,
        rest: &'a [ast::Comprehension],
        item: Value,
        body: &Body<'a>,
    ) -> Run<()> {
        self.step()?;
        self.assign(&head.target, item)?;
        self.filtered(&head.ifs, rest, body)
    }

    fn filtered(
        &mut self,
        conditions: &'a [Expr],
        rest: &'a [ast::Comprehension],
        body: &Body<'a>,
    ) -> Run<()> {
        let Some((condition, others)) = conditions.split_first() else {
            return self.each_of(rest, None, body);
        };
        let test = self.eval(condition)?;
        match self.truth(&test)? {
            Ok(true) => self.filtered(others, rest, body),
            Ok(false) => Ok(()),
            Err(why) => {
                let why = self.condition(&why);
                self.branch(&why, |reader| reader.filtered(others, rest, body), |_| Ok(()))
            }
        }
    }
}
