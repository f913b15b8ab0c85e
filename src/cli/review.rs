//! `tutor review`: what waits, one after another, with a key for each.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use jiff::civil::Date;

use super::desk::{Chosen, Desk, Turn};
use super::{Exit, Failure, terminal};
use crate::problem::plural;
use crate::review::decide::{self, Decision, Key, Selection};
use crate::review::{Review, Waiting, WaitingCapture, words};
use tutor_recording::conflict::Side;

/// Look at pending recordings and decide about each
///
/// Keys: a accept, r reject, s skip; A, R, S the same for all that are left; d shows everything, u goes
/// back and takes the last decision back, q leaves. Every decision is carried out at once. Without a
/// terminal it prints a list.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(super) struct Arguments {
    /// Which ones, as CHAPTER, CHAPTER#NAME, NAME or a file; all of them if none is named
    names: Vec<String>,
    /// Instead: take the last decision back, whichever command made it
    #[arg(long, conflicts_with = "names")]
    undo: bool,
    /// Instead: make the decision again that was taken back last
    #[arg(long, conflicts_with_all = ["names", "undo"])]
    redo: bool,
    /// Instead: in recordings that a merge has left in conflict, keep what the branch merged into had
    #[arg(long, conflicts_with_all = ["undo", "redo", "theirs"])]
    ours: bool,
    /// Instead: in such recordings, keep what the merged branch had
    #[arg(long, conflicts_with_all = ["undo", "redo"])]
    theirs: bool,
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
        if self.ours || self.theirs {
            let side = if self.ours { Side::Ours } else { Side::Theirs };
            return settle(&mut desk, side, &self.names);
        }
        match (self.undo, self.redo) {
            (true, _) => return turn(&mut desk, Turn::Undo),
            (_, true) => return turn(&mut desk, Turn::Redo),
            (false, false) => {}
        }
        let review = desk.review();
        if review.waiting.is_empty() && review.captures.is_empty() {
            let list = desk.listing(&review);
            terminal::print_with_looks(&list);
            sayln!("Nothing waits for a review.");
            return Ok(Exit::Good);
        }
        let selection = if self.names.is_empty() { Selection::All } else { Selection::Named(&self.names) };
        let Chosen { waiting, captures } = desk.chosen(&review, selection)?;
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            let review = Review { waiting, captures, ..review };
            terminal::print_with_looks(&desk.listing(&review));
            let (count, book) = (review.waiting.len() + review.captures.len(), desk.book());
            sayln!(
                "{count} to review: tutor accept --all{book} | tutor accept NAME…{book} | tutor reject NAME…{book}"
            );
            return Ok(Exit::Good);
        }
        let waiting = waiting.into_iter().map(|waiting| Item::Answer(Box::new(waiting)));
        let items =
            waiting.chain(captures.into_iter().map(|capture| Item::Capture(Box::new(capture)))).collect();
        Session { desk, items, passed: Vec::new(), accepted: 0, rejected: 0 }.run()
    }
}

/// Takes a decision back, or makes it again, and says what that did.
fn turn(desk: &mut Desk, turn: Turn) -> Result<Exit, Failure> {
    let turned = desk.turn(turn)?;
    let root = std::path::absolute(&desk.course.config.root).unwrap_or_default();
    for (word, files) in [("back", &turned.back), ("gone", &turned.gone)] {
        for file in files {
            terminal::print(&format!("{word} {}\n", file.strip_prefix(&root).unwrap_or(file).display()));
        }
    }
    let (done, other) = match turn {
        Turn::Undo => ("Taken back", "redo"),
        Turn::Redo => ("Made again", "undo"),
    };
    sayln!("{done}: {}.\nThe other way round: tutor review --{other}{}", turned.words, desk.book());
    Ok(Exit::Good)
}

/// Takes one side of recordings in conflict, of all or of these chapters and files.
fn settle(desk: &mut Desk, side: Side, names: &[String]) -> Result<Exit, Failure> {
    let settled = desk.settle(side, names)?;
    for (file, result) in &settled {
        let file = desk.course.config.shown(file).display();
        match result {
            Ok(()) => terminal::print(&format!("settled {file}\n")),
            Err(why) => sayln!("{file} stays as it is: this side {why}"),
        }
    }
    let left = settled.iter().filter(|(_, result)| result.is_err()).count();
    sayln!("{} settled.", plural(settled.len() - left, "recording"));
    Ok(if left == 0 { Exit::Good } else { Exit::Material })
}

/// What a key is about.
#[derive(Debug, Clone)]
enum Item {
    Answer(Box<Waiting>),
    Capture(Box<WaitingCapture>),
}

impl Item {
    fn chosen(&self) -> Chosen {
        match self {
            Item::Answer(waiting) => Chosen { waiting: vec![Waiting::clone(waiting)], captures: Vec::new() },
            Item::Capture(capture) => {
                Chosen { waiting: Vec::new(), captures: vec![WaitingCapture::clone(capture)] }
            }
        }
    }
}

/// One that the review has left behind.
struct Passed {
    /// The first of the items that the decision was about.
    index: usize,
    /// What was decided, unless it was skipped.
    decided: Option<Decision>,
    /// About how many.
    count: usize,
}

/// A review under way.
struct Session {
    desk: Desk,
    items: Vec<Item>,
    passed: Vec<Passed>,
    accepted: usize,
    rejected: usize,
}

const HELP: &str = "\
  a  accept: it becomes part of the book       A  all that are left
  r  reject: it is thrown away                 R  all that are left
  s  skip: it goes on waiting                  S  all that are left
  d  everything about it
  u  go back to the one before, and take back what was decided about it
  q  leave; what is not decided goes on waiting (Ctrl-C, too)
";

impl Session {
    fn run(mut self) -> Result<Exit, Failure> {
        let mut index = 0;
        let mut in_detail = false;
        while index < self.items.len() {
            self.show(index, in_detail);
            in_detail = false;
            index = match key() {
                Key::Quit => break,
                Key::Help => {
                    say!("{HELP}");
                    index
                }
                Key::Detail => {
                    in_detail = true;
                    index
                }
                Key::Back => self.back(index)?,
                Key::One(decision) => self.decide(index, index + 1, decision)?,
                Key::Rest(decision) => self.decide(index, self.items.len(), decision)?,
            };
        }
        let review = self.desk.review();
        let left = review.waiting.len() + review.captures.len();
        let left = if left == 0 { "nothing waits".to_owned() } else { format!("{left} waiting") };
        sayln!("Accepted {}, rejected {}; {left}.", self.accepted, self.rejected);
        if self.accepted + self.rejected > 0 {
            sayln!("To take the last one back: tutor review --undo{}", self.desk.book());
        }
        Ok(Exit::Good)
    }

    fn show(&self, index: usize, in_detail: bool) {
        let (item, of, prices) = (&self.items[index], self.items.len(), self.desk.prices());
        let headline = match item {
            Item::Answer(waiting) => words::headline(waiting),
            Item::Capture(capture) => words::capture_headline(capture),
        };
        if !in_detail {
            terminal::say_with_looks(&format!("\n[{} of {of}] {headline}\n", index + 1));
        }
        let text = match item {
            Item::Answer(waiting) if in_detail => words::detail(waiting, prices),
            Item::Answer(waiting) => words::summary(waiting, prices),
            Item::Capture(capture) => words::capture_summary(capture, in_detail),
        };
        terminal::say_with_looks(&text);
    }

    /// Does what was decided about the items from `index` up to `end`, and says so. Gives the item that
    /// comes next: the same again where that was not possible.
    fn decide(&mut self, index: usize, end: usize, decision: Decision) -> Result<usize, Failure> {
        let mut chosen = Chosen::default();
        for item in &self.items[index..end] {
            let Chosen { waiting, captures } = item.chosen();
            chosen.waiting.extend(waiting);
            chosen.captures.extend(captures);
        }
        let decided = match decision {
            Decision::Skip => {
                self.passed.push(Passed { index, decided: None, count: 0 });
                return Ok(end);
            }
            Decision::Accept => {
                if !self.may_lose(&chosen, decision, end - index > 1) {
                    return Ok(index);
                }
                self.desk.accept(&chosen)?
            }
            Decision::Reject => {
                if !self.may_lose(&chosen, decision, end - index > 1) {
                    return Ok(index);
                }
                self.desk.reject(&chosen)?
            }
        };
        for (word, files) in [("accepted", &decided.accepted), ("rejected", &decided.rejected)] {
            for file in files {
                sayln!("  {word} {}", self.desk.course.config.shown(file).display());
            }
        }
        self.desk.show_problems(&decided);
        self.accepted += decided.accepted.len();
        self.rejected += decided.rejected.len();
        let count = decided.accepted.len() + decided.rejected.len();
        if count > 0 {
            self.passed.push(Passed { index, decided: Some(decision), count });
        }
        // One that cannot be decided so is asked about again.
        Ok(if count == 0 { index } else { end })
    }

    /// Names what a decision would lose that is worth more, and asks. Throwing away the one that is shown
    /// needs no second question.
    fn may_lose(&mut self, chosen: &Chosen, decision: Decision, are_many: bool) -> bool {
        let course = &self.desk.course;
        let lost = match decision {
            Decision::Accept => decide::replaced(course, &chosen.waiting, &chosen.captures),
            _ => decide::lost(course, chosen.files()),
        };
        if lost.is_empty() {
            return true;
        }
        if decision == Decision::Accept || are_many {
            for standing in &lost {
                let file = self.desk.course.config.shown(&standing.path);
                sayln!("  {}: {}", file.display(), standing.in_words());
            }
            let verb = if decision == Decision::Accept { "Replace" } else { "Throw away" };
            if !terminal::confirm(&format!("  {verb} {}?", lost.len())) {
                return false;
            }
        }
        self.desk.course.store.give_up(lost.into_iter().map(|standing| standing.path));
        true
    }

    /// Goes back to the item before, and takes back what was decided there.
    fn back(&mut self, index: usize) -> Result<usize, Failure> {
        let Some(Passed { index: before, decided, count }) = self.passed.pop() else {
            sayln!("  This is the first one.");
            return Ok(index);
        };
        if let Some(decision) = decided {
            let turned = self.desk.turn(Turn::Undo)?;
            sayln!("  taken back: {}", turned.words);
            match decision {
                Decision::Accept => self.accepted -= count,
                _ => self.rejected -= count,
            }
        }
        Ok(before)
    }
}

/// Waits for a key that means something.
fn key() -> Key {
    let terminal = console::Term::stderr();
    loop {
        say!("  a accept, r reject, s skip, d detail, u back, q quit, ? help: ");
        let pressed = terminal.read_char();
        sayln!();
        match pressed {
            Ok(letter) => match Key::of(letter) {
                Some(key) => return key,
                None => say!("{HELP}"),
            },
            Err(_) => return Key::Quit,
        }
    }
}
