//! Control flow: which commands surely run, which may, and how often.

use std::rc::Rc;

use super::machine::{MAX_DEPTH, Machine};
use super::state::Defined;
use super::syntax::{Command, Joint, Kind, Pipeline, Redirect, Script, Statement, Word};
use super::value::Value;
use tutor_bedrock::found::Reason;

/// How often a loop is unrolled.
const MAX_ROUNDS: usize = 1000;

/// Where a command goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// With the next command.
    Next,
    /// Behind the loop.
    Break,
    /// With the loop's next round.
    Continue,
    /// Behind the function.
    Return,
    /// Nowhere: the script ends.
    Exit,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Status {
    /// Surely 0.
    Success,
    /// Surely not 0.
    Failure,
    /// A program's: 0 if all goes well.
    Presumed,
    /// A question's answer that is not known.
    Unknown(Reason),
}

impl Status {
    fn negated(self, line: usize) -> Status {
        match self {
            Status::Success => Status::Failure,
            Status::Failure => Status::Success,
            Status::Presumed => {
                let text = "whether the command behind `!` succeeds is not known".to_owned();
                Status::Unknown(Reason { text, line: Some(line) })
            }
            Status::Unknown(reason) => Status::Unknown(reason),
        }
    }

    /// The status of `a && b` where `a` is taken to succeed and `self` is that of `b`.
    fn after_presumed(self) -> Status {
        if self == Status::Success { Status::Presumed } else { self }
    }
}

/// A command's flow and status.
pub(super) type Outcome = (Flow, Status);

impl Machine<'_> {
    /// Runs commands one after the other.
    pub(super) fn script(&mut self, script: &Script) -> Outcome {
        let mut status = Status::Success;
        for statement in script {
            let (flow, ended) = self.chain(statement);
            status = ended;
            if flow != Flow::Next {
                return (flow, status);
            }
        }
        (Flow::Next, status)
    }

    /// Runs one statement of the top level.
    pub(super) fn statement(&mut self, statement: &Statement) -> Flow {
        self.chain(statement).0
    }

    fn chain(&mut self, statement: &Statement) -> Outcome {
        if statement.background {
            self.subshell(|machine| {
                machine.and_or(statement);
            });
            return (Flow::Next, Status::Success);
        }
        self.and_or(statement)
    }

    fn and_or(&mut self, statement: &Statement) -> Outcome {
        let (mut flow, mut status) = self.pipeline(&statement.first);
        for (joint, pipeline) in &statement.rest {
            if flow != Flow::Next {
                return (flow, status);
            }
            let line = pipeline.commands.first().map_or(statement.line, |command| command.line);
            (flow, status) = match (joint, status) {
                (Joint::And, Status::Success) | (Joint::Or, Status::Failure) => self.pipeline(pipeline),
                (Joint::And, Status::Presumed) => {
                    let (flow, status) = self.pipeline(pipeline);
                    (flow, status.after_presumed())
                }
                (Joint::And, Status::Failure) => (Flow::Next, Status::Failure),
                (Joint::Or, Status::Success) => (Flow::Next, Status::Success),
                (Joint::Or, Status::Presumed) => {
                    // Programs are taken to succeed, so an `exit` behind `||` ends nothing.
                    let text = "it runs only if the command before `||` fails".to_owned();
                    self.alternative(Reason { text, line: Some(line) }, |machine| machine.pipeline(pipeline));
                    (Flow::Next, Status::Presumed)
                }
                (_, Status::Unknown(reason)) => {
                    self.perhaps(reason.clone(), |machine| machine.pipeline(pipeline));
                    (Flow::Next, Status::Unknown(reason))
                }
            };
        }
        (flow, status)
    }

    /// Runs what may not run, and takes note if it may leave a loop, a function or the script.
    pub(super) fn perhaps(&mut self, reason: Reason, inner: impl FnOnce(&mut Self) -> Outcome) {
        match self.alternative(reason.clone(), inner) {
            Flow::Next => {}
            Flow::Break | Flow::Continue => self.loop_left = Some(reason),
            Flow::Return => self.function_left = Some(reason),
            Flow::Exit => self.script_left = Some(reason),
        }
    }

    /// Runs what may not run.
    fn alternative(&mut self, reason: Reason, inner: impl FnOnce(&mut Self) -> Outcome) -> Flow {
        let before = self.doubt.clone();
        self.doubt.get_or_insert(reason);
        let (flow, _) = inner(self);
        self.doubt = before;
        flow
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Outcome {
        let outcome = match pipeline.commands.as_slice() {
            [only] => self.command(only),
            commands => (Flow::Next, self.piped(commands)),
        };
        let line = pipeline.commands.first().map_or(0, |command| command.line);
        if pipeline.negated { (outcome.0, outcome.1.negated(line)) } else { outcome }
    }

    /// `a | b | c`: each in a subshell, each reading what the one before it printed.
    fn piped(&mut self, commands: &[Command]) -> Status {
        let outer = self.input.take();
        self.input.clone_from(&outer);
        let mut status = Status::Success;
        for (index, command) in commands.iter().enumerate() {
            let run = |machine: &mut Self, status: &mut Status| {
                machine.subshell(|machine| *status = machine.command(command).1);
            };
            if index + 1 < commands.len() {
                let printed = self.printed(|machine| run(machine, &mut status));
                self.input = Some(printed);
            } else {
                run(self, &mut status);
            }
        }
        self.input = outer;
        status
    }

    /// Runs one command with its redirections.
    pub(super) fn command(&mut self, command: &Command) -> Outcome {
        let line = command.line;
        if self.depth >= MAX_DEPTH || !self.step() {
            let text = "the script runs longer than tutor follows".to_owned();
            let reason = Reason { text, line: Some(line) };
            self.give_up(reason.clone());
            return (Flow::Next, Status::Unknown(reason));
        }
        self.depth += 1;
        let outcome = self.redirected(command);
        self.depth -= 1;
        outcome
    }

    /// Anything may have changed, and nothing surely runs from here on.
    fn give_up(&mut self, reason: Reason) {
        self.state.spoil_variables(&reason);
        self.state.spoil_files(&reason);
        self.script_left.get_or_insert(reason);
    }

    fn redirected(&mut self, command: &Command) -> Outcome {
        let line = command.line;
        let outer = self.input.clone();
        let mut targets = Vec::new();
        for redirect in &command.redirects {
            match redirect {
                Redirect::Read(word) => {
                    let path = self.single(word, line);
                    self.input = Some(self.content(&path, line));
                }
                Redirect::HereString(word) => {
                    self.input = Some(self.single(word, line).then(&Value::known("\n")));
                }
                Redirect::HereDocument(body) => {
                    let empty = Word::default();
                    self.input = Some(self.single(body.get().unwrap_or(&empty), line));
                }
                Redirect::Write(word) => targets.push((self.single(word, line), Some(false))),
                Redirect::Append(word) => targets.push((self.single(word, line), Some(true))),
                Redirect::WriteUnknown(word) => targets.push((self.single(word, line), None)),
                Redirect::Duplicate => {}
            }
        }
        if targets.is_empty() {
            let outcome = self.kind(command);
            self.input = outer;
            return outcome;
        }
        let mut outcome = (Flow::Next, Status::Success);
        let printed = self.printed(|machine| outcome = machine.kind(command));
        self.input = outer;
        self.write_targets(command, &targets, &printed);
        outcome
    }

    /// Files named by redirections. Only the last one of standard output receives it.
    fn write_targets(&mut self, command: &Command, targets: &[(Value, Option<bool>)], printed: &Value) {
        let line = command.line;
        let copies = command.redirects.iter().any(|redirect| matches!(redirect, Redirect::Duplicate));
        let last = targets.iter().rposition(|(_, append)| append.is_some());
        if last.is_none() {
            self.print(printed, line);
        }
        for (index, (path, append)) in targets.iter().enumerate() {
            let content = match append {
                None => Value::unknown("it is what a program prints", line),
                Some(_) if Some(index) != last => Value::known(""),
                Some(_) if copies && printed.as_str().is_none_or(str::is_empty) => {
                    Value::unknown("it is what a program prints", line)
                }
                Some(true) => match path.as_str().map(|known| self.state.file(known)) {
                    Some(Some(old)) => old.then(printed),
                    _ => Value::unknown("what the file held before is not known", line),
                },
                Some(false) => printed.clone(),
            };
            self.write(path, content, line);
        }
    }

    fn kind(&mut self, command: &Command) -> Outcome {
        let line = command.line;
        match &command.kind {
            Kind::Simple { assignments, words } => self.simple(assignments, words, line),
            Kind::Group(script) => self.script(script),
            Kind::Subshell(script) => {
                let mut status = Status::Success;
                self.subshell(|machine| status = machine.script(script).1);
                (Flow::Next, status)
            }
            Kind::If { arms, otherwise } => self.if_command(arms, otherwise),
            Kind::For { name, words, body } => self.for_command(name, words.as_deref(), body, line),
            Kind::While { until, test, body } => self.while_command(*until, test, body, line),
            Kind::Case { arms } => {
                let text = "it stands in one arm of a `case`".to_owned();
                let reason = Reason { text, line: Some(line) };
                for arm in arms {
                    self.perhaps(reason.clone(), |machine| machine.script(arm));
                }
                (Flow::Next, Status::Unknown(reason))
            }
            Kind::Function { name, body } => {
                let number = self.defined(body, line);
                let defined = match (self.doubted(), self.state.function(name)) {
                    (Some(reason), Some(_)) => Defined::Unknown(reason),
                    _ => Defined::Known(number, Rc::clone(body)),
                };
                self.state.define(name, defined);
                (Flow::Next, Status::Success)
            }
            Kind::Test(words) => {
                let values: Vec<Value> = words.iter().map(|word| self.single(word, line)).collect();
                (Flow::Next, super::condition::test(&values, super::condition::Form::Double, line))
            }
            Kind::Arithmetic(text) => {
                for name in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
                    if super::parse::is_name(name) {
                        self.assign_unknown(name, "arithmetic", line);
                    }
                }
                let text = "the result of `((…))` is not followed".to_owned();
                (Flow::Next, Status::Unknown(Reason { text, line: Some(line) }))
            }
        }
    }

    fn if_command(&mut self, arms: &[(Script, Script)], otherwise: &Script) -> Outcome {
        for (index, (test, body)) in arms.iter().enumerate() {
            let line = test.first().map_or(0, |statement| statement.line);
            let (flow, status) = self.script(test);
            if flow != Flow::Next {
                return (flow, status);
            }
            let reason = match status {
                Status::Success => return self.script(body),
                Status::Failure => continue,
                Status::Presumed => Reason {
                    text: "it runs only if the command of an `if` succeeds".to_owned(),
                    line: Some(line),
                },
                Status::Unknown(reason) => reason,
            };
            self.perhaps(reason.clone(), |machine| machine.script(body));
            self.perhaps(reason.clone(), |machine| machine.if_command(&arms[index + 1..], otherwise));
            return (Flow::Next, Status::Unknown(reason));
        }
        self.script(otherwise)
    }

    fn for_command(&mut self, name: &str, words: Option<&[Word]>, body: &Script, line: usize) -> Outcome {
        let items: Vec<Value> = match words {
            Some(words) => words.iter().flat_map(|word| self.fields(word, line)).collect(),
            None => self.all_arguments(line),
        };
        if items.len() > MAX_ROUNDS || items.iter().any(|item| item.as_str().is_none()) {
            let reason = items.into_iter().find_map(|item| match item {
                Value::Unknown(reason) => Some(reason),
                Value::Known(_) => None,
            });
            let text = "it stands in a loop of many rounds".to_owned();
            let reason = reason.unwrap_or(Reason { text, line: Some(line) });
            return self.unknown_rounds(&reason, |machine| {
                machine.assign_unknown(name, "a loop over something unknown", line);
                machine.script(body)
            });
        }
        let outer = self.loop_left.take();
        let mut outcome = (Flow::Next, Status::Success);
        for item in items {
            self.assign(name, item, line);
            outcome = self.script(body);
            match outcome.0 {
                Flow::Next | Flow::Continue => outcome.0 = Flow::Next,
                Flow::Break => {
                    outcome.0 = Flow::Next;
                    break;
                }
                Flow::Return | Flow::Exit => break,
            }
        }
        self.loop_left = outer;
        outcome
    }

    fn while_command(&mut self, until: bool, test: &Script, body: &Script, line: usize) -> Outcome {
        let outer = self.loop_left.take();
        let mut ended = (Flow::Next, Status::Success);
        let calls = self.calls();
        let mut round = 0;
        loop {
            let (flow, asked) =
                if test.is_empty() { (Flow::Next, Status::Presumed) } else { self.script(test) };
            let status = if until { asked.negated(line) } else { asked };
            round += 1;
            let many = "it stands in a loop that runs an unknown number of times".to_owned();
            let reason = match status {
                _ if flow != Flow::Next => {
                    ended.0 = flow;
                    break;
                }
                Status::Failure => break,
                Status::Success if round <= MAX_ROUNDS => None,
                Status::Success => {
                    // It does not end by itself: what it sent is no list to show.
                    self.forget_calls_from(calls);
                    Some(Reason { text: "it stands in a loop without an end".to_owned(), line: Some(line) })
                }
                Status::Presumed => Some(Reason { text: many, line: Some(line) }),
                Status::Unknown(reason) => Some(reason),
            };
            if let Some(reason) = reason {
                self.unknown_rounds(&reason, |machine| {
                    let outcome = machine.script(body);
                    if outcome.0 == Flow::Next { machine.script(test) } else { outcome }
                });
                if round > MAX_ROUNDS {
                    self.give_up(reason);
                }
                break;
            }
            match self.script(body) {
                (Flow::Next | Flow::Continue, _) => {}
                (Flow::Break, _) => break,
                leaving => {
                    ended = leaving;
                    break;
                }
            }
            if self.doubt.is_none()
                && let Some(reason) = self.doubted()
            {
                // It may have been left: the rounds after this one are no certain ones.
                self.unknown_rounds(&reason, |machine| machine.script(body));
                break;
            }
        }
        self.loop_left = outer;
        ended
    }

    /// A body that runs an unknown number of times: read again until it changes nothing more, so
    /// that what one round leaves is seen by the next. Its calls are those of the last reading.
    fn unknown_rounds(&mut self, reason: &Reason, mut body: impl FnMut(&mut Self) -> Outcome) -> Outcome {
        const MOST: usize = 8;
        let outer = self.loop_left.take();
        let calls = self.calls();
        for round in 0..=MOST {
            self.forget_calls_from(calls);
            let before = self.state.clone();
            self.perhaps(reason.clone(), &mut body);
            if self.state == before {
                break;
            }
            if round == MOST {
                self.give_up(reason.clone());
            }
        }
        self.loop_left = outer;
        (Flow::Next, Status::Unknown(reason.clone()))
    }

    /// Calls a function.
    pub(super) fn call(&mut self, number: usize, body: &Command, arguments: Vec<Value>) -> Outcome {
        if let Some(definition) = self.definitions.get_mut(number) {
            definition.called = true;
        }
        let outer_arguments = self.arguments.replace(arguments);
        let outer_locals = std::mem::take(&mut self.locals);
        let (outer_left, outer_loop) = (self.function_left.take(), self.loop_left.clone());
        let (flow, status) = self.command(body);
        self.loop_left = outer_loop;
        let left = std::mem::replace(&mut self.function_left, outer_left);
        let status = left.map_or(status, Status::Unknown);
        for (name, value) in std::mem::replace(&mut self.locals, outer_locals) {
            self.state.restore(&name, value);
        }
        self.arguments = outer_arguments;
        (if flow == Flow::Exit { Flow::Exit } else { Flow::Next }, status)
    }
}
