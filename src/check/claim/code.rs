//! Prices in code: dictionaries such as `{"claude-3-sonnet": {"input": 0.000003, …}}`.
//!
//! Code is not parsed for this; entries of that shape are looked for in its text. The unit is what a
//! key, a name or a comment says; where nothing says it, it is the one in which at least one entry of
//! the fence is what the catalog has. Without that nothing is claimed: the numbers may be anything.

use std::ops::Range;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::amount::{self, Unit};
use super::pattern::{Groups, Pattern, exact};
use super::verdict;
use super::{Claim, Direction, Names, Precision, What};
use tutor_catalog::{Catalog, Model};
use tutor_page::chapter::Fence;

static ENTRY: LazyLock<Pattern> = LazyLock::new(|| exact(r#"["']([^"'\n]+)["']\s*[:=]\s*\{([^{}]*)\}"#));
static FIELD: LazyLock<Pattern> = LazyLock::new(|| {
    exact(
        r#"(?x) ["']? ( [A-Za-z_][A-Za-z0-9_-]* ) ["']? \s* [:=] \s* (?: Decimal\( \s* ["'] )?
        ( [0-9][0-9_]* (?: \.[0-9]+ )? (?: [eE][-+]?[0-9]+ )? | \.[0-9]+ ) (?: ["']\s*\) )? \s*
        (?: / \s* ( [0-9][0-9_]* | 1e[36] ) )? \s* (?: [,\n\r\#}] | $ )"#,
    )
});

/// One number of one model in a dictionary.
struct Entry {
    subject: String,
    models: Vec<&'static Model>,
    direction: Direction,
    usd: Decimal,
    unit: Option<Unit>,
    range: Range<usize>,
}

/// How far above a dictionary its name and comments are looked for, in bytes.
const ABOVE: usize = 240;

/// Every price in the code of a fence.
pub(super) fn claims(fence: &Fence, names: &Names, catalog: &'static Catalog, text: &str) -> Vec<Claim> {
    let source = &text[fence.range.clone()];
    let mut entries = Vec::new();
    let mut first = None;
    let mut last = 0;
    for found in ENTRY.groups(source) {
        let (Some(key), Some(body)) = (found.get(1), found.get(2)) else { continue };
        let Some(models) = models(key.text, names, catalog) else { continue };
        first = first.or(Some(found.range().start));
        last = found.range().end;
        for field in FIELD.groups(body.text) {
            entries.extend(entry(&field, key.text, &models, fence.range.start + body.range.start));
        }
    }
    let Some(first) = first else { return Vec::new() };
    let around = unit_around(source, first, last);
    let unit = around.or_else(|| unit_of_the_catalog(&entries));
    entries.into_iter().filter_map(|entry| claim(entry, unit, fence.index, text)).collect()
}

fn models(key: &str, names: &Names, catalog: &'static Catalog) -> Option<Vec<&'static Model>> {
    if let Some(model) = catalog.model(key) {
        return Some(vec![model]);
    }
    names.whole(key).filter(|mention| mention.range.len() == key.len()).map(|mention| mention.models)
}

fn entry(field: &Groups<'_>, subject: &str, models: &[&'static Model], offset: usize) -> Option<Entry> {
    let key = field.get(1)?.text.to_lowercase();
    let number = field.get(2)?;
    let direction = direction(&key)?;
    let digits = number.text.replace('_', "");
    let usd = if digits.contains(['e', 'E']) {
        Decimal::from_scientific(&digits).ok()?
    } else {
        digits.parse().ok()?
    };
    let divided = match field.get(3).map(|divisor| divisor.text.replace('_', "")) {
        None => None,
        Some(divisor) if divisor == "1000000" || divisor == "1e6" => Some(Unit::Million),
        Some(divisor) if divisor == "1000" || divisor == "1e3" => Some(Unit::Thousand),
        Some(_) => return None,
    };
    Some(Entry {
        subject: subject.to_owned(),
        models: models.to_vec(),
        direction,
        usd,
        unit: divided.or_else(|| amount::unit(&key)),
        range: offset + number.range.start..offset + number.range.end,
    })
}

/// The direction that a key names; none for keys about anything else, such as `max_input_tokens`.
fn direction(key: &str) -> Option<Direction> {
    let words: Vec<&str> = key.split(['_', '-']).collect();
    let other = ["max", "limit", "cache", "cached", "batch", "read", "write", "count", "image"];
    if words.iter().any(|word| other.contains(word)) {
        return None;
    }
    let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
    match (has(&["input", "prompt", "in"]), has(&["output", "completion", "out"])) {
        (true, false) => Some(Direction::Input),
        (false, true) => Some(Direction::Output),
        _ => None,
    }
}

/// What the lines of the dictionary and those just above it say about the unit.
fn unit_around(source: &str, first: usize, last: usize) -> Option<Unit> {
    let mut start = first.saturating_sub(ABOVE);
    while !source.is_char_boundary(start) {
        start += 1;
    }
    let above = &source[start..first];
    let comments: Vec<&str> = source[first..last]
        .lines()
        .filter_map(|line| line.split_once('#').map(|(_, comment)| comment))
        .collect();
    // The nearest line that says it: others may speak of other numbers.
    let lines = comments.into_iter().chain(above.lines().rev().take(4));
    lines.into_iter().find_map(amount::unit)
}

/// The unit in which most entries are what the catalog has.
fn unit_of_the_catalog(entries: &[Entry]) -> Option<Unit> {
    let right = |unit: Unit| {
        entries.iter().filter(move |entry| {
            let price =
                What::Price { direction: entry.direction, usd: entry.usd, unit, precision: Precision::Exact };
            verdict::price_is_listed(&entry.models, &price)
        })
    };
    let best =
        Unit::ALL.into_iter().map(|unit| (right(unit).count(), unit)).max_by_key(|(count, _)| *count)?;
    (best.0 > 0).then_some(best.1)
}

fn claim(entry: Entry, unit: Option<Unit>, fence: usize, text: &str) -> Option<Claim> {
    let unit = entry.unit.or(unit)?;
    let written = text.get(entry.range.clone())?.to_owned();
    let what = What::Price { direction: entry.direction, usd: entry.usd, unit, precision: Precision::Exact };
    Some(Claim {
        range: entry.range,
        written,
        subject: entry.subject,
        models: entry.models,
        what,
        fence: Some(fence),
    })
}
