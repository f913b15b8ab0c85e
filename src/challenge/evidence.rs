//! What a run has shown: everything that the checks judge by, and nothing else.

use std::collections::HashMap;
use std::time::Instant;

use super::play::{Act, Priced, Role};
use super::returned::{Returned, Row};
use super::runner::Trouble;
use super::stage::{Outcome, Seen};

/// A run as far as it went.
#[derive(Debug)]
pub struct Evidence {
    /// The script's name.
    pub file: String,
    /// The function that was called.
    pub function: String,
    /// The models, as the function got them.
    pub models: Vec<Priced>,
    /// On which line each function of the script begins; or why it did not load.
    pub loaded: Result<HashMap<String, usize>, Trouble>,
    /// The acts that were begun, in order.
    pub acts: Vec<Performance>,
    /// The last lines that the script printed.
    pub printed: String,
}

/// An act as it went.
#[derive(Debug)]
pub struct Performance {
    /// What was drawn for it.
    pub act: Act,
    /// The requests that arrived, in order.
    pub seen: Vec<Seen>,
    /// What the function returned, or why it did not.
    pub returned: Result<Returned, Trouble>,
    /// When the function was called.
    pub began: Instant,
    /// When it was over.
    pub over: Instant,
}

impl Evidence {
    /// Nothing yet.
    pub(super) fn new(file: String, function: String, models: Vec<Priced>) -> Self {
        let loaded = Ok(HashMap::new());
        Evidence { file, function, models, loaded, acts: Vec::new(), printed: String::new() }
    }

    /// The act in which everybody answers, if it was begun.
    pub(super) fn comparison(&self) -> Option<&Performance> {
        self.acts.first()
    }

    /// The act in which a model fails.
    pub(super) fn failure(&self) -> Option<&Performance> {
        self.acts.get(1)
    }

    /// The act in which a model is throttled.
    pub(super) fn throttling(&self) -> Option<&Performance> {
        self.acts.get(2)
    }

    /// What people call a model.
    pub(super) fn name<'a>(&'a self, model_id: &'a str) -> &'a str {
        self.models.iter().find(|model| model.id == model_id).map_or(model_id, |model| &model.name)
    }
}

impl Performance {
    /// The requests to a model.
    pub(super) fn to<'a>(&'a self, model_id: &'a str) -> impl Iterator<Item = &'a Seen> {
        self.seen.iter().filter(move |seen| seen.model_id == model_id)
    }

    /// How many requests to a model were answered.
    pub(super) fn answers(&self, model_id: &str) -> usize {
        self.to(model_id).filter(|seen| matches!(seen.outcome, Outcome::Answered(_))).count()
    }

    /// The result for a model, if there is one.
    pub(super) fn row(&self, model_id: &str) -> Option<&Row> {
        self.returned.as_ref().ok()?.row(model_id)
    }

    /// The roles whose model has answered, each with its result if that claims success.
    pub(super) fn answered(&self) -> impl Iterator<Item = (&Role, Option<&Row>)> {
        let answered = self.act.roles.iter().filter(|role| self.answers(&role.model_id) > 0);
        answered.map(|role| (role, self.row(&role.model_id).filter(|row| row.is_success())))
    }
}
