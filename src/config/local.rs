//! `[preprocessor.tutor.local]`: the model server on one's own machine.

use indexmap::IndexMap;
use serde::Deserialize;

use tutor_local::{ApiKey, Settings};

/// The table as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct LocalSettings {
    /// Where the server listens; else the first at a usual place that answers.
    pub url: Option<String>,
    /// Which of its models answers for which Bedrock id: ids and patterns with `*`.
    pub models: IndexMap<String, String>,
    /// The Bedrock ids whose weights it has.
    pub same_weights: Vec<String>,
    /// The machine in words for the page.
    pub machine: Option<String>,
    /// The engine in words for the page, where the server does not tell its version.
    pub engine: Option<String>,
    /// The environment variable with the server's key.
    pub api_key_env: Option<String>,
    /// Whether the server may be on another machine.
    pub allow_remote: bool,
}

impl LocalSettings {
    /// Whether the book says nothing of a server.
    pub fn is_empty(&self) -> bool {
        *self == LocalSettings::default()
    }

    /// What to connect with; the key comes from the environment.
    ///
    /// # Errors
    /// The variable that holds the key is not set.
    pub fn settings(&self) -> Result<Settings, String> {
        let key = |name: &String| {
            let value = std::env::var(name).ok().filter(|value| !value.is_empty());
            value.map(ApiKey).ok_or_else(|| format!("`api-key-env` names {name}, which is not set"))
        };
        Ok(Settings {
            url: self.url.clone(),
            models: self.models.iter().map(|(id, model)| (id.clone(), model.clone())).collect(),
            same_weights: self.same_weights.clone(),
            machine: self.machine.clone(),
            engine: self.engine.clone(),
            api_key: self.api_key_env.as_ref().map(key).transpose()?,
            allow_remote: self.allow_remote,
        })
    }
}
