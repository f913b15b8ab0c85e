//! What a run says, to people, to programs and as a page.

mod human;
mod json;
mod page;
mod shown;

pub use human::human;
pub use json::{check, json};
pub use page::page;
pub use shown::shown;

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;
use tutor_recording::OriginKind;

use super::evidence::Evidence;
use super::grading::Report;
use super::returned::Row;
use super::shelf::Challenge;
use crate::process::python::Python;
use tutor_page::render::view::{ScoreRow, ScoreboardView, ScoredView, Standing};

/// A run that is over.
#[derive(Debug, Clone)]
pub struct Finished<'a> {
    /// Which challenge.
    pub challenge: &'a Challenge,
    /// Who ran it.
    pub python: &'a Python,
    /// What happened.
    pub evidence: &'a Evidence,
    /// What that means.
    pub report: &'a Report,
    /// Who answered.
    pub answers: Answers,
}

/// Who answered, and what it did cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answers {
    /// Stand-ins, as the scenario said.
    Practice,
    /// Those behind a way to Amazon Bedrock.
    Live {
        /// Who they really were.
        origin: OriginKind,
        /// USD.
        spent: Decimal,
        /// What it came to, in words.
        told: String,
    },
}

/// What the figures of a practice run are worth.
const NOTES: [&str; 2] = [
    "Measured by your script, on answers made for this run: texts, tokens and delays were drawn by \
     chance. They show that your script measures rightly; they say nothing about these models.",
    "For figures of stand-ins side by side: tutor compare PROMPT --practice",
];

/// What they are worth before all checks pass.
const OPEN: &str = "What your script returned, on answers made for this run. Not all checks pass, so not all of it is \
                    right.";
/// What those of a live run are worth.
const BEDROCK: &str = "Answered by Amazon Bedrock, once each, and measured by your script. One answer is no \
                       measurement: ask more often before you choose.";
const ELSEWHERE: &str = "The endpoint that was asked is not Amazon's: stand-ins answered, whose times are simulated and \
                         tokens estimated.";

impl Finished<'_> {
    /// The learner's comparison, from the round in which everybody answers.
    fn scoreboard(&self) -> Option<ScoreboardView> {
        let first = self.evidence.first()?;
        let rows: Vec<ScoreRow> = self
            .evidence
            .models()
            .iter()
            .filter_map(|model| {
                let row = first.row(&model.id)?;
                let result = if row.is_success() { Ok(scored(row)) } else { Err(row.error()) };
                Some(ScoreRow { name: model.name.clone(), model_id: model.id.clone(), result })
            })
            .collect();
        let (standing, notes) = match self.answers {
            Answers::Practice if !self.report.is_passed() => (Standing::Measured, vec![OPEN.to_owned()]),
            Answers::Practice => (Standing::Measured, NOTES.map(str::to_owned).into()),
            Answers::Live { origin, .. } if !origin.is_of_bedrock() => {
                (Standing::Simulated, vec![ELSEWHERE.to_owned()])
            }
            Answers::Live { .. } => (Standing::Measured, vec![BEDROCK.to_owned()]),
        };
        (!rows.is_empty()).then_some(ScoreboardView { rows, standing, notes })
    }
}

/// A learner's result as a row. What it lacks was told by the checks.
fn scored(row: &Row) -> ScoredView {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a day")]
    let ms = |seconds: f64| (seconds.clamp(0.0, 86_400.0) * 1000.0).round() as u64;
    ScoredView {
        output: row.text("output").unwrap_or_default().to_owned(),
        latency_ms: row.number("latency_seconds").map(ms),
        input_tokens: row.count("input_tokens"),
        output_tokens: row.count("output_tokens"),
        cost: row.number("cost_usd").and_then(Decimal::from_f64),
        score: row.number("score"),
        parts: row.score_parts().unwrap_or_default(),
    }
}
