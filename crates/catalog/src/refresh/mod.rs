//! What public price tables say, against the catalog.
//!
//! In goes the text of a table in its maker's own format (litellm's, genai-prices', an AWS price list);
//! [`read`] makes a [`Table`] of it, [`changes`] says model by model what it would add to the catalog or
//! has differently, and [`write`] makes catalog entries of that. Nothing that somebody checked is lost:
//! another figure stands beside it with its source, and only an older reading of the same table gives way
//! to a newer one.
//!
//! Tables come from outside: what is malformed is refused as a whole, what is no model id or no plausible
//! amount is left out and counted.

mod apply;
mod aws;
mod diff;
mod genai_prices;
mod litellm;
pub mod write;

use indexmap::IndexMap;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

pub use apply::applied;
pub use diff::{Change, Changed, changes};

use super::price::Price;
use tutor_bedrock::model_id;

/// What one table says.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it is, as facts quote it.
    pub title: String,
    /// The day it is read.
    pub read: Date,
    /// By bare model id.
    pub models: IndexMap<String, Said>,
    /// Rows left out, with the reason.
    pub ignored: Vec<String>,
}

/// What a table says of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// Its prices, each for a profile or region.
    pub prices: Vec<Price>,
    /// Context window in tokens.
    pub context_window: Option<u64>,
    /// Most output tokens.
    pub output_limit: Option<u64>,
    /// From this day requests fail.
    pub end_of_life: Option<Date>,
    /// The geographies of its profiles.
    pub profiles: Vec<String>,
    /// Whether a row has the bare id.
    pub is_bare: bool,
    /// What goes in and comes out, as far as it says.
    pub modes: Vec<String>,
}

/// Why a table cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefreshError {
    /// Larger than any such table.
    #[error("it is larger than {} MB, which no price table is", LARGEST >> 20)]
    TooLarge,
    /// No JSON.
    #[error("it is no JSON: {0}")]
    NotJson(String),
    /// JSON of another kind.
    #[error("it is neither litellm's nor genai-prices' data file nor an AWS price list")]
    Unknown,
    /// Nothing in it is about Bedrock.
    #[error("it says nothing of models on Amazon Bedrock")]
    Empty,
}

/// Tables are a few megabytes.
const LARGEST: usize = 256 << 20;

/// USD per million tokens above which a figure is a mistake or a trap.
const DEAREST: Decimal = Decimal::from_parts(100_000, 0, 0, false, 0);

/// Reads a table in whichever of the three formats it has. `name` is where it came from, for its title.
///
/// # Errors
/// It is none of them, or says nothing of Bedrock; nothing of it is used.
pub fn read(text: &[u8], name: &str, today: Date) -> Result<Table, RefreshError> {
    if text.len() > LARGEST {
        return Err(RefreshError::TooLarge);
    }
    let json: Value =
        serde_json::from_slice(text).map_err(|error| RefreshError::NotJson(error.to_string()))?;
    let mut reader = None;
    for (recognises, read) in FORMATS {
        if recognises(&json) {
            reader = Some(read);
            break;
        }
    }
    let table = reader.ok_or(RefreshError::Unknown)?(&json, name, today);
    if table.models.is_empty() { Err(RefreshError::Empty) } else { Ok(table) }
}

type Recognise = fn(&Value) -> bool;
type Read = fn(&Value, &str, Date) -> Table;

/// A line a format.
const FORMATS: [(Recognise, Read); 3] = [
    (litellm::recognises, litellm::read),
    (genai_prices::recognises, genai_prices::read),
    (aws::recognises, aws::read),
];

impl Table {
    fn new(title: String, read: Date) -> Self {
        Table { title, read, models: IndexMap::new(), ignored: Vec::new() }
    }

    /// The place for what is said of a model; `None`, and a line for people, if it has no plausible id.
    fn of(&mut self, bare: &str) -> Option<&mut Said> {
        if !is_id(bare) {
            self.ignored.push(format!("{:?} is no model id", shortened(bare)));
            return None;
        }
        Some(self.models.entry(bare.to_owned()).or_default())
    }

    fn price(&self) -> Price {
        Price::empty(&self.title, self.read)
    }
}

/// Whether a word may be the bare id of a model: `maker.name`.
fn is_id(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._:".contains(c);
    let maker = word.split_once('.').map_or("", |(maker, _)| maker);
    word.len() <= 100
        && !maker.is_empty()
        && maker.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && word.chars().all(plain)
        && model_id::bare(word) == word
}

/// Whether a word may be an AWS region.
fn is_region(word: &str) -> bool {
    let mut parts = word.rsplit('-');
    let number = parts.next().is_some_and(|last| last.len() == 1 && last.as_bytes()[0].is_ascii_digit());
    let words: Vec<&str> = parts.collect();
    number
        && (2..=3).contains(&words.len())
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// A plausible amount in USD, exactly as it is written.
fn amount(value: &Value) -> Option<Decimal> {
    let number = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let exact = number.parse().or_else(|_| Decimal::from_scientific(&number)).ok()?;
    (!exact.is_sign_negative() || exact.is_zero()).then_some(exact)
}

/// USD per million tokens, from USD per token.
fn per_million(value: &Value) -> Option<Decimal> {
    plausible(amount(value)?.checked_mul(Decimal::from(1_000_000))?)
}

fn plausible(usd: Decimal) -> Option<Decimal> {
    (usd <= DEAREST).then(|| usd.normalize())
}

/// The first characters of a word, for people.
fn shortened(word: &str) -> String {
    word.chars().take(60).collect()
}

#[cfg(test)]
mod tests;
