//! Times over several samples.

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
