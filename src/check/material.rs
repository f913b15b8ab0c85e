//! What rules look at: the book's chapters, their calls and all recordings, each read once.

use std::ops::Range;
use std::path::PathBuf;

use jiff::civil::Date;

use super::claim::{self, Claim};
use super::model_ids::{self, ModelId};
use super::{FenceId, Place};
use crate::course::chapters::Handed;
use crate::course::reading::{NamedCall, ReadChapter, Recorded};
use crate::course::{Course, advice, parallel};
use tutor_bedrock::family::Family;
use tutor_bedrock::found::Finding as Found;
use tutor_bedrock::{Call, Key};
use tutor_catalog::Catalog;
use tutor_page::chapter::Diagnostic;
use tutor_page::chapter::include::{LineMap, Origin};
use tutor_recording::capture::CapturedImage;
use tutor_recording::{Acceptance, Damage, Lookup, OriginKind, Recording};

/// A chapter of the book. Its lines and bytes are those of its text with includes expanded; places
/// in files are made by [`Chapter::at_line`] and [`Chapter::at`].
#[derive(Debug)]
pub struct Chapter {
    /// Its number in the book.
    pub index: usize,
    /// Its text with includes expanded.
    pub text: String,
    /// Its fences and calls.
    pub read: ReadChapter,
    /// What it says about models.
    pub claims: Vec<Claim>,
    /// Which line of which file each line comes from.
    map: LineMap,
    /// Includes that could not be followed.
    pub unfollowed: Vec<Diagnostic>,
    /// Whether the text is its file, byte for byte.
    is_file: bool,
    /// The folder that paths are shown from.
    root: PathBuf,
    line_starts: Vec<usize>,
}

/// Reads the chapters of a book, on all processors. A file that
/// cannot be read is mdBook's to complain about; it has done so by then.
pub fn chapters(course: &Course, handed: &[Handed]) -> Vec<Chapter> {
    let numbered: Vec<(usize, &Handed)> = handed.iter().enumerate().collect();
    let names = claim::Names::of(course.catalog);
    let read = parallel::map(&numbered, |(index, handed)| Chapter::read(course, &names, *index, handed));
    let mut chapters: Vec<Chapter> = read.into_iter().flatten().collect();
    // A name such as Command, Opus or Titan means a model only where models are spoken of.
    let is_telling = |claim: &Claim| claim.subject.trim().contains([' ', '-', '.']);
    let speaks = chapters
        .iter()
        .any(|chapter| chapter.claims.iter().any(is_telling) || claim::speaks_of_models(&chapter.text));
    for (index, chapter) in chapters.iter_mut().enumerate() {
        if !speaks {
            chapter.claims.clear();
        }
        chapter.index = index;
    }
    chapters
}

impl Chapter {
    fn read(course: &Course, names: &claim::Names, index: usize, handed: &Handed) -> Option<Self> {
        let text = handed.open(&course.config).ok()?;
        let read = text.read(course, &course.store);
        let (is_file, expanded) = (text.is_file, text.expanded);
        let claims = claim::find(&expanded.text, &read.chapter, names, course.catalog);
        let breaks = memchr::memchr_iter(b'\n', expanded.text.as_bytes()).map(|at| at + 1);
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Some(Chapter {
            index,
            read,
            claims,
            map: expanded.map,
            unfollowed: expanded.diagnostics,
            is_file,
            root: course.config.root.clone(),
            line_starts,
            text: expanded.text,
        })
    }

    /// A fence of this chapter.
    pub fn fence(&self, fence: usize) -> FenceId {
        FenceId { chapter: self.index, fence }
    }

    /// The 1-based line of a byte.
    pub fn line_of(&self, byte: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= byte)
    }

    /// The bytes of a 1-based line, without its line break.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let end = self.line_starts.get(line).map_or(self.text.len(), |next| next - 1);
        start..end.max(start)
    }

    /// The file and line of a line of the text.
    pub fn at_line(&self, line: usize) -> Place {
        let Origin { file, line } = self.map.origin(line);
        Place::line(file.strip_prefix(&self.root).unwrap_or(file), line)
    }

    /// The file, line and columns of some bytes of the text. Columns are given only where the file
    /// holds the same bytes there: an include in the middle of a line moves them.
    pub fn at(&self, range: &Range<usize>) -> Place {
        let line = self.line_of(range.start);
        let mut place = self.at_line(line);
        let start = self.line_range(line).start;
        let columns = range.start - start..range.end - start;
        if self.line_of(range.end) == line && self.is_there(&place, &columns, &self.text[range.clone()]) {
            place.columns = Some(columns);
        }
        place
    }

    fn is_there(&self, place: &Place, columns: &Range<usize>, text: &str) -> bool {
        if self.is_file {
            return true;
        }
        let line = place.line.unwrap_or(0);
        std::fs::read_to_string(self.root.join(&place.path)).is_ok_and(|file| {
            file.split('\n').nth(line.saturating_sub(1)).and_then(|line| line.get(columns.clone()))
                == Some(text)
        })
    }

    /// The first place of `needle` on `line` or one of the next few, as the author sees it; else the
    /// line.
    pub fn find_from(&self, line: usize, lines: usize, needle: &str) -> Place {
        let range = self.line_range(line).start..self.line_range(line + lines).end;
        match self.text.get(range.clone()).and_then(|text| text.find(needle)) {
            Some(at) => self.at(&(range.start + at..range.start + at + needle.len())),
            None => self.at_line(line),
        }
    }
}

/// A resolved call with its recording.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Its chapter.
    pub chapter: &'a Chapter,
    /// Its name and place.
    pub named: &'a NamedCall,
    /// The call.
    pub call: &'a Call,
    /// Its key.
    pub key: &'a Key,
    /// The state of its recording.
    pub recorded: Recorded,
    /// Its recording, accepted or pending.
    pub recording: Option<&'a Recording>,
}

impl Asked<'_> {
    /// Where the call is made.
    pub fn place(&self) -> Place {
        self.chapter.at_line(self.named.found.line)
    }

    /// Whether Bedrock itself has answered it: what it took, it takes.
    pub fn is_taken(&self) -> bool {
        self.recording.is_some_and(|recording| {
            recording.origin.kind == OriginKind::Bedrock && recording.shown().is_success()
        })
    }

    /// The fence that makes it.
    pub fn fence(&self) -> FenceId {
        self.chapter.fence(self.named.found.fence)
    }
}

/// A file that is named like a recording.
#[derive(Debug, Clone)]
pub struct Stored<'a> {
    /// The file, from the book's folder on.
    pub path: PathBuf,
    /// The chapter's path without `.md`, by the folder it lies in.
    pub chapter: String,
    /// NAME of the file's name.
    pub name: &'a str,
    /// Whether it is part of the book.
    pub acceptance: Acceptance,
    /// What it holds, or what is wrong with it.
    pub recording: Result<&'a Recording, &'a Damage>,
}

/// Everything rules look at.
#[derive(Debug)]
pub struct Material<'a> {
    /// The course.
    pub course: &'a Course,
    /// Its chapters.
    pub chapters: &'a [Chapter],
    /// Every resolved call of every chapter, in order.
    pub asked: Vec<Asked<'a>>,
    /// Every file that looks like a recording, in no particular order.
    pub stored: Vec<Stored<'a>>,
    /// Every known model's id in code.
    pub model_ids: Vec<ModelId>,
}

impl<'a> Material<'a> {
    /// Looks up the recordings of all calls in `chapters`.
    pub fn new(course: &'a Course, chapters: &'a [Chapter]) -> Self {
        let (model_ids, (asked, stored)) = parallel::both(
            || model_ids::find(course.catalog, chapters, &course.config),
            || (chapters.iter().flat_map(|chapter| asked(course, chapter)).collect(), stored(course)),
        );
        Material { course, chapters, asked, stored, model_ids }
    }

    /// What to do about a request whose recording is not as it should be.
    pub fn help_with(&self, asked: &Asked<'_>) -> String {
        self.course.help_with(&asked.chapter.read, asked.named, asked.recorded).unwrap_or_default()
    }

    /// The command that asks Bedrock again for a request's chapter.
    pub fn stale(&self, asked: &Asked<'_>) -> String {
        let (chapter, book) = (advice::word(&asked.chapter.read.stem), advice::book(&self.course.config));
        format!("tutor record --stale{chapter}{book}")
    }

    /// The catalog.
    pub fn catalog(&self) -> &'static Catalog {
        self.course.catalog
    }

    /// The day that decides what is old or retired.
    pub fn today(&self) -> Date {
        self.course.today
    }

    /// The dialect of a call.
    pub fn family(&self, call: &Call) -> Option<&'static dyn Family> {
        self.catalog().family(&call.model_id)
    }

    /// Every call whose model id is known, resolved or not, with its chapter.
    pub fn with_model(&self) -> impl Iterator<Item = (&'a Chapter, &'a NamedCall, &'a str)> {
        self.chapters.iter().flat_map(|chapter| {
            chapter.read.calls.iter().filter_map(move |named| Some((chapter, named, named.model_id()?)))
        })
    }

    /// Whether Bedrock itself has answered a call.
    pub fn is_taken(&self, named: &NamedCall) -> bool {
        self.asked.iter().any(|asked| std::ptr::eq(asked.named, named) && asked.is_taken())
    }

    /// The pictures that code made when it was run, each with its chapter.
    pub fn captured_images(&self) -> impl Iterator<Item = (&'a Chapter, &'a CapturedImage)> {
        self.chapters.iter().flat_map(|chapter| {
            let fences = chapter.read.captures().whole().flat_map(|capture| &capture.fences);
            fences.flat_map(|fence| &fence.images).map(move |image| (chapter, image))
        })
    }

    /// Whether everything that a chapter's code sends is known: no fence unread, no call unresolved.
    pub fn is_fully_read(&self, stem: &str) -> bool {
        self.chapters.iter().filter(|chapter| chapter.read.stem == stem).all(|chapter| {
            chapter.read.unparsed().is_empty()
                && !chapter
                    .read
                    .calls
                    .iter()
                    .any(|call| matches!(call.found.finding, Found::Unresolved { .. }))
        })
    }
}

fn stored(course: &Course) -> Vec<Stored<'_>> {
    let files = course.store.filed();
    files
        .map(|file| Stored {
            path: course.config.shown(file.path).to_owned(),
            chapter: course.store.chapter_of(file.path),
            name: file.name,
            acceptance: file.acceptance,
            recording: file.recording,
        })
        .collect()
}

fn asked<'a>(course: &'a Course, chapter: &'a Chapter) -> Vec<Asked<'a>> {
    let resolved = chapter.read.calls.iter().filter_map(|named| Some((named, named.keyed()?)));
    resolved
        .map(|(named, (call, key))| {
            let (recorded, recording) = match course.store.find(key) {
                Lookup::Accepted(recording) => (Recorded::Current, Some(recording)),
                Lookup::Pending(recording) => (Recorded::Pending, Some(recording)),
                Lookup::Damaged { .. } => (Recorded::Damaged, None),
                Lookup::Missing => {
                    (chapter.read.recorded(named, &course.store).unwrap_or(Recorded::Missing), None)
                }
            };
            Asked { chapter, named, call, key, recorded, recording }
        })
        .collect()
}
