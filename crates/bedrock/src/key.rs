//! The identity of a call: a hash over what is sent, and over nothing else.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::call::Call;
use super::json::Json;

/// The version of the recipe below. A change to it orphans every recording there is.
const RECIPE: &str = "tutor-call/1";

/// SHA-256 over the recipe's version, operation, model id, canonical body, and the trace, guardrail,
/// performance and service-tier headers, each preceded by its length; of the compatible APIs also the host, where it
/// is not the usual one, and Anthropic's version and beta headers. Converse's `requestMetadata` is left out: it never
/// changes an answer.
///
/// Held as its hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 64]);

impl Key {
    /// The key of `call`.
    pub fn of(call: &Call) -> Self {
        let body = match (&call.body, call.operation.is_converse()) {
            (Json::Object(map), true) if map.contains_key("requestMetadata") => {
                let mut map = map.clone();
                map.remove("requestMetadata");
                Json::Object(map).to_canonical()
            }
            (body, _) => body.to_canonical(),
        };
        let options = &call.options;
        let mut hash = Sha256::new();
        for part in [RECIPE, call.operation.name(), &call.model_id, &body] {
            field(&mut hash, Some(part));
        }
        for part in [
            &options.trace,
            &options.guardrail_identifier,
            &options.guardrail_version,
            &options.performance_latency,
            &options.service_tier,
        ] {
            field(&mut hash, part.as_deref());
        }
        if call.operation.is_compatible() {
            for part in [&options.host, &options.anthropic_version, &options.anthropic_beta] {
                field(&mut hash, part.as_deref());
            }
        }
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(hash.finalize()) {
            pair.copy_from_slice(&hex_digits(byte));
        }
        Key(digits)
    }

    /// The key with these 64 lower-case hexadecimal digits, as a recording stores it.
    pub fn from_hex(digits: &str) -> Option<Self> {
        let digits: [u8; 64] = digits.as_bytes().try_into().ok()?;
        digits.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')).then_some(Key(digits))
    }

    /// The 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits")
    }

    /// The first `digits` of them, as file names and pages show it.
    pub fn short(&self, digits: usize) -> &str {
        &self.as_str()[..digits.min(self.0.len())]
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| hex_digits(*byte)).map(char::from).collect()
}

fn hex_digits(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// Length first, so that no two lists of fields hash alike; an absent field differs from an empty one.
fn field(hash: &mut Sha256, part: Option<&str>) {
    match part {
        None => hash.update([0]),
        Some(text) => {
            hash.update([1]);
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.short(8))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::Operation;

    fn converse(body: serde_json::Value) -> Key {
        Call::new(Operation::Converse, "amazon.nova-lite-v1:0", body.into()).key()
    }

    #[test]
    fn order_spelling_and_metadata_do_not_change_a_key() {
        let key = converse(json!({"messages": [], "inferenceConfig": {"temperature": 1.0}}));
        assert_eq!(key, converse(json!({"inferenceConfig": {"temperature": 1}, "messages": []})));
        assert_eq!(
            key,
            converse(
                json!({"messages": [], "inferenceConfig": {"temperature": 1}, "requestMetadata": {"a": "b"}})
            )
        );
    }

    #[test]
    fn what_is_sent_changes_a_key() {
        let base = Call::new(Operation::InvokeModel, "a", json!({}).into());
        let mut other = base.clone();
        other.options.trace = Some(String::new());
        assert_ne!(base.key(), other.key());
        let streamed = Call { operation: Operation::InvokeModelWithResponseStream, ..base.clone() };
        assert_ne!(base.key(), streamed.key());
    }

    #[test]
    fn the_host_and_the_version_count_for_compatible_apis_alone() {
        let of = |operation, host: Option<&str>, version: Option<&str>| {
            let mut call = Call::new(operation, "a.b", json!({"model": "a.b"}).into());
            call.options.host = host.map(str::to_owned);
            call.options.anthropic_version = version.map(str::to_owned);
            call.key()
        };
        let plain = of(Operation::Messages, None, None);
        assert_ne!(plain, of(Operation::Messages, Some("bedrock-mantle"), None));
        assert_ne!(plain, of(Operation::Messages, None, Some("2023-06-01")));
        assert_ne!(plain, of(Operation::ChatCompletions, None, None));
        assert_eq!(of(Operation::Converse, None, None), of(Operation::Converse, None, Some("x")));
    }

    #[test]
    fn the_recipe_is_pinned() {
        let call = Call::new(
            Operation::InvokeModel,
            "amazon.titan-text-express-v1",
            json!({"inputText": "hi"}).into(),
        );
        insta::assert_snapshot!(call.key().as_str());
    }
}
