//! In the place of the SDK where tutor was built without it: there is no way to Bedrock, and that is said.

use std::convert::Infallible;

use super::settings::{Connection, Settings};
use super::transport::{NoAnswer, Transport};
use tutor_bedrock::{Answer, Call};
use tutor_provider::trouble::{ServiceError, Trouble};

/// The SDK's client, of which there is none.
#[derive(Debug, Clone)]
pub struct Sdk(Infallible);

/// What would have carried an answer.
pub const NAME: &str = "none";

impl Transport for Sdk {
    async fn send(&self, _: &Call) -> Result<Answer, NoAnswer> {
        match self.0 {}
    }
}

/// There is no way to Bedrock.
///
/// # Errors
/// Always.
pub async fn connect(_: &Settings) -> Result<Connection, ServiceError> {
    Err(ServiceError {
        trouble: Trouble::Unreachable,
        message: "this tutor was built without Amazon Bedrock".to_owned(),
        help: "build it with its default features (cargo install mdbook-tutor), or answer with stand-ins: \
               --practice"
            .to_owned(),
    })
}
