//! `mode = "missing"`, `"live"` and `"local"`: a build that asks Bedrock, or a model on this machine, for
//! what it has no answer to.
//!
//! Each call is asked for once: its answer is filed as pending, and a pending answer is no missing
//! one, neither for the next renderer nor for the next rebuild.

use mdbook_driver::MDBook;

use super::build::RawArguments;
use super::record::{live_rounds, local_origin, now, rounds, runtime};
use super::{Failure, local, terminal};
use crate::config::Mode;
use crate::course::chapters::ChapterText;
use crate::course::recorder::{Recorder, Scope, Stop, Wish};
use crate::course::{Course, unusable};
use tutor_live::{Live, Settings};
use tutor_provider::ledger::Ledger;
use tutor_recording::lock::Lock;
use tutor_recording::{Acceptance, Origin};

/// The same for a book that is loaded.
pub(super) fn of_book(book: &MDBook, course: &mut Course) -> Result<(), Failure> {
    if course.config.mode == Mode::Replay {
        return Ok(());
    }
    let chapters = RawArguments::default().texts(book, &course.config)?;
    refresh(&chapters, course)
}

/// Asks for what `course` has no answer to, as its `mode` says. Trouble on the way to Bedrock does not
/// stop a build: the page has a notice in the place of the answer, and this says why.
pub(super) fn refresh(chapters: &[ChapterText], course: &mut Course) -> Result<(), Failure> {
    let scope = match course.config.mode {
        Mode::Replay => return Ok(()),
        Mode::Missing | Mode::Local => Scope::Missing,
        Mode::Live => Scope::NotLive,
    };
    let root = course.config.root.clone();
    let Ok(_lock) = Lock::take(&course.config.fixtures) else {
        sayln!("Another tutor is recording; this build takes what is there.");
        return Ok(());
    };
    let (today, cap, catalog) = (course.today, course.config.max_cost, course.catalog);
    let wish = Wish {
        names: Vec::new(),
        scope,
        samples: None,
        acceptance: Acceptance::Pending,
        origin: match course.config.mode {
            Mode::Local => local_origin(now(None)?),
            _ => Origin::bedrock(now(None)?, "", tutor_live::sdk::NAME),
        },
    };
    let settings =
        Settings { timeout: course.config.timeout, bounds: course.config.bounds, ..Settings::default() };
    let local = (course.config.mode == Mode::Local).then(|| course.config.local.clone());
    let mut recorder = Recorder::new(course, chapters, wish);
    let plan = recorder.plan();
    if plan.jobs.is_empty() {
        return Ok(());
    }
    let done = runtime()?.block_on(async {
        if let Some(settings) = local {
            return match local::connect(&settings, catalog).await {
                Ok(local) => Some(rounds(recorder, plan, &local, &(), &Stop::default()).await),
                Err(failure) => {
                    sayln!("No local answers for this build: {}", failure.report);
                    None
                }
            };
        }
        let connection = match tutor_live::connect(&settings, catalog).await {
            Ok(connection) => connection,
            Err(error) => {
                sayln!("No live answers for this build: {error}\n  help: {}", error.help);
                return None;
            }
        };
        recorder.answered_from(&connection.region);
        let host = connection.host;
        let live = Live::new(connection.sdk, Ledger::new(cap), connection.region, catalog, today);
        let (done, spent) = live_rounds(recorder, plan, live, &host, (&(), &Stop::default())).await;
        sayln!("Asked Amazon Bedrock for what is missing. {spent}");
        Some(done)
    });
    let Some(done) = done else { return Ok(()) };
    terminal::show(&done.recorded.problems, &root);
    sayln!("{}", done.recorded.summary());
    match &done.stored {
        Ok(()) => Ok(()),
        Err(error) => Err(Failure::configuration(unusable(&course.config, error), &root)),
    }
}
