//! Which server it is, and which models it has.
//!
//! The OpenAI-compatible interface tells only names. What engine answers, which version, how weights are
//! rounded and their digest stand in each engine's own places, one line each in [`ENGINES`].

use serde_json::Value;

use super::http::Http;
use super::settings::{LOOK, Settings, base};
use super::trouble;
use tutor_provider::ProviderError;
use tutor_provider::trouble::Trouble;

/// Where servers usually listen, in the order they are looked for.
pub const USUAL: [(&str, &str); 4] = [
    ("Ollama", "http://127.0.0.1:11434"),
    ("llama.cpp", "http://127.0.0.1:8080"),
    ("vLLM", "http://127.0.0.1:8000"),
    ("LM Studio", "http://127.0.0.1:1234"),
];

/// A kind of server, as far as it matters what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// `llama-server` of llama.cpp.
    LlamaCpp,
    /// Ollama.
    Ollama,
    /// vLLM.
    Vllm,
    /// LM Studio.
    LmStudio,
    /// Another one.
    Other,
}

impl Engine {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Engine::LlamaCpp => "llama.cpp",
            Engine::Ollama => "Ollama",
            Engine::Vllm => "vLLM",
            Engine::LmStudio => "LM Studio",
            Engine::Other => "an OpenAI-compatible server",
        }
    }

    /// Whether it passes over `tool_choice`, or obeys it only with some models' templates, and so is held to a
    /// tool call by a schema.
    pub(crate) fn forces_tools_by_schema(self) -> bool {
        matches!(self, Engine::LlamaCpp | Engine::Ollama)
    }

    /// Whether it takes sampling from the `top_k` likeliest tokens, which `OpenAI`'s interface has not.
    pub(crate) fn takes_top_k(self) -> bool {
        matches!(self, Engine::LlamaCpp | Engine::Vllm | Engine::LmStudio)
    }
}

/// A server that answered.
#[derive(Debug, Clone)]
pub struct Server {
    /// What it is.
    pub engine: Engine,
    /// Its version, where it tells.
    pub version: Option<String>,
    /// Where it listens.
    pub url: String,
    /// What it has.
    pub models: Vec<Model>,
    pub(crate) http: Http,
}

/// One of a server's models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// What requests call it.
    pub id: String,
    /// How its weights are rounded, where the server tells.
    pub quantization: Option<String>,
    /// The digest of its weights, where the server tells.
    pub digest: Option<String>,
}

impl Model {
    /// Its name for people: of a file its name alone, without what only says how it is stored.
    pub fn name(&self) -> &str {
        let file = self.id.rsplit(['/', '\\']).next().unwrap_or(&self.id);
        let Some(file) = file.strip_suffix(".gguf") else {
            // A maker's name before the slash is no path.
            return if self.id.starts_with(['/', '.', '~']) || self.id.contains('\\') {
                file
            } else {
                &self.id
            };
        };
        let rounded = self.quantization.as_deref().and_then(|word| file.strip_suffix(word));
        rounded.map_or(file, |name| name.trim_end_matches(['.', '-', '_']))
    }
}

/// Tells one engine from others, and what it says of itself and its models.
struct Told {
    engine: Engine,
    /// Where it tells its version, and at which pointer there.
    version: (&'static str, &'static str),
}

const ENGINES: [Told; 3] = [
    Told { engine: Engine::LlamaCpp, version: ("/props", "/build_info") },
    Told { engine: Engine::Ollama, version: ("/api/version", "/version") },
    Told { engine: Engine::Vllm, version: ("/version", "/version") },
];

/// What llama.cpp says where nobody told its build.
const NO_BUILD: &str = "b0-unknown";

/// Finds the server that `settings` mean.
///
/// # Errors
/// There is none, or it may not be asked.
pub async fn find(settings: &Settings) -> Result<Server, ProviderError> {
    let Some(url) = &settings.url else {
        for (_, url) in USUAL {
            if let Ok(server) = at(url, settings).await {
                return Ok(server);
            }
        }
        let looked: Vec<String> = USUAL.iter().map(|(name, url)| format!("{name} at {url}")).collect();
        let what = format!("no local server answers; looked for {}", looked.join(", "));
        let help = "start one, or name another as `url` in [preprocessor.tutor.local]";
        return Err(trouble::error(Trouble::Unreachable, what, help));
    };
    let url = base(url, settings.allow_remote).map_err(|what| {
        let help = "set `url` in [preprocessor.tutor.local]; another machine needs `allow-remote = true`";
        trouble::error(Trouble::Unreachable, what, help)
    })?;
    at(&url, settings).await
}

/// Every server at a usual place.
pub async fn usual(settings: &Settings) -> Vec<Server> {
    let mut found = Vec::new();
    for (_, url) in USUAL {
        found.extend(at(url, settings).await.ok());
    }
    found
}

async fn at(url: &str, settings: &Settings) -> Result<Server, ProviderError> {
    let http = Http::new(url.to_owned(), settings.api_key.clone(), LOOK);
    let response = http.get("/v1/models").await?;
    let status = response.status;
    let is_llama =
        response.headers.get("server").is_some_and(|name| name.as_bytes().starts_with(b"llama.cpp"));
    if status != 200 {
        let body = response.whole().await?;
        return Err(trouble::refused(status, &body, "its list of models"));
    }
    let listed = response.json_soon().await.filter(|listed| listed["data"].is_array());
    let listed = listed.ok_or_else(|| trouble::unreachable(url, "what listens there has no /v1/models"))?;
    let mut models: Vec<Model> = items(&listed["data"]).filter_map(listed_model).collect();
    let (mut engine, mut version) = (Engine::Other, None);
    for told in ENGINES.iter().filter(|told| (told.engine == Engine::LlamaCpp) == is_llama) {
        let (path, pointer) = told.version;
        let Ok(response) = http.get(path).await else { continue };
        let Some(json) = response.json_soon().await else { continue };
        if let Some(word) = json.pointer(pointer).and_then(Value::as_str) {
            (engine, version) = (told.engine, Some(word.to_owned()).filter(|word| word != NO_BUILD));
            break;
        }
    }
    if is_llama {
        engine = Engine::LlamaCpp;
    }
    match engine {
        Engine::Ollama => {
            details(&http, "/api/tags", "models", "/name", "/details/quantization_level", &mut models).await
        }
        Engine::Other => {
            if details(&http, "/api/v0/models", "data", "/id", "/quantization", &mut models).await {
                engine = Engine::LmStudio;
            }
            true
        }
        _ => true,
    };
    Ok(Server { engine, version, url: url.to_owned(), models, http })
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn listed_model(model: &Value) -> Option<Model> {
    Some(Model {
        id: model["id"].as_str()?.to_owned(),
        // llama.cpp's own member.
        quantization: model.pointer("/meta/ftype").and_then(Value::as_str).map(str::to_owned),
        digest: None,
    })
}

/// Adds what an engine's own list says of its models. Returns whether there is such a list.
async fn details(
    http: &Http,
    path: &str,
    list: &str,
    id: &str,
    quantization: &str,
    models: &mut [Model],
) -> bool {
    let Ok(response) = http.get(path).await else { return false };
    let Some(told) = response.json_soon().await.filter(|told| told[list].is_array()) else { return false };
    for detail in items(&told[list]) {
        let word =
            |pointer: &str| detail.pointer(pointer).and_then(Value::as_str).filter(|word| !word.is_empty());
        let Some(model) = models.iter_mut().find(|model| word(id) == Some(&model.id)) else { continue };
        model.quantization = word(quantization).map(str::to_owned);
        model.digest = word("/digest").map(str::to_owned);
    }
    true
}

impl Server {
    /// The engine with its version, as a page names it.
    pub fn in_words(&self) -> String {
        let version = self.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        format!("{}{version}", self.engine.name())
    }

    /// The model that answers for a Bedrock id: the one that the settings name, else the only one.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn model_for(&self, bedrock_id: &str, settings: &Settings) -> Result<&Model, ProviderError> {
        let has = || {
            let names: Vec<&str> = self.models.iter().take(8).map(Model::name).collect();
            if names.is_empty() { "it has none".to_owned() } else { format!("it has {}", names.join(", ")) }
        };
        let Some(name) = settings.model_for(bedrock_id) else {
            return match self.models.as_slice() {
                [only] => Ok(only),
                _ => Err(trouble::error(
                    Trouble::UnknownModel,
                    format!("no local model is named for `{bedrock_id}`; of {}: {}", self.url, has()),
                    "name it in [preprocessor.tutor.local.models], such as \"*\" = \"llama3.2\"",
                )),
            };
        };
        let is_it = |model: &&Model| {
            model.id == name || model.name() == name || model.id.strip_suffix(":latest") == Some(name)
        };
        self.models.iter().find(is_it).ok_or_else(|| {
            trouble::error(
                Trouble::UnknownModel,
                format!("the local server at {} has no model `{name}`; {}", self.url, has()),
                "load it there, or name another in [preprocessor.tutor.local.models]",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str, quantization: Option<&str>) -> String {
        Model { id: id.into(), quantization: quantization.map(str::to_owned), digest: None }.name().to_owned()
    }

    #[test]
    fn of_a_file_only_its_name_is_told() {
        assert_eq!(
            named("/home/ada/models/SmolLM2-135M-Instruct.Q4_1.gguf", Some("Q4_1")),
            "SmolLM2-135M-Instruct"
        );
        assert_eq!(named("C:\\models\\m.gguf", None), "m");
        assert_eq!(named("/models/llama", None), "llama");
        assert_eq!(named("meta-llama/Llama-3.2-1B-Instruct", None), "meta-llama/Llama-3.2-1B-Instruct");
        assert_eq!(named("llama3.2:latest", Some("Q4_K_M")), "llama3.2:latest");
    }
}
