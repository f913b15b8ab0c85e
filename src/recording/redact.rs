//! What never reaches a disk: account ids, and headers that are not on the allow-list.

use std::sync::LazyLock;

use regex::Regex;

use crate::bedrock::{Answer, Call, Json, Payload};

/// What stands where an account id stood.
pub const MASK: &str = "000000000000";

/// The response headers that are kept.
const KEPT_HEADERS: [&str; 11] = [
    "content-type",
    "x-amzn-requestid",
    "x-amzn-errortype",
    "x-amzn-bedrock-content-type",
    "x-amzn-bedrock-invocation-latency",
    "x-amzn-bedrock-input-token-count",
    "x-amzn-bedrock-output-token-count",
    "x-amzn-bedrock-cache-read-input-token-count",
    "x-amzn-bedrock-cache-write-input-token-count",
    "x-amzn-bedrock-performanceconfig-latency",
    "x-amzn-bedrock-service-tier",
];

static ARN_ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:)[0-9]{12}(:)").expect("a constant pattern")
});

/// `text` with the account id of every ARN masked.
pub fn text(text: &str) -> String {
    ARN_ACCOUNT.replace_all(text, format!("${{1}}{MASK}${{2}}")).into_owned()
}

/// The call as it is stored.
pub fn call(call: &Call) -> Call {
    Call { model_id: text(&call.model_id), body: json(&call.body), ..call.clone() }
}

/// The answer as it is stored: only known headers, no account ids in any text.
pub fn answer(answer: Answer) -> Answer {
    let payload = match answer.payload {
        Payload::Whole(body) => Payload::Whole(bytes(body)),
        Payload::Stream(mut frames) => {
            for frame in &mut frames {
                frame.payload = bytes(std::mem::take(&mut frame.payload));
            }
            Payload::Stream(frames)
        }
    };
    let headers = answer
        .headers
        .into_iter()
        .filter(|(name, _)| KEPT_HEADERS.contains(&name.as_str()))
        .map(|(name, value)| (name, text(&value)))
        .collect();
    Answer { headers, payload, ..answer }
}

fn bytes(body: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(body) {
        Ok(body) => text(&body).into_bytes(),
        Err(not_text) => not_text.into_bytes(),
    }
}

fn json(value: &Json) -> Json {
    match value {
        Json::String(string) => Json::String(text(string)),
        Json::Array(items) => Json::Array(items.iter().map(json).collect()),
        Json::Object(map) => {
            Json::Object(map.iter().map(|(key, value)| (key.clone(), json(value))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_in_arns_are_masked_and_nothing_else() {
        assert_eq!(
            text("see arn:aws:bedrock:us-east-1:123456789012:inference-profile/x and call 123456789012"),
            "see arn:aws:bedrock:us-east-1:000000000000:inference-profile/x and call 123456789012"
        );
        let public = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
        assert_eq!(text(public), public);
    }
}
