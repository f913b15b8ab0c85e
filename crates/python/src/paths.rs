//! Several ways through the code at once, and how they come together again.
//!
//! Where a condition is not known, both arms are followed from the same [`Mark`] and their states
//! joined: what differs becomes unknown. An arm that leaves early (`return`, `break`, `raise`) waits
//! as a [`Path`] until the statement that takes it in (the function, the loop, the `try`) ends.
//! While anything waits, no call is certain to be sent.

use std::rc::Rc;

use ruff_text_size::TextSize;

use super::evaluate::{End, Evaluator, Run};
use super::heap::{Changes, Dict, Instance, Mark, Names, Object, Scope, bytes_of};
use super::limits;
use super::reason::Why;
use super::value::{Id, Text, Value};

/// A way on that left the code being followed, and the state it left with.
#[derive(Debug)]
pub(super) struct Path {
    /// Where it parted; always a state of the way being followed.
    pub(super) mark: Mark,
    /// What is different from there.
    pub(super) changes: Changes,
    /// How it left.
    pub(super) end: End,
    /// Bytes that the changes take.
    bytes: usize,
}

impl Path {
    /// A way that waits.
    pub(super) fn new(mark: Mark, changes: Changes, end: End) -> Self {
        let bytes = bytes_of(&changes);
        Path { mark, changes, end, bytes }
    }
}

/// Results of two ways that become one.
pub(super) trait Join: Sized {
    /// One value for both ways.
    fn join(reader: &mut Evaluator<'_>, a: Self, b: Self, why: &Rc<Why>) -> Self;
}

impl Join for () {
    fn join(_: &mut Evaluator<'_>, (): Self, (): Self, _: &Rc<Why>) -> Self {}
}

impl Join for Value {
    fn join(reader: &mut Evaluator<'_>, a: Self, b: Self, why: &Rc<Why>) -> Self {
        reader.join_values(&a, &b, why)
    }
}

impl Evaluator<'_> {
    /// Whether what happens now surely happens.
    pub(super) fn is_sure(&self) -> bool {
        self.arms.is_empty()
            && self.paths.is_empty()
            && self.attempts.iter().all(|attempt| attempt.first_risk.is_none())
            && self.may_have_ended.is_none()
            && self.interrupted.is_none()
    }

    /// Why it is not sure that what happens here happens.
    pub(super) fn doubts(&self) -> Rc<Why> {
        if let Some(why) = self.arms.last() {
            return why.clone();
        }
        if let Some(why) = self.interrupted.as_ref().or(self.may_have_ended.as_ref()) {
            return why.clone();
        }
        match self.paths.last().map(|path| &path.end) {
            Some(End::Return(..)) => self.why("the function may have returned before"),
            Some(End::Break(_) | End::Continue(_)) => self.why("the loop may have ended before"),
            _ => self.why("an exception may have been raised before in the same `try`"),
        }
    }

    /// Notes that something not known happens here, which inside a `try` may raise. Outside of any
    /// `try` it is taken to return: otherwise the chapter would not run to its end.
    pub(super) fn risk(&mut self) {
        if self.attempts.is_empty() {
            return;
        }
        let mark = self.heap.mark();
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.first_risk.get_or_insert(mark);
        }
    }

    /// Follows two ways of which only one is taken, and joins them.
    pub(super) fn branch<T: Join>(
        &mut self,
        why: &Rc<Why>,
        first: impl FnOnce(&mut Self) -> Run<T>,
        second: impl FnOnce(&mut Self) -> Run<T>,
    ) -> Run<T> {
        let mark = self.heap.mark();
        let one = self.arm(why, first);
        let changes = self.heap.capture(mark);
        self.rollback(mark);
        let two = self.arm(why, second);
        self.merge(mark, changes, one, two, why)
    }

    /// The same for two ways that both go on at `after` in the text.
    pub(super) fn branch_until<T: Join>(
        &mut self,
        after: TextSize,
        why: &Rc<Why>,
        first: impl FnOnce(&mut Self) -> Run<T>,
        second: impl FnOnce(&mut Self) -> Run<T>,
    ) -> Run<T> {
        let mark = self.heap.mark();
        let one = self.arm(why, first);
        let changes = self.heap.capture(mark);
        self.rollback(mark);
        let two = self.arm(why, second);
        self.reading_from(Some(after), |reader| reader.merge(mark, changes, one, two, why))
    }

    /// Follows a way that is perhaps not taken.
    pub(super) fn arm<T>(&mut self, why: &Rc<Why>, way: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        self.arms.push(why.clone());
        let depth = self.attempts.len();
        let outer = self.attempts.last_mut().and_then(|attempt| attempt.first_risk.take());
        let interrupted = self.interrupted.clone();
        let result = way(self);
        if matches!(result, Err(End::Raise(_))) && self.attempts.is_empty() {
            // Nobody goes on from there.
            self.interrupted = interrupted;
        }
        debug_assert_eq!(depth, self.attempts.len());
        self.risk_to_path();
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.first_risk = outer;
        }
        self.arms.pop();
        result
    }

    /// Follows a way only for the calls in it and takes all its effects back.
    pub(super) fn probe<T>(&mut self, way: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        let mark = self.heap.mark();
        let paths = self.paths.len();
        let why = self.why("it is only reached if a call of Bedrock fails");
        let result = self.arm(&why, way);
        self.paths.truncate(paths);
        self.rollback(mark);
        result
    }

    /// Notes that one of the chapter's own functions is called and it is not known which: unlike a
    /// library's, it may well end in an exception that nobody catches.
    pub(super) fn dispatch(&mut self) {
        let why = self.why("which of the chapter's own functions was called before is not known");
        self.may_have_ended.get_or_insert(why);
    }

    /// Makes a waiting path of what may have been raised in the innermost `try` since its first
    /// risk: any state on the way from there to here.
    pub(super) fn risk_to_path(&mut self) {
        let Some(risk) = self.attempts.last_mut().and_then(|attempt| attempt.first_risk.take()) else {
            return;
        };
        let here = self.heap.capture(risk);
        let versions = self.heap.versions(risk);
        self.rollback(risk);
        let why = self.why("an exception may have been raised before");
        for (id, contents) in versions {
            let joined = contents.into_iter().reduce(|a, b| self.join_objects(&a, &b, &why).unwrap_or(a));
            if let Some(joined) = joined {
                self.heap.set(id, joined);
            }
        }
        let raised = self.heap.capture(risk);
        self.heap.rollback(risk);
        self.heap.apply(here);
        self.paths.push(Path::new(risk, raised, End::Raise(Value::Unknown(why))));
    }

    /// Takes everything back to `mark`; waiting paths that parted since are told from there.
    pub(super) fn rollback(&mut self, mark: Mark) {
        if self.attempts.last().is_some_and(|attempt| attempt.first_risk.is_some_and(|risk| risk > mark)) {
            self.risk_to_path();
        }
        for index in 0..self.paths.len() {
            let later = self.paths[index].mark;
            if later > mark {
                let mut changes = self.heap.between(mark, later);
                changes.extend(std::mem::take(&mut self.paths[index].changes));
                self.paths[index].changes = changes;
                self.paths[index].mark = mark;
            }
        }
        self.heap.rollback(mark);
    }

    /// Brings two ways from `mark` together: `one`, whose state is `changes`, and `two`, the state
    /// that stands. One that ends early waits while the other goes on.
    pub(super) fn merge<T: Join>(
        &mut self,
        mark: Mark,
        changes: Changes,
        one: Run<T>,
        two: Run<T>,
        why: &Rc<Why>,
    ) -> Run<T> {
        if self.paths.len() > limits::PATHS {
            return Err(End::Halt);
        }
        match (one, two) {
            (Err(End::Halt), _) | (_, Err(End::Halt)) => Err(End::Halt),
            (Ok(one), Ok(two)) => {
                self.join_state(mark, &changes, why);
                Ok(T::join(self, one, two, why))
            }
            (Err(end), Ok(two)) => {
                self.leave(Path::new(mark, changes, end));
                Ok(two)
            }
            (Ok(one), Err(end)) => {
                self.switch(mark, changes, end);
                Ok(one)
            }
            (Err(one), Err(two)) if one.goes_where(&two) => {
                self.join_state(mark, &changes, why);
                Err(self.join_ends(one, two, why))
            }
            (Err(one @ End::Raise(_)), Err(two)) => {
                self.leave(Path::new(mark, changes, one));
                Err(two)
            }
            (Err(one), Err(two)) => {
                self.switch(mark, changes, two);
                Err(one)
            }
        }
    }

    /// Leaves the way being followed waiting with `end`, and follows the one with `changes` instead.
    fn switch(&mut self, mark: Mark, changes: Changes, end: End) {
        let here = self.heap.capture(mark);
        self.rollback(mark);
        self.heap.apply(changes);
        self.leave(Path::new(mark, here, end));
    }

    /// Lets a way wait. An exception that nobody catches ends the chapter, and it is read as one that
    /// runs to its end: such a way is not taken.
    pub(super) fn leave(&mut self, path: Path) {
        if matches!(path.end, End::Raise(_)) && self.attempts.is_empty() {
            return;
        }
        self.paths.push(path);
        self.weigh_paths();
    }

    /// Counts what waiting ways hold.
    fn weigh_paths(&mut self) {
        self.waiting_bytes = self.paths.iter().map(|path| path.bytes).sum();
    }

    /// At the end of a statement that takes in certain ends: joins every path since `since` that
    /// waits for it. `take` gives what the end means here, or gives it back.
    pub(super) fn settle<T: Join>(
        &mut self,
        main: Run<T>,
        since: usize,
        take: impl Fn(End) -> Result<T, End>,
    ) -> Run<T> {
        let mut main = main.or_else(&take);
        if matches!(main, Err(End::Halt)) {
            return main;
        }
        let mut index = self.paths.len();
        while index > since {
            index -= 1;
            let value = match take(self.paths[index].end.clone()) {
                Ok(value) => value,
                Err(end) => {
                    self.paths[index].end = end;
                    continue;
                }
            };
            let path = self.paths.remove(index);
            let why = self.why("it depends on a condition that is not known");
            main = match main {
                Ok(here) => {
                    self.join_state(path.mark, &path.changes, &why);
                    Ok(T::join(self, here, value, &why))
                }
                Err(end) => {
                    self.switch(path.mark, path.changes, end);
                    Ok(value)
                }
            };
        }
        self.weigh_paths();
        main
    }

    fn join_ends(&mut self, one: End, two: End, why: &Rc<Why>) -> End {
        match (one, two) {
            (End::Return(token, a), End::Return(_, b)) => End::Return(token, self.join_values(&a, &b, why)),
            (End::Raise(a), End::Raise(b)) => End::Raise(self.join_values(&a, &b, why)),
            (one, _) => one,
        }
    }

    /// Joins the state that differs from `mark` by `changes` into the state that stands. Says
    /// whether something known became unknown by it.
    pub(super) fn join_state(&mut self, mark: Mark, changes: &Changes, why: &Rc<Why>) -> bool {
        let before = self.heap.before(mark);
        let mut ids: Vec<Id> = changes.keys().chain(before.keys()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut changed = false;
        for id in ids {
            let Some(other) = changes.get(&id).or_else(|| before.get(&id)) else { continue };
            let here = self.heap.get(id).clone();
            if here.is_same_allocation(other) || matches!(other, Object::Absent) {
                continue;
            }
            if matches!(here, Object::Absent) {
                self.heap.set(id, other.clone());
            } else if let Some(joined) = self.join_read(id, &here, other, why) {
                self.heap.set(id, joined);
                changed = true;
            }
        }
        changed
    }

    /// The same for contents of an object of which it may be known that not all of it is read any more:
    /// what ways disagree on there is given up without a trace.
    fn join_read(&mut self, id: Id, here: &Object, other: &Object, why: &Rc<Why>) -> Option<Object> {
        let reading = self.reading.clone();
        let (Some((scope, uses, from)), Object::Scope(x), Object::Scope(y)) = (reading, here, other) else {
            return self.join_objects(here, other, why);
        };
        if scope != id {
            return self.join_objects(here, other, why);
        }
        let is_dead = |name: &Text| !uses.reads(name, from);
        let differ = |name: &Text| match (x.names.get(name), y.names.get(name)) {
            (Some(a), Some(b)) => !a.same(b),
            _ => true,
        };
        let dead: Vec<Text> = x
            .names
            .keys()
            .chain(y.names.keys())
            .filter(|name| is_dead(name) && differ(name))
            .cloned()
            .collect();
        let without = |scope: &Scope| {
            let mut scope = scope.clone();
            for name in &dead {
                scope.names.insert(name.clone(), Value::Unknown(why.clone()));
            }
            Object::Scope(Rc::new(scope))
        };
        if dead.is_empty() {
            return self.join_objects(here, other, why);
        }
        let (x, y) = (without(x), without(y));
        Some(self.join_objects(&x, &y, why).unwrap_or(x))
    }

    /// What two contents of one object have in common, or `None` if that is just the first.
    pub(super) fn join_objects(&mut self, a: &Object, b: &Object, why: &Rc<Why>) -> Option<Object> {
        if a.is_same_allocation(b) {
            return None;
        }
        match (a, b) {
            (Object::Absent, _) => return Some(b.clone()),
            (_, Object::Absent) | (Object::Opaque(..), _) => {
                self.escape_contents(b, why);
                return None;
            }
            (Object::List(x), Object::List(y)) if x.len() == y.len() => {
                return self.join_lists(x, y, why).map(|items| Object::List(Rc::new(items)));
            }
            (Object::Dict(x), Object::Dict(y)) if x.entries.keys().eq(y.entries.keys()) => {
                let mut changed = false;
                let mut entries = x.entries.clone();
                for ((_, value), (_, other)) in entries.values_mut().zip(y.entries.values()) {
                    changed |= self.join_into(value, other, why);
                }
                let (kind, taken) = (x.kind.clone(), x.taken.max(y.taken));
                return changed.then(|| Object::Dict(Rc::new(Dict { entries, kind, taken })));
            }
            (Object::Set(x, _), Object::Set(y, _))
                if x.len() == y.len() && x.keys().all(|key| y.contains_key(key)) =>
            {
                return None;
            }
            (Object::ByteArray(x), Object::ByteArray(y)) if x == y => return None,
            (Object::Scope(x), Object::Scope(y)) => {
                let names = self.join_names(&x.names, &y.names, why)?;
                return Some(Object::Scope(Rc::new(Scope { names, locals: x.locals.clone() })));
            }
            (Object::Instance(x), Object::Instance(y)) if x.class.same(&y.class) => {
                let attrs = self.join_names(&x.attrs, &y.attrs, why)?;
                return Some(Object::Instance(Rc::new(Instance { class: x.class.clone(), attrs })));
            }
            (Object::Class(x), Object::Class(y)) => {
                let attrs = self.join_names(&x.attrs, &y.attrs, why)?;
                let mut class = (**x).clone();
                class.attrs = attrs;
                return Some(Object::Class(Rc::new(class)));
            }
            _ => {}
        }
        self.escape_contents(a, why);
        self.escape_contents(b, why);
        Some(Object::Opaque(why.clone(), a.kind()))
    }

    fn join_lists(&mut self, x: &[Value], y: &[Value], why: &Rc<Why>) -> Option<Vec<Value>> {
        let mut items = x.to_vec();
        let mut changed = false;
        for (item, other) in items.iter_mut().zip(y) {
            changed |= self.join_into(item, other, why);
        }
        changed.then_some(items)
    }

    fn join_into(&mut self, value: &mut Value, other: &Value, why: &Rc<Why>) -> bool {
        if value.same(other) {
            return false;
        }
        let was_unknown = matches!(value, Value::Unknown(_));
        *value = self.join_values(value, other, why);
        !was_unknown
    }

    /// The names of both ways; `None` if the first way's names already say it all.
    fn join_names(&mut self, x: &Names, y: &Names, why: &Rc<Why>) -> Option<Names> {
        let mut names = x.clone();
        let mut changed = false;
        for (name, value) in &mut names {
            match y.get(name) {
                Some(other) => changed |= self.join_into(value, other, why),
                None if matches!(value, Value::Unknown(_)) => {}
                None => {
                    let only = Self::only_sometimes(name, why);
                    self.escape(value, &only);
                    *value = Value::Unknown(only);
                    changed = true;
                }
            }
        }
        for (name, other) in y {
            if !names.contains_key(name) {
                let only = Self::only_sometimes(name, why);
                self.escape(other, &only);
                names.insert(name.clone(), Value::Unknown(only));
                changed = true;
            }
        }
        changed.then_some(names)
    }

    fn only_sometimes(name: &Text, why: &Why) -> Rc<Why> {
        let text = format!("`{name}` is not set on every way through the code");
        Rc::new(Why { text, line: why.line, part: None, partial: None, unset: true })
    }

    /// One value for two ways. Objects that a joined value may stand for become opaque.
    pub(super) fn join_values(&mut self, a: &Value, b: &Value, why: &Rc<Why>) -> Value {
        if a.same(b) {
            return a.clone();
        }
        self.join_parts(a, b, why, &mut limits::JOINED.clone())
    }

    /// Tuples are joined item by item, as far as `left` goes: what is shared is met more than once.
    fn join_parts(&mut self, a: &Value, b: &Value, why: &Rc<Why>, left: &mut usize) -> Value {
        if a.same(b) {
            return a.clone();
        }
        match (a, b) {
            (Value::Tuple(x), Value::Tuple(y)) if x.len() == y.len() && x.len() < *left => {
                *left -= x.len();
                self.work(64 + x.len());
                Value::tuple(x.iter().zip(y.iter()).map(|(a, b)| self.join_parts(a, b, why, left)).collect())
            }
            (Value::Unknown(known), other) | (other, Value::Unknown(known)) => {
                self.escape(other, known);
                let unset = known.unset;
                let known = known.derived();
                Value::Unknown(if unset { Rc::new(Why { unset, ..(*known).clone() }) } else { known })
            }
            _ => {
                self.escape(a, why);
                self.escape(b, why);
                Value::Unknown(why.clone())
            }
        }
    }
}
