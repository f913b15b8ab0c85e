//! What a person says of the server on their machine, and what it may do to us at most.

use std::net::IpAddr;
use std::time::Duration;

use http::Uri;

/// What a person says of their server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Where it listens; else the first of [`crate::USUAL`] that answers.
    pub url: Option<String>,
    /// Which of its models answers for which Bedrock id: ids and patterns with `*`, with the server's
    /// name of the model. The first that fits counts, an exact id before any pattern.
    pub models: Vec<(String, String)>,
    /// The Bedrock ids whose weights the server has.
    pub same_weights: Vec<String>,
    /// The machine in words for the page.
    pub machine: Option<String>,
    /// The engine in words for the page, where the server does not tell its version.
    pub engine: Option<String>,
    /// The server's key, if it wants one.
    pub api_key: Option<ApiKey>,
    /// Whether the server may be on another machine.
    pub allow_remote: bool,
}

/// A key that no log and no error shows.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(pub String);

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// What one answer may take at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an answer, whole or streamed.
    pub bytes: usize,
    /// From the request to the last byte.
    pub total: Duration,
    /// From one piece to the next.
    pub idle: Duration,
}

/// Longer than any answer that teaching needs, shorter than for ever.
pub const LIMITS: Limits =
    Limits { bytes: 32 << 20, total: Duration::from_mins(15), idle: Duration::from_mins(5) };

/// For a look at what is there, which must be quick whatever listens.
pub(crate) const LOOK: Limits =
    Limits { bytes: 8 << 20, total: Duration::from_secs(5), idle: Duration::from_secs(5) };

impl Settings {
    /// The server's model for a Bedrock id, if the settings name one.
    pub fn model_for(&self, bedrock_id: &str) -> Option<&str> {
        let bare = tutor_bedrock::model_id::bare(bedrock_id);
        let is_exact = |pattern: &str| pattern == bedrock_id || pattern == bare;
        let exact = self.models.iter().find(|(pattern, _)| is_exact(pattern));
        let fitting =
            || self.models.iter().find(|(pattern, _)| fits(pattern, bare) || fits(pattern, bedrock_id));
        exact.or_else(fitting).map(|(_, model)| model.as_str())
    }

    /// Whether the server has the very weights of a Bedrock id.
    pub fn has_weights_of(&self, bedrock_id: &str) -> bool {
        let bare = tutor_bedrock::model_id::bare(bedrock_id);
        self.same_weights.iter().any(|id| id == bedrock_id || fits(id, bare))
    }
}

/// Whether `text` is what `pattern` says, with `*` for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(end)
}

/// The address in `url`, without a slash at its end, if it may be asked.
///
/// # Errors
/// What is wrong with it, as a clause.
pub(crate) fn base(url: &str, allow_remote: bool) -> Result<String, String> {
    let url = url.trim().trim_end_matches('/');
    let url = url.strip_suffix("/v1").unwrap_or(url);
    let uri: Uri = url.parse().map_err(|_| format!("`{url}` is no address"))?;
    let host = uri.host().unwrap_or_default();
    if uri.scheme_str() != Some("http") || host.is_empty() {
        return Err(format!("`{url}` is not an address such as http://127.0.0.1:11434"));
    }
    let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let is_loopback = literal.map_or(host == "localhost", |ip| ip.is_loopback());
    if !is_loopback && !allow_remote {
        return Err(format!("`{host}` is another machine, and prompts would leave this one"));
    }
    Ok(url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_id_counts_before_a_pattern_and_patterns_in_their_order() {
        let pair = |pattern: &str, model: &str| (pattern.to_owned(), model.to_owned());
        let settings = Settings {
            models: vec![
                pair("*", "small"),
                pair("meta.llama3-*", "llama"),
                pair("amazon.nova-pro-v1:0", "pro"),
            ],
            ..Settings::default()
        };
        assert_eq!(settings.model_for("us.amazon.nova-pro-v1:0"), Some("pro"));
        assert_eq!(settings.model_for("meta.llama3-8b-instruct-v1:0"), Some("small"));
        assert_eq!(Settings::default().model_for("amazon.nova-pro-v1:0"), None);
        assert!(
            fits("meta.*-instruct-v1:0", "meta.llama3-8b-instruct-v1:0") && !fits("meta.*x", "meta.llama3")
        );
    }

    #[test]
    fn only_this_machine_is_asked_unless_another_is_allowed() {
        for url in ["http://127.0.0.1:8080", "http://localhost:11434/v1/", "http://[::1]:1234"] {
            assert!(base(url, false).is_ok(), "{url}");
        }
        for url in ["http://192.168.1.5:8080", "http://example.com", "http://127.0.0.1.example.com"] {
            assert!(base(url, false).is_err(), "{url}");
            assert!(base(url, true).is_ok(), "{url}");
        }
        for url in ["https://127.0.0.1", "ftp://127.0.0.1", "127.0.0.1:80", ""] {
            assert!(base(url, true).is_err(), "{url}");
        }
    }
}
