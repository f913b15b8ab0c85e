//! The keys of a request fence, read with their lines.

use std::fmt::Display;

use toml::{Table, Value};

use tutor_bedrock::found::{Source, Unparsed};

/// Every key there is.
const KEYS: [&str; 15] = [
    "model",
    "models",
    "operation",
    "body",
    "prompt",
    "system",
    "max-tokens",
    "temperature",
    "top-p",
    "stop",
    "width",
    "height",
    "images",
    "seed",
    "dimensions",
];
/// The keys that describe a prompt.
pub(super) const ONLY_WITH_PROMPT: &[&str] = &[
    "system",
    "max-tokens",
    "temperature",
    "top-p",
    "stop",
    "width",
    "height",
    "images",
    "seed",
    "dimensions",
];

/// A fence's TOML document; every key in it is known.
pub(super) struct Keys<'a> {
    source: &'a Source,
    pub(super) table: Table,
}

impl<'a> Keys<'a> {
    /// Parses the fence and refuses keys that do not exist.
    pub(super) fn read(source: &'a Source) -> Result<Self, Unparsed> {
        let table: Table = toml::from_str(&source.text).map_err(|error| {
            let before = error.span().and_then(|span| source.text.get(..span.start)).unwrap_or("");
            let line = source.first_line + before.matches('\n').count();
            Unparsed { fence: source.fence, line, message: error.message().to_owned() }
        })?;
        let keys = Keys { source, table };
        match keys.table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            None => Ok(keys),
            Some(unknown) => {
                let message = match nearest(unknown) {
                    Some(near) => format!("no key is called `{unknown}`; `{near}` is meant perhaps"),
                    None => format!("no key is called `{unknown}`; there are {}", KEYS.join(", ")),
                };
                Err(keys.wrong(unknown, message))
            }
        }
    }

    /// An error on the line of `key`.
    pub(super) fn wrong(&self, key: &str, message: impl Display) -> Unparsed {
        let is_key = |line: &str| {
            let line = line.trim_start().trim_start_matches(['[', '"', '\'']);
            let after = line.strip_prefix(key).map(|after| after.trim_start_matches(['"', '\'', ' ', '\t']));
            after.is_some_and(|after| after.starts_with(['=', ']', '.']))
        };
        let offset = self.source.text.lines().position(is_key).unwrap_or(0);
        Unparsed {
            fence: self.source.fence,
            line: self.source.first_line + offset,
            message: message.to_string(),
        }
    }

    /// An error about the whole fence: `what` is missing.
    pub(super) fn missing(&self, what: &str) -> Unparsed {
        let message = format!("{what} is missing");
        Unparsed { fence: self.source.fence, line: self.source.first_line, message }
    }

    /// The first of `keys` that the fence has.
    pub(super) fn first_of(&self, keys: &[&'static str]) -> Option<&'static str> {
        keys.iter().copied().find(|key| self.table.contains_key(*key))
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Result<Option<&str>, Unparsed> {
        match self.table.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(key, format!("`{key}` is a text, in quotes"))),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, Unparsed> {
        let wrong = || self.wrong(key, format!("`{key}` is a list of texts"));
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let items = value.as_array().ok_or_else(wrong)?;
        let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
        texts.collect::<Option<_>>().ok_or_else(wrong).map(Some)
    }

    /// A whole number that is not negative.
    pub(super) fn whole<N: TryFrom<i64>>(&self, key: &str) -> Result<Option<N>, Unparsed> {
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let number =
            value.as_integer().filter(|number| *number >= 0).and_then(|number| N::try_from(number).ok());
        number.map(Some).ok_or_else(|| self.wrong(key, format!("`{key}` is a whole number from 0 on")))
    }

    /// A number.
    pub(super) fn number(&self, key: &str) -> Result<Option<f64>, Unparsed> {
        let number = match self.table.get(key) {
            None => return Ok(None),
            Some(Value::Float(number)) if number.is_finite() => Some(*number),
            Some(Value::Integer(number)) => i32::try_from(*number).ok().map(f64::from),
            Some(_) => None,
        };
        number.map(Some).ok_or_else(|| self.wrong(key, format!("`{key}` is a number")))
    }
}

/// The key that differs least from `unknown`, if it is near enough to be meant.
fn nearest(unknown: &str) -> Option<&'static str> {
    let plain = unknown.to_lowercase().replace('_', "-");
    let (distance, key) = KEYS.iter().map(|key| (distance(&plain, key), *key)).min()?;
    (distance <= 2 && distance < key.len().min(plain.len())).then_some(key)
}

/// How many letters to add, drop or change (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    // Nothing longer than a key can be near one.
    for (index, a) in left.chars().take(40).enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, b) in right.chars().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
