//! One Bedrock request, as it goes over the wire.

use std::fmt;
use std::str::FromStr;

use super::json::Json;
use super::key::Key;

/// The operations of Bedrock Runtime that tutor reads, records and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// `InvokeModel`: the family's own body in, one whole answer out.
    InvokeModel,
    /// `InvokeModelWithResponseStream`: the family's own body in, chunks out.
    InvokeModelWithResponseStream,
    /// `Converse`: one body for all chat models.
    Converse,
    /// `ConverseStream`: the same, answered as events.
    ConverseStream,
    /// Anthropic's Messages API. Like the two below it, its body names the model and says whether to stream.
    Messages,
    /// `OpenAI`'s Chat Completions API.
    ChatCompletions,
    /// `OpenAI`'s Responses API.
    Responses,
}

impl Operation {
    /// Every operation: those of the API reference in its order, then the compatible APIs.
    pub const ALL: [Operation; 7] = [
        Operation::InvokeModel,
        Operation::InvokeModelWithResponseStream,
        Operation::Converse,
        Operation::ConverseStream,
        Operation::Messages,
        Operation::ChatCompletions,
        Operation::Responses,
    ];

    /// The name of the API reference, such as `InvokeModel`.
    pub fn name(self) -> &'static str {
        match self {
            Operation::InvokeModel => "InvokeModel",
            Operation::InvokeModelWithResponseStream => "InvokeModelWithResponseStream",
            Operation::Converse => "Converse",
            Operation::ConverseStream => "ConverseStream",
            Operation::Messages => "Messages",
            Operation::ChatCompletions => "ChatCompletions",
            Operation::Responses => "Responses",
        }
    }

    /// Whether it is one of the two that always stream; a compatible API's body decides, see
    /// [`Call::streams`].
    pub fn streams(self) -> bool {
        matches!(self, Operation::InvokeModelWithResponseStream | Operation::ConverseStream)
    }

    /// Whether the body is Converse's, the same for every family.
    pub fn is_converse(self) -> bool {
        matches!(self, Operation::Converse | Operation::ConverseStream)
    }

    /// Whether the body is the model family's own.
    pub fn is_native(self) -> bool {
        matches!(self, Operation::InvokeModel | Operation::InvokeModelWithResponseStream)
    }

    /// Whether it is one of the APIs that Anthropic's and `OpenAI`'s own clients speak.
    pub fn is_compatible(self) -> bool {
        matches!(self, Operation::Messages | Operation::ChatCompletions | Operation::Responses)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names none of Bedrock Runtime's operations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no operation tutor knows; use InvokeModel, InvokeModelWithResponseStream, Converse, ConverseStream, \
     Messages, ChatCompletions or Responses"
)]
pub struct UnknownOperation(pub String);

impl FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Operation::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
            .ok_or_else(|| UnknownOperation(name.to_owned()))
    }
}

/// What is sent beside the body and changes the answer: headers of `InvokeModel` and of the compatible APIs, and
/// the host of the latter. For Converse the same things stand in the body, so all of these are `None` there.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CallOptions {
    /// `X-Amzn-Bedrock-Trace`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// `X-Amzn-Bedrock-GuardrailIdentifier`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrail_identifier: Option<String>,
    /// `X-Amzn-Bedrock-GuardrailVersion`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrail_version: Option<String>,
    /// `X-Amzn-Bedrock-PerformanceConfig-Latency`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performance_latency: Option<String>,
    /// `X-Amzn-Bedrock-Service-Tier`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    /// The compatible APIs alone: the host, where it is not `bedrock-runtime`, such as `bedrock-mantle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `anthropic-version`, of Messages alone: `InvokeModel` has it in its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anthropic_version: Option<String>,
    /// `anthropic-beta`, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anthropic_beta: Option<String>,
}

/// The second host of the compatible APIs, as [`CallOptions::host`] names it.
pub const MANTLE: &str = "bedrock-mantle";

impl CallOptions {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == CallOptions::default()
    }
}

/// One request: what is sent, to which model, through which operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The operation.
    pub operation: Operation,
    /// The model id, inference profile id or ARN exactly as sent.
    pub model_id: String,
    /// The wire body: `InvokeModel`'s native body, Converse's without the model id, or a compatible API's, which
    /// names the model too.
    pub body: Json,
    /// What else is sent and changes the answer.
    pub options: CallOptions,
    /// The region that the code names, which decides where it is sent and what it costs. It changes no
    /// answer, so it is not part of the key.
    pub region: Option<String>,
}

impl Call {
    /// A call without any extra headers.
    pub fn new(operation: Operation, model_id: impl Into<String>, body: Json) -> Self {
        Call { operation, model_id: model_id.into(), body, options: CallOptions::default(), region: None }
    }

    /// The same from code that names this region, if it does.
    #[must_use]
    pub fn in_region(self, region: Option<&str>) -> Self {
        Call { region: region.map(str::to_owned), ..self }
    }

    /// Whether the answer comes in pieces.
    pub fn streams(&self) -> bool {
        let asked = || self.body.get("stream").and_then(Json::as_bool) == Some(true);
        self.operation.streams() || self.operation.is_compatible() && asked()
    }

    /// Whether it goes to `bedrock-mantle`.
    pub fn is_on_mantle(&self) -> bool {
        self.options.host.as_deref() == Some(MANTLE)
    }

    /// The call's identity; see [`Key`].
    pub fn key(&self) -> Key {
        Key::of(self)
    }
}
