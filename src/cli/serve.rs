//! `tutor serve`: the course in a browser, anew whenever a file is saved.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mdbook_driver::MDBook;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::record::runtime;
use super::signals::Signals;
use super::{Exit, Failure, build, refresh, terminal};
use crate::config::CHALLENGES;
use crate::course::preprocess::{Report, Tutor};
use crate::serve::{Told, Watched, serve};

/// How often files are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(40);
/// A file that is still being written is not read.
const QUIET: Duration = Duration::from_millis(15);

/// Show the course in a browser, and again whenever a file is saved
///
/// Builds into a temporary folder and serves it on this machine alone. Answers that wait for a review are
/// shown, marked as such. Ctrl-C ends.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder with book.toml
    #[arg(default_value = ".")]
    book: PathBuf,
    /// Where to listen on 127.0.0.1; 0 takes any port that is free
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Open the site in a browser
    #[arg(long)]
    open: bool,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let folder = tempfile::tempdir().map_err(|error| unservable(&error))?;
        let mut builder =
            Builder { book: self.book.clone(), into: folder.path().to_owned(), told: Told::default() };
        // What the first build cannot do is the command's error, as for `tutor build`.
        let watched = builder.build()?;
        let runtime = runtime()?;
        runtime.block_on(async {
            let mut signals = Signals::listen().map_err(|error| unservable(&error))?;
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await.map_err(|error| {
                Failure::usage(
                    format!("port {} cannot be listened on: {error}", self.port),
                    "name another one: tutor serve --port 0 takes any that is free",
                )
            })?;
            let port = listener.local_addr().map_err(|error| unservable(&error))?.port();
            let url = format!("http://127.0.0.1:{port}/");
            let (tell, told) = watch::channel(builder.told.clone());
            terminal::print(&format!("{url}\n"));
            sayln!("Built anew whenever a file is saved; Ctrl-C ends.");
            if self.open
                && let Err(error) = opener::open(&url)
            {
                sayln!("No browser could be started ({error}): open {url}");
            }
            let stop = Arc::new(tokio::sync::Notify::new());
            let stopped = Arc::clone(&stop);
            // Building is work for a thread of its own, which ends with the process.
            std::thread::spawn(move || builder.keep_building(watched, &tell));
            let server = tokio::spawn(serve(listener, told, async move { stopped.notified().await }));
            signals.any().await;
            stop.notify_one();
            // Browsers wait for news; nobody waits for them.
            let _ = tokio::time::timeout(Duration::from_millis(200), server).await;
            Ok(Exit::Good)
        })
    }
}

fn unservable(error: &std::io::Error) -> Failure {
    Failure::usage(format!("the site cannot be served: {error}"), "see whether the disk is full")
}

/// Builds the book again and again, each time into a folder of its own, so that what is shown stays whole.
struct Builder {
    book: PathBuf,
    into: PathBuf,
    told: Told,
}

impl Builder {
    /// Builds, and says which files matter for it.
    fn build(&mut self) -> Result<Watched, Failure> {
        let began = Instant::now();
        let mut book = build::load(&self.book)?;
        let number = self.told.build + 1;
        let site = self.into.join(number.to_string());
        let mut course = build::open_course(&book, None)?;
        let watched = watched(&book, &course.config.fixtures, &course.config.practice);
        refresh::of_book(&book, &mut course)?;
        book.config.build.build_dir.clone_from(&site);
        let report = Arc::new(Mutex::new(Report::default()));
        book.with_preprocessor(Tutor::new(course, Arc::clone(&report)));
        let built = book.build();
        let report = std::mem::take(&mut *report.lock().unwrap_or_else(PoisonError::into_inner));
        terminal::show(&report.problems, &book.root);
        if let Some(problem) = report.problems.iter().find(|_| report.has_errors()) {
            return Err(Failure::configuration(problem.clone(), &book.root));
        }
        built.map_err(|error| Failure::usage(format!("{error:#}"), "the message is mdBook's own"))?;
        let html = book.build_dir_for("html");
        let old = std::mem::replace(&mut self.told.site, html);
        self.told = Told { news: self.told.news + 1, build: number, problem: None, ..self.told.clone() };
        if old.starts_with(&self.into) {
            let _ = std::fs::remove_dir_all(old);
        }
        sayln!("{} ({} ms)", report.summary(), began.elapsed().as_millis());
        Ok(watched)
    }

    /// Builds whenever a file has changed, until nobody listens.
    fn keep_building(mut self, mut watched: Watched, tell: &watch::Sender<Told>) {
        let mut known = watched.state();
        while !tell.is_closed() {
            std::thread::sleep(LOOK_EVERY);
            let mut now = watched.state();
            if now == known {
                continue;
            }
            loop {
                std::thread::sleep(QUIET);
                let later = watched.state();
                if later == now {
                    break;
                }
                now = later;
            }
            known = now;
            match self.build() {
                Ok(files) => watched = files,
                Err(failure) => {
                    terminal::report(&failure.report);
                    self.told.news += 1;
                    self.told.problem = Some(failure.report.to_string());
                }
            }
            tell.send_replace(self.told.clone());
        }
    }
}

/// Everything that a page is made of: what mdBook watches, and tutor's own files.
fn watched(book: &MDBook, fixtures: &Path, practice: &Path) -> Watched {
    let mut roots =
        vec![book.root.join("book.toml"), book.source_dir(), fixtures.to_owned(), practice.to_owned()];
    roots.extend([book.root.join(CHALLENGES), book.theme_dir()]);
    roots.extend(book.config.build.extra_watch_dirs.iter().map(|folder| book.root.join(folder)));
    Watched::new(roots, vec![book.root.join(&book.config.build.build_dir)])
}
