//! Directives: `{{#tutor VERB (WORD | key="value")*}}` as a paragraph of its own, outside code.

use super::Place;
use super::diagnostic::known_words;

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
}

impl Verb {
    /// All verbs, under the words authors write.
    pub const ALL: [(&'static str, Verb); 4] = [
        ("compare", Verb::Compare),
        ("prices", Verb::Prices),
        ("models", Verb::Models),
        ("challenge", Verb::Challenge),
    ];

    /// The word authors write.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Compare => "compare",
            Verb::Prices => "prices",
            Verb::Models => "models",
            Verb::Challenge => "challenge",
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

fn known_verbs(word: &str) -> String {
    known_words(word, &Verb::ALL.map(|(name, _)| name))
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
    fn names_round_trip() {
        for (name, verb) in Verb::ALL {
            assert_eq!(verb.name(), name);
        }
    }
}
