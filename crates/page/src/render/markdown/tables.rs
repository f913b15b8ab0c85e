//! Comparison, prices and models as plain tables.

use super::text::{head, inline, row};
use crate::render::ranks;
use crate::render::view::{CompareRow, CompareView, ModelRow, ModelsView, Origin, PricesView};
use crate::render::words;
use tutor_catalog::LifecycleState;
use tutor_catalog::measure::{Cost, grouped};

/// The calls side by side.
pub(crate) fn compare(view: &CompareView) -> String {
    if view.rows.is_empty() {
        return "There is nothing to compare on this page yet.\n".to_owned();
    }
    let ranks = ranks::ranks(&view.rows);
    let mut out = head(&[
        "Model",
        words::TOKENS,
        "Latency, median",
        "Range",
        "n",
        "Cost a request",
        "Per 1,000",
        "Origin",
    ]);
    for (index, call) in view.rows.iter().enumerate() {
        out.push_str(&compared(index, call, ranks));
    }
    out
}

fn compared(index: usize, call: &CompareRow, ranks: ranks::Ranks) -> String {
    let name = words::own_name(&call.name, &call.model).map_or_else(String::new, |name| format!(", {name}"));
    let mut cells = vec![inline(&format!("{}{name}", call.model.name))];
    if let Some(recorded) = &call.recorded {
        let figures = &recorded.figures;
        let [tokens, latency, cost] = words::cells(figures, recorded.origin).map(|cell| cell.in_words());
        let marked = |sign: Option<(ranks::Place, &str)>| {
            sign.map(|(_, word)| format!(", {word}")).unwrap_or_default()
        };
        let (speed, money) = (marked(ranks.latency_of(index)), marked(ranks.cost_of(index)));
        let (per_thousand, price) = match &figures.cost {
            _ if recorded.origin == Origin::Local => ("–".to_owned(), ""),
            Cost::Priced(parts) => {
                (words::cost_per_thousand(parts), if parts.historical { ", last known price" } else { "" })
            }
            Cost::Unpriced => ("–".to_owned(), ""),
        };
        cells.extend([
            tokens,
            format!("{latency}{speed}"),
            figures.latency.as_ref().and_then(words::range).unwrap_or_else(|| "–".to_owned()),
            recorded.samples.to_string(),
            inline(&format!("{cost}{price}{money}")),
            inline(&per_thousand),
        ]);
    } else {
        cells.extend(std::iter::repeat_n("–".to_owned(), 6));
    }
    cells.push(inline(&words::compare_origin(call)));
    row(&cells)
}

/// The model's name, and that it is retired.
fn name(row: &ModelRow<'_>) -> String {
    let retired = if row.state == LifecycleState::Retired {
        let on = row.model.lifecycle.as_ref().and_then(|lifecycle| lifecycle.end_of_life);
        on.map_or_else(|| ", retired".to_owned(), |day| format!(", retired on {day}"))
    } else {
        String::new()
    };
    inline(&format!("{}{retired}", row.model.name))
}

/// The table of prices.
pub(crate) fn prices(view: &PricesView<'_>) -> String {
    let mut out = head(&["Model", "Input per million", "Output per million", "Per image", "Read", "Source"]);
    for model_row in &view.rows {
        let dash = || "–".to_owned();
        if model_row.prices.is_empty() {
            out.push_str(&row(&[
                name(model_row),
                words::UNPRICED.to_owned(),
                dash(),
                dash(),
                dash(),
                dash(),
            ]));
        }
        for price in &model_row.prices {
            let amount = |amount: Option<rust_decimal::Decimal>| {
                amount.map_or_else(dash, |amount| inline(&words::usd(amount)))
            };
            let images = words::image_prices(price);
            let mut note = price.source.clone();
            if let Some(profile) = words::profile(price) {
                note = format!("{profile}, {note}");
            }
            if model_row.state == LifecycleState::Retired {
                note.push_str(", last known price");
            }
            if model_row.model.price_disputed {
                note.push_str(", sources disagree");
            }
            if let Some(more) = &price.note {
                note = format!("{note}, {more}");
            }
            out.push_str(&row(&[
                name(model_row),
                amount(price.rates.input),
                amount(price.rates.output),
                if images.is_empty() { dash() } else { inline(&images.join(", ")) },
                price.as_of.to_string(),
                inline(&note),
            ]));
        }
    }
    out + &format!("\n{}\n", words::PRICES)
}

/// Limits and features, then lifecycles.
pub(crate) fn models(view: &ModelsView<'_>) -> String {
    let mut titles = vec!["Model", "In", "Out", "Context window", "Most output"];
    titles.extend(words::FEATURES.map(|(name, _)| name));
    let mut out = head(&titles);
    for model_row in &view.rows {
        let model = model_row.model;
        let limit = |limit: Option<u64>| limit.map_or_else(|| words::UNKNOWN.to_owned(), grouped);
        let mut cells = vec![
            inline(&model.name),
            inline(&model.modalities.input.join(", ")),
            inline(&model.modalities.output.join(", ")),
            limit(model.context_window.as_ref().map(|limit| limit.value)),
            limit(model.output_limit.as_ref().map(|limit| limit.value)),
        ];
        cells.extend(words::FEATURES.map(|(_, feature)| words::feature(feature(&model.features)).to_owned()));
        out.push_str(&row(&cells));
    }
    out.push('\n');
    out.push_str(&head(&["Model", "State", "Legacy from", "End of life", "Successor by AWS", "Source"]));
    for model_row in &view.rows {
        let lifecycle = model_row.model.lifecycle.as_ref();
        let date =
            |date: Option<jiff::civil::Date>| date.map_or_else(|| "–".to_owned(), |date| date.to_string());
        out.push_str(&row(&[
            inline(&model_row.model.name),
            words::lifecycle_state(model_row).to_owned(),
            date(lifecycle.and_then(|lifecycle| lifecycle.legacy)),
            date(lifecycle.and_then(|lifecycle| lifecycle.end_of_life)),
            inline(&words::successor(model_row)),
            lifecycle.map_or_else(|| "–".to_owned(), |lifecycle| inline(&lifecycle.source)),
        ]));
    }
    out
}
