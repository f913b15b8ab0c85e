//! A host with Amazon Bedrock behind it: requests of the script go on to it, with the learner's own
//! credentials and never above the cap of a ledger.
//!
//! What comes back is known here as well as there, so most of it can still be judged: the text, the
//! tokens and the time are those of the real answer. What is drawn for practice cannot be judged: see
//! [`super::grading::LIVE`].

use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;
use rust_decimal::Decimal;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{RwLock, watch};

use super::scenario::Round;
use super::stubs::{Asked, Outcome, Seen};
use tutor_bedrock::family::{self, Reading};
use tutor_bedrock::{Answer, Call, Json};
use tutor_catalog::measure::Cost;
use tutor_endpoint::{Arrived, Host, Served};
use tutor_live::transport::Transport;
use tutor_live::{Live, ServiceError, Trouble};
use tutor_provider::ledger::Doubt;
use tutor_provider::practice::Lines;
use tutor_provider::{Provider as _, ProviderError};

/// What an answer did cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// The model.
    pub model_id: String,
    /// USD, if it is known.
    pub cost: Option<Decimal>,
    /// USD in all so far.
    pub spent: Decimal,
    /// Why the usage it claims cannot be.
    pub doubt: Option<Doubt>,
}

/// What went wrong between here and Bedrock, so that the script is not to blame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveTrouble {
    /// The cap did not allow an answer.
    OverBudget(ProviderError),
    /// The service gave none.
    Unanswered(ProviderError),
    /// It claimed a usage that cannot be.
    Doubted(Doubt),
}

/// Hands requests on to Bedrock.
#[derive(Debug)]
pub struct LiveHost<T> {
    bedrock: Live<T>,
    /// Only the script that was started for this run has this access key id.
    key: String,
    models: Vec<String>,
    today: Date,
    runtime: Handle,
    paid: UnboundedSender<Paid>,
    seen: Mutex<Vec<(Seen, Option<Lines>)>>,
    /// Whether the script is over, so that nobody waits for answers any more.
    over: watch::Sender<bool>,
    /// Held while an answer is waited for.
    waiting: RwLock<()>,
    /// What first went wrong between here and Bedrock.
    trouble: Mutex<Option<LiveTrouble>>,
}

impl<T: Transport> LiveHost<T> {
    /// A host for these models. `paid` hears of each answer. Needs a tokio runtime.
    pub fn new(
        bedrock: Live<T>,
        key: String,
        models: Vec<String>,
        today: Date,
        paid: UnboundedSender<Paid>,
    ) -> Self {
        let (seen, trouble) = (Mutex::default(), Mutex::default());
        let (over, waiting, runtime) = (watch::Sender::new(false), RwLock::new(()), Handle::current());
        LiveHost { bedrock, key, models, today, runtime, paid, seen, over, waiting, trouble }
    }

    /// The way to Bedrock, with its ledger.
    pub fn bedrock(&self) -> &Live<T> {
        &self.bedrock
    }

    /// What first went wrong between here and Bedrock, if anything did.
    pub fn trouble(&self) -> Option<LiveTrouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets go of all answers that are still waited for: the script is over.
    pub async fn close(&self) {
        self.over.send_replace(true);
        let _all_gone = self.waiting.write().await;
    }

    /// Bedrock's answer, unless the script ends before it comes.
    async fn answer(&self, call: &Call) -> Result<Answer, ProviderError> {
        let _waiting = self.waiting.read().await;
        let mut over = self.over.subscribe();
        tokio::select! {
            answer = self.bedrock.answer(call) => answer,
            _ = over.wait_for(|over| *over) => Err(ProviderError::Service(Box::new(ServiceError {
                trouble: Trouble::Timeout,
                message: "the script ended before the service had answered".to_owned(),
                help: "see whether the service is slow today; what was sent counts at its full price".to_owned(),
            }))),
        }
    }

    fn in_trouble(&self, trouble: LiveTrouble) {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(trouble);
    }

    /// The requests that arrived; `round` gets what the models really said.
    pub(super) fn end(&self, round: &mut Round) -> Vec<Seen> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        for (seen, lines) in &seen {
            let stub = round.stubs.iter_mut().find(|stub| stub.model_id == seen.model_id);
            if let (Some(stub), Some(lines)) = (stub, lines) {
                stub.lines = lines.clone();
            }
        }
        seen.into_iter().map(|(seen, _)| seen).collect()
    }

    fn ask(&self, request: &Arrived<'_>) -> (Outcome, Option<Lines>, Served) {
        let Ok(body) = Json::parse(request.body) else {
            let words = "Malformed input request, please reformat your input and try again.";
            return refused(400, "ValidationException", words);
        };
        let call = Call::new(request.operation, request.model_id, body);
        let family = self.bedrock.catalog().family(request.model_id);
        if let Err(violation) = tutor_schema::check(&call, family) {
            return refused(400, violation.kind, violation.message);
        }
        match self.runtime.block_on(self.answer(&call)) {
            Err(error) => self.without_answer(&error),
            Ok(answer) => match family::read(&call, family, &answer) {
                Some(reading) => self.answered(&call, answer, &reading),
                None => (Outcome::Failed, None, Served::Answer(answer)),
            },
        }
    }

    fn answered(&self, call: &Call, answer: Answer, reading: &Reading) -> (Outcome, Option<Lines>, Served) {
        let model = self.bedrock.catalog().model(&call.model_id);
        let cost = Cost::of(model, &self.bedrock.terms(call), &reading.usage, &[], self.today).total();
        let spent = self.bedrock.ledger().balance().spent;
        let doubt = self.bedrock.doubt(call);
        if let Some(doubt) = doubt {
            self.in_trouble(LiveTrouble::Doubted(doubt));
        }
        let cost = cost.filter(|_| doubt.is_none());
        // Nobody may be listening any more.
        let _ = self.paid.send(Paid { model_id: call.model_id.clone(), cost, spent, doubt });
        let (input, output) = (reading.usage.input_tokens, reading.usage.output_tokens);
        let mut lines = Lines::of(reading.text(), input.unwrap_or_default(), output.unwrap_or_default());
        lines.held(answer.timing.total_ms);
        let prompt = family::of_model(&call.model_id).map(|family| family::prompt(call, family));
        let prompt = prompt.unwrap_or_default();
        let asked = Asked { text: prompt.text, system: prompt.system, said: lines.clone(), spoiled: None };
        (Outcome::Answered(asked), Some(lines), Served::Answer(answer))
    }

    /// Trouble on the way, in the form in which an SDK understands it.
    fn without_answer(&self, error: &ProviderError) -> (Outcome, Option<Lines>, Served) {
        let (status, kind) = match error {
            error if error.is_over_budget() => {
                self.in_trouble(LiveTrouble::OverBudget(error.clone()));
                (403, "AccessDeniedException")
            }
            ProviderError::Service(live) => match live.trouble {
                Trouble::ThrottledOut | Trouble::Quota => {
                    self.in_trouble(LiveTrouble::Unanswered(error.clone()));
                    (429, "ThrottlingException")
                }
                Trouble::NoAccess | Trouble::NotAllowed | Trouble::UseCase => (403, "AccessDeniedException"),
                Trouble::Retired | Trouble::Legacy | Trouble::UnknownModel => {
                    (404, "ResourceNotFoundException")
                }
                trouble => {
                    if trouble.is_of_the_service() {
                        self.in_trouble(LiveTrouble::Unanswered(error.clone()));
                    }
                    (400, "ValidationException")
                }
            },
            _ => (400, "ValidationException"),
        };
        (Outcome::Failed, None, Served::Refused { status, kind, message: error.to_string() })
    }
}

impl<T: Transport + std::fmt::Debug + Send + Sync> Host for LiveHost<T> {
    fn answer(&self, request: &Arrived<'_>) -> Served {
        let is_ours = request.access_key == Some(self.key.as_str());
        let (outcome, lines, served) = if !is_ours {
            refused(403, "AccessDeniedException", "tutor: only the script of this run is served here")
        } else if self.models.iter().any(|id| id == request.model_id) {
            self.ask(request)
        } else {
            refused(403, "AccessDeniedException", "tutor: this model is no part of the challenge")
        };
        let (model_id, operation) = (request.model_id.to_owned(), request.operation);
        let body = String::from_utf8_lossy(request.body).into_owned();
        let seen = Seen { model_id, operation, at: request.at, body, outcome };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push((seen, lines));
        served
    }
}

fn refused(status: u16, kind: &'static str, message: impl Into<String>) -> (Outcome, Option<Lines>, Served) {
    let message = message.into();
    (Outcome::Refused { kind, message: message.clone() }, None, Served::Refused { status, kind, message })
}
