//! Which files of a book matter, and whether one of them has changed.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// Folders that hold nothing of a book.
const PASSED_OVER: [&str; 2] = ["node_modules", "target"];

/// Files and folders that are looked at again and again.
#[derive(Debug, Clone)]
pub struct Watched {
    roots: Vec<PathBuf>,
    except: Vec<PathBuf>,
}

impl Watched {
    /// These files and folders, without what is below `except`.
    pub fn new(roots: Vec<PathBuf>, except: Vec<PathBuf>) -> Self {
        Watched { roots, except }
    }

    /// A number for what all files are now. A file that is saved gives another one.
    pub fn state(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for root in &self.roots {
            self.add(root, &mut hasher);
        }
        hasher.finish()
    }

    fn add(&self, path: &Path, hasher: &mut DefaultHasher) {
        let Ok(meta) = fs::metadata(path) else { return };
        if meta.is_file() {
            path.hash(hasher);
            meta.len().hash(hasher);
            meta.modified().ok().hash(hasher);
            return;
        }
        let Ok(entries) = fs::read_dir(path) else { return };
        let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort_unstable();
        for path in entries.iter().filter(|path| self.is_of_interest(path)) {
            self.add(path, hasher);
        }
    }

    fn is_of_interest(&self, path: &Path) -> bool {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        // A link may lead round in a circle, and what it leads to is no part of the book to mdBook's own watcher either.
        let is_link = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink() && path.is_dir());
        !name.starts_with('.')
            && !PASSED_OVER.contains(&name.as_ref())
            && !is_link
            && !self.except.iter().any(|except| path.starts_with(except))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_file_is_seen_and_a_build_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("src/a.md", "one");
        write("site/index.html", "one");
        let watched = Watched::new(vec![dir.path().to_owned()], vec![dir.path().join("site")]);
        let first = watched.state();
        assert_eq!(watched.state(), first);
        for unseen in ["site/index.html", "src/.a.md.swp", "target/x", "src/node_modules/y"] {
            write(unseen, "another");
            assert_eq!(watched.state(), first, "{unseen}");
        }
        write("src/a.md", "another");
        let second = watched.state();
        assert_ne!(second, first);
        write("src/b.md", "");
        assert_ne!(watched.state(), second);
    }
}
