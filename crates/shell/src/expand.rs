//! Words → texts: parameters, substitutions, splitting, as bash does it.

use super::machine::Machine;
use super::state::Lookup;
use super::syntax::{Change, Parameter, Piece, Quoting, Word};
use super::value::Value;

/// One word while its pieces come in.
#[derive(Default)]
struct Fields {
    done: Vec<Value>,
    current: Option<Value>,
    /// What of the current field stood outside quotes.
    bare: String,
    /// The same, without what came out of parameters: braces count only there.
    literal: String,
}

impl Fields {
    fn add(&mut self, value: &Value) {
        self.current = Some(match self.current.take() {
            Some(current) => current.then(value),
            None => value.clone(),
        });
    }

    /// Adds the value of an unquoted expansion, split at blanks.
    fn add_split(&mut self, value: &Value, line: usize) {
        let Some(text) = value.as_str() else { return self.add(value) };
        if text.starts_with([' ', '\t', '\n']) {
            self.finish(line);
        }
        let mut words = text.split([' ', '\t', '\n']).filter(|word| !word.is_empty()).peekable();
        while let Some(word) = words.next() {
            self.bare.push_str(word);
            self.add(&Value::known(word));
            if words.peek().is_some() || text.ends_with([' ', '\t', '\n']) {
                self.finish(line);
            }
        }
    }

    fn finish(&mut self, line: usize) {
        let (bare, literal) = (std::mem::take(&mut self.bare), std::mem::take(&mut self.literal));
        let Some(value) = self.current.take() else { return };
        if let Some(items) = brace_items(&literal, value.as_str()) {
            self.done.extend(items.iter().map(Value::known));
        } else if has_braces(&literal) {
            self.done.push(Value::unknown("a brace expansion is not followed", line));
        } else if value.as_str().is_some_and(|text| matches_files(&bare, text)) {
            self.done.push(Value::unknown("a file pattern depends on the files there are", line));
        } else {
            self.done.push(value);
        }
    }
}

impl Machine<'_> {
    /// The arguments that `word` becomes: none, one or several.
    pub(super) fn fields(&mut self, word: &Word, line: usize) -> Vec<Value> {
        let mut fields = Fields::default();
        for (index, piece) in word.0.iter().enumerate() {
            match piece {
                Piece::Text(text, Quoting::Quoted) => fields.add(&Value::known(text)),
                Piece::Text(text, Quoting::Bare) => {
                    if index == 0 && text.starts_with('~') {
                        fields.add(&Value::unknown("`~` is the reader's home folder", line));
                    } else if !text.is_empty() {
                        fields.bare.push_str(text);
                        fields.literal.push_str(text);
                        fields.add(&Value::known(text));
                    }
                }
                Piece::Parameter(parameter, _) if parameter.name == "@" => {
                    for value in self.all_arguments(line) {
                        fields.add(&value);
                        fields.finish(line);
                    }
                }
                piece => {
                    let value = self.piece(piece, line);
                    match piece {
                        Piece::Parameter(_, Quoting::Quoted) | Piece::Substitution(_, Quoting::Quoted) => {
                            fields.add(&value);
                        }
                        _ if self.splits_as_usual() => fields.add_split(&value, line),
                        _ => fields.add(&Value::unknown("`IFS` is changed, so words split elsewhere", line)),
                    }
                }
            }
        }
        fields.finish(line);
        fields.done
    }

    /// The one text that `word` becomes where nothing is split: assignments, here-documents, files.
    pub(super) fn single(&mut self, word: &Word, line: usize) -> Value {
        let mut all = Value::known("");
        for (index, piece) in word.0.iter().enumerate() {
            let value = match piece {
                Piece::Text(text, Quoting::Bare) if index == 0 && text.starts_with('~') => {
                    Value::unknown("`~` is the reader's home folder", line)
                }
                piece => self.piece(piece, line),
            };
            all = self.bounded(all.then(&value), line);
        }
        all
    }

    fn piece(&mut self, piece: &Piece, line: usize) -> Value {
        match piece {
            Piece::Text(text, _) => Value::known(text),
            Piece::Parameter(parameter, _) => self.parameter(parameter, line),
            Piece::Substitution(script, _) => self.captured(script, line).trimmed(),
            Piece::Opaque(what) => Value::unknown(format!("{what} is not followed"), line),
        }
    }

    fn parameter(&mut self, parameter: &Parameter, line: usize) -> Value {
        let name = parameter.name.as_str();
        let found = self.lookup(name, line);
        let is_missing = |or_empty: bool| match &found {
            Lookup::Unset(_) => Some(true),
            Lookup::Set(Value::Known(text)) => Some(or_empty && text.is_empty()),
            Lookup::Set(Value::Unknown(_)) => None,
        };
        let (word, or_empty) = match &parameter.change {
            Change::None | Change::Required => return value_of(found),
            Change::Opaque => {
                return Value::unknown(format!("`${{{name}…}}` in this form is not followed"), line);
            }
            Change::Default { word, or_empty, .. } | Change::Alternative { word, or_empty } => {
                (word, *or_empty)
            }
        };
        let takes_word = match (is_missing(or_empty), &parameter.change) {
            (None, _) => return value_of(found),
            (Some(missing), Change::Alternative { .. }) => !missing,
            (Some(missing), _) => missing,
        };
        if !takes_word {
            return match parameter.change {
                Change::Alternative { .. } => Value::known(""),
                _ => value_of(found),
            };
        }
        let value = self.single(word, line);
        if matches!(parameter.change, Change::Default { assign: true, .. }) {
            self.assign(name, value.clone(), line);
        }
        value
    }
}

fn value_of(found: Lookup) -> Value {
    match found {
        Lookup::Set(value) => value,
        Lookup::Unset(reason) => Value::Unknown(reason),
    }
}

/// `{1..5}` and `{a,b}` as whole words.
fn brace_items(literal: &str, text: Option<&str>) -> Option<Vec<String>> {
    const MOST: i64 = 1000;
    let inner = literal.strip_prefix('{')?.strip_suffix('}').filter(|_| text == Some(literal))?;
    if inner.contains(['{', '}', '\\']) {
        return None;
    }
    if let Some((from, to)) = inner.split_once("..") {
        let plain = |digits: &str| {
            let is_plain = digits.len() < 10 && !(digits.len() > 1 && digits.starts_with('0'));
            digits.parse::<i64>().ok().filter(|number| is_plain && *number >= 0)
        };
        let (from, to) = (plain(from)?, plain(to)?);
        return (from <= to && to - from < MOST).then(|| (from..=to).map(|n| n.to_string()).collect());
    }
    inner.contains(',').then(|| inner.split(',').map(str::to_owned).collect())
}

/// Whether bash would expand braces in `literal`: a pair with a comma or `..` of its own.
fn has_braces(literal: &str) -> bool {
    let mut open: Vec<bool> = Vec::new();
    let mut previous = ' ';
    for next in literal.chars() {
        match next {
            '{' => open.push(false),
            '}' if open.pop() == Some(true) => return true,
            ',' => open.last_mut().into_iter().for_each(|has| *has = true),
            '.' if previous == '.' => open.last_mut().into_iter().for_each(|has| *has = true),
            _ => {}
        }
        previous = next;
    }
    false
}

/// Whether `bare` may match files. JSON and `key=value` arguments hold brackets and question marks
/// too, but no file is called like them, and bash leaves a pattern without matches as it is.
fn matches_files(bare: &str, text: &str) -> bool {
    bare.contains(['*', '?', '['])
        && !text.starts_with(['{', '['])
        && !text.contains('=')
        && text != "["
        && text != "[["
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_count_only_where_bash_expands_them() {
        assert!(has_braces("a{b,c}d"));
        assert!(has_braces("[{role=user,content=x}]"));
        assert!(!has_braces("role=user,content=[{text=a},{text=b}]"));
        assert!(!has_braces("{}"));
        assert_eq!(brace_items("{1..3}", Some("{1..3}")), Some(vec!["1".into(), "2".into(), "3".into()]));
        assert_eq!(brace_items("{a,b}", Some("{a,b}")), Some(vec!["a".into(), "b".into()]));
        assert_eq!(brace_items("{01..3}", Some("{01..3}")), None);
    }
}
