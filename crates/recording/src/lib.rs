//! The recordings on disk.
//!
//! In comes a call with its answers; out comes one file under the fixtures folder, and back again.
//! [`format`] is the file's shape and [`migrate`] the way from older ones, [`store`] the tree of
//! files with accepted and pending ones, [`origin`] who answered, [`pending`] what a maintainer decides
//! about them, [`lock`] keeps two runs apart, [`history`] is what decisions replaced or removed, [`state`]
//! where tutor keeps what is part of no book, [`capture`] is what a chapter's own code did when it ran,
//! [`redact`] is what never reaches a disk, [`media`] the pictures a page refers to.

pub mod capture;
pub mod conflict;
pub mod format;
pub mod history;
pub mod lock;
pub mod media;
pub mod migrate;
pub mod origin;
pub mod pending;
pub mod redact;
mod shape;
pub mod state;
pub mod store;

pub use format::{Damage, DamageKind};
pub use origin::{Imported, LocalModel, Missing, Origin, OriginKind};
pub use pending::Filed;
pub use store::{Acceptance, Filing, Lookup, Standing, Store, StoreError};

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
        self.origin.is_same_source(&other.origin)
            && self.samples.len() == other.samples.len()
            && self.samples.iter().zip(&other.samples).all(|(a, b)| {
                a.status == b.status && format::payload_text(&a.payload) == format::payload_text(&b.payload)
            })
    }
}
