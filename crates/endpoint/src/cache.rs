//! Answers that were asked for before, ready to send.
//!
//! Reading a recording's file, checking a body and making a practice answer cost more than the rest of
//! a request together; scripts ask the same again and again. What is kept is bounded, whatever the
//! number of recordings and the size of answers.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, PoisonError};

use super::reply::Prepared;
use super::request::Asked;

/// The most answers kept.
const MOST: usize = 256;
/// The most bytes kept, requests and answers together.
const MOST_BYTES: usize = 2_000_000;
/// The largest request with its answer that is kept.
const LARGEST: usize = 100_000;

#[derive(Debug, Default)]
pub(super) struct Cache {
    hasher: RandomState,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<u64, (Asked, Arc<Prepared>)>,
    bytes: usize,
}

impl Cache {
    /// The answer to exactly this request.
    pub(super) fn find(&self, asked: &Asked) -> Option<Arc<Prepared>> {
        let hash = self.hasher.hash_one(asked);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (same, prepared) = kept.answers.get(&hash)?;
        (same == asked).then(|| Arc::clone(prepared))
    }

    /// Keeps an answer, if it is small. When the room is full everything goes: what is still asked for
    /// comes back at once.
    pub(super) fn keep(&self, asked: Asked, prepared: &Arc<Prepared>) {
        let bytes = asked.body.len() + prepared.size();
        if bytes > LARGEST {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.answers.len() >= MOST || kept.bytes + bytes > MOST_BYTES {
            *kept = Kept::default();
        }
        kept.bytes += bytes;
        kept.answers.insert(self.hasher.hash_one(&asked), (asked, Arc::clone(prepared)));
    }
}
