//! `{{#tutor prices}}` and `{{#tutor models}}`: what the catalog knows, with source and day.

use super::icons;
use super::prose::scroller;
use super::timeline::Timeline;
use super::writer::Writer;
use crate::render::view::{ModelRow, ModelsView, PricesView, State};
use crate::render::words;
use tutor_catalog::measure::grouped;
use tutor_catalog::{LifecycleState, Price, Sourced};

/// The table of prices.
pub(crate) fn prices(view: &PricesView<'_>) -> String {
    let mut writer = Writer::root("div", "tt-prices", &[("role", "group"), ("aria-label", "Prices")]);
    begin(
        &mut writer,
        "Prices",
        "tt-table",
        &["Model", "Input per million", "Output per million", "Read and source"],
    );
    for row in &view.rows {
        if row.prices.is_empty() {
            writer.open("tr", &[]);
            model(&mut writer, row, 1);
            writer.leaf("td", &[("colspan", "3")], words::UNPRICED).close();
        }
        for (index, price) in row.prices.iter().enumerate() {
            writer.open("tr", &[]);
            if index == 0 {
                model(&mut writer, row, row.prices.len());
            }
            self::price(&mut writer, price);
            writer.close();
        }
    }
    writer.close().close().close();
    writer.leaf("p", &[("class", "tt-small")], words::PRICES);
    writer.finish()
}

/// Opens a table with these titles, up to its body.
pub(super) fn begin(writer: &mut Writer, label: &str, class: &'static str, titles: &[&str]) {
    scroller(writer, label).open("table", &[("class", class)]).open("thead", &[]).open("tr", &[]);
    for title in titles {
        writer.leaf("th", &[("scope", "col")], title);
    }
    writer.close().close().open("tbody", &[]);
}

/// The model's name, and what is special about its price.
fn model(writer: &mut Writer, row: &ModelRow<'_>, rows: usize) {
    let rows = rows.to_string();
    writer.open("th", &[("scope", "rowgroup"), ("rowspan", &rows)]);
    writer.leaf("strong", &[("class", "tt-model")], &row.model.name);
    if row.state == LifecycleState::Retired {
        let on = row.model.lifecycle.as_ref().and_then(|lifecycle| lifecycle.end_of_life);
        let on = on.map_or_else(String::new, |day| format!(" on {day}"));
        writer.open("small", &[]).dated(&format!("retired{on}, last known price")).close();
    }
    if row.model.price_disputed {
        writer.open("small", &[("data-state", State::Pending.name())]).own(icons::state(State::Error));
        writer.text("sources disagree").close();
    }
    writer.close();
}

fn price(writer: &mut Writer, price: &Price) {
    let amount = |amount: Option<rust_decimal::Decimal>| amount.map_or_else(|| "–".to_owned(), words::usd);
    let images = words::image_prices(price);
    let mut profile = words::profile(price);
    if images.is_empty() || price.rates.input.is_some() || price.rates.output.is_some() {
        for (main, cache, what) in [
            (price.rates.input, price.rates.cache_read, "cache read"),
            (price.rates.output, price.rates.cache_write, "cache write"),
        ] {
            writer.open("td", &[]).leaf("span", &[("class", "tt-value")], &amount(main));
            if let Some(profile) = profile.take() {
                writer.leaf("small", &[], &profile);
            }
            if let Some(cache) = cache {
                writer.leaf("small", &[], &format!("{what} {}", words::usd(cache)));
            }
            writer.close();
        }
    } else {
        writer.open("td", &[("colspan", "2")]);
        for image in &images {
            writer.leaf("span", &[("class", "tt-value")], image).void("br", &[]);
        }
        if let Some(profile) = profile {
            writer.leaf("small", &[], &profile);
        }
        writer.close();
    }
    writer.open("td", &[]).dated(&price.as_of.to_string()).leaf("small", &[], &price.source);
    if let Some(note) = &price.note {
        writer.leaf("small", &[], note);
    }
    writer.close();
}

/// Limits and features, then lifecycles.
pub(crate) fn models(view: &ModelsView<'_>) -> String {
    let mut writer = Writer::root("div", "tt-models", &[("role", "group"), ("aria-label", "Models")]);
    let mut titles = vec!["Model", "In → out", "Context window", "Most output"];
    titles.extend(words::FEATURES.map(|(name, _)| name));
    begin(&mut writer, "Limits and features", "tt-table tt-limits", &titles);
    for row in &view.rows {
        limits(&mut writer, row);
    }
    writer.close().close().close();
    let timeline = Timeline::of(view);
    let mut titles = vec!["Model", "State", "Legacy from", "End of life"];
    titles.extend(timeline.as_ref().map(|_| "Time line"));
    titles.push("Successor by AWS");
    begin(&mut writer, "Lifecycle", "tt-table tt-lifecycle", &titles);
    for row in &view.rows {
        lifecycle(&mut writer, row, timeline.as_ref());
    }
    writer.close().close().close();
    if let Some(timeline) = &timeline {
        writer.open("p", &[("class", "tt-small")]).dated(&timeline.legend()).close();
    }
    sources(&mut writer, view);
    writer.finish()
}

fn limits(writer: &mut Writer, row: &ModelRow<'_>) {
    let model = row.model;
    writer.open("tr", &[]).open("th", &[("scope", "row")]);
    writer.leaf("strong", &[("class", "tt-model")], &model.name);
    writer.leaf("small", &[], &model.provider).close();
    let list = |words: &[String]| if words.is_empty() { words::UNKNOWN.to_owned() } else { words.join(", ") };
    let modalities = &model.modalities;
    writer.open("td", &[]).leaf("span", &[("class", "tt-value")], &list(&modalities.input)).void("br", &[]);
    writer.leaf("span", &[("class", "tt-value")], &format!("→ {}", list(&modalities.output))).close();
    for limit in [&model.context_window, &model.output_limit] {
        writer.leaf("td", &[("class", "tt-r")], &tokens(limit.as_ref()));
    }
    for (_, feature) in words::FEATURES {
        let word = words::feature(feature(&model.features));
        let sign = match word {
            "yes" => "✓ ",
            "no" => "✗ ",
            _ => "",
        };
        let class = if sign.is_empty() { "tt-dim" } else { "tt-value" };
        writer.open("td", &[]).leaf("span", &[("class", class)], &format!("{sign}{word}")).close();
    }
    writer.close();
}

fn tokens(limit: Option<&Sourced<u64>>) -> String {
    limit.map_or_else(|| words::UNKNOWN.to_owned(), |limit| grouped(limit.value))
}

fn lifecycle(writer: &mut Writer, row: &ModelRow<'_>, timeline: Option<&Timeline>) {
    let lifecycle = row.model.lifecycle.as_ref();
    let date = |date: Option<jiff::civil::Date>| date.map_or_else(|| "–".to_owned(), |date| date.to_string());
    writer.open("tr", &[]).open("th", &[("scope", "row")]);
    writer.leaf("strong", &[("class", "tt-model")], &row.model.name).close();
    let state = words::lifecycle_state(row);
    let class = if state == words::UNKNOWN { "tt-value tt-dim" } else { "tt-value" };
    writer.open("td", &[]).leaf("span", &[("class", class)], state).close();
    for day in [lifecycle.and_then(|dates| dates.legacy), lifecycle.and_then(|dates| dates.end_of_life)] {
        writer.open("td", &[]).leaf("span", &[("class", "tt-value")], &date(day)).close();
    }
    if let Some(timeline) = timeline {
        writer.open("td", &[]);
        timeline.draw(writer, lifecycle);
        writer.close();
    }
    writer.open("td", &[]).text(&words::successor(row));
    if let Some(note) = lifecycle.and_then(|lifecycle| lifecycle.note.as_ref()) {
        writer.open("small", &[]).dated(note).close();
    }
    writer.close().close();
}

/// Every source once, with its day.
fn sources(writer: &mut Writer, view: &ModelsView<'_>) {
    let mut sources: Vec<String> = Vec::new();
    for row in &view.rows {
        let model = row.model;
        let limits = [&model.context_window, &model.output_limit];
        let limits = limits.into_iter().flatten().map(|limit| format!("{} ({})", limit.source, limit.as_of));
        let dates = model.lifecycle.iter().map(|lifecycle| lifecycle.source.clone());
        for source in limits.chain(model.features.source.clone()).chain(dates) {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    if !sources.is_empty() {
        let sources = format!("Sources: {}.", sources.join("; "));
        writer.open("p", &[("class", "tt-small")]).dated(&sources).close();
    }
}
