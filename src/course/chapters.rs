//! The chapters of a book as they are read, for verbs that read a book more than once: recording in
//! rounds, reviewing what waits.

use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use mdbook_driver::book::Chapter;

use super::Course;
use super::chain::{self, ChainError, Sight};
use super::reading::ReadChapter;
use crate::config::Config;
use tutor_bedrock::found::Answers;
use tutor_page::chapter::include::{self, Expanded, LineMap};

/// A chapter of a book before its text is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// Its file below the sources.
    pub path: PathBuf,
    stem: String,
    /// What the preprocessors before tutor made of it; `None`: its file says it all.
    text: Option<String>,
}

impl Handed {
    /// A chapter that is its file.
    pub fn of_file(path: PathBuf) -> Self {
        Handed { stem: tutor_page::chapter::stem(&path), path, text: None }
    }

    /// A chapter as mdBook hands it over.
    pub fn of_chapter(chapter: &Chapter) -> Self {
        let file = chapter.source_path.clone().or_else(|| chapter.path.clone());
        let stem = file.as_deref().map_or_else(|| chapter.name.clone(), tutor_page::chapter::stem);
        let path = file.unwrap_or_else(|| PathBuf::from(&stem));
        Handed { path, stem, text: Some(chapter.content.clone()) }
    }

    /// Its path below the sources without `.md`, or its name.
    pub fn stem(&self) -> &str {
        &self.stem
    }

    /// What mdBook handed over; nothing for a chapter that is its file.
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Its text, with the places of its lines.
    ///
    /// # Errors
    /// Its file cannot be read, and nobody has handed over a text.
    pub fn open(&self, config: &Config) -> std::io::Result<ChapterText> {
        let file = config.source.join(&self.path);
        let on_disk = std::fs::read_to_string(&file).map(|text| {
            let expanded = include::expand(text.strip_prefix('\u{feff}').unwrap_or(&text), &file);
            let is_file = expanded.text == text;
            (expanded, is_file)
        });
        let (expanded, is_file) = match (&self.text, on_disk) {
            (None, on_disk) => on_disk?,
            (Some(text), Ok((expanded, is_file))) if expanded.text == *text => (expanded, is_file),
            (Some(text), Ok((expanded, _))) => {
                let lines = chain::same_lines(&expanded.text, text);
                (Expanded { text: text.clone(), map: expanded.map.through(&lines), ..expanded }, false)
            }
            (Some(text), Err(_)) => {
                let map = LineMap::identity(&file);
                (Expanded { text: text.clone(), map, diagnostics: Vec::new() }, false)
            }
        };
        Ok(ChapterText { stem: self.stem.clone(), expanded, is_file, root: config.root.clone() })
    }
}

/// One chapter's text.
#[derive(Debug)]
pub struct ChapterText {
    /// Its path below the sources without `.md`.
    pub stem: String,
    /// The text that is read, and where its lines come from.
    pub expanded: Expanded,
    /// Whether the text is its file, byte for byte.
    pub is_file: bool,
    /// The folder of book.toml, from which places are named.
    root: PathBuf,
}

impl ChapterText {
    /// Every chapter of `book` that can be read, in its order.
    ///
    /// # Errors
    /// A preprocessor before tutor is missing or fails.
    pub fn all(book: &MDBook, config: &Config, sight: Sight) -> Result<Vec<Self>, ChainError> {
        Ok(Self::open(&chain::chapters(book, sight)?, config))
    }

    /// Those of `chapters` that can be read.
    pub fn open(chapters: &[Handed], config: &Config) -> Vec<Self> {
        chapters.iter().filter_map(|chapter| chapter.open(config).ok()).collect()
    }

    /// Its calls, as they are with these answers.
    pub fn read(&self, course: &Course, answers: &dyn Answers) -> ReadChapter {
        course.read(&self.expanded.text, &self.stem, answers)
    }

    /// The file, from the book's folder on, and the line that a line of the text comes from.
    pub fn place(&self, line: usize) -> (PathBuf, usize) {
        let include::Origin { file, line } = self.expanded.map.origin(line);
        (shown(file, &self.root), line)
    }
}

fn shown(file: &Path, root: &Path) -> PathBuf {
    file.strip_prefix(root).unwrap_or(file).to_owned()
}
