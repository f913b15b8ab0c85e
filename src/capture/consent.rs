//! Whether a person has allowed a book's code to run: kept with the person's own configuration, never
//! in the book, so that nobody can allow code by committing a file.
//!
//! What is allowed is a book at a path with the content of everything that would run; another
//! content, or the same at another path, is asked for again.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use sha2::{Digest as _, Sha256};

use tutor_bedrock::key::hex;
use tutor_recording::store::write_atomically;

/// What a person has allowed of one book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    file: PathBuf,
    book: PathBuf,
}

impl Consent {
    /// For the book in `root`, kept in the person's configuration folder as `variable` tells of it.
    /// `None` where there is none.
    pub fn of(root: &Path, variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let book = root.canonicalize().ok()?;
        let digest = hex(&Sha256::digest(book.as_os_str().as_encoded_bytes()));
        let folder = configuration(variable)?.join("tutor").join("allowed");
        Some(Consent { file: folder.join(format!("{}.txt", &digest[..16])), book })
    }

    /// Whether all of these programs may run.
    pub fn covers(&self, digests: &[String]) -> bool {
        let allowed = self.allowed();
        digests.iter().all(|digest| allowed.contains(digest))
    }

    /// Allows these programs, besides those that are allowed already.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn grant(&self, digests: &[String]) -> io::Result<()> {
        let mut allowed = self.allowed();
        allowed.extend(digests.iter().cloned());
        let mut text = format!("Code that `tutor record --execute` may run, of {}:\n", self.book.display());
        for digest in allowed {
            text += &digest;
            text.push('\n');
        }
        write_atomically(&self.file, text.as_bytes()).map_err(io::Error::other)
    }

    /// Where it is kept.
    pub fn file(&self) -> &Path {
        &self.file
    }

    fn allowed(&self) -> BTreeSet<String> {
        let text = fs::read_to_string(&self.file).unwrap_or_default();
        text.lines().skip(1).map(str::to_owned).collect()
    }
}

/// The folder for configuration: the XDG Base Directory Specification's, or Windows' `APPDATA`.
fn configuration(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    folder("XDG_CONFIG_HOME").or_else(|| folder("APPDATA")).or_else(|| Some(folder("HOME")?.join(".config")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_is_allowed_for_its_path_and_content_alone() {
        let home = tempfile::tempdir().unwrap();
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let variable = |name: &str| (name == "HOME").then(|| home.path().as_os_str().to_owned());
        let of = |root: &Path| Consent::of(root, variable).expect("a home");
        let (old, new) = (["a".to_owned(), "b".to_owned()], ["c".to_owned()]);
        assert!(!of(one.path()).covers(&old));
        of(one.path()).grant(&old).unwrap();
        assert!(of(one.path()).covers(&old) && of(one.path()).covers(&old[..1]));
        assert!(!of(one.path()).covers(&new), "the content has changed");
        assert!(!of(two.path()).covers(&old), "another book");
        of(one.path()).grant(&new).unwrap();
        assert!(of(one.path()).covers(&new) && of(one.path()).covers(&old));
        assert!(of(one.path()).file().starts_with(home.path().join(".config/tutor/allowed")));
        assert_eq!(Consent::of(one.path(), |_| None), None);
    }
}
