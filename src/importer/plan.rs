//! What files hold, before anything is written.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use tutor_bedrock::Key;
use tutor_import::{Asked, Found, Unreadable, Why};

use super::files;
use crate::course::recorder::batch::Manifest;

/// How many folders above a batch's output its manifest may lie.
const MANIFEST_ABOVE: usize = 5;

/// What an import would bring.
#[derive(Debug, Default)]
pub struct Plan {
    /// The files to read.
    pub files: Vec<Source>,
    /// By model: how many requests, and how many answers to them.
    pub models: IndexMap<String, (usize, usize)>,
    /// Why exchanges are passed over, and how many.
    pub passed: IndexMap<String, usize>,
    /// What makes one doubt an exchange: how many, and the first place.
    pub doubts: IndexMap<String, (usize, String)>,
    /// What batch outputs do not say.
    pub asked: Option<Asked>,
    /// Files that cannot be read; they bring in nothing.
    pub troubles: Vec<Trouble>,
}

/// A file to read.
#[derive(Debug)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// Its format.
    pub format: &'static str,
    /// What it does not say itself.
    pub asked: Option<Asked>,
}

/// A file that brings in nothing.
#[derive(Debug)]
pub struct Trouble {
    /// The file.
    pub path: PathBuf,
    /// The 1-based line, where there is one.
    pub line: Option<usize>,
    /// Why, as a sentence without its end.
    pub message: String,
    /// Whether somebody named the file itself: what only lies in a folder may be anything.
    pub is_named: bool,
}

impl Plan {
    /// Reads everything once.
    pub fn of(paths: &[PathBuf], asked: Option<Asked>) -> Self {
        let mut plan = Plan { asked, ..Plan::default() };
        let found = match files::all(paths) {
            Ok(found) => found,
            Err((path, error)) => {
                plan.troubles.push(Trouble { path, line: None, message: error.to_string(), is_named: true });
                return plan;
            }
        };
        let mut keys: HashSet<Key> = HashSet::new();
        for path in found {
            let is_named = paths.contains(&path);
            plan.read(path, is_named, &mut keys);
        }
        plan
    }

    fn read(&mut self, path: PathBuf, is_named: bool, keys: &mut HashSet<Key>) {
        // What a file holds counts only once it is whole.
        let mut here = Plan::default();
        let mut known: Vec<(Key, String)> = Vec::new();
        let mut each = |found: Found| {
            match found {
                Found::Taken(taken) => {
                    for doubt in taken.doubts {
                        let place = format!("{}:{}", path.display(), taken.line);
                        here.doubts.entry(doubt).or_insert((0, place)).0 += 1;
                    }
                    known.push((taken.call.key(), taken.call.model_id));
                }
                Found::Passed(passed) => *here.passed.entry(words(&passed.why)).or_default() += 1,
            }
            true
        };
        let asked = self.asked.clone().or_else(|| of_manifest(&path));
        let read = files::open(&path).map_err(Unreadable::Io);
        let read = read.and_then(|file| tutor_import::read(file, asked.as_ref(), &mut each));
        match read {
            Ok(format) => self.files.push(Source { path, format, asked }),
            Err(error) => {
                let line = error.line();
                self.troubles.push(Trouble { path, line, message: error.to_string(), is_named });
                return;
            }
        }
        for (key, model) in known {
            let model = self.models.entry(tutor_recording::redact::text(&model)).or_default();
            model.0 += usize::from(keys.insert(key));
            model.1 += 1;
        }
        for (why, count) in here.passed {
            *self.passed.entry(why).or_default() += count;
        }
        for (doubt, (count, place)) in here.doubts {
            self.doubts.entry(doubt).or_insert((0, place)).0 += count;
        }
    }

    /// How many answers it would bring.
    pub fn answers(&self) -> usize {
        self.models.values().map(|(_, answers)| answers).sum()
    }
}

/// What the batch asked whose output a file is: its manifest lies beside it, or some folders above.
fn of_manifest(output: &Path) -> Option<Asked> {
    output.to_str().filter(|path| path.trim_end_matches(".gz").ends_with(".jsonl.out"))?;
    let manifest = output.ancestors().skip(1).take(MANIFEST_ABOVE).find_map(Manifest::read)?;
    let job = manifest.job_of(output)?;
    Some(Asked { operation: job.operation.parse().ok()?, model_id: job.model_id.clone() })
}

fn words(why: &Why) -> String {
    match why {
        Why::Foreign(_) => "sent to another service".to_owned(),
        other => tutor_recording::redact::text(&other.to_string()),
    }
}
