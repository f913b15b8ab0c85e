//! Directives: `{{#tutor VERB (WORD | key="value")*}}` outside code: as a paragraph of its own, and a value
//! in the middle of a sentence.

use std::ops::Range;

use super::Place;
use super::diagnostic::known_words;
use super::place::{After, Before, newline_near};

/// How a directive starts.
pub(super) const OPENING: &str = "{{#tutor";

/// A directive, and the paragraph that gives way to what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// What it asks for.
    pub verb: Verb,
    /// The plain words after the verb, in order.
    pub words: Vec<String>,
    /// The `key="value"` pairs, in order; no key twice.
    pub options: Vec<(String, String)>,
    /// The 1-based line it starts on, in the text given.
    pub line: usize,
    /// Its paragraph.
    pub place: Place,
}

/// What a directive asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// A table and plot over recorded calls.
    Compare,
    /// A table of prices.
    Prices,
    /// A table of models.
    Models,
    /// The chapter's challenge.
    Challenge,
    /// Who follows whom, by AWS's word.
    Followers,
    /// The steps of a pipeline, with their sum.
    Steps,
    /// One figure, inside a sentence.
    Value,
}

impl Verb {
    /// All verbs, under the words authors write.
    pub const ALL: [(&'static str, Verb); 7] = [
        ("compare", Verb::Compare),
        ("prices", Verb::Prices),
        ("models", Verb::Models),
        ("challenge", Verb::Challenge),
        ("followers", Verb::Followers),
        ("steps", Verb::Steps),
        ("value", Verb::Value),
    ];

    /// The word authors write.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Compare => "compare",
            Verb::Prices => "prices",
            Verb::Models => "models",
            Verb::Challenge => "challenge",
            Verb::Followers => "followers",
            Verb::Steps => "steps",
            Verb::Value => "value",
        }
    }
}

impl Directive {
    /// The value of an option.
    pub fn option(&self, key: &str) -> Option<&str> {
        self.options.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// What stands between the braces.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) verb: Verb,
    pub(super) words: Vec<String>,
    pub(super) options: Vec<(String, String)>,
}

/// What is wrong with a directive, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) help: String,
}

fn fault<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { message: message.into(), help: help.into() })
}

/// Whether a directive starts at the start of this text.
pub(super) fn starts(text: &str) -> bool {
    text.strip_prefix(OPENING)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || c == '}'))
}

/// Reads a paragraph that starts with a directive.
pub(super) fn parse(paragraph: &str) -> Result<Content, Fault> {
    const FORM: &str = "write {{#tutor VERB WORD… key=\"value\"}}";
    let mut rest = paragraph.strip_prefix(OPENING).unwrap_or(paragraph);
    let mut verb: Option<Verb> = None;
    let mut words = Vec::new();
    let mut options: Vec<(String, String)> = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("}}") {
            return match verb {
                None => fault("a directive without a verb", known_verbs("")),
                Some(_) if !after.trim().is_empty() => fault(
                    "a directive with text after it in the same paragraph",
                    "put a blank line after the closing `}}`",
                ),
                Some(verb) => Ok(Content { verb, words, options }),
            };
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '='))
            .into_iter()
            .chain(rest.find("}}"))
            .min();
        let Some(end) = end.filter(|_| rest.contains("}}")) else {
            return fault("a directive that is not closed", FORM);
        };
        let (word, after) = rest.split_at(end);
        rest = after;
        if verb.is_none() {
            match Verb::ALL.iter().find(|(name, _)| *name == word) {
                Some((_, found)) => verb = Some(*found),
                None => return fault(format!("`{word}` is no verb of a directive"), known_verbs(word)),
            }
        } else if let Some(value) = rest.strip_prefix("=\"") {
            let Some((value, after)) = value.split_once('"') else {
                return fault(format!("the value of `{word}` has no closing quote"), FORM);
            };
            if options.iter().any(|(key, _)| key == word) {
                return fault(format!("`{word}` is given twice"), "keep one of them");
            }
            options.push((word.to_owned(), value.to_owned()));
            rest = after;
        } else if word.is_empty() {
            return fault("a value without a key before it", FORM);
        } else if rest.starts_with(['=', '"']) {
            return fault(format!("`{word}` is not followed by =\"value\""), FORM);
        } else {
            words.push(word.to_owned());
        }
    }
}

/// Reads the value that starts here, inside a line of text, and says where it ends. `None` if no value
/// starts here.
pub(super) fn value(text: &str) -> Option<Result<(Content, usize), Fault>> {
    let verb = text.strip_prefix(OPENING)?.trim_start().strip_prefix(Verb::Value.name())?;
    if !verb.starts_with(|c: char| c.is_whitespace() || c == '}') {
        return None;
    }
    let line = text.lines().next().unwrap_or_default();
    let Some(end) = line.find("}}").map(|at| at + 2) else {
        return Some(fault(
            "a value that does not end on its line",
            "write {{#tutor value NAME.FIELD}} in one line",
        ));
    };
    Some(parse(&line[..end]).map(|content| (content, end)))
}

fn known_verbs(word: &str) -> String {
    known_words(word, &Verb::ALL.map(|(name, _)| name))
}

/// Where directives start in this piece of text, unless their braces are escaped.
pub(super) fn find(text: &str, range: Range<usize>) -> impl Iterator<Item = usize> {
    let piece = text.get(range.clone()).unwrap_or_default();
    piece.match_indices(OPENING).map(move |(at, _)| range.start + at).filter(|&at| {
        let escaped = at > 0 && text.as_bytes()[at - 1] == b'\\';
        !escaped && starts(&text[at..])
    })
}

/// Where a directive's paragraph stands.
pub(super) struct Surroundings<'t> {
    pub(super) text: &'t str,
    /// The paragraph's bytes, without the line ending.
    pub(super) paragraph: &'t Range<usize>,
    /// Where its first line starts.
    pub(super) line_start: usize,
    /// Where the block before it ends or the container around it starts.
    pub(super) edge: usize,
    /// How many block quotes it is in.
    pub(super) quotes: usize,
}

/// The place of a directive's paragraph, or why a block of HTML would not stand where it does.
pub(super) fn place(at: &Surroundings) -> Result<Place, Fault> {
    let Surroundings { text, paragraph, .. } = *at;
    let line_prefix = &text[at.line_start..paragraph.start];
    let rest = text[paragraph.end..].trim_start_matches([' ', '\t']);
    if line_prefix.contains('\r') || rest.starts_with('\r') && !rest.starts_with("\r\n") {
        // They end a paragraph's line, but not a line of HTML or of code.
        return fault(
            "a directive next to a carriage return that is no line ending",
            "save the file with the line endings of Unix or Windows",
        );
    }
    // After a link definition or the title of an admonition, a line needs no container prefix to be a
    // paragraph in the container. HTML would fall out.
    let prefix = continuation(line_prefix);
    let above = text.get(at.edge..paragraph.start).unwrap_or_default();
    if prefix.matches('>').count() != at.quotes || follows_definition(above) {
        return fault(
            "a directive directly below a link definition or a title",
            "put a blank line before it",
        );
    }
    Ok(Place {
        range: paragraph.clone(),
        prefix,
        newline: newline_near(text, paragraph.start),
        before: Before::Container,
        after: After::LineEnd,
    })
}

/// Whether a link definition stands directly before the end of this text, with no blank line between.
fn follows_definition(text: &str) -> bool {
    let label = if text.starts_with("[^") { text.find("]:").map_or(0, |at| at + 2) } else { 0 };
    let blank = |line: &str| line.bytes().all(|b| b.is_ascii_whitespace() || b == b'>');
    let Some(after) = text[label..].rfind("]:").map(|at| &text[label + at..]) else { return false };
    let mut lines = after.split('\n').skip(1).peekable();
    // The last piece is the prefix of the line that follows.
    !std::iter::from_fn(|| lines.next().filter(|_| lines.peek().is_some())).any(blank)
}

/// The prefix of further lines in the containers that `line_prefix` continues or opens: quote marks
/// and white space stay, list markers become as many spaces, and a footnote's label becomes four.
fn continuation(line_prefix: &str) -> String {
    let blank = |text: &str| -> String {
        text.chars().map(|c| if matches!(c, '>' | ' ' | '\t') { c } else { ' ' }).collect()
    };
    match line_prefix.find("[^").zip(line_prefix.find("]:")) {
        Some((open, close)) if open < close => {
            format!("{}    {}", blank(&line_prefix[..open]), blank(line_prefix[close + 2..].trim_start()))
        }
        _ => blank(line_prefix),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_options_are_read() {
        let content =
            parse("{{#tutor compare  clause models#clause\n title=\"A }} b\" sort=\"\" }}").unwrap();
        assert_eq!(content.verb, Verb::Compare);
        assert_eq!(content.words, ["clause", "models#clause"]);
        assert_eq!(
            content.options,
            [("title".to_owned(), "A }} b".to_owned()), ("sort".to_owned(), String::new())]
        );
        assert_eq!(
            parse("{{#tutor prices amazon.nova-lite-v1:0}}").unwrap().words,
            ["amazon.nova-lite-v1:0"]
        );
    }

    #[test]
    fn each_fault_says_what_to_do() {
        let said = |text| parse(text).map_err(|fault| format!("{} / {}", fault.message, fault.help));
        insta::assert_debug_snapshot!(
            [
                "{{#tutor}}",
                "{{#tutor compaer}}",
                "{{#tutor compare",
                "{{#tutor compare a=b}}",
                "{{#tutor compare a=\"b}}",
                "{{#tutor compare a=\"b\" a=\"c\"}}",
                "{{#tutor compare}} and more",
                "{{#tutor compare \"a\"}}",
            ]
            .map(|text| (text, said(text)))
        );
    }

    #[test]
    fn a_value_ends_on_its_line() {
        let (content, length) = value("{{#tutor value refund.cost}}, he said").unwrap().unwrap();
        assert_eq!((content.words, length), (vec!["refund.cost".to_owned()], 28));
        assert!(value("{{#tutor values a}}").is_none() && value("{{#tutor compare a}}").is_none());
        let fault = value("{{#tutor value a.cost\n}}").unwrap().unwrap_err();
        assert_eq!(fault.message, "a value that does not end on its line");
    }

    #[test]
    fn names_round_trip() {
        for (name, verb) in Verb::ALL {
            assert_eq!(verb.name(), name);
        }
    }
}
