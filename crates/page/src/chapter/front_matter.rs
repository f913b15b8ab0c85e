//! YAML front matter: the lines between `---` and `---` at the very start of a chapter.
//!
//! mdBook knows no front matter and would show it as text, so tutor takes it off. Only the flat
//! shapes that course chapters use are understood; any other value is kept as written. That is on
//! purpose no YAML parser: nothing here decides anything, it is only shown.

use std::ops::Range;

use super::splice::Splice;

/// The front matter of a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMatter {
    /// The bytes from the opening `---` to the end of the closing line.
    pub range: Range<usize>,
    /// Its entries, in order.
    pub entries: Vec<(String, FrontMatterValue)>,
}

/// The value of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrontMatterValue {
    /// A scalar, without its quotes.
    Text(String),
    /// A list of scalars in brackets or, one a line, after dashes.
    List(Vec<String>),
    /// Any other shape, as written.
    Raw(String),
}

impl FrontMatter {
    /// Reads the front matter at the start of `text`, after a byte order mark if there is one. A
    /// thematic break at the start is no front matter: that needs a key on the very next line, a
    /// closing `---`, and nothing but entries, comments and blank lines between.
    pub fn parse(text: &str) -> Option<Self> {
        let start = text.len() - text.trim_start_matches('\u{feff}').len();
        let mut at = start;
        let mut lines = text[start..].split_inclusive('\n');
        let opening = lines.next().filter(|line| is_fence(line, "---"))?;
        at += opening.len();
        let mut entries: Vec<(String, String)> = Vec::new();
        for line in lines {
            at += line.len();
            if !entries.is_empty() && (is_fence(line, "---") || is_fence(line, "...")) {
                let entries = entries.into_iter().map(|(key, raw)| (key, value(&raw))).collect();
                return Some(Self { range: start..at, entries });
            }
            let line = line.trim_end();
            if let Some((key, rest)) = entry(line) {
                entries.push((key.to_owned(), rest.to_owned()));
            } else {
                let (_, raw) = entries.last_mut()?;
                if !(line.is_empty() || line.starts_with([' ', '\t', '#']) || line.starts_with("- ")) {
                    return None;
                }
                raw.push('\n');
                raw.push_str(line);
            }
        }
        None
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&FrontMatterValue> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The splice that takes it off.
    pub fn removed(&self) -> Splice {
        Splice { range: self.range.clone(), replacement: String::new() }
    }
}

fn is_fence(line: &str, mark: &str) -> bool {
    line.strip_prefix(mark).is_some_and(|rest| rest.trim().is_empty())
}

/// `key: rest` at the start of a line.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (key, rest) = line.split_once(':')?;
    let plain = key.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let apart = rest.is_empty() || rest.starts_with([' ', '\t']);
    (plain && apart).then(|| (key, rest.trim()))
}

fn value(raw: &str) -> FrontMatterValue {
    let mut lines = raw.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let nested = raw.starts_with('\n');
    let raw = || FrontMatterValue::Raw(raw.trim().to_owned());
    match (lines.next(), lines.next()) {
        (None, _) => FrontMatterValue::Text(String::new()),
        (Some(first), None) if nested && entry(first).is_some() => raw(),
        (Some(first), None) if !first.starts_with("- ") => {
            let list = first.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            match list {
                Some(items) => flow_items(items).map_or_else(raw, FrontMatterValue::List),
                None => scalar(first).map_or_else(raw, FrontMatterValue::Text),
            }
        }
        (Some(first), second) => {
            let items = [first].into_iter().chain(second).chain(lines);
            let items: Option<Vec<String>> =
                items.map(|line| line.strip_prefix("- ").and_then(|item| scalar(item.trim()))).collect();
            items.map_or_else(raw, FrontMatterValue::List)
        }
    }
}

/// A scalar on one line: plain or quoted. `None` for shapes that are not understood.
fn scalar(text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix('\'') {
        let inner = rest.strip_suffix('\'')?;
        let lone = inner.replace("''", "").contains('\'');
        return (!lone).then(|| inner.replace("''", "'"));
    }
    if let Some(rest) = text.strip_prefix('"') {
        let inner = rest.strip_suffix('"')?;
        // The escapes of JSON are YAML's too; others are left as written.
        return serde_json::from_str(&format!("\"{inner}\"")).ok();
    }
    if text.starts_with(['[', '{', '&', '*', '!', '|', '>', '%', '@', '`']) {
        return None;
    }
    let plain = text.split_once(" #").map_or(text, |(plain, _comment)| plain);
    Some(plain.trim_end().to_owned())
}

/// The items between brackets. `None` if one of them is more than a scalar.
fn flow_items(text: &str) -> Option<Vec<String>> {
    let mut items = Vec::new();
    let mut quote = None;
    let mut start = 0;
    for (index, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') if text[start..index].trim().is_empty() => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, ',') => {
                items.push(scalar(text[start..index].trim())?);
                start = index + 1;
            }
            (None, '[' | '{') => return None,
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        items.push(scalar(last)?);
    }
    Some(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use FrontMatterValue::{List, Raw, Text};

    fn entries(text: &str) -> Vec<(String, FrontMatterValue)> {
        FrontMatter::parse(text).unwrap_or_else(|| panic!("no front matter in {text:?}")).entries
    }

    #[test]
    fn flat_entries_are_read_and_others_kept() {
        let text = "---\nlayout: chapter\ntitle: \"Costs: a \\\"primer\\\"\"\nnote: 'it''s' \n\
                    time-estimate: 25 minutes # or so\n# a comment\n\ntags: [aws, 'a, b', \"c\"]\n\
                    goals:\n  - one\n  - two\nauthor:\n  name: A\nempty:\nbody: |\n  text\n---\n# Title\n";
        let text_of = |text: &str| Text(text.to_owned());
        assert_eq!(
            entries(text),
            [
                ("layout", text_of("chapter")),
                ("title", text_of("Costs: a \"primer\"")),
                ("note", text_of("it's")),
                ("time-estimate", text_of("25 minutes")),
                ("tags", List(vec!["aws".into(), "a, b".into(), "c".into()])),
                ("goals", List(vec!["one".into(), "two".into()])),
                ("author", Raw("name: A".into())),
                ("empty", text_of("")),
                ("body", Raw("|\n  text".into())),
            ]
            .map(|(key, value)| (key.to_owned(), value))
        );
    }

    #[test]
    fn the_range_ends_with_the_closing_line() {
        let text = "---\r\ntitle: x\r\n---  \r\n# Title\r\n";
        let front_matter = FrontMatter::parse(text).unwrap();
        assert_eq!(&text[front_matter.range.end..], "# Title\r\n");
        assert_eq!(front_matter.get("title"), Some(&Text("x".into())));
        assert_eq!(FrontMatter::parse("---\na: b\n---").unwrap().range, 0..12);
        assert_eq!(FrontMatter::parse("\u{feff}---\na: b\n---\n").unwrap().range, 3..16);
    }

    #[test]
    fn a_thematic_break_is_not_eaten() {
        for text in [
            "",
            "---",
            "---\n",
            "---\n---\n",
            "---\n\ntitle: x\n---\n",
            "---\ntitle: x\n",
            "---\n# Title\n---\n",
            "---\nSome prose. Note: this.\n\n---\n",
            "---\ntitle: x\nand prose\n---\n",
            "---\nhttps://example.com\n---\n",
            "----\ntitle: x\n---\n",
            " ---\ntitle: x\n---\n",
            "text\n---\ntitle: x\n---\n",
        ] {
            assert_eq!(FrontMatter::parse(text), None, "{text:?}");
        }
    }
}
