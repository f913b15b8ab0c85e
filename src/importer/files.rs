//! The files that are named: themselves, or all below a folder.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

/// How deep folders are gone through: a log of years has year, month, day and hour.
const MOST_FOLDERS: usize = 16;
/// How many files one run reads.
const MOST_FILES: usize = 100_000;

/// Every file that `paths` mean, in order. What is named itself comes as it is; below folders hidden
/// files and links are left out.
///
/// # Errors
/// The path that cannot be read.
pub(super) fn all(paths: &[PathBuf]) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let mut files = Vec::new();
    for path in paths {
        let meta = path.metadata().map_err(|error| (path.clone(), error))?;
        if meta.is_dir() {
            walk(path, 0, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let failed = |error| (folder.to_owned(), error);
    let entries: Result<Vec<_>, _> = folder.read_dir().map_err(failed)?.collect();
    let mut entries = entries.map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(failed)?;
        if entry.file_name().to_string_lossy().starts_with('.') || files.len() >= MOST_FILES {
            continue;
        }
        if kind.is_file() {
            files.push(entry.path());
        } else if kind.is_dir() && depth < MOST_FOLDERS {
            walk(&entry.path(), depth + 1, files)?;
        }
    }
    Ok(())
}

/// Opens a file, unless it is none: a pipe or a device might never end.
pub(super) fn open(path: &Path) -> io::Result<BufReader<File>> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no ordinary file"));
    }
    Ok(BufReader::with_capacity(1 << 16, File::open(path)?))
}
