//! Which calls of a comparison are best and worst.

use rust_decimal::Decimal;

use super::view::{Acceptance, CompareRow, Origin};
use crate::measure::Cost;

/// Best and worst of a comparison; only accepted live answers are ranked, and only if there are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ranks {
    /// Rows with the lowest and highest median latency.
    pub(super) fastest: Option<usize>,
    pub(super) slowest: Option<usize>,
    /// Rows with the lowest and highest cost.
    pub(super) cheapest: Option<usize>,
    pub(super) dearest: Option<usize>,
}

/// Ranks the rows; ties have no best and no worst.
pub(super) fn ranks(rows: &[CompareRow]) -> Ranks {
    let live = |row: &CompareRow| {
        row.recorded
            .as_ref()
            .filter(|recorded| {
                recorded.origin == Origin::Bedrock
                    && recorded.acceptance == Acceptance::Accepted
                    && recorded.error.is_none()
            })
            .map(|recorded| recorded.figures.clone())
    };
    let latency: Vec<(usize, u64)> = rows
        .iter()
        .enumerate()
        .filter_map(|(index, row)| Some((index, live(row)?.latency?.median_ms)))
        .collect();
    let money: Vec<(usize, Decimal)> = rows
        .iter()
        .enumerate()
        .filter_map(|(index, row)| match live(row)?.cost {
            Cost::Priced(parts) => Some((index, parts.total())),
            Cost::Unpriced => None,
        })
        .collect();
    let (fastest, slowest) = ends(&latency);
    let (cheapest, dearest) = ends(&money);
    Ranks { fastest, slowest, cheapest, dearest }
}

/// The rows that alone have the least and the most.
fn ends<T: Ord + Copy>(values: &[(usize, T)]) -> (Option<usize>, Option<usize>) {
    if values.len() < 2 {
        return (None, None);
    }
    let alone = |end: Option<T>| {
        let mut at_end = values.iter().filter(|(_, value)| Some(*value) == end);
        let first = at_end.next().map(|(index, _)| *index);
        if at_end.next().is_some() { None } else { first }
    };
    (alone(values.iter().map(|(_, value)| *value).min()), alone(values.iter().map(|(_, value)| *value).max()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_and_single_values_are_not_ranked() {
        assert_eq!(ends(&[(0, 5)]), (None, None));
        assert_eq!(ends(&[(0, 5), (1, 5)]), (None, None));
        assert_eq!(ends(&[(0, 5), (1, 7), (2, 5)]), (None, Some(1)));
    }
}
