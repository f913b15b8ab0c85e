//! `tutor run --live`: the same script, answered by Amazon Bedrock.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::super::record::{now, runtime};
use super::super::{Exit, Failure, book};
use super::{Arguments, narrate, stopped};
use crate::challenge::Challenge;
use crate::challenge::grading::Report;
use crate::challenge::live::{LiveHost, LiveTrouble, Paid};
use crate::challenge::report::{Answers, Finished};
use crate::challenge::session::Session;
use crate::cli::signals::Signals;
use crate::course::preprocess::Today;
use tutor_catalog::measure::usd;
use tutor_provider::Provider as _;
use tutor_provider::ledger::Doubt;
use tutor_recording::Origin;

impl Arguments {
    pub(super) fn run_live(&self, challenge: &Challenge, script: &Path) -> Result<Exit, Failure> {
        let models = &challenge.manifest.live_models;
        if models.is_empty() {
            return Err(Failure::usage(
                "this challenge names no models that live",
                format!("run it with stand-ins: {}", self.command(&challenge.chapter)),
            ));
        }
        let today = Today::or_environment(self.today)
            .map_err(|message| Failure::usage(message, "unset SOURCE_DATE_EPOCH"))?;
        let claimed = Origin::bedrock(now(self.today)?, "", tutor_live::sdk::NAME);
        let python = self.python(challenge, script)?;
        runtime()?.block_on(async {
            let mut signals = Signals::listen().map_err(|error| {
                Failure::usage(format!("the system refuses: {error}"), "close other programs")
            })?;
            let catalog = book::catalog(&self.book)?;
            let (bedrock, cap) = self.bedrock.connect(catalog, today).await?;
            let (paid, told) = mpsc::unbounded_channel();
            tokio::spawn(tell(told, usd(cap)));
            let key = key();
            let host = Arc::new(LiveHost::new(bedrock, key.clone(), models.clone(), today, paid));
            let limits = self.limits(challenge);
            let session = Session { manifest: &challenge.manifest, catalog, python: &python.path, script, limits, seed: self.seed() };
            let mut watch = |step: crate::challenge::session::Step<'_>| narrate(step, script);
            let evidence = tokio::select! {
                evidence = session.run_live(&host, &key, &mut watch) => evidence.map_err(|error| unstarted(&error))?,
                () = stopped(&mut signals) => {
                    host.close().await;
                    return Ok(Exit::Passed(130));
                }
            };
            host.close().await;
            let report = Report::of_live(&challenge.manifest, &evidence);
            let origin = host.bedrock().true_origin(&claimed).kind;
            let ledger = host.bedrock().ledger();
            let answers = Answers::Live { origin, spent: ledger.balance().spent, told: ledger.in_words() };
            self.tell(&Finished { challenge, python: &python, evidence: &evidence, report: &report, answers })?;
            let failure = |exit, what: String, help: String| {
                Err(Failure::new(exit, miette::miette!(help = help, "{what}")))
            };
            match host.trouble() {
                Some(LiveTrouble::OverBudget(error)) => failure(Exit::Budget, error.to_string(), error.help()),
                Some(LiveTrouble::Doubted(doubt)) => {
                    failure(Exit::Provider, doubt.to_string(), Doubt::HELP.to_owned())
                }
                Some(LiveTrouble::Unanswered(error)) if !report.is_passed() => {
                    failure(Exit::Provider, error.to_string(), error.help())
                }
                _ => Ok(if report.is_passed() { Exit::Good } else { Exit::Material }),
            }
        })
    }
}

/// Says what each answer did cost.
async fn tell(mut told: mpsc::UnboundedReceiver<Paid>, cap: String) {
    while let Some(Paid { model_id, cost, spent, doubt }) = told.recv().await {
        let cost = cost.map_or_else(|| "unpriced".to_owned(), usd);
        sayln!("{model_id}: {cost}; {} of {cap} spent", usd(spent));
        if let Some(doubt) = doubt {
            sayln!("{model_id} is doubted: {doubt}");
        }
    }
}

/// An access key id that nobody else can know.
fn key() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    let random = RandomState::new();
    format!("TUTOR{:016X}{:016X}", random.hash_one("first"), random.hash_one("second"))
}

fn unstarted(error: &std::io::Error) -> Failure {
    Failure::usage(
        format!("the script cannot be started: {error}"),
        "name a Python interpreter with --python, or make one: --setup",
    )
}
