//! Python is read, never run: an abstract evaluator over the fences of a chapter, as one module.
//!
//! In come the Python fences of one chapter; out come the Bedrock calls they make.
//!
//! ```text
//! fences → syntax (ruff's parser) → evaluate (statements, expressions) → boto3 → calls
//!                                      │ value, heap: what is known
//!                                      │ paths: several ways at once     builtins, text: Python's own
//!                                      │ escape: what unknown code touches
//! ```
//!
//! **What "resolved" means.** A resolved call is surely sent, with exactly this content, if the chapter
//! runs top to bottom and what is not known returns normally outside of `try`. In detail:
//!
//! - An exception that nobody catches ends a chapter, and it is read as one that runs to its end: a
//!   way through the code that raises uncaught is a way not taken. A fence that surely raises is read
//!   up to there; later fences go on, as in a notebook. A name that no fence sets raises.
//! - Where one of the chapter's own functions is called and it is not known which (a tool by the name
//!   that a model chose), it may end in such an exception: later calls of that fence are not certain.
//! - Inside a `try`, whatever is not known may raise: calls after it in the same body are not certain,
//!   and what the body changed since is joined with what the handlers make of it.
//! - A call of Bedrock succeeds, and reading the places that every answer has does so too; that is
//!   the answer the course is about. So a call in a handler that only a failing Bedrock call reaches is
//!   unresolved, and a loop of calls in one `try` is resolved.
//! - `os.environ.get(k, d)` is `d`, and `__name__` is `"__main__"`.
//! - Other libraries may change what they are given and keep it, but not the chapter's own names.
//!   Those listed as harmless in [`builtins`] read data without keeping it.
//! - Work handed to threads or tasks is read in the order it was started. What several of them change
//!   becomes unknown.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "what is counted or indexed here is bounded far below 32 bits, see `limits`"
)]
#![expect(
    clippy::match_same_arms,
    reason = "arms stand in the order of the language's own lists, not merged by what they do"
)]

mod boto3;
mod budget;
mod builtins;
mod compatible;
mod escape;
mod evaluate;
mod handing;
mod heap;
mod key;
mod libraries;
mod limits;
mod mangle;
mod modules;
mod names;
mod parser;
mod paths;
mod reason;
mod sites;
mod syntax;
mod text;
mod value;

#[cfg(test)]
mod tests;

use std::rc::Rc;

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged as _;

use self::evaluate::{End, Evaluator};
use self::reason::Why;
use self::syntax::{Fence, Mention};
use self::value::{Text, Value};
use tutor_bedrock::found::{Answers, Files, Findings, STACK, Source};

/// Reads the Python fences of one chapter, in order, as one module. `files` are those beside it, for the
/// modules it imports.
pub fn read(sources: &[&Source], answers: &dyn Answers, files: &dyn Files) -> Findings {
    // Trees and calls nest as deep as the code does; the stack they need is not the caller's.
    stacker::maybe_grow(STACK, STACK, || {
        let fences: Vec<Fence<'_>> = Fence::parse_all(sources);
        let chapter = fences.len();
        let modules = modules::load(&fences, files);
        let mut fences = fences;
        fences.extend(Fence::parse_all(&modules.sources.iter().collect::<Vec<_>>()));
        let mut reader = Evaluator::new(&fences, chapter, answers);
        reader.own = modules.by_name(chapter);
        let ends = reader.run_fences();
        reader.doubt_tasks_since(0);
        #[cfg(test)]
        tests::note_cost(reader.budget.steps(), reader.memory());
        let mut findings = Findings {
            calls: Vec::new(),
            unparsed: fences[..chapter].iter().filter_map(|fence| fence.broken.clone()).collect(),
            remarks: std::mem::take(&mut reader.remarks),
        };
        sites::add_unreached(&reader, &ends, &mut findings);
        let read = std::mem::take(&mut reader.calls).into_iter().map(|noted| noted.found);
        findings.calls.splice(0..0, read);
        findings.calls.sort_by_key(|call| (call.fence, call.line));
        findings
    })
}

/// Why a chapter is not read further once its budget is used up.
const TOO_MUCH: &str = "reading the code up to here takes more than is allowed";

/// How far a fence was read: `None` to its end, otherwise where and why not further.
type Ended = Option<Rc<Why>>;

impl<'a> Evaluator<'a> {
    /// Runs all fences, one after the other.
    fn run_fences(&mut self) -> Vec<Ended> {
        let fences = self.fences;
        let mut ends = Vec::with_capacity(fences.len());
        let mut halted: Ended = None;
        for (index, fence) in fences[..self.chapter].iter().enumerate() {
            if let Some(why) = &halted {
                ends.push(Some(why.clone()));
                continue;
            }
            self.frame_mut().fence = index;
            let end = if let (None, Some(module)) = (&fence.broken, &fence.module) {
                self.run_fence(index, &module.body)
            } else {
                self.spoil_mentioned(fence);
                Ok(())
            };
            match end {
                Ok(()) => ends.push(None),
                Err((End::Halt, why)) => {
                    halted = Some(why.clone());
                    ends.push(Some(why));
                }
                Err((_, why)) => ends.push(Some(why)),
            }
        }
        ends
    }

    fn run_fence(&mut self, index: usize, body: &'a [Stmt]) -> Result<(), (End, Rc<Why>)> {
        self.may_have_ended = None;
        for (at, statement) in body.iter().enumerate() {
            self.trigger = (index, self.fences[index].line(statement.start()));
            let result = self.run(statement);
            // At this level nothing waits: what left early left the chapter.
            self.paths.clear();
            self.arms.clear();
            self.attempts.clear();
            self.frames.truncate(1);
            self.frame_mut().loops.clear();
            self.heap.settle();
            if let Err(end) = result {
                let why = self.end_of_fence(&end);
                if matches!(end, End::Raise(_)) {
                    self.follow_rest(index, &body[at..], &why);
                }
                return Err((end, why));
            }
        }
        Ok(())
    }

    /// Why a fence is not read further.
    fn end_of_fence(&mut self, end: &End) -> Rc<Why> {
        if let (End::Raise(_), Some(why)) = (end, &self.interrupted) {
            return why.clone();
        }
        let text = match end {
            End::Halt => TOO_MUCH.to_owned(),
            End::Raise(error) => {
                format!("the fence ends before, with {}", self.class_name(&self.class_of(error)))
            }
            _ => "the fence ends before".to_owned(),
        };
        self.why(text)
    }

    /// Follows what stands in a fence after the statement that surely raises, the first of `body`: only
    /// to tell of the calls in it, and without any effect.
    fn follow_rest(&mut self, index: usize, body: &'a [Stmt], why: &Rc<Why>) {
        let mark = self.heap.mark();
        let interrupted = self.interrupted.clone();
        for (at, statement) in body.iter().enumerate() {
            let result = if at == 0 {
                Err(End::Raise(Value::None))
            } else {
                self.trigger = (index, self.fences[index].line(statement.start()));
                self.arms.push(why.clone());
                let result = self.run(statement);
                self.frames.truncate(1);
                self.frame_mut().loops.clear();
                self.attempts.clear();
                self.paths.clear();
                self.arms.clear();
                result
            };
            match result {
                Ok(()) => {}
                Err(End::Halt) => {
                    for statement in &body[at..] {
                        let trigger = (index, self.fences[index].line(statement.start()));
                        self.failed.push((trigger, statement, why.clone()));
                    }
                    break;
                }
                Err(_) => {
                    let trigger = (index, self.fences[index].line(statement.start()));
                    self.failed.push((trigger, statement, why.clone()));
                    for name in names::bound_in(std::slice::from_ref(statement)) {
                        self.set_name(self.module, name, Value::Unknown(why.clone()));
                    }
                }
            }
        }
        self.interrupted = interrupted;
        self.rollback(mark);
        self.heap.settle();
    }

    /// A fence that does not parse may set the names it writes to, and change the objects of those it
    /// mentions.
    fn spoil_mentioned(&mut self, fence: &Fence<'a>) {
        let line = fence.broken.as_ref().map(|broken| broken.line);
        let why = Why::new("a fence that does not parse may change it", line);
        if fence.text.is_empty() && !fence.source.text.is_empty() {
            self.escape_module(&why);
            self.any_name = Some(why);
            return;
        }
        let bound = fence.module.as_ref().map(|module| names::bound_in(&module.body)).unwrap_or_default();
        for (word, mention) in syntax::names_in(&fence.source.text) {
            let value = self.name_in(self.module, word).cloned();
            if let Some(value) = &value {
                self.escape(value, &why);
            }
            let binds = mention == Mention::Binds && (value.is_some() || builtins::builtin(word).is_none());
            if binds || bound.contains(word) {
                self.set_name(self.module, Text::from(word), Value::Unknown(why.clone()));
            }
        }
    }
}
