//! AWS's own price lists (`offers/v1.0/aws/SERVICE/current/REGION/index.json`): `products.SKU.attributes`
//! say what is sold, `terms.OnDemand.SKU.*.priceDimensions.*` what it costs.
//!
//! Models are named there by people's names, not by ids: those that the catalog knows under that name are
//! read, all others are left out and counted. Usage types of batch, flex, priority, custom models, long
//! prompts and optimized latency are told apart by their names; what fits none of them is left out.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{Table, amount, plausible, shortened};
use crate::Catalog;
use crate::price::{Price, Rates, Tier, TierPrice};

pub(super) fn recognises(json: &Value) -> bool {
    json.get("products").is_some_and(Value::is_object) && json.pointer("/terms/OnDemand").is_some()
}

pub(super) fn read(json: &Value, name: &str, today: Date) -> Table {
    let published = json.get("publicationDate").and_then(Value::as_str).unwrap_or_default();
    let published = published.get(..10).filter(|day| day.parse::<Date>().is_ok());
    let of = published.map(|day| format!(" of {day}")).unwrap_or_default();
    let mut table = Table::new(format!("AWS price list{of}, {name}"), today);
    for (sku, product) in json.get("products").and_then(Value::as_object).into_iter().flatten() {
        let text = |key: &str| product.pointer(&format!("/attributes/{key}")).and_then(Value::as_str);
        let Some(named) = text("model").or_else(|| text("titanModel")).or_else(|| text("servicename")) else {
            continue;
        };
        let named = named.trim_end_matches("(Amazon Bedrock Edition)").trim();
        let Some(kind) =
            kind(text("inferenceType").unwrap_or_default(), text("usagetype").unwrap_or_default())
        else {
            continue;
        };
        let Some(model) = Catalog::embedded().named(named) else {
            table.ignored.push(format!("{:?} is no name the catalog knows", shortened(named)));
            continue;
        };
        let Some(usd) = price_of(json, sku) else { continue };
        let region = text("regionCode").filter(|region| *region != "us-east-1");
        put(&mut table, &model.id, region, &kind, usd);
    }
    table.ignored.sort();
    table.ignored.dedup();
    table
}

/// What a product is.
struct Kind {
    tier: Tier,
    profile: Option<&'static str>,
    rate: fn(&mut Rates) -> &mut Option<Decimal>,
}

fn kind(inference: &str, usage: &str) -> Option<Kind> {
    let (inference, usage) = (inference.to_lowercase(), usage.to_lowercase());
    if ["custom-model", "_lctx", "lctx_", "latency-optimized", "reserved", "provisioned"]
        .iter()
        .any(|word| usage.contains(word))
    {
        return None;
    }
    let tier = match usage.as_str() {
        usage if usage.contains("batch") => Tier::Batch,
        usage if usage.contains("flex") => Tier::Flex,
        usage if usage.contains("priority") => Tier::Priority,
        _ => Tier::Standard,
    };
    // Only a global price is marked; the others are the region's own.
    let is_global = usage.contains("global");
    let both = format!("{inference} {usage}");
    let has = |word: &str| both.contains(word);
    let rate: fn(&mut Rates) -> &mut Option<Decimal> = if has("cache read") || has("cacheread") {
        |rates| &mut rates.cache_read
    } else if has("cache write") || has("cachewrite") {
        |rates| &mut rates.cache_write
    } else if has("input token") || has("inputtoken") || has("input_token") {
        |rates| &mut rates.input
    } else if has("output token") || has("outputtoken") || has("output_token") {
        |rates| &mut rates.output
    } else {
        return None;
    };
    Some(Kind { tier, profile: is_global.then_some("global"), rate })
}

/// USD per million tokens, if the product is sold by tokens.
fn price_of(json: &Value, sku: &str) -> Option<Decimal> {
    let terms = json.pointer("/terms/OnDemand")?.get(sku)?.as_object()?;
    let dimension = terms.values().next()?.get("priceDimensions")?.as_object()?.values().next()?;
    let usd = amount(dimension.pointer("/pricePerUnit/USD")?)?;
    let factor = match dimension.get("unit")?.as_str()?.to_lowercase().as_str() {
        "1k tokens" => 1_000,
        "1m tokens" | "units" => 1,
        "tokens" => 1_000_000,
        _ => return None,
    };
    plausible(usd.checked_mul(Decimal::from(factor))?)
}

fn put(table: &mut Table, id: &str, region: Option<&str>, kind: &Kind, usd: Decimal) {
    let empty = table.price();
    let Some(said) = table.of(id) else { return };
    let profile = kind.profile.map(str::to_owned);
    let is_it = |price: &Price| price.profile == profile && price.region.as_deref() == region;
    let at = said.prices.iter().position(is_it).unwrap_or_else(|| {
        said.prices.push(Price { profile: profile.clone(), region: region.map(str::to_owned), ..empty });
        said.prices.len() - 1
    });
    let price = &mut said.prices[at];
    let rates = if kind.tier == Tier::Standard {
        &mut price.rates
    } else {
        let at = price.tiers.iter().position(|it| it.tier == kind.tier).unwrap_or_else(|| {
            price.tiers.push(TierPrice { tier: kind.tier, rates: Rates::default() });
            price.tiers.len() - 1
        });
        &mut price.tiers[at].rates
    };
    *(kind.rate)(rates) = Some(usd);
}
