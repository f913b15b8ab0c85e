//! Who answers a call: recordings (replay) or stand-in models (practice).
//!
//! In goes a [`Call`], out comes an [`Answer`]; everything that may answer implements [`Provider`].

pub mod practice;
pub mod replay;

use std::future::Future;

use crate::bedrock::{Answer, Call};

/// Something that answers calls. A refusal by the model or by Bedrock is an [`Answer`] with an
/// error status; [`ProviderError`] means that no answer came at all.
pub trait Provider: Sync {
    /// Answers one call.
    fn answer(&self, call: &Call) -> impl Future<Output = Result<Answer, ProviderError>> + Send;
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Nobody knows this model's dialect.
    #[error("the model `{0}` is unknown: its family cannot be told from the catalog or from its id")]
    UnknownModel(String),
    /// The family cannot answer this operation, such as streaming for an image model.
    #[error("{family} models do not answer {operation}")]
    UnsupportedOperation {
        /// The family's name.
        family: String,
        /// The operation's name.
        operation: String,
    },
}
