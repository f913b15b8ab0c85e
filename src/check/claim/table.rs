//! Claims in tables: a row or a column for each model, and beside it prices, limits and features.

use std::ops::Range;
use std::sync::LazyLock;

use super::amount::{self, Money, Unit};
use super::names::Mention;
use super::pattern::{Pattern, exact, words};
use super::prose::{Run, Table};
use super::state;
use super::{Claim, Direction, Feature, Limit, Names, Precision, What};
use tutor_catalog::{Catalog, Model};

/// What a column or a row of a table tells of a model.
#[derive(Debug, Clone, PartialEq)]
enum Quantity {
    /// Prices in this order, for as many tokens as the label says.
    Price { directions: Vec<Direction>, unit: Option<Unit>, bare: bool },
    /// A limit, its bare numbers times this.
    Limit { of: Limit, factor: u64 },
    /// A feature.
    Feature(Feature),
}

/// Every claim of a table.
pub(super) fn claims(table: &Table, names: &Names, catalog: &'static Catalog, text: &str) -> Vec<Claim> {
    let reader = Reader {
        table,
        names,
        catalog,
        text,
        unit: table_unit(table),
        tells_prices: !OTHER_PRICES.is_match(&about(table)),
    };
    let mut claims = reader.offers();
    if !YEAR.is_match(&table.heading) {
        claims.extend(state::in_table(table, names, text));
    }
    let mut heads: Vec<Option<Mention>> = table.head.iter().map(|cell| reader.whole(cell)).collect();
    if heads.iter().flatten().count() > 1 {
        for (head, cell) in heads.iter_mut().zip(&table.head).skip(1) {
            *head = head.take().or_else(|| reader.maker(cell));
        }
        reader.models_in_columns(&heads, &mut claims);
    } else {
        reader.models_in_rows(&mut claims);
    }
    claims
}

struct Reader<'a> {
    table: &'a Table,
    names: &'a Names,
    catalog: &'static Catalog,
    text: &'a str,
    /// The unit that the words around the table give for all prices in it.
    unit: Option<Unit>,
    /// Whether its prices are the catalog's: on demand, standard tier, today's, in its region.
    tells_prices: bool,
}

/// Prices of another kind, another time or another place than the catalog's.
pub(super) static OTHER_PRICES: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"(?x) \b (?: batch | provisioned | cach(?:e|ed|ing) | priority | flex | latency-optimized | discount(?:s|ed)? | fine-?tun\w*
            | training | storage | azure | vertex | openai | launch | original | former | previous | old | was | historical
            | per\s(?:hour|month|day|image|request|call|query) | hourly | monthly | fictional | invented | made-up | imaginary | example\scompany )\b
        | \b (?: 19 | 20 ) [0-9]{2} \b
        | \b (?: af | ap | ca | eu | il | me | mx | sa ) - (?: north | south | east | west | central ) \w* - [0-9] \b | \bus-gov-",
    )
});
/// Words that say that a model is on its way out.
static OUTGOING: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"(?x) \b (?: retire[sd]? | retiring | retirement | deprecat\w* | legacy | end(?:\s|-)of(?:\s|-)life | eol | sunset | discontinued | gone
            | former(?:ly)? | histor(?:y|ical|ically) | no\slonger | replaced | superseded | successors? | predecessors? | obsolete
            | old(?:er)? | removed | shut\sdown | until ) \b",
    )
});
static YEAR: LazyLock<Pattern> = LazyLock::new(|| exact(r"\b(?:19|20)[0-9]{2}\b"));
static INPUT: LazyLock<Pattern> = LazyLock::new(|| words(r"\b(?:input|prompt)s?\b|^in\b"));
static OUTPUT: LazyLock<Pattern> =
    LazyLock::new(|| words(r"\b(?:output|completion|response)s?\b|^out\b|/\s*out\b"));
static PRICED: LazyLock<Pattern> = LazyLock::new(|| words(r"\b(?:prices?|pricing|costs?|usd|rates?)\b|\$"));
/// What may stand in a cell beside an amount without changing what it says.
static PADDING: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"(?x) \b (?: usd | us | per | input | output | in | out | tokens? | tok | mtok | million | thousand | 1?m | 1?k | 1,000 | 1,000,000
            | 1000 | 1000000 | up | to | max(?:imum)? | about | approx(?:imately)? | roughly | ca | context | window | and ) \b",
    )
});
static ABOUT: LazyLock<Pattern> = LazyLock::new(|| words(r"~|≈|\babout\b|\bapprox|\broughly\b|\bca\b"));

/// The words around the cells, which say what the whole table is about.
fn about(table: &Table) -> String {
    let head: Vec<&str> = table.head.iter().map(|cell| cell.text.as_str()).collect();
    format!("{}\n{}\n{}", table.heading, table.intro, head.join("\n"))
}

fn table_unit(table: &Table) -> Option<Unit> {
    let head: Vec<&str> = table.head.iter().map(|cell| cell.text.as_str()).collect();
    amount::unit(&head.join(" | "))
        .or_else(|| amount::unit(&table.intro))
        .or_else(|| amount::unit(&table.heading))
}

impl Reader<'_> {
    /// The model or series that a cell is about, if it is about nothing else.
    fn whole(&self, cell: &Run) -> Option<Mention> {
        let text = cell.text.trim();
        let model = self
            .catalog
            .model(unprefixed(text))
            .map(|model| Mention { range: 0..text.len(), models: vec![model] });
        model.or_else(|| self.names.whole(text))
    }

    /// The models that a maker's name stands for among the names of models: those of that maker that the
    /// chapter names or whose ids it has, as far as they write text and their windows are known.
    fn maker(&self, cell: &Run) -> Option<Mention> {
        let maker = cell.text.trim();
        let is_made = |model: &&'static Model| {
            model.provider == maker || model.provider.strip_suffix(" AI").is_some_and(|short| short == maker)
        };
        let mut models: Vec<&'static Model> = Vec::new();
        // Ids are lists' and code's; `names` finds those without their maker and version.
        let ids = || {
            self.catalog.ids().filter(|id| self.text.contains(*id)).filter_map(|id| self.catalog.model(id))
        };
        if maker.len() > 2 && self.text.contains(maker) {
            let named = self.names.find(self.text).into_iter().filter(|it| it.models.len() == 1);
            let named = named.flat_map(|mention| mention.models).chain(ids()).filter(is_made);
            let writes =
                |model: &&'static Model| model.modalities.output.iter().any(|output| output == "text");
            for model in named.filter(writes).filter(|model| model.context_window.is_some()) {
                if !models.iter().any(|known| known.id == model.id) {
                    models.push(model);
                }
            }
        }
        if models.is_empty() { None } else { Some(Mention { range: 0..maker.len(), models }) }
    }

    fn models_in_rows(&self, claims: &mut Vec<Claim>) {
        let width = self.table.head.len();
        let subject = (0..width).find(|&column| {
            self.table.rows.iter().any(|row| row.get(column).is_some_and(|cell| self.whole(cell).is_some()))
        });
        let Some(subject) = subject else { return };
        for column in (0..width).filter(|column| *column != subject) {
            let Some(quantity) = self.quantity(&self.table.head[column].text) else { continue };
            for row in &self.table.rows {
                let (Some(name), Some(cell)) = (row.get(subject), row.get(column)) else { continue };
                if let Some(mention) = self.whole(name) {
                    self.cell(&quantity, name, &mention, cell, claims);
                }
            }
        }
    }

    fn models_in_columns(&self, heads: &[Option<Mention>], claims: &mut Vec<Claim>) {
        for row in &self.table.rows {
            let Some(quantity) = row.first().and_then(|label| self.quantity(&label.text)) else { continue };
            for (column, mention) in heads.iter().enumerate().skip(1) {
                if let (Some(mention), Some(cell)) = (mention, row.get(column)) {
                    self.cell(&quantity, &self.table.head[column], mention, cell, claims);
                }
            }
        }
    }

    fn quantity(&self, label: &str) -> Option<Quantity> {
        let lower = label.to_lowercase();
        if let Some(of) = limit_label(&lower) {
            let factor = if lower.contains("(k") || lower.contains("thousand") { 1_000 } else { 1 };
            return Some(Quantity::Limit { of, factor });
        }
        if let Some(feature) = feature_label(&lower) {
            return Some(Quantity::Feature(feature));
        }
        if !self.tells_prices || OTHER_PRICES.is_match(label) {
            return None;
        }
        let unit = amount::unit(label);
        let directions = directions(label);
        let priced = PRICED.is_match(label) || unit.is_some();
        (!directions.is_empty()).then_some(Quantity::Price { directions, unit, bare: priced })
    }

    /// What a cell claims.
    fn cell(&self, quantity: &Quantity, name: &Run, mention: &Mention, cell: &Run, claims: &mut Vec<Claim>) {
        let mut claim = |range: Range<usize>, what: What| {
            claims.push(made(
                cell,
                range,
                self.text,
                &name.text.trim()[mention.range.clone()],
                mention,
                what,
            ));
        };
        match quantity {
            Quantity::Price { directions, unit, bare } => {
                let amounts = amounts(cell, directions.len(), *bare);
                let Some(unit) = amount::unit(&cell.text).or(*unit).or(self.unit) else { return };
                let precision = if ABOUT.is_match(&cell.text) { Precision::About } else { Precision::Exact };
                for (amount, direction) in amounts.into_iter().zip(directions) {
                    let what = What::Price { direction: *direction, usd: amount.usd, unit, precision };
                    claim(amount.range, what);
                }
            }
            Quantity::Limit { of, factor } => {
                let counts = amount::counts(&cell.text);
                if let [tokens] = counts.as_slice() {
                    let plain = cell.text[tokens.range.clone()].bytes().all(|byte| byte.is_ascii_digit());
                    let count = if plain { tokens.count.saturating_mul(*factor) } else { tokens.count };
                    let rest = without(&cell.text, std::slice::from_ref(&tokens.range));
                    // A bare `200` in a column that does not say thousands may mean them.
                    if says_nothing_else(&rest) && count >= 256 {
                        let thousands = plain && *factor == 1_000;
                        claim(tokens.range.clone(), What::Limit { of: *of, tokens: count, thousands });
                    }
                }
            }
            Quantity::Feature(feature) => {
                if let Some(has) = yes_or_no(&cell.text) {
                    let trimmed = cell.text.trim();
                    let start = cell.text.find(trimmed).unwrap_or(0);
                    claim(start..start + trimmed.len(), What::Feature { feature: *feature, has });
                }
            }
        }
    }

    /// The models that the table names, where nothing around them speaks of their end.
    fn offers(&self) -> Vec<Claim> {
        let around = format!("{}\n{}", self.table.heading, self.table.intro);
        // A table of some year is history, or soon will be.
        if OUTGOING.is_match(&around) || YEAR.is_match(&around) {
            return Vec::new();
        }
        let mut claims = Vec::new();
        let outgoing_row = |row: &[Run]| row.iter().any(|cell| OUTGOING.is_match(&cell.text));
        let rows = std::iter::once(&self.table.head).chain(&self.table.rows).filter(|row| !outgoing_row(row));
        for row in rows {
            for (column, cell) in row.iter().enumerate() {
                if self.table.head.get(column).is_some_and(|head| OUTGOING.is_match(&head.text)) {
                    continue;
                }
                let mentions = match self.whole(cell) {
                    Some(mention) => {
                        let offset = cell.text.len() - cell.text.trim_start().len();
                        let range = mention.range.start + offset..mention.range.end + offset;
                        vec![Mention { range, ..mention }]
                    }
                    None => self.names.find(&cell.text),
                };
                for mention in mentions {
                    let name = &cell.text[mention.range.clone()];
                    claims.push(made(cell, mention.range.clone(), self.text, name, &mention, What::Offered));
                }
            }
        }
        claims
    }
}

/// The amounts of a cell, if it holds exactly `wanted` of them and nothing that changes them.
fn amounts(cell: &Run, wanted: usize, bare: bool) -> Vec<Money> {
    let mut amounts = amount::money(&cell.text);
    if amounts.is_empty() && bare && wanted == 1 {
        amounts.extend(amount::bare_money(&cell.text));
    }
    let ranges: Vec<Range<usize>> = amounts.iter().map(|amount| amount.range.clone()).collect();
    if amounts.len() == wanted && says_nothing_else(&without(&cell.text, &ranges)) {
        amounts
    } else {
        Vec::new()
    }
}

/// A claim about `range` of a run.
pub(super) fn made(
    run: &Run,
    range: Range<usize>,
    text: &str,
    subject: &str,
    mention: &Mention,
    what: What,
) -> Claim {
    let written = run.text[range.clone()].to_owned();
    // Without the very bytes, the line of the words before is still known.
    let bytes = run.source(&range, text).unwrap_or_else(|| {
        let start = run.source(&(range.start..range.start), text).map_or(0, |bytes| bytes.start);
        start..start
    });
    Claim {
        range: bytes,
        written,
        subject: subject.trim().to_owned(),
        models: mention.models.clone(),
        what,
        fence: None,
    }
}

/// Input, output, or both in the order they are named.
fn directions(label: &str) -> Vec<Direction> {
    let input = INPUT.find(label).map(|at| (at.start, Direction::Input));
    let output = OUTPUT.find(label).map(|at| (at.start, Direction::Output));
    let mut found: Vec<_> = input.into_iter().chain(output).collect();
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, direction)| direction).collect()
}

fn limit_label(lower: &str) -> Option<Limit> {
    static OUTPUT_LIMIT: LazyLock<Pattern> = LazyLock::new(|| {
        words(
            r"max(?:imum|\.)?[- ](?:output|completion|response)|(?:output|completion|response)[- ](?:tokens? )?(?:limit|max)",
        )
    });
    static WINDOW: LazyLock<Pattern> =
        LazyLock::new(|| words(r"\bcontext\b|\bwindow\b|max(?:imum|\.)?[- ](?:input|prompt) tokens"));
    if PRICED.is_match(lower) || amount::unit(lower).is_some() {
        None
    } else if OUTPUT_LIMIT.is_match(lower) {
        Some(Limit::Output)
    } else if WINDOW.is_match(lower) {
        Some(Limit::Window)
    } else {
        None
    }
}

/// The feature that a label names, and nothing else.
pub(super) fn feature_label(lower: &str) -> Option<Feature> {
    let label = lower.trim().trim_end_matches(['?', ':']);
    let label =
        ["supports ", "native "].iter().fold(label, |label, word| label.strip_prefix(word).unwrap_or(label));
    let label = [" support", " supported"]
        .iter()
        .fold(label, |label, word| label.strip_suffix(word).unwrap_or(label));
    FEATURES.iter().find(|(name, _)| *name == label).map(|(_, feature)| *feature)
}

/// The names of features.
pub(super) const FEATURES: [(&str, Feature); 17] = [
    ("streaming", Feature::Streaming),
    ("response streaming", Feature::Streaming),
    ("streamed responses", Feature::Streaming),
    ("vision", Feature::Vision),
    ("image understanding", Feature::Vision),
    ("image input", Feature::Vision),
    ("image inputs", Feature::Vision),
    ("images as input", Feature::Vision),
    ("tools", Feature::Tools),
    ("tool use", Feature::Tools),
    ("tool calling", Feature::Tools),
    ("tool calls", Feature::Tools),
    ("function calling", Feature::Tools),
    ("function calls", Feature::Tools),
    ("structured output", Feature::StructuredOutput),
    ("structured outputs", Feature::StructuredOutput),
    ("json schema output", Feature::StructuredOutput),
];

fn yes_or_no(cell: &str) -> Option<bool> {
    let word = cell.trim().trim_end_matches(['.', '\u{fe0f}']).to_lowercase();
    match word.as_str() {
        "yes" | "y" | "true" | "supported" | "✓" | "✔" | "✅" | "☑" | "🟢" => Some(true),
        "no" | "n" | "false" | "not supported" | "unsupported" | "✗" | "✘" | "❌" | "✖" | "🔴" => {
            Some(false)
        }
        _ => None,
    }
}

/// The text without the given parts.
fn without(text: &str, ranges: &[Range<usize>]) -> String {
    let mut rest = String::new();
    let mut at = 0;
    for range in ranges {
        rest.push_str(&text[at..range.start]);
        rest.push(' ');
        at = range.end;
    }
    rest + &text[at..]
}

fn says_nothing_else(rest: &str) -> bool {
    let says = |c: char| c.is_alphanumeric() || matches!(c, '<' | '>' | '+' | '≤' | '≥');
    !without(rest, &PADDING.find_all(rest)).chars().any(says)
}

/// An id without what libraries put before it: `bedrock/…`, `bedrock:…`, `bedrock/converse/…`.
fn unprefixed(id: &str) -> &str {
    let mut id = id;
    while let Some((prefix, rest)) = id.split_once(['/', ':']) {
        if !matches!(
            prefix,
            "bedrock" | "bedrock_converse" | "amazon-bedrock" | "converse" | "invoke" | "aws"
        ) {
            break;
        }
        id = rest;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_what_a_column_holds() {
        assert_eq!(limit_label("max context window"), Some(Limit::Window));
        assert_eq!(limit_label("context (tokens)"), Some(Limit::Window));
        assert_eq!(limit_label("max output tokens"), Some(Limit::Output));
        assert_eq!(limit_label("output tokens (per 1m)"), None, "a price");
        assert_eq!(limit_label("max tokens"), None, "of what?");
        assert_eq!(feature_label("streaming support"), Some(Feature::Streaming));
        assert_eq!(feature_label("image generation"), None);
        assert_eq!(directions("Price (input / output)"), [Direction::Input, Direction::Output]);
        assert_eq!(directions("Price in USD"), []);
    }

    #[test]
    fn a_cell_that_says_more_is_no_claim() {
        assert!(says_nothing_else(" / 1M tokens"));
        assert!(says_nothing_else("up to  tokens"));
        for more in ["(cached)", "for ≤", "in Frankfurt", "+", "<"] {
            assert!(!says_nothing_else(more), "{more}");
        }
        assert_eq!(yes_or_no(" ✅ "), Some(true));
        assert_eq!(yes_or_no("Yes (Claude 3)"), None);
        assert_eq!(yes_or_no("Limited"), None);
    }
}
