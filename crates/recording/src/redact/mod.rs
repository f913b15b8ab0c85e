//! What never reaches a disk: credentials, account ids, and headers that are not on the allow-list.

mod documents;
mod patterns;
mod tokens;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use self::patterns::Secrets;
pub use self::patterns::{learn, learn_account};
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

/// `text` without credentials and account ids: those in ARNs with every repetition of the same
/// digits, those this process has learned of, and keys that give themselves away by their form.
pub fn text(text: &str) -> String {
    let mut secrets = Secrets::known();
    secrets.look_into(text);
    patterns::masked(text, &secrets.masks(text)).unwrap_or_else(|| text.to_owned())
}

/// Whether something in `text` was masked.
pub fn is_masked(text: &str) -> bool {
    text.contains(MASK) || text.contains(SECRET_MASK)
}

/// The call as it is stored.
pub fn call(call: &Call) -> Call {
    // An account that stands in an ARN somewhere is masked everywhere in the call.
    for found in patterns::accounts_in(&format!("{} {}", call.model_id, call.body.to_compact())) {
        learn_account(found);
    }
    let option = |value: &Option<String>| value.as_deref().map(text);
    let options = &call.options;
    let options = CallOptions {
        trace: option(&options.trace),
        guardrail_identifier: option(&options.guardrail_identifier),
        guardrail_version: option(&options.guardrail_version),
        performance_latency: option(&options.performance_latency),
        service_tier: option(&options.service_tier),
        host: option(&options.host),
        anthropic_version: option(&options.anthropic_version),
        anthropic_beta: option(&options.anthropic_beta),
    };
    let region = call.region.clone();
    Call {
        operation: call.operation,
        model_id: text(&call.model_id),
        body: json(&call.body),
        options,
        region,
    }
}

/// The answer as it is stored: only known headers, no account ids in any text.
pub fn answer(answer: Answer) -> Answer {
    let payload = match answer.payload {
        Payload::Whole(body) => Payload::Whole(match String::from_utf8(body.into()) {
            Ok(text) => {
                let mut documents = [text];
                documents::mask(&mut documents);
                let [text] = documents;
                text.into_bytes().into()
            }
            Err(not_text) => not_text.into_bytes().into(),
        }),
        Payload::Stream(mut frames) => {
            let mut documents: Vec<String> = frames.iter().map(|frame| inside(&frame.payload)).collect();
            documents::mask(&mut documents);
            for (frame, document) in frames.iter_mut().zip(documents) {
                if inside(&frame.payload) != document {
                    frame.payload = wrapped(&frame.payload, document).into();
                }
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

/// The base64 in a native stream's message, which holds its JSON.
fn encoded(payload: &str) -> Option<(String, String)> {
    if !payload.starts_with("{\"bytes\"") {
        return None;
    }
    let json = Json::parse(payload.as_bytes()).ok()?;
    let encoded = json.get("bytes")?.as_str()?.to_owned();
    let inner = String::from_utf8(BASE64.decode(&encoded).ok()?).ok()?;
    Some((encoded, inner))
}

/// The JSON of a message: what is inside its base64, or the message itself.
fn inside(payload: &[u8]) -> String {
    let payload = String::from_utf8_lossy(payload);
    encoded(&payload).map_or_else(|| payload.into_owned(), |(_, inner)| inner)
}

/// The message with another JSON in it.
fn wrapped(payload: &[u8], document: String) -> Vec<u8> {
    let payload = String::from_utf8_lossy(payload);
    match encoded(&payload) {
        Some((encoded, _)) => payload.replace(&encoded, &BASE64.encode(document)).into_bytes(),
        None => document.into_bytes(),
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
    use tutor_bedrock::Frame;
    use tutor_bedrock::event_stream::{self, Event};

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

    fn stored(payload: Payload) -> Payload {
        let (headers, timing) = (std::collections::BTreeMap::new(), tutor_bedrock::Timing::default());
        answer(Answer { status: 200, headers, payload, timing }).payload
    }

    fn whole(body: &str) -> String {
        match stored(Payload::Whole(body.as_bytes().to_vec().into())) {
            Payload::Whole(body) => body.to_text(),
            Payload::Stream(_) => unreachable!(),
        }
    }

    fn stream(frames: Vec<Frame>) -> Vec<Frame> {
        match stored(Payload::Stream(frames)) {
            Payload::Stream(frames) => frames,
            Payload::Whole(_) => unreachable!(),
        }
    }

    #[test]
    fn a_chunk_is_looked_into() {
        let chunk = |inner: &str| Frame {
            payload: format!(r#"{{"bytes":"{}","p":"abc"}}"#, BASE64.encode(inner)).into_bytes().into(),
            ..event_stream::chunk_frame(1, &Json::Null)
        };
        let masked = stream(vec![chunk(r#"{"text":"arn:aws:iam::310987654321:user/x"}"#)]);
        assert_eq!(masked, [chunk(r#"{"text":"arn:aws:iam::000000000000:user/x"}"#)]);
        let harmless = vec![chunk("{}"), chunk("{ \"a\" : \"\\u0041\" }")];
        assert_eq!(stream(harmless.clone()), harmless, "byte for byte");
    }

    #[test]
    fn escapes_hide_nothing_and_other_bytes_stay() {
        assert_eq!(
            whole(
                r#"{ "a":"\u0061rn:aws:iam::\u003410987654321:user\/x \u0034\u00310987654321","b":"\u0041\n" }"#
            ),
            r#"{ "a":"\u0061rn:aws:iam::000000000000:user\/x 000000000000","b":"\u0041\n" }"#
        );
        assert_eq!(
            whole(r#"{"a":"arn:aws:iam::510987654321:x","n":510987654321,"m":[510987654321]}"#),
            r#"{"a":"arn:aws:iam::000000000000:x","n":0,"m":[0]}"#,
            "a number stays one"
        );
        let inner = r#"{"arguments":"{\"who\":\"\\u0061rn:aws:iam::610987654321:x\"}"}"#;
        assert_eq!(whole(inner), r#"{"arguments":"{\"who\":\"\\u0061rn:aws:iam::000000000000:x\"}"}"#);
        assert_eq!(whole("plain AKIAIOSFODNN7EXAMPLE"), "plain [REDACTED]");
    }

    #[test]
    fn signatures_and_tokens_of_signed_requests_are_masked() {
        let signature = "0123456789abcdef".repeat(4);
        let echoed = format!(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261122/us-east-1/bedrock/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature={signature}; X-Amz-Signature={signature}&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE"
        );
        let masked = text(&echoed);
        assert!(
            !masked.contains(&signature) && !masked.contains("IQoJ") && !masked.contains("AKIA"),
            "{masked}"
        );
        assert!(masked.contains("SignedHeaders=host;x-amz-date, Signature=[REDACTED];"), "{masked}");
        assert!(!whole(&format!(r#"{{"m":"Signature\u003d{signature}"}}"#)).contains(&signature));
        let thinking = r#"{"signature":"EqQBCkgIARABGAIiQL8A0b1c2d3e4f5a6b7c8d9e0f=="}"#;
        assert_eq!(whole(thinking), thinking, "a model's own signature is part of its answer");
    }

    #[test]
    fn what_is_split_over_messages_is_masked_and_the_rest_stays() {
        let delta = |index: u64, text: &str| {
            let event = serde_json::json!({"contentBlockIndex": index, "delta": {"text": text}});
            event_stream::converse_frame(1, "contentBlockDelta", &event.into())
        };
        let masked = stream(vec![
            delta(0, "I am arn:aws:iam::7109"),
            delta(1, "id AKIAIOSF"),
            delta(0, "876"),
            delta(0, "54321:user/x, or 71"),
            delta(1, "ODNN7EXAMPLE."),
            delta(0, "0987654321"),
            delta(0, "."),
        ]);
        let expected = [
            delta(0, "I am arn:aws:iam::000000000000"),
            delta(1, "id [REDACTED]"),
            delta(0, ""),
            delta(0, ":user/x, or 000000000000"),
            delta(1, "."),
            delta(0, ""),
            delta(0, "."),
        ];
        assert_eq!(masked, expected);
        let chunk =
            |text: &str| event_stream::chunk_frame(1, &serde_json::json!({"generation": text}).into());
        let secret = "wJalrXUtnFEMI/SPLIT-in-a-unit-test";
        learn(secret);
        let pieces: Vec<Frame> =
            secret.as_bytes().chunks(5).map(|piece| chunk(std::str::from_utf8(piece).unwrap())).collect();
        let said: String = stream(pieces)
            .iter()
            .filter_map(|frame| match event_stream::read(frame)? {
                Event::Chunk(chunk) => Some(chunk.get("generation")?.as_str()?.to_owned()),
                _ => None,
            })
            .collect();
        assert_eq!(said, SECRET_MASK);
    }

    proptest::proptest! {
        #[test]
        fn what_holds_no_secret_stays_byte_for_byte(value in "[ -~é\\n]{0,60}", pretty in proptest::bool::ANY) {
            let json = serde_json::json!({"a": [value, {"b": value}], value.clone(): 1});
            let body = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
            let body = body.expect("JSON");
            proptest::prop_assert_eq!(whole(&body), body);
        }
    }
}
