//! genai-prices' `data.json`: a list of providers, of which `aws` is Bedrock; prices in USD per million
//! tokens, a number or a base with tiers, or a list of them with the days they begin (genai-prices 0.2.3,
//! read 2026-11-27). Ids begin with `global.` or `regional.` where these differ.

use jiff::civil::Date;
use serde_json::Value;

use super::{Table, amount, plausible};
use crate::price::{GEOGRAPHIC, LongContext, Price, Rates};
use tutor_bedrock::model_id;

pub(super) fn recognises(json: &Value) -> bool {
    aws(json).is_some()
}

fn aws(json: &Value) -> Option<&Value> {
    let providers = json.as_array().or_else(|| json.get("providers")?.as_array())?;
    let is_aws = |provider: &&Value| provider.get("id").and_then(Value::as_str) == Some("aws");
    providers.iter().find(is_aws).filter(|aws| aws.get("models").is_some_and(Value::is_array))
}

pub(super) fn read(json: &Value, name: &str, today: Date) -> Table {
    let mut table = Table::new(format!("genai-prices, {name}"), today);
    let models = aws(json).and_then(|aws| aws.get("models")).and_then(Value::as_array);
    for model in models.into_iter().flatten() {
        let Some(id) = model.get("id").and_then(Value::as_str) else { continue };
        let (profile, id) = match id.strip_prefix("regional.") {
            Some(id) => (Some(GEOGRAPHIC), id),
            None => (None, id),
        };
        let is_global = model_id::geography(id) == Some("global");
        let window = model.get("context_window").and_then(Value::as_u64);
        let empty = table.price();
        let Some(said) = table.of(model_id::bare(id)) else { continue };
        said.context_window = said.context_window.or(window);
        said.is_bare |= profile.is_none() && !is_global;
        for (from, prices) in dated(model.get("prices")) {
            let (rates, long_context) = rates(prices);
            if rates != Rates::default() {
                let profile = profile.map(str::to_owned);
                said.prices.push(Price { profile, from, rates, long_context, ..empty.clone() });
            }
        }
    }
    table
}

/// Each set of prices with the day it begins.
fn dated(prices: Option<&Value>) -> Vec<(Option<Date>, &Value)> {
    match prices {
        Some(Value::Array(list)) => {
            let day = |entry: &Value| entry.pointer("/constraint/start_date")?.as_str()?.parse().ok();
            list.iter().filter_map(|entry| Some((day(entry), entry.get("prices")?))).collect()
        }
        Some(prices) => vec![(None, prices)],
        None => Vec::new(),
    }
}

fn rates(prices: &Value) -> (Rates, Option<LongContext>) {
    let (mut base, mut long) = (Rates::default(), Rates::default());
    let mut above = None;
    for (key, at, above_at) in [
        ("input_mtok", &mut base.input, &mut long.input),
        ("output_mtok", &mut base.output, &mut long.output),
        ("cache_read_mtok", &mut base.cache_read, &mut long.cache_read),
        ("cache_write_mtok", &mut base.cache_write, &mut long.cache_write),
        ("cache_write_1h_mtok", &mut base.cache_write_1h, &mut long.cache_write_1h),
        ("input_audio_mtok", &mut base.audio_input, &mut long.audio_input),
        ("output_audio_mtok", &mut base.audio_output, &mut long.audio_output),
    ] {
        let Some(value) = prices.get(key) else { continue };
        *at = amount(value.get("base").unwrap_or(value)).and_then(plausible);
        if let Some(tier) = value.get("tiers").and_then(Value::as_array).and_then(|tiers| tiers.first()) {
            *above_at = tier.get("price").and_then(amount).and_then(plausible);
            above = above.or(tier.get("start").and_then(Value::as_u64));
        }
    }
    (base, above.map(|above| LongContext { above, rates: long }))
}
