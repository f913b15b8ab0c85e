//! What a plan may cost at most, before anything is sent.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Job, Plan};
use crate::problem::plural;
use tutor_bedrock::Key;
use tutor_catalog::measure::money::usd;
use tutor_catalog::{Catalog, Terms};
use tutor_live::Unpriced;
use tutor_live::retry::Patience;
use tutor_provider::worst_case::Unbounded;
use tutor_recording::redact;

/// What a plan may cost, for people who are asked to pay it.
#[derive(Debug, Default)]
pub struct Estimate {
    /// How many answers it asks for, samples and warm-ups included.
    pub answers: usize,
    /// The most they can cost, in USD, if every first attempt is answered: what is reserved for these.
    pub worst: Decimal,
    /// The same if every retry is needed, and each is paid for.
    pub with_retries: Decimal,
    /// Calls whose cost has no bound.
    pub refused: Vec<(Job, Unbounded)>,
    /// By model: calls, answers, USD.
    models: Vec<(String, usize, usize, Decimal)>,
}

impl Estimate {
    /// What `plan` may cost. `counts` are the input tokens of its calls as the service counts them;
    /// where it has not, they are guessed generously.
    pub fn of(
        plan: &Plan,
        (catalog, today): (&Catalog, Date),
        unpriced: Unpriced,
        counts: &HashMap<Key, u64>,
    ) -> Self {
        let mut estimate = Estimate::default();
        let mut warm: HashSet<&str> = HashSet::new();
        for job in &plan.jobs {
            match tutor_live::worst_case_of_counted(
                &job.call,
                &Terms::of(&job.call, today),
                catalog,
                unpriced,
                counts.get(&job.call.key()).copied(),
            ) {
                Err(why) => estimate.refused.push((job.clone(), why)),
                Ok(worst) => {
                    let is_cold = job.samples > 1 && warm.insert(&job.call.model_id);
                    let answers = usize::from(job.samples) + usize::from(is_cold);
                    estimate.add(&job.call.model_id, answers, worst * Decimal::from(answers));
                }
            }
        }
        estimate
    }

    fn add(&mut self, model: &str, answers: usize, worst: Decimal) {
        self.answers += answers;
        self.worst += worst;
        self.with_retries += worst * Decimal::from(Patience::default().attempts);
        match self.models.iter_mut().find(|(known, ..)| known == model) {
            Some((_, calls, all, cost)) => {
                *calls += 1;
                *all += answers;
                *cost += worst;
            }
            None => self.models.push((model.to_owned(), 1, answers, worst)),
        }
    }

    /// The most the run can spend under `cap`, in USD: what a person is asked to pay. Requests that are
    /// not known yet may need all that is allowed.
    pub fn most(&self, plan: &Plan, cap: Decimal) -> Decimal {
        if plan.unresolved > 0 { cap } else { self.with_retries.min(cap) }
    }

    /// The plan as a table with its sum, and what is not known yet.
    pub fn in_words(&self, plan: &Plan, cap: Decimal) -> String {
        let mut out = String::new();
        let width = self.models.iter().map(|(model, ..)| model.len()).max().unwrap_or(0);
        for (model, calls, answers, worst) in &self.models {
            let _ = writeln!(
                out,
                "  {model:<width$}  {:>13}  {:>12}  up to {}",
                plural(*calls, "request"),
                plural(*answers, "answer"),
                usd(*worst)
            );
        }
        let _ = writeln!(
            out,
            "  {}, together up to {}, and up to {} with every retry (allowed: {})",
            plural(self.answers, "answer"),
            usd(self.worst),
            usd(self.with_retries),
            usd(cap)
        );
        if plan.unresolved > 0 {
            let _ = writeln!(
                out,
                "  {} unknown until others are answered, or for good (see `tutor list`)",
                are_more(plan.unresolved)
            );
        }
        for (name, model) in &plan.unrecordable {
            let _ = writeln!(out, "  not recordable: {name}, {model} is retired");
        }
        let mut told: Vec<(&Unbounded, &Job, usize)> = Vec::new();
        for (job, why) in &self.refused {
            match told.iter_mut().find(|(known, ..)| *known == why) {
                Some((_, _, count)) => *count += 1,
                None => told.push((why, job, 1)),
            }
        }
        for (why, job, count) in told {
            let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
            let _ = writeln!(out, "  not sent: {}#{}{more}: {why}; {}", job.chapter, job.name, why.help());
        }
        redact::text(&out)
    }
}

/// `1 more request is`, `2 more requests are`.
fn are_more(count: usize) -> String {
    format!("{} {}", plural(count, "more request"), if count == 1 { "is" } else { "are" })
}
