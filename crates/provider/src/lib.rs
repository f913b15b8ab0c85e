//! Who answers a call: recordings (replay), stand-in models (practice) or Amazon Bedrock (live).
//!
//! In goes a [`Call`], out comes an [`Answer`]; everything that may answer implements [`Provider`].
//! What live answers may cost is known before they are asked for ([`worst_case`]) and kept in a
//! [`ledger`]; how much of an answer is taken in at most, is said in [`bounded`].

pub mod bounded;
pub mod flow;
pub mod ledger;
pub mod practice;
pub mod replay;
pub mod trouble;
pub mod worst_case;

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use self::ledger::Doubt;
use tutor_bedrock::{Answer, Call};
use tutor_recording::Origin;

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

    /// Whether the usage that an answer to `call` claimed is beyond what the call can have caused.
    fn doubt(&self, call: &Call) -> Option<Doubt> {
        let _ = call;
        None
    }

    /// Who answers `call`, for a recording that is to say `origin`: one provider may have several models
    /// behind it.
    fn origin_of(&self, call: &Call, origin: &Origin) -> Origin {
        let _ = call;
        self.true_origin(origin)
    }

    /// Who really answered, for a recording that is to say `origin`: a way to Bedrock may have been
    /// led elsewhere.
    fn true_origin(&self, origin: &Origin) -> Origin {
        origin.clone()
    }
}

/// Runs all of `futures` at once, and hands over what each comes to, with its index, when it is there.
pub async fn as_they_come<F: Future>(futures: Vec<F>, mut done: impl FnMut(usize, F::Output)) {
    let mut running: Vec<Option<Pin<Box<F>>>> =
        futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    std::future::poll_fn(|context| {
        let mut left = false;
        for (index, slot) in running.iter_mut().enumerate() {
            let Some(future) = slot else { continue };
            match future.as_mut().poll(context) {
                Poll::Ready(output) => {
                    *slot = None;
                    done(index, output);
                }
                Poll::Pending => left = true,
            }
        }
        if left { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
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
    /// The budget does not allow another attempt, after one that failed.
    #[error("{fault}; it is not tried again: {over}")]
    RetryOverBudget {
        /// What the cap says.
        over: ledger::OverBudget,
        /// What the last attempt came to.
        fault: Box<trouble::ServiceError>,
    },
    /// The service gave no answer.
    #[error(transparent)]
    Service(Box<trouble::ServiceError>),
    /// Somebody stopped the run before the call was sent.
    #[error("the run was stopped")]
    Stopped,
}

impl ProviderError {
    /// The service's own trouble, if it is that.
    pub fn into_service(self) -> Option<Box<trouble::ServiceError>> {
        match self {
            ProviderError::Service(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the budget stands in the way.
    pub fn is_over_budget(&self) -> bool {
        matches!(self, ProviderError::Budget(_) | ProviderError::RetryOverBudget { .. })
    }

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
            ProviderError::RetryOverBudget { fault, .. } => {
                format!("{}; or allow more attempts (--max-cost USD)", fault.help)
            }
            ProviderError::Service(error) => error.help.clone(),
            ProviderError::Stopped => "run the same command again: it goes on where it stopped".to_owned(),
        }
    }
}
