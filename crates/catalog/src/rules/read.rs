//! Reads `rules.toml`.

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Deserialize;

use super::parts::{Api, Part};
use super::pattern::Patterns;
use super::{Refuse, Rule};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: IndexMap<String, Source>,
    rule: Vec<RawRule>,
}

/// Where facts were read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) title: String,
    #[serde(rename = "url")]
    _url: String,
    read: toml::value::Datetime,
}

impl Source {
    /// The day.
    pub(super) fn day(&self) -> Result<Date, String> {
        self.read.to_string().parse().map_err(|error| format!("{}: {error}", self.read))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    models: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    part: Part,
    refuse: RawRefuse,
    #[serde(default)]
    apis: Vec<Api>,
    words: Option<String>,
    note: Option<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawRefuse {
    Always,
    Unless(Vec<f64>),
    Is(Vec<String>),
    Below(f64),
    With(Part),
}

/// The rules of a file.
pub(super) fn rules(text: &str) -> Result<Vec<Rule>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let rule = |raw: RawRule| {
        let source = file.source.get(&raw.source).ok_or_else(|| format!("no source {}", raw.source))?;
        Ok(Rule {
            models: Patterns::new(raw.models, raw.except),
            part: raw.part,
            refuse: match raw.refuse {
                RawRefuse::Always => Refuse::Always,
                RawRefuse::Unless(values) => Refuse::Unless(values),
                RawRefuse::Is(words) => Refuse::Is(words),
                RawRefuse::Below(limit) => Refuse::Below(limit),
                RawRefuse::With(part) => Refuse::With(part),
            },
            apis: raw.apis,
            words: raw.words,
            note: raw.note,
            source: source.title.clone(),
            as_of: source.day()?,
        })
    };
    file.rule.into_iter().map(rule).collect()
}
