//! Reads files that somebody else may have put there: only ordinary ones, only up to a size.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use super::StoreError;

/// The most bytes a file may have: a recording of a hundred long answers is far smaller.
const LIMIT: u64 = 256 << 20;

/// The bytes of an ordinary file. A pipe, a device or a huge file is refused before a byte of it is
/// read, also where a link leads there.
///
/// # Errors
/// It cannot be read, or is nothing to be read.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, StoreError> {
    read(path).map_err(|source| StoreError::Io { action: "read", path: path.to_owned(), source })
}

/// The same as text.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is no UTF-8 text"))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Opening some devices does something, so their kind is looked at first; and again afterwards.
    allowed(&fs::metadata(path)?)?;
    let file = open(path)?;
    let meta = file.metadata()?;
    allowed(&meta)?;
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or_default());
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT { Err(too_large()) } else { Ok(bytes) }
}

fn allowed(meta: &fs::Metadata) -> io::Result<()> {
    if !meta.is_file() {
        return Err(io::Error::other("it is no ordinary file"));
    }
    if meta.len() > LIMIT { Err(too_large()) } else { Ok(()) }
}

fn too_large() -> io::Error {
    io::Error::other(format!("it is larger than {} MB", LIMIT >> 20))
}

/// Opens without waiting for whoever might write into a pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn pipes_devices_folders_and_huge_files_are_refused_with_a_word() {
        let dir = tempfile::tempdir().unwrap();
        let said = |path: &Path| read_bytes(path).unwrap_err().to_string();
        let pipe = dir.path().join("pipe.json");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(said(&pipe).ends_with("it is no ordinary file"), "{}", said(&pipe));
        let endless = dir.path().join("endless.json");
        std::os::unix::fs::symlink("/dev/zero", &endless).unwrap();
        assert!(said(&endless).ends_with("it is no ordinary file"));
        assert!(said(dir.path()).ends_with("it is no ordinary file"));
        let huge = dir.path().join("huge.json");
        File::create(&huge).unwrap().set_len(LIMIT + 1).unwrap();
        assert!(said(&huge).ends_with("it is larger than 256 MB"), "{}", said(&huge));
        fs::write(&huge, "small").unwrap();
        let link = dir.path().join("link.json");
        std::os::unix::fs::symlink(&huge, &link).unwrap();
        assert_eq!(read_bytes(&link).unwrap(), b"small");
    }
}
