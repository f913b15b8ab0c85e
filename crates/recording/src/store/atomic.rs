//! Files that are written as a whole or not at all.
//!
//! While it is being written a file lies where no reader, no site and no watcher looks: on Linux it has
//! no name at all. Only one that takes another's place needs a name for the moment between two system
//! calls; that name lies in tutor's own state folder, or where that is on another file system, beside
//! book.toml. What a kill leaves there goes when the next file is written.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, io};

use super::{StoreError, UNFINISHED};
use crate::state;

/// Who may read a written file.
#[derive(Debug, Clone)]
enum Permissions {
    /// Everybody, as for other source files.
    Source,
    /// As for the file whose place it takes.
    Kept,
}

/// Writes a whole file or nothing: elsewhere, flushed to the disk, then moved to its place.
///
/// # Errors
/// The file cannot be written; what was there is there still.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    replace(path, &Permissions::Source, &|file| file.write_all(content))
}

/// The same for a file whose permissions stay.
///
/// # Errors
/// The file cannot be written; what was there is there still.
pub fn rewrite_atomically(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    replace(path, &Permissions::Kept, &|file| file.write_all(content))
}

type Fill<'a> = &'a dyn Fn(&mut dyn io::Write) -> io::Result<()>;

/// Puts what `fill` writes in the place of `path`, or leaves everything as it was.
fn replace(path: &Path, permissions: &Permissions, fill: Fill<'_>) -> Result<(), StoreError> {
    let failed = |source| StoreError::Io { action: "write", path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let ready = |file: &mut fs::File| {
        fill(file)?;
        permit(file, path, permissions)?;
        file.sync_all()
    };
    #[cfg(target_os = "linux")]
    if let Some(mut file) = unnamed::create(folder) {
        ready(&mut file).map_err(failed)?;
        if unnamed::link(&file, path).is_ok() {
            return Ok(());
        }
        if stages(path).any(|stage| unnamed::move_over(&file, &stage, path).is_ok()) {
            return Ok(());
        }
    }
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for stage in stages(path) {
        match named(&stage, path, &ready) {
            Ok(()) => return Ok(()),
            Err(error) => last = error,
        }
    }
    Err(failed(last))
}

/// Where a file may lie before it gets its place, the best first.
fn stages(path: &Path) -> impl Iterator<Item = PathBuf> {
    let own = state::folder().map(|folder| folder.join("unfinished"));
    let own = own.filter(|folder| fs::create_dir_all(folder).is_ok());
    let book = path.ancestors().skip(1).find(|folder| folder.join("book.toml").is_file());
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stages = own.into_iter().chain(book.map(Path::to_owned)).chain([beside.to_owned()]);
    stages.inspect(|stage| sweep(stage))
}

fn named(stage: &Path, path: &Path, ready: &dyn Fn(&mut fs::File) -> io::Result<()>) -> io::Result<()> {
    let unfinished = stage.join(unfinished());
    let result = (|| {
        let mut file = fs::File::create_new(&unfinished)?;
        ready(&mut file)?;
        fs::rename(&unfinished, path)
    })();
    result.inspect_err(|_| drop(fs::remove_file(&unfinished)))
}

/// A name that no other process uses, and no other file of this one.
fn unfinished() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{UNFINISHED}{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Removes from a folder what processes that are gone have left unfinished.
pub(crate) fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED)) else { continue };
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && !rest.split_once('-').is_some_and(|(id, _)| is_alive(id)) && is_ours(rest) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether tutor gives such names: `PROCESS-NUMBER`, or six characters in older versions.
fn is_ours(rest: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_new = rest.split_once('-').is_some_and(|(id, count)| is_number(id) && is_number(count));
    is_new || rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(unix)]
fn is_alive(process: &str) -> bool {
    let id = process.parse().ok().and_then(rustix::process::Pid::from_raw);
    id.is_some_and(|id| rustix::process::test_kill_process(id) != Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_alive(process: &str) -> bool {
    process != std::process::id().to_string()
}

/// Files are private to their owner at first; what is written here is a source file like any other.
#[cfg(unix)]
fn permit(file: &fs::File, path: &Path, permissions: &Permissions) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let source = || fs::Permissions::from_mode(0o644);
    file.set_permissions(match permissions {
        Permissions::Source => source(),
        Permissions::Kept => fs::metadata(path).map_or_else(|_| source(), |meta| meta.permissions()),
    })
}

#[cfg(not(unix))]
fn permit(_file: &fs::File, _path: &Path, _permissions: &Permissions) -> io::Result<()> {
    Ok(())
}

/// Files without a name, which a kill takes along.
#[cfg(target_os = "linux")]
mod unnamed {
    use std::fs::{self, File};
    use std::io;
    use std::os::fd::AsRawFd as _;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};

    /// `None` where the file system knows none.
    pub(super) fn create(folder: &Path) -> Option<File> {
        let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
        open(folder, flags, Mode::from_raw_mode(0o600)).ok().map(File::from)
    }

    /// Gives it a name that nothing has yet.
    pub(super) fn link(file: &File, path: &Path) -> io::Result<()> {
        let handle = format!("/proc/self/fd/{}", file.as_raw_fd());
        Ok(linkat(CWD, handle.as_str(), CWD, path, AtFlags::SYMLINK_FOLLOW)?)
    }

    /// Gives it a name in `stage`, and then the place of `path`.
    pub(super) fn move_over(file: &File, stage: &Path, path: &Path) -> io::Result<()> {
        let unfinished = stage.join(super::unfinished());
        link(file, &unfinished)?;
        fs::rename(&unfinished, path).inspect_err(|_| drop(fs::remove_file(&unfinished)))
    }
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
        let error = replace(&path, &Permissions::Source, &full).unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"the old recording");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "and nothing beside it");
    }

    #[test]
    fn a_file_is_written_over_another_by_every_road() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("n.json");
        for content in ["one", "two"] {
            write_atomically(&path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
            let ready = |file: &mut fs::File| io::Write::write_all(file, b"named");
            named(dir.path(), &path, &ready).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "named");
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing beside it");
    }

    #[test]
    fn only_what_a_dead_process_left_is_swept() {
        let dir = tempfile::tempdir().unwrap();
        let living = format!(".tutor-{}-1", std::process::id());
        let names = [living.as_str(), ".tutor-a1B2c3", ".tutor-999999999-1", ".tutor-notes.md", "n.json"];
        for name in names {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        sweep(dir.path());
        let left = names.map(|name| dir.path().join(name).exists());
        assert_eq!(left, [true, false, false, true, true]);
    }
}
