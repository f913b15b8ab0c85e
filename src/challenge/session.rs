//! One run from its beginning to its evidence: stage, script and acts brought together.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use super::evidence::{Evidence, Performance};
use super::manifest::{Limits, Manifest};
use super::play::{Kind, Play};
use super::returned::Returned;
use super::runner::{Runner, Trouble};
use super::stage::Stage;
use crate::endpoint::environment::Environment;
use crate::endpoint::{Endpoint, Listener, Shutdown};

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
}

/// What happens next, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The script is loaded.
    Loads,
    /// Its function is called for this act.
    Begins(Kind),
}

impl Session<'_> {
    /// Runs the script. Needs a tokio runtime with a clock, sockets and processes; dropping it ends
    /// everything the script has started.
    ///
    /// # Errors
    /// The system's: no socket, no temporary folder, an interpreter that does not start.
    pub async fn run(self, watch: &mut dyn FnMut(Step)) -> std::io::Result<Evidence> {
        let stage = Arc::new(Stage::default());
        let listener = Listener::bind(None).await?;
        let inherited = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        let environment = Environment::new(&listener.url(), inherited)?;
        let (stop, stopped): (oneshot::Sender<()>, Shutdown) = oneshot::channel();
        let endpoint = Arc::new(Endpoint::hosted(Arc::clone(&stage) as _));
        let server = tokio::spawn(listener.serve(endpoint, stopped));

        let script = std::path::absolute(self.script)?;
        let mut runner = Runner::start(self.python, &script, self.manifest, self.limits, &environment)?;
        let evidence = self.perform(&mut runner, &stage, watch).await;
        drop(runner);
        // The server may be gone already; then there is nobody to tell.
        let _ = stop.send(());
        server.abort();
        Ok(evidence)
    }

    async fn perform(self, runner: &mut Runner, stage: &Stage, watch: &mut dyn FnMut(Step)) -> Evidence {
        let play = Play::draw(self.manifest);
        let file =
            self.script.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut evidence = Evidence::new(file, self.manifest.function.clone(), &play);
        watch(Step::Loads);
        evidence.loaded = runner.loaded().await;
        if evidence.loaded.is_ok() {
            for act in play.acts {
                watch(Step::Begins(act.kind));
                stage.begin(act.clone());
                let returned = runner.call(&act, &play.models).await;
                let over = Instant::now();
                let returned = returned.map(|value| Returned::of(&value));
                let goes_on = returned.as_ref().err().is_none_or(Trouble::is_survived);
                evidence.acts.push(Performance { act, seen: stage.end(), returned, over });
                if !goes_on {
                    break;
                }
            }
        }
        evidence.printed = runner.printed();
        evidence
    }
}
