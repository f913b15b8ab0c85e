//! What never reaches a disk: credentials, account ids, and headers that are not on the allow-list.

use std::sync::{LazyLock, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use regex::Regex;

use tutor_bedrock::{Answer, Call, CallOptions, Json, Payload};

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

/// What stands where a credential stood.
pub const SECRET_MASK: &str = "[REDACTED]";

/// The account in an ARN.
static ARN_ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:)([0-9]{12})(:)").expect("a constant pattern")
});

/// Access key ids (IAM user guide, Unique identifiers) and Bedrock's long and short API keys (Amazon
/// Bedrock user guide, API keys): what gives itself away by its form.
static KEYS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b|\bABSK[A-Za-z0-9+/=]{40,}|\bbedrock-api-key-[A-Za-z0-9+/=_-]{20,}",
    )
    .expect("a constant pattern")
});

/// The variables whose values are secret.
const SECRET_VARIABLES: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
];

/// Shorter values are words that may stand anywhere, such as `test`, and no secrets.
const SHORTEST_SECRET: usize = 12;

/// What this process knows to be secret: from the environment, and from the credentials it loaded.
#[derive(Default)]
struct Known {
    secrets: Vec<String>,
    accounts: Vec<String>,
}

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(|| {
    let mut known = Known::default();
    for variable in SECRET_VARIABLES {
        known.secrets.extend(std::env::var(variable).ok().filter(|value| value.len() >= SHORTEST_SECRET));
    }
    RwLock::new(known)
});

/// From now on `secret` never reaches a disk or a screen.
pub fn learn(secret: &str) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if secret.len() >= SHORTEST_SECRET && !known.secrets.iter().any(|other| other == secret) {
        known.secrets.push(secret.to_owned());
    }
}

/// From now on the account with this id is masked wherever it stands, not only in ARNs.
pub fn learn_account(id: &str) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if id.len() == MASK.len() && id != MASK && !known.accounts.iter().any(|other| other == id) {
        known.accounts.push(id.to_owned());
    }
}

/// `text` without credentials and account ids: those in ARNs with every repetition of the same
/// digits, those this process has learned of, and keys that give themselves away by their form.
pub fn text(text: &str) -> String {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    let mut out = text.to_owned();
    let mut accounts: Vec<String> = known.accounts.clone();
    accounts.extend(ARN_ACCOUNT.captures_iter(text).map(|found| found[2].to_owned()));
    for account in accounts.iter().filter(|account| account.as_str() != MASK) {
        if out.contains(account.as_str()) {
            out = out.replace(account.as_str(), MASK);
        }
    }
    for secret in &known.secrets {
        if out.contains(secret.as_str()) {
            out = out.replace(secret.as_str(), SECRET_MASK);
        }
    }
    match KEYS.replace_all(&out, SECRET_MASK) {
        std::borrow::Cow::Borrowed(_) => out,
        std::borrow::Cow::Owned(masked) => masked,
    }
}

/// Whether something in `text` was masked.
pub fn is_masked(text: &str) -> bool {
    text.contains(MASK) || text.contains(SECRET_MASK)
}

/// The call as it is stored.
pub fn call(call: &Call) -> Call {
    // An account that stands in an ARN somewhere is masked everywhere in the call.
    for found in ARN_ACCOUNT.captures_iter(&format!("{} {}", call.model_id, call.body.to_compact())) {
        learn_account(&found[2]);
    }
    let option = |value: &Option<String>| value.as_deref().map(text);
    let options = &call.options;
    let options = CallOptions {
        trace: option(&options.trace),
        guardrail_identifier: option(&options.guardrail_identifier),
        guardrail_version: option(&options.guardrail_version),
        performance_latency: option(&options.performance_latency),
        service_tier: option(&options.service_tier),
    };
    Call { model_id: text(&call.model_id), body: json(&call.body), options, ..*call }
}

/// The answer as it is stored: only known headers, no account ids in any text.
pub fn answer(answer: Answer) -> Answer {
    let payload = match answer.payload {
        Payload::Whole(body) => Payload::Whole(bytes(body.into()).into()),
        Payload::Stream(mut frames) => {
            for frame in &mut frames {
                frame.payload = bytes(frame.payload.to_vec()).into();
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
        Ok(body) => chunk(&text(&body)).into_bytes(),
        Err(not_text) => not_text.into_bytes(),
    }
}

/// A native stream's chunk holds its JSON in base64, where nothing would be found.
fn chunk(payload: &str) -> String {
    let inner = || {
        let json = Json::parse(payload.as_bytes()).ok()?;
        let encoded = json.get("bytes")?.as_str()?.to_owned();
        let inner = String::from_utf8(BASE64.decode(&encoded).ok()?).ok()?;
        let masked = text(&inner);
        (masked != inner).then(|| payload.replace(&encoded, &BASE64.encode(masked)))
    };
    if payload.starts_with("{\"bytes\"") {
        inner().unwrap_or_else(|| payload.to_owned())
    } else {
        payload.to_owned()
    }
}

fn json(value: &Json) -> Json {
    match value {
        Json::String(string) => Json::String(text(string)),
        Json::Array(items) => Json::Array(items.iter().map(json).collect()),
        Json::Object(map) => Json::Object(map.iter().map(|(key, value)| (text(key), json(value))).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_in_an_arn_is_masked_with_its_repetitions_and_nothing_else() {
        assert_eq!(
            text(
                "see arn:aws:bedrock:us-east-1:210987654321:inference-profile/x, 210987654321, not 555555555555"
            ),
            "see arn:aws:bedrock:us-east-1:000000000000:inference-profile/x, 000000000000, not 555555555555"
        );
        let public = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
        assert_eq!(text(public), public);
    }

    #[test]
    fn keys_are_known_by_their_form_and_secrets_by_heart() {
        assert_eq!(text("id AKIAIOSFODNN7EXAMPLE."), "id [REDACTED].");
        assert_eq!(text(&format!("ABSK{}", "x".repeat(60))), SECRET_MASK);
        assert_eq!(text(&format!("bedrock-api-key-{}", "x".repeat(60))), SECRET_MASK);
        let secret = "wJalrXUtnFEMI/CANARY-in-a-unit-test";
        assert_eq!(text(secret), secret);
        learn(secret);
        assert_eq!(text(&format!("key={secret};")), "key=[REDACTED];");
        learn("test");
        assert_eq!(text("a test"), "a test", "short words are no secrets");
    }

    #[test]
    fn a_chunk_is_looked_into() {
        let hidden = BASE64.encode(r#"{"text":"arn:aws:iam::310987654321:user/x"}"#);
        let payload = format!(r#"{{"bytes":"{hidden}","p":"abc"}}"#);
        let masked = String::from_utf8(bytes(payload.clone().into_bytes())).unwrap();
        let json = Json::parse(masked.as_bytes()).unwrap();
        let inner = BASE64.decode(json.get("bytes").and_then(Json::as_str).unwrap()).unwrap();
        assert_eq!(inner, br#"{"text":"arn:aws:iam::000000000000:user/x"}"#);
        assert!(masked.ends_with(r#","p":"abc"}"#));
        let harmless = format!(r#"{{"bytes":"{}"}}"#, BASE64.encode("{}"));
        assert_eq!(bytes(harmless.clone().into_bytes()), harmless.into_bytes());
    }
}
