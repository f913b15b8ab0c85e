//! Somebody else answers: every call is handed over, and its answer awaited.

use axum::http::StatusCode;
use tokio::sync::{mpsc, oneshot};

use super::refusal::Refusal;
use tutor_bedrock::{Answer, Call};

/// The endpoint's end.
#[derive(Debug, Clone)]
pub struct Relay(mpsc::UnboundedSender<Handed>);

/// The other end: every call in the order they came.
pub type Calls = mpsc::UnboundedReceiver<Handed>;

/// A call that wants an answer.
#[derive(Debug)]
pub struct Handed {
    /// The call.
    pub call: Call,
    /// Where its answer goes, or why there is none.
    pub reply: oneshot::Sender<Result<Answer, String>>,
}

impl Relay {
    /// Both ends.
    pub fn new() -> (Self, Calls) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Relay(sender), receiver)
    }

    /// Waits for the answer; only for threads that may wait. Why there is none is a refusal that no
    /// SDK tries again.
    pub(super) fn ask(&self, call: &Call) -> Result<Answer, Refusal> {
        let refused = |words: &str| Refusal::ours(StatusCode::BAD_REQUEST, "ValidationException", words);
        let (reply, answer) = oneshot::channel();
        let gone = "nobody answers any more";
        self.0.send(Handed { call: call.clone(), reply }).map_err(|_| refused(gone))?;
        answer.blocking_recv().map_err(|_| refused(gone))?.map_err(|why| refused(&why))
    }
}
