//! `try` and `with`.
//!
//! Whatever is not known inside a `try` may raise, so after the first such place nothing in that
//! body is certain, and the handlers are followed as a way that is perhaps taken, from any state on
//! the way. A call of Bedrock itself, and reading what every answer of it has, is taken to succeed:
//! that is the answer the course is about. Handlers that only a failing call reaches are still read,
//! for the calls in them.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Stmt};

use super::{Attempt, End, Evaluator, Run};
use crate::heap::Object;
use crate::paths::Path;
use crate::reason::Why;
use crate::value::{Args, Value};

/// Whether a handler takes an exception.
enum Takes {
    Yes,
    No,
    Perhaps,
}

impl<'a> Evaluator<'a> {
    pub(super) fn run_try(&mut self, node: &'a ast::StmtTry) -> Run<()> {
        let since = self.paths.len();
        let result = if node.handlers.is_empty() {
            self.run_body(&node.body).and_then(|()| self.run_body(&node.orelse))
        } else {
            self.run_handled(node, since)
        };
        if node.finalbody.is_empty() { result } else { self.run_finally(result, since, &node.finalbody) }
    }

    fn run_handled(&mut self, node: &'a ast::StmtTry, since: usize) -> Run<()> {
        self.attempts.push(Attempt::default());
        let body = self.run_body(&node.body);
        self.risk_to_path();
        let attempt = self.attempts.pop().unwrap_or_default();
        let waiting = self.take_raised(since);
        let why = self.why("it depends on whether an exception was raised before");
        let result = match body {
            Err(End::Halt) => Err(End::Halt),
            // `except*` takes exceptions apart into groups.
            Err(End::Raise(_)) if node.is_star => {
                let error = self.unknown("a group of exceptions");
                self.arm(&why, |reader| reader.handle(&error, &node.handlers))
            }
            // While something else may have been raised before, what follows is one way of several.
            body if !waiting.is_empty() => self.arm(&why, |reader| reader.go_on(body, node)),
            body => self.go_on(body, node),
        };
        if waiting.is_empty() && attempt.calls_bedrock {
            let error = self.unknown("an exception of Bedrock");
            // Only read for the calls in the handlers: that one fails is not what is read here.
            let _ = self.probe(|reader| reader.handle(&error, &node.handlers));
        }
        waiting
            .into_iter()
            .fold(result, |result, path| self.follow_raised(path, result, &node.handlers, &why))
    }

    /// What comes after the body of a `try`, by how it ended.
    fn go_on(&mut self, body: Run<()>, node: &'a ast::StmtTry) -> Run<()> {
        match body {
            Err(End::Raise(error)) => self.handle(&error, &node.handlers),
            Ok(()) => self.run_body(&node.orelse),
            other => other,
        }
    }

    /// The waiting exceptions since `since`, those of the same kind as one.
    fn take_raised(&mut self, since: usize) -> Vec<Path> {
        let (mut raised, others): (Vec<Path>, Vec<Path>) =
            self.paths.drain(since..).partition(|path| matches!(path.end, End::Raise(_)));
        self.paths.extend(others);
        // Latest first: going back to a mark forgets the later ones.
        raised.sort_by_key(|path| std::cmp::Reverse(path.mark));
        raised
    }

    /// Follows a way on which an exception was raised, and joins it with the one that stands.
    fn follow_raised(
        &mut self,
        path: Path,
        main: Run<()>,
        handlers: &'a [ast::ExceptHandler],
        why: &Rc<Why>,
    ) -> Run<()> {
        let End::Raise(error) = path.end else { return main };
        if matches!(main, Err(End::Halt)) {
            return main;
        }
        let mark = path.mark;
        let here = self.heap.capture(mark);
        self.rollback(mark);
        self.heap.apply(path.changes);
        let handled = self.arm(why, |reader| reader.handle(&error, handlers));
        let there = self.heap.capture(mark);
        self.rollback(mark);
        self.heap.apply(here);
        self.merge(mark, there, handled, main, why)
    }

    /// Runs the handler that takes `error`, or passes it on.
    fn handle(&mut self, error: &Value, handlers: &'a [ast::ExceptHandler]) -> Run<()> {
        let Some((first, rest)) = handlers.split_first() else { return Err(End::Raise(error.clone())) };
        let ast::ExceptHandler::ExceptHandler(handler) = first;
        match self.takes(error, handler.type_.as_deref())? {
            Takes::Yes => self.run_handler(error, handler),
            Takes::No => self.handle(error, rest),
            Takes::Perhaps => {
                let why = self.why("it depends on which exception was raised");
                self.branch(
                    &why,
                    |reader| reader.run_handler(error, handler),
                    |reader| reader.handle(error, rest),
                )
            }
        }
    }

    fn takes(&mut self, error: &Value, class: Option<&'a Expr>) -> Run<Takes> {
        let Some(class) = class else { return Ok(Takes::Yes) };
        let class = self.eval(class)?;
        let classes = match &class {
            Value::Tuple(items) => items.to_vec(),
            _ => vec![class],
        };
        let mut answer = Takes::No;
        for class in classes {
            match self.is_instance(error, &class) {
                Ok(true) => return Ok(Takes::Yes),
                Ok(false) => {}
                // An exception that is not known is taken for an ordinary one.
                Err(_) if is_everything(&class) => return Ok(Takes::Yes),
                Err(_) => answer = Takes::Perhaps,
            }
        }
        Ok(answer)
    }

    fn run_handler(&mut self, error: &Value, handler: &'a ast::ExceptHandlerExceptHandler) -> Run<()> {
        if let Some(name) = &handler.name {
            self.bind(name, error.clone())?;
        }
        let outer = self.frame_mut().handling.replace(error.clone());
        let result = self.run_body(&handler.body);
        self.frame_mut().handling = outer;
        if let Some(name) = &handler.name {
            self.unbind_here(name);
        }
        result
    }

    /// Runs `finally` on the way that stands and on every one that left meanwhile.
    fn run_finally(&mut self, result: Run<()>, since: usize, body: &'a [Stmt]) -> Run<()> {
        if matches!(result, Err(End::Halt)) {
            return result;
        }
        let mut waiting: Vec<Path> = self.paths.drain(since..).collect();
        waiting.sort_by_key(|path| std::cmp::Reverse(path.mark));
        let mut left = Vec::new();
        let why = self.why("it depends on how the `try` was left");
        for path in waiting {
            let mark = path.mark;
            let here = self.heap.capture(mark);
            self.rollback(mark);
            self.heap.apply(path.changes);
            let end = match self.arm(&why, |reader| reader.run_body(body)) {
                Ok(()) => path.end,
                Err(End::Halt) => return Err(End::Halt),
                Err(end) => end,
            };
            let changes = self.heap.capture(mark);
            self.rollback(mark);
            self.heap.apply(here);
            left.push(Path::new(mark, changes, end));
        }
        self.paths.extend(left);
        self.run_body(body)?;
        result
    }

    pub(super) fn run_with(&mut self, items: &'a [ast::WithItem], body: &'a [Stmt]) -> Run<()> {
        let Some((item, rest)) = items.split_first() else { return self.run_body(body) };
        let manager = self.eval(&item.context_expr)?;
        self.stand_at(&item.context_expr);
        let (entered, exit) = self.enter(&manager)?;
        if let Some(target) = &item.optional_vars {
            self.assign(target, entered)?;
        }
        match exit {
            Exit::Nothing => self.run_with(rest, body),
            Exit::Closes(close) => {
                let result = self.run_with(rest, body);
                self.call(&close, Args::default())?;
                result
            }
            Exit::Suppresses(classes) => self.run_suppressed(&classes, rest, body),
            Exit::Calls(function) => self.run_closed(&manager, &function, rest, body),
        }
    }

    /// `with suppress(…):` is a `try` whose handlers do nothing.
    fn run_suppressed(&mut self, classes: &[Value], items: &'a [ast::WithItem], body: &'a [Stmt]) -> Run<()> {
        let since = self.paths.len();
        self.attempts.push(Attempt::default());
        let result = self.run_with(items, body);
        self.risk_to_path();
        self.attempts.pop();
        let catches = |reader: &mut Self, error: &Value| {
            classes.iter().any(|class| reader.is_instance(error, class).unwrap_or(true))
        };
        let waiting = self.take_raised(since);
        let result = match result {
            Err(End::Raise(error)) if catches(self, &error) => Ok(()),
            other => other,
        };
        let why = self.why("it depends on whether an exception was raised before");
        waiting.into_iter().fold(result, |result, path| {
            let End::Raise(error) = &path.end else { return result };
            let one = if catches(self, error) { Ok(()) } else { Err(path.end.clone()) };
            self.merge(path.mark, path.changes, one, result, &why)
        })
    }

    /// `with` an object of the chapter's own class: `__exit__` runs on every way out and may
    /// swallow an exception.
    fn run_closed(
        &mut self,
        manager: &Value,
        exit: &Value,
        items: &'a [ast::WithItem],
        body: &'a [Stmt],
    ) -> Run<()> {
        let since = self.paths.len();
        self.attempts.push(Attempt::default());
        let result = self.run_with(items, body);
        self.risk_to_path();
        self.attempts.pop();
        let waiting = self.take_raised(since);
        let why = self.why("it depends on whether an exception was raised before");
        let result = match result {
            Err(End::Halt) => return Err(End::Halt),
            result if !waiting.is_empty() => self.arm(&why, |reader| reader.exit(manager, exit, result))?,
            result => self.exit(manager, exit, result)?,
        };
        waiting.into_iter().fold(result, |result, path| {
            let End::Raise(error) = path.end else { return result };
            let mark = path.mark;
            let here = self.heap.capture(mark);
            self.rollback(mark);
            self.heap.apply(path.changes);
            let handled = self.arm(&why, |reader| reader.exit_raised(manager, exit, &error));
            let there = self.heap.capture(mark);
            self.rollback(mark);
            self.heap.apply(here);
            self.merge(mark, there, handled, result, &why)
        })
    }

    /// Calls `__exit__` after a body that ended with `result`, and gives how the `with` ends.
    fn exit(&mut self, manager: &Value, exit: &Value, result: Run<()>) -> Run<Run<()>> {
        if let Err(End::Raise(error)) = result {
            return Ok(self.exit_raised(manager, exit, &error));
        }
        let none = vec![manager.clone(), Value::None, Value::None, Value::None];
        self.call(exit, Args::of(none))?;
        Ok(result)
    }

    fn exit_raised(&mut self, manager: &Value, exit: &Value, error: &Value) -> Run<()> {
        let class = self.class_of(error);
        let traceback = self.unknown("a traceback");
        let args = vec![manager.clone(), class, error.clone(), traceback];
        let swallowed = self.call(exit, Args::of(args))?;
        match self.truth(&swallowed)? {
            Ok(true) => Ok(()),
            Ok(false) => Err(End::Raise(error.clone())),
            Err(why) => self.branch(&why, |_| Ok(()), |_| Err(End::Raise(error.clone()))),
        }
    }

    /// What entering a context manager gives, and what leaving it does.
    fn enter(&mut self, manager: &Value) -> Run<(Value, Exit)> {
        if let Some(why) = self.why_unknown(manager) {
            if why.part.is_none() {
                self.risk();
            }
            return Ok((Value::Unknown(why), Exit::Nothing));
        }
        if let Value::Partial(partial) = manager
            && let Value::Native(native) = &partial.function
            && native.name == "contextlib.suppress"
        {
            return Ok((Value::None, Exit::Suppresses(partial.args.pos.clone())));
        }
        match self.object(manager) {
            // It is closed when it is left.
            Some(Object::Stream(..)) => {
                let close = self.text("close");
                return Ok((
                    manager.clone(),
                    Exit::Closes(Value::NativeMethod(Rc::new((manager.clone(), close)))),
                ));
            }
            // A pool and its like: entering gives itself, leaving changes nothing that is read here.
            Some(Object::Instance(instance)) if matches!(instance.class, Value::Native(_)) => {
                return Ok((manager.clone(), Exit::Nothing));
            }
            Some(Object::Instance(_)) => {}
            _ => return Ok((manager.clone(), Exit::Nothing)),
        }
        for (enter, exit) in [("__enter__", "__exit__"), ("__aenter__", "__aexit__")] {
            let (Ok(Some(enter)), Ok(Some(exit))) =
                (self.class_attribute(manager, enter), self.class_attribute(manager, exit))
            else {
                continue;
            };
            let entered = self.call(&enter, Args::of(vec![manager.clone()]))?;
            let entered = self.awaited(entered)?;
            return Ok((entered, Exit::Calls(exit)));
        }
        let why = self.why("a context manager that is not known");
        self.escape(manager, &why);
        self.risk();
        Ok((Value::Unknown(why), Exit::Nothing))
    }
}

/// What leaving a `with` does.
enum Exit {
    Nothing,
    /// Calls a method that takes nothing and swallows nothing.
    Closes(Value),
    Suppresses(Vec<Value>),
    Calls(Value),
}

/// Whether a class takes every ordinary exception.
fn is_everything(class: &Value) -> bool {
    matches!(class, Value::Native(native) if matches!(native.name, "Exception" | "BaseException"))
}
