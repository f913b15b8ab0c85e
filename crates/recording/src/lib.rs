//! The recordings on disk.
//!
//! In comes a call with its answers; out comes one file under the fixtures folder, and back again.
//! [`format`] is the file's shape and [`migrate`] the way from older ones, [`store`] the tree of
//! files with accepted and pending ones, [`pending`] what a maintainer decides about them, [`lock`]
//! keeps two runs apart, [`capture`] is what a chapter's own code did when it ran, [`redact`] is what never reaches a disk, [`media`] the pictures a page
//! refers to.

pub mod capture;
pub mod format;
pub mod lock;
pub mod media;
pub mod migrate;
pub mod pending;
pub mod redact;
mod shape;
pub mod store;

pub use format::{Damage, DamageKind};
pub use pending::Filed;
pub use store::{Acceptance, Filing, Lookup, Store, StoreError};

use jiff::Timestamp;

use tutor_bedrock::{Answer, Call, Key};

/// A call, what came back for it, and where that came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// The call; account ids in it are masked.
    pub call: Call,
    /// The key of the call as it was sent, before masking.
    pub key: Key,
    /// Where the samples came from.
    pub origin: Origin,
    /// The answers, never empty; a page shows the first, and figures over all.
    pub samples: Vec<Answer>,
}

/// Where a recording came from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Origin {
    /// Who answered.
    pub kind: OriginKind,
    /// The AWS region; none for practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// When the first sample was stored.
    pub recorded_at: Timestamp,
    /// The tutor that stored it.
    pub tutor: String,
    /// The SDK that carried it; none for practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdk: Option<String>,
    /// How many answers were asked for and dropped before the first sample, so that no sample pays
    /// for a cold connection.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warm_ups: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Who answered a recorded call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OriginKind {
    /// Amazon Bedrock itself.
    Bedrock,
    /// One of tutor's stand-in models.
    Practice,
}

impl Origin {
    /// The origin of an answer made by a stand-in model at `now`.
    pub fn practice(now: Timestamp) -> Self {
        Origin {
            kind: OriginKind::Practice,
            region: None,
            recorded_at: now,
            tutor: env!("CARGO_PKG_VERSION").to_owned(),
            sdk: None,
            warm_ups: 0,
        }
    }

    /// The origin of a live answer from `region`, carried by `sdk`.
    pub fn bedrock(now: Timestamp, region: impl Into<String>, sdk: impl Into<String>) -> Self {
        Origin {
            kind: OriginKind::Bedrock,
            region: Some(region.into()),
            sdk: Some(sdk.into()),
            ..Origin::practice(now)
        }
    }
}

impl Recording {
    /// A recording of `call`, masked for the disk. `samples` must not be empty.
    pub fn new(call: &Call, origin: Origin, samples: Vec<Answer>) -> Self {
        debug_assert!(!samples.is_empty(), "a recording has at least one sample");
        Recording {
            key: call.key(),
            call: redact::call(call),
            origin,
            samples: samples.into_iter().map(redact::answer).collect(),
        }
    }

    /// The answer a page shows and later calls read.
    pub fn shown(&self) -> &Answer {
        &self.samples[0]
    }

    /// Whether the answers are the same, whatever their times and origin's date.
    pub fn same_answers(&self, other: &Recording) -> bool {
        self.origin.kind == other.origin.kind
            && self.samples.len() == other.samples.len()
            && self.samples.iter().zip(&other.samples).all(|(a, b)| {
                a.status == b.status && format::payload_text(&a.payload) == format::payload_text(&b.payload)
            })
    }
}
