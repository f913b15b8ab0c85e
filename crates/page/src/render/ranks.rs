//! Which calls of a comparison are best and worst: only accepted live answers are ranked.

use super::view::{Acceptance, CompareRow, ComparedView, Origin};
use tutor_catalog::measure::Ranking;

/// Best and worst of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ranks {
    /// By median latency.
    pub(super) latency: Ranking,
    /// By total cost.
    pub(super) cost: Ranking,
}

/// Ranks the rows.
pub(super) fn ranks(rows: &[CompareRow]) -> Ranks {
    let live: Vec<Option<&ComparedView>> =
        rows.iter().map(|row| row.recorded.as_ref().filter(|row| is_live(row))).collect();
    Ranks {
        latency: Ranking::least_first(live.iter().map(|row| Some((*row)?.figures.latency?.median_ms))),
        cost: Ranking::least_first(live.iter().map(|row| (*row)?.figures.cost.total())),
    }
}

fn is_live(row: &ComparedView) -> bool {
    row.origin == Origin::Bedrock && row.acceptance == Acceptance::Accepted && row.error.is_none()
}
