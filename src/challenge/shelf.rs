//! Where challenges come from: a book's `challenges/CHAPTER/`, and those that tutor comes with.

use std::path::{Path, PathBuf};

use super::manifest::{Manifest, ManifestError};
use crate::problem::Problem;

/// The folder of a book's challenges.
pub const FOLDER: &str = crate::config::CHALLENGES;
const MANIFEST: &str = "challenge.toml";
const START: &str = "start.py";
const SOLUTION: &str = "solution.py";

/// The files of a challenge of the course: manifest, starting code, solution.
macro_rules! shipped {
    ($($chapter:literal),* $(,)?) => {
        &[$((
            $chapter,
            [
                include_str!(concat!("../../challenges/", $chapter, "/challenge.toml")),
                include_str!(concat!("../../challenges/", $chapter, "/start.py")),
                include_str!(concat!("../../challenges/", $chapter, "/solution.py")),
            ],
        )),*]
    };
}

/// The challenges of tutor's own course, in its order, so that they can be run from anywhere.
const SHIPPED: &[(&str, [&str; 3])] = shipped![
    "foundation-models",
    "comparing",
    "retrying",
    "streaming",
    "extracting",
    "estimating",
    "chunking",
    "voting",
];

/// Where a book's challenge for a chapter lies, from the book's folder on.
pub fn folder_of(chapter: &str) -> PathBuf {
    Path::new(FOLDER).join(chapter)
}

/// A challenge with its files.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// The chapter it belongs to: its path below the sources without `.md`.
    pub chapter: String,
    /// What it is about.
    pub manifest: Manifest,
    /// The starting code.
    pub start: String,
    /// The reference solution.
    pub solution: String,
}

/// All challenges within reach.
#[derive(Debug)]
pub struct Shelf {
    /// The book's own come first and stand in the place of tutor's.
    challenges: Vec<Challenge>,
}

impl Shelf {
    /// The challenges of the book in `root`, and tutor's own.
    ///
    /// # Errors
    /// The first file of the book that is missing or cannot be used.
    pub fn open(root: &Path) -> Result<Self, Box<Problem>> {
        let mut challenges = Shelf::of_book(root)?.challenges;
        for &(chapter, [manifest, start, solution]) in SHIPPED {
            if challenges.iter().any(|known| known.chapter == chapter) {
                continue;
            }
            let place = PathBuf::from(chapter).join(MANIFEST);
            challenges.push(Challenge {
                chapter: chapter.to_owned(),
                manifest: Manifest::parse(manifest).map_err(|error| unusable(&place, &error))?,
                start: start.to_owned(),
                solution: solution.to_owned(),
            });
        }
        Ok(Shelf { challenges })
    }

    /// The challenges of the book in `root` alone.
    pub fn of_book(root: &Path) -> Result<Self, Box<Problem>> {
        let mut folders = Vec::new();
        collect(&root.join(FOLDER), &mut folders);
        folders.sort();
        let challenges = folders.iter().map(|folder| read(root, folder)).collect::<Result<_, _>>()?;
        Ok(Shelf { challenges })
    }

    /// All of them.
    pub fn challenges(&self) -> impl Iterator<Item = &Challenge> {
        self.challenges.iter()
    }

    /// The challenge of a chapter.
    pub fn of_chapter(&self, chapter: &str) -> Option<&Challenge> {
        self.challenges.iter().find(|challenge| challenge.chapter == chapter)
    }

    /// The chapter whose name is most like a word that is none.
    pub fn nearest(&self, word: &str) -> Option<&str> {
        let near = self.challenges.iter().map(|c| (strsim::jaro_winkler(&c.chapter, word), c));
        near.max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(likeness, _)| *likeness > 0.8)
            .map(|(_, challenge)| challenge.chapter.as_str())
    }
}

/// The folders below `folder` that hold a manifest.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join(MANIFEST).is_file() {
        found.push(folder.to_owned());
    }
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        collect(&entry.path(), found);
    }
}

fn read(root: &Path, folder: &Path) -> Result<Challenge, Box<Problem>> {
    let file = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).map_err(|error| {
            let shown = path.strip_prefix(root).unwrap_or(&path).to_owned();
            Box::new(
                Problem::error(shown, None, format!("cannot be read: {error}"))
                    .help("a challenge is challenge.toml, start.py and solution.py in one folder"),
            )
        })
    };
    let shown = folder.strip_prefix(root).unwrap_or(folder).join(MANIFEST);
    let manifest = Manifest::parse(&file(MANIFEST)?).map_err(|error| unusable(&shown, &error))?;
    let below = folder.strip_prefix(root.join(FOLDER)).unwrap_or(folder);
    let chapter = tutor_page::chapter::stem(below);
    Ok(Challenge { chapter, manifest, start: file(START)?, solution: file(SOLUTION)? })
}

fn unusable(path: &Path, error: &ManifestError) -> Box<Problem> {
    let help = "tutor's own challenges/foundation-models/challenge.toml is an example of every key";
    Box::new(Problem::error(path, Some(error.line), error.to_string()).help(help))
}
