//! Where a compatible API's request goes: the SDK signs it as it signs its own, with a key pair or a bearer key.
//!
//! `bedrock-mantle` takes signatures for the service `bedrock` (AWS's samples of 2026-08-22 and litellm 1.110.2 sign
//! so, read 2026-11-27).

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use super::wire::{host, is_amazon};
use tutor_bedrock::family::compatible;
use tutor_bedrock::{Call, Operation};
use tutor_catalog::rules::Api;
use tutor_catalog::rules::hosts::{self, Host};

/// Where a request goes, and what it says beside its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Road {
    path: String,
    /// The second host's name; `None` for `bedrock-runtime`.
    mantle: Option<String>,
    headers: Vec<(&'static str, String)>,
}

/// What comes before the path on somebody else's server, such as tutor's own, that stands for both hosts.
const MANTLE_BASE: &str = "/mantle";

impl Road {
    /// The road of a call to a compatible API; `None` for the SDK's own operations.
    pub(super) fn of(call: &Call, region: &str) -> Option<Self> {
        let api = compatible::of(call.operation)?;
        let mantle = call.is_on_mantle();
        let base = if call.operation == Operation::Messages { "/anthropic" } else { openai_base(call) };
        let options = &call.options;
        let version = (call.operation == Operation::Messages)
            .then(|| options.anthropic_version.clone().unwrap_or_else(|| "2023-06-01".to_owned()));
        let headers = [
            ("anthropic-version", version),
            ("anthropic-beta", options.anthropic_beta.clone()),
            ("x-amzn-bedrock-guardrailidentifier", options.guardrail_identifier.clone()),
            ("x-amzn-bedrock-guardrailversion", options.guardrail_version.clone()),
            ("x-amzn-bedrock-trace", options.trace.clone()),
        ];
        let headers = headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let mantle = mantle.then(|| format!("bedrock-mantle.{region}.api.aws"));
        Some(Road { path: format!("{base}{}", api.path()), mantle, headers })
    }

    /// Leads the SDK's request there, before it is signed.
    pub(super) fn lead(&self, request: &mut HttpRequest) -> Result<(), BoxError> {
        let asked = request.uri().to_owned();
        let (scheme, rest) = asked.split_once("://").unwrap_or(("https", &asked));
        let authority = rest.split('/').next().unwrap_or(rest);
        let (authority, base) = match &self.mantle {
            Some(mantle) if is_amazon(host(&asked)) => (mantle.as_str(), ""),
            Some(_) => (authority, MANTLE_BASE),
            None => (authority, ""),
        };
        request.set_uri(format!("{scheme}://{authority}{base}{}", self.path))?;
        if self.mantle.is_some() {
            request.headers_mut().insert("host", authority.to_owned());
        }
        for (name, value) in &self.headers {
            request.headers_mut().insert(*name, value.clone());
        }
        Ok(())
    }
}

/// `bedrock-mantle` serves older models below `/v1`, everything else is below `/openai/v1`.
fn openai_base(call: &Call) -> &'static str {
    let api = Api::of(call.operation);
    let here = |it: &hosts::Served| it.host == Host::Mantle && it.api == api;
    match hosts::of(&call.model_id).into_iter().find(here) {
        Some(served) if call.is_on_mantle() => served.path,
        _ => "/openai/v1",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use tutor_bedrock::call::MANTLE;

    fn led(operation: Operation, model: &str, mantle: bool, asked: &str) -> (String, Option<String>) {
        let mut call = Call::new(operation, model, json!({"model": model}).into());
        call.options.host = mantle.then(|| MANTLE.to_owned());
        let mut request = HttpRequest::empty();
        request.set_uri(asked.to_owned()).unwrap();
        Road::of(&call, "us-east-1").unwrap().lead(&mut request).unwrap();
        let version = request.headers().get("anthropic-version").map(str::to_owned);
        (request.uri().to_owned(), version)
    }

    #[test]
    fn every_api_has_its_road_on_both_hosts() {
        let runtime = "https://bedrock-runtime.us-east-1.amazonaws.com/model/x/invoke";
        let sonnet = "us.anthropic.claude-sonnet-5-5";
        assert_eq!(
            led(Operation::Messages, sonnet, false, runtime),
            (
                "https://bedrock-runtime.us-east-1.amazonaws.com/anthropic/v1/messages".to_owned(),
                Some("2023-06-01".to_owned())
            )
        );
        let uri = |operation, model, mantle, asked| led(operation, model, mantle, asked).0;
        assert_eq!(
            uri(Operation::Responses, "openai.gpt-6-sol", true, runtime),
            "https://bedrock-mantle.us-east-1.api.aws/openai/v1/responses"
        );
        assert_eq!(
            uri(Operation::ChatCompletions, "openai.gpt-oss-120b", true, runtime),
            "https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions"
        );
        assert_eq!(
            uri(Operation::ChatCompletions, "openai.gpt-oss-120b", true, "http://127.0.0.1:9/model/x/invoke"),
            "http://127.0.0.1:9/mantle/v1/chat/completions"
        );
    }
}
