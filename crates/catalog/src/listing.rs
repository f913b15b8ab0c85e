//! The catalog as text: one model with everything known of it, all models in a line each, and what a
//! file would change.

use std::fmt::Write as _;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Catalog, LifecycleState, Model, Price, Rates};
use crate::measure::{grouped, usd_exact};

/// Everything known of a model, with sources.
pub fn show(catalog: &Catalog, model: &Model, today: Date) -> String {
    let mut out = format!("{} ({})\n\n", model.name, model.id);
    for (name, value) in facts(model, today) {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{name:<18} {value}");
    }
    if model.lifecycle.is_some() {
        let living = catalog.living_successor(model, today);
        let living = living.map_or("none".to_owned(), |next| format!("{} ({})", next.name, next.id));
        let _ = writeln!(out, "{:<18} {living}", "living successor");
    }
    out
}

/// One model a line: id, name, state on `today`, prices in USD per million tokens.
pub fn list(catalog: &Catalog, today: Date) -> String {
    let widest = catalog.models().map(|model| model.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for model in catalog.models() {
        let price = model.prices.first().map_or_else(|| "unpriced".to_owned(), figures);
        let _ = writeln!(out, "{:widest$}  {:8}  {price}", model.id, state(model, today));
    }
    out
}

/// The same for programs.
pub fn json<'m>(models: impl Iterator<Item = &'m Model>, today: Date) -> String {
    let models: Vec<Value> = models.map(|model| as_json(model, today)).collect();
    let document = json!({ "version": 1, "today": today.to_string(), "models": models });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// What the models of `other` change in `catalog`: new ones, missing ones if `other` is to be all
/// there is, and facts that differ.
pub fn diff(catalog: &Catalog, other: &Catalog, today: Date) -> String {
    let mut out = String::new();
    for model in other.models() {
        let Some(known) = catalog.model(&model.id) else {
            let _ = writeln!(out, "+ {} ({})", model.id, model.name);
            continue;
        };
        let (old, new) = (facts(known, today), facts(model, today));
        let gone = old.iter().filter(|fact| !new.contains(fact)).map(|fact| ('-', fact));
        let come = new.iter().filter(|fact| !old.contains(fact)).map(|fact| ('+', fact));
        let changes: Vec<_> = gone.chain(come).collect();
        if !changes.is_empty() {
            let _ = writeln!(out, "  {} ({})", model.id, model.name);
        }
        for (sign, (name, value)) in changes {
            let _ = writeln!(out, "{sign}   {name:<18} {value}");
        }
    }
    let missing = catalog.models().filter(|model| other.model(&model.id).is_none()).count();
    let _ = writeln!(out, "{missing} of tutor's {} models are not in that file.", catalog.models().count());
    out
}

/// What changes between two days by the catalog's dates: states, prices that begin, higher prices.
pub fn between(catalog: &Catalog, first: Date, second: Date) -> String {
    let (first, second) = (first.min(second), first.max(second));
    let within = |day: Option<Date>| day.filter(|day| first < *day && *day <= second);
    let mut lines: Vec<(Date, String)> = Vec::new();
    for model in catalog.models() {
        let mut add = |day: Option<Date>, what: &str| {
            lines.extend(within(day).map(|day| (day, format!("{day}  {}  {what}", model.id))));
        };
        add(model.launched.as_ref().map(|it| it.value), "comes to Bedrock");
        if let Some(lifecycle) = &model.lifecycle {
            add(lifecycle.legacy, "is legacy");
            add(lifecycle.extended, "may cost more (public extended access)");
            add(lifecycle.not_before, "may retire from here on");
            add(lifecycle.end_of_life, "is retired");
        }
        for price in &model.prices {
            add(price.from, &format!("costs {} ({})", figures(price), price.source));
        }
    }
    lines.sort();
    if lines.is_empty() {
        return format!("Nothing changes between {first} and {second}, as far as the catalog knows.\n");
    }
    lines.into_iter().map(|(_, line)| line + "\n").collect()
}

/// Every fact of a model as a name and a line.
fn facts(model: &Model, today: Date) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("provider", model.provider.clone()),
        ("family", model.family.clone()),
        ("names", std::iter::once(&model.name).chain(&model.aliases).cloned().collect::<Vec<_>>().join(", ")),
        ("in", model.modalities.input.join(", ")),
        ("out", model.modalities.output.join(", ")),
        ("state", format!("{} on {today}", state(model, today))),
    ];
    if !model.other_ids.is_empty() {
        facts.push(("other ids", model.other_ids.join(", ")));
    }
    if let Some(profiles) = &model.profiles {
        let profiles =
            format!("{} ({}, read {})", profiles.value.join(", "), profiles.source, profiles.as_of);
        facts.push(("profiles", profiles));
    }
    for served in crate::rules::hosts::of(&model.id) {
        let doubt = if served.is_certain { "" } else { ", sources disagree" };
        let value = format!(
            "{} on {}, {}{doubt} ({})",
            served.api.name(),
            served.host.name(),
            served.path,
            served.source
        );
        facts.push(("served", value));
    }
    if let Some(launched) = &model.launched {
        let launched = format!("{} ({}, read {})", launched.value, launched.source, launched.as_of);
        facts.push(("launched", launched));
    }
    for (name, limit, others) in [
        ("context window", &model.context_window, &model.other_context_windows),
        ("output limit", &model.output_limit, &model.other_output_limits),
    ] {
        for limit in limit.iter().chain(others) {
            facts.push((name, format!("{} tokens ({}, read {})", limit.value, limit.source, limit.as_of)));
        }
    }
    let features = [
        ("streaming", model.features.streaming),
        ("tools", model.features.tools),
        ("vision", model.features.vision),
        ("structured output", model.features.structured_output),
    ];
    for (name, has) in features {
        if let Some(has) = has {
            let source = model.features.source.as_deref().unwrap_or_default();
            facts.push((name, format!("{} ({source})", if has { "yes" } else { "no" })));
        }
    }
    for price in &model.prices {
        let note = price.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
        let value = format!("{} ({}, read {}{note})", figures(price), price.source, price.as_of);
        facts.push(("price", value));
    }
    if model.price_disputed {
        facts.push(("price", "disputed: the first one counts".to_owned()));
    }
    if let Some(lifecycle) = &model.lifecycle {
        let day = |day: Option<Date>| day.map_or_else(|| "not told".to_owned(), |day| day.to_string());
        let note = lifecycle.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
        facts.push(("legacy", day(lifecycle.legacy)));
        facts.extend(lifecycle.not_before.map(|day| ("not retired before", day.to_string())));
        facts.extend(lifecycle.notice.map(|notice| ("legacy for", notice.words().to_owned())));
        facts.extend(
            lifecycle.extended.map(|day| ("extended access", format!("from {day}, at a higher price"))),
        );
        facts.push(("end of life", format!("{} ({}{note})", day(lifecycle.end_of_life), lifecycle.source)));
        facts.push((
            "AWS's successor",
            lifecycle.successor.clone().unwrap_or_else(|| "none named".to_owned()),
        ));
    }
    facts
}

fn state(model: &Model, today: Date) -> &'static str {
    match model.state_on(today) {
        LifecycleState::Active => "active",
        LifecycleState::Legacy => "legacy",
        LifecycleState::Retired => "retired",
    }
}

/// The figures of a price in one line.
fn figures(price: &Price) -> String {
    let mut parts: Vec<String> = rates(&price.rates).into_iter().collect();
    parts.extend(price.long_context.iter().filter_map(|long| {
        Some(format!("prompts over {} tokens: {}", grouped(long.above), rates(&long.rates)?))
    }));
    parts.extend(
        price.tiers.iter().filter_map(|it| Some(format!("{}: {}", it.tier.name(), rates(&it.rates)?))),
    );
    for image in &price.images {
        let mut line = format!("{} per image", usd_exact(image.usd));
        let side = image.max_side.map(|side| format!("up to {side} pixels"));
        let steps = image.max_steps.map(|steps| format!("up to {steps} steps"));
        let of: Vec<String> = side.into_iter().chain(steps).chain(image.quality.clone()).collect();
        if !of.is_empty() {
            let _ = write!(line, " ({})", of.join(", "));
        }
        parts.push(line);
    }
    let units = price.units.all().into_iter();
    parts.extend(units.filter_map(|(unit, usd)| Some(format!("{} per {unit}", usd_exact(usd?)))));
    let mut line = if parts.is_empty() { "no figure".to_owned() } else { parts.join(", ") };
    let scope = price.scope();
    if !scope.is_empty() {
        let _ = write!(line, " for {scope}");
    }
    line
}

/// Every rate that is known, in one line; `None` if none is.
fn rates(rates: &Rates) -> Option<String> {
    let all = rates.all().into_iter();
    let known: Vec<String> =
        all.filter_map(|(name, usd)| Some(format!("{name} {}", usd_exact(usd?)))).collect();
    (!known.is_empty()).then(|| known.join(", ") + " per 1M tokens")
}

fn as_json(model: &Model, today: Date) -> Value {
    let limit = |limit: &Option<super::Sourced<u64>>| {
        limit.as_ref().map(|limit| {
            json!({ "tokens": limit.value, "source": limit.source, "as_of": limit.as_of.to_string() })
        })
    };
    let usd = |usd: Option<Decimal>| usd.map(|usd| usd.to_string());
    let prices: Vec<Value> = model
        .prices
        .iter()
        .map(|price| {
            let per_million = |rates: &Rates| {
                let all = rates.all().into_iter();
                let known =
                    all.filter_map(|(name, rate)| Some((name.replace(' ', "_"), usd(Some(rate?)).into())));
                Value::Object(known.collect())
            };
            let tiers = price.tiers.iter().map(|it| (it.tier.name().to_owned(), per_million(&it.rates)));
            let units = price.units.all().into_iter();
            let units =
                units.filter_map(|(unit, each)| Some((unit.replace(' ', "_"), usd(Some(each?)).into())));
            json!({
                "profile": price.profile,
                "region": price.region,
                "from": price.from.map(|day| day.to_string()),
                "per_million": per_million(&price.rates),
                "long_context": price.long_context.map(|long| json!({
                    "above_tokens": long.above, "per_million": per_million(&long.rates),
                })),
                "tiers": Value::Object(tiers.collect()),
                "per_unit": Value::Object(units.collect()),
                "input_per_million": usd(price.rates.input),
                "output_per_million": usd(price.rates.output),
                "cache_read_per_million": usd(price.rates.cache_read),
                "cache_write_per_million": usd(price.rates.cache_write),
                "images": price.images.iter().map(|image| json!({
                    "usd": image.usd.to_string(), "max_side": image.max_side,
                    "max_steps": image.max_steps, "quality": image.quality,
                })).collect::<Vec<_>>(),
                "source": price.source, "as_of": price.as_of.to_string(), "note": price.note,
            })
        })
        .collect();
    json!({
        "id": model.id, "other_ids": model.other_ids, "profiles": model.profiles.as_ref().map(|it| &it.value),
        "launched": model.launched.as_ref().map(|it| it.value.to_string()),
        "name": model.name, "aliases": model.aliases, "provider": model.provider,
        "family": model.family, "input": model.modalities.input, "output": model.modalities.output,
        "state": state(model, today), "context_window": limit(&model.context_window),
        "output_limit": limit(&model.output_limit),
        "features": {
            "streaming": model.features.streaming, "tools": model.features.tools,
            "vision": model.features.vision, "structured_output": model.features.structured_output,
            "source": model.features.source,
        },
        "prices": prices, "price_disputed": model.price_disputed,
        "lifecycle": model.lifecycle.as_ref().map(|it| json!({
            "legacy": it.legacy.map(|day| day.to_string()),
            "end_of_life": it.end_of_life.map(|day| day.to_string()),
            "not_before": it.not_before.map(|day| day.to_string()),
            "notice": it.notice.map(super::Notice::words),
            "extended_access": it.extended.map(|day| day.to_string()),
            "successor": it.successor, "source": it.source, "note": it.note,
        })),
    })
}
