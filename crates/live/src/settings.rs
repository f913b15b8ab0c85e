//! What a person may say about the way to Bedrock, and what a way is.

use std::time::Duration;

use super::sdk::Sdk;
use tutor_provider::bounded::Bounds;

/// What a person may say on the command line; the rest comes from the environment and from AWS's
/// own configuration files.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The profile of `~/.aws/config`.
    pub profile: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Another endpoint than Bedrock's own, such as `tutor endpoint`'s.
    pub endpoint_url: Option<String>,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How much is taken of one answer.
    pub bounds: Bounds,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            profile: None,
            region: None,
            endpoint_url: None,
            timeout: Duration::from_mins(5),
            bounds: Bounds::default(),
        }
    }
}

/// A way to Bedrock.
#[derive(Debug, Clone)]
pub struct Connection {
    /// What sends calls.
    pub sdk: Sdk,
    /// Where it listens, as a URL or the name of Amazon's host.
    pub host: String,
    /// The region they go to.
    pub region: String,
}
