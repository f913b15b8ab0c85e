//! What happens in a run, drawn anew each time: rounds, each with a prompt and a stub model for every
//! model that the function is called with.

mod comparison;
mod dice;

use std::time::Duration;

use jiff::civil::Date;
use rust_decimal::Decimal;

pub use self::dice::Dice;
use tutor_bedrock::model_id;
use tutor_catalog::{Catalog, Terms};
use tutor_provider::practice::Lines;

/// A model as the function gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// Its id.
    pub id: String,
    /// The name people know it by.
    pub name: String,
    /// USD per million input tokens.
    pub input_per_million: Decimal,
    /// USD per million output tokens.
    pub output_per_million: Decimal,
}

/// A whole run of a comparison.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The rounds, in order.
    pub rounds: Vec<Round>,
}

/// Which round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Everybody answers.
    Everybody,
    /// Other models, some of which differ in one thing alone.
    Ranking,
    /// The same with all sides changed.
    Swapped,
    /// The round before, once more.
    Again,
    /// One model fails.
    Failure,
    /// One model is throttled.
    Throttling,
    /// Amazon Bedrock answers, as it likes.
    Live,
}

/// One call of the learner's function.
#[derive(Debug, Clone)]
pub struct Round {
    /// Which it is.
    pub kind: Kind,
    /// The prompt.
    pub prompt: String,
    /// The booking in it.
    pub reference: String,
    /// The models that the function is called with.
    pub models: Vec<Priced>,
    /// One for each model, in their order.
    pub stubs: Vec<StubModel>,
    /// Models whose scores are compared.
    pub pairs: Vec<Pair>,
}

/// Two models of a round that differ in one thing alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// In what.
    pub differs: Difference,
    /// The model whose answer is the better one.
    pub better: String,
    /// The other one.
    pub worse: String,
}

/// In what two answers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// One does what the prompt asks, the other does not.
    Quality,
    /// One came sooner.
    Time,
    /// One costs less.
    Cost,
    /// One is right and slow, the other one wrong and quick: what is right counts more.
    SlowAndRight,
    /// In nothing.
    Nothing,
}

/// What one model does in a round.
#[derive(Debug, Clone)]
pub struct StubModel {
    /// The model.
    pub model_id: String,
    /// The words that only its answer knows.
    pub marker: String,
    /// What it says once it answers.
    pub lines: Lines,
    /// What goes wrong.
    pub fault: Fault,
}

/// What goes wrong with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It never answers: this error, always.
    Fails(Failure),
    /// Every request is refused that does not leave it alone for a moment, and the first one anyhow.
    Throttles,
}

/// An error of Bedrock that trying again does not mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// HTTP status.
    pub status: u16,
    /// Its name.
    pub kind: &'static str,
    /// The words.
    pub message: &'static str,
}

impl Round {
    /// The stub of a model.
    pub fn stub(&self, model_id: &str) -> Option<&StubModel> {
        self.stubs.iter().find(|stub| stub.model_id == model_id)
    }

    /// A model as the function gets it.
    pub fn model(&self, model_id: &str) -> Option<&Priced> {
        self.models.iter().find(|model| model.id == model_id)
    }

    /// The model that fails or is throttled.
    pub fn troubled(&self) -> Option<&StubModel> {
        self.stubs.iter().find(|stub| stub.fault != Fault::None)
    }
}

impl StubModel {
    /// How long its answer is held.
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.lines.total_ms)
    }
}

/// A model at the catalog's price; one without a price costs nothing.
pub fn priced(id: &str, catalog: &Catalog) -> Priced {
    let model = catalog.model(id);
    let price = model.and_then(|model| model.price(&Terms::new(id, Date::MAX)));
    let usd = |amount: Option<Decimal>| amount.unwrap_or_default();
    Priced {
        id: id.to_owned(),
        name: model.map_or_else(|| model_id::short(id), |model| model.name.clone()),
        input_per_million: usd(price.and_then(|price| price.rates.input)),
        output_per_million: usd(price.and_then(|price| price.rates.output)),
    }
}
