//! The compatible APIs: Messages, Chat Completions and Responses, on the paths of both of Bedrock's hosts.
//!
//! `bedrock-runtime`'s paths stand at the root, `bedrock-mantle`'s below [`MANTLE`]. Below [`EITHER`] the model's id
//! tells the host: for clients whose one variable may mean both. Paths, ids and refusals are those of AWS's per-model
//! samples of 2026-08-22 and of recorded traffic (read 2026-11-27).

mod check;
mod kept;
mod service;

use axum::http::{HeaderMap, Method, StatusCode};

pub(super) use check::check;
pub(super) use kept::Kept;

use super::refusal::Refusal;
use tutor_bedrock::call::{self, CallOptions};
use tutor_bedrock::{Call, Json, Operation, model_id};

/// What stands before the paths of `bedrock-mantle`.
pub(super) const MANTLE: &str = "/mantle";
/// What stands before paths of which the model's id tells the host.
pub(super) const EITHER: &str = "/any";

/// Which host a request means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Base {
    Runtime,
    Mantle,
    Either,
}

/// Where a request was led.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Led {
    pub(super) base: Base,
    /// What stands before the API's own path: `/openai/v1`.
    pub(super) family: &'static str,
}

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource<'p> {
    Run(Operation),
    CountTokens,
    Models,
    Model(&'p str),
    /// A stored response.
    Response(&'p str),
    Deleted(&'p str),
    Cancelled(&'p str),
    /// What this host does not have.
    Nothing,
}

const FAMILIES: [&str; 3] = ["/openai/v1", "/anthropic/v1", "/v1"];

/// How paths begin that only clients of these APIs ask for, right or wrong.
const BEGINNINGS: [&str; 6] =
    ["/openai/", "/anthropic/", "/v1/", "/chat/completions", "/responses", "/messages"];

/// What `method` and `path` name; `None` for everything that is no compatible API's.
pub(super) fn route<'p>(method: &Method, path: &'p str) -> Option<(Led, Resource<'p>)> {
    let below = |base: &str| path.strip_prefix(base).filter(|rest| rest.starts_with('/'));
    let (base, path) = match (below(MANTLE), below(EITHER)) {
        (Some(rest), _) => (Base::Mantle, rest),
        (_, Some(rest)) => (Base::Either, rest),
        _ => (Base::Runtime, path),
    };
    if base == Base::Runtime && !BEGINNINGS.iter().any(|start| path.starts_with(start)) {
        return None;
    }
    let Some((family, rest)) =
        FAMILIES.iter().find_map(|family| Some((*family, path.strip_prefix(*family)?)))
    else {
        return Some((Led { base, family: "" }, Resource::Nothing));
    };
    let led = Led { base, family };
    Some((led, resource(led, method, rest)))
}

fn resource<'p>(led: Led, method: &Method, rest: &'p str) -> Resource<'p> {
    let (post, get, delete) = (method == Method::POST, method == Method::GET, method == Method::DELETE);
    let (anthropic, mantle) = (led.family == "/anthropic/v1", led.base != Base::Runtime);
    if led.family == "/v1" && !mantle {
        return Resource::Nothing;
    }
    match rest {
        "/messages" if anthropic && post => Resource::Run(Operation::Messages),
        "/messages/count_tokens" if anthropic && mantle && post => Resource::CountTokens,
        _ if anthropic => Resource::Nothing,
        "/chat/completions" if post => Resource::Run(Operation::ChatCompletions),
        "/responses" if post => Resource::Run(Operation::Responses),
        "/models" if get && led.family == "/v1" => Resource::Models,
        _ => match rest.strip_prefix("/responses/").map(|id| (id, id.strip_suffix("/cancel"))) {
            Some((_, Some(id))) if post && !id.contains('/') => Resource::Cancelled(id),
            Some((id, None)) if get && !id.contains('/') => Resource::Response(id),
            Some((id, None)) if delete && !id.contains('/') => Resource::Deleted(id),
            Some(_) => Resource::Nothing,
            None => match rest.strip_prefix("/models/") {
                Some(id) if get && led.family == "/v1" => Resource::Model(id),
                _ => Resource::Nothing,
            },
        },
    }
}

impl Led {
    /// Whether the host is `bedrock-mantle`. Its ids have neither a geography nor a version.
    pub(super) fn is_mantle(self, id: &str) -> bool {
        match self.base {
            Base::Runtime => false,
            Base::Mantle => true,
            Base::Either => model_id::bare(id) == id && !id.contains(':'),
        }
    }

    /// The call that a body makes here.
    ///
    /// # Errors
    /// It names no model.
    pub(super) fn call(
        self,
        operation: Operation,
        options: &CallOptions,
        body: Json,
    ) -> Result<Call, Refusal> {
        let Some(model) = body.get("model").and_then(Json::as_str).filter(|model| !model.is_empty()) else {
            return Err(match operation {
                Operation::Messages => Refusal::validation("model: Field required"),
                _ => {
                    Refusal::ours(StatusCode::BAD_REQUEST, "ValidationException", "the body names no `model`")
                }
            });
        };
        let mut options = options.clone();
        let model = model.to_owned();
        if self.is_mantle(&model) {
            options = CallOptions {
                host: Some(call::MANTLE.to_owned()),
                anthropic_version: options.anthropic_version,
                anthropic_beta: options.anthropic_beta,
                ..CallOptions::default()
            };
        }
        Ok(Call { operation, model_id: model, body, options, region: None })
    }
}

/// The headers that change an answer: guardrails on `bedrock-runtime`'s Chat Completions and Messages (Responses and
/// the other host ignore them), Anthropic's version and betas.
pub(super) fn options(operation: Operation, headers: &HeaderMap) -> CallOptions {
    let value = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let guarded = |name: &str| if operation == Operation::Responses { None } else { value(name) };
    let anthropic = |name: &str| if operation == Operation::Messages { value(name) } else { None };
    CallOptions {
        trace: guarded("x-amzn-bedrock-trace"),
        guardrail_identifier: guarded("x-amzn-bedrock-guardrailidentifier"),
        guardrail_version: guarded("x-amzn-bedrock-guardrailversion"),
        anthropic_version: anthropic("anthropic-version"),
        anthropic_beta: anthropic("anthropic-beta"),
        ..CallOptions::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_has_its_own_paths() {
        let named = |method: Method, path: &'static str| route(&method, path).map(|(_, resource)| resource);
        let post = |path| named(Method::POST, path);
        assert_eq!(post("/openai/v1/chat/completions"), Some(Resource::Run(Operation::ChatCompletions)));
        assert_eq!(post("/anthropic/v1/messages"), Some(Resource::Run(Operation::Messages)));
        assert_eq!(post("/mantle/v1/responses"), Some(Resource::Run(Operation::Responses)));
        for wrong in [
            "/v1/chat/completions",
            "/openai/chat/completions",
            "/anthropic/v1/messages/count_tokens",
            "/v1/x",
        ] {
            assert_eq!(post(wrong), Some(Resource::Nothing), "{wrong}");
        }
        assert_eq!(post("/mantle/anthropic/v1/messages/count_tokens"), Some(Resource::CountTokens));
        assert_eq!(post("/openai/v1/responses/resp_1/cancel"), Some(Resource::Cancelled("resp_1")));
        assert_eq!(named(Method::GET, "/openai/v1/responses/resp_1"), Some(Resource::Response("resp_1")));
        assert_eq!(named(Method::GET, "/mantle/v1/models"), Some(Resource::Models));
        for absent in ["/openai/v1/models", "/mantle/openai/v1/models"] {
            assert_eq!(named(Method::GET, absent), Some(Resource::Nothing), "{absent}");
        }
        for others in ["/model/a/invoke", "/", "/mantle", "/guardrail/g/version/1/apply"] {
            assert_eq!(post(others), None, "{others}");
        }
    }

    #[test]
    fn the_id_tells_the_host_where_the_path_does_not() {
        let led = Led { base: Base::Either, family: "/openai/v1" };
        assert!(led.is_mantle("openai.gpt-6-sol") && led.is_mantle("openai.gpt-oss-120b"));
        assert!(!led.is_mantle("us.openai.gpt-6-sol") && !led.is_mantle("openai.gpt-oss-120b-1:0"));
    }
}
