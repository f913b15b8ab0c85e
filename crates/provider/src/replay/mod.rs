//! Replay: recordings answer, and nothing else does.
//!
//! In goes a call, out comes the recording made of exactly this call, read from its file anew, so that
//! whoever runs for long keeps no more in memory than it chooses to. For a call without a recording
//! [`Replay::nearest`] names the one that differs least, so that people see what they changed.

mod difference;

use std::path::PathBuf;

pub use difference::Difference;

use tutor_bedrock::{Call, Key, model_id};
use tutor_recording::store::Fetched;
use tutor_recording::{Damage, Store};

/// The recordings of a book, for answering.
#[derive(Debug)]
pub struct Replay {
    store: Store,
}

/// The recording that comes nearest to a call without one.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// Its file, from the folder of recordings on.
    pub path: PathBuf,
    /// Where the call differs from it, in the order of the body.
    pub differences: Vec<Difference>,
}

impl Replay {
    /// Answers from these recordings.
    pub fn new(store: Store) -> Self {
        Replay { store }
    }

    /// The recording for `key`, accepted before pending; `None` if there is none.
    ///
    /// # Errors
    /// Names the file that should be it and what is wrong with it.
    pub fn find(&self, key: &Key) -> Result<Option<Fetched>, (PathBuf, Damage)> {
        self.store.fetch(key)
    }

    /// The recording of the same operation and model whose body differs least from `call`'s; failing
    /// that, one that differs in nothing but the model or the operation. Reads every recording there
    /// is, so this is for refusals only.
    pub fn nearest(&self, call: &Call) -> Option<Nearest> {
        let bare = model_id::bare(&call.model_id);
        let related = |other: &Call| {
            let same_model = model_id::bare(&other.model_id) == bare;
            (other.operation == call.operation && same_model) || other.body == call.body
        };
        let candidates = self.store.paths().filter_map(|path| {
            let recording = tutor_recording::format::read(&std::fs::read_to_string(path).ok()?).ok()?;
            related(&recording.call).then(|| Nearest {
                path: path.strip_prefix(self.store.root()).unwrap_or(path).to_owned(),
                differences: difference::between(call, &recording.call),
            })
        });
        candidates.min_by(|a, b| (a.differences.len(), &a.path).cmp(&(b.differences.len(), &b.path)))
    }
}
