//! `tutor catalog`: what is known about models.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use jiff::civil::Date;

use super::{Exit, Failure, build, refresh_catalog, terminal};
use crate::course::preprocess::Today;
use crate::models;
use tutor_catalog::{Catalog, listing};

/// Show what is known about models: prices, limits, features and dates, with sources
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    /// The folder of a book, whose own catalog file is laid over tutor's
    #[arg(long, value_name = "DIR", global = true)]
    book: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human, global = true)]
    format: Format,
    /// The day that decides which models are retired, instead of today
    #[arg(long, value_name = "YYYY-MM-DD", global = true)]
    today: Option<Date>,
}

#[derive(Subcommand)]
enum Action {
    /// Everything known of one model
    Show {
        /// An id as AWS writes it, or a name such as "Claude 3 Sonnet"
        model: String,
    },
    /// All models, one a line
    List,
    /// What a catalog file has that differs from the catalog; or, of two days, what changes between them
    Diff {
        /// The file, or the first day (YYYY-MM-DD)
        first: String,
        /// The second day
        second: Option<Date>,
    },
    Refresh(refresh_catalog::Arguments),
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON document
    Json,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let (catalog, today) = self.catalog()?;
        let text = match (&self.action, self.format) {
            (Action::Show { model }, format) => {
                let model = catalog.named(model).ok_or_else(|| unknown(catalog, model))?;
                match format {
                    Format::Human => listing::show(catalog, model, today),
                    Format::Json => listing::json(std::iter::once(model), today),
                }
            }
            (Action::List, Format::Human) => listing::list(catalog, today),
            (Action::List, Format::Json) => listing::json(catalog.models(), today),
            (Action::Refresh(refresh), _) => return refresh.execute(catalog, today),
            (Action::Diff { first, second: Some(second) }, Format::Human) => {
                let day = first.parse().map_err(|_| {
                    Failure::usage(
                        format!("`{first}` is no day"),
                        "give two days, such as 2026-11-01 2026-12-01",
                    )
                })?;
                listing::between(catalog, day, *second)
            }
            (Action::Diff { first, second: None }, Format::Human) => {
                listing::diff(catalog, &read(Path::new(first))?, today)
            }
            (Action::Diff { .. }, Format::Json) => {
                let help = "print both with `tutor catalog list --format json` and compare those";
                return Err(Failure::usage("`catalog diff` has no JSON form", help));
            }
        };
        match self.format {
            Format::Human => terminal::print(&text),
            Format::Json => terminal::print_json(&text),
        }
        Ok(Exit::Good)
    }

    fn catalog(&self) -> Result<(&'static Catalog, Date), Failure> {
        let day = || Today::or_environment(self.today);
        let day = day().map_err(|message| Failure::usage(message, "unset SOURCE_DATE_EPOCH"))?;
        match &self.book {
            None => Ok((models::own(), day)),
            Some(book) => {
                let course = build::open_course(&build::load(book)?, Some(day))?;
                Ok((course.catalog, day))
            }
        }
    }
}

fn read(file: &Path) -> Result<Catalog, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::usage(format!("cannot read {}: {error}", file.display()), "name a catalog file")
    })?;
    Catalog::parse(&text).map_err(|error| {
        Failure::usage(
            format!("{}: {error}", file.display()),
            "write it in the form of tutor's own models.toml",
        )
    })
}

fn unknown(catalog: &Catalog, word: &str) -> Failure {
    let help = match catalog.nearest(word) {
        Some(id) => format!("did you mean `{id}`?"),
        None => "list all models: tutor catalog list".to_owned(),
    };
    Failure::usage(format!("the catalog has no model `{word}`"), help)
}
