//! `for` and `while`: round by round while it is known that they go on, otherwise any number of
//! rounds at once.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Stmt};
use rustc_hash::FxHashSet;

use super::{End, Evaluator, Noted, Run, Step, range_len};
use crate::heap::{Lazy, Object};
use crate::paths::Path;
use crate::reason::{AnswerPart, Why};
use crate::value::Value;
use crate::{limits, names};
use tutor_bedrock::found::{Finding, PartialCall};

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
        let mut rounds = Rounds::new(self);
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
            let items = self.remaining(&iterator);
            if rounds.are_too_many(self, items) {
                let why = self.why(if items.is_some() { TOO_LONG } else { NO_KNOWN_END });
                self.escape(&iterator, &why);
                self.collapse(rounds.calls, &why, |reader| {
                    reader.any_number(&why, |reader| {
                        reader.round(token, Value::Unknown(why.clone()), target, body)
                    })
                })?;
                if items.is_none() && self.is_endless(&iterator) && self.paths.len() <= since {
                    return self.interrupt(&why);
                }
                return Ok(());
            }
        }
    }

    /// How many items an iterator over known containers still gives, unless they grow meanwhile.
    fn remaining(&self, iterator: &Value) -> Option<usize> {
        match self.object(iterator)? {
            Object::Iterator(source, at) => {
                let len = match source {
                    Value::Tuple(items) => items.len(),
                    Value::Range(start, stop, step) => range_len(*start, *stop, *step),
                    source => self.object(source)?.len(),
                };
                Some(len.saturating_sub(*at))
            }
            Object::Entries(entries, at) => Some(self.object(&entries.of)?.len().saturating_sub(*at)),
            Object::Lazy(lazy, _) => match &**lazy {
                Lazy::Enumerate { source, .. } => self.remaining(source),
                Lazy::Zip { sources, fill: None } | Lazy::Map { sources, .. } => {
                    sources.iter().filter_map(|source| self.remaining(source)).min()
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether an iterator surely never ends.
    fn is_endless(&self, iterator: &Value) -> bool {
        let Some(Object::Lazy(lazy, _)) = self.object(iterator) else { return false };
        matches!(&**lazy, Lazy::Count { .. } | Lazy::Cycle { .. })
    }

    /// What follows a loop that does not end: somebody interrupts it, and nothing after that is certain.
    fn interrupt(&mut self, why: &Rc<Why>) -> Run<()> {
        self.leave_by_interrupt(why);
        let error = self.exception("KeyboardInterrupt", Vec::new());
        Err(End::Raise(error))
    }

    fn leave_by_interrupt(&mut self, why: &Why) {
        let after = Why::new("a loop without a known end comes before", why.line);
        self.interrupted.get_or_insert(after);
    }

    /// Follows further rounds of a loop in place of those that were followed so far. Of each call in it
    /// one is told, with the loop's own reason.
    fn collapse(
        &mut self,
        since: usize,
        why: &Rc<Why>,
        rounds: impl FnOnce(&mut Self) -> Run<()>,
    ) -> Run<()> {
        let before = self.calls.split_off(since);
        let result = rounds(self);
        let after = self.calls.split_off(since);
        // What the later rounds do not come by again was still there in the first ones.
        self.tell_once(after.into_iter().chain(before), why);
        result
    }

    /// Follows further rounds of a loop after a first one. A call that was not known in the first is
    /// told once for all.
    fn go_on_round(
        &mut self,
        since: usize,
        why: &Rc<Why>,
        rounds: impl FnOnce(&mut Self) -> Run<()>,
    ) -> Run<()> {
        let open = |noted: &Noted| matches!(noted.found.finding, Finding::Unresolved { .. });
        let (before, sure): (Vec<Noted>, Vec<Noted>) = self.calls.drain(since..).partition(open);
        self.calls.extend(sure);
        let first = self.calls.len();
        let result = rounds(self);
        let after = self.calls.split_off(first);
        self.tell_once(after.into_iter().chain(before), why);
        result
    }

    /// Tells of each place in the code once, with one reason for all.
    pub(crate) fn tell_once(&mut self, calls: impl Iterator<Item = Noted>, why: &Rc<Why>) {
        let mut told: FxHashSet<(usize, u32)> = FxHashSet::default();
        for mut noted in calls {
            if told.insert(noted.site) {
                noted.found.finding = unresolved(noted.found.finding, why);
                self.calls.push(noted);
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
        let reason = self.how_often(why);
        let item = why.part.map_or_else(|| why.clone(), |_| Why::answer(AnswerPart::Content, why));
        self.any_number(&reason, |reader| {
            let item = Value::Unknown(item.clone());
            reader.round(token, item, target, body)
        })
    }

    /// The reason of what depends on how often a loop goes round; only the first of several such
    /// reasons is told.
    fn how_often(&self, why: &Why) -> Rc<Why> {
        const CLAUSE: &str = "it is not known how often the loop goes round";
        if why.text.starts_with(CLAUSE) {
            return Why::new(why.text.clone(), why.line.or_else(|| Some(self.line())));
        }
        self.why(format!("{CLAUSE}: {}", why.text))
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
        let mut rounds = Rounds::new(self);
        let endless = is_true(&node.test);
        let never_left = endless && !names::may_leave(&node.body);
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
                let first = rounds.calls;
                if endless {
                    // The round that was followed is one of those that follow.
                    let why = self.why(NO_KNOWN_END);
                    return self
                        .go_on_round(first, &why, |reader| reader.while_unknown(token, node, &why, since));
                }
                return self.while_unknown(token, node, &why, since);
            }
            let over = rounds.are_too_many(self, None);
            if over || (never_left && rounds.count > limits::ENDLESS_ROUNDS) {
                let why = self.why(NO_KNOWN_END);
                return self
                    .collapse(rounds.calls, &why, |reader| reader.while_unknown(token, node, &why, since));
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
        let reason = if why.text == NO_KNOWN_END { why.clone() } else { self.how_often(why) };
        let endless = is_true(&node.test);
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
                return self.interrupt(&reason);
            }
            if self.paths[since..].iter().all(|path| matches!(path.end, End::Raise(_))) {
                // An exception is no known end either.
                self.leave_by_interrupt(&reason);
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
                    self.leave(Path::new(mark, changes, end));
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

const NO_KNOWN_END: &str = "in a loop without a known end";
const TOO_LONG: &str = "in a loop of more rounds than are read";

/// The rounds of a loop so far.
struct Rounds {
    count: usize,
    /// How many calls were found before it.
    calls: usize,
    /// The steps at its start.
    steps: u64,
}

impl Rounds {
    fn new(reader: &Evaluator<'_>) -> Self {
        Rounds { count: 0, calls: reader.calls.len(), steps: reader.budget.steps() }
    }

    /// Counts a round. `items` are those that a loop over a known container still has before it.
    fn are_too_many(&mut self, reader: &Evaluator<'_>, items: Option<usize>) -> bool {
        self.count += 1;
        let steps = reader.budget.steps() - self.steps;
        if let Some(items) = items {
            // As many again as are left would take more than there is.
            let left = (steps / self.count as u64).saturating_mul(items as u64);
            let many = self.count >= limits::ENDLESS_ROUNDS && items > limits::ITEMS;
            return many
                || self.count > limits::ITEMS
                || (self.count.is_multiple_of(64) && left > limits::STEPS / 2);
        }
        self.count > limits::OPEN_ROUNDS
            || steps > limits::LOOP_STEPS
            || reader.calls.len().saturating_sub(self.calls) > limits::OPEN_CALLS
    }
}

/// A call of a loop that is not told for each round: nothing is certain of it but what it was.
fn unresolved(finding: Finding, why: &Why) -> Finding {
    let reason = why.reason();
    let known = match finding {
        Finding::Unread(_) => return finding,
        Finding::Resolved(call) => PartialCall::from(&call),
        Finding::Unresolved { known, .. } | Finding::Uncalled { known } => known,
    };
    Finding::Unresolved { known, reason }
}

/// Whether a condition always holds.
fn is_true(node: &Expr) -> bool {
    match node {
        Expr::BooleanLiteral(test) => test.value,
        Expr::NumberLiteral(test) => test.value.as_int().is_some_and(|value| value.as_i64() != Some(0)),
        _ => false,
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
