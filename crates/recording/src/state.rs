//! Where tutor keeps what it remembers between runs and is part of no book: which chapters a learner
//! has passed, the Python it set up for them, what a maintainer's decisions replaced.

use std::path::PathBuf;

/// The folder; `None` where there is no home.
pub fn folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let local = set("LOCALAPPDATA");
    let home = set("HOME").map(|home| home.join(".local").join("state"));
    state.or(home).or(local).map(|folder| folder.join("tutor"))
}
