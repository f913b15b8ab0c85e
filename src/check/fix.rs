//! `tutor check --fix`: what is mechanical, with a diff first.
//!
//! Out of a verdict comes a [`Plan`]: files with other words in the places of findings, and files
//! that go. Nothing outside a finding's own bytes changes, and what is fixed is found no more.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::{Fix, Verdict};
use crate::config::Config;
use crate::course::open_store;
use tutor_page::chapter::{Splice, splice};
use tutor_recording::StoreError;
use tutor_recording::lock::Lock;
use tutor_recording::store::rewrite_atomically;

/// What `--fix` would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// Files that change, with their texts before and after.
    pub edits: Vec<Edit>,
    /// Files that go.
    pub removals: Vec<PathBuf>,
}

/// A file that changes.
#[derive(Debug)]
pub struct Edit {
    /// The file, from the book's folder on.
    pub path: PathBuf,
    /// Its text.
    pub old: String,
    /// Its text afterwards.
    pub new: String,
}

impl Plan {
    /// Every fix of a verdict. A file that has changed since is left alone where it did.
    pub fn of(verdict: &Verdict, root: &Path) -> Self {
        let mut plan = Plan::default();
        let mut splices: BTreeMap<&Path, Vec<(usize, usize, &str, &str)>> = BTreeMap::new();
        for reported in &verdict.reported {
            let place = &reported.finding.place;
            match &reported.finding.fix {
                None => {}
                Some(Fix::Remove) => plan.removals.push(place.path.clone()),
                Some(Fix::Replace { old, new }) => {
                    if let (Some(line), Some(columns)) = (place.line, &place.columns) {
                        splices.entry(&place.path).or_default().push((line, columns.start, old, new));
                    }
                }
            }
        }
        for (path, changes) in splices {
            plan.edits.extend(edit(root, path, &changes));
        }
        plan.removals.sort();
        plan.removals.dedup();
        plan
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.removals.is_empty()
    }

    /// What would change, as a unified diff, and which files would go.
    pub fn diff(&self) -> String {
        let mut out = String::new();
        for edit in &self.edits {
            let path = edit.path.display();
            let diff = TextDiff::from_lines(&edit.old, &edit.new);
            let mut unified = diff.unified_diff();
            out += &unified.context_radius(0).header(&format!("a/{path}"), &format!("b/{path}")).to_string();
        }
        for path in &self.removals {
            out += &format!("remove {}\n", path.display());
        }
        out
    }

    /// Does it. Every file is written whole or not at all, and what goes is kept in the history.
    ///
    /// # Errors
    /// Another tutor is writing there, or a file cannot be written.
    pub fn apply(&self, config: &Config) -> Result<(), StoreError> {
        let _lock = Lock::take(&config.fixtures)?;
        for edit in &self.edits {
            rewrite_atomically(&config.root.join(&edit.path), edit.new.as_bytes())?;
        }
        let mut store = open_store(config)?;
        store.decide(format!("removed {} files by tutor check --fix", self.removals.len()));
        for path in &self.removals {
            store.clear_away(&config.root.join(path))?;
        }
        Ok(())
    }
}

/// The changes of one file, each as line, column, old and new words.
fn edit(root: &Path, path: &Path, changes: &[(usize, usize, &str, &str)]) -> Option<Edit> {
    let old = std::fs::read_to_string(root.join(path)).ok()?;
    let starts: Vec<usize> =
        std::iter::once(0).chain(memchr::memchr_iter(b'\n', old.as_bytes()).map(|at| at + 1)).collect();
    let mut splices: Vec<Splice> = Vec::new();
    for (line, column, before, after) in changes {
        let Some(start) = starts.get(line - 1).map(|start| start + column) else { continue };
        let range = start..start + before.len();
        let is_new = !splices.iter().any(|splice| splice.range == range);
        if old.get(range.clone()) == Some(before) && is_new {
            splices.push(Splice { range, replacement: (*after).to_owned() });
        }
    }
    let new = splice(&old, splices).ok()?.text;
    (new != old).then(|| Edit { path: path.to_owned(), old, new })
}
