//! Files that are written as a whole or not at all.

use std::path::Path;
use std::{fs, io};

use super::{StoreError, UNFINISHED};

/// Writes a whole file or nothing: beside it, flushed to the disk, then renamed over it.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    replace(path, |file| file.write_all(content))
}

/// Puts what `fill` writes in the place of `path`, or leaves everything as it was.
fn replace(path: &Path, fill: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<(), StoreError> {
    let failed = |source| StoreError::Io { action: "write", path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder).map_err(failed)?;
    fill(&mut file).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    make_readable(&file).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Temporary files are private to their owner; recordings are source files like any other.
#[cfg(unix)]
fn make_readable(file: &tempfile::NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_file: &tempfile::NamedTempFile) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_is_full_in_the_middle_of_a_file_leaves_the_old_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c/n.json");
        write_atomically(&path, b"the old recording").unwrap();
        let full = |file: &mut dyn io::Write| {
            file.write_all(b"half of the new")?;
            Err(io::ErrorKind::StorageFull.into())
        };
        let error = replace(&path, full).unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"the old recording");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "and nothing beside it");
    }
}
