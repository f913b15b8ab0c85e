//! The bodies of the compatible APIs: what the model's own schema says of them, and what each host refuses.

use super::rules::Rules;
use super::{MOST, Violation, Wording, native, wording};
use tutor_bedrock::family::{self, Family};
use tutor_bedrock::json::Json;
use tutor_bedrock::{Call, Operation, model_id};

/// Checks the body of a call to a compatible API.
pub(super) fn check(call: &Call, family: Option<&dyn Family>) -> Result<(), Violation> {
    match call.operation {
        Operation::Messages => messages(call, family),
        operation => openai(call, operation),
    }
}

/// Anthropic's body is `InvokeModel`'s with the model in it, and with the version in a header.
fn messages(call: &Call, family: Option<&dyn Family>) -> Result<(), Violation> {
    if call.is_on_mantle() && call.body.pointer("/output_config/format").is_some() {
        return Err(Violation::bedrock("output_config.format: Extra inputs are not permitted"));
    }
    let Json::Object(members) = &call.body else { return native(&call.body, claude(family), "") };
    let mut members = members.clone();
    for name in ["model", "stream", "service_tier", "cache_control"] {
        members.remove(name);
    }
    members.insert("anthropic_version", "".into());
    native(&Json::Object(members), claude(family), model_id::bare(&call.model_id))
}

/// Whatever model is asked for: it is asked in Claude's dialect.
fn claude(family: Option<&dyn Family>) -> &dyn Family {
    let known = family.filter(|family| family.id() == "claude-messages");
    known.or_else(|| family::by_id("claude-messages").map(|claude| claude as &dyn Family)).expect("a family")
}

fn openai(call: &Call, operation: Operation) -> Result<(), Violation> {
    if !matches!(call.body, Json::Object(_)) {
        return Err(Violation::ours("the body must be a JSON object"));
    }
    let schema = if operation == Operation::Responses { "responses" } else { "openai-chat" };
    let Some(rules) = Rules::of(schema, model_id::bare(&call.model_id)) else { return Ok(()) };
    if let Some(violation) = wording::native(rules.dialect, rules.faults(&call.body, MOST)) {
        return Err(violation);
    }
    if call.body.get("service_tier").and_then(Json::as_str) == Some("reserved") {
        return Err(Violation::ours("`service_tier` \"reserved\" is not taken here"));
    }
    if operation != Operation::Responses {
        let answers = call.body.get("n").and_then(Json::as_u64);
        return if call.is_on_mantle() && answers.is_some_and(|n| n != 1) {
            Err(Violation::ours("`n` can only be 1 on bedrock-mantle"))
        } else {
            Ok(())
        };
    }
    let background = call.body.get("background").and_then(Json::as_bool) == Some(true);
    if background && !call.is_on_mantle() {
        return Err(Violation::bedrock("The background parameter is not supported"));
    }
    let choice = call.body.get("tool_choice").and_then(Json::as_str).filter(|choice| *choice != "auto");
    match choice {
        Some(choice) if model_id::bare(&call.model_id).starts_with("openai.gpt-oss") => {
            Err(Violation::bedrock(&format!(
                "The model '{}' does not support tool_choice '\"{choice}\"' for /v1/responses API. Supported options: \
                 [\"auto\"]",
                call.model_id
            )))
        }
        _ => Ok(()),
    }
}

impl Violation {
    fn ours(message: &str) -> Self {
        Violation { kind: "ValidationException", message: message.to_owned(), wording: Wording::Ours }
    }
}
