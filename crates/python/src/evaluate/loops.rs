//! `for` and `while`: round by round while it is known that they go on, otherwise any number of
//! rounds at once.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Stmt};

use super::{End, Evaluator, Run, Step};
use crate::limits;
use crate::paths::Path;
use crate::reason::{AnswerPart, Why};
use crate::value::Value;

impl<'a> Evaluator<'a> {
    pub(super) fn run_for(&mut self, node: &'a ast::StmtFor) -> Run<()> {
        let iterable = self.eval(&node.iter)?;
        self.stand_at(node);
        self.loop_over(&iterable, &node.target, &node.body, &node.orelse)
    }

    fn loop_over(
        &mut self,
        iterable: &Value,
        target: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
    ) -> Run<()> {
        let token = self.token();
        let since = self.paths.len();
        self.frame_mut().loops.push(token);
        let result = self.rounds(token, iterable, target, body);
        self.frame_mut().loops.pop();
        let result = result.and_then(|()| self.run_body(orelse));
        self.settle(result, since, |end| match end {
            End::Break(to) if to == token => Ok(()),
            End::Close(to, inner) if to == token => match *inner {
                End::Break(inner) if inner == token => Ok(()),
                other => Err(other),
            },
            other => Err(other),
        })
    }

    fn rounds(&mut self, token: u32, iterable: &Value, target: &'a Expr, body: &'a [Stmt]) -> Run<()> {
        let iterator = match self.iterator(iterable)? {
            Ok(iterator) => iterator,
            Err(why) => return self.rounds_unknown(token, &why, target, body),
        };
        let since = self.paths.len();
        let mut unsure = 0;
        loop {
            match self.advance(&iterator)? {
                Step::Item(item) => {
                    self.round(token, item, target, body)?;
                }
                Step::End => return Ok(()),
                Step::Unknown(why) => return self.rounds_unknown(token, &why, target, body),
                Step::Generator => {
                    let run = Self::consumer_of_body(token, target, body);
                    return self.drive(&iterator, token, run);
                }
            }
            if self.paths.len() > since {
                unsure += 1;
                if unsure > limits::UNSURE_ROUNDS {
                    let why = self.why("it is not known how often the loop goes round");
                    return self.rounds_unknown(token, &why, target, body);
                }
            }
        }
    }

    /// One round: binds the target, runs the body, takes in `continue`.
    pub(super) fn round(&mut self, token: u32, item: Value, target: &'a Expr, body: &'a [Stmt]) -> Run<()> {
        self.step()?;
        let since = self.paths.len();
        let result = self.assign(target, item).and_then(|()| self.run_body(body));
        self.settle(result, since, |end| match end {
            End::Continue(to) if to == token => Ok(()),
            other => Err(other),
        })
    }

    fn rounds_unknown(&mut self, token: u32, why: &Rc<Why>, target: &'a Expr, body: &'a [Stmt]) -> Run<()> {
        if why.part.is_none() {
            self.risk();
        }
        let reason = Why::new(
            format!("it is not known how often the loop goes round: {}", why.text),
            Some(self.line()),
        );
        let item = why.part.map_or_else(|| why.clone(), |_| Why::answer(AnswerPart::Content, why));
        self.any_number(&reason, |reader| {
            let item = Value::Unknown(item.clone());
            reader.round(token, item, target, body)
        })
    }

    pub(super) fn run_while(&mut self, node: &'a ast::StmtWhile) -> Run<()> {
        let token = self.token();
        let since = self.paths.len();
        self.frame_mut().loops.push(token);
        let result = self.while_rounds(token, node);
        self.frame_mut().loops.pop();
        let result = result.and_then(|()| self.run_body(&node.orelse));
        self.settle(result, since, |end| match end {
            End::Break(to) if to == token => Ok(()),
            other => Err(other),
        })
    }

    fn while_rounds(&mut self, token: u32, node: &'a ast::StmtWhile) -> Run<()> {
        let since = self.paths.len();
        loop {
            self.step()?;
            // A condition that only looks can be looked at twice.
            let mark = (!only_looks(&node.test)).then(|| self.heap.mark());
            let calls = self.calls.len();
            self.stand_at(&*node.test);
            let test = self.eval(&node.test)?;
            match self.truth(&test)? {
                Ok(false) => return Ok(()),
                Ok(true) => self.while_round(token, node)?,
                Err(why) => {
                    // The condition is evaluated again by the rounds that follow.
                    self.calls.truncate(calls);
                    if let Some(mark) = mark {
                        self.rollback(mark);
                    }
                    return self.while_unknown(token, node, &why, since);
                }
            }
            if self.paths.len() > since {
                let why = self.why("it depends on what happens before");
                return self.while_unknown(token, node, &why, since);
            }
        }
    }

    fn while_round(&mut self, token: u32, node: &'a ast::StmtWhile) -> Run<()> {
        let since = self.paths.len();
        let result = self.run_body(&node.body);
        self.settle(result, since, |end| match end {
            End::Continue(to) if to == token => Ok(()),
            other => Err(other),
        })
    }

    fn while_unknown(
        &mut self,
        token: u32,
        node: &'a ast::StmtWhile,
        why: &Rc<Why>,
        since: usize,
    ) -> Run<()> {
        let reason = Why::new(
            format!("it is not known how often the loop goes round: {}", why.text),
            Some(self.line()),
        );
        let endless = matches!(&*node.test, Expr::BooleanLiteral(test) if test.value);
        self.any_number(&reason, |reader| {
            let test = reader.eval(&node.test)?;
            if matches!(reader.truth(&test)?, Ok(false)) {
                return Ok(());
            }
            reader.while_round(token, node)
        })?;
        if endless {
            // Only a `break` or another early end leaves `while True`.
            if self.paths.len() <= since {
                return Err(End::Halt);
            }
            if let Some(path) = self.paths.pop() {
                self.rollback(path.mark);
                self.heap.apply(path.changes);
                return Err(path.end);
            }
        }
        Ok(())
    }

    /// Runs `round` any number of times: until another round changes nothing that is known.
    pub(super) fn any_number(
        &mut self,
        why: &Rc<Why>,
        mut round: impl FnMut(&mut Self) -> Run<()>,
    ) -> Run<()> {
        for _ in 0..limits::ROUNDS {
            let calls = self.calls.len();
            let paths = self.paths.len();
            let mark = self.heap.mark();
            let result = self.arm(why, |reader| round(reader));
            let changes = self.heap.capture(mark);
            self.rollback(mark);
            let changed = match result {
                Ok(()) => self.join_state(mark, &changes, why),
                Err(End::Halt) => return Err(End::Halt),
                Err(end) => {
                    self.leave(Path { mark, changes, end });
                    false
                }
            };
            if !changed {
                return Ok(());
            }
            // What this round found was found with values that a later round does not have.
            self.calls.truncate(calls);
            self.paths.truncate(paths);
        }
        Err(End::Halt)
    }
}

/// Whether evaluating an expression twice is the same as once.
fn only_looks(node: &Expr) -> bool {
    match node {
        Expr::Name(_) | Expr::BooleanLiteral(_) | Expr::NumberLiteral(_) | Expr::StringLiteral(_) => true,
        Expr::NoneLiteral(_) => true,
        Expr::UnaryOp(node) => only_looks(&node.operand),
        Expr::BoolOp(node) => node.values.iter().all(only_looks),
        Expr::Compare(node) => only_looks(&node.left) && node.comparators.iter().all(only_looks),
        _ => false,
    }
}
