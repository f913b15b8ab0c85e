//! Latency, tokens and money of recorded answers, and how answers compare.
