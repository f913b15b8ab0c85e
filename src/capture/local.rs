//! The files beside a chapter: what its code may import or read.
//!
//! They are read once, counted in the digest that a person allows, and copied into the folder that
//! the code runs in. So nothing runs that was not allowed, and nothing the code writes lands among
//! the book's sources.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The most files.
const MOST_FILES: usize = 2_000;

/// The most bytes in all.
const MOST_BYTES: u64 = 64_000_000;

/// Folders that hold nothing a chapter needs.
const NOT_THESE: [&str; 3] = ["recorded", "__pycache__", "node_modules"];

/// Files by their path below the chapter's folder, in order of paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Local {
    /// Path and content.
    pub files: Vec<(PathBuf, Vec<u8>)>,
}

impl Local {
    /// Everything in `folder` and below that is no chapter, not hidden and no link to a folder.
    ///
    /// # Errors
    /// Something cannot be read, or there is far more than a chapter can need.
    pub fn beside(folder: &Path) -> io::Result<Self> {
        let mut local = Local::default();
        let mut left = MOST_BYTES;
        local.take(folder, Path::new(""), &mut left)?;
        local.files.sort();
        Ok(local)
    }

    fn take(&mut self, folder: &Path, below: &Path, left: &mut u64) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let text = name.to_string_lossy();
            let kind = entry.file_type()?;
            let is_chapter = Path::new(&name).extension().is_some_and(|extension| extension == "md");
            if text.starts_with('.') || NOT_THESE.contains(&text.as_ref()) || is_chapter {
                continue;
            }
            if kind.is_dir() {
                self.take(&entry.path(), &below.join(&name), left)?;
            } else if fs::metadata(entry.path()).is_ok_and(|meta| meta.is_file()) {
                let content = fs::read(entry.path())?;
                let rest = left.checked_sub(content.len() as u64);
                let (Some(rest), true) = (rest, self.files.len() < MOST_FILES) else {
                    let what = format!("{} holds more files than a chapter can need", folder.display());
                    return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
                };
                *left = rest;
                self.files.push((below.join(&name), content));
            }
        }
        Ok(())
    }

    /// Writes them all into `folder`.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn copy_to(&self, folder: &Path) -> io::Result<()> {
        for (path, content) in &self.files {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, content)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_a_chapter_is_taken_along_and_chapters_are_not() {
        let from = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("helpers/__init__.py", "x = 1"),
            ("data.csv", "1,2"),
            ("chapter.md", "# no"),
            (".git/config", "no"),
            ("recorded/a.png", "no"),
        ] {
            let path = from.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let local = Local::beside(from.path()).unwrap();
        let paths: Vec<_> = local.files.iter().map(|(path, _)| path.to_string_lossy().into_owned()).collect();
        assert_eq!(paths, ["data.csv", "helpers/__init__.py"]);
        let to = tempfile::tempdir().unwrap();
        local.copy_to(to.path()).unwrap();
        assert_eq!(Local::beside(to.path()).unwrap(), local);
    }
}
