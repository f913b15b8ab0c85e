//! Live: Amazon Bedrock itself, with the person's own credentials, under a budget.
//!
//! In goes a call, out comes Bedrock's answer as it was received, or a [`ServiceError`] that says what
//! to do. [`connect`] makes the SDK's client from profiles, environment and region; [`sdk`] sends a
//! call once through it, while [`wire`] keeps what really went over the wire; [`retry`] knows what is
//! worth another attempt, [`gate`] how many calls a model gets at a time; [`advice`] turns Bedrock's
//! refusals into words. Every attempt is paid from the [`Ledger`] before it is sent.

pub mod advice;
#[cfg(feature = "sdk")]
mod connect;
#[cfg(feature = "sdk")]
mod frames;
mod gate;
pub mod retry;
#[cfg(feature = "sdk")]
mod road;
#[cfg(feature = "sdk")]
pub mod sdk;
#[cfg(not(feature = "sdk"))]
#[path = "without_sdk.rs"]
pub mod sdk;
mod settings;
pub mod transport;
#[cfg(feature = "sdk")]
mod wire;

#[cfg(test)]
mod simulation;

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use rust_decimal::Decimal;

#[cfg(feature = "sdk")]
pub use connect::connect;
#[cfg(not(feature = "sdk"))]
pub use sdk::connect;
pub use settings::{Connection, Settings};
pub use tutor_provider::trouble::{ServiceError, Trouble};

use self::advice::Situation;
use self::gate::Gates;
use self::retry::{Outcome, Patience};
use self::transport::{NoAnswer, Transport};
use tutor_bedrock::family;
use tutor_bedrock::{Answer, Call, Key};
use tutor_catalog::measure::Cost;
use tutor_catalog::measure::images_made;
use tutor_catalog::{Catalog, Terms};
use tutor_provider::ledger::{Doubt, Ledger, Reservation};
use tutor_provider::worst_case::{self, Unbounded};
use tutor_provider::{Provider, ProviderError, as_they_come};
use tutor_recording::Origin;

/// Amazon Bedrock behind a ledger.
#[derive(Debug)]
pub struct Live<T> {
    transport: T,
    ledger: Ledger,
    gates: Gates,
    patience: Patience,
    unpriced: Unpriced,
    /// Says when nothing new is to be sent.
    stop: Arc<AtomicBool>,
    /// How many calls in a row got no answer, through a fault of the service's own.
    unanswered: AtomicU32,
    /// Calls whose answers claimed more usage than they can have caused.
    doubts: Mutex<HashMap<Key, Doubt>>,
    /// What advice depends on.
    situation: Situation,
}

/// What becomes of a call whose price is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpriced {
    /// It is refused.
    Refuse,
    /// It is sent; the ledger cannot count it.
    Allow,
}

/// How many inputs of one model are counted at the same time.
const COUNTED_AT_ONCE: usize = 8;

impl<T: Transport> Live<T> {
    /// Bedrock in `region` through `transport`, as `catalog` knows it, on `today`.
    pub fn new(
        transport: T,
        ledger: Ledger,
        region: impl Into<String>,
        catalog: &'static Catalog,
        today: Date,
    ) -> Self {
        Live {
            transport,
            ledger,
            gates: Gates::default(),
            patience: Patience::default(),
            unpriced: Unpriced::Refuse,
            stop: Arc::default(),
            unanswered: AtomicU32::default(),
            doubts: Mutex::default(),
            situation: Situation { region: region.into(), today, catalog },
        }
    }

    /// The same with another patience.
    #[must_use]
    pub fn patient(self, patience: Patience) -> Self {
        Live { patience, ..self }
    }

    /// The same with a rule for calls without a price.
    #[must_use]
    pub fn with_unpriced(self, unpriced: Unpriced) -> Self {
        Live { unpriced, ..self }
    }

    /// The same, sending nothing more once `stop` is set.
    #[must_use]
    pub fn until(self, stop: Arc<AtomicBool>) -> Self {
        Live { stop, ..self }
    }

    /// What is spent so far.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The models there are, with their prices.
    pub fn catalog(&self) -> &'static Catalog {
        self.situation.catalog
    }

    /// What the price of a call depends on, sent here and today.
    pub fn terms<'a>(&'a self, call: &'a Call) -> Terms<'a> {
        self.situation.terms(call)
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.situation.region
    }

    /// What an attempt of `call` costs at most, in USD.
    ///
    /// # Errors
    /// No bound can be given and the call must not be sent.
    pub fn worst_case(&self, call: &Call) -> Result<Decimal, Unbounded> {
        worst_case(call, &self.situation.terms(call), self.situation.catalog, self.unpriced)
    }

    /// How many tokens Bedrock counts in the input of each of `calls`, by key. A model that it does
    /// not count for is asked about only once.
    pub async fn count_tokens(&self, calls: &[&Call]) -> HashMap<Key, u64> {
        let mut by_model: HashMap<&str, Vec<&Call>> = HashMap::new();
        for call in calls {
            by_model.entry(&call.model_id).or_default().push(call);
        }
        let of_model = |calls: Vec<&'_ Call>| {
            let calls: Vec<Call> = calls.into_iter().cloned().collect();
            async move {
                let mut counts = Vec::new();
                let Some((first, rest)) = calls.split_first() else { return counts };
                let Some(tokens) = self.transport.count_tokens(first).await else { return counts };
                counts.push((first.key(), tokens));
                for some in rest.chunks(COUNTED_AT_ONCE) {
                    let asked = some.iter().map(|call| self.transport.count_tokens(call)).collect();
                    as_they_come(asked, |index, tokens: Option<u64>| {
                        counts.extend(tokens.map(|tokens| (some[index].key(), tokens)));
                    })
                    .await;
                }
                counts
            }
        };
        let mut all = HashMap::new();
        as_they_come(by_model.into_values().map(of_model).collect(), |_, counts| all.extend(counts)).await;
        all
    }

    async fn ask(&self, call: &Call) -> Result<Answer, ProviderError> {
        let answered = self.attempts(call).await;
        match &answered {
            Ok(_) => self.unanswered.store(0, Ordering::Relaxed),
            Err(ProviderError::Service(error)) if error.trouble.is_of_the_service() => {
                self.unanswered.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        answered
    }

    async fn attempts(&self, call: &Call) -> Result<Answer, ProviderError> {
        let worst = self.worst_case(call).map_err(ProviderError::Unbounded)?;
        let gate = self.gates.of(&call.model_id);
        let key = call.key();
        let (mut attempt, mut broken) = (0, 0);
        let mut fault: Option<Box<ServiceError>> = None;
        loop {
            attempt += 1;
            let place = gate.enter().await;
            if self.stop.load(Ordering::Relaxed) {
                return Err(ProviderError::Stopped);
            }
            let unanswered = self.unanswered.load(Ordering::Relaxed);
            if fault.is_none() && unanswered >= self.patience.calls_in_a_row {
                return Err(ProviderError::Service(Box::new(advice::not_sent(unanswered))));
            }
            let reservation = self.ledger.reserve(worst).await.map_err(|over| match fault.take() {
                Some(fault) => ProviderError::RetryOverBudget { over, fault },
                None => ProviderError::Budget(over),
            })?;
            let done = self.transport.send(call).await;
            let outcome = retry::outcome(&done);
            self.settle(call, reservation, outcome, &done);
            match outcome {
                Outcome::Throttled => gate.throttled(),
                _ => gate.answered(),
            }
            drop(place);
            broken += u32::from(done.is_err());
            let may_pass = matches!(outcome, Outcome::Throttled | Outcome::Failed | Outcome::Unreached);
            let tried = if done.is_err() { broken } else { attempt };
            let is_last = attempt >= self.patience.attempts || tried >= self.patience.attempts_for(&done);
            if !may_pass || is_last {
                return self.finish(call, outcome, done, attempt);
            }
            let wait = self.patience.wait(key.as_str(), attempt);
            fault = self.finish(call, outcome, done, attempt).err().and_then(ProviderError::into_service);
            tokio::time::sleep(wait).await;
        }
    }

    /// Pays for an attempt: what its counts say, nothing for a refusal or where nobody was reached, and
    /// the worst case where nothing tells.
    fn settle(&self, call: &Call, paid: Reservation<'_>, outcome: Outcome, done: &Result<Answer, NoAnswer>) {
        match (outcome, done) {
            (Outcome::Unsent | Outcome::Unreached, _) => paid.cancel(),
            (Outcome::Throttled | Outcome::Refused, _) => paid.settle_free(),
            (Outcome::Answered, Ok(answer)) => {
                let claimed = cost(call, answer, &self.situation).unwrap_or(paid.amount());
                if let Err(doubt) = paid.settle(claimed) {
                    self.doubts.lock().unwrap_or_else(PoisonError::into_inner).insert(call.key(), doubt);
                }
            }
            _ => drop(paid),
        }
    }

    /// A call that Bedrock refuses for what it says is an answer; everything else is trouble.
    fn finish(
        &self,
        call: &Call,
        outcome: Outcome,
        done: Result<Answer, NoAnswer>,
        attempts: u32,
    ) -> Result<Answer, ProviderError> {
        let trouble = match done {
            Ok(answer) if outcome == Outcome::Answered => return Ok(answer),
            Ok(answer) => match self.situation.of_answer(call, &answer, attempts) {
                Some(trouble) => trouble,
                None => return Ok(answer),
            },
            Err(error) => self.situation.of_silence(&error, attempts),
        };
        Err(ProviderError::Service(Box::new(trouble)))
    }
}

impl<T: Transport> Provider for Live<T> {
    fn answer(&self, call: &Call) -> impl Future<Output = Result<Answer, ProviderError>> + Send {
        self.ask(call)
    }

    fn doubt(&self, call: &Call) -> Option<Doubt> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner).get(&call.key()).copied()
    }

    /// Each call may name a region of its own.
    fn origin_of(&self, call: &Call, origin: &Origin) -> Origin {
        let origin = self.true_origin(origin);
        let region = origin.region.as_ref().map(|_| self.situation.region_of(call).to_owned());
        Origin { region, ..origin }
    }

    /// An answer of any other host than Amazon's, such as `tutor endpoint`, is a stand-in's.
    fn true_origin(&self, origin: &Origin) -> Origin {
        if self.transport.reaches_bedrock() {
            origin.clone()
        } else {
            Origin { warm_ups: origin.warm_ups, ..Origin::practice(origin.recorded_at) }
        }
    }
}

/// What an attempt of `call` costs at most, in USD; where it may be sent without a price, only what
/// has one.
///
/// # Errors
/// No bound can be given and the call must not be sent.
pub fn worst_case(
    call: &Call,
    terms: &Terms<'_>,
    catalog: &Catalog,
    unpriced: Unpriced,
) -> Result<Decimal, Unbounded> {
    match worst_case::of(call, terms, catalog) {
        Err(_) if unpriced == Unpriced::Allow => Ok(worst_case::of_what_is_priced(call, terms, catalog)),
        worst => worst,
    }
}

/// The same where the service has counted the input, which is never more than was guessed.
///
/// # Errors
/// As above.
pub fn worst_case_of_counted(
    call: &Call,
    terms: &Terms<'_>,
    catalog: &Catalog,
    unpriced: Unpriced,
    input: Option<u64>,
) -> Result<Decimal, Unbounded> {
    let guessed = worst_case(call, terms, catalog, unpriced)?;
    let counted = input.and_then(|input| worst_case::with_input(call, terms, catalog, input).ok());
    Ok(counted.map_or(guessed, |counted| counted.min(guessed)))
}

/// What an answer did cost, in USD, if its counts and the price are known.
fn cost(call: &Call, answer: &Answer, situation: &Situation) -> Option<Decimal> {
    let model = situation.catalog.model(&call.model_id);
    let reading = family::read(call, situation.catalog.family(&call.model_id), answer)?;
    let images = images_made(call, &reading);
    Cost::of(model, &situation.terms(call), &reading.usage, &images, situation.today).total()
}
