//! Work that is given a part of the chapter's budget: a thread, a worker of a pool, one callback.

use std::rc::Rc;

use super::{End, Evaluator, Run};
use crate::reason::Why;

impl Evaluator<'_> {
    /// Runs something that may take only so many steps. If it takes more, `None`: what it changed up to
    /// there is not known any more, and the caller gives away what it may yet change.
    pub(crate) fn bounded<T>(
        &mut self,
        steps: u64,
        why: &Rc<Why>,
        run: impl FnOnce(&mut Self) -> Run<T>,
    ) -> Run<Option<T>> {
        let mark = self.heap.mark();
        let (frames, paths, arms, attempts) =
            (self.frames.len(), self.paths.len(), self.arms.len(), self.attempts.len());
        let (classes, loops) = (self.classes.len(), self.frame().loops.len());
        let (depth, nesting, at) = (self.depth, self.nesting, self.at);
        let until = self.budget.narrow(steps);
        let result = run(self);
        self.budget.restore(until);
        match result {
            Err(End::Halt) if !self.is_exhausted() => {
                self.frames.truncate(frames);
                self.paths.truncate(paths);
                self.arms.truncate(arms);
                self.attempts.truncate(attempts);
                self.classes.truncate(classes);
                self.frame_mut().loops.truncate(loops);
                (self.depth, self.nesting, self.at) = (depth, nesting, at);
                for id in self.heap.changed_before(mark) {
                    self.spoil(id, mark, why);
                }
                Ok(None)
            }
            other => other.map(Some),
        }
    }
}
