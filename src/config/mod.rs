//! `[preprocessor.tutor]` of book.toml: read once, unknown keys refused, and with them folders that
//! would overwrite each other.

mod check;
mod folders;
mod level;
mod local;

pub use check::{CHECK_KEYS, CheckSettings};
pub use level::Level;
pub use local::LocalSettings;

use std::path::{Path, PathBuf};
use std::time::Duration;

use mdbook_preprocessor::config::Config as BookConfig;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::problem::Problem;
use tutor_provider::bounded::Bounds;

/// The file every mdBook has.
pub const FILE: &str = "book.toml";

/// The folder of a book's challenges.
pub const CHALLENGES: &str = "challenges";

/// Where a book's things are and how strictly it is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder of book.toml.
    pub root: PathBuf,
    /// The folder of the chapters.
    pub source: PathBuf,
    /// The folder of the recordings.
    pub fixtures: PathBuf,
    /// The file with texts for the stand-in models.
    pub practice: PathBuf,
    /// Whether a missing recording fails the build.
    pub strictness: Strictness,
    /// Where a build's answers come from.
    pub mode: Mode,
    /// The most a run may spend on live answers, in USD.
    pub max_cost: Decimal,
    /// How much is taken of one live answer.
    pub bounds: Bounds,
    /// How long one attempt at a live answer may take.
    pub timeout: Duration,
    /// What is said about checking.
    pub check: CheckSettings,
    /// The model server on one's own machine.
    pub local: LocalSettings,
}

/// Where the answers of a build come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// From recordings; a build never touches the network.
    #[default]
    Replay,
    /// Calls without a recording are asked of Bedrock, once, and filed as pending.
    Missing,
    /// The same for calls that only a stand-in has answered.
    Live,
    /// Calls without a recording are asked of a local model, once, and filed as pending.
    Local,
}

/// An amount in USD as a string, which stays exact, or a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Usd {
    Text(String),
    Whole(u32),
    Number(f64),
}

impl Usd {
    fn amount(&self) -> Option<Decimal> {
        let text = match self {
            Usd::Text(text) => text.trim().trim_start_matches('$').to_owned(),
            Usd::Whole(number) => number.to_string(),
            // The shortest decimal of the number is what was written.
            Usd::Number(number) => number.to_string(),
        };
        text.parse().ok().filter(|amount: &Decimal| !amount.is_sign_negative())
    }
}

/// A size in MB that memory can hold.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
struct Megabytes(usize);

impl TryFrom<u64> for Megabytes {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        match usize::try_from(number) {
            Ok(megabytes @ 1..=1_000) => Ok(Megabytes(megabytes)),
            _ => Err("give a whole number of MB from 1 to 1000"),
        }
    }
}

/// A time in seconds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
struct Seconds(u64);

impl TryFrom<u64> for Seconds {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        match number {
            1..=3_600 => Ok(Seconds(number)),
            _ => Err("give a whole number of seconds from 1 to 3600"),
        }
    }
}

/// How long one attempt at a live answer may take where nobody says.
const DEFAULT_TIMEOUT: Seconds = Seconds(300);

/// What a run may spend where nobody says how much: half a dollar.
fn default_max_cost() -> Decimal {
    Decimal::new(50, 2)
}

/// What a missing or damaged recording does to a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// A notice on the page and a warning.
    Lenient,
    /// All of them are listed and the build fails.
    Strict,
}

/// The table as it is written. mdBook's own keys for any preprocessor are accepted and left to it.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Table {
    #[serde(rename = "command")]
    _command: Option<String>,
    #[serde(rename = "renderers")]
    _renderers: Option<Vec<String>>,
    #[serde(rename = "before")]
    _before: Option<Vec<String>>,
    #[serde(rename = "after")]
    _after: Option<Vec<String>>,
    #[serde(rename = "optional")]
    _optional: Option<bool>,
    fixtures: Option<PathBuf>,
    practice: Option<PathBuf>,
    strict: Option<bool>,
    mode: Option<Mode>,
    max_cost: Option<Usd>,
    max_answer: Option<Megabytes>,
    timeout: Option<Seconds>,
    check: CheckSettings,
    local: LocalSettings,
}

/// Only tutor's table of book.toml, for errors with lines.
#[derive(Deserialize, Default)]
#[serde(default)]
struct File {
    preprocessor: Preprocessors,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Preprocessors {
    #[serde(rename = "tutor")]
    _tutor: Table,
}

impl Config {
    /// Reads the book's configuration as mdBook hands it over, that is with its environment
    /// overrides. `ci` says whether `CI` is set, which makes a build strict unless book.toml
    /// says otherwise.
    pub fn of_book(root: &Path, book: &BookConfig, ci: bool) -> Result<Self, Box<Problem>> {
        check_file(root)?;
        let table: Table = book
            .get::<Table>("preprocessor.tutor")
            .map_err(|error| Box::new(Problem::error(FILE, None, format!("{error:#}"))))?
            .unwrap_or_default();
        let fixtures = root.join(table.fixtures.unwrap_or_else(|| "fixtures".into()));
        let max_cost = match &table.max_cost {
            None => default_max_cost(),
            Some(usd) => usd.amount().ok_or_else(|| {
                let line = line_of_key(root, "max-cost");
                let help = "write an amount in USD, such as max-cost = \"2.50\"";
                Box::new(Problem::error(FILE, line, "`max-cost` is no amount of money").help(help))
            })?,
        };
        let config = Config {
            root: root.to_owned(),
            source: root.join(&book.book.src),
            practice: table.practice.map_or_else(|| fixtures.join("practice.toml"), |path| root.join(path)),
            fixtures,
            // Continuous integration only ever replays.
            mode: if ci { Mode::Replay } else { table.mode.unwrap_or_default() },
            max_cost,
            bounds: table.max_answer.map_or_else(Bounds::default, |most| Bounds::of_megabytes(most.0)),
            timeout: Duration::from_secs(table.timeout.unwrap_or(DEFAULT_TIMEOUT).0),
            strictness: if table.strict.unwrap_or(ci) { Strictness::Strict } else { Strictness::Lenient },
            check: table.check,
            local: table.local,
        };
        folders::refuse_overlaps(&config, book)?;
        Ok(config)
    }

    /// `path` as people see it: from the book's folder on.
    pub fn shown<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

/// Refuses unknown keys and wrong types with their line. mdBook reads the file itself; a file that
/// is no TOML at all never gets here.
fn check_file(root: &Path) -> Result<(), Box<Problem>> {
    let Ok(text) = std::fs::read_to_string(root.join(FILE)) else { return Ok(()) };
    match toml::from_str::<File>(&text) {
        Ok(_) => Ok(()),
        Err(error) => {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            let message = format!("[preprocessor.tutor]: {}", error.message());
            let help = "tutor's own keys are `fixtures`, `practice`, `strict`, `mode`, `max-cost`, \
                        `max-answer` and `timeout`, and the tables `check` of rules and `local` of a model server";
            Err(Box::new(Problem::error(FILE, line, message).help(help)))
        }
    }
}

/// The line of book.toml on which `key` is set, if it is set on a line of its own.
pub fn line_of_key(root: &Path, key: &str) -> Option<usize> {
    let text = std::fs::read_to_string(root.join(FILE)).ok()?;
    let found = text.lines().position(|line| {
        line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
    });
    found.map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    fn read(text: &str, ci: bool) -> Result<Config, Box<Problem>> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), text).unwrap();
        Config::of_book(dir.path(), &BookConfig::from_str(text).unwrap(), ci)
    }

    #[test]
    fn a_book_without_our_table_gets_the_defaults() {
        let config = read("[book]\ntitle = \"x\"\n", false).unwrap();
        assert_eq!(config.shown(&config.fixtures), Path::new("fixtures"));
        assert_eq!(config.shown(&config.practice), Path::new("fixtures/practice.toml"));
        assert_eq!(config.strictness, Strictness::Lenient);
        assert_eq!(read("", true).unwrap().strictness, Strictness::Strict);
        assert_eq!(
            read("[preprocessor.tutor]\nstrict = false\n", true).unwrap().strictness,
            Strictness::Lenient
        );
    }

    #[test]
    fn money_is_exact_however_it_is_written() {
        let cap = |text: &str| read(&format!("[preprocessor.tutor]\n{text}\n"), false).map(|c| c.max_cost);
        assert_eq!(cap("").unwrap(), Decimal::new(50, 2));
        for text in ["max-cost = \"2.35\"", "max-cost = 2.35", "max-cost = \"$2.35\""] {
            assert_eq!(cap(text).unwrap(), Decimal::new(235, 2), "{text}");
        }
        assert_eq!(cap("max-cost = 3").unwrap(), Decimal::from(3));
        for text in ["max-cost = \"much\"", "max-cost = \"-1\"", "max-cost = nan"] {
            let problem = cap(text).unwrap_err();
            assert_eq!(problem.line, Some(2), "{text}");
        }
    }

    #[test]
    fn live_answers_have_bounds() {
        let read = |text: &str| read(&format!("[preprocessor.tutor]\n{text}\n"), false);
        let config = read("").unwrap();
        assert_eq!((config.bounds.bytes, config.timeout.as_secs()), (32_000_000, 300));
        let config = read("max-answer = 5\ntimeout = 20").unwrap();
        assert_eq!((config.bounds.bytes, config.timeout.as_secs()), (5_000_000, 20));
        for text in ["max-answer = 0", "max-answer = 100000", "max-answer = -1", "timeout = 0"] {
            let problem = read(text).unwrap_err();
            assert_eq!(problem.line, Some(2), "{text}");
        }
    }

    #[test]
    fn continuous_integration_only_replays() {
        let text = "[preprocessor.tutor]\nmode = \"live\"\n";
        assert_eq!(read(text, false).unwrap().mode, Mode::Live);
        assert_eq!(read(text, true).unwrap().mode, Mode::Replay);
        assert_eq!(read("", false).unwrap().mode, Mode::Replay);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let problem = read("[book]\n\n[preprocessor.tutor]\nfixture = \"x\"\n", false).unwrap_err();
        assert_eq!(problem.line, Some(4));
        assert!(problem.message.contains("unknown field `fixture`"), "{}", problem.message);
    }
}
