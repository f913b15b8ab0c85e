//! Keeps two runs that write the same recordings apart.
//!
//! The lock is the operating system's, on the folder of the recordings itself: it ends with the
//! process, however that ends, leaves nothing in the fixtures, and is the same one whatever the
//! environment says.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;

/// Held while recordings are written.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    /// The folder, if there was none before.
    made: Option<PathBuf>,
}

impl Lock {
    /// Takes the lock for the recordings under `root`, which is made if it is not there.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another process holds it.
    pub fn take(root: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Io { action: "lock", path: root.to_owned(), source };
        let made = (!root.exists()).then(|| root.to_owned());
        loop {
            fs::create_dir_all(root).map_err(failed)?;
            let file = lockable(root).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(StoreError::Busy(root.to_owned())),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
            // A run that made the folder may have taken it away again in the meantime.
            if is_still(&file, root) {
                return Ok(Lock { _file: file, made });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(made) = &self.made {
            // Only an empty folder goes.
            let _ = fs::remove_dir(made);
        }
    }
}

/// What the lock is on: the folder.
#[cfg(unix)]
fn lockable(root: &Path) -> io::Result<File> {
    File::open(root)
}

#[cfg(unix)]
fn is_still(file: &File, root: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let place = |meta: &fs::Metadata| (meta.dev(), meta.ino());
    matches!((file.metadata(), fs::metadata(root)), (Ok(one), Ok(other)) if place(&one) == place(&other))
}

/// Where a folder cannot be opened, a file named after it outside the repository.
#[cfg(not(unix))]
fn lockable(root: &Path) -> io::Result<File> {
    use sha2::Digest as _;
    let whole = root.canonicalize()?;
    let digest = tutor_bedrock::key::hex(&sha2::Sha256::digest(whole.as_os_str().as_encoded_bytes()));
    let folder = crate::state::folder().unwrap_or_else(std::env::temp_dir);
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{}.lock", &digest[..16]));
    File::options().create(true).append(true).open(path)
}

#[cfg(not(unix))]
fn is_still(_file: &File, _root: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it_at_a_time_and_an_empty_folder_goes_again() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        assert!(matches!(Lock::take(dir.path()), Err(StoreError::Busy(_))));
        #[cfg(unix)]
        {
            let link = dir.path().join("link");
            std::os::unix::fs::symlink(dir.path(), &link).unwrap();
            assert!(matches!(Lock::take(&link), Err(StoreError::Busy(_))), "by another name");
        }
        let other = dir.path().join("other");
        let another = Lock::take(&other).unwrap();
        assert!(other.is_dir());
        drop(another);
        assert!(!other.exists());
        drop(lock);
        assert!(Lock::take(dir.path()).is_ok());
    }
}
