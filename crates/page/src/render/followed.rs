//! Words for who follows whom and for the steps of a pipeline.

use rust_decimal::Decimal;

use super::view::{CompareRow, ComparedView, ModelRow, Origin};
use super::words::{Cell, NOT_MEASURED, UNPRICED, cells, lifecycle_state, time, usd};
use tutor_catalog::LifecycleState;
use tutor_catalog::measure::grouped;

/// `Retired, end of life 2026-03-11`: the state on the day of the build, and its days.
pub(super) fn standing(row: &ModelRow<'_>) -> String {
    let mut text = lifecycle_state(row).to_owned();
    if let Some(lifecycle) = &row.model.lifecycle {
        if row.state == LifecycleState::Legacy
            && let Some(day) = lifecycle.legacy
        {
            text = format!("{text} from {day}");
        }
        if let Some(day) = lifecycle.end_of_life {
            text = format!("{text}, end of life {day}");
        }
    }
    text
}

/// Where the dates of these models were read, each source once.
pub(super) fn lifecycle_sources<'a, 'r: 'a>(rows: impl Iterator<Item = &'a ModelRow<'r>>) -> Vec<String> {
    let mut sources: Vec<String> = Vec::new();
    for source in rows.filter_map(|row| Some(row.model.lifecycle.as_ref()?.source.clone())) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}

/// A step of a pipeline, or the sum of them.
pub(super) struct Step {
    /// Its place and the call's name.
    pub(super) name: String,
    /// The model.
    pub(super) model: String,
    /// Tokens, latency, cost.
    pub(super) cells: [Cell; 3],
}

/// The steps, and their sum where every step has its figure.
pub(super) fn steps(rows: &[CompareRow]) -> Vec<Step> {
    let cell = |value: &str| Cell { value: value.to_owned(), unsure: None };
    let mut steps: Vec<Step> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| Step {
            name: format!("{}. {}", index + 1, row.name),
            model: row.model.name.clone(),
            cells: match &row.recorded {
                Some(recorded) => cells(&recorded.figures, recorded.origin),
                None => [cell("not recorded"), cell("–"), cell("–")],
            },
        })
        .collect();
    let recorded: Vec<&ComparedView> = rows.iter().filter_map(|row| row.recorded.as_ref()).collect();
    let complete = recorded.len() == rows.len();
    let origin =
        recorded.iter().map(|it| it.origin).find(|it| *it == Origin::Practice).unwrap_or(Origin::Bedrock);
    let billed = recorded.iter().all(|it| it.origin != Origin::Local);
    let sum = |part: fn(&ComparedView) -> Option<u64>| -> Option<u64> {
        recorded.iter().map(|it| part(it)).sum::<Option<u64>>().filter(|_| complete)
    };
    let tokens = sum(|it| it.figures.tokens.usage.input_tokens)
        .zip(sum(|it| it.figures.tokens.usage.output_tokens))
        .map(|(input, output)| format!("{} → {}", grouped(input), grouped(output)));
    let latency = sum(|it| it.figures.latency.map(|latency| latency.median_ms)).map(time);
    let cost = recorded.iter().map(|it| it.figures.cost.total()).sum::<Option<Decimal>>();
    let cost = cost.filter(|_| complete && billed).map(usd);
    steps.push(Step {
        name: "In all".to_owned(),
        model: "one after the other".to_owned(),
        cells: [
            Cell::new(tokens, "not counted", origin, "estimated"),
            Cell::new(latency, NOT_MEASURED, origin, "simulated"),
            Cell::new(cost, UNPRICED, origin, "estimated"),
        ],
    });
    steps
}
