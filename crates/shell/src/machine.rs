//! The reader of a script: what it knows, what it doubts, what it has found.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::state::{Lookup, State};
use super::syntax::{Command, Script};
use super::value::Value;
use tutor_bedrock::found::{Finding, FoundCall, Language, PartialCall, Reason, Remark, Source};

/// How many commands are read in one chapter, loops unrolled.
const MAX_STEPS: usize = 20_000;
/// How many bytes all texts together may have.
const MAX_BYTES: usize = 32 << 20;
/// How deep commands and functions may nest while they run.
pub(super) const MAX_DEPTH: usize = 100;

/// Reads a chapter's script, command by command.
pub(super) struct Machine<'a> {
    /// What the commands so far have made.
    pub(super) state: State,
    /// The fence being read.
    source: &'a Source,
    /// The line of its running top-level statement.
    line: usize,
    /// Why the current command may not run, or not exactly once.
    pub(super) doubt: Option<Reason>,
    /// Why the rest of the script may not run: an `exit` that may have happened.
    pub(super) script_left: Option<Reason>,
    /// The same for the running function and `return`.
    pub(super) function_left: Option<Reason>,
    /// The same for the running loop, `break` and `continue`.
    pub(super) loop_left: Option<Reason>,
    /// What commands print, if somebody reads it.
    output: Vec<Option<Value>>,
    /// What commands read.
    pub(super) input: Option<Value>,
    /// The arguments of the running function.
    pub(super) arguments: Option<Vec<Value>>,
    /// What `local` variables of the running function hid.
    pub(super) locals: BTreeMap<String, Option<Value>>,
    /// Every function ever defined.
    pub(super) definitions: Vec<Definition>,
    steps: usize,
    bytes: usize,
    pub(super) depth: usize,
    found: Vec<FoundCall>,
    remarks: Vec<Remark>,
}

/// A function's definition.
pub(super) struct Definition {
    body: Rc<Command>,
    fence: usize,
    line: usize,
    /// Whether a command ran it.
    pub(super) called: bool,
}

impl<'a> Machine<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Machine {
            state: State::default(),
            source,
            line: source.first_line,
            doubt: None,
            script_left: None,
            function_left: None,
            loop_left: None,
            output: vec![None],
            input: None,
            arguments: None,
            locals: BTreeMap::new(),
            definitions: Vec::new(),
            steps: 0,
            bytes: 0,
            depth: 0,
            found: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Reads one fence's script.
    pub(super) fn read(&mut self, source: &'a Source, script: &Script) {
        self.source = source;
        for statement in script {
            self.line = statement.line;
            if self.statement(statement) == super::run::Flow::Exit {
                // People paste fences into a new shell, so what follows is doubted, not dropped.
                let reason = Reason { text: "the script ends before it".to_owned(), line: Some(self.line) };
                self.script_left.get_or_insert(reason);
            }
        }
    }

    /// Goes past a fence that does not parse.
    pub(super) fn pass(&mut self, source: &Source, line: usize) {
        let reason = Reason { text: "the fence there does not parse".to_owned(), line: Some(line) };
        self.state.spoil_named(&source.text, &reason);
    }

    /// Goes past a fence that is not looked at.
    pub(super) fn pass_anything(&mut self, line: usize) {
        let reason = Reason { text: "the fence there is too large to be read".to_owned(), line: Some(line) };
        self.state.spoil_variables(&reason);
        self.state.spoil_files(&reason);
    }

    /// The calls, with those of functions nobody calls, and the remarks.
    pub(super) fn finish(mut self) -> (Vec<FoundCall>, Vec<Remark>) {
        let mut uncalled = Vec::new();
        for index in 0..self.definitions.len() {
            if !self.definitions[index].called {
                uncalled.extend(self.uncalled(index));
            }
        }
        self.found.append(&mut uncalled);
        self.found.sort_by_key(|call| (call.fence, call.line));
        (self.found, self.remarks)
    }

    fn uncalled(&mut self, index: usize) -> Vec<FoundCall> {
        let (before, kept) = (self.state.clone(), self.found.len());
        let Definition { body, fence, line, .. } = &self.definitions[index];
        let (body, fence, line) = (Rc::clone(body), *fence, *line);
        self.doubt = Some(Reason { text: "nobody calls the function".to_owned(), line: Some(line) });
        self.arguments = Some(Vec::new());
        self.command(&body);
        self.state = before;
        let inner = self.found.split_off(kept);
        let known = inner.into_iter().filter_map(|call| match call.finding {
            Finding::Resolved(call) => Some(PartialCall::from(&call)),
            Finding::Unresolved { known, .. } | Finding::Uncalled { known } => Some(known),
            Finding::Unread(_) => None,
        });
        known
            .map(|known| FoundCall {
                fence,
                line,
                language: Language::Shell,
                finding: Finding::Uncalled { known },
            })
            .collect()
    }

    /// Notes a definition and gives its number.
    pub(super) fn defined(&mut self, body: &Rc<Command>, line: usize) -> usize {
        let fence = self.source.fence;
        self.definitions.push(Definition { body: Rc::clone(body), fence, line, called: false });
        self.definitions.len() - 1
    }

    /// Reports a call. What may not run, or not once, is not resolved.
    pub(super) fn report(&mut self, finding: Finding) {
        if self.source.skip {
            return;
        }
        let finding = match (finding, self.doubted()) {
            (Finding::Resolved(call), Some(reason)) => Finding::Unresolved {
                known: PartialCall {
                    operation: call.operation,
                    model_id: Some(call.model_id),
                    body: Some(call.body),
                },
                reason,
            },
            (finding, _) => finding,
        };
        let (fence, line) = (self.source.fence, self.line);
        self.found.push(FoundCall { fence, line, language: Language::Shell, finding });
    }

    /// Remarks on a line of the current fence, once.
    pub(super) fn remark(&mut self, line: usize, message: impl Into<String>) {
        let remark = Remark { fence: self.source.fence, line, message: message.into() };
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    /// How many calls there are so far; [`Machine::forget_calls_from`] goes back to it.
    pub(super) fn calls(&self) -> usize {
        self.found.len()
    }

    /// Forgets the calls found after the first `kept`.
    pub(super) fn forget_calls_from(&mut self, kept: usize) {
        self.found.truncate(kept);
    }

    /// Why the current command may not run exactly once, if so.
    pub(super) fn doubted(&self) -> Option<Reason> {
        [&self.doubt, &self.loop_left, &self.function_left, &self.script_left]
            .into_iter()
            .flatten()
            .next()
            .cloned()
    }

    /// Counts one command; `false` when it is too much.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1 + self.state.size() / 64;
        self.steps <= MAX_STEPS
    }

    /// `value`, or an unknown one where all texts together grow too large.
    pub(super) fn bounded(&mut self, value: Value, line: usize) -> Value {
        self.bytes += value.as_str().map_or(0, str::len);
        if self.bytes > MAX_BYTES {
            return Value::unknown("the script makes more text than tutor follows", line);
        }
        value
    }

    /// A variable or parameter.
    pub(super) fn lookup(&mut self, name: &str, line: usize) -> Lookup {
        if let Some(arguments) = &self.arguments {
            let position = name.parse::<usize>().ok().filter(|position| *position > 0);
            let value = match (name, position) {
                (_, Some(position)) => Some(arguments.get(position - 1).cloned().unwrap_or(Value::known(""))),
                ("#", _) => Some(Value::known(arguments.len().to_string())),
                ("*", _) => Some(joined(arguments)),
                _ => None,
            };
            if let Some(value) = value {
                return Lookup::Set(value);
            }
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            let text = format!("`${name}` is an argument of the script");
            return Lookup::Unset(Reason { text, line: Some(line) });
        }
        if !super::parse::is_name(name) {
            return Lookup::Set(Value::unknown(format!("`${name}` is known only when it runs"), line));
        }
        let found = self.state.variable(name, line);
        match (&found, self.annotated(name)) {
            (Lookup::Unset(_) | Lookup::Set(Value::Unknown(_)), Some(value)) => Lookup::Set(value),
            _ => found,
        }
    }

    /// The value an annotation's `values` gives to `name` in this fence.
    fn annotated(&self, name: &str) -> Option<Value> {
        let (_, json) = self.source.values.iter().find(|(given, _)| given == name)?;
        Some(json.as_str().map_or_else(|| Value::known(json.to_compact()), Value::known))
    }

    /// All arguments of the running function.
    pub(super) fn all_arguments(&self, line: usize) -> Vec<Value> {
        match &self.arguments {
            Some(arguments) => arguments.clone(),
            None => vec![Value::unknown("`$@` are the arguments of the script", line)],
        }
    }

    /// Whether unquoted texts split at blanks, which they do unless `IFS` is changed.
    pub(super) fn splits_as_usual(&self) -> bool {
        matches!(self.state.variable("IFS", 0), Lookup::Unset(_))
    }

    /// Sets a variable, to something unknown where the command may not run.
    pub(super) fn assign(&mut self, name: &str, value: Value, line: usize) {
        let value = match self.doubted() {
            Some(_) => Value::unknown(format!("`{name}` is set where it may not be reached"), line),
            None => value,
        };
        let value = match (&value, self.annotated(name)) {
            (Value::Unknown(_), Some(given)) => given,
            _ => value,
        };
        self.state.set(name, value);
    }

    /// Sets a variable to something nobody can know.
    pub(super) fn assign_unknown(&mut self, name: &str, source: &str, line: usize) {
        self.assign(name, Value::unknown(format!("`{name}` comes from {source}"), line), line);
    }

    /// Writes a file; one that may not be written, or whose path is unknown, spoils what it may touch.
    pub(super) fn write(&mut self, path: &Value, content: Value, line: usize) {
        let Some(path) = path.as_str() else {
            let text = "a file whose name is not known was written".to_owned();
            self.state.spoil_files(&Reason { text, line: Some(line) });
            return;
        };
        if matches!(path, "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty") {
            return;
        }
        let content = match self.doubted() {
            Some(_) => Value::unknown(format!("`{path}` is written where it may not be reached"), line),
            None => content,
        };
        self.state.write_file(path, content);
    }

    /// The content of a file or of standard input.
    pub(super) fn content(&mut self, path: &Value, line: usize) -> Value {
        let path = match path {
            Value::Known(path) => path,
            Value::Unknown(_) => return path.clone(),
        };
        if matches!(&**path, "/dev/stdin" | "-" | "/dev/fd/0") {
            let missing = || Value::unknown("it is typed in", line);
            return self.input.clone().unwrap_or_else(missing);
        }
        self.state
            .file(path)
            .unwrap_or_else(|| Value::unknown(format!("the file `{path}` is not made in this chapter"), line))
    }

    /// Prints.
    pub(super) fn print(&mut self, value: &Value, line: usize) {
        if let Some(Some(printed)) = self.output.last().cloned() {
            let all = self.bounded(printed.then(value), line);
            if let Some(last) = self.output.last_mut() {
                *last = Some(all);
            }
        }
    }

    /// Runs `inner` and gives what it printed.
    pub(super) fn printed(&mut self, inner: impl FnOnce(&mut Self)) -> Value {
        self.output.push(Some(Value::known("")));
        inner(self);
        self.output.pop().flatten().unwrap_or(Value::known(""))
    }

    /// What `$(script)` prints.
    pub(super) fn captured(&mut self, script: &Script, line: usize) -> Value {
        if self.depth >= MAX_DEPTH {
            return Value::unknown("nested too deep to follow", line);
        }
        self.printed(|machine| {
            machine.subshell(|machine| {
                machine.script(script);
            });
        })
    }

    /// Runs `inner` so that its variables, folder and exits stay its own.
    pub(super) fn subshell(&mut self, inner: impl FnOnce(&mut Self)) {
        self.steps += self.state.size() / 8;
        let before = self.state.clone();
        let left = (self.script_left.clone(), self.function_left.clone(), self.loop_left.clone());
        self.depth += 1;
        inner(self);
        self.depth -= 1;
        (self.script_left, self.function_left, self.loop_left) = left;
        self.state.leave_subshell(before);
    }
}

fn joined(arguments: &[Value]) -> Value {
    let mut all = Value::known("");
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 {
            all = all.then(&Value::known(" "));
        }
        all = all.then(argument);
    }
    all
}
