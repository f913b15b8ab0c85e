//! Keeps two runs that write the same recordings apart.
//!
//! The lock is the operating system's, on a file outside the repository: it ends with the process,
//! however that ends, and leaves nothing in the fixtures.

use std::fs::{File, TryLockError};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::StoreError;
use tutor_bedrock::key::hex;

/// Held while recordings are written.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock for the recordings under `root`.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another process holds it.
    pub fn take(root: &Path) -> Result<Self, StoreError> {
        let whole = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let whole = whole.canonicalize().unwrap_or(whole);
        let digest = hex(&Sha256::digest(whole.as_os_str().as_encoded_bytes()));
        let path = std::env::temp_dir().join(format!("tutor-{}.lock", &digest[..16]));
        let failed = |source| StoreError::Io { action: "lock", path: path.clone(), source };
        let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy(root.to_owned())),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        assert!(matches!(Lock::take(dir.path()), Err(StoreError::Busy(_))));
        assert!(Lock::take(&dir.path().join("other")).is_ok());
        drop(lock);
        assert!(Lock::take(dir.path()).is_ok());
    }
}
