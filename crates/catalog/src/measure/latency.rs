//! Times over several samples, and how fast an answer was written.

use rust_decimal::{Decimal, RoundingStrategy};

use tutor_bedrock::Timing;

/// From how many samples on a 95th percentile says anything.
const P95_FROM: usize = 20;

/// How long several samples took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How many samples.
    pub n: usize,
    /// The median; the mean of the two middle ones, rounded half up, where `n` is even.
    pub median_ms: u64,
    /// The fastest.
    pub min_ms: u64,
    /// The slowest.
    pub max_ms: u64,
    /// The 95th percentile (nearest rank), only from 20 samples on.
    pub p95_ms: Option<u64>,
}

impl Summary {
    /// The summary of these times in milliseconds, in any order; `None` of none.
    pub fn of(times_ms: &[u64]) -> Option<Self> {
        let mut sorted = times_ms.to_vec();
        sorted.sort_unstable();
        let (min_ms, max_ms) = (*sorted.first()?, *sorted.last()?);
        let n = sorted.len();
        let upper = sorted[n / 2];
        let median_ms = if n % 2 == 1 {
            upper
        } else {
            let lower = sorted[n / 2 - 1];
            // Never `(lower + upper) / 2`: the sum may not fit.
            lower + (upper - lower).div_ceil(2)
        };
        let p95_ms = (n >= P95_FROM).then(|| sorted[(n * 95).div_ceil(100) - 1]);
        Some(Self { n, median_ms, min_ms, max_ms, p95_ms })
    }
}

/// Output tokens per second of client wall time, from sending the request to the last byte, to one
/// decimal; `None` where no time was measured.
///
/// The waiting for the first token is part of it, so that whole and streamed answers compare: of a
/// whole answer nothing else is known.
pub fn tokens_per_second(output_tokens: u64, timing: Timing) -> Option<Decimal> {
    if timing.total_ms == 0 {
        return None;
    }
    let per_second =
        Decimal::from(output_tokens).checked_mul(Decimal::from(1000))? / Decimal::from(timing.total_ms);
    Some(per_second.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn of_nothing_there_is_no_summary() {
        assert_eq!(Summary::of(&[]), None);
    }

    #[test]
    fn one_sample_is_its_own_summary() {
        let summary = Summary { n: 1, median_ms: 812, min_ms: 812, max_ms: 812, p95_ms: None };
        assert_eq!(Summary::of(&[812]), Some(summary));
    }

    #[test]
    fn an_even_number_has_the_mean_of_the_middle_two_rounded_half_up() {
        let summary = Summary { n: 4, median_ms: 26, min_ms: 10, max_ms: 90, p95_ms: None };
        assert_eq!(Summary::of(&[31, 10, 90, 20]), Some(summary));
        assert_eq!(Summary::of(&[u64::MAX, u64::MAX]).map(|s| s.median_ms), Some(u64::MAX));
    }

    #[test]
    fn the_95th_percentile_needs_20_samples_and_is_one_of_them() {
        let twenty: Vec<u64> = (1..=20).map(|n| n * 10).collect();
        assert_eq!(Summary::of(&twenty[..19]).and_then(|s| s.p95_ms), None);
        assert_eq!(Summary::of(&twenty).and_then(|s| s.p95_ms), Some(190));
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!(Summary::of(&hundred).and_then(|s| s.p95_ms), Some(95));
    }

    #[test]
    fn speed_counts_the_whole_wall_time() {
        let timing = Timing { total_ms: 1500, first_token_ms: Some(400) };
        assert_eq!(tokens_per_second(100, timing), Some(Decimal::new(667, 1)));
        let unmeasured = Timing { total_ms: 0, first_token_ms: None };
        assert_eq!(tokens_per_second(100, unmeasured), None);
    }

    proptest! {
        #[test]
        fn a_summary_lies_within_its_samples(times in prop::collection::vec(any::<u64>(), 1..200)) {
            let summary = Summary::of(&times).expect("there are samples");
            prop_assert_eq!(summary.n, times.len());
            prop_assert_eq!(Some(&summary.min_ms), times.iter().min());
            prop_assert_eq!(Some(&summary.max_ms), times.iter().max());
            prop_assert!(summary.min_ms <= summary.median_ms && summary.median_ms <= summary.max_ms);
            prop_assert_eq!(summary.p95_ms.is_some(), times.len() >= 20);
            if let Some(p95) = summary.p95_ms {
                prop_assert!(times.contains(&p95));
                prop_assert!(summary.median_ms <= p95 && p95 <= summary.max_ms);
                let within = times.iter().filter(|time| **time <= p95).count();
                prop_assert!(within * 100 >= times.len() * 95);
            }
            let below = times.iter().filter(|time| **time < summary.median_ms).count();
            let above = times.iter().filter(|time| **time > summary.median_ms).count();
            prop_assert!(below * 2 <= times.len() && above * 2 <= times.len());
        }

        #[test]
        fn order_does_not_matter(times in prop::collection::vec(any::<u64>(), 0..50)) {
            let mut reversed = times.clone();
            reversed.reverse();
            prop_assert_eq!(Summary::of(&times), Summary::of(&reversed));
        }
    }
}
