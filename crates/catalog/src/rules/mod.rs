//! What Bedrock makes of single parts of a request, and which host serves which API: rules of models as
//! data, for `tutor check`, the endpoint, `record` and the stand-ins alike.
//!
//! In go a model id and a request's body; out come [`Refused`] parts with Bedrock's words, as far as
//! anybody has seen them. Schemas of whole bodies are tutor-schema's business, lifecycles and limits are
//! [`super::Model`]'s. `rules.toml` holds the rules, `hosts.toml` the hosts; [`parts`] says where in each
//! dialect a part stands.

pub mod hosts;
mod parts;
mod pattern;
mod read;

use std::sync::LazyLock;

use jiff::civil::Date;

pub use parts::Api;

use parts::Part;
use pattern::Patterns;
use tutor_bedrock::{Call, Json, model_id};

/// A part of a request that the model refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// How the request spells it: `inferenceConfig.temperature`.
    pub spelling: String,
    /// The value, in one line of JSON.
    pub value: String,
    /// What is said about it.
    pub words: Words,
    /// What explains a difference between sources, or what to do.
    pub note: Option<&'static str>,
    /// Where the rule was read.
    pub source: &'static str,
    /// The day it was read.
    pub as_of: Date,
}

/// Who says what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Bedrock, as far as anybody has seen it.
    Bedrocks(String),
    /// tutor: the refusal is known, its words are not.
    Ours(String),
}

impl Words {
    /// What is said.
    pub fn text(&self) -> &str {
        match self {
            Words::Bedrocks(text) | Words::Ours(text) => text,
        }
    }
}

/// One rule.
#[derive(Debug)]
struct Rule {
    models: Patterns,
    part: Part,
    refuse: Refuse,
    apis: Vec<Api>,
    words: Option<String>,
    note: Option<String>,
    source: String,
    as_of: Date,
}

/// When a part is refused.
#[derive(Debug, Clone, PartialEq)]
enum Refuse {
    /// Whenever it is there.
    Always,
    /// If it is a number other than one of these.
    Unless(Vec<f64>),
    /// If it is one of these words.
    Is(Vec<String>),
    /// If it is a smaller number.
    Below(f64),
    /// If another part is there too.
    With(Part),
}

/// The rules, read when they are first needed.
static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| read::rules(include_str!("rules.toml")).expect("the embedded rules are tested"));

/// Every part of `body` that the model refuses, in the rules' order. `body` is what goes over the wire to
/// `api`; parts of it that are null are not known, and nothing is said of them.
pub fn refused(model_id: &str, api: Api, body: &Json) -> Vec<Refused> {
    let bare = model_id::bare(model_id);
    let rules = RULES
        .iter()
        .filter(|rule| rule.models.contain(bare) && (rule.apis.is_empty() || rule.apis.contains(&api)));
    rules.filter_map(|rule| rule.judge(model_id, api, body)).collect()
}

/// The same for a whole call: what Anthropic's API has as a header counts as if it stood in the body.
pub fn refused_of(call: &Call) -> Vec<Refused> {
    let api = Api::of(call.operation);
    match (&call.body, &call.options.anthropic_version) {
        (Json::Object(members), Some(version)) if api == Api::Messages => {
            let mut members = members.clone();
            members.insert("anthropic_version", version.as_str().into());
            refused(&call.model_id, api, &Json::Object(members))
        }
        (body, _) => refused(&call.model_id, api, body),
    }
}

impl Rule {
    fn judge(&'static self, model_id: &str, api: Api, body: &Json) -> Option<Refused> {
        let found = self.part.find(api, body)?;
        let is_refused = match &self.refuse {
            Refuse::Always => true,
            Refuse::Unless(values) => found.number().is_some_and(|it| !values.contains(&it)),
            Refuse::Is(words) => found.word().is_some_and(|it| words.iter().any(|word| word == it)),
            Refuse::Below(limit) => found.number().is_some_and(|it| it < *limit),
            Refuse::With(other) => other.find(api, body).is_some(),
        };
        let words = || match &self.words {
            Some(words) => Words::Bedrocks(
                words.replace("{id}", model_id).replace("{value}", found.word().unwrap_or(&found.value)),
            ),
            None => {
                Words::Ours(format!("`{}` with {} is refused by this model", found.spelling, found.value))
            }
        };
        is_refused.then(|| Refused {
            words: words(),
            spelling: found.spelling.clone(),
            value: found.value.clone(),
            note: self.note.as_deref(),
            source: &self.source,
            as_of: self.as_of,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(id: &str, api: Api, body: serde_json::Value) -> Vec<String> {
        refused(id, api, &body.into()).iter().map(|it| it.words.text().to_owned()).collect()
    }

    #[test]
    fn newer_claude_takes_no_sampling_parameter_in_either_dialect() {
        let id = "us.anthropic.claude-sonnet-5-5";
        let native =
            json!({"max_tokens": 9, "temperature": 0.2, "messages": [{"role": "user", "content": "a"}]});
        assert_eq!(said(id, Api::InvokeModel, native), ["`temperature` is deprecated for this model."]);
        let converse = json!({"messages": [], "inferenceConfig": {"temperature": 0.2, "topP": 0.5}});
        assert_eq!(
            said(id, Api::Converse, converse),
            ["`temperature` is deprecated for this model.", "`top_p` is deprecated for this model."]
        );
    }

    #[test]
    fn what_may_be_allowed_is_not_refused() {
        let id = "us.anthropic.claude-fable-5-1";
        let body = json!({"temperature": 1.0, "top_p": null, "messages": [{"role": "user", "content": "a"}]});
        assert!(said(id, Api::InvokeModel, body).is_empty());
        let old = json!({"temperature": 0.2, "top_p": 0.9, "top_k": 5});
        assert!(said("anthropic.claude-3-haiku-20240307-v1:0", Api::InvokeModel, old.clone()).is_empty());
        assert_eq!(said("us.anthropic.claude-haiku-4-5-20251001-v1:0", Api::InvokeModel, old).len(), 1);
        assert!(said("openai.gpt-oss-120b-1:0", Api::ChatCompletions, json!({"max_tokens": 5})).is_empty());
    }

    #[test]
    fn turns_tools_and_thinking_have_their_rules() {
        let id = "us.anthropic.claude-opus-5-5";
        let body = json!({
            "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}],
            "tool_choice": {"type": "any"},
            "thinking": {"type": "enabled", "budget_tokens": 2000},
        });
        let said = said(id, Api::Messages, body);
        assert_eq!(said.len(), 3, "{said:#?}");
        let converse = json!({
            "messages": [{"role": "user", "content": [{"text": "a"}]}],
            "toolConfig": {"tools": [], "toolChoice": {"tool": {"name": "t"}}},
        });
        assert_eq!(self::said(id, Api::Converse, converse).len(), 1);
    }

    #[test]
    fn words_name_the_value_and_the_model() {
        let body =
            json!({"model": "us.openai.gpt-6-sol", "input": "a", "temperature": 0.2, "max_output_tokens": 8});
        assert_eq!(
            said("us.openai.gpt-6-sol", Api::Responses, body),
            [
                "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
                "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 8 instead.",
            ]
        );
    }

    #[test]
    fn every_pattern_is_a_model_of_the_catalog() {
        let catalog = crate::Catalog::embedded();
        for pattern in RULES.iter().flat_map(|rule| rule.models.all()).chain(hosts::patterns()) {
            let bare = pattern.strip_suffix('*').unwrap_or(pattern);
            assert!(catalog.ids().any(|id| id.starts_with(bare)), "{pattern} means no model");
        }
    }
}
