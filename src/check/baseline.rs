//! What an old book is forgiven: findings that were there when it adopted the check.
//!
//! A finding is known by its rule, file and words, not by its line, and as often as it was there.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Level, Reported, Verdict};

/// The version of the file.
const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    findings: Vec<Known>,
}

/// A finding that is forgiven.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    path: String,
    rule: String,
    message: String,
    count: usize,
}

type Name = (String, String, String);

fn name(reported: &Reported) -> Name {
    let path = reported.finding.place.path.components().map(|part| part.as_os_str().to_string_lossy());
    let path = path.collect::<Vec<_>>().join("/");
    (path, reported.rule.id.to_owned(), reported.finding.message.clone())
}

impl Baseline {
    /// Everything that is reported now; notes fail nobody and are left out.
    pub fn of(verdict: &Verdict) -> Self {
        let mut counts: BTreeMap<Name, usize> = BTreeMap::new();
        for reported in verdict.reported.iter().filter(|reported| reported.level > Level::Note) {
            *counts.entry(name(reported)).or_default() += 1;
        }
        let known = |((path, rule, message), count)| Known { path, rule, message, count };
        Baseline { version: VERSION, findings: counts.into_iter().map(known).collect() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        let baseline: Baseline = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        if baseline.version == VERSION {
            Ok(baseline)
        } else {
            Err("a newer tutor has written it".to_owned())
        }
    }

    /// How many findings it forgives.
    pub fn count(&self) -> usize {
        self.findings.iter().map(|known| known.count).sum()
    }

    /// The file's text.
    pub fn text(&self) -> String {
        // Plain data is JSON.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Takes what is known out of a verdict. Returns how many entries are no longer needed.
    pub fn forgive(&self, verdict: &mut Verdict) -> usize {
        let mut left: BTreeMap<Name, usize> = BTreeMap::new();
        for known in &self.findings {
            let name = (known.path.clone(), known.rule.clone(), known.message.clone());
            *left.entry(name).or_default() += known.count;
        }
        verdict.reported.retain(|reported| match left.get_mut(&name(reported)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                verdict.known += 1;
                false
            }
            _ => true,
        });
        left.values().sum()
    }
}
