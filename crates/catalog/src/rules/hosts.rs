//! Bedrock's two hosts, and which API of which model each of them serves.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::parts::Api;
use super::pattern::Patterns;
use super::read::Source;
use tutor_bedrock::model_id;

/// A host of Bedrock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    /// `bedrock-runtime.{region}.amazonaws.com`.
    Runtime,
    /// `bedrock-mantle.{region}.api.aws`.
    Mantle,
}

impl Host {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Host::Runtime => "bedrock-runtime",
            Host::Mantle => "bedrock-mantle",
        }
    }
}

/// That a host serves an API of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// The host.
    pub host: Host,
    /// The API.
    pub api: Api,
    /// What comes before the API's own path: `/openai/v1`.
    pub path: &'static str,
    /// Whether sources agree.
    pub is_certain: bool,
    /// Where it was read, and the day.
    pub source: &'static str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: IndexMap<String, Source>,
    serves: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    host: Host,
    path: String,
    apis: Vec<Api>,
    models: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default = "yes")]
    certain: bool,
    source: String,
}

fn yes() -> bool {
    true
}

struct Entry {
    host: Host,
    path: String,
    apis: Vec<Api>,
    models: Patterns,
    certain: bool,
    source: String,
}

static ENTRIES: LazyLock<Vec<Entry>> =
    LazyLock::new(|| read(include_str!("hosts.toml")).expect("the embedded hosts are tested"));

fn read(text: &str) -> Result<Vec<Entry>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let entry = |raw: Raw| {
        let source = file.source.get(&raw.source).ok_or_else(|| format!("no source {}", raw.source))?;
        Ok(Entry {
            host: raw.host,
            path: raw.path,
            apis: raw.apis,
            models: Patterns::new(raw.models, raw.except),
            certain: raw.certain,
            source: format!("{}, read {}", source.title, source.day()?),
        })
    };
    file.serves.into_iter().map(entry).collect()
}

/// Where the compatible APIs of a model are served, as far as anybody has seen. Empty for a model that is
/// served by `InvokeModel` and `Converse` alone, and for one that nobody knows.
pub fn of(model_id: &str) -> Vec<Served> {
    let bare = model_id::bare(model_id);
    let entries = ENTRIES.iter().filter(|entry| entry.models.contain(bare));
    entries
        .flat_map(|entry| {
            entry.apis.iter().map(|&api| Served {
                host: entry.host,
                api,
                path: &entry.path,
                is_certain: entry.certain,
                source: &entry.source,
            })
        })
        .collect()
}

/// Every pattern, for a test.
#[cfg(test)]
pub(super) fn patterns() -> impl Iterator<Item = &'static str> {
    ENTRIES.iter().flat_map(|entry| entry.models.all())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(id: &str) -> Vec<String> {
        let of = of(id).into_iter();
        of.map(|it| format!("{} {}{}", it.host.name(), it.path, it.api.name())).collect()
    }

    #[test]
    fn paths_depend_on_the_host_and_the_model() {
        assert_eq!(
            served("openai.gpt-oss-120b-1:0"),
            [
                "bedrock-mantle /v1Chat Completions",
                "bedrock-mantle /v1Responses",
                "bedrock-runtime /openai/v1Chat Completions",
            ]
        );
        assert_eq!(
            served("anthropic.claude-haiku-4-5-20251001-v1:0"),
            ["bedrock-mantle /anthropic/v1Messages"],
            "runtime answers 404 for it"
        );
        assert!(served("amazon.nova-lite-v1:0").is_empty());
    }
}
