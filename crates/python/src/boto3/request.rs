//! The arguments of a boto3 method as a call.

use std::rc::Rc;

use crate::builtins::Holes;
use crate::evaluate::Evaluator;
use crate::heap::Object;
use crate::reason::Why;
use crate::value::{Args, Value};
use tutor_bedrock::found::PartialCall;
use tutor_bedrock::{Call, CallOptions, Json, JsonObject, Operation};

/// What `invoke_model` takes beside the model and the body, with where it goes; `None`: it changes
/// no answer.
type Slot = fn(&mut CallOptions) -> Option<&mut Option<String>>;
const INVOKE_PARAMETERS: [(&str, Slot); 7] = [
    ("contentType", |_| None),
    ("accept", |_| None),
    ("trace", |options| Some(&mut options.trace)),
    ("guardrailIdentifier", |options| Some(&mut options.guardrail_identifier)),
    ("guardrailVersion", |options| Some(&mut options.guardrail_version)),
    ("performanceConfigLatency", |options| Some(&mut options.performance_latency)),
    ("serviceTier", |options| Some(&mut options.service_tier)),
];

/// The members of a Converse request beside the model id (API reference, `Converse`).
const CONVERSE_PARAMETERS: [&str; 12] = [
    "messages",
    "system",
    "inferenceConfig",
    "toolConfig",
    "guardrailConfig",
    "additionalModelRequestFields",
    "promptVariables",
    "additionalModelResponseFieldPaths",
    "requestMetadata",
    "performanceConfig",
    "serviceTier",
    "outputConfig",
];

impl Evaluator<'_> {
    /// The call that these arguments make, or why it is not known.
    pub(super) fn build_call(&self, operation: Operation, args: &Args) -> Result<Call, Rc<Why>> {
        if !args.pos.is_empty() {
            return Err(self.why("boto3 takes no positional arguments here"));
        }
        if let Some(why) = &args.open {
            return Err(why.clone());
        }
        let model_id = match args.named("modelId") {
            Some(Value::Str(id)) => id.to_string(),
            Some(member) if self.text_of_member(member).is_some() => {
                self.text_of_member(member).map(|text| text.to_string()).unwrap_or_default()
            }
            Some(other) => {
                return Err(self.why_unknown(other).unwrap_or_else(|| self.why("the model id is no text")));
            }
            None => return Err(self.why("no model id is given")),
        };
        let call = Call::new(operation, model_id, Json::Null);
        if operation.is_converse() { self.converse_call(call, args) } else { self.invoke_call(call, args) }
    }

    fn invoke_call(&self, mut call: Call, args: &Args) -> Result<Call, Rc<Why>> {
        for (name, value) in &args.kw {
            match &**name {
                "modelId" => {}
                "body" => call.body = self.body_of(value)?,
                name => {
                    let Some((_, slot)) = INVOKE_PARAMETERS.iter().find(|(known, _)| *known == name) else {
                        return Err(self.why(format!("boto3 knows no parameter `{name}` here")));
                    };
                    let Value::Str(text) = value else {
                        let wrong = || self.why(format!("`{name}` is no text"));
                        return Err(self.why_unknown(value).unwrap_or_else(wrong));
                    };
                    if let Some(slot) = slot(&mut call.options) {
                        *slot = Some(text.to_string());
                    }
                }
            }
        }
        if args.named("body").is_none() {
            return Err(self.why("no body is given"));
        }
        Ok(call)
    }

    fn body_of(&self, value: &Value) -> Result<Json, Rc<Why>> {
        let bytes: Rc<[u8]> = match value {
            Value::Str(text) => Rc::from(text.as_bytes()),
            Value::Bytes(bytes) => bytes.clone(),
            other => match self.object(other) {
                Some(Object::ByteArray(bytes)) => Rc::from(&bytes[..]),
                Some(Object::Stream(Value::Bytes(bytes), 0)) => bytes.clone(),
                _ => {
                    let wrong =
                        || self.why(format!("the body is no text but of type `{}`", self.type_name(other)));
                    return Err(self.why_unknown(other).unwrap_or_else(wrong));
                }
            },
        };
        Json::parse(&bytes).map_err(|error| self.why(format!("the body is {error}")))
    }

    fn converse_call(&self, mut call: Call, args: &Args) -> Result<Call, Rc<Why>> {
        let mut body = JsonObject::default();
        for (name, value) in &args.kw {
            if &**name == "modelId" {
                continue;
            }
            if !CONVERSE_PARAMETERS.contains(&&**name) {
                return Err(self.why(format!("boto3 knows no parameter `{name}` here")));
            }
            let json = self.json_of(value, Holes::Refused)?;
            let fits = match &**name {
                "messages" | "system" | "additionalModelResponseFieldPaths" => json.as_array().is_some(),
                // A document: any JSON, `null` too.
                "additionalModelRequestFields" => true,
                _ => json.as_object().is_some(),
            };
            if !fits {
                return Err(self.why(format!("boto3 refuses this value of `{name}`")));
            }
            body.insert(&**name, json);
        }
        call.body = Json::Object(body);
        if let Err(text) = super::shape::check(&call.body) {
            return Err(self.why(text));
        }
        Ok(call)
    }

    /// What is known of a call.
    pub(super) fn partial_call(&self, operation: Operation, args: &Args) -> PartialCall {
        let model_id = args.named("modelId").and_then(Value::as_str).map(str::to_owned);
        let body = if operation.is_converse() {
            let members = args.kw.iter().filter(|(name, _)| CONVERSE_PARAMETERS.contains(&&**name));
            let members = members.map(|(name, value)| {
                (name.to_string(), self.json_of(value, Holes::Null).unwrap_or(Json::Null))
            });
            Some(Json::Object(members.collect()))
                .filter(|body| body.as_object().is_some_and(|map| !map.is_empty()))
        } else {
            match args.named("body") {
                Some(Value::Unknown(why)) => why.partial.clone(),
                Some(value) => self.body_of(value).ok(),
                None => None,
            }
        };
        PartialCall { operation, model_id, body }
    }
}
