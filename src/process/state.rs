//! Where tutor keeps what it remembers between runs: which chapters a learner has passed, and the
//! Python it set up for them.

use std::path::PathBuf;

/// The folder; `None` where there is no home.
pub(crate) fn folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let local = set("LOCALAPPDATA");
    let home = set("HOME").map(|home| home.join(".local").join("state"));
    state.or(home).or(local).map(|folder| folder.join("tutor"))
}
