//! Faults for teaching: refusals and broken streams that repeat from run to run.

use std::time::Duration;

use axum::http::StatusCode;
use bytes::Bytes;

use super::frames::Wire;
use super::refusal::Refusal;
use serde_json::json;
use tutor_bedrock::{Json, event_stream};

/// What goes wrong, and how often. The same seed spoils the same requests, counted from 0 in the order
/// they arrive.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Faults {
    /// The share of requests answered with `ThrottlingException`, from 0 to 1.
    pub throttle: f64,
    /// The share answered with `InternalServerException`.
    pub fail: f64,
    /// The share of streams that break off with an exception.
    pub mid_stream: f64,
    /// Added to every answer.
    pub latency: Duration,
    /// Another seed, other requests.
    pub seed: u64,
}

/// AWS's words, as clients' authors have collected them.
const THROTTLED: &str = "Too many requests, please wait before trying again.";
const THROTTLED_TOKENS: &str = "Too many tokens, please wait before trying again.";
const FAILED: &str = "The system encountered an unexpected error during processing. Try your request again.";

impl Faults {
    /// The fault that answers request `number` instead of a model.
    pub(super) fn refusal(&self, number: u64) -> Option<Refusal> {
        if self.strikes(number, "throttle", self.throttle) {
            let status = StatusCode::TOO_MANY_REQUESTS;
            return Some(Refusal::bedrock(status, "ThrottlingException", THROTTLED));
        }
        if self.strikes(number, "fail", self.fail) {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return Some(Refusal::bedrock(status, "InternalServerException", FAILED));
        }
        None
    }

    /// After how many of `frames` frames the stream of request `number` breaks off, and the frame that
    /// says so. At least one frame comes through, and the last one does not.
    pub(super) fn cut(&self, number: u64, frames: usize, wire: Wire) -> Option<(usize, Bytes)> {
        if frames < 2 || !self.strikes(number, "mid-stream", self.mid_stream) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of a small count"
        )]
        let kept = 1 + (self.draw(number, "where") * (frames - 1) as f64) as usize;
        let exception = match wire {
            Wire::EventStream => event_stream::exception_frame(0, "throttlingException", THROTTLED_TOKENS),
            Wire::ServerSent => {
                let (code, kind) = ("rate_limit_exceeded", "rate_limit_error");
                // What each of the APIs' clients looks for.
                let error = json!({"type": kind, "code": code, "message": THROTTLED_TOKENS});
                let data =
                    json!({"type": "error", "code": code, "message": THROTTLED_TOKENS, "error": error});
                event_stream::server_sent(0, event_stream::ERROR, Json::from(data).into())
            }
        };
        Some((kept, wire.encode(&exception)?))
    }

    fn strikes(&self, number: u64, what: &str, rate: f64) -> bool {
        rate > 0.0 && self.draw(number, what) < rate
    }

    /// A number from 0 (included) to 1 (excluded) that depends on nothing but these.
    fn draw(&self, number: u64, what: &str) -> f64 {
        let start = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number);
        let mixed = what.bytes().fold(mix(start), |state, byte| mix(state ^ u64::from(byte)));
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let (share, whole) = ((mixed >> 11) as f64, (1_u64 << 53) as f64);
        share / whole
    }
}

/// The finaliser of splitmix64.
fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides_and_the_rate_holds() {
        let faults = |seed| Faults { throttle: 0.3, seed, ..Faults::default() };
        let hits = |faults: Faults| (0..10_000).filter(|n| faults.refusal(*n).is_some()).collect::<Vec<_>>();
        let first = hits(faults(1));
        assert!((2_800..3_200).contains(&first.len()), "{}", first.len());
        assert_eq!(first, hits(faults(1)));
        assert_ne!(first, hits(faults(2)));
    }

    #[test]
    fn none_and_all_mean_what_they_say() {
        let all = Faults { fail: 1.0, mid_stream: 1.0, ..Faults::default() };
        for number in 0..1000 {
            assert_eq!(Faults::default().refusal(number), None);
            assert_eq!(Faults::default().cut(number, 9, Wire::EventStream), None);
            assert_eq!(all.refusal(number).unwrap().kind, "InternalServerException");
            let (kept, _) = all.cut(number, 5, Wire::ServerSent).unwrap();
            assert!((1..5).contains(&kept), "{kept}");
            assert_eq!(all.cut(number, 1, Wire::EventStream), None, "one frame cannot break in the middle");
        }
    }
}
