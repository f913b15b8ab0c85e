//! One run from its beginning to its evidence: stage, script and acts brought together.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use super::evidence::{Evidence, Performance};
use super::live::LiveStage;
use super::manifest::{Limits, Manifest};
use super::play::{Act, Kind, Play, Priced};
use super::returned::Returned;
use super::runner::{Runner, Trouble};
use super::stage::Stage;
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
    /// The models' names and prices.
    pub catalog: &'a Catalog,
}

/// What happens next, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The script is loaded.
    Loads,
    /// Its function is called for this act.
    Begins(Kind),
}

/// Hears of each step.
type Watch<'w> = &'w mut dyn FnMut(Step);

impl Session<'_> {
    /// Runs the script against stand-ins. Needs a tokio runtime with a clock, sockets and processes;
    /// dropping it ends everything the script has started.
    ///
    /// # Errors
    /// The system's: no socket, no temporary folder, an interpreter that does not start.
    pub async fn run(self, watch: Watch<'_>) -> std::io::Result<Evidence> {
        let stage = Arc::new(Stage::default());
        let play = Play::draw(self.manifest, self.catalog);
        let mut evidence = self.evidence(play.models);
        let mut script = self.start(Arc::clone(&stage) as _, None).await?;
        if self.load(&mut script.runner, &mut evidence, watch).await {
            for act in play.acts {
                watch(Step::Begins(act.kind));
                stage.begin(act.clone());
                let began = Instant::now();
                let (returned, over) = call(&mut script.runner, &act, &evidence.models).await;
                let goes_on = returned.as_ref().err().is_none_or(Trouble::is_survived);
                evidence.acts.push(Performance { act, seen: stage.end(), returned, began, over });
                if !goes_on {
                    break;
                }
            }
        }
        evidence.printed = script.end();
        Ok(evidence)
    }

    /// Runs the script once against Amazon Bedrock. `key` is the access key id that `stage` knows.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn run_live<T>(
        self,
        stage: &Arc<LiveStage<T>>,
        key: &str,
        watch: Watch<'_>,
    ) -> std::io::Result<Evidence>
    where
        T: Transport + std::fmt::Debug + Send + Sync + 'static,
    {
        let (models, mut act) = Play::draw_live(self.manifest, self.catalog);
        let mut evidence = self.evidence(models);
        let mut script = self.start(Arc::clone(stage) as _, Some(key)).await?;
        if self.load(&mut script.runner, &mut evidence, watch).await {
            watch(Step::Begins(act.kind));
            let began = Instant::now();
            let (returned, over) = call(&mut script.runner, &act, &evidence.models).await;
            let seen = stage.end(&mut act);
            evidence.acts.push(Performance { act, seen, returned, began, over });
        }
        evidence.printed = script.end();
        Ok(evidence)
    }

    fn evidence(self, models: Vec<Priced>) -> Evidence {
        let file = self.script.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Evidence::new(file, self.manifest.function.clone(), models)
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

async fn call(runner: &mut Runner, act: &Act, models: &[Priced]) -> (Result<Returned, Trouble>, Instant) {
    let returned = runner.call(act, models).await;
    let over = Instant::now();
    (returned.map(|value| Returned::of(&value)), over)
}
