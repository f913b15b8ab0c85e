//! Which failures are worth another attempt, and how long to wait before it.

use std::time::Duration;

use super::transport::NoAnswer;
use tutor_bedrock::Answer;
use tutor_bedrock::family::error::{self, ErrorReading};

/// How patient a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The most attempts for one answer, the first included.
    pub attempts: u32,
    /// The longest wait after the first attempt; it doubles with each further one.
    pub first: Duration,
    /// The longest wait between any two attempts.
    pub longest: Duration,
    /// After so many calls in a row without an answer, through a fault of the service's own, the
    /// others are not sent.
    pub calls_in_a_row: u32,
    /// What the jitter starts from, so that two runs do not march in step.
    pub seed: u64,
}

impl Default for Patience {
    fn default() -> Self {
        let (first, longest) = (Duration::from_millis(500), Duration::from_secs(20));
        Patience { attempts: 12, first, longest, calls_in_a_row: 8, seed: 0 }
    }
}

impl Patience {
    /// How many attempts of a call may come to this, at most. What nobody can reach, or what breaks on
    /// the way and may have been paid for, is not worth many.
    pub(super) fn attempts_for(&self, done: &Result<Answer, NoAnswer>) -> u32 {
        const FEW: u32 = 4;
        match done {
            Err(NoAnswer::Unreached(_) | NoAnswer::Connection(_) | NoAnswer::Broken(_)) => {
                self.attempts.min(FEW)
            }
            _ => self.attempts,
        }
    }

    /// How long to wait after attempt number `attempt`, from 1 on: full jitter under a doubling
    /// bound, as the AWS Architecture Blog advises ("Exponential Backoff And Jitter").
    pub fn wait(&self, call: &str, attempt: u32) -> Duration {
        let doubled = self.first.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let bound = doubled.min(self.longest);
        let seeds = [self.seed, u64::from(attempt)].into_iter().chain(call.bytes().map(u64::from));
        let random = seeds.fold(0, mix);
        #[expect(clippy::cast_precision_loss, reason = "a wait need not be exact")]
        let share = (random >> 11) as f64 / (1_u64 << 53) as f64;
        bound.mul_f64(share)
    }
}

/// `SplitMix64` (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
fn mix(state: u64, seed: u64) -> u64 {
    let mut z = (state ^ seed).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What an attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A whole answer.
    Answered,
    /// Refused because of too many requests or tokens; costs nothing.
    Throttled,
    /// A failure of the service, or of the way to it, that may be over the next time. What it cost
    /// is not known.
    Failed,
    /// Refused in a way that another attempt will not change; costs nothing.
    Refused,
    /// Gave no whole answer in its time, or none at all, and will not the next time. What it cost is not
    /// known.
    GivenUp,
    /// Reached nobody; that may be over the next time. Costs nothing.
    Unreached,
    /// Never left this machine; costs nothing.
    Unsent,
}

/// What an attempt came to.
pub fn outcome(attempt: &Result<Answer, NoAnswer>) -> Outcome {
    match attempt {
        Err(NoAnswer::Credentials(_) | NoAnswer::Unsendable(_)) => Outcome::Unsent,
        Err(NoAnswer::Timeout(_) | NoAnswer::Faulty(_)) => Outcome::GivenUp,
        Err(NoAnswer::Unreached(_)) => Outcome::Unreached,
        Err(NoAnswer::Connection(_) | NoAnswer::Broken(_)) => Outcome::Failed,
        Ok(answer) => error::read(answer).map_or(Outcome::Answered, |error| of_error(&error)),
    }
}

/// Bedrock's own errors; inside a stream their names start with a small letter.
fn of_error(error: &ErrorReading) -> Outcome {
    let named = |names: &[&str]| names.iter().any(|name| error.kind.eq_ignore_ascii_case(name));
    if named(&["ThrottlingException", "TooManyRequestsException", "ModelNotReadyException"])
        || error.status == 429
    {
        // A stream that was throttled on its way has made tokens already.
        return if error.status == 200 { Outcome::Failed } else { Outcome::Throttled };
    }
    let transient = named(&[
        "InternalServerException",
        "ServiceUnavailableException",
        "ModelStreamErrorException",
        "ModelErrorException",
        "ModelTimeoutException",
    ]);
    match error.status {
        408 | 424 | 500.. => Outcome::Failed,
        200 if transient => Outcome::Failed,
        200 => Outcome::GivenUp,
        _ => Outcome::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_differ() {
        let patience = Patience::default();
        for attempt in 1..40 {
            let bound = patience.first.saturating_mul(1 << (attempt - 1).min(16)).min(patience.longest);
            assert!(patience.wait("call", attempt) <= bound, "{attempt}");
        }
        let waits: std::collections::HashSet<_> =
            (0..100).map(|seed| Patience { seed, ..patience }.wait("call", 3)).collect();
        assert!(waits.len() > 95, "{}", waits.len());
        assert_ne!(patience.wait("one", 1), patience.wait("two", 1));
    }

    #[test]
    fn what_breaks_is_tried_less_often_than_what_is_throttled() {
        let patience = Patience::default();
        let of = |done: NoAnswer| (outcome(&Err(done.clone())), patience.attempts_for(&Err(done)));
        assert_eq!(of(NoAnswer::Unreached(String::new())), (Outcome::Unreached, 4));
        assert_eq!(of(NoAnswer::Broken(String::new())), (Outcome::Failed, 4));
        assert_eq!(of(NoAnswer::Faulty(String::new())).0, Outcome::GivenUp);
        assert_eq!(of(NoAnswer::Timeout(String::new())).0, Outcome::GivenUp);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let of = |status, kind: &str| {
            of_error(&ErrorReading { status, kind: kind.into(), message: String::new() })
        };
        assert_eq!(of(429, "ThrottlingException"), Outcome::Throttled);
        assert_eq!(of(429, "ModelNotReadyException"), Outcome::Throttled);
        for (status, kind) in [
            (500, "InternalServerException"),
            (503, "ServiceUnavailableException"),
            (503, ""),
            (408, "ModelTimeoutException"),
            (424, "ModelErrorException"),
            (200, "throttlingException"),
            (200, "modelStreamErrorException"),
            (200, "internalServerException"),
        ] {
            assert_eq!(of(status, kind), Outcome::Failed, "{status} {kind}");
        }
        for (status, kind) in [
            (400, "ValidationException"),
            (400, "ServiceQuotaExceededException"),
            (403, "AccessDeniedException"),
            (404, "ResourceNotFoundException"),
        ] {
            assert_eq!(of(status, kind), Outcome::Refused, "{status} {kind}");
        }
        assert_eq!(of(200, "validationException"), Outcome::GivenUp);
    }
}
