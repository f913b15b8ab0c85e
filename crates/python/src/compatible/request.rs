//! The arguments of a method as a call.

use super::Built;
use crate::builtins::Holes;
use crate::evaluate::Evaluator;
use crate::value::{Args, Value};
use tutor_bedrock::call::MANTLE;
use tutor_bedrock::found::PartialCall;
use tutor_bedrock::{Call, Json, JsonObject, Operation};

/// What a method sends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) operation: Operation,
    /// Whether it streams whatever its arguments say.
    pub(super) streams: bool,
    pub(super) is_mantle: bool,
    /// The major version that the chapter pins anthropic to.
    pub(super) anthropic: Option<u32>,
}

/// Arguments of the clients that go over the wire as they are (signatures of openai 2.54 and anthropic 2.12).
const CHAT: &str = "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens \
    max_tokens messages metadata modalities model moderation n parallel_tool_calls prediction presence_penalty \
    prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier \
    seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity \
    web_search_options";
const RESPONSES: &str = "background context_management conversation include input instructions max_output_tokens \
    max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key \
    prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options \
    temperature text tool_choice tools top_logprobs top_p truncation user";
const MESSAGES: &str = "cache_control container inference_geo max_tokens messages metadata model output_config \
    service_tier speed stop_sequences stream system thinking tool_choice tools";

impl Asked {
    fn takes(self) -> &'static str {
        match self.operation {
            Operation::ChatCompletions => CHAT,
            Operation::Responses => RESPONSES,
            _ => MESSAGES,
        }
    }

    /// What anthropic sends as its version: a header, or a member of `InvokeModel`'s body.
    fn version(self) -> &'static str {
        match (self.anthropic, self.operation) {
            (Some(0 | 1), Operation::InvokeModel) => "bedrock-2023-05-31",
            (Some(0 | 1), _) => "2023-06-01",
            _ => "2026-10-21",
        }
    }

    fn needs(self) -> &'static [&'static str] {
        match self.operation {
            Operation::ChatCompletions => &["messages", "model"],
            Operation::Responses => &["model"],
            _ => &["max_tokens", "messages", "model"],
        }
    }
}

impl Evaluator<'_> {
    /// The call that these arguments make, or why it is not known.
    pub(super) fn compatible_call(&self, asked: Asked, args: &Args) -> Built<Call> {
        if !args.pos.is_empty() {
            return Err(self.why("the client takes no positional arguments here"));
        }
        if let Some(why) = &args.open {
            return Err(why.clone());
        }
        let mut body = JsonObject::default();
        for (name, value) in &args.kw {
            match &**name {
                "timeout" | "extra_body" => {}
                name if asked.takes().split_whitespace().any(|known| known == name) => {
                    body.insert(name, self.json_of(value, Holes::Refused)?);
                }
                "temperature" | "top_p" | "top_k" if asked.anthropic == Some(0) => {
                    body.insert(&**name, self.json_of(value, Holes::Refused)?);
                }
                "temperature" | "top_p" | "top_k" => {
                    return Err(self.why(format!(
                        "anthropic 1.0 and later have no parameter `{name}`: the call raises TypeError"
                    )));
                }
                name => return Err(self.why(format!("`{name}` is not read here"))),
            }
        }
        if let Some(extra) = args.named("extra_body").filter(|value| !matches!(value, Value::None)) {
            let Json::Object(extra) = self.json_of(extra, Holes::Refused)? else {
                return Err(self.why("`extra_body` is no dict"));
            };
            for (name, value) in &extra {
                body.insert(name, value.clone());
            }
        }
        for name in asked.needs() {
            if body.get(name).is_none() {
                return Err(self.why(format!("no `{name}` is given: the client raises TypeError")));
            }
        }
        if asked.streams {
            body.insert("stream", Json::Bool(true));
        }
        let Some(Json::String(model_id)) = body.get("model").cloned() else {
            return Err(self.why("the model id is no text"));
        };
        Ok(finished(asked, model_id, body))
    }

    /// What is known of a call.
    pub(super) fn compatible_partial(&self, asked: Asked, args: &Args) -> PartialCall {
        let members =
            args.kw.iter().filter(|(name, _)| asked.takes().split_whitespace().any(|known| known == &**name));
        let members: JsonObject = members
            .map(|(name, value)| (name.to_string(), self.json_of(value, Holes::Null).unwrap_or(Json::Null)))
            .collect();
        let model_id = args.named("model").and_then(Value::as_str).map(str::to_owned);
        let call = finished(asked, String::new(), members);
        PartialCall { operation: call.operation, model_id, body: Some(call.body) }
    }
}

/// The call as the client sends it.
fn finished(asked: Asked, model_id: String, mut body: JsonObject) -> Call {
    if asked.operation != Operation::InvokeModel {
        let mut call = Call::new(asked.operation, model_id, Json::Object(body));
        call.options.host = asked.is_mantle.then(|| MANTLE.to_owned());
        call.options.anthropic_version =
            (asked.operation == Operation::Messages).then(|| asked.version().to_owned());
        return call;
    }
    let streams = body.remove("stream").and_then(|stream| stream.as_bool()) == Some(true);
    body.remove("model");
    if body.get("anthropic_version").is_none() {
        body.insert("anthropic_version", asked.version().into());
    }
    let operation = if streams { Operation::InvokeModelWithResponseStream } else { Operation::InvokeModel };
    Call::new(operation, model_id, Json::Object(body))
}
