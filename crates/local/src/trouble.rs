//! What goes wrong between us and a server, by name: for the person in plain words with what to do, and
//! as the kind that tells an endpoint which of Bedrock's errors a client gets.

use tutor_provider::ProviderError;
use tutor_provider::trouble::{ServiceError, Trouble};

/// The most of a server's own words that are passed on, in characters.
const LONGEST: usize = 300;

/// An error of this kind.
pub(crate) fn error(trouble: Trouble, message: impl Into<String>, help: impl Into<String>) -> ProviderError {
    ProviderError::Service(Box::new(ServiceError { trouble, message: message.into(), help: help.into() }))
}

/// The server cannot be reached.
pub(crate) fn unreachable(url: &str, why: &str) -> ProviderError {
    let help = "start it, or name another one as `url` in [preprocessor.tutor.local]; tutor doctor finds those that run";
    error(Trouble::Unreachable, format!("no local server answers at {url}: {why}"), help)
}

/// No whole answer in the time there is.
pub(crate) fn too_slow(what: &str) -> ProviderError {
    let help = "ask for fewer tokens, or use a smaller model";
    error(Trouble::Timeout, format!("the local server took too long: {what}"), help)
}

/// What came is not what an OpenAI-compatible server sends.
pub(crate) fn bad_answer(what: impl AsRef<str>) -> ProviderError {
    let help = "see the server's own log; another engine or a newer version may do better";
    error(Trouble::Failing, format!("the local server's answer cannot be used: {}", what.as_ref()), help)
}

/// What the server says no with.
pub(crate) fn refused(status: u16, body: &[u8], model: &str) -> ProviderError {
    let words = words(body);
    let said = if words.is_empty() { format!("status {status}") } else { format!("“{words}”") };
    let lower = words.to_lowercase();
    let is_too_long =
        lower.contains("exceed_context") || (lower.contains("context") && has_size_word(&lower));
    match status {
        400 | 413 | 422 | 500 if is_too_long => error(
            Trouble::TooLong,
            format!("the request is too long for {model}: {said}"),
            "shorten it, or start the server with a larger context",
        ),
        401 | 403 => error(
            Trouble::NoAccess,
            format!("the local server wants a key: {said}"),
            "name the environment variable that holds it as `api-key-env` in [preprocessor.tutor.local]",
        ),
        404 => error(
            Trouble::UnknownModel,
            format!("the local server does not know {model}, or not how to do this with it: {said}"),
            "see `tutor doctor` for the models it has, and name one in `models` of [preprocessor.tutor.local]",
        ),
        429 | 503 => error(
            Trouble::NotReady,
            format!("{model} is not ready: {said}"),
            "wait until the server has loaded it, and run the same command again",
        ),
        400..500 | 501 => error(
            Trouble::Unsendable,
            format!("the local server does not take this request: {said}"),
            "change the request, or use a server and a model that can do it",
        ),
        _ => error(
            Trouble::Failing,
            format!("the local server failed: {said}"),
            "see its own log, and run the same command again",
        ),
    }
}

fn has_size_word(words: &str) -> bool {
    ["exceed", "too long", "maximum", "too large", "length"].iter().any(|word| words.contains(word))
}

/// The words in an error's body, whichever of the usual places they stand in.
fn words(body: &[u8]) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let found = json.as_ref().and_then(|json| {
        let places = ["/error/message", "/error", "/message", "/detail"];
        places.iter().find_map(|place| json.pointer(place)?.as_str())
    });
    let text =
        found.map_or_else(|| String::from_utf8_lossy(&body[..body.len().min(4 * LONGEST)]), Into::into);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(error: ProviderError) -> Trouble {
        let ProviderError::Service(error) = error else { panic!("{error}") };
        error.trouble
    }

    #[test]
    fn refusals_are_known_by_status_and_words() {
        let said = |status, body: &str| kind(refused(status, body.as_bytes(), "m"));
        let long = r#"{"error":{"message":"request (3031 tokens) exceeds the available context size (2048 tokens)"}}"#;
        assert_eq!(said(400, long), Trouble::TooLong);
        assert_eq!(said(404, r#"{"error":"model \"x\" not found"}"#), Trouble::UnknownModel);
        assert_eq!(said(503, r#"{"error":{"message":"Loading model"}}"#), Trouble::NotReady);
        assert_eq!(said(501, "{}"), Trouble::Unsendable);
        assert_eq!(said(500, "not JSON \u{1b}[31m"), Trouble::Failing);
        assert_eq!(said(401, ""), Trouble::NoAccess);
        assert!(refused(500, &vec![b'x'; 100_000], "m").to_string().len() < 500);
    }
}
