//! Commands of the shell itself that change what it knows.

use super::condition::{Form, test};
use super::machine::Machine;
use super::parse::is_name;
use super::run::{Flow, Outcome, Status};
use super::state::Defined;
use super::syntax::{Piece, Word};
use super::value::Value;
use tutor_bedrock::found::Reason;

impl Machine<'_> {
    /// Runs `name` if it is one of the shell's own commands.
    pub(super) fn builtin(&mut self, name: &str, arguments: &[Value], line: usize) -> Option<Outcome> {
        let mut status = Status::Success;
        match name {
            ":" | "true" | "shopt" | "trap" | "wait" | "umask" | "ulimit" | "hash" | "bind" => {}
            "false" => status = Status::Failure,
            "exit" | "logout" => return Some((Flow::Exit, Status::Success)),
            "return" => return Some((Flow::Return, returned(arguments, line))),
            "break" if arguments.is_empty() => return Some((Flow::Break, status)),
            "continue" if arguments.is_empty() => return Some((Flow::Continue, status)),
            "test" => status = test(arguments, Form::Single, line),
            "[" => {
                let inner = arguments.split_last().map_or(arguments, |(_, inner)| inner);
                status = test(inner, Form::Single, line);
            }
            "unset" => self.unset(arguments, line),
            "read" | "mapfile" | "readarray" | "getopts" => {
                for argument in arguments {
                    match argument.as_str() {
                        Some(text) if is_name(text) => self.assign_unknown(text, &format!("`{name}`"), line),
                        Some(_) => {}
                        None => self.anything_may_change(name, line),
                    }
                }
                let text = "how much there is to read is not known".to_owned();
                status = Status::Unknown(Reason { text, line: Some(line) });
            }
            "cd" | "pushd" | "popd" => {
                self.change_folder(name, arguments, line);
                status = Status::Presumed;
            }
            "alias" => {
                for argument in arguments.iter().filter_map(Value::as_str) {
                    let alias = argument.split('=').next().unwrap_or(argument);
                    let reason = Reason { text: format!("`{alias}` is an alias"), line: Some(line) };
                    self.state.define(alias, Defined::Unknown(reason));
                }
            }
            "source" | "." => {
                let activates =
                    |value: &Value| value.as_str().is_some_and(|path| path.ends_with("bin/activate"));
                if !arguments.first().is_some_and(activates) {
                    self.anything_may_change(name, line);
                }
            }
            "set" => {
                let plain = |value: &Value| {
                    value.as_str().is_some_and(|text| text.starts_with(['-', '+']) && text != "--")
                };
                if !arguments.iter().all(|value| plain(value) || value.as_str() == Some("pipefail")) {
                    self.arguments = Some(vec![Value::unknown("`set` changes the arguments", line); 9]);
                }
            }
            "break" | "continue" | "exec" => {
                let text = format!("`{name}` may leave what it stands in");
                self.script_left.get_or_insert(Reason { text, line: Some(line) });
                return None;
            }
            "shift" if arguments.is_empty() && self.doubted().is_none() && self.arguments.is_some() => {
                if let Some(arguments) = self.arguments.as_mut().filter(|arguments| !arguments.is_empty()) {
                    arguments.remove(0);
                }
            }
            "eval" | "shift" | "let" => {
                self.anything_may_change(name, line);
                return None;
            }
            "printf" if arguments.first().and_then(Value::as_str) == Some("-v") => match arguments.get(1) {
                Some(Value::Known(variable)) => self.assign_unknown(variable, "`printf -v`", line),
                _ => self.anything_may_change(name, line),
            },
            "tee" => {
                self.tee(arguments, line);
                status = Status::Presumed;
            }
            "cp" | "mv" => return self.copy(name, arguments, line),
            "rm" => {
                self.remove(arguments, line);
                status = Status::Presumed;
            }
            _ => return None,
        }
        Some((Flow::Next, status))
    }

    /// Variables, functions and arguments may be anything from here on.
    fn anything_may_change(&mut self, name: &str, line: usize) {
        let reason = Reason { text: format!("`{name}` may have changed it"), line: Some(line) };
        self.state.spoil_variables(&reason);
        if let Some(arguments) = &mut self.arguments {
            *arguments = vec![Value::Unknown(reason); 9];
        }
    }

    fn change_folder(&mut self, name: &str, arguments: &[Value], line: usize) {
        match (name, arguments) {
            ("cd" | "pushd", [folder]) if self.doubted().is_none() => match folder.as_str() {
                Some(folder) if folder != "-" => self.state.enter(folder),
                _ => self.state.enter_unknown(line),
            },
            _ => self.state.enter_unknown(line),
        }
    }

    /// `export`, `local` and their like, whose words are assignments.
    pub(super) fn declare(&mut self, name: &str, words: &[Word], line: usize) {
        // All words are expanded before the first of them is assigned.
        let expanded: Vec<(Option<String>, Value)> = words
            .iter()
            .map(|word| match assignment(word) {
                Some((variable, value)) => (Some(variable), self.single(&value, line)),
                None => (None, self.single(word, line)),
            })
            .collect();
        for (variable, value) in expanded {
            if let Some(variable) = variable {
                self.declare_one(name, &variable, Some(value), line);
                continue;
            }
            match value.as_str() {
                Some(flags) if flags.starts_with('-') => {
                    if name != "export" && flags.contains(['a', 'A', 'i', 'n', 'l', 'u']) {
                        self.anything_may_change(name, line);
                    }
                }
                Some(variable) if is_name(variable) => self.declare_one(name, variable, None, line),
                _ => self.anything_may_change(name, line),
            }
        }
    }

    /// `export NAME=value` and its like; `local` hides the outer variable until the function ends.
    fn declare_one(&mut self, by: &str, variable: &str, value: Option<Value>, line: usize) {
        let variable_name = variable.trim_end_matches('+');
        let in_function = self.arguments.is_some();
        if matches!(by, "local" | "declare" | "typeset")
            && in_function
            && !self.locals.contains_key(variable_name)
        {
            let saved = self.state.saved(variable_name);
            self.locals.insert(variable_name.to_owned(), saved);
            self.state.unset(variable_name);
        }
        match value {
            Some(_) if variable.ends_with('+') => self.assign_unknown(variable_name, "`+=`", line),
            Some(value) => self.assign(variable_name, value, line),
            None => {}
        }
    }

    fn unset(&mut self, arguments: &[Value], line: usize) {
        for argument in arguments {
            match argument.as_str() {
                Some(text) if text.starts_with('-') => {}
                Some(text) if self.doubted().is_none() => self.state.unset(text),
                Some(text) => self.assign_unknown(text, "an `unset` that may not run", line),
                None => self.anything_may_change("unset", line),
            }
        }
    }

    fn tee(&mut self, arguments: &[Value], line: usize) {
        let content = self.input.clone().unwrap_or_else(|| Value::unknown("it is typed in", line));
        let appends = arguments.iter().any(|value| matches!(value.as_str(), Some("-a" | "--append")));
        for path in arguments.iter().filter(|value| value.as_str().is_none_or(|text| !text.starts_with('-')))
        {
            let all = match path.as_str().map(|known| self.state.file(known)) {
                _ if !appends => content.clone(),
                Some(Some(old)) => old.then(&content),
                _ => Value::unknown("what the file held before is not known", line),
            };
            self.write(path, all, line);
        }
        self.print(&content, line);
    }

    fn copy(&mut self, name: &str, arguments: &[Value], line: usize) -> Option<Outcome> {
        let [from, to] = arguments else { return None };
        let plain =
            |value: &Value| value.as_str().is_some_and(|text| !text.starts_with('-') && !text.ends_with('/'));
        if !plain(from) || !plain(to) {
            return None;
        }
        let content = self.content(from, line);
        self.write(to, content, line);
        if name == "mv" {
            self.remove(std::slice::from_ref(from), line);
        }
        Some((Flow::Next, Status::Presumed))
    }

    fn remove(&mut self, arguments: &[Value], line: usize) {
        for argument in arguments {
            match argument.as_str() {
                Some(text) if text.starts_with('-') => {}
                Some(path) if self.doubted().is_none() => self.state.remove_file(path),
                _ => {
                    let text = "the file may have been removed".to_owned();
                    self.state.spoil_files(&Reason { text, line: Some(line) });
                }
            }
        }
    }
}

/// `NAME=value` in one word: the name, a `+` if it appends, and the value.
fn assignment(word: &Word) -> Option<(String, Word)> {
    let (Piece::Text(text, quoting), rest) = word.0.split_first()? else { return None };
    let (variable, value) = text.split_once('=')?;
    if !is_name(variable.trim_end_matches('+')) {
        return None;
    }
    let mut pieces = vec![Piece::Text(value.to_owned(), *quoting)];
    pieces.extend_from_slice(rest);
    Some((variable.to_owned(), Word(pieces)))
}

fn returned(arguments: &[Value], line: usize) -> Status {
    match arguments.first().map(Value::as_str) {
        Some(Some("0")) => Status::Success,
        Some(Some(code)) if code.parse::<u8>().is_ok() => Status::Failure,
        _ => {
            let text = "the function's status is not known".to_owned();
            Status::Unknown(Reason { text, line: Some(line) })
        }
    }
}
