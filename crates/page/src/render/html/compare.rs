//! `{{#tutor compare}}`: the calls side by side, as a table with bars and a plot.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::costs;
use super::panel;
use super::plot;
use super::prose::scroller;
use super::writer::Writer;
use crate::render::ranks::{self, Place, Ranks};
use crate::render::view::{Acceptance, CompareRow, CompareView, ComparedView, Origin, State};
use crate::render::words;
use tutor_catalog::measure::{Cost, CostParts};

/// Writes the comparison.
pub(crate) fn compare(view: &CompareView) -> String {
    let mut writer = Writer::root("div", "tt-compare", &[("role", "group"), ("aria-label", "Comparison")]);
    if view.rows.is_empty() {
        writer.leaf("p", &[("class", "tt-none")], "There is nothing to compare on this page yet.");
        return writer.finish();
    }
    table(&mut writer, view);
    legend(&mut writer, view);
    writer.open("div", &[("class", "tt-plots")]);
    plot::plot(&mut writer, &view.rows);
    costs::costs(&mut writer, &view.rows);
    writer.close();
    writer.finish()
}

/// The longest bars.
#[derive(Clone, Copy)]
struct Scale {
    latency_ms: u64,
    cost: Decimal,
    /// Whether not all answers are local: then local ones have no bars beside the others'.
    mixed: bool,
}

impl Scale {
    fn of(rows: &[CompareRow]) -> Self {
        let recorded = || rows.iter().filter_map(|row| row.recorded.as_ref());
        let mixed = recorded().any(|row| row.origin != Origin::Local);
        Scale {
            latency_ms: recorded()
                .filter(|row| row.origin != Origin::Local || !mixed)
                .filter_map(|row| row.figures.latency.map(|latency| latency.median_ms))
                .max()
                .unwrap_or(0),
            cost: recorded().filter_map(|row| Some(billed(row)?.total())).max().unwrap_or_default(),
            mixed,
        }
    }
}

/// The parts of what Bedrock bills for a recording, if it has a price. Nobody is billed for local answers.
pub(super) fn billed(row: &ComparedView) -> Option<&CostParts> {
    priced(row).filter(|_| row.origin != Origin::Local)
}

/// The parts of a recording's cost, if it has a price.
pub(super) fn priced(row: &ComparedView) -> Option<&CostParts> {
    match &row.figures.cost {
        Cost::Priced(parts) => Some(parts),
        Cost::Unpriced => None,
    }
}

/// What all rows have in common.
#[derive(Clone, Copy)]
struct Frame {
    ranks: Ranks,
    scale: Scale,
    /// Whether the titles already say that all is simulated.
    all_practice: bool,
    /// Whether any row has a pace.
    paced: bool,
}

fn table(writer: &mut Writer, view: &CompareView) {
    let practice = |row: &CompareRow| row.recorded.as_ref().is_none_or(|row| row.origin == Origin::Practice);
    let paced =
        |row: &CompareRow| row.recorded.as_ref().is_some_and(|row| row.figures.tokens_per_second.is_some());
    let frame = Frame {
        ranks: ranks::ranks(&view.rows),
        scale: Scale::of(&view.rows),
        all_practice: view.rows.iter().all(practice),
        paced: view.rows.iter().any(paced),
    };
    let mut titles = vec![(words::TOKENS, "estimated"), ("Latency, median", "simulated")];
    if frame.paced {
        titles.push(("Pace", "simulated"));
    }
    titles.push(("Cost a request", "estimated"));
    scroller(writer, "Comparison of the calls").open("table", &[("class", "tt-table tt-calls")]);
    writer.open("thead", &[]).open("tr", &[]).leaf("th", &[("scope", "col")], "Model");
    for (title, unsure) in titles {
        let title = if frame.all_practice { format!("{title}, {unsure}") } else { title.to_owned() };
        writer.leaf("th", &[("scope", "col")], &title);
    }
    writer.close().close().open("tbody", &[]);
    for (index, row) in view.rows.iter().enumerate() {
        self::row(writer, index, row, frame);
    }
    writer.close().close().close();
}

impl Frame {
    /// The word a practice figure carries in its own cell, where the titles do not carry it.
    fn unsure(self, origin: Origin, word: &'static str) -> Option<&'static str> {
        if self.all_practice { None } else { words::unsure(origin, word) }
    }
}

fn row(writer: &mut Writer, index: usize, row: &CompareRow, frame: Frame) {
    let recorded = row.recorded.as_ref();
    let state = state(recorded);
    writer.open("tr", &[("data-state", state.name())]);
    writer.open("th", &[("scope", "row")]).open("span", &[("class", "tt-head")]);
    writer.leaf("span", &[("class", "tt-letter"), ("aria-hidden", "true")], &plot::letter(index));
    writer.leaf("strong", &[("class", "tt-model")], &row.model.name);
    writer.close();
    if let Some(name) = words::own_name(&row.name, &row.model) {
        writer.leaf("small", &[], name);
    }
    panel::tag(writer, state, recorded.map(|row| row.origin));
    if let Some(error) = recorded.and_then(|row| row.error.as_ref()) {
        writer.leaf("small", &[], error);
    }
    writer.close();
    let Some(recorded) = recorded else {
        for _ in 0..if frame.paced { 4 } else { 3 } {
            writer.leaf("td", &[], "–");
        }
        writer.close();
        return;
    };
    let figures = &recorded.figures;
    let tokens = words::tokens(figures).unwrap_or_else(|| "not counted".to_owned());
    writer.open("td", &[]).leaf("span", &[("class", "tt-value")], &tokens);
    if let Some(word) = frame.unsure(recorded.origin, "estimated") {
        writer.leaf("small", &[], word);
    }
    writer.close();
    let ranks = frame.ranks;
    latency(writer, recorded, ranks.latency_of(index).map(sign), frame);
    if frame.paced {
        let pace = figures.tokens_per_second.map_or_else(|| "–".to_owned(), words::pace);
        writer.open("td", &[]).leaf("span", &[("class", "tt-value")], &pace).close();
    }
    cost(writer, recorded, ranks.cost_of(index).map(sign), frame);
    writer.close();
}

fn state(recorded: Option<&ComparedView>) -> State {
    match recorded {
        None => State::Missing,
        Some(row) if row.acceptance == Acceptance::Pending => State::Pending,
        Some(row) if row.error.is_some() => State::Error,
        Some(row) => State::of(row.origin),
    }
}

/// A class, and a sign with a word.
type Rank = (&'static str, String);

/// The word and sign for the best or the worst of a column.
fn sign((place, word): (Place, &'static str)) -> Rank {
    match place {
        Place::Best => ("tt-best", format!("▲ {word}")),
        Place::Worst => ("tt-worst", format!("▽ {word}")),
    }
}

fn latency(writer: &mut Writer, row: &ComparedView, rank: Option<Rank>, frame: Frame) {
    let Some(latency) = &row.figures.latency else {
        writer.leaf("td", &[], words::NOT_MEASURED);
        return;
    };
    writer.open("td", &[]);
    value(writer, &words::time(latency.median_ms), rank);
    if row.origin != Origin::Local || !frame.scale.mixed {
        bar(writer, row.origin, &percent(latency.median_ms.into(), frame.scale.latency_ms.into()));
    }
    let mut notes: Vec<String> = Vec::new();
    notes.extend(frame.unsure(row.origin, "simulated").map(str::to_owned));
    notes.extend(words::range(latency));
    notes.push(format!("n\u{a0}=\u{a0}{}", latency.n));
    notes
        .extend(row.figures.first_token.map(|first| format!("first token {}", words::time(first.median_ms))));
    writer.leaf("small", &[], &notes.join(", ")).close();
}

fn cost(writer: &mut Writer, row: &ComparedView, rank: Option<Rank>, frame: Frame) {
    if row.origin == Origin::Local {
        writer.open("td", &[]);
        value(writer, words::NO_BILL, None);
        if let Some(reckoned) = words::reckoned(&row.figures.cost) {
            writer.leaf("small", &[], &reckoned);
        }
        writer.close();
        return;
    }
    let Some(parts) = priced(row) else {
        writer.leaf("td", &[], words::UNPRICED);
        return;
    };
    writer.open("td", &[]);
    value(writer, &words::usd(parts.total()), rank);
    bar(writer, row.origin, &percent(parts.total(), frame.scale.cost));
    let mut notes = vec![format!("{} per 1,000", words::cost_per_thousand(parts))];
    notes.extend(frame.unsure(row.origin, "estimated").map(str::to_owned));
    if parts.historical {
        notes.push("last known price".to_owned());
    }
    if parts.disputed {
        notes.push("sources disagree".to_owned());
    }
    writer.leaf("small", &[], &notes.join(", ")).close();
}

fn value(writer: &mut Writer, text: &str, rank: Option<Rank>) {
    writer.leaf("span", &[("class", "tt-value")], text);
    if let Some((class, words)) = rank {
        writer.text(" ").leaf("span", &[("class", class)], &words);
    }
}

/// A bar; what it shows stands beside it in words.
fn bar(writer: &mut Writer, origin: Origin, percent: &str) {
    let class = match origin {
        Origin::Bedrock | Origin::Imported | Origin::Local => "tt-bar",
        Origin::Practice => "tt-bar tt-sim",
    };
    writer.open("span", &[("class", class), ("aria-hidden", "true")]);
    writer.leaf("span", &[("style", &format!("width:{percent}%"))], "").close();
}

/// `part` of `whole` in percent, with one decimal.
fn percent(part: Decimal, whole: Decimal) -> String {
    if whole.is_zero() {
        return "0".to_owned();
    }
    let share = (part / whole * Decimal::ONE_HUNDRED).to_f64().unwrap_or(0.0);
    format!("{share:.1}")
}

/// Where and when the figures were taken.
fn legend(writer: &mut Writer, view: &CompareView) {
    let recorded: Vec<&ComparedView> = view.rows.iter().filter_map(|row| row.recorded.as_ref()).collect();
    let mut origins: Vec<String> = Vec::new();
    for row in &recorded {
        let text = words::figures_from(row);
        if !origins.contains(&text) {
            origins.push(text);
        }
    }
    writer.open("p", &[("class", "tt-small")]);
    let mut prices: Vec<String> =
        recorded.iter().filter_map(|row| Some(priced(row)?.price_as_of.to_string())).collect();
    prices.sort();
    prices.dedup();
    if !prices.is_empty() {
        writer.dated(&format!("Prices read {}.", prices.join(", "))).void("br", &[]);
    }
    for (index, origin) in origins.iter().enumerate() {
        if index > 0 {
            writer.void("br", &[]);
        }
        let mut letters = origin.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        writer.dated(&format!("{first}{}.", letters.as_str()));
    }
    writer.close();
}
