//! One run from its beginning to its evidence: stubs, script and rounds brought together.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use super::evidence::{Evidence, Played};
use super::kit;
use super::live::LiveHost;
use super::manifest::{Limits, Manifest};
use super::returned::Returned;
use super::runner::{Runner, Trouble};
use super::scenario::{Dice, Kind, Round, Scenario};
use super::source::Source;
use super::stubs::Stubs;
use tutor_catalog::Catalog;
use tutor_endpoint::environment::Environment;
use tutor_endpoint::{Endpoint, Host, Listener, Shutdown};
use tutor_live::transport::Transport;

/// What is run.
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    /// The challenge.
    pub manifest: &'a Manifest,
    /// The interpreter; it has boto3.
    pub python: &'a Path,
    /// The learner's script.
    pub script: &'a Path,
    /// How long and how much it may.
    pub limits: Limits,
    /// What draws the run: the same seed, the same rounds.
    pub seed: u64,
    /// The models' names and prices.
    pub catalog: &'a Catalog,
}

/// What happens next, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// The script is loaded.
    Loads,
    /// Its function is called for this round.
    Begins(Kind),
    /// Its function is called for this round of a challenge of the kit.
    Task {
        /// From 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// What happens in it.
        says: &'a str,
    },
}

/// Hears of each step.
type Watch<'w> = &'w mut dyn FnMut(Step<'_>);

impl Session<'_> {
    /// Runs the script against stand-ins. Needs a tokio runtime with a clock, sockets and processes;
    /// dropping it ends everything the script has started.
    ///
    /// # Errors
    /// The system's: no socket, no temporary folder, an interpreter that does not start.
    pub async fn run(self, watch: Watch<'_>) -> std::io::Result<Evidence> {
        if let Some(plan) = &self.manifest.scenario {
            return self.run_plan(plan, watch).await;
        }
        let stubs = Arc::new(Stubs::default());
        let mut evidence = self.evidence();
        let mut script = self.start(Arc::clone(&stubs) as _, None).await?;
        if self.load(&mut script.runner, &mut evidence, watch).await {
            for round in Scenario::draw(self.manifest, self.catalog, &mut Dice::of(self.seed)).rounds {
                watch(Step::Begins(round.kind));
                stubs.begin(round.clone());
                let mut played = play(&mut script.runner, round).await;
                played.seen = stubs.end();
                let goes_on = played.returned.as_ref().err().is_none_or(Trouble::is_survived);
                evidence.rounds.push(played);
                if !goes_on {
                    break;
                }
            }
        }
        evidence.printed = script.end();
        Ok(evidence)
    }

    /// Runs a challenge of the kit.
    async fn run_plan(self, plan: &kit::Plan, watch: Watch<'_>) -> std::io::Result<Evidence> {
        let replies = Arc::new(kit::host::Replies::default());
        let mut evidence = self.evidence();
        let mut script = self.start(Arc::clone(&replies) as _, None).await?;
        if self.load(&mut script.runner, &mut evidence, watch).await {
            for (number, round) in kit::Round::draw(plan, &mut Dice::of(self.seed)).into_iter().enumerate() {
                watch(Step::Task {
                    number: number + 1,
                    of: plan.rounds.len(),
                    says: &plan.rounds[number].says,
                });
                replies.begin(round.clone());
                let (returned, notes) = script.runner.call_with(&round.arguments).await;
                let goes_on = returned.as_ref().err().is_none_or(Trouble::is_survived);
                evidence.tasks.push(kit::Played { round, seen: replies.end(), returned, notes });
                if !goes_on {
                    break;
                }
            }
        }
        evidence.printed = script.end();
        Ok(evidence)
    }

    /// Runs the script once against Amazon Bedrock. `key` is the access key id that `host` knows.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn run_live<T>(
        self,
        host: &Arc<LiveHost<T>>,
        key: &str,
        watch: Watch<'_>,
    ) -> std::io::Result<Evidence>
    where
        T: Transport + std::fmt::Debug + Send + Sync + 'static,
    {
        let mut evidence = self.evidence();
        let mut script = self.start(Arc::clone(host) as _, Some(key)).await?;
        if self.load(&mut script.runner, &mut evidence, watch).await {
            watch(Step::Begins(Kind::Live));
            let mut played = play(
                &mut script.runner,
                Scenario::draw_live(self.manifest, self.catalog, &mut Dice::of(self.seed)),
            )
            .await;
            played.seen = host.end(&mut played.round);
            evidence.rounds.push(played);
        }
        evidence.printed = script.end();
        Ok(evidence)
    }

    fn evidence(self) -> Evidence {
        let file = self.script.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read(self.script).unwrap_or_default();
        let source = Source::of(&String::from_utf8_lossy(&text));
        Evidence::new(file, self.manifest, source, self.seed)
    }

    /// Serves `host` on loopback, and starts the script with an environment that leads there.
    async fn start(self, host: Arc<dyn Host>, key: Option<&str>) -> std::io::Result<Script> {
        let listener = Listener::bind(None).await?;
        let inherited = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        let mut environment = Environment::new(&listener.url(), inherited)?;
        if let Some(key) = key {
            environment = environment.with_key(key);
        }
        let (stop, stopped): (oneshot::Sender<()>, Shutdown) = oneshot::channel();
        let script = std::path::absolute(self.script)?;
        let runner = Runner::start(self.python, &script, self.manifest, self.limits, &environment)?;
        tokio::spawn(listener.serve(Arc::new(Endpoint::hosted(host)), stopped));
        Ok(Script { runner, _stop: stop, _environment: environment })
    }

    /// Whether the script could be loaded.
    async fn load(self, runner: &mut Runner, evidence: &mut Evidence, watch: Watch<'_>) -> bool {
        watch(Step::Loads);
        evidence.loaded = runner.loaded().await;
        evidence.loaded.is_ok()
    }
}

/// A script with its endpoint. Both end with it.
struct Script {
    runner: Runner,
    _stop: oneshot::Sender<()>,
    _environment: Environment,
}

impl Script {
    /// Ends it, and gives the last lines it has printed.
    fn end(self) -> String {
        self.runner.printed()
    }
}

/// Calls the function for a round. The requests of it are still to be added.
async fn play(runner: &mut Runner, round: Round) -> Played {
    let began = Instant::now();
    let (returned, notes) = runner.call(&round).await;
    let over = Instant::now();
    let returned = returned.map(|value| Returned::of(&value));
    Played { round, seen: Vec::new(), returned, notes, began, over }
}
