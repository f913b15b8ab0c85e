//! What is drawn anew for each round, and put into the texts of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::challenge::scenario::Dice;

/// How something is drawn.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Draw {
    /// `"word"`: eight letters and digits; `"10-99"`: a whole number of that range.
    Kind(String),
    /// One of these.
    OneOf(Vec<String>),
    /// So many words of plain text: `{ words = "50-80" }`.
    Words {
        /// A range.
        words: String,
    },
}

/// What was drawn, by name.
pub(super) type Drawn = BTreeMap<String, String>;

/// Words of drawn texts; with letters beyond ASCII, as texts have them.
const WORDS: [&str; 24] = [
    "ferry",
    "quay",
    "fog",
    "ticket",
    "café",
    "noon",
    "harbour",
    "gull",
    "lighthouse",
    "boat",
    "passenger",
    "Marl",
    "crossing",
    "crew",
    "rope",
    "tide",
    "über",
    "bell",
    "island",
    "deck",
    "morning",
    "wind",
    "señal",
    "chart",
];

/// Draws everything. Numbers of one round differ from one another.
pub(super) fn draw(draws: &BTreeMap<String, Draw>, dice: &mut Dice) -> Drawn {
    let mut taken = Vec::new();
    let one = |draw: &Draw, dice: &mut Dice, taken: &mut Vec<u64>| match draw {
        Draw::Kind(kind) => match range(kind) {
            Some((from, to)) if to - from > 8 => dice.unlike(taken, from, to + 1).to_string(),
            Some((from, to)) => (from + dice.below(to - from + 1)).to_string(),
            None => dice.word(),
        },
        Draw::OneOf(all) => all.get(dice.index(all.len())).cloned().unwrap_or_default(),
        Draw::Words { words } => {
            let (from, to) = range(words).unwrap_or((10, 20));
            let count = from + dice.below(to - from + 1);
            // Every word has a number, so that none is like another.
            let word = |number: u64, dice: &mut Dice| format!("{}{number}", WORDS[dice.index(WORDS.len())]);
            (1..=count).map(|number| word(number, dice)).collect::<Vec<_>>().join(" ")
        }
    };
    draws.iter().map(|(name, draw)| (name.clone(), one(draw, dice, &mut taken))).collect()
}

fn range(text: &str) -> Option<(u64, u64)> {
    let (from, to) = text.split_once('-')?;
    Some((from.parse().ok()?, to.parse().ok()?)).filter(|(from, to)| from <= to)
}

/// A text with what was drawn in it.
pub(super) fn filled(text: &str, drawn: &Drawn) -> String {
    drawn.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// A value of the manifest as JSON, with what was drawn in it. `"{name}"` alone becomes a number where that is
/// drawn as one.
pub(super) fn value(written: &toml::Value, drawn: &Drawn) -> Value {
    match written {
        toml::Value::String(text) => {
            let alone = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            let number = alone
                .and_then(|name| drawn.get(name))
                .and_then(|value| value.parse::<serde_json::Number>().ok());
            number.map_or_else(|| Value::String(filled(text, drawn)), Value::Number)
        }
        toml::Value::Array(items) => items.iter().map(|item| value(item, drawn)).collect(),
        toml::Value::Table(table) => self::table(table, drawn),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(value) => Value::Bool(*value),
        toml::Value::Datetime(day) => Value::String(day.to_string()),
    }
}

/// The same for a table.
pub(super) fn table(table: &toml::Table, drawn: &Drawn) -> Value {
    Value::Object(table.iter().map(|(key, item)| (key.clone(), value(item, drawn))).collect())
}
