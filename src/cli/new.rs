//! `tutor new`: a course that runs, in a minute.

use std::io;
use std::path::{Path, PathBuf};

use super::record::{now, rounds, runtime};
use super::{Exit, Failure, build, terminal};
use crate::course::recorder::{self, Recorder, Scope, Stop, Wish};
use crate::setup::{new, quoted};
use tutor_provider::practice::Practice;
use tutor_recording::{Acceptance, Origin};

/// Make a new course: a chapter with a request and its answer, a challenge, a file for CI
///
/// The answer is a stand-in's, so neither an account nor a network is needed. For a book that is there already:
/// tutor init.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder of the new course
    folder: PathBuf,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let folder = &self.folder;
        let files = new::write(folder).map_err(|error| {
            let help = match error.kind() {
                io::ErrorKind::DirectoryNotEmpty => {
                    format!(
                        "name a folder that is not there yet; for a book that is: tutor init {}",
                        quoted(folder)
                    )
                }
                _ => "look at the folder's permissions".to_owned(),
            };
            Failure::usage(format!("no course can be made in {}: {error}", folder.display()), help)
        })?;
        let answers = record(folder)?;
        for file in files {
            let shown = if folder == Path::new(".") { file } else { folder.join(file) };
            terminal::print(&format!("{}\n", shown.display()));
        }
        sayln!("A course with {answers} recorded answer{}. Next:", if answers == 1 { "" } else { "s" });
        if folder != Path::new(".") {
            sayln!("    cd {}", quoted(folder));
        }
        sayln!("    tutor serve --open");
        sayln!("    tutor run first-question");
        Ok(Exit::Good)
    }
}

/// Records the answers of stand-ins, and says how many.
fn record(folder: &Path) -> Result<usize, Failure> {
    let book = build::load(folder)?;
    let mut course = build::open_course(&book, None)?;
    let texts = recorder::practice_texts(&course.config)
        .map_err(|problem| Failure::configuration(*problem, &book.root))?;
    let chapters = build::RawArguments::default().texts(&book, &course.config)?;
    let wish = Wish {
        names: Vec::new(),
        scope: Scope::Missing,
        samples: None,
        acceptance: Acceptance::Accepted,
        origin: Origin::practice(now(None)?),
    };
    let mut recorder = Recorder::new(&mut course, &chapters, wish);
    let plan = recorder.plan();
    let done = runtime()?.block_on(rounds(recorder, plan, &Practice::new(texts), &(), &Stop::default()));
    terminal::show(&done.recorded.problems, &book.root);
    done.stored.map_err(|error| Failure::usage(error.to_string(), "look at the folder's permissions"))?;
    Ok(done.recorded.written.len())
}
