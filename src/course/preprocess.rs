//! A whole book as mdBook hands it over: every chapter that concerns tutor becomes a page.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::civil::Date;
use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::errors::Error;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use super::chapters::Handed;
use super::page::{self, Fault, Library, Page};
use super::reading::ReadChapter;
use super::{Course, parallel};
use crate::config::Strictness;
use crate::problem::{Problem, plural};
use tutor_bedrock::found::Language;
use tutor_page::chapter::is_of_interest;
use tutor_page::render::Form;

/// The day that decides which models are retired.
pub struct Today;

impl Today {
    /// `SOURCE_DATE_EPOCH` where it is set (see reproducible-builds.org), else the day it is in UTC.
    pub fn from_environment() -> Result<Date, String> {
        let timestamp = match std::env::var("SOURCE_DATE_EPOCH") {
            Err(_) => jiff::Timestamp::now(),
            Ok(text) => {
                text.parse().ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()).ok_or_else(
                    || format!("SOURCE_DATE_EPOCH is `{text}`, not a number of seconds since 1970"),
                )?
            }
        };
        Ok(timestamp.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// The day given on the command line, else that of the environment.
    pub fn or_environment(given: Option<Date>) -> Result<Date, String> {
        given.map_or_else(Self::from_environment, Ok)
    }
}

/// What a build did.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// How many chapters show answers.
    pub chapters: usize,
    /// How many answers they show.
    pub answers: usize,
    /// How many requests have no usable recording.
    pub missing: usize,
}

impl Report {
    /// One line for people.
    pub fn summary(&self) -> String {
        let mut text = format!(
            "Built the book: {} in {}",
            plural(self.answers, "answer"),
            plural(self.chapters, "chapter")
        );
        if self.missing > 0 {
            text += &format!(", {} without a recording", plural(self.missing, "request"));
        }
        text + "."
    }
}

/// Turns every chapter of `book` that concerns tutor into a page.
pub fn book(course: &Course, mut book: Book, renderer: &str) -> (Book, Report) {
    let form = Form::of_renderer(renderer);
    let mut inputs = Vec::new();
    book.for_each_chapter_mut(|chapter| {
        if concerns_tutor(&chapter.content) {
            inputs.push(Input::of(chapter));
        }
    });
    let read =
        parallel::map(&inputs, |input| course.read(input.handed.text(), input.handed.stem(), &course.store));
    let library = Read::new(&read);
    let pages: Vec<usize> = (0..inputs.len()).collect();
    let pages = parallel::map(&pages, |&index| {
        let (read, text) = (&read[index], inputs[index].handed.text());
        read.is_changed().then(|| page::make(course, read, text, form, &library))
    });
    let mut report = Report::default();
    let mut texts = HashMap::new();
    for ((input, read), page) in inputs.iter().zip(&read).zip(pages) {
        let Some(Page { text, faults, answers, missing }) = page else {
            report.problems.extend(problems(course, input, read, Vec::new()));
            continue;
        };
        report.chapters += usize::from(answers > 0);
        report.answers += answers;
        report.missing += missing;
        report.problems.extend(problems(course, input, read, faults));
        texts.insert(input.id.clone(), text);
    }
    book.for_each_chapter_mut(|chapter| {
        if let Some(text) = texts.remove(&Input::id(chapter)) {
            chapter.content = text;
        }
    });
    (book, report)
}

/// Whether a chapter may hold anything for tutor. Shell fences are common; only those of chapters
/// that speak of Bedrock are worth reading.
fn concerns_tutor(text: &str) -> bool {
    is_of_interest(text, |info| match Language::of_info(info) {
        Some(Language::Shell) => text.contains("bedrock"),
        Some(Language::Python | Language::Request) => true,
        // Nothing of a language that is not read comes to the page.
        Some(Language::Other(_)) | None => false,
    })
}

/// A chapter as it came.
struct Input {
    id: PathBuf,
    handed: Handed,
}

impl Input {
    fn of(chapter: &Chapter) -> Self {
        Input { id: Self::id(chapter), handed: Handed::of_chapter(chapter) }
    }

    fn id(chapter: &Chapter) -> PathBuf {
        chapter.path.clone().unwrap_or_else(|| PathBuf::from(&chapter.name))
    }
}

/// What is wrong with a chapter, with the lines of the files it came from.
fn problems(course: &Course, input: &Input, read: &ReadChapter, faults: Vec<Fault>) -> Vec<Problem> {
    if faults.is_empty() && read.is_clean() {
        return Vec::new();
    }
    let text = input.handed.open(&course.config).ok();
    let place =
        |line| text.as_ref().map_or_else(|| (input.handed.path.clone(), line), |text| text.place(line));
    let mut mistakes = read.mistakes(place);
    mistakes.extend(faults.into_iter().map(|fault| {
        let origin = place(fault.line);
        fault.into_problem(origin)
    }));
    if course.config.strictness == Strictness::Strict {
        mistakes = mistakes.into_iter().map(Problem::into_error).collect();
    }
    mistakes.extend(read.doubts(place));
    mistakes
}

/// The chapters of the book that were read, by stem.
struct Read<'a>(HashMap<&'a str, &'a ReadChapter>);

impl<'a> Read<'a> {
    fn new(chapters: &'a [ReadChapter]) -> Self {
        Read(chapters.iter().map(|chapter| (chapter.stem.as_str(), chapter)).collect())
    }
}

impl Library for Read<'_> {
    fn chapter(&self, stem: &str) -> Option<&ReadChapter> {
        self.0.get(stem).copied()
    }
}

/// Tutor as a preprocessor inside this process, for `tutor build`.
pub struct Tutor {
    course: Course,
    report: Arc<Mutex<Report>>,
}

impl Tutor {
    /// A preprocessor that leaves what it did in `report`.
    pub fn new(course: Course, report: Arc<Mutex<Report>>) -> Self {
        Tutor { course, report }
    }
}

impl Preprocessor for Tutor {
    fn name(&self) -> &'static str {
        "tutor"
    }

    fn run(&self, context: &PreprocessorContext, input: Book) -> Result<Book, Error> {
        let (output, report) = book(&self.course, input, &context.renderer);
        let failed = report.has_errors();
        if let Ok(mut all) = self.report.lock() {
            all.merge(report);
        }
        if failed { Err(Error::msg("tutor found errors in the material")) } else { Ok(output) }
    }
}

impl Report {
    /// Whether the build has to stop.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == crate::problem::Severity::Error)
    }

    /// Takes in the report for another renderer of the same book: the same chapters, counted once.
    fn merge(&mut self, other: Report) {
        let known: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
        self.problems
            .extend(other.problems.into_iter().filter(|problem| !known.contains(&problem.to_string())));
        self.chapters = self.chapters.max(other.chapters);
        self.answers = self.answers.max(other.answers);
        self.missing = self.missing.max(other.missing);
    }
}
