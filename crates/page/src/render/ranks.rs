//! Which calls of a comparison are best and worst. Only accepted answers are ranked: times of Amazon
//! Bedrock's live answers among each other, times of local ones among each other and only where each has
//! been asked often enough; costs of what Bedrock answered. A stand-in's figures are never ranked.

use super::view::{Acceptance, CompareRow, ComparedView, Origin};
use tutor_catalog::measure::Ranking;

/// How many samples a local answer has at least before its times are ranked.
const ENOUGH: usize = 5;

/// Best and worst of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ranks {
    /// Live answers by median latency.
    pub(super) latency: Ranking,
    /// Local answers by median latency.
    pub(super) local_latency: Ranking,
    /// By total cost.
    pub(super) cost: Ranking,
}

/// Ranks the rows.
pub(super) fn ranks(rows: &[CompareRow]) -> Ranks {
    let whole = |row: &CompareRow| {
        let row = row.recorded.as_ref()?;
        (row.acceptance == Acceptance::Accepted && row.error.is_none()).then(|| row.clone())
    };
    let rows: Vec<Option<ComparedView>> = rows.iter().map(whole).collect();
    let times = |origin: Origin, enough: usize| {
        let time = move |row: &Option<ComparedView>| {
            let row = row.as_ref().filter(|row| row.origin == origin)?;
            row.figures.latency.filter(|latency| latency.n >= enough).map(|latency| latency.median_ms)
        };
        Ranking::least_first(rows.iter().map(time))
    };
    let cost = |row: &Option<ComparedView>| {
        row.as_ref().filter(|row| row.origin.is_of_bedrock())?.figures.cost.total()
    };
    Ranks {
        latency: times(Origin::Bedrock, 1),
        local_latency: times(Origin::Local, ENOUGH),
        cost: Ranking::least_first(rows.iter().map(cost)),
    }
}

impl Ranks {
    /// The sign for row `index` by its time: a word of `live`, or one of `local`.
    pub(super) fn latency_of(self, index: usize) -> Option<(Place, &'static str)> {
        place(self.latency, index, ["fastest", "slowest"]).or_else(|| {
            place(self.local_latency, index, ["fastest of the local ones", "slowest of the local ones"])
        })
    }

    /// The sign for row `index` by its cost.
    pub(super) fn cost_of(self, index: usize) -> Option<(Place, &'static str)> {
        place(self.cost, index, ["cheapest", "dearest"])
    }
}

/// A place that is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The best.
    Best,
    /// The worst.
    Worst,
}

fn place(ranking: Ranking, index: usize, words: [&'static str; 2]) -> Option<(Place, &'static str)> {
    match Some(index) {
        here if here == ranking.best => Some((Place::Best, words[0])),
        here if here == ranking.worst => Some((Place::Worst, words[1])),
        _ => None,
    }
}
