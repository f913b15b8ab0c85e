//! litellm's `model_prices_and_context_window.json`: an object of rows, each with `litellm_provider` and
//! prices in USD per token (litellm 1.110.2, read 2026-11-27).
//!
//! | key | is |
//! | --- | --- |
//! | `MODEL`, `bedrock/MODEL` | the bare id; of a model behind profiles alone, the global price |
//! | `us.MODEL`, `global.MODEL`, … | an inference profile |
//! | `bedrock/REGION/MODEL` | the bare id in a region |
//! | `bedrock_mantle/MODEL` | the other host |

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{Said, Table, amount, is_region, per_million};
use crate::price::{ImagePrice, LongContext, MANTLE, Price, Rates, Tier, TierPrice, UnitPrices};
use tutor_bedrock::model_id;

/// Thresholds of long prompts, as keys spell them.
const LONG: [(&str, u64); 4] = [
    ("_above_100k_tokens", 100_000),
    ("_above_128k_tokens", 128_000),
    ("_above_200k_tokens", 200_000),
    ("_above_272k_tokens", 272_000),
];
const TIERS: [(&str, Tier); 3] =
    [("_flex", Tier::Flex), ("_priority", Tier::Priority), ("_batches", Tier::Batch)];

pub(super) fn recognises(json: &Value) -> bool {
    json.as_object().is_some_and(|rows| rows.values().any(|row| row.get("litellm_provider").is_some()))
}

pub(super) fn read(json: &Value, name: &str, today: Date) -> Table {
    let mut table = Table::new(format!("litellm, {name}"), today);
    for (key, row) in json.as_object().into_iter().flatten() {
        let provider = row.get("litellm_provider").and_then(Value::as_str).unwrap_or_default();
        let (Some(row), true) = (row.as_object(), provider.starts_with("bedrock")) else { continue };
        add(&mut table, key, row);
    }
    table
}

fn add(table: &mut Table, key: &str, row: &Map<String, Value>) {
    let parts: Vec<&str> = key.split('/').collect();
    let (id, region, is_mantle) = match parts.as_slice() {
        [id] | ["bedrock", id] => (*id, None, false),
        ["bedrock_mantle", id] => (*id, None, true),
        ["bedrock", region, id] if is_region(region) => (*id, Some((*region).to_owned()), false),
        // Sizes and steps of images, terms of commitment, and the like.
        _ => return,
    };
    let bare = model_id::bare(id);
    let profile = if is_mantle { Some(MANTLE) } else { model_id::geography(id).filter(|it| *it != "global") };
    let price = Price { profile: profile.map(str::to_owned), region, ..price(table.price(), row) };
    let is_plain = price.profile.is_none() && price.region.is_none();
    let geography = model_id::geography(id).map(str::to_owned);
    let Some(said) = table.of(bare) else { return };
    limits(said, row);
    said.is_bare |= geography.is_none() && is_plain;
    said.profiles.extend(geography.filter(|it| !said.profiles.contains(it)));
    // The bare row of a model and its global one say the same; the first is enough.
    let is_known = said.prices.iter().any(|it| it.profile == price.profile && it.region == price.region);
    if !is_known && says_something(&price) {
        said.prices.push(price);
    }
}

fn price(empty: Price, row: &Map<String, Value>) -> Price {
    let unit = |key: &str| row.get(key).and_then(amount).filter(|usd| !usd.is_zero());
    let long = LONG.iter().find_map(|(suffix, above)| {
        let rates = rates(row, suffix);
        (rates != Rates::default()).then_some(LongContext { above: *above, rates })
    });
    let tiers = TIERS.iter().map(|(suffix, tier)| TierPrice { tier: *tier, rates: rates(row, suffix) });
    let image = unit("output_cost_per_image");
    let units = UnitPrices {
        request: unit("input_cost_per_query"),
        image_input: unit("input_cost_per_image"),
        audio_second: unit("input_cost_per_audio_per_second"),
        video_second: unit("input_cost_per_video_per_second"),
    };
    let mut rates = rates(row, "");
    if image.is_some() || units != UnitPrices::default() {
        // What is sold by the piece has tokens for nothing, which is no price.
        rates.input = rates.input.filter(|usd| !usd.is_zero());
        rates.output = rates.output.filter(|usd| !usd.is_zero());
    }
    Price {
        rates,
        long_context: long,
        tiers: tiers.filter(|it| it.rates != Rates::default()).collect(),
        units,
        images: image
            .map(|usd| ImagePrice { usd, max_side: None, max_steps: None, quality: None })
            .into_iter()
            .collect(),
        ..empty
    }
}

fn rates(row: &Map<String, Value>, suffix: &str) -> Rates {
    let rate = |key: &str| row.get(&format!("{key}{suffix}")).and_then(per_million);
    Rates {
        input: rate("input_cost_per_token"),
        output: rate("output_cost_per_token"),
        cache_read: rate("cache_read_input_token_cost"),
        cache_write: rate("cache_creation_input_token_cost"),
        cache_write_1h: rate("cache_creation_input_token_cost_above_1hr"),
        audio_input: rate("input_cost_per_audio_token"),
        audio_output: rate("output_cost_per_audio_token"),
    }
}

fn says_something(price: &Price) -> bool {
    price.rates != Rates::default() || price.units != UnitPrices::default() || !price.images.is_empty()
}

fn limits(said: &mut Said, row: &Map<String, Value>) {
    let tokens =
        |key: &str| row.get(key).and_then(Value::as_u64).filter(|tokens| (1..100_000_000).contains(tokens));
    said.context_window = said.context_window.or(tokens("max_input_tokens"));
    said.output_limit = said.output_limit.or(tokens("max_output_tokens"));
    let day = row.get("deprecation_date").and_then(Value::as_str).and_then(|day| day.parse().ok());
    said.end_of_life = said.end_of_life.or(day);
    let mode = row.get("mode").and_then(Value::as_str).unwrap_or_default();
    if !mode.is_empty() && !said.modes.iter().any(|it| it == mode) {
        said.modes.push(mode.to_owned());
    }
}
