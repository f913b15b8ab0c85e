//! Chapters on disk, for verbs that work without mdBook running: a book, a folder of Markdown files,
//! or single files.
//!
//! A book is seen as it is built, and its recordings are looked up. Loose
//! files are read as they are.

use std::path::{Path, PathBuf};

use super::advice::{self, Next};
use super::chain::{self, ChainError, Sight};
use super::chapters::Handed;
use super::files::FilesBeside;
use super::reading::{ReadChapter, Recorded};
use super::told::Told;
use super::{Course, parallel};
use crate::problem::Problem;
use tutor_bedrock::found::NoAnswers;
use tutor_page::chapter::include;

/// Where chapters come from.
#[derive(Debug)]
pub enum Shelf {
    /// A folder with a book.toml.
    Book {
        /// The path as it was given.
        given: PathBuf,
        /// The opened course.
        course: Box<Course>,
        /// Its chapters, in the order of SUMMARY.md.
        chapters: Vec<Handed>,
    },
    /// Markdown files without a book.
    Loose(Vec<PathBuf>),
}

/// Why a path holds no chapters.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The book's configuration is wrong.
    #[error("{0}")]
    Configuration(Box<Problem>, PathBuf),
    /// The preprocessors before tutor do not run.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The path cannot be read as a book, a folder or a file.
    #[error("cannot read {}: {message}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        message: String,
    },
}

impl Shelf {
    /// Looks at a path: a folder with a book.toml is a book, any other folder gives its Markdown
    /// files, and a file is one chapter.
    pub fn open(path: &Path, sight: Sight) -> Result<Self, ShelfError> {
        let unreadable = |message: String| ShelfError::Unreadable { path: path.to_owned(), message };
        let meta = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
        if meta.is_file() {
            return Ok(Shelf::Loose(vec![path.to_owned()]));
        }
        if path.join("book.toml").is_file() {
            return Self::open_book(path, sight);
        }
        let mut files = Vec::new();
        markdown_files(path, &mut files).map_err(|error| unreadable(error.to_string()))?;
        files.sort();
        Ok(Shelf::Loose(files))
    }

    fn open_book(path: &Path, sight: Sight) -> Result<Self, ShelfError> {
        let unreadable = |message: String| ShelfError::Unreadable { path: path.to_owned(), message };
        let book = mdbook_driver::MDBook::load(path).map_err(|error| unreadable(format!("{error:#}")))?;
        let today = super::preprocess::Today::from_environment().map_err(unreadable)?;
        let course = Course::open(path, &book.config, today)
            .map_err(|problem| ShelfError::Configuration(problem, path.to_owned()))?;
        let chapters = chain::chapters(&book, sight)?;
        Ok(Shelf::Book { given: path.to_owned(), course: Box::new(course), chapters })
    }

    /// Reads every chapter, on all processors; in the shelf's order.
    pub fn read_all(&self) -> Vec<ListedChapter> {
        self.read(Wanted::Calls)
    }

    /// The same with what recordings say.
    pub fn read_all_with_answers(&self) -> Vec<ListedChapter> {
        self.read(Wanted::Answers)
    }

    fn read(&self, wanted: Wanted) -> Vec<ListedChapter> {
        match self {
            Shelf::Loose(files) => parallel::map(files, |path| read_loose(path)),
            Shelf::Book { given, course, chapters } => {
                parallel::map(chapters, |chapter| read_in_book(given, course, chapter, wanted))
            }
        }
    }
}

/// What is wanted of chapters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Calls,
    Answers,
}

/// A chapter with what was found in it.
#[derive(Debug, Clone)]
pub struct ListedChapter {
    /// Its name: its path below the sources without `.md`.
    pub stem: String,
    /// Its path as given.
    pub path: PathBuf,
    /// Its calls.
    pub calls: Vec<ListedCall>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// ` --book FOLDER` for commands about it, unless this process runs there.
    pub book: String,
}

/// A call with the state of its recording, if there is a book that could have one.
#[derive(Debug, Clone)]
pub struct ListedCall {
    /// The call.
    pub call: super::reading::NamedCall,
    /// The state of its recording.
    pub recorded: Option<Recorded>,
    /// What to do about it.
    pub next: Option<Next>,
    /// What its recording says.
    pub told: Option<Box<Told>>,
}

fn read_loose(path: &Path) -> ListedChapter {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match std::fs::read_to_string(path) {
        Err(error) => unreadable(path, &error),
        Ok(text) => {
            let read = ReadChapter::new(&text, &stem, &NoAnswers, &FilesBeside::of_loose(path));
            let problems = problems(&read, |line| (path.to_owned(), line));
            let calls = read
                .calls
                .into_iter()
                .map(|call| ListedCall { call, recorded: None, next: None, told: None })
                .collect();
            ListedChapter { stem, path: path.to_owned(), calls, problems, book: String::new() }
        }
    }
}

/// Reads a chapter of a book; its lines are those of the files they come from.
fn read_in_book(given: &Path, course: &Course, chapter: &Handed, wanted: Wanted) -> ListedChapter {
    let file = course.config.source.join(&chapter.path);
    let path = given.join(course.config.shown(&file));
    let text = match chapter.open(&course.config) {
        Err(error) => return unreadable(&path, &error),
        Ok(text) => text,
    };
    let mut read = text.read(course, &course.store);
    let expanded = text.expanded;
    let place = |line: usize| -> (PathBuf, usize) {
        let include::Origin { file, line } = expanded.map.origin(line);
        (given.join(course.config.shown(file)), line)
    };
    let mut problems = problems(&read, place);
    problems.extend(expanded.diagnostics.iter().map(|diagnostic| {
        let (path, line) = place(diagnostic.line);
        Problem::warning(path, Some(line), &*diagnostic.message).help(&*diagnostic.help)
    }));
    read.map_lines(|line| expanded.map.origin(line).line);
    let calls = read
        .calls
        .iter()
        .map(|call| {
            let recorded = read.recorded(call, &course.store);
            ListedCall {
                recorded,
                next: recorded.and_then(|recorded| Next::of(&course.store, &read, call, recorded)),
                call: call.clone(),
                told: (wanted == Wanted::Answers).then(|| Told::of(course, call)).flatten().map(Box::new),
            }
        })
        .collect();
    let (stem, book) = (read.stem, advice::book(&course.config));
    ListedChapter { stem, path, calls, problems, book }
}

fn problems(read: &ReadChapter, place: impl Fn(usize) -> (PathBuf, usize)) -> Vec<Problem> {
    let mut problems = read.mistakes(&place);
    problems.extend(read.doubts(&place));
    problems
}

fn unreadable(path: &Path, error: &std::io::Error) -> ListedChapter {
    let problem = Problem::error(path, None, format!("cannot be read: {error}"))
        .help("the file must be UTF-8 text that you may read");
    let stem = tutor_page::chapter::stem(path);
    ListedChapter {
        stem,
        path: path.to_owned(),
        calls: Vec::new(),
        problems: vec![problem],
        book: String::new(),
    }
}

fn markdown_files(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            markdown_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    Ok(())
}
