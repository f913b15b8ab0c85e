//! The pictures of recorded answers, as files that pages refer to: `recorded/HASH.EXT` under the
//! book's sources. They are written when a recording is accepted, never by a build.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::{Recording, StoreError, store};
use tutor_bedrock::family::{self, Part};
use tutor_bedrock::key::hex;

/// The folder under the book's sources.
pub const FOLDER: &str = "recorded";

/// One picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medium {
    /// Such as `image/png`.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Medium {
    /// Its path under the book's sources: the same bytes always have the same name.
    pub fn path(&self) -> String {
        let digest = hex(&Sha256::digest(&self.bytes));
        format!("{FOLDER}/{}.{}", &digest[..16], self.extension())
    }

    /// Writes it where pages refer to it, if it is not there.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn publish(&self, source_folder: &Path) -> Result<(), StoreError> {
        let path = source_folder.join(self.path());
        if path.exists() { Ok(()) } else { store::write_atomically(&path, &self.bytes) }
    }

    fn extension(&self) -> &'static str {
        match self.media_type.as_str() {
            "image/jpeg" => "jpg",
            "image/webp" => "webp",
            "image/gif" => "gif",
            _ => "png",
        }
    }
}

/// Whether `path` is one that [`Medium::path`] gives: `recorded/HASH.EXT`.
pub fn is_path(path: &str) -> bool {
    let name = path.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/'));
    name.and_then(|name| name.split_once('.')).is_some_and(|(hash, extension)| {
        hash.len() == 16
            && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            && ["png", "jpg", "webp", "gif"].contains(&extension)
    })
}

/// The pictures of the answer that pages show.
pub fn of(recording: &Recording) -> Vec<Medium> {
    let call = &recording.call;
    let Some(reading) = family::read(call, family::of_model(&call.model_id), recording.shown()) else {
        return Vec::new();
    };
    reading
        .parts
        .into_iter()
        .filter_map(|part| match part {
            Part::Image { media_type, bytes } => Some(Medium { media_type, bytes }),
            _ => None,
        })
        .collect()
}
