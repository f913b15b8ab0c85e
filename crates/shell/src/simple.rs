//! Simple commands: who runs them, and what is known of what they do.

use std::rc::Rc;

use super::machine::Machine;
use super::programs;
use super::run::{Flow, Outcome, Status};
use super::state::Defined;
use super::syntax::{Assignment, Piece, Word};
use super::value::Value;
use super::{aws, curl};
use tutor_bedrock::Operation;
use tutor_bedrock::found::{Finding, PartialCall, Reason};

/// Programs that write no file but the one their output is sent to.
const HARMLESS: [&str; 46] = [
    "ls",
    "head",
    "tail",
    "wc",
    "grep",
    "egrep",
    "fgrep",
    "jq",
    "yq",
    "sort",
    "uniq",
    "cut",
    "awk",
    "tr",
    "date",
    "sleep",
    "which",
    "pip",
    "pip3",
    "mkdir",
    "chmod",
    "less",
    "more",
    "open",
    "file",
    "stat",
    "du",
    "df",
    "id",
    "whoami",
    "hostname",
    "uname",
    "ps",
    "kill",
    "clear",
    "history",
    "column",
    "diff",
    "cmp",
    "fold",
    "rev",
    "basename",
    "dirname",
    "sha256sum",
    "md5sum",
    "touch",
];
/// Programs whose exit status answers a question.
const ASKING: [&str; 9] = ["grep", "egrep", "fgrep", "diff", "cmp", "which", "type", "pgrep", "ping"];
/// Programs that run the rest of their line, once.
const WRAPPERS: [&str; 5] = ["sudo", "command", "nohup", "builtin", "env"];
/// Builtins whose arguments are assignments.
const DECLARING: [&str; 5] = ["export", "declare", "local", "readonly", "typeset"];

impl Machine<'_> {
    /// Runs assignments, or a program with its arguments.
    pub(super) fn simple(&mut self, assignments: &[Assignment], words: &[Word], line: usize) -> Outcome {
        if let Some([Piece::Text(name, _)]) = words.first().map(|word| word.0.as_slice())
            && DECLARING.contains(&name.as_str())
        {
            self.declare(name, &words[1..], line);
            return (Flow::Next, Status::Presumed);
        }
        let mut fields = Vec::new();
        for word in words {
            fields.extend(self.fields(word, line));
        }
        let mut saved = Vec::new();
        for assignment in assignments {
            let value = self.assigned(assignment, line);
            saved.push((assignment.name.as_str(), self.state.saved(&assignment.name)));
            self.assign(&assignment.name, value, line);
        }
        if words.is_empty() {
            return (Flow::Next, Status::Presumed);
        }
        let outcome = self.program(&fields, line);
        for (name, value) in saved.into_iter().rev() {
            self.state.restore(name, value);
        }
        outcome
    }

    fn assigned(&mut self, assignment: &Assignment, line: usize) -> Value {
        let Some(word) = &assignment.value else {
            return Value::unknown(format!("`{}` is an array, which is not followed", assignment.name), line);
        };
        let value = self.single(word, line);
        if !assignment.append {
            return value;
        }
        let old = match self.lookup(&assignment.name, line) {
            super::state::Lookup::Set(old) => old,
            super::state::Lookup::Unset(reason) => Value::Unknown(reason),
        };
        let all = old.then(&value);
        self.bounded(all, line)
    }

    /// Runs the program that the first of `fields` names.
    fn program(&mut self, fields: &[Value], line: usize) -> Outcome {
        let Some((first, arguments)) = fields.split_first() else { return (Flow::Next, Status::Success) };
        let Some(name) = first.as_str() else {
            return self.unknown_program("a program whose name is not known", fields, line);
        };
        match self.state.function(name) {
            Some(Defined::Known(number, body)) => {
                let body = Rc::clone(&body);
                return self.call(number, &body, arguments.to_vec());
            }
            Some(Defined::Unknown(reason)) => {
                self.state.spoil_variables(&reason);
                return self.unknown_program(name, fields, line);
            }
            None => {}
        }
        if WRAPPERS.contains(&name) && !arguments.is_empty() {
            let assigns =
                |value: &&Value| name == "env" && value.as_str().is_some_and(|text| text.contains('='));
            let skipped = arguments.iter().take_while(assigns).count();
            let rest = &arguments[skipped..];
            let is_plain = rest.first().and_then(Value::as_str).is_some_and(|text| !text.starts_with('-'));
            if is_plain {
                return self.program(rest, line);
            }
        }
        if name == "aws" {
            aws::run(self, arguments, line);
            return (Flow::Next, Status::Presumed);
        }
        if name == "curl" && curl::run(self, arguments, line) {
            return (Flow::Next, Status::Presumed);
        }
        if let Some(outcome) = self.builtin(name, arguments, line) {
            return outcome;
        }
        if let Some(printed) = programs::run(self, name, arguments, line) {
            self.print(&printed, line);
            let is_sure = matches!(name, "echo" | "printf" | "seq" | "pwd");
            return (Flow::Next, if is_sure { Status::Success } else { Status::Presumed });
        }
        self.unknown_program(name, fields, line)
    }

    /// A program tutor does not know: it prints something, and it may write files.
    fn unknown_program(&mut self, name: &str, fields: &[Value], line: usize) -> Outcome {
        let reason = Reason { text: format!("`{name}` prints it"), line: Some(line) };
        self.print(&Value::Unknown(reason.clone()), line);
        if !HARMLESS.contains(&name) {
            let text = format!("`{name}` may have changed the file");
            self.state.spoil_files(&Reason { text, line: Some(line) });
        }
        if let Some(operation) = mentioned(fields) {
            let known = PartialCall { operation, model_id: None, body: None };
            let reason = Reason { text: format!("it is sent through `{name}`"), line: Some(line) };
            self.report(Finding::Unresolved { known, reason });
        }
        let asks = ASKING.contains(&name);
        let text = format!("whether `{name}` succeeds is not known");
        (Flow::Next, if asks { Status::Unknown(Reason { text, line: Some(line) }) } else { Status::Presumed })
    }
}

/// The operation that arguments of another program speak of.
fn mentioned(fields: &[Value]) -> Option<Operation> {
    let all: Vec<&str> = fields.iter().filter_map(Value::as_str).collect();
    let text = all.join(" ");
    let (_, after) = text.split_once("bedrock-runtime ")?;
    let word = after.split_whitespace().find(|word| !word.starts_with('-'))?;
    aws::operation(word.trim_matches(['"', '\'', ';', ')']))
}
