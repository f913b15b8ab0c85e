//! The chapters of a book on disk, with their includes expanded, for verbs that read a book more
//! than once: recording in rounds, reviewing what waits.

use std::path::PathBuf;

use mdbook_driver::MDBook;

use super::Course;
use super::reading::ReadChapter;
use crate::config::Config;
use tutor_bedrock::found::Answers;
use tutor_page::chapter::include::{self, Expanded};

/// One chapter's text.
#[derive(Debug)]
pub struct ChapterText {
    /// Its path below the sources without `.md`.
    pub stem: String,
    /// The text after its includes, and where its lines come from.
    pub expanded: Expanded,
    /// The folder of book.toml, from which places are named.
    root: PathBuf,
}

impl ChapterText {
    /// Every chapter of `book` that can be read, in its order.
    pub fn all(book: &MDBook, config: &Config) -> Vec<Self> {
        let paths = book.book.chapters().filter_map(|chapter| chapter.path.as_deref());
        paths.filter_map(|path| Self::of(path, config)).collect()
    }

    fn of(path: &std::path::Path, config: &Config) -> Option<Self> {
        let file = config.source.join(path);
        let text = std::fs::read_to_string(&file).ok()?;
        let expanded = include::expand(text.strip_prefix('\u{feff}').unwrap_or(&text), &file);
        Some(ChapterText { stem: tutor_page::chapter::stem(path), expanded, root: config.root.clone() })
    }

    /// Its calls, as they are with these answers.
    pub fn read(&self, course: &Course, answers: &dyn Answers) -> ReadChapter {
        course.read(&self.expanded.text, &self.stem, answers)
    }

    /// The file, from the book's folder on, and the line that a line of the text comes from.
    pub fn place(&self, line: usize) -> (PathBuf, usize) {
        let include::Origin { file, line } = self.expanded.map.origin(line);
        (file.strip_prefix(&self.root).unwrap_or(file).to_owned(), line)
    }
}
