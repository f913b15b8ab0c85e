//! The texts a course wrote for its own prompts.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use tutor_bedrock::{family, model_id};

/// The texts of a course, found by prompt, model and family.
///
/// ```toml
/// [[answer]]
/// prompt = "exact prompt text"     # compared after folding white space
/// families = ["claude-messages"]   # optional: only for these families
/// models = ["amazon.nova-lite-v1:0"] # optional: only for these models
/// text = "What the stand-in says."
/// ```
///
/// The most specific entry wins: one for the model, else one for the family, else one for neither.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Texts {
    /// By folded prompt.
    entries: HashMap<String, Vec<Entry>>,
}

/// Why a file of texts cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct TextsError {
    /// 1-based line of the file.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    target: Target,
    text: String,
}

/// Whom a text is for, from the least to the most specific.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Anyone,
    Family(String),
    Model(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    answer: Vec<Spanned<Written>>,
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    prompt: String,
    #[serde(default)]
    families: Vec<Spanned<String>>,
    #[serde(default)]
    models: Vec<Spanned<String>>,
    text: String,
}

impl Texts {
    /// Reads a file's text. Unknown keys and families are refused, and so are two texts for the same
    /// prompt and the same model, family or anyone.
    pub fn parse(toml: &str) -> Result<Self, TextsError> {
        let error =
            |span: Range<usize>, message: String| TextsError { line: line_of(toml, span.start), message };
        let file: File = toml::from_str(toml)
            .map_err(|problem| error(problem.span().unwrap_or_default(), problem.message().to_owned()))?;
        let mut texts = Texts::default();
        for written in file.answer {
            let span = written.span();
            for target in targets(written.get_ref()).map_err(|(at, message)| error(at, message))? {
                let written = written.get_ref();
                let entries = texts.entries.entry(fold(&written.prompt)).or_default();
                if entries.iter().any(|entry| entry.target == target) {
                    let whom = target.name();
                    return Err(error(span, format!("a second text for the same prompt and {whom}")));
                }
                entries.push(Entry { target, text: written.text.clone() });
            }
        }
        Ok(texts)
    }

    /// The text for `prompt` (without template tokens) by this family and this bare model id.
    pub fn find(&self, prompt: &str, family: &str, bare_model_id: &str) -> Option<&str> {
        let fits = |entry: &&Entry| match &entry.target {
            Target::Anyone => true,
            Target::Family(id) => id == family,
            Target::Model(id) => id == bare_model_id,
        };
        let entries = self.entries.get(&fold(prompt))?;
        let best = entries.iter().filter(fits).max_by(|a, b| a.target.cmp(&b.target))?;
        Some(&best.text)
    }
}

/// Everyone an entry names; anyone if it names nobody.
fn targets(written: &Written) -> Result<Vec<Target>, (Range<usize>, String)> {
    let mut targets = Vec::new();
    for id in &written.families {
        if family::by_id(id.get_ref()).is_none() {
            let known: Vec<&str> = family::FAMILIES.iter().map(|family| family.id()).collect();
            let message = format!("no family `{}`; there are {}", id.get_ref(), known.join(", "));
            return Err((id.span(), message));
        }
        targets.push(Target::Family(id.get_ref().clone()));
    }
    for id in &written.models {
        if family::of_model(id.get_ref()).is_none() {
            return Err((id.span(), format!("no family speaks for the model `{}`", id.get_ref())));
        }
        targets.push(Target::Model(model_id::bare(id.get_ref()).to_owned()));
    }
    if targets.is_empty() {
        targets.push(Target::Anyone);
    }
    Ok(targets)
}

impl Target {
    fn name(&self) -> String {
        match self {
            Target::Anyone => "no particular model".to_owned(),
            Target::Family(id) => format!("family `{id}`"),
            Target::Model(id) => format!("model `{id}`"),
        }
    }
}

/// White space folded to single spaces, none at either end.
fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
[[answer]]
prompt = "Why is the sky blue?"
text = "anyone"

[[answer]]
prompt = "Why is  the sky blue?"
families = ["llama", "nova"]
text = "a family"

[[answer]]
prompt = " Why is the sky blue?"
models = ["us.amazon.nova-lite-v1:0"]
text = "a model"
"#;

    #[test]
    fn the_most_specific_text_wins() {
        let texts = Texts::parse(FILE).unwrap();
        let find = |family, model| texts.find("Why is\nthe sky blue? ", family, model);
        assert_eq!(find("nova", "amazon.nova-lite-v1:0"), Some("a model"));
        assert_eq!(find("nova", "amazon.nova-pro-v1:0"), Some("a family"));
        assert_eq!(find("titan-text", "amazon.titan-text-express-v1"), Some("anyone"));
        assert_eq!(texts.find("Why?", "nova", "amazon.nova-lite-v1:0"), None);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let at = |toml: &str| Texts::parse(toml).unwrap_err();
        assert_eq!(at("[[answer]]\nprompt = 'a'\ntext = 'b'\nmodel = 'c'").line, 4);
        let error = at("[[answer]]\nprompt = 'a'\nfamilies = [\n'lama']\ntext = 'b'");
        assert_eq!(error.line, 4);
        assert!(error.to_string().starts_with("line 4: no family `lama`; there are claude-text,"));
        assert_eq!(at("[[answer]]\nprompt = 'a'\nmodels = ['x.y']\ntext = 'b'").line, 3);
        let error = at("[[answer]]\nprompt = 'a'\ntext = 'b'\n\n[[answer]]\nprompt = 'a '\ntext = 'c'");
        assert_eq!(error.to_string(), "line 5: a second text for the same prompt and no particular model");
        assert_eq!(at("[[answer]]\nprompt = 'a'\n").message, "missing field `text`");
    }
}
