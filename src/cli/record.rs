//! `tutor record`: answers for the calls that have none, from Amazon Bedrock, from a local model or from
//! stand-ins.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::batch::{self, BatchArguments};
use super::build::RawArguments;
use super::execute::ExecuteArguments;
use super::loss::{self, Loss};
use super::signals::Signals;
use super::{Exit, Failure, build, local, progress, terminal, upkeep};
use crate::config::Config;
use crate::course::chapters::ChapterText;
use crate::course::recorder::{self, Estimate, Plan, Recorded, Recorder, Scope, Stop, Wish};
use crate::course::{Course, unusable};
use crate::problem::plural;
use tutor_bedrock::Call;
use tutor_catalog::measure::money::usd;
use tutor_live::retry::Patience;
use tutor_live::transport::Transport;
use tutor_live::{Live, ServiceError, Settings, Unpriced};
use tutor_provider::Provider;
use tutor_provider::bounded::Bounds;
use tutor_provider::ledger::Ledger;
use tutor_provider::practice::Practice;
use tutor_recording::lock::Lock;
use tutor_recording::{Acceptance, Origin, OriginKind, StoreError, media};

/// Record answers for the calls of a course
///
/// Amazon Bedrock answers, with your own AWS credentials and never above --max-cost. What is recorded
/// waits for `tutor review`.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(super) struct Arguments {
    /// What to record, as CHAPTER, CHAPTER#FENCE or CHAPTER#NAME; all of it if none is named
    chapters: Vec<String>,
    /// The folder with book.toml
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
    /// Let tutor's stand-in models answer; the pages will say so
    #[arg(long, group = "lesser")]
    practice: bool,
    /// Let a model on this machine answer (see [preprocessor.tutor.local]); the pages will name it
    #[arg(long, group = "lesser")]
    local: bool,
    /// Accept the recordings at once, without a review
    #[arg(long)]
    accept: bool,
    /// Let a stand-in's or a local model's answers take the place of Amazon Bedrock's; names those first, and asks
    #[arg(long, requires = "lesser")]
    replace_live: bool,
    #[command(flatten)]
    scope: ScopeArguments,
    /// How many samples of each, instead of what the chapters say
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    samples: Option<u8>,
    /// Show the plan and what it may cost, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before spending or replacing
    #[arg(long, short)]
    yes: bool,
    /// Only check that every recording is as it was stored
    #[arg(long, conflicts_with_all = ["practice", "accept", "migrate"])]
    verify: bool,
    /// Only bring recordings of an older format up to date
    #[arg(long, conflicts_with_all = ["practice", "accept"])]
    migrate: bool,
    /// The day written into the recordings, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    #[command(flatten)]
    raw: RawArguments,
    #[command(flatten)]
    live: LiveArguments,
    #[command(flatten)]
    code: ExecuteArguments,
    #[command(flatten)]
    batch: BatchArguments,
}

#[derive(clap::Args)]
#[group(multiple = false)]
struct ScopeArguments {
    /// Record what has no recording (the default)
    #[arg(long)]
    missing: bool,
    /// Record what has changed since, is damaged or old, or was only answered by a stand-in
    #[arg(long)]
    stale: bool,
    /// Record also what already has a recording
    #[arg(long)]
    all: bool,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Amazon Bedrock")]
struct LiveArguments {
    /// The most this run may spend, in USD, instead of `max-cost` in book.toml or 0.50
    #[arg(long, value_name = "USD")]
    max_cost: Option<Decimal>,
    /// Send also what has no price; the limit cannot count it
    #[arg(long)]
    allow_unpriced: bool,
    /// The AWS profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The AWS region of requests whose code names none
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Another endpoint than Bedrock's own
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// How long one attempt may take, instead of `timeout` in book.toml or 300
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: Option<u64>,
    /// The largest answer that is taken, in MB, instead of `max-answer` in book.toml or 32
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u16).range(1..=1000))]
    max_answer: Option<u16>,
}

impl ScopeArguments {
    fn scope(&self) -> Scope {
        match self {
            Self { all: true, .. } => Scope::All,
            Self { stale: true, .. } => Scope::Stale,
            Self { missing: _, .. } => Scope::Missing,
        }
    }
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let book = build::load(&self.book)?;
        let mut course = build::open_course(&book, self.today)?;
        if self.verify {
            return Ok(upkeep::verify(&course, &self.raw.texts(&book, &course.config)?));
        }
        if self.migrate {
            return upkeep::migrate(&mut course);
        }
        let failed = |course: &Course, error: &StoreError| {
            Failure::configuration(unusable(&course.config, error), &book.root)
        };
        let _lock = Lock::take(&course.config.fixtures).map_err(|error| failed(&course, &error))?;
        let published = course.config.source.join(media::FOLDER);
        let leftover: [&Path; 2] = [&book.root, &published];
        course.store.sweep(&leftover).map_err(|error| failed(&course, &error))?;
        course.store.look_again().map_err(|error| failed(&course, &error))?;
        course.store.decide("replaced by tutor record");
        let chapters = self.raw.texts(&book, &course.config)?;
        if let Some(folder) = self.batch.folder() {
            let origin = Origin::bedrock(now(self.today)?, "", tutor_live::sdk::NAME);
            let terms = (course.catalog, course.today);
            let plan = known(Recorder::new(&mut course, &chapters, self.wish(origin)).plan())?;
            batch::write(&plan, folder, self.live.region.as_deref(), terms)?;
            return Ok(Exit::Good);
        }
        let done = if self.code.execute {
            self.execute_code(&mut course, &chapters)?
        } else if self.local {
            self.local(&mut course, &chapters)?
        } else if self.practice {
            self.practice(&mut course, &chapters)?
        } else {
            self.live(&mut course, &chapters)?
        };
        let Some(done) = done else { return Ok(Exit::Good) };
        terminal::show(&done.recorded.problems, &book.root);
        let by = if self.practice { OriginKind::Practice } else { OriginKind::Bedrock };
        let kept: Vec<_> = done.recorded.kept.iter().map(|kept| kept.problem(&course, by)).collect();
        terminal::show(&kept, &book.root);
        if let Err(error) = &done.stored {
            sayln!("{}", done.recorded.summary());
            return Err(failed(&course, error));
        }
        Ok(self.report(&done.recorded))
    }

    fn wish(&self, origin: Origin) -> Wish {
        Wish {
            names: self.chapters.clone(),
            scope: self.scope.scope(),
            samples: self.samples,
            acceptance: if self.accept { Acceptance::Accepted } else { Acceptance::Pending },
            origin,
        }
    }

    fn practice(&self, course: &mut Course, chapters: &[ChapterText]) -> Result<Option<Done>, Failure> {
        let root = course.config.root.clone();
        let texts = recorder::practice_texts(&course.config)
            .map_err(|problem| Failure::configuration(*problem, &root))?;
        let wish = self.wish(Origin::practice(now(self.today)?));
        let catalog = course.catalog;
        self.allow_loss(course, chapters, &wish)?;
        let mut recorder = Recorder::new(course, chapters, wish);
        let plan = known(recorder.plan())?;
        if self.dry_run {
            let zero = Decimal::ZERO;
            sayln!("{} would be answered, for {}.", plural(plan.jobs.len(), "request"), usd(zero));
            let kept: Vec<_> =
                plan.kept.iter().map(|kept| kept.problem(recorder.course(), OriginKind::Practice)).collect();
            terminal::show(&kept, &root);
            return Ok(None);
        }
        let stop = Stop::default();
        Ok(Some(runtime()?.block_on(rounds(
            recorder,
            plan,
            &Practice::new(texts).with_catalog(catalog),
            &(),
            &stop,
        ))))
    }

    /// Asks whether greater answers may go for lesser ones, where that was wished for.
    fn allow_loss(&self, course: &mut Course, chapters: &[ChapterText], wish: &Wish) -> Result<(), Failure> {
        if !self.replace_live || self.dry_run {
            return Ok(());
        }
        let plan = Recorder::new(course, chapters, wish.clone()).plan();
        let lost = plan.kept.into_iter().map(|kept| kept.standing).collect();
        loss::allow(course, Loss::Replaced, lost, self.yes)
    }

    /// Lets a local model answer. Nobody is billed, so nobody is asked.
    fn local(&self, course: &mut Course, chapters: &[ChapterText]) -> Result<Option<Done>, Failure> {
        let (settings, catalog) = (course.config.local.clone(), course.catalog);
        let wish = self.wish(local_origin(now(self.today)?));
        self.allow_loss(course, chapters, &wish)?;
        let mut recorder = Recorder::new(course, chapters, wish);
        let plan = known(recorder.plan())?;
        if self.dry_run {
            sayln!(
                "{} would be answered by a local model, without a bill.",
                plural(plan.jobs.len(), "request")
            );
            return Ok(None);
        }
        let stop = Stop::default();
        runtime()?.block_on(async {
            let local = local::connect(&settings, catalog).await?;
            let bar = progress::Bar::new(plan.jobs.iter().map(|job| usize::from(job.samples)).sum());
            let signals = listen()?;
            let done = tokio::select! {
                done = rounds(recorder, plan, &local, &bar, &stop) => done,
                never = progress::stop_on_interrupt(signals, &stop, &bar) => match never {},
            };
            bar.finish();
            Ok(Some(done))
        })
    }

    fn live(&self, course: &mut Course, chapters: &[ChapterText]) -> Result<Option<Done>, Failure> {
        let cap = self.live.max_cost.unwrap_or(course.config.max_cost);
        let unpriced = if self.live.allow_unpriced { Unpriced::Allow } else { Unpriced::Refuse };
        let (today, catalog) = (course.today, course.catalog);
        let origin = Origin::bedrock(now(self.today)?, "", tutor_live::sdk::NAME);
        let settings = self.settings(&course.config);
        let mut recorder = Recorder::new(course, chapters, self.wish(origin));
        let plan = known(recorder.plan())?;
        let estimate = Estimate::of(&plan, (catalog, today), unpriced, &HashMap::new());
        say!("{}", estimate.in_words(&plan, cap));
        if self.dry_run {
            return Ok(None);
        }
        let stop = Stop::default();
        runtime()?.block_on(async {
            if plan.jobs.is_empty() {
                return Ok(Some(rounds(recorder, plan, &Practice::default(), &(), &stop).await));
            }
            let connection =
                tutor_live::connect(&settings, catalog).await.map_err(|error| in_the_way(&error))?;
            recorder.answered_from(&connection.region);
            sayln!("  Asking {} in {}", connection.host, connection.region);
            let host = connection.host;
            let live = Live::new(connection.sdk, Ledger::new(cap), connection.region, catalog, today);
            let is_sent = |job: &&recorder::Job| !estimate.refused.iter().any(|(refused, _)| refused.call == job.call);
            let calls: Vec<&Call> = plan.jobs.iter().filter(is_sent).map(|job| &job.call).collect();
            if !calls.is_empty() {
                sayln!("  Counting the input of {}…", plural(calls.len(), "request"));
            }
            let counts = live.count_tokens(&calls).await;
            if !counts.is_empty() {
                let (counted, all) = (counts.len(), calls.len());
                let most = usd(Estimate::of(&plan, (catalog, today), unpriced, &counts).worst);
                sayln!(
                    "  With the input of {counted} of {all} requests counted: up to {most} is to be expected; what is \
                     reserved stays as above"
                );
            }
            self.ask_first(estimate.most(&plan, cap))?;
            let bar = progress::Bar::new(estimate.answers);
            let signals = listen()?;
            let (done, spent) = tokio::select! {
                done = live_rounds(recorder, plan, live.with_unpriced(unpriced), &host, (&bar, &stop)) => done,
                never = progress::stop_on_interrupt(signals, &stop, &bar) => match never {},
            };
            bar.finish();
            sayln!("{spent}");
            Ok(Some(done))
        })
    }

    /// Runs the chapters' own code. What it asks is not known before it asks, so the limit is all that
    /// can be said of the cost.
    fn execute_code(&self, course: &mut Course, chapters: &[ChapterText]) -> Result<Option<Done>, Failure> {
        let (root, cap) = (course.config.root.clone(), self.live.max_cost.unwrap_or(course.config.max_cost));
        let (today, catalog, now) = (course.today, course.catalog, now(self.today)?);
        let texts = recorder::practice_texts(&course.config)
            .map_err(|problem| Failure::configuration(*problem, &root))?;
        let origin = if self.local {
            local_origin(now)
        } else if self.practice {
            Origin::practice(now)
        } else {
            Origin::bedrock(now, "", tutor_live::sdk::NAME)
        };
        let (local, settings) = (course.config.local.clone(), self.settings(&course.config));
        let mut recorder = Recorder::new(course, chapters, self.wish(origin));
        let scripts = recorder.scripts().map_err(|(what, help)| Failure::usage(what, help))?;
        if self.dry_run {
            ExecuteArguments::plan(&scripts);
            return Ok(None);
        }
        self.code.ask_first(&root, &scripts)?;
        if self.replace_live {
            recorder.allow(|course, lost| loss::allow(course, Loss::Replaced, lost, self.yes), &scripts)?;
        }
        let stop = Stop::default();
        runtime()?.block_on(async {
            let (bar, signals) = (progress::Bar::new(0), listen()?);
            if self.local {
                let local = local::connect(&local, catalog).await?;
                return tokio::select! {
                    done = self.code.run(recorder, &scripts, &local, (&bar, &stop)) => done.map(Some),
                    never = progress::stop_on_interrupt(signals, &stop, &bar) => match never {},
                };
            }
            if self.practice {
                let practice = Practice::new(texts).with_catalog(catalog);
                return tokio::select! {
                    done = self.code.run(recorder, &scripts, &practice, (&(), &stop)) => done.map(Some),
                    never = progress::stop_on_interrupt(signals, &stop, &bar) => match never {},
                };
            }
            let connection =
                tutor_live::connect(&settings, catalog).await.map_err(|error| in_the_way(&error))?;
            recorder.answered_from(&connection.region);
            self.ask_first(cap)?;
            let unpriced = if self.live.allow_unpriced { Unpriced::Allow } else { Unpriced::Refuse };
            let live = Live::new(connection.sdk, Ledger::new(cap), connection.region, catalog, today);
            let live = live.with_unpriced(unpriced).until(stop.flag());
            let live = live.patient(Patience { seed: seed(), ..Patience::default() });
            let done = tokio::select! {
                done = self.code.run(recorder, &scripts, &live, (&bar, &stop)) => done,
                never = progress::stop_on_interrupt(signals, &stop, &bar) => match never {},
            };
            bar.finish();
            sayln!("{}", live.ledger().in_words());
            done.map(Some)
        })
    }

    fn settings(&self, config: &Config) -> Settings {
        Settings {
            profile: self.live.profile.clone(),
            region: self.live.region.clone(),
            endpoint_url: self.live.endpoint_url.clone(),
            timeout: self.live.timeout.map_or(config.timeout, Duration::from_secs),
            bounds: self.live.max_answer.map_or(config.bounds, |most| Bounds::of_megabytes(most.into())),
        }
    }

    /// Asks the person, who may be a script that said `--yes` beforehand.
    fn ask_first(&self, most: Decimal) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        let most = usd(most);
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            let what = format!("this may cost up to {most}, and there is no terminal to ask on");
            return Err(Failure::usage(what, "say --yes to spend it, or --dry-run to look at the plan"));
        }
        if terminal::confirm(&format!("Spend up to {most}?")) {
            return Ok(());
        }
        Err(Failure::usage("nothing was sent", "answer `y` to record"))
    }

    fn report(&self, recorded: &Recorded) -> Exit {
        for path in &recorded.written {
            terminal::print(&format!("{}\n", path.display()));
        }
        sayln!("{}", recorded.summary());
        if !self.accept && !recorded.written.is_empty() {
            sayln!("They are pending: look at them with `tutor review`.");
        }
        match recorded {
            Recorded { over_budget: true, .. } => Exit::Budget,
            Recorded { failed: 1.., .. } | Recorded { doubted: 1.., .. } => Exit::Provider,
            Recorded { broken_off: 1.., .. } => Exit::Material,
            // As a shell tells of a program that Ctrl-C ended.
            Recorded { stopped: 1.., .. } => Exit::Passed(130),
            _ => Exit::Good,
        }
    }
}

/// What a run came to. Where a file could not be written, it ended early.
pub(super) struct Done {
    pub(super) recorded: Recorded,
    pub(super) stored: Result<(), StoreError>,
}

/// The same with Bedrock, until `stop` is set; and what it did cost at most, in words.
pub(super) async fn live_rounds<T: Transport>(
    recorder: Recorder<'_>,
    plan: Plan,
    live: Live<T>,
    host: &str,
    (watch, stop): (&dyn recorder::Watch, &Stop),
) -> (Done, String) {
    let patience = Patience { seed: seed(), ..Patience::default() };
    let live = live.patient(patience).until(stop.flag());
    let done = rounds(recorder, plan, &live, watch, stop).await;
    let mut spent = live.ledger().in_words();
    let claimed = Origin::bedrock(Timestamp::default(), "", tutor_live::sdk::NAME);
    if !done.recorded.written.is_empty() && live.true_origin(&claimed).kind == OriginKind::Practice {
        spent += &format!("\nFiled as practice: {host} is not Amazon's.");
    }
    (done, spent)
}

/// The origin of a local answer whose model is told with each.
pub(super) fn local_origin(now: Timestamp) -> Origin {
    Origin { kind: OriginKind::Local, ..Origin::practice(now) }
}

/// Runs round after round until nothing new is to be asked.
pub(super) async fn rounds<P: Provider>(
    mut recorder: Recorder<'_>,
    mut plan: Plan,
    provider: &P,
    watch: &dyn recorder::Watch,
    stop: &Stop,
) -> Done {
    loop {
        let was_empty = plan.jobs.is_empty();
        if let Err(error) = recorder.run(provider, plan, watch, stop).await {
            return Done { recorded: recorder.recorded, stored: Err(error) };
        }
        if was_empty || stop.is_wanted() {
            return Done { recorded: recorder.recorded, stored: Ok(()) };
        }
        plan = recorder.plan();
    }
}

/// Listens to Ctrl-C from now on.
fn listen() -> Result<Signals, Failure> {
    Signals::listen().map_err(|error| {
        Failure::usage(format!("the system refuses to tell of Ctrl-C: {error}"), "close other programs")
    })
}

/// A plan for names that all mean something.
fn known(plan: Plan) -> Result<Plan, Failure> {
    match plan.unknown.first() {
        None => Ok(plan),
        Some(unknown) => Err(Failure::usage(unknown.in_words(), unknown.help())),
    }
}

/// What stands between a person and any answer at all.
pub(super) fn in_the_way(error: &ServiceError) -> Failure {
    Failure::new(Exit::Provider, miette::miette!(help = error.help.clone(), "{error}"))
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("the system refuses: {error}"), "close other programs"))
}

/// What the jitter of this run starts from.
pub(super) fn seed() -> u64 {
    u64::try_from(Timestamp::now().as_microsecond()).unwrap_or_default()
}

pub(super) fn now(today: Option<Date>) -> Result<Timestamp, Failure> {
    let noon =
        |day: Date| day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp());
    match today {
        None => Ok(Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default()),
        Some(day) => noon(day).map_err(|error| Failure::usage(error, "give the day as YYYY-MM-DD")),
    }
}
