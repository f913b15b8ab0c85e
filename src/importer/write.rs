//! Files what a plan brings as pending recordings.

use std::path::PathBuf;

use indexmap::IndexMap;
use jiff::Timestamp;
use tutor_bedrock::{Answer, Call, Key, Payload, model_id};
use tutor_import::{Found, Taken};

use super::plan::Plan;
use super::{MOST_HELD, MOST_SAMPLES, files};
use crate::course::Course;
use tutor_recording::origin::{Imported as Source, Missing};
use tutor_recording::{Acceptance, Filing, Lookup, Origin, OriginKind, Recording, StoreError};

/// What an import did.
#[derive(Debug, Default)]
pub struct Imported {
    /// The files that were written, from the book's folder on, each once.
    pub written: Vec<PathBuf>,
    /// How many recordings held these answers already.
    pub unchanged: usize,
    /// How many answers were the same as others, or more than a recording holds.
    pub left_out: usize,
    /// How many requests have an answer that is worth more, such as a live one.
    pub outranked: usize,
}

/// What belongs to one request.
struct Gathered {
    call: Call,
    answers: Vec<Answer>,
    at: Option<Timestamp>,
    region: Option<String>,
    missing: Vec<Missing>,
    source: String,
    batch: bool,
}

impl Plan {
    /// Reads the plan's files again and files what they hold below `chapter`. `names` tell where the
    /// book itself asks for a request. `source` are the words for pages, in the place of the file's name.
    ///
    /// # Errors
    /// A recording cannot be written; what was written before stays, as pending.
    pub fn file(
        &self,
        course: &mut Course,
        chapter: &str,
        names: &IndexMap<Key, (String, String)>,
        source: Option<&str>,
        now: Timestamp,
    ) -> Result<Imported, StoreError> {
        let mut writer = Writer {
            course,
            chapter,
            names,
            now,
            batch: false,
            gathered: IndexMap::new(),
            held: 0,
            imported: Imported::default(),
            failed: None,
        };
        for file in &self.files {
            writer.batch = file.format == tutor_import::format::BATCH;
            let own =
                || if writer.batch { "Bedrock batch inference".to_owned() } else { source_of(&file.path) };
            let words = source.map_or_else(own, str::to_owned);
            let asked = file.asked.as_ref();
            let Ok(file) = files::open(&file.path) else { continue };
            // It was whole a moment ago; what cannot be read now is left out as if it were not there.
            let _ = tutor_import::read(file, asked, &mut |found| {
                if let Found::Taken(taken) = found {
                    writer.take(*taken, &words);
                }
                writer.failed.is_none()
            });
            if let Some(error) = writer.failed.take() {
                return Err(error);
            }
        }
        writer.flush()?;
        Ok(writer.imported)
    }
}

/// A file in words that name nobody's folders: the path as it was given where that leads down from
/// here, else its name alone.
fn source_of(path: &std::path::Path) -> String {
    let is_below = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    let shown = if is_below { path } else { path.file_name().map_or(path, std::path::Path::new) };
    shown.display().to_string()
}

struct Writer<'a> {
    course: &'a mut Course,
    chapter: &'a str,
    names: &'a IndexMap<Key, (String, String)>,
    now: Timestamp,
    /// Whether what is taken now was answered by a batch.
    batch: bool,
    gathered: IndexMap<Key, Gathered>,
    held: usize,
    imported: Imported,
    failed: Option<StoreError>,
}

impl Writer<'_> {
    fn take(&mut self, taken: Taken, source: &str) {
        self.held += size(&taken.answer) + 64;
        let key = taken.call.key();
        let gathered = self.gathered.entry(key).or_insert_with(|| Gathered {
            call: taken.call,
            answers: Vec::new(),
            at: taken.at,
            region: taken.region,
            missing: taken.missing.clone(),
            source: source.to_owned(),
            batch: self.batch,
        });
        for missing in taken.missing {
            if !gathered.missing.contains(&missing) {
                gathered.missing.push(missing);
            }
        }
        if is_new(&gathered.answers, &taken.answer) {
            gathered.answers.push(taken.answer);
        } else {
            self.imported.left_out += 1;
        }
        if self.held > MOST_HELD
            && let Err(error) = self.flush()
        {
            self.failed = Some(error);
        }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.held = 0;
        for (key, gathered) in std::mem::take(&mut self.gathered) {
            self.write(&key, gathered)?;
        }
        Ok(())
    }

    fn write(&mut self, key: &Key, gathered: Gathered) -> Result<(), StoreError> {
        let mut origin = Origin::imported(
            self.now,
            gathered.region,
            Source {
                source: gathered.source,
                answered_at: gathered.at,
                missing: gathered.missing,
                batch: gathered.batch,
            },
        );
        let mut samples = Vec::new();
        // What an earlier part of this import, or an earlier import, filed for the same request stays.
        if let Some(Lookup::Pending(before)) = self.course.store.pending(key)
            && before.origin.kind == OriginKind::Imported
        {
            samples.clone_from(&before.samples);
            origin = before.origin.clone();
        }
        let fresh = Recording::new(&gathered.call, origin.clone(), gathered.answers).samples;
        for answer in fresh {
            if is_new(&samples, &answer) {
                samples.push(answer);
            } else {
                self.imported.left_out += 1;
            }
        }
        let recording = Recording::new(&gathered.call, origin, samples);
        let own = (self.chapter.to_owned(), model_id::short(&gathered.call.model_id));
        let (chapter, name) = self.names.get(key).unwrap_or(&own);
        match self.course.store.write(chapter, name, recording, Acceptance::Pending)? {
            Filing::Unchanged(_) => self.imported.unchanged += 1,
            Filing::Kept(_) => self.imported.outranked += 1,
            Filing::Written(file) => {
                let file = self.course.config.shown(&file).to_owned();
                if !self.imported.written.contains(&file) {
                    self.imported.written.push(file);
                }
            }
        }
        Ok(())
    }
}

/// Whether an answer is none of `known`, and there is room for it.
fn is_new(known: &[Answer], answer: &Answer) -> bool {
    known.len() < MOST_SAMPLES
        && !known.iter().any(|other| {
            other.payload == answer.payload
                && other.header("x-amzn-requestid") == answer.header("x-amzn-requestid")
        })
}

fn size(answer: &Answer) -> usize {
    match &answer.payload {
        Payload::Whole(body) => body.len(),
        Payload::Stream(frames) => frames.iter().map(|frame| frame.payload.len() + 64).sum(),
    }
}
