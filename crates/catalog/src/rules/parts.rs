//! Where a part of a request stands in each API's body.

use serde::Deserialize;

use tutor_bedrock::{Json, Operation};

/// An API of Bedrock, by the shape of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    /// `InvokeModel` and its stream: the family's own body.
    InvokeModel,
    /// `Converse` and its stream.
    Converse,
    /// Anthropic's Messages.
    Messages,
    /// `OpenAI`'s Chat Completions.
    ChatCompletions,
    /// `OpenAI`'s Responses.
    Responses,
}

impl Api {
    /// The API of an operation.
    pub fn of(operation: Operation) -> Self {
        match operation {
            Operation::InvokeModel | Operation::InvokeModelWithResponseStream => Api::InvokeModel,
            Operation::Converse | Operation::ConverseStream => Api::Converse,
            Operation::Messages => Api::Messages,
            Operation::ChatCompletions => Api::ChatCompletions,
            Operation::Responses => Api::Responses,
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Api::InvokeModel => "InvokeModel",
            Api::Converse => "Converse",
            Api::Messages => "Messages",
            Api::ChatCompletions => "Chat Completions",
            Api::Responses => "Responses",
        }
    }
}

/// A part of a request, whatever an API calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Part {
    Temperature,
    TopP,
    TopK,
    /// `max_tokens` of `OpenAI`'s APIs, before it was renamed.
    OldMaxTokens,
    MaxOutputTokens,
    ThinkingType,
    Effort,
    ToolChoice,
    ServiceTier,
    AnthropicVersion,
    /// The role of the last message.
    LastTurn,
}

/// A part that is there.
#[derive(Debug)]
pub(super) struct Found {
    /// Its path, with dots.
    pub(super) spelling: String,
    /// Its value as JSON; of an object that stands for a choice, its name.
    pub(super) value: String,
    json: Json,
}

impl Found {
    pub(super) fn number(&self) -> Option<f64> {
        self.json.as_f64()
    }

    pub(super) fn word(&self) -> Option<&str> {
        self.json.as_str()
    }
}

impl Part {
    /// The part in a body of `api`; `None` if it is not there, null, or not known to this API.
    pub(super) fn find(self, api: Api, body: &Json) -> Option<Found> {
        if self == Part::LastTurn {
            return last_turn(api, body);
        }
        if self == Part::ToolChoice {
            return tool_choice(api, body);
        }
        let mut pointers = self.pointers(api).iter();
        pointers.find_map(|pointer| found(body, pointer))
    }

    /// Where it may stand.
    fn pointers(self, api: Api) -> &'static [&'static str] {
        use Api::{ChatCompletions, Converse, InvokeModel, Messages, Responses};
        match (self, api) {
            (Part::Temperature, Converse) => {
                &["/inferenceConfig/temperature", "/additionalModelRequestFields/temperature"]
            }
            (Part::TopP, Converse) => &["/inferenceConfig/topP", "/additionalModelRequestFields/top_p"],
            (Part::TopK, Converse) => &["/additionalModelRequestFields/top_k"],
            (Part::ThinkingType, Converse) => &["/additionalModelRequestFields/thinking/type"],
            (Part::Effort, Converse) => &[
                "/outputConfig/effort",
                "/additionalModelRequestFields/output_config/effort",
                "/additionalModelRequestFields/reasoning_effort",
            ],
            (Part::ServiceTier, Converse) => &["/serviceTier/type"],
            (Part::Temperature, _) => &["/temperature"],
            (Part::TopP, _) => &["/top_p"],
            (Part::TopK, InvokeModel | Messages) => &["/top_k"],
            (Part::ThinkingType, InvokeModel | Messages) => &["/thinking/type"],
            (Part::Effort, InvokeModel | Messages) => &["/output_config/effort", "/reasoning_effort"],
            (Part::Effort, ChatCompletions) => &["/reasoning_effort"],
            (Part::Effort, Responses) => &["/reasoning/effort"],
            (Part::OldMaxTokens, ChatCompletions | Responses | InvokeModel) => &["/max_tokens"],
            (Part::MaxOutputTokens, Responses) => &["/max_output_tokens"],
            (Part::ServiceTier, ChatCompletions | Responses | Messages) => &["/service_tier"],
            (Part::AnthropicVersion, InvokeModel | Messages) => &["/anthropic_version"],
            _ => &[],
        }
    }
}

fn found(body: &Json, pointer: &str) -> Option<Found> {
    let json = body.pointer(pointer).filter(|json| !json.is_null())?;
    let spelling = pointer.trim_start_matches('/').replace('/', ".");
    Some(Found { spelling, value: json.to_compact(), json: json.clone() })
}

fn last_turn(api: Api, body: &Json) -> Option<Found> {
    if api == Api::Responses {
        return None;
    }
    let Json::Array(messages) = body.get("messages")? else { return None };
    let role = messages.last()?.get("role").filter(|role| !role.is_null())?;
    Some(Found { spelling: "messages".to_owned(), value: role.to_compact(), json: role.clone() })
}

/// The kind of choice: Converse and Anthropic write an object, `OpenAI` a word or an object.
fn tool_choice(api: Api, body: &Json) -> Option<Found> {
    let pointer = if api == Api::Converse { "/toolConfig/toolChoice" } else { "/tool_choice" };
    let choice = found(body, pointer)?;
    let kind = match &choice.json {
        Json::Object(object) if api == Api::Converse => {
            object.iter().find(|(_, value)| !value.is_null()).map(|(kind, _)| Json::from(kind))
        }
        Json::Object(object) => object.get("type").cloned(),
        other => Some(other.clone()),
    }?;
    Some(Found { json: kind, ..choice })
}
