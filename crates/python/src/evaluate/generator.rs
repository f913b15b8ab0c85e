//! Generators and coroutines.
//!
//! A generator is not suspended and resumed: its consumer is run in the place of `yield`. The order
//! of everything that happens is the same. A consumer that stops early unwinds the generator with
//! [`End::Close`], which runs its `finally` as Python's `close()` does.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Stmt};

use super::comprehension::Body;
use super::{Consumer, End, Evaluator, Frame, Run, Step, YieldTo};
use crate::heap::{Lazy, Object, Progress};
use crate::reason::Why;
use crate::value::{Args, Value};

impl<'a> Evaluator<'a> {
    /// The body of a `for` loop as a consumer.
    pub(super) fn consumer_of_body(token: u32, target: &'a Expr, body: &'a [Stmt]) -> Consumer<'a> {
        Rc::new(move |reader, item| reader.round(token, item, target, body))
    }

    /// Runs a generator and hands each item to `consumer`, whose early end closes it with `token`.
    pub(crate) fn drive(&mut self, generator: &Value, token: u32, consumer: Consumer<'a>) -> Run<()> {
        let Value::Object(id) = generator else { return Ok(()) };
        let Object::Lazy(lazy, progress) = self.heap.get(*id).clone() else { return Ok(()) };
        match progress {
            Progress::Done => return Ok(()),
            Progress::Fresh => {}
            Progress::Given(_) => return self.drive_rest(generator, token, &consumer),
        }
        self.set_progress(generator, Progress::Done);
        let frame = self.frame().clone();
        let attempts = self.attempts.len();
        let yields = Rc::new(YieldTo { consumer, token, frame, attempts });
        match &*lazy {
            Lazy::Generator { function, scope } => {
                let code = self.code(function.code);
                let mut frame = self.frame_of(function, *scope, code.fence);
                frame.consumer = Some(yields);
                self.run_call(frame, &code).map(drop)
            }
            Lazy::Expression { number, first } => {
                let (node, mut frame) = self.expressions[*number].clone();
                frame.consumer = Some(yields);
                let scope = self.scope(crate::heap::Scope::default());
                frame.own = scope;
                frame.scopes.push(scope);
                self.frames.push(frame);
                let body: Body<'a> = Rc::new(move |reader| {
                    let item = reader.eval(&node.elt)?;
                    reader.hand_out(item)
                });
                let result = self.each_of(&node.generators, Some(first.clone()), &body);
                self.frames.pop();
                result
            }
            _ => self.drive_lazy(&lazy, token, &yields.consumer),
        }
    }

    /// `map`, `filter` and their like over a generator.
    fn drive_lazy(&mut self, lazy: &Lazy, token: u32, consumer: &Consumer<'a>) -> Run<()> {
        let consumer = consumer.clone();
        match lazy {
            Lazy::Map { function, sources } if sources.len() == 1 => {
                let function = function.clone();
                let mapped: Consumer<'a> = Rc::new(move |reader, item| {
                    let value = reader.call(&function, Args::of(vec![item]))?;
                    consumer(reader, value)
                });
                self.drive(&sources[0], token, mapped)
            }
            Lazy::Filter { function, source } => {
                let function = function.clone();
                let filtered: Consumer<'a> = Rc::new(move |reader, item| {
                    let verdict = match &function {
                        Value::None => item.clone(),
                        function => reader.call(function, Args::of(vec![item.clone()]))?,
                    };
                    match reader.truth(&verdict)? {
                        Ok(true) => consumer(reader, item),
                        Ok(false) => Ok(()),
                        Err(why) => reader.branch(&why, |reader| consumer(reader, item), |_| Ok(())),
                    }
                });
                self.drive(source, token, filtered)
            }
            Lazy::Enumerate { source, start } => {
                let counter = self.alloc(Object::Iterator(Value::Range(*start, i64::MAX, 1), 0));
                let numbered: Consumer<'a> = Rc::new(move |reader, item| {
                    let index = match reader.advance(&counter)? {
                        Step::Item(index) => index,
                        _ => reader.unknown("the number of an item"),
                    };
                    consumer(reader, Value::tuple(vec![index, item]))
                });
                self.drive(source, token, numbered)
            }
            _ => {
                let why = self.why("a generator among other iterators");
                for value in lazy_sources(lazy) {
                    self.escape(&value, &why);
                }
                Err(End::Halt)
            }
        }
    }

    /// A generator that already gave items to `next` cannot be followed from its middle.
    fn drive_rest(&mut self, generator: &Value, token: u32, consumer: &Consumer<'a>) -> Run<()> {
        let why = self.why("a generator that `next()` already read from");
        self.escape(generator, &why);
        self.any_number(&why.clone(), |reader| {
            consumer(reader, Value::Unknown(why.clone())).map_err(|end| End::Close(token, Box::new(end)))
        })
    }

    /// `yield value`
    pub(super) fn hand_out(&mut self, value: Value) -> Run<()> {
        let Some(yields) = self.frame().consumer.clone() else {
            self.risk();
            return Ok(());
        };
        self.frames.push(yields.frame.clone());
        // What the consumer raises does not pass through the generator's own `try`.
        let inner = self.attempts.split_off(yields.attempts.min(self.attempts.len()));
        let result = (yields.consumer)(self, value);
        self.risk_in_consumer(&inner);
        self.attempts.extend(inner);
        self.frames.pop();
        result.map_err(|end| match end {
            End::Halt => End::Halt,
            end => End::Close(yields.token, Box::new(end)),
        })
    }

    /// A `try` of the generator around `yield` must not forget that the way went on uncertainly.
    fn risk_in_consumer(&mut self, inner: &[super::Attempt]) {
        if !inner.is_empty() {
            self.risk_to_path();
        }
    }

    /// `yield from source`
    pub(super) fn hand_out_all(&mut self, source: &Value) -> Run<Value> {
        let iterator = match self.iterator(source)? {
            Ok(iterator) => iterator,
            Err(why) => {
                self.risk();
                let reason = self.why("it is not known how many items `yield from` gives");
                self.any_number(&reason, |reader| reader.hand_out(Value::Unknown(why.clone())))?;
                return Ok(Value::Unknown(reason));
            }
        };
        loop {
            match self.advance(&iterator)? {
                Step::Item(item) => self.hand_out(item)?,
                Step::End => return Ok(Value::None),
                Step::Unknown(why) => {
                    self.any_number(&why.clone(), |reader| reader.hand_out(Value::Unknown(why.clone())))?;
                    return Ok(Value::Unknown(why));
                }
                Step::Generator => {
                    let token = self.token();
                    let pass_on: Consumer<'a> = Rc::new(super::Evaluator::hand_out);
                    let since = self.paths.len();
                    let result = self.drive(&iterator, token, pass_on);
                    self.settle(result, since, |end| match end {
                        End::Close(to, inner) if to == token => Err(*inner),
                        other => Err(other),
                    })?;
                    return Ok(self.unknown("the value of `yield from`"));
                }
            }
        }
    }

    /// All items of a generator. They are gathered in the heap, so that ways through the generator
    /// that part are joined like everything else.
    pub(super) fn collect_generator(&mut self, generator: &Value) -> Run<Result<Vec<Value>, Rc<Why>>> {
        let list = self.list(Vec::new());
        let token = self.token();
        let into = list.clone();
        let gather: Consumer<'a> = Rc::new(move |reader, item| reader.append(&into, item));
        self.drive(generator, token, gather)?;
        match self.object(&list) {
            Some(Object::List(items)) => Ok(Ok((**items).clone())),
            _ => Ok(Err(self.why_unknown(&list).unwrap_or_else(|| self.why("a generator's items")))),
        }
    }

    /// The first item of a generator, for `next`. `None`: it gives none.
    pub(crate) fn first_of_generator(&mut self, generator: &Value) -> Run<Result<Option<Value>, Rc<Why>>> {
        if matches!(self.object(generator), Some(Object::Lazy(_, Progress::Done))) {
            return Ok(Ok(None));
        }
        let list = self.list(Vec::new());
        let token = self.token();
        let into = list.clone();
        let stop: Consumer<'a> = Rc::new(move |reader, item| {
            reader.append(&into, item)?;
            Err(End::Break(token))
        });
        let since = self.paths.len();
        let result = self.drive(generator, token, stop);
        let stopped = matches!(&result, Err(End::Close(to, _)) if *to == token);
        self.settle(result, since, |end| match end {
            End::Break(to) if to == token => Ok(()),
            End::Close(to, inner) if to == token && matches!(*inner, End::Break(_)) => Ok(()),
            other => Err(other),
        })?;
        if stopped {
            self.set_progress(generator, Progress::Given(1));
        }
        match self.object(&list) {
            Some(Object::List(items)) => Ok(Ok(items.first().cloned())),
            _ => Ok(Err(self.why_unknown(&list).unwrap_or_else(|| self.why("a generator's items")))),
        }
    }

    /// `list.append` on a list of the evaluator's own.
    pub(crate) fn append(&mut self, list: &Value, item: Value) -> Run<()> {
        self.build(1)?;
        let Value::Object(id) = list else { return Ok(()) };
        if let Object::Opaque(why, _) = self.heap.get(*id) {
            let why = why.clone();
            self.escape(&item, &why);
        } else if let Object::List(items) = self.heap.change(*id) {
            Rc::make_mut(items).push(item);
        }
        Ok(())
    }

    pub(super) fn generator_expression(&mut self, node: &'a ast::ExprGenerator) -> Run<Value> {
        let Some(first) = node.generators.first() else { return Ok(Value::None) };
        let source = self.eval(&first.iter)?;
        // The first iterable is asked for its iterator at once.
        let source = self.iterator(&source)?.unwrap_or(source);
        let frame: Frame<'a> = self.frame().clone();
        self.expressions.push((node, frame));
        let number = self.expressions.len() - 1;
        Ok(self.alloc(Object::Lazy(Rc::new(Lazy::Expression { number, first: source }), Progress::Fresh)))
    }

    /// `await value`: a coroutine runs to its end.
    pub(crate) fn awaited(&mut self, value: Value) -> Run<Value> {
        if let Value::Object(id) = &value
            && let Object::Lazy(lazy, progress) = self.heap.get(*id).clone()
            && let Lazy::Coroutine { function, args } = &*lazy
        {
            if progress != Progress::Fresh {
                return self.raise("RuntimeError", Some("cannot reuse already awaited coroutine".to_owned()));
            }
            self.set_progress(&value, Progress::Done);
            return self.run_function(function, args.clone());
        }
        if let Some(why) = self.why_unknown(&value) {
            self.risk();
            return Ok(Value::Unknown(why));
        }
        if let Value::Object(id) = &value
            && self.answers_read.contains(id)
        {
            // What an asynchronous client's method gave was sent when it was called.
            return Ok(value);
        }
        if let Some(result) = self.awaited_task(&value) {
            return result;
        }
        if matches!(value, Value::Function(_) | Value::Method(_) | Value::Native(_) | Value::Partial(_)) {
            return self.raise("TypeError", None);
        }
        if !matches!(value, Value::None) {
            self.risk();
        }
        Ok(value)
    }
}

fn lazy_sources(lazy: &Lazy) -> Vec<Value> {
    match lazy {
        Lazy::Map { sources, .. } | Lazy::Zip { sources, .. } | Lazy::Chain { sources } => sources.clone(),
        Lazy::Slice { source, .. } => vec![source.clone()],
        _ => Vec::new(),
    }
}
