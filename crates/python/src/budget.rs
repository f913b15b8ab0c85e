//! What reading a chapter has cost so far, in steps and bytes: [`limits`] says how much it may.
//!
//! Two counters that only grow: steps stand for time, bytes for memory. What cannot fail where it
//! stands (walks over values, copies of what changed) is counted by [`Evaluator::work`] and told by
//! the next step.

use std::cell::Cell;

use tutor_bedrock::Json;

use super::evaluate::{End, Evaluator, Run};
use super::limits;
use super::value::Value;

/// The counters, and how far they may go.
#[derive(Debug)]
pub(super) struct Budget {
    /// Statements and expressions evaluated, and what counts like them.
    steps: u64,
    /// Steps at which whatever is being read now gives up.
    until: u64,
    /// Bytes built, whether they are still held or not.
    built: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { steps: 0, until: limits::STEPS, built: Cell::new(0) }
    }
}

impl Budget {
    /// Steps so far.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Bytes built so far.
    pub(super) fn built(&self) -> usize {
        self.built.get()
    }

    /// Counts bytes that are built.
    pub(super) fn add(&self, bytes: usize) {
        self.built.set(self.built.get().saturating_add(bytes));
    }

    /// Allows only so many more steps. Gives what was allowed before, for [`Self::restore`].
    pub(super) fn narrow(&mut self, steps: u64) -> u64 {
        let before = self.until;
        self.until = before.min(self.steps.saturating_add(steps));
        before
    }

    /// Allows again what was allowed before.
    pub(super) fn restore(&mut self, until: u64) {
        self.until = until;
    }
}

impl Evaluator<'_> {
    /// Counts one step of work.
    pub(super) fn step(&mut self) -> Run<()> {
        self.budget.steps += 1 + self.heap.take_work();
        let spent = self.budget.steps > self.budget.until || self.memory() > limits::MEMORY;
        if spent || self.heap.log_len() > limits::LOG { Err(End::Halt) } else { Ok(()) }
    }

    /// Whether the chapter's own budget, not only that of a part of it, is used up.
    pub(super) fn is_exhausted(&self) -> bool {
        self.budget.steps > limits::STEPS || self.memory() > limits::MEMORY
    }

    /// Bytes that are held or were.
    pub(super) fn memory(&self) -> usize {
        self.budget
            .built()
            .saturating_add(self.heap.kept_bytes())
            .saturating_add(self.heap.len().saturating_mul(limits::OBJECT_BYTES))
            .saturating_add(if self.paths.is_empty() { 0 } else { self.waiting_bytes })
    }

    /// Counts text that is built, in bytes.
    pub(super) fn spend(&mut self, bytes: usize) -> Run<()> {
        self.budget.add(bytes);
        self.work(bytes / limits::BYTES_PER_STEP);
        self.step()
    }

    /// Counts items of containers that are built.
    pub(super) fn build(&mut self, items: usize) -> Run<()> {
        self.work(items / limits::ITEMS_PER_STEP);
        self.spend(items.saturating_mul(size_of::<Value>()))
    }

    /// Counts work that builds nothing, in steps. The next step fails if it was too much.
    pub(super) fn work(&mut self, steps: usize) {
        self.budget.steps = self.budget.steps.saturating_add(steps as u64);
    }

    /// Counts a text that was built.
    pub(super) fn count_text(&mut self, value: &Value) {
        match value {
            Value::Str(text) => self.budget.add(text.len()),
            Value::Bytes(bytes) => self.budget.add(bytes.len()),
            _ => {}
        }
    }

    /// Counts looking through values once: texts byte by byte, containers item by item.
    pub(super) fn look_through<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) {
        let steps = values.into_iter().map(|value| self.length(value)).fold(0, usize::saturating_add);
        self.work(steps);
    }

    /// Counts looking through those values that are texts.
    pub(super) fn read_texts<'v>(&mut self, values: impl Iterator<Item = &'v Value>) {
        self.look_through(values.filter(|value| !matches!(value, Value::Object(_) | Value::Tuple(_))));
    }

    /// Steps that looking through a value costs.
    fn length(&self, value: &Value) -> usize {
        match value {
            Value::Str(text) => text.len() / limits::BYTES_PER_STEP,
            Value::Bytes(bytes) => bytes.len() / limits::BYTES_PER_STEP,
            Value::Big(number) => (number.bits() / 512) as usize,
            Value::Tuple(items) => items.len() / limits::ITEMS_PER_STEP,
            Value::Object(id) => self.heap.get(*id).len() / limits::ITEMS_PER_STEP,
            _ => 0,
        }
    }

    /// Refuses a text that grows beyond its bound while it is put together.
    pub(super) fn room(size: usize) -> Run<()> {
        if size > limits::TEXT { Err(End::Halt) } else { Ok(()) }
    }
}

/// Bytes that JSON takes.
pub(super) fn bytes_of(json: &Json) -> usize {
    const NODE: usize = 48;
    NODE + match json {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(bytes_of).sum(),
        Json::Object(members) => {
            members.iter().map(|(name, value)| NODE + name.len() + bytes_of(value)).sum()
        }
        _ => 0,
    }
}
