//! Figures as every form writes them, for sentences.

use rust_decimal::Decimal;

use super::view::{CompareRow, ComparedView, Origin};
use super::words;
use tutor_catalog::measure::Cost;

/// `840 ms`, `1.94 s`
pub fn time(ms: u64) -> String {
    words::time(ms)
}

/// `$0.000417`
pub fn usd(amount: Decimal) -> String {
    words::usd(amount)
}

/// What a recorded answer cost; `None` where nobody billed it or the price is unknown.
pub fn cost(recorded: &ComparedView) -> Option<String> {
    match &recorded.figures.cost {
        Cost::Priced(parts) if recorded.origin != Origin::Local => Some(usd(parts.total())),
        _ => None,
    }
}

/// Who answered a call, and when.
pub fn source(row: &CompareRow) -> String {
    format!("{}: {}", row.name, words::compare_origin(row))
}
