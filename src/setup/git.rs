//! What git leaves out of a book's history.

use std::path::Path;
use std::process::{Command, Stdio};

/// Whether git ignores `path`, which need not exist. `None` without git, outside a repository, and
/// for paths outside it.
pub(super) fn ignores(root: &Path, path: &Path) -> Option<bool> {
    let status = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["check-ignore", "--quiet", "--no-index", "--"])
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status.ok()?.code()? {
        0 => Some(true),
        1 => Some(false),
        _ => None,
    }
}
