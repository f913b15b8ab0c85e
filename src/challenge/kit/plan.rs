//! What an author writes about a challenge of the kit.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::draw::Draw;

/// The scenario of a challenge.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Plan {
    /// The names of the function's parameters, in order.
    pub parameters: Vec<String>,
    /// What is drawn anew for each round, by name.
    #[serde(default)]
    pub draw: BTreeMap<String, Draw>,
    /// The rounds, in order.
    pub rounds: Vec<RoundPlan>,
}

/// One call of the function.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RoundPlan {
    /// By what checks name it.
    pub name: String,
    /// What happens in it, as a clause.
    pub says: String,
    /// The arguments, by parameter.
    pub arguments: toml::Table,
    /// What stub models reply: the first reply that fits and is not used up.
    #[serde(rename = "reply", default)]
    pub replies: Vec<ReplyPlan>,
}

/// What a stub model replies.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ReplyPlan {
    /// Only to requests to this model.
    pub model: Option<String>,
    /// Only to requests whose body has this.
    pub when: Option<String>,
    /// Only so often.
    pub times: Option<u32>,
    /// Words.
    pub text: Option<String>,
    /// A tool that it wants called.
    pub tool: Option<ToolPlan>,
    /// An error instead.
    pub error: Option<ErrorPlan>,
    /// A number or a text such as `{in}`.
    pub input_tokens: Option<toml::Value>,
    /// The same.
    pub output_tokens: Option<toml::Value>,
    /// `end`, `length`.
    pub stop: Option<String>,
    /// When the first words come, in milliseconds; a number or a text such as `{first}`.
    pub first_ms: Option<toml::Value>,
    /// When all is there.
    pub total_ms: Option<toml::Value>,
}

/// A tool use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolPlan {
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub input: toml::Table,
}

/// An error in Bedrock's form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorPlan {
    /// HTTP status.
    pub status: u16,
    /// Its name.
    pub kind: String,
    /// Its words.
    pub message: String,
}

impl Plan {
    /// Why this cannot be played, if it cannot.
    pub fn fault(&self) -> Option<String> {
        for round in &self.rounds {
            let given: Vec<&String> = round.arguments.keys().collect();
            if given.len() != self.parameters.len()
                || !self.parameters.iter().all(|name| given.contains(&name))
            {
                return Some(format!(
                    "round `{}` must have the arguments {}",
                    round.name,
                    self.parameters.join(", ")
                ));
            }
            for reply in &round.replies {
                let kinds = [reply.text.is_some(), reply.tool.is_some(), reply.error.is_some()];
                if kinds.iter().filter(|there| **there).count() != 1 {
                    return Some(format!("a reply of round `{}` needs one of text, tool, error", round.name));
                }
            }
        }
        self.rounds.is_empty().then(|| "a challenge of the kit needs a [[scenario.rounds]]".to_owned())
    }
}
