//! Runs chapters' own code and files what it asked, printed and drew.
//!
//! The code's SDKs are led to an endpoint inside this process, whose calls come here one after
//! another: a recording answers where there is one that the wish does not want anew, else the run's
//! provider, whose answer is stored before the code gets it. Equal calls of a run are asked once.

use std::cell::Cell;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::{Job, Recorder, Stop, Watch};
use crate::capture::child::{self, Interpreter};
use crate::capture::local::Local;
use crate::capture::{Program, Ran, RanFence, Stopped};
use crate::course::chapters::ChapterText;
use crate::course::names::Unknown;
use crate::course::reading::ReadChapter;
use crate::problem::Problem;
use tutor_bedrock::{Answer, Call, Key};
use tutor_catalog::measure::image_size;
use tutor_endpoint::environment::Environment;
use tutor_endpoint::relay::{Calls, Handed, Relay};
use tutor_endpoint::{
    Answerer, Endpoint, Faults, Listener, Log, Missing, Pace, Retired, Settings, UnknownModels,
};
use tutor_provider::Provider;
use tutor_provider::practice::Practice;
use tutor_recording::capture::{Capture, CapturedFence, CapturedImage, CodeDigest};
use tutor_recording::media::Medium;
use tutor_recording::{Filing, Lookup, OriginKind, StoreError, redact};

/// A chapter whose code is to run.
#[derive(Debug)]
pub struct Script<'a> {
    chapter: &'a ChapterText,
    /// What runs.
    pub program: Program,
}

/// Why a chapter's code could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The interpreter cannot be started.
    #[error("{} cannot be run: {source}", program.display())]
    Interpreter {
        /// The program.
        program: std::path::PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// No endpoint can be opened for it.
    #[error("no endpoint can be opened: {0}")]
    Endpoint(io::Error),
    /// A file cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Script<'_> {
    /// The chapter's path below the sources without `.md`.
    pub fn stem(&self) -> &str {
        &self.chapter.stem
    }
}

impl<'a> Recorder<'a> {
    /// What would run for the chapters of the wish, those without Python left out.
    ///
    /// # Errors
    /// A chapter that the book does not have, or whose folder cannot be read.
    pub fn scripts(&self) -> Result<Vec<Script<'a>>, (String, String)> {
        let mut scripts = Vec::new();
        for name in &self.wish.names {
            let stem = name.strip_suffix(".md").unwrap_or(name);
            let chapter = self.chapters.iter().find(|chapter| chapter.stem == stem);
            let chapter = chapter.ok_or_else(|| {
                let unknown = Unknown::among(stem, self.chapters.iter().map(|chapter| chapter.stem.as_str()));
                (unknown.in_words(), unknown.help())
            })?;
            let read = chapter.read(self.course, &self.course.store);
            let file = self.course.config.source.join(format!("{stem}.md"));
            let folder = file.parent().unwrap_or(&self.course.config.source);
            let local = Local::beside(folder).map_err(|error| {
                let what = format!("the files beside `{name}` cannot be read: {error}");
                (what, "look at the permissions of the chapter's folder".to_owned())
            })?;
            let shown = self.course.config.shown(&file).display().to_string();
            let program = Program { chapter: shown, fences: read.code(), local };
            if !program.fences.is_empty() {
                scripts.push(Script { chapter, program });
            }
        }
        Ok(scripts)
    }

    /// Runs one chapter's code and files what it did. What goes wrong in the code is among the
    /// problems; then its last capture stays as it is.
    ///
    /// # Errors
    /// It cannot be run at all, or a file cannot be written.
    pub async fn execute<P: Provider>(
        &mut self,
        provider: &P,
        script: &Script<'_>,
        interpreter: &Interpreter,
        (watch, stop): (&dyn Watch, &Stop),
    ) -> Result<(), ExecuteError> {
        let listener = Listener::bind(None).await.map_err(ExecuteError::Endpoint)?;
        let inherited = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        let environment = Environment::new(&listener.url(), inherited).map_err(ExecuteError::Endpoint)?;
        let (relay, calls) = Relay::new();
        let (shutdown, stopped) = tokio::sync::oneshot::channel();
        let server = tokio::spawn(listener.serve(Arc::new(self.endpoint(relay)), stopped));
        let fence = Cell::new(0);
        let read = script.chapter.read(self.course, &self.course.store);
        let mut desk = Desk {
            recorder: self,
            script,
            read: &read,
            asked: Vec::new(),
            known: HashMap::new(),
            broken: None,
        };
        let ran = tokio::select! {
            ran = child::run(interpreter, &script.program, &environment, |begun| fence.set(begun)) => ran,
            () = desk.serve(provider, calls, &fence, (watch, stop)) => Err(io::Error::other("the endpoint is gone")),
        };
        let Desk { asked, broken, .. } = desk;
        let _ = shutdown.send(());
        let _ = server.await;
        if let Some(error) = broken {
            return Err(error.into());
        }
        if stop.is_wanted() {
            self.recorded.stopped += 1;
            return Ok(());
        }
        let ran =
            ran.map_err(|source| ExecuteError::Interpreter { program: interpreter.program.clone(), source })?;
        match &ran.stopped {
            Some(why) => self.interrupted(script, &ran, why),
            None => self.file_capture(script, ran, &asked)?,
        }
        Ok(())
    }

    fn endpoint(&self, relay: Relay) -> Endpoint {
        let answerer = Answerer {
            replay: None,
            practice: Practice::default(),
            catalog: self.course.catalog,
            missing: Missing::Refuse,
            retired: Retired::Serve,
            unknown: UnknownModels::Answer,
            today: self.course.today,
            relay: Some(relay),
            local: None,
        };
        let pace = Pace::new(0.0).unwrap_or(Pace::RECORDED);
        Endpoint::new(Settings { pace, faults: Faults::default() }, answerer, Arc::new(Log::quiet()))
    }

    fn interrupted(&mut self, script: &Script<'_>, ran: &Ran, why: &Stopped) {
        let next =
            script.program.fences.iter().find(|code| !ran.fences.iter().any(|ran| ran.fence == code.fence));
        let line = match why {
            Stopped::Raised { line: Some(line), .. } => *line,
            _ => next.map_or(1, |code| code.line),
        };
        let (file, line) = script.chapter.place(line);
        let problem = Problem::error(file, Some(line), redact::text(&why.to_string())).help(why.help());
        self.recorded.problems.push(problem);
        self.recorded.broken_off += 1;
    }

    fn file_capture(&mut self, script: &Script<'_>, ran: Ran, asked: &[Asked]) -> Result<(), StoreError> {
        let mut digest = CodeDigest::default();
        let codes: HashMap<usize, String> =
            script.program.fences.iter().map(|code| (code.fence, digest.then(&code.text))).collect();
        let mut answered_by = None;
        let mut fences = Vec::new();
        for fence in ran.fences {
            let calls: Vec<&Asked> = asked.iter().filter(|asked| asked.fence == fence.fence).collect();
            for call in &calls {
                let least = |before: OriginKind| before.min(call.answered_by);
                answered_by = Some(answered_by.map_or(call.answered_by, least));
            }
            fences.push(CapturedFence {
                fence: fence.fence,
                code: codes.get(&fence.fence).cloned().unwrap_or_default(),
                answered_by,
                calls: calls.iter().map(|asked| asked.key.to_string()).collect(),
                images: self.publish(&fence)?,
                output: redact::text(&fence.output),
                is_cut: fence.is_cut,
            });
        }
        let config = &self.course.config;
        let captured = Capture::new(self.wish.origin.recorded_at, ran.python, fences);
        let stem = &script.chapter.stem;
        match self.course.store.write_capture(stem, &captured, self.wish.acceptance)? {
            Filing::Unchanged(_) => self.recorded.unchanged += 1,
            Filing::Written(path) => self.recorded.written.push(config.shown(&path).to_owned()),
            Filing::Kept(standing) => self.keep(stem, "capture", standing),
        }
        Ok(())
    }

    /// Writes the pictures of a fence among the book's sources, equal ones once.
    fn publish(&self, fence: &RanFence) -> Result<Vec<CapturedImage>, StoreError> {
        let mut images: Vec<CapturedImage> = Vec::new();
        for (media_type, bytes) in &fence.images {
            let medium = Medium { media_type: (*media_type).to_owned(), bytes: bytes.clone() };
            let image = CapturedImage { path: medium.path(), size: image_size(bytes) };
            medium.publish(&self.course.config.source)?;
            if !images.contains(&image) {
                images.push(image);
            }
        }
        Ok(images)
    }
}

/// Waits until somebody wants to stop.
async fn wanted(stop: &Stop) {
    const GLANCE: Duration = Duration::from_millis(100);
    while !stop.is_wanted() {
        tokio::time::sleep(GLANCE).await;
    }
}

/// A call that the code made.
struct Asked {
    fence: usize,
    key: Key,
    answered_by: OriginKind,
}

/// Where the code's calls are answered.
struct Desk<'d, 'a, 's> {
    recorder: &'d mut Recorder<'a>,
    script: &'d Script<'s>,
    read: &'d ReadChapter,
    /// Every call, in order.
    asked: Vec<Asked>,
    /// What was answered in this run already.
    known: HashMap<Key, Reply>,
    /// A file that could not be written: nothing more is answered.
    broken: Option<StoreError>,
}

/// An answer with who gave it, or why there is none.
type Reply = Result<(Answer, OriginKind), String>;

impl Desk<'_, '_, '_> {
    async fn serve<P: Provider>(
        &mut self,
        provider: &P,
        mut calls: Calls,
        fence: &Cell<usize>,
        (watch, stop): (&dyn Watch, &Stop),
    ) {
        loop {
            // Between two calls nothing is under way that could be lost.
            let handed = tokio::select! {
                handed = calls.recv() => handed,
                () = wanted(stop) => None,
            };
            let Some(Handed { call, reply }) = handed else { return };
            let fence = fence.get();
            let answered = self.answer(provider, &call, fence, (watch, stop)).await;
            if let Ok((_, answered_by)) = &answered {
                self.asked.push(Asked { fence, key: call.key(), answered_by: *answered_by });
            }
            // The code may have given up waiting.
            let _ = reply.send(answered.map(|(answer, _)| answer));
        }
    }

    async fn answer<P: Provider>(
        &mut self,
        provider: &P,
        call: &Call,
        fence: usize,
        (watch, stop): (&dyn Watch, &Stop),
    ) -> Reply {
        let key = call.key();
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if self.broken.is_some() {
            return Err("a recording could not be written".to_owned());
        }
        let reply = match self.recorded(&key) {
            Some(found) => Ok(found),
            None => self.ask(provider, call, fence, (watch, stop)).await,
        };
        self.known.insert(key, reply.clone());
        reply
    }

    /// The recorded answer, unless the wish wants it anew.
    fn recorded(&self, key: &Key) -> Option<(Answer, OriginKind)> {
        // A better answer than this run's stays, and is what the code gets.
        if self.recorder.is_wanted_anew(key) && self.recorder.standing_before(key).is_none() {
            return None;
        }
        match self.recorder.course.store.find(key) {
            Lookup::Accepted(recording) | Lookup::Pending(recording) => {
                Some((recording.shown().clone(), recording.origin.kind))
            }
            Lookup::Damaged { .. } | Lookup::Missing => None,
        }
    }

    async fn ask<P: Provider>(
        &mut self,
        provider: &P,
        call: &Call,
        fence: usize,
        (watch, stop): (&dyn Watch, &Stop),
    ) -> Reply {
        let job = self.job(call, fence);
        let answer = match provider.answer(call).await {
            Ok(answer) => answer,
            Err(error) => {
                self.recorder.failed(&job, &error, stop);
                return Err(redact::text(&format!("{error}; {}", error.help())));
            }
        };
        watch.answered(&job);
        let origin = provider.origin_of(call, &self.recorder.wish.origin);
        let answered_by = origin.kind;
        if let Err(error) =
            self.recorder.store(&job, vec![answer.clone()], (origin, provider.doubt(call)), watch)
        {
            stop.now();
            self.broken = Some(error);
        }
        Ok((answer, answered_by))
    }

    fn job(&self, call: &Call, fence: usize) -> Job {
        let line =
            self.script.program.fences.iter().find(|code| code.fence == fence).map_or(1, |code| code.line);
        let mut before: Vec<&Key> = Vec::new();
        for asked in self.asked.iter().filter(|asked| asked.fence == fence) {
            if !before.contains(&&asked.key) {
                before.push(&asked.key);
            }
        }
        Job {
            chapter: self.script.chapter.stem.clone(),
            name: self.read.name_in(fence, before.len(), &call.model_id),
            place: self.script.chapter.place(line),
            call: call.clone(),
            samples: 1,
        }
    }
}
