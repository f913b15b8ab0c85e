//! Better answers than this run's stay where they are, unless a person gives them up by name.

use super::plan::Kept;
use super::{Recorder, Script};
use crate::course::Course;
use crate::course::advice::Next;
use crate::problem::Problem;
use tutor_recording::{Acceptance, OriginKind, Standing};

impl Recorder<'_> {
    pub(super) fn keep(&mut self, chapter: &str, name: &str, standing: Standing) {
        let id = format!("{chapter}#{name}");
        self.recorded.kept.push(Kept { id, chapter: chapter.to_owned(), standing });
    }

    /// Asks whether a run of these chapters' code may replace what it finds there.
    ///
    /// # Errors
    /// What `ask` says.
    pub fn allow<E>(
        &mut self,
        ask: impl FnOnce(&mut Course, Vec<Standing>) -> Result<(), E>,
        scripts: &[Script<'_>],
    ) -> Result<(), E> {
        let lost = self.standing_in(scripts);
        ask(self.course, lost)
    }

    /// What a run of these chapters' code may replace: its requests are not known before it runs.
    fn standing_in(&self, scripts: &[Script<'_>]) -> Vec<Standing> {
        let (store, kind) = (&self.course.store, self.wish.origin.kind);
        let mut all = Vec::new();
        for stem in scripts.iter().map(Script::stem) {
            let files = store.files().into_iter().filter(|file| store.chapter_of(file.path) == stem);
            let standing = files.filter_map(|file| store.worth_keeping(file.path));
            all.extend(standing.filter(|it| kind < it.kind));
            all.extend(store.captures_above(stem, kind));
        }
        all
    }
}

impl Kept {
    /// As a problem with the next step.
    pub fn problem(&self, course: &Course, by: OriginKind) -> Problem {
        let Kept { id, chapter, standing } = self;
        let what = if by < standing.kind {
            format!("`{id}` keeps {}: {} does not take its place", standing.in_words(), an_answer_of(by))
        } else {
            format!("`{id}` keeps {}: a refusal does not take its place", standing.in_words())
        };
        let next = match standing.acceptance {
            Acceptance::Pending if !standing.is_damaged => Next::Review.help(&course.config, chapter),
            _ if standing.is_damaged => Next::Record.help(&course.config, chapter),
            _ => "leave it; or say --replace-live, too, which asks first".to_owned(),
        };
        Problem::warning(course.config.shown(&standing.path), None, what).help(next)
    }
}

fn an_answer_of(kind: OriginKind) -> String {
    format!("an answer of {}", kind.who())
}
