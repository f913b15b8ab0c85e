//! Programs on this machine: where they are and what they say about themselves.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program that a shell would start for `name`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|path| is_program(path))
}

/// The program that mdBook would start for the `command` of a preprocessor: its first word, looked up
/// on PATH, or from the book's folder on if it has more than one step.
pub(crate) fn of_command(command: &str, root: &Path) -> Option<PathBuf> {
    let word = shlex::Shlex::new(command).next()?;
    if Path::new(&word).components().count() == 1 {
        return on_path(&word);
    }
    let path = root.join(word);
    let with_suffix = path.with_added_extension(env::consts::EXE_EXTENSION);
    [path, with_suffix].into_iter().find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// What a program prints, if it succeeds.
pub(crate) fn output(program: &Path, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
