//! `tutor review`: what waits, one after another, with a key for each.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use jiff::civil::Date;

use super::{Exit, Failure, build, terminal};
use crate::course::chapters::ChapterText;
use crate::course::{Course, unusable};
use crate::review::changes::Prices;
use crate::review::decide::{self, Decided, Decision, Key, Selection};
use crate::review::{Review, Waiting, WaitingCapture, words};
use tutor_recording::lock::Lock;
use tutor_recording::{StoreError, capture};

/// Look at pending recordings and decide about each
///
/// Keys: a accept, r reject, s skip; A, R, S the same for all that are left; d shows everything.
/// Without a terminal it prints a list.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Which ones, as CHAPTER, CHAPTER#NAME, NAME or a file; all of them if none is named
    names: Vec<String>,
    /// The folder with book.toml
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
    /// The day that decides about prices, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let mut desk = Desk::open(&self.book, self.today)?;
        let review = desk.review();
        if review.waiting.is_empty() && review.captures.is_empty() {
            let list = desk.listing(&review);
            terminal::print(&list);
            anstream::eprintln!("Nothing waits for a review.");
            return Ok(Exit::Good);
        }
        let selection = if self.names.is_empty() { Selection::All } else { Selection::Named(&self.names) };
        let Chosen { waiting, captures } = chosen(&review, selection)?;
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            let review = Review { waiting, captures, ..review };
            terminal::print(&desk.listing(&review));
            anstream::eprintln!(
                "{} to review: tutor accept --all | tutor accept NAME…",
                review.waiting.len() + review.captures.len()
            );
            return Ok(Exit::Good);
        }
        let prices = desk.prices();
        let of = waiting.len() + captures.len();
        let decisions =
            decide::interview(&waiting, |index, one, in_detail| ask((index, of), one, in_detail, prices));
        let captured = decide::interview(&captures, |index, one, in_detail| {
            ask_about_capture((waiting.len() + index, of), one, in_detail)
        });
        desk.carry_out(&Chosen { waiting, captures }, &decisions, &captured)
    }
}

/// Shows one and waits for a key.
fn ask((index, of): (usize, usize), waiting: &Waiting, in_detail: bool, prices: Prices) -> Option<Key> {
    if in_detail {
        anstream::eprint!("{}", words::detail(waiting, prices));
    } else {
        anstream::eprintln!("\n[{} of {of}] {}", index + 1, words::headline(waiting));
        anstream::eprint!("{}", words::summary(waiting, prices));
    }
    key()
}

/// The same for what a chapter's code printed.
fn ask_about_capture((index, of): (usize, usize), capture: &WaitingCapture, in_detail: bool) -> Option<Key> {
    if !in_detail {
        anstream::eprintln!("\n[{} of {of}] {}", index + 1, words::capture_headline(capture));
    }
    anstream::eprint!("{}", words::capture_summary(capture, in_detail));
    key()
}

/// Waits for a key that means something.
fn key() -> Option<Key> {
    let terminal = console::Term::stderr();
    loop {
        anstream::eprint!("  a accept, r reject, s skip (A, R, S: all that are left), d detail: ");
        let pressed = terminal.read_char();
        anstream::eprintln!();
        match pressed {
            Ok(letter) => match Key::of(letter) {
                Some(key) => return Some(key),
                None if matches!(letter, 'q' | '\u{3}' | '\u{4}' | '\u{1b}') => return None,
                None => {}
            },
            Err(_) => return None,
        }
    }
}

/// What a decision is about.
pub(super) struct Chosen {
    pub(super) waiting: Vec<Waiting>,
    pub(super) captures: Vec<WaitingCapture>,
}

/// A book open for a maintainer's decisions.
pub(super) struct Desk {
    pub(super) course: Course,
    chapters: Vec<ChapterText>,
    root: PathBuf,
}

impl Desk {
    pub(super) fn open(root: &std::path::Path, today: Option<Date>) -> Result<Self, Failure> {
        let book = build::load(root)?;
        let course = build::open_course(&book, today)?;
        let chapters = ChapterText::all(&book, &course.config);
        Ok(Desk { course, chapters, root: book.root })
    }

    pub(super) fn review(&self) -> Review {
        Review::of(&self.course, &self.chapters)
    }

    fn prices(&self) -> Prices {
        Prices { catalog: self.course.catalog, today: self.course.today }
    }

    fn listing(&self, review: &Review) -> String {
        let shown = |path: &std::path::Path| self.course.config.shown(path).display().to_string();
        words::listing(review, self.prices(), shown)
    }

    /// Does what was decided, and says so.
    pub(super) fn carry_out(
        &mut self,
        chosen: &Chosen,
        decisions: &[Decision],
        captured: &[Decision],
    ) -> Result<Exit, Failure> {
        let files = |wanted: Decision| -> Vec<PathBuf> {
            let decided = chosen.waiting.iter().zip(decisions).filter(|(_, decision)| **decision == wanted);
            decided.map(|(waiting, _)| waiting.file.clone()).collect()
        };
        let (accepted, rejected) = (files(Decision::Accept), files(Decision::Reject));
        let _lock = Lock::take(&self.course.config.fixtures).map_err(|error| self.failed(&error))?;
        let mut decided = decide::reject(&mut self.course, rejected).map_err(|error| self.failed(&error))?;
        let done = decide::accept(&mut self.course, &self.chapters, accepted)
            .map_err(|error| self.failed(&error))?;
        decided.accepted = done.accepted;
        decided.problems.extend(done.problems);
        let root = &self.course.config.fixtures;
        for (capture, decision) in chosen.captures.iter().zip(captured) {
            let (list, done) = match decision {
                Decision::Accept => (&mut decided.accepted, capture::accept(root, &capture.chapter)),
                Decision::Reject => (&mut decided.rejected, capture::reject(root, &capture.chapter)),
                Decision::Skip => continue,
            };
            list.push(done.map_err(|error| self.failed(&error))?);
        }
        Ok(self.report(&decided))
    }

    /// Removes accepted recordings that no request needs.
    pub(super) fn remove_orphans(&mut self) -> Result<Exit, Failure> {
        let _lock = Lock::take(&self.course.config.fixtures).map_err(|error| self.failed(&error))?;
        let orphans = self.review().orphans;
        let decided = decide::reject(&mut self.course, orphans).map_err(|error| self.failed(&error))?;
        Ok(self.report(&decided))
    }

    fn report(&self, decided: &Decided) -> Exit {
        terminal::show(&decided.problems, &self.root);
        for (word, files) in [("accepted", &decided.accepted), ("rejected", &decided.rejected)] {
            for file in files {
                terminal::print(&format!("{word} {}\n", self.course.config.shown(file).display()));
            }
        }
        let review = self.review();
        let waiting = review.waiting.len() + review.captures.len();
        let left = if waiting == 0 { "nothing waits".to_owned() } else { format!("{waiting} waiting") };
        anstream::eprintln!(
            "Accepted {}, rejected {}; {left}.",
            decided.accepted.len(),
            decided.rejected.len()
        );
        if decided.problems.is_empty() { Exit::Good } else { Exit::Material }
    }

    fn failed(&self, error: &StoreError) -> Failure {
        Failure::new(Exit::Usage, unusable(&self.course.config, error))
    }
}

/// Those that are meant; a name that means none is a mistake.
pub(super) fn chosen(review: &Review, selection: Selection<'_>) -> Result<Chosen, Failure> {
    let (chosen, unknown) = selection.of(review);
    if let Some(name) = unknown.first() {
        let captures = review.captures.iter().map(WaitingCapture::id);
        let ids: Vec<String> = review.waiting.iter().map(Waiting::id).chain(captures).collect();
        let help = if ids.is_empty() {
            "nothing waits for a review; `tutor record` makes recordings".to_owned()
        } else {
            format!("these wait: {}", ids.join(", "))
        };
        return Err(Failure::usage(format!("no pending recording is named `{name}`"), help));
    }
    let captures = selection.captures_of(review).into_iter().cloned().collect();
    Ok(Chosen { waiting: chosen.into_iter().cloned().collect(), captures })
}
