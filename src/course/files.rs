//! Files beside a chapter, for the modules that its code imports.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use tutor_bedrock::found::Files;

/// The largest module, in bytes.
const LARGEST: u64 = 256 << 10;
/// All modules of a chapter together, in bytes.
const ALL: u64 = 1 << 20;

/// The files below a folder that a chapter may name. Links that lead out of it are not followed.
#[derive(Debug)]
pub struct FilesBeside {
    /// The chapter's folder.
    folder: PathBuf,
    /// What no file may lie outside of; `None`: it cannot be told, so none is read.
    root: Option<PathBuf>,
    left: Cell<u64>,
}

impl FilesBeside {
    /// The files that a chapter in `folder` may name, all of them below `root`.
    pub fn new(folder: impl Into<PathBuf>, root: &Path) -> Self {
        FilesBeside { folder: folder.into(), root: root.canonicalize().ok(), left: Cell::new(ALL) }
    }

    /// The files that a chapter outside of any book may name: two folders up, as collections of notebooks
    /// have their helpers, and no further.
    pub fn of_loose(chapter: &Path) -> Self {
        let folder = chapter.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).to_owned();
        let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let root =
            real.ancestors().take(3).filter(|folder| folder.parent().is_some()).last().unwrap_or(&real);
        FilesBeside::new(folder, root)
    }
}

impl Files for FilesBeside {
    fn text(&self, path: &str) -> Option<String> {
        let file = self.folder.join(path).canonicalize().ok()?;
        if !file.starts_with(self.root.as_ref()?) {
            return None;
        }
        let meta = std::fs::metadata(&file).ok()?;
        let left = self.left.get();
        if !meta.is_file() || meta.len() > LARGEST.min(left) {
            return None;
        }
        self.left.set(left - meta.len());
        std::fs::read_to_string(file).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_the_root_are_read() {
        let outer = tempfile::tempdir().expect("a folder");
        let root = outer.path().join("book");
        let folder = root.join("src/part");
        std::fs::create_dir_all(&folder).expect("folders");
        for (path, text) in [("book/src/part/a.py", "a"), ("book/b.py", "b"), ("c.py", "c")] {
            std::fs::write(outer.path().join(path), text).expect("a file");
        }
        std::fs::write(folder.join("large.py"), vec![b' '; 300 << 10]).expect("a file");
        #[cfg(unix)]
        std::os::unix::fs::symlink(outer.path().join("c.py"), folder.join("link.py")).expect("a link");
        let files = FilesBeside::new(&folder, &root);
        let read: Vec<Option<String>> = ["a.py", "../../b.py", "../../../c.py", "link.py", "large.py", "."]
            .map(|path| files.text(path))
            .into();
        assert_eq!(read, [Some("a".to_owned()), Some("b".to_owned()), None, None, None, None]);
    }
}
