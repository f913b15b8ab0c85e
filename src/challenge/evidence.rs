//! What a run has shown: everything that the checks judge by, and nothing else.

use std::collections::HashMap;
use std::time::Instant;

use super::kit;
use super::manifest::{Check, Manifest};
use super::returned::{Returned, Row};
use super::runner::{Notes, Trouble};
use super::scenario::{Kind, Priced, Round, StubModel};
use super::source::Source;
use super::stubs::{Asked, Outcome, Seen};

/// A run as far as it went.
#[derive(Debug)]
pub struct Evidence {
    /// The script's name.
    pub file: String,
    /// The function that was called.
    pub function: String,
    /// What is checked, to say whose fault something is.
    pub checks: Vec<Check>,
    /// The script's text, to say where in it to look.
    pub source: Source,
    /// On which line each function of the script begins; or why it did not load.
    pub loaded: Result<HashMap<String, usize>, Trouble>,
    /// The rounds of a comparison that were begun, in order.
    pub rounds: Vec<Played>,
    /// Those of a challenge of the kit.
    pub tasks: Vec<kit::Played>,
    /// The operation that a comparison is to use for all models.
    pub operation: Option<String>,
    /// The last lines that the script printed.
    pub printed: String,
    /// What the run was drawn with.
    pub seed: u64,
}

/// A round as it went.
#[derive(Debug)]
pub struct Played {
    /// What was drawn for it.
    pub round: Round,
    /// The requests that arrived, in order.
    pub seen: Vec<Seen>,
    /// What the function returned, or why it did not.
    pub returned: Result<Returned, Trouble>,
    /// What was noted in the script's process meanwhile.
    pub notes: Notes,
    /// When the function was called.
    pub began: Instant,
    /// When it was over.
    pub over: Instant,
}

impl Evidence {
    /// Nothing yet.
    pub(super) fn new(file: String, manifest: &Manifest, source: Source, seed: u64) -> Self {
        let loaded = Ok(HashMap::new());
        let function = manifest.function.clone();
        let checks = manifest.checks.iter().map(|check| check.get_ref().clone()).collect();
        Evidence {
            file,
            function,
            checks,
            source,
            loaded,
            rounds: Vec::new(),
            tasks: Vec::new(),
            operation: manifest.operation.clone(),
            printed: String::new(),
            seed,
        }
    }

    /// The first round, in which everybody answers, if it was begun.
    pub(super) fn first(&self) -> Option<&Played> {
        self.rounds.first()
    }

    /// The round of this kind, if it was begun.
    pub(super) fn round(&self, kind: Kind) -> Option<&Played> {
        self.rounds.iter().find(|played| played.round.kind == kind)
    }

    /// The rounds in which nothing goes wrong on purpose.
    pub(super) fn untroubled(&self) -> impl Iterator<Item = &Played> {
        self.rounds.iter().filter(|played| played.round.troubled().is_none())
    }

    /// The models of the first round.
    pub(super) fn models(&self) -> &[Priced] {
        self.first().map_or(&[], |played| &played.round.models)
    }

    /// What people call a model.
    pub(super) fn name<'a>(&'a self, model_id: &'a str) -> &'a str {
        let known = self.rounds.iter().find_map(|played| played.round.model(model_id));
        known.map_or(model_id, |model| &model.name)
    }
}

impl Played {
    /// The requests to a model.
    pub(super) fn to<'a>(&'a self, model_id: &'a str) -> impl Iterator<Item = &'a Seen> {
        self.seen.iter().filter(move |seen| seen.model_id == model_id)
    }

    /// How many requests to a model were answered.
    pub(super) fn answers(&self, model_id: &str) -> usize {
        self.to(model_id).filter(|seen| matches!(seen.outcome, Outcome::Answered(_))).count()
    }

    /// What the last answered request to a model asked and got.
    pub(super) fn asked<'a>(&'a self, model_id: &'a str) -> Option<&'a Asked> {
        let answered = self.to(model_id).filter_map(|seen| match &seen.outcome {
            Outcome::Answered(asked) => Some(asked),
            _ => None,
        });
        answered.last()
    }

    /// The result for a model, if there is one.
    pub(super) fn row(&self, model_id: &str) -> Option<&Row> {
        self.returned.as_ref().ok()?.row(model_id)
    }

    /// The stubs that have answered, each with what it said and its result if that claims success.
    pub(super) fn answered(&self) -> impl Iterator<Item = (&StubModel, &Asked, Option<&Row>)> {
        self.round.stubs.iter().filter_map(|stub| {
            let row = self.row(&stub.model_id).filter(|row| row.is_success());
            Some((stub, self.asked(&stub.model_id)?, row))
        })
    }
}
