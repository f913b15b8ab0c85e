//! `tutor record`: answers for the calls that have none.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Exit, Failure, build, terminal};
use crate::course::recorder::{self, Plan, Recorded};
use crate::course::unusable;
use crate::provider::practice::Practice;
use crate::recording::Acceptance;

/// Record answers for the calls of a course
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Chapters, as `foundation-models` or `foundation-models#3`; all of them if none is named
    chapters: Vec<String>,
    /// The folder with book.toml
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
    /// Let tutor's stand-in models answer; the pages will say so
    #[arg(long)]
    practice: bool,
    /// Accept the recordings at once, without a review
    #[arg(long)]
    accept: bool,
    /// Record also what already has a recording
    #[arg(long)]
    all: bool,
    /// The day written into the recordings, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        if !self.practice {
            return Err(Failure::usage(
                "recording from Amazon Bedrock is not part of this version of tutor",
                "record answers of the stand-in models: tutor record --practice --accept",
            ));
        }
        let book = build::load(&self.book)?;
        let mut course = build::open_course(&book, self.today)?;
        let texts = recorder::practice_texts(&course.config)
            .map_err(|problem| Failure::configuration(*problem, &book.root))?;
        let plan = Plan {
            chapters: &self.chapters,
            all: self.all,
            acceptance: if self.accept { Acceptance::Accepted } else { Acceptance::Pending },
            now: now(self.today)?,
        };
        let recorded = recorder::record(&mut course, &book, &Practice::new(texts), &plan)
            .map_err(|error| Failure::new(Exit::Material, unusable(&course.config, &error)))?;
        terminal::show(&recorded.problems, &book.root);
        self.report(&recorded)
    }

    fn report(&self, recorded: &Recorded) -> Result<Exit, Failure> {
        if let Some(name) = recorded.unknown_chapters.first() {
            return Err(Failure::usage(
                format!("the book has no chapter `{name}`"),
                "name a chapter as `tutor list` shows it, such as `foundation-models`",
            ));
        }
        for path in &recorded.written {
            terminal::print(&format!("{}\n", path.display()));
        }
        anstream::eprintln!("{}", recorded.summary());
        if !self.accept && !recorded.written.is_empty() {
            anstream::eprintln!("They are pending: run again with --accept to make them part of the book.");
        }
        Ok(if recorded.failed == 0 { Exit::Good } else { Exit::Provider })
    }
}

fn now(today: Option<Date>) -> Result<Timestamp, Failure> {
    let noon =
        |day: Date| day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp());
    match today {
        None => Ok(Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default()),
        Some(day) => noon(day).map_err(|error| Failure::usage(error, "give the day as YYYY-MM-DD")),
    }
}
