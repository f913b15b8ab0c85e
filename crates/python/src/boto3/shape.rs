//! What botocore checks of a Converse request before it sends anything (API reference, `Converse`).
//!
//! Only what teaching code gets wrong in practice: a `null` where botocore wants a value, and
//! messages and contents that are no lists of blocks. A request that botocore refuses is not sent.

use tutor_bedrock::Json;

/// Members whose values are documents: botocore takes any JSON in them.
const DOCUMENTS: [&str; 4] = ["additionalModelRequestFields", "input", "json", "schema"];

/// Whether botocore would send the body; if not, why.
pub(super) fn check(body: &Json) -> Result<(), String> {
    let Json::Object(members) = body else { return Ok(()) };
    for (name, value) in members {
        if !DOCUMENTS.contains(&name) {
            no_nulls(name, value)?;
        }
    }
    for message in body.get("messages").and_then(Json::as_array).unwrap_or_default() {
        let blocks = message.get("content").and_then(Json::as_array);
        let role = message.get("role").and_then(Json::as_str);
        let Some(blocks) = blocks.filter(|_| role.is_some()) else {
            return Err("boto3 refuses a message without a role and a list of content blocks".to_owned());
        };
        for block in blocks {
            if block.as_object().is_none() {
                return Err("boto3 refuses a content block that is no dict".to_owned());
            }
            if block.get("text").is_some_and(|text| text.as_str().is_none()) {
                return Err("boto3 refuses a text block whose text is no string".to_owned());
            }
        }
    }
    for block in body.get("system").and_then(Json::as_array).unwrap_or_default() {
        if block.as_object().is_none() || block.get("text").is_some_and(|text| text.as_str().is_none()) {
            return Err("boto3 refuses a system block that is no dict with a text".to_owned());
        }
    }
    if let Some(config) = body.get("inferenceConfig").and_then(Json::as_object) {
        for (name, value) in config {
            let fits = match name {
                "maxTokens" => matches!(value, Json::Int(_) | Json::Big(_)),
                "temperature" | "topP" => matches!(value, Json::Int(_) | Json::Big(_) | Json::Float(_)),
                "stopSequences" => value.as_array().is_some(),
                _ => false,
            };
            if !fits {
                return Err(format!("boto3 refuses this `{name}` in `inferenceConfig`"));
            }
        }
    }
    Ok(())
}

fn no_nulls(name: &str, value: &Json) -> Result<(), String> {
    match value {
        Json::Null => Err(format!("boto3 refuses `None` for `{name}`")),
        Json::Array(items) => items.iter().try_for_each(|item| no_nulls(name, item)),
        Json::Object(members) => members
            .iter()
            .filter(|(name, _)| !DOCUMENTS.contains(name))
            .try_for_each(|(name, value)| no_nulls(name, value)),
        _ => Ok(()),
    }
}
