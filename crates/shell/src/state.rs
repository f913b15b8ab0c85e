//! What a script has made so far: variables, files, functions.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::syntax::Command;
use super::value::Value;
use tutor_bedrock::found::Reason;

/// Variables that every shell has, with values nobody can know.
const ALWAYS_SET: [&str; 16] = [
    "HOME",
    "PWD",
    "OLDPWD",
    "USER",
    "LOGNAME",
    "PATH",
    "SHELL",
    "RANDOM",
    "SECONDS",
    "LINENO",
    "UID",
    "EUID",
    "HOSTNAME",
    "BASH",
    "TERM",
    "EPOCHSECONDS",
];

/// Everything commands may read and change.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct State {
    variables: BTreeMap<String, Value>,
    removed: BTreeSet<String>,
    files: BTreeMap<String, Value>,
    functions: BTreeMap<String, Defined>,
    folder: String,
    /// Why any variable may have changed, after `source` or `eval`.
    outside: Option<Reason>,
    /// The CLI's `cli_binary_format` after `aws configure set`.
    pub(super) binary_format: Option<Value>,
}

/// A function, as far as it is known.
#[derive(Debug, Clone)]
pub(super) enum Defined {
    /// Its number among the definitions, and its body.
    Known(usize, Rc<Command>),
    /// One of several, or an alias.
    Unknown(Reason),
}

impl PartialEq for Defined {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Defined::Known(left, _), Defined::Known(right, _)) => left == right,
            (Defined::Unknown(left), Defined::Unknown(right)) => left == right,
            _ => false,
        }
    }
}

/// What a look at a variable gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Lookup {
    /// It has this value.
    Set(Value),
    /// The chapter does not set it; the reader's environment might.
    Unset(Reason),
}

impl State {
    /// The variable `name`, looked at on `line`.
    pub(super) fn variable(&self, name: &str, line: usize) -> Lookup {
        if let Some(value) = self.variables.get(name) {
            return Lookup::Set(value.clone());
        }
        if let Some(reason) = &self.outside {
            return Lookup::Set(Value::Unknown(reason.clone()));
        }
        if ALWAYS_SET.contains(&name) {
            return Lookup::Set(Value::unknown(format!("`{name}` depends on the machine"), line));
        }
        let text = if self.removed.contains(name) {
            format!("`{name}` is unset")
        } else {
            format!("`{name}` is not set in this chapter")
        };
        Lookup::Unset(Reason { text, line: Some(line) })
    }

    /// Sets a variable.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.removed.remove(name);
        self.variables.insert(name.to_owned(), value);
    }

    /// What `name` holds now, for putting it back.
    pub(super) fn saved(&self, name: &str) -> Option<Value> {
        self.variables.get(name).cloned()
    }

    /// Puts back what [`State::saved`] gave.
    pub(super) fn restore(&mut self, name: &str, saved: Option<Value>) {
        match saved {
            Some(value) => self.set(name, value),
            None => {
                self.variables.remove(name);
            }
        }
    }

    /// Removes a variable.
    pub(super) fn unset(&mut self, name: &str) {
        self.variables.remove(name);
        self.functions.remove(name);
        self.removed.insert(name.to_owned());
    }

    /// How many things it holds; copying it costs that much.
    pub(super) fn size(&self) -> usize {
        self.variables.len() + self.files.len() + self.functions.len()
    }

    /// Any variable and function may be anything from here on.
    pub(super) fn spoil_variables(&mut self, reason: &Reason) {
        for value in self.variables.values_mut() {
            *value = Value::Unknown(reason.clone());
        }
        for function in self.functions.values_mut() {
            *function = Defined::Unknown(reason.clone());
        }
        self.outside = Some(reason.clone());
    }

    /// Any file may be anything from here on.
    pub(super) fn spoil_files(&mut self, reason: &Reason) {
        for value in self.files.values_mut() {
            *value = Value::Unknown(reason.clone());
        }
    }

    /// Whatever `text` names may be anything: it stands in a fence that does not parse.
    pub(super) fn spoil_named(&mut self, text: &str, reason: &Reason) {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words: BTreeSet<&str> =
            text.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()).collect();
        for (end, _) in text.match_indices('=') {
            let head = &text[..end];
            let name = &head[head.trim_end_matches(is_part).len()..];
            if super::parse::is_name(name) {
                self.set(name, Value::Unknown(reason.clone()));
            }
        }
        for (name, value) in &mut self.variables {
            if words.contains(name.as_str()) {
                *value = Value::Unknown(reason.clone());
            }
        }
        for (name, function) in &mut self.functions {
            if text.contains(name.as_str()) {
                *function = Defined::Unknown(reason.clone());
            }
        }
        self.spoil_files(reason);
    }

    /// The function `name`.
    pub(super) fn function(&self, name: &str) -> Option<Defined> {
        self.functions.get(name).cloned()
    }

    /// Defines a function.
    pub(super) fn define(&mut self, name: &str, defined: Defined) {
        self.functions.insert(name.to_owned(), defined);
    }

    /// Enters a folder.
    pub(super) fn enter(&mut self, folder: &str) {
        self.folder = self.resolve(folder);
    }

    /// Enters a folder nobody knows.
    pub(super) fn enter_unknown(&mut self, line: usize) {
        self.folder = format!("./?{line}");
    }

    /// `path` seen from where the script stands, without `.` and `..` as far as they can be resolved.
    pub(super) fn resolve(&self, path: &str) -> String {
        let is_whole = path.starts_with('/') || self.folder.is_empty();
        let whole = if is_whole { path.to_owned() } else { format!("{}/{path}", self.folder) };
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.last().is_some_and(|last| *last != ".." && !last.starts_with('?')) => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        let lead = if whole.starts_with('/') { "/" } else { "./" };
        format!("{lead}{}", parts.join("/"))
    }

    /// The content of a file that the chapter made.
    pub(super) fn file(&self, path: &str) -> Option<Value> {
        self.files.get(&self.resolve(path)).cloned()
    }

    /// Makes or replaces a file.
    pub(super) fn write_file(&mut self, path: &str, content: Value) {
        let path = self.resolve(path);
        self.files.insert(path, content);
    }

    /// Removes a file.
    pub(super) fn remove_file(&mut self, path: &str) {
        let path = self.resolve(path);
        self.files.remove(&path);
    }

    /// After a subshell: its files stay, everything else was its own.
    pub(super) fn leave_subshell(&mut self, before: State) {
        let files = std::mem::take(&mut self.files);
        let binary_format = self.binary_format.take();
        *self = State { files, binary_format, ..before };
    }
}
