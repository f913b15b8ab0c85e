//! One attempt: a call goes out once, and what came back comes back as it was.

use std::future::Future;

use tutor_bedrock::{Answer, Call};

/// Something that sends a call once. Retries, money and patience are not its business.
pub trait Transport: Sync {
    /// Sends the call. An error answer of Bedrock is an [`Answer`].
    fn send(&self, call: &Call) -> impl Future<Output = Result<Answer, NoAnswer>> + Send;

    /// How many tokens the service counts in a call's input; `None` where it does not say. Nothing is
    /// billed for that.
    fn count_tokens(&self, call: &Call) -> impl Future<Output = Option<u64>> + Send {
        let _ = call;
        std::future::ready(None)
    }

    /// Whether every answer so far came from Amazon's own hosts.
    fn reaches_bedrock(&self) -> bool {
        true
    }
}

/// Why an attempt brought no answer. The texts are free of account ids and credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// There are no credentials, or they cannot be loaded. Nothing was sent.
    #[error("{0}")]
    Credentials(String),
    /// The request could not be made. Nothing was sent.
    #[error("{0}")]
    Unsendable(String),
    /// No connection could be made. Nothing was sent.
    #[error("{0}")]
    Unreached(String),
    /// The connection was lost before any answer.
    #[error("{0}")]
    Connection(String),
    /// The time for one attempt was over.
    #[error("{0}")]
    Timeout(String),
    /// The answer began and did not end, or a stream ended without its last events.
    #[error("{0}")]
    Broken(String),
    /// What came is no answer, or more than is taken of one.
    #[error("{0}")]
    Faulty(String),
}
