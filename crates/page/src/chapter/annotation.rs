//! Annotations: comments by which an author tells tutor what it cannot read from the code.
//!
//! What follows `<!-- tutor:` is the inside of a TOML inline table. Every key is one line in
//! [`KEYS`]; a key that is wrong is said and left out, the others hold.

use toml::Spanned;
use toml::de::DeValue;

use super::diagnostic::{Diagnostic, known_words};
use super::{Place, Splice};

/// What an annotation says about the calls of its fence.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// The 1-based line it starts on, in the text given.
    pub line: usize,
    /// The comment.
    pub place: Place,
    /// Its settings.
    pub settings: Settings,
}

impl Annotation {
    /// The splice that takes it off the page. An empty comment stays: taking the line away could
    /// change how the container around it is read.
    pub fn removed(&self) -> Splice {
        self.place.html("")
    }
}

/// The keys of an annotation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// The name of the fence's first call; kebab-case, safe as a file name.
    pub name: Option<String>,
    /// Whether its calls are left out.
    pub skip: Option<Skip>,
    /// How many samples are recorded, 1 to 100.
    pub samples: Option<u8>,
    /// What answers must fulfil.
    pub expect: Vec<Expectation>,
    /// How answers are shown.
    pub show: Option<Show>,
    /// Names and values given to the reader for what it cannot know.
    pub values: Vec<(String, toml::Value)>,
    /// Rules of `tutor check` that do not apply here.
    pub allow: Vec<Allow>,
    /// Which challenge the fence is the starting code of.
    pub challenge: Option<ChallengeMark>,
}

/// Why calls are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// `skip = true`
    Silently,
    /// `skip = "reason"`
    Because(String),
}

/// How answers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// The text in it.
    Text,
    /// The whole body.
    Json,
    /// Not at all.
    None,
}

/// One entry of `expect`: a kind of check and what it compares with. The kind is a known one; the
/// value is looked at by who checks.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The 1-based line it stands on.
    pub line: usize,
    /// One of [`EXPECTATIONS`].
    pub kind: &'static str,
    /// What stands after the equals sign.
    pub value: toml::Value,
}

/// One entry of `allow`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The 1-based line it stands on.
    pub line: usize,
    /// The rule's name.
    pub rule: String,
    /// Why it does not apply.
    pub reason: String,
}

impl Settings {
    /// Whether it says nothing but what is allowed, which holds for any block.
    pub fn only_allows(&self) -> bool {
        !self.allow.is_empty() && *self == Settings { allow: self.allow.clone(), ..Settings::default() }
    }
}

/// An annotation that allows something in a block that is no fence.
#[derive(Debug, Clone, PartialEq)]
pub struct AllowedBlock {
    /// The annotation.
    pub annotation: Annotation,
    /// The 1-based lines of the block: a paragraph, a table, a list, a heading.
    pub lines: std::ops::RangeInclusive<usize>,
}

/// Which challenge a fence belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChallengeMark {
    /// `challenge = true`: the chapter's.
    OfChapter,
    /// `challenge = "name"`
    Named(String),
}

/// The kinds of expectation.
pub const EXPECTATIONS: [&str; 13] = [
    "contains",
    "not-contains",
    "matches",
    "equals",
    "starts-with",
    "json",
    "approx",
    "min-words",
    "max-words",
    "stop-reason",
    "max-cost",
    "max-latency",
    "image-size",
];

type Item<'i> = Spanned<DeValue<'i>>;
type Read = fn(&mut Settings, &Item, &mut Notes);

/// All keys, each with what reads it.
const KEYS: [(&str, Read); 8] = [
    ("name", name),
    ("skip", skip),
    ("samples", samples),
    ("expect", expect),
    ("show", show),
    ("values", values),
    ("allow", allow),
    ("challenge", challenge),
];

/// The keys that an annotation may have.
pub fn keys() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(key, _)| *key)
}

/// The longest name: file systems end at 255 bytes, and a suffix, a key and an extension follow.
const MAX_NAME: usize = 80;

/// What follows `tutor:` in a comment, if `comment` is one.
pub(super) fn inside(comment: &str) -> Option<&str> {
    comment.strip_prefix("<!--")?.trim_start().strip_prefix("tutor:")
}

/// Where an annotation starts somewhere in HTML.
pub(super) fn find(html: &str) -> Option<usize> {
    html.match_indices("<!--").map(|(at, _)| at).find(|&at| inside(&html[at..]).is_some())
}

/// Reads the inside of an annotation, which starts on line `line` of the chapter.
pub(super) fn parse(inside: &str, line: usize, diagnostics: &mut Vec<Diagnostic>) -> Settings {
    // TOML 1.1 allows line breaks and a trailing comma in an inline table. The line break before the
    // brace lets the last line end in a comment.
    let wrapped = format!("{{{inside}\n}}");
    let mut settings = Settings::default();
    // The line break before the closing brace is ours and starts no line.
    let line_starts = memchr::memchr_iter(b'\n', inside.as_bytes()).map(|at| at + 2).collect();
    let mut notes = Notes { line_starts, first_line: line, diagnostics };
    match DeValue::parse(&wrapped) {
        Ok(table) => {
            if let DeValue::Table(table) = table.get_ref() {
                for (key, item) in table {
                    let word = key.get_ref().as_ref();
                    match KEYS.iter().find(|(known, _)| *known == word) {
                        Some((_, read)) => read(&mut settings, item, &mut notes),
                        None => notes.add(
                            key.span().start,
                            format!("`{word}` is no key of an annotation"),
                            known_words(word, &KEYS.map(|(known, _)| known)),
                        ),
                    }
                }
            }
        }
        Err(error) => notes.add(
            error.span().map_or(0, |span| span.start),
            format!("an annotation that is no TOML: {}", error.message().trim().replace('\n', ", ")),
            "write the inside of an inline table, such as `name = \"clause\", samples = 5`",
        ),
    }
    settings
}

/// Where diagnostics go, with the lines they are on.
struct Notes<'a> {
    /// Where the lines after the first start.
    line_starts: Vec<usize>,
    first_line: usize,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Notes<'_> {
    fn line(&self, at: usize) -> usize {
        self.first_line + self.line_starts.partition_point(|&start| start <= at)
    }

    fn add(&mut self, at: usize, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(self.line(at), message, help));
    }

    fn wrong(&mut self, item: &Item, key: &str, help: &str) {
        let found = match item.get_ref() {
            DeValue::Table(_) => "a table",
            DeValue::Array(_) => "an array",
            DeValue::String(_) => "this string",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Integer(_) | DeValue::Float(_) => "this number",
        };
        self.add(item.span().start, format!("`{key}` cannot be {found}"), help);
    }
}

fn string<'v>(item: &'v Item) -> Option<&'v str> {
    match item.get_ref() {
        DeValue::String(text) => Some(text.as_ref()),
        _ => None,
    }
}

fn value(item: &Item, notes: &mut Notes) -> Option<toml::Value> {
    use serde::Deserialize as _;
    match toml::Value::deserialize(toml::de::ValueDeserializer::from(item.clone())) {
        Ok(value) => Some(value),
        Err(error) => {
            notes.add(
                item.span().start,
                format!("a value that TOML cannot hold: {}", error.message()),
                "write it as a string",
            );
            None
        }
    }
}

fn name(settings: &mut Settings, item: &Item, notes: &mut Notes) {
    let kebab = |text: &str| {
        text.len() <= MAX_NAME
            && text.split('-').all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
    };
    match string(item).filter(|text| kebab(text)) {
        Some(text) => settings.name = Some(text.to_owned()),
        None => notes.wrong(
            item,
            "name",
            "it becomes a file name: write small letters a to z, digits and single hyphens, at most 80, such as \
             \"contract-clause\"",
        ),
    }
}

fn skip(settings: &mut Settings, item: &Item, notes: &mut Notes) {
    match item.get_ref() {
        DeValue::Boolean(true) => settings.skip = Some(Skip::Silently),
        DeValue::Boolean(false) => settings.skip = None,
        DeValue::String(reason) if !reason.trim().is_empty() => {
            settings.skip = Some(Skip::Because(reason.trim().to_owned()));
        }
        _ => notes.wrong(item, "skip", "write true, or the reason as a string"),
    }
}

fn samples(settings: &mut Settings, item: &Item, notes: &mut Notes) {
    let count = match item.get_ref() {
        DeValue::Integer(number) => u8::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    match count.filter(|count| (1..=100).contains(count)) {
        Some(count) => settings.samples = Some(count),
        None => notes.wrong(item, "samples", "write a whole number from 1 to 100"),
    }
}

fn show(settings: &mut Settings, item: &Item, notes: &mut Notes) {
    match string(item) {
        Some("text") => settings.show = Some(Show::Text),
        Some("json") => settings.show = Some(Show::Json),
        Some("none") => settings.show = Some(Show::None),
        _ => notes.wrong(item, "show", "write \"text\", \"json\" or \"none\""),
    }
}

fn challenge(settings: &mut Settings, item: &Item, notes: &mut Notes) {
    match item.get_ref() {
        DeValue::Boolean(true) => settings.challenge = Some(ChallengeMark::OfChapter),
        DeValue::String(text) if !text.trim().is_empty() => {
            settings.challenge = Some(ChallengeMark::Named(text.trim().to_owned()));
        }
        _ => notes.wrong(item, "challenge", "write true, or the challenge's name as a string"),
    }
}

fn expect(settings: &mut Settings, item: &Item, notes: &mut Notes) {
    const FORM: &str = "write an array of one-key tables, such as [{ contains = \"best efforts\" }]";
    let DeValue::Array(items) = item.get_ref() else {
        return notes.wrong(item, "expect", FORM);
    };
    for item in items {
        let entry = match item.get_ref() {
            DeValue::Table(table) if table.len() == 1 => table.iter().next(),
            _ => None,
        };
        let Some((key, item)) = entry else {
            notes.add(item.span().start, "an expectation that is not a table with one key", FORM);
            continue;
        };
        let word = key.get_ref().as_ref();
        let Some(kind) = EXPECTATIONS.into_iter().find(|known| *known == word) else {
            notes.add(
                key.span().start,
                format!("`{word}` is no kind of expectation"),
                known_words(word, &EXPECTATIONS),
            );
            continue;
        };
        if let Some(value) = value(item, notes) {
            settings.expect.push(Expectation { line: notes.line(key.span().start), kind, value });
        }
    }
}

fn values(settings: &mut Settings, item: &Item, notes: &mut Notes) {
    let DeValue::Table(table) = item.get_ref() else {
        return notes.wrong(
            item,
            "values",
            "write a table of names and values, such as { topic = \"tides\" }",
        );
    };
    for (key, item) in table {
        if let Some(value) = value(item, notes) {
            settings.values.push((key.get_ref().to_string(), value));
        }
    }
}

fn allow(settings: &mut Settings, item: &Item, notes: &mut Notes) {
    const FORM: &str = "write [{ rule = \"RULE\", reason = \"why\" }]";
    let DeValue::Array(items) = item.get_ref() else {
        return notes.wrong(item, "allow", FORM);
    };
    for item in items {
        let text = |key: &str| match item.get_ref() {
            DeValue::Table(table) if table.len() == 2 => table
                .iter()
                .find(|(name, _)| name.get_ref() == key)
                .and_then(|(_, item)| string(item))
                .map(str::trim)
                .filter(|text| !text.is_empty()),
            _ => None,
        };
        let (rule, reason) = (text("rule"), text("reason"));
        match (rule, reason) {
            (Some(rule), Some(reason)) => settings.allow.push(Allow {
                line: notes.line(item.span().start),
                rule: rule.to_owned(),
                reason: reason.to_owned(),
            }),
            _ => notes.add(item.span().start, "an entry of `allow` without both a rule and a reason", FORM),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inside: &str) -> (Settings, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        (parse(inside, 10, &mut diagnostics), diagnostics)
    }

    #[test]
    fn every_key_is_read_over_several_lines() {
        let (settings, diagnostics) = read(
            " name = \"clause\", samples = 5, # a comment\n show = \"json\",\n skip = \"needs \\u002d->\",\n\
             expect = [\n  { contains = \"best efforts\" },\n  { max-cost = 0.01 },\n ],\n\
             values = { topic = \"tides\", n = 3 },\n\
             allow = [{ rule = \"retired\", reason = \"history\" }], challenge = true,\n",
        );
        assert_eq!(diagnostics, []);
        insta::assert_debug_snapshot!(settings);
    }

    #[test]
    fn the_empty_annotation_and_false_say_nothing() {
        assert_eq!(read(""), (Settings::default(), vec![]));
        assert_eq!(read(" skip = false "), (Settings::default(), vec![]));
    }

    #[test]
    fn each_fault_is_said_and_the_rest_holds() {
        let (settings, diagnostics) = read(
            "nmae = \"x\",\nname = \"No Good\", samples = 0,\nshow = \"html\", skip = 1,\n\
             expect = [{ contain = \"x\" }, \"y\", { json = {}, equals = 1 }],\n\
             values = 3, allow = [{ rule = \"x\" }], challenge = \"costs\",\n",
        );
        assert_eq!(settings.challenge, Some(ChallengeMark::Named("costs".into())));
        assert_eq!(Settings { challenge: None, ..settings }, Settings::default());
        insta::assert_debug_snapshot!(diagnostics);
    }

    #[test]
    fn what_is_no_toml_is_said_at_its_line() {
        let said: Vec<_> =
            ["name = \"x\"\nsamples = 5", "name = ", "name = \"x\" }, a = {", "name = \"a\", name = \"b\""]
                .map(|inside| read(inside).1)
                .into_iter()
                .collect();
        insta::assert_debug_snapshot!(said);
    }

    #[test]
    fn names_are_safe_as_file_names() {
        for (text, good) in [
            ("a", true),
            ("haiku-2", true),
            ("", false),
            ("-a", false),
            ("a--b", false),
            ("A", false),
            ("a/b", false),
            ("..", false),
            ("é", false),
        ] {
            let (settings, diagnostics) = read(&format!("name = \"{text}\""));
            assert_eq!(settings.name.is_some(), good, "{text:?}");
            assert_eq!(diagnostics.is_empty(), good, "{text:?}");
        }
        assert!(read(&format!("name = \"{}\"", "a".repeat(81))).0.name.is_none());
    }
}
