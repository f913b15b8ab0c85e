//! How serious a finding is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is done about the findings of a rule, from nothing to a failed check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Said nowhere.
    Allow,
    /// Counted in the summary, listed for programs.
    Note,
    /// Shown.
    Warn,
    /// Shown, and the check fails.
    Deny,
}

impl Level {
    /// The word in book.toml and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Note => "note",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
