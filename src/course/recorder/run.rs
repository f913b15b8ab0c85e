//! Has a plan's calls answered and stores every answer as soon as it is there.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Job, Plan, Recorder};
use crate::problem::Problem;
use tutor_bedrock::{Answer, family};
use tutor_provider::{Provider, ProviderError, as_they_come};
use tutor_recording::{Acceptance, Filing, Origin, Recording, StoreError, redact};

/// A wish to stop: nothing new is sent, what is under way is finished and stored.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Stops.
    pub fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// The same wish, for a provider.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }

    /// Whether somebody wants to stop.
    pub fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Somebody who wants to see how it goes.
pub trait Watch {
    /// An answer is there.
    fn answered(&self, job: &Job);
    /// A recording was written.
    fn stored(&self, file: &Path);
}

/// Nobody.
impl Watch for () {
    fn answered(&self, _job: &Job) {}
    fn stored(&self, _file: &Path) {}
}

/// What became of a job.
struct Ended {
    samples: Vec<Answer>,
    warm_ups: u32,
    error: Option<ProviderError>,
}

impl Recorder<'_> {
    /// Runs one round.
    ///
    /// # Errors
    /// A file cannot be written: nothing more is sent, what is stored stays.
    pub async fn run<P: Provider>(
        &mut self,
        provider: &P,
        plan: Plan,
        watch: &dyn Watch,
        stop: &Stop,
    ) -> Result<(), StoreError> {
        self.recorded.current += plan.current;
        self.recorded.retired += plan.unrecordable.len();
        // A later round knows more: what is unresolved then is what stays so.
        self.recorded.unresolved = plan.unresolved;
        let jobs = plan.jobs;
        let cold: Vec<bool> = jobs.iter().map(|job| self.warms_up(job)).collect();
        let running = jobs.iter().zip(&cold).map(|(job, cold)| answer(provider, job, *cold, watch, stop));
        let mut broken = None;
        as_they_come(running.collect(), |index, ended: Ended| {
            let origin = provider.true_origin(&self.wish.origin);
            if let Err(error) = self.ended(&jobs[index], ended, origin, (watch, stop)) {
                stop.now();
                broken.get_or_insert(error);
            }
        })
        .await;
        broken.map_or(Ok(()), Err)
    }

    /// Whether an answer of this job is dropped first, so that no sample pays for a cold connection
    /// or for a model that is still being loaded.
    fn warms_up(&mut self, job: &Job) -> bool {
        self.wish.origin.kind.is_real() && job.samples > 1 && self.warm.insert(job.call.model_id.clone())
    }

    fn ended(
        &mut self,
        job: &Job,
        ended: Ended,
        origin: Origin,
        (watch, stop): (&dyn Watch, &Stop),
    ) -> Result<(), StoreError> {
        self.recorded.warm_ups += ended.warm_ups as usize;
        match &ended.error {
            Some(error) => self.failed(job, error, stop),
            None if ended.samples.is_empty() => self.recorded.stopped += 1,
            None => {}
        }
        // Samples that are paid for are kept, even where not all came.
        if ended.samples.is_empty() {
            return Ok(());
        }
        self.store(job, ended.samples, Origin { warm_ups: ended.warm_ups, ..origin }, watch)
    }

    pub(super) fn failed(&mut self, job: &Job, error: &ProviderError, stop: &Stop) {
        match error {
            ProviderError::Stopped => {
                self.recorded.stopped += 1;
                return;
            }
            ProviderError::Budget(_) => self.recorded.over_budget = true,
            ProviderError::Service(trouble) if trouble.trouble.concerns_all() => stop.now(),
            _ => {}
        }
        self.recorded.failed += 1;
        let (file, line) = &job.place;
        let what = redact::text(&format!("`{}` has no answer: {error}", job.name));
        self.recorded.problems.push(Problem::warning(file, Some(*line), what).help(error.help()));
    }

    pub(super) fn store(
        &mut self,
        job: &Job,
        samples: Vec<Answer>,
        origin: Origin,
        watch: &dyn Watch,
    ) -> Result<(), StoreError> {
        let recording = Recording::new(&job.call, origin, samples);
        let mut acceptance = self.wish.acceptance;
        if let Some(error) = family::error::read(recording.shown()) {
            acceptance = Acceptance::Pending;
            let words = redact::text(&error.message);
            let what = format!("Bedrock refuses `{}`: {} {words}", job.name, error.status);
            let help = "mend the request; if the page is to show this error, accept the recording";
            let (file, line) = &job.place;
            self.recorded.problems.push(Problem::warning(file, Some(*line), what).help(help));
        }
        self.course.store.publish_media(&recording, &self.course.config.source)?;
        match self.course.store.write(&job.chapter, &job.name, recording, acceptance)? {
            Filing::Unchanged(_) => self.recorded.unchanged += 1,
            Filing::Written(file) => {
                watch.stored(&file);
                self.recorded.written.push(self.course.config.shown(&file).to_owned());
            }
        }
        Ok(())
    }
}

/// Asks for all samples of a job, one after another.
async fn answer<P: Provider>(
    provider: &P,
    job: &Job,
    is_cold: bool,
    watch: &dyn Watch,
    stop: &Stop,
) -> Ended {
    let mut ended = Ended { samples: Vec::new(), warm_ups: 0, error: None };
    if is_cold && !stop.is_wanted() {
        if let Err(error) = provider.answer(&job.call).await {
            return Ended { error: Some(error), ..ended };
        }
        ended.warm_ups = 1;
        watch.answered(job);
    }
    for index in 0..usize::from(job.samples) {
        if stop.is_wanted() {
            break;
        }
        match provider.nth_answer(&job.call, index).await {
            Ok(answer) => ended.samples.push(answer),
            Err(error) => {
                ended.error = Some(error);
                break;
            }
        }
        watch.answered(job);
    }
    ended
}
