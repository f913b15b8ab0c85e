//! Who answers a call: stand-in models (practice) or Amazon Bedrock (live).
//!
//! In goes a [`Call`], out comes an [`Answer`]; everything that may answer implements [`Provider`].
//! What live answers may cost is known before they are asked for ([`worst_case`]) and kept in a
//! [`ledger`].

pub mod ledger;
pub mod live;
pub mod practice;
pub mod worst_case;

use std::future::Future;
use std::task::Poll;

use crate::bedrock::{Answer, Call};

/// Something that answers calls. A refusal by the model or by Bedrock is an [`Answer`] with an
/// error status; [`ProviderError`] means that no answer came at all.
pub trait Provider: Sync {
    /// Answers one call.
    fn answer(&self, call: &Call) -> impl Future<Output = Result<Answer, ProviderError>> + Send;

    /// One of several samples of the same call. Only who makes samples up needs to know which.
    fn nth_answer(
        &self,
        call: &Call,
        index: usize,
    ) -> impl Future<Output = Result<Answer, ProviderError>> + Send {
        let _ = index;
        self.answer(call)
    }
}

/// Runs all of `futures` at once and returns what they come to, in their order.
pub async fn together<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(Box::pin).map(Some).collect();
    let mut done: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut left = false;
        for (future, done) in waiting.iter_mut().zip(&mut done) {
            let Some(running) = future else { continue };
            match running.as_mut().poll(context) {
                Poll::Ready(output) => {
                    *done = Some(output);
                    *future = None;
                }
                Poll::Pending => left = true,
            }
        }
        if left { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    done.into_iter().flatten().collect()
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
    /// Nobody can say what the call may cost.
    #[error(transparent)]
    Unbounded(worst_case::Unbounded),
    /// The budget does not allow the call.
    #[error(transparent)]
    Budget(ledger::OverBudget),
    /// Amazon Bedrock gave no answer.
    #[error(transparent)]
    Live(Box<live::LiveError>),
}

impl ProviderError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            ProviderError::UnknownModel(_) | ProviderError::UnsupportedOperation { .. } => {
                "practice answers calls of the model families it knows".to_owned()
            }
            ProviderError::Unbounded(why) => why.help(),
            ProviderError::Budget(_) => {
                "allow more (--max-cost USD, or `max-cost` in [preprocessor.tutor]); what is recorded stays"
                    .to_owned()
            }
            ProviderError::Live(error) => error.help.clone(),
        }
    }
}
