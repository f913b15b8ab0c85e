//! Has a plan's calls answered and stores every answer as soon as it is there.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::told::Words;
use super::{Job, Plan, Recorder};
use tutor_bedrock::{Answer, Payload, family};
use tutor_provider::bounded::MEGABYTE;
use tutor_provider::ledger::Doubt;
use tutor_provider::trouble::{ServiceError, Trouble};
use tutor_provider::{Provider, ProviderError, as_they_come};
use tutor_recording::{Acceptance, Filing, Origin, Recording, StoreError};

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
        self.recorded.kept.extend(plan.kept);
        let jobs = plan.jobs;
        let cold: Vec<bool> = jobs.iter().map(|job| self.warms_up(job)).collect();
        let most = self.course.config.bounds.bytes;
        let running =
            jobs.iter().zip(&cold).map(|(job, cold)| answer(provider, job, (*cold, most), watch, stop));
        let mut broken = None;
        as_they_come(running.collect(), |index, ended: Ended| {
            let job = &jobs[index];
            let origin = provider.origin_of(&job.call, &self.wish.origin);
            if let Err(error) = self.ended(job, ended, (origin, provider.doubt(&job.call)), (watch, stop)) {
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
        (origin, doubt): (Origin, Option<Doubt>),
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
        self.store(job, ended.samples, (Origin { warm_ups: ended.warm_ups, ..origin }, doubt), watch)
    }

    pub(super) fn failed(&mut self, job: &Job, error: &ProviderError, stop: &Stop) {
        match error {
            ProviderError::Stopped => {
                self.recorded.stopped += 1;
                return;
            }
            error if error.is_over_budget() => self.recorded.over_budget = true,
            ProviderError::Service(trouble) if trouble.trouble.concerns_all() => stop.now(),
            _ => {}
        }
        self.recorded.failed += 1;
        // The amounts differ from call to call; that the limit is reached is one thing to say.
        let key = match error {
            ProviderError::Budget(_) => "over budget".to_owned(),
            ProviderError::RetryOverBudget { fault, .. } => format!("over budget after {:?}", fault.trouble),
            other => other.to_string(),
        };
        let (of_one, of_several) = (format!("has no answer: {error}"), format!("have no answer: {error}"));
        let words = Words { key, of_one: &of_one, of_several: &of_several, help: error.help() };
        self.told.tell(&mut self.recorded.problems, job, &words);
    }

    /// Says that an answer claims what cannot be.
    pub(super) fn doubted(&mut self, job: &Job, doubt: Doubt) {
        self.recorded.doubted += 1;
        let doubt = doubt.to_string();
        let (of_one, of_several) = (format!("is doubted: {doubt}"), format!("are doubted: {doubt}"));
        let words =
            Words { key: doubt, of_one: &of_one, of_several: &of_several, help: Doubt::HELP.to_owned() };
        self.told.tell(&mut self.recorded.problems, job, &words);
    }

    pub(super) fn store(
        &mut self,
        job: &Job,
        samples: Vec<Answer>,
        (origin, doubt): (Origin, Option<Doubt>),
        watch: &dyn Watch,
    ) -> Result<(), StoreError> {
        let recording = Recording::new(&job.call, origin, samples);
        let mut acceptance = self.wish.acceptance;
        if let Some(error) = family::error::read(recording.shown()) {
            acceptance = Acceptance::Pending;
            let what = format!("refused by Bedrock: {} {}", error.status, error.message);
            let (of_one, of_several) = (format!("is {what}"), format!("are {what}"));
            let help = "mend the request; if the page is to show this error, accept the recording".to_owned();
            let words = Words { key: what, of_one: &of_one, of_several: &of_several, help };
            self.told.tell(&mut self.recorded.problems, job, &words);
        }
        if let Some(doubt) = doubt {
            acceptance = Acceptance::Pending;
            self.doubted(job, doubt);
        }
        if let Some(standing) = self.course.store.in_the_way_of(&recording) {
            self.keep(&job.chapter, &job.name, standing);
            return Ok(());
        }
        self.course.store.publish_media(&recording, &self.course.config.source)?;
        match self.course.store.write(&job.chapter, &job.name, recording, acceptance)? {
            Filing::Unchanged(_) => self.recorded.unchanged += 1,
            Filing::Kept(standing) => self.keep(&job.chapter, &job.name, standing),
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
    (is_cold, most): (bool, usize),
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
            Ok(answer) => {
                ended.samples.push(answer);
                // All of them are held, and stored as one file.
                if index + 1 < usize::from(job.samples)
                    && ended.samples.iter().map(size).sum::<usize>() > most
                {
                    ended.error = Some(too_large_together(most));
                    break;
                }
            }
            Err(error) => {
                ended.error = Some(error);
                break;
            }
        }
        watch.answered(job);
    }
    ended
}

/// The bytes of an answer's body.
fn size(answer: &Answer) -> usize {
    match &answer.payload {
        Payload::Whole(body) => body.len(),
        Payload::Stream(frames) => frames.iter().map(|frame| frame.payload.len()).sum(),
    }
}

fn too_large_together(most: usize) -> ProviderError {
    ProviderError::Service(Box::new(ServiceError {
        trouble: Trouble::Faulty,
        message: format!("its samples are together larger than {} MB", most / MEGABYTE),
        help: "what came is kept; ask for fewer samples, or allow more: --max-answer MB".to_owned(),
    }))
}
