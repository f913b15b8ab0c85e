//! Prices as the file writes them: rates of the standard tier beside those of other tiers and of long
//! prompts.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Deserialize;
use toml::Spanned;

use super::Day;
use crate::Source;
use crate::price::{ImagePrice, LongContext, Price, Rates, Tier, TierPrice, UnitPrices};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawPrice {
    profile: Option<String>,
    region: Option<String>,
    from: Option<Day>,
    input: Option<Usd>,
    output: Option<Usd>,
    cache_read: Option<Usd>,
    cache_write: Option<Usd>,
    cache_write_1h: Option<Usd>,
    audio_input: Option<Usd>,
    audio_output: Option<Usd>,
    long: Option<RawLong>,
    flex: Option<RawRates>,
    priority: Option<RawRates>,
    batch: Option<RawRates>,
    request: Option<Usd>,
    image_input: Option<Usd>,
    audio_second: Option<Usd>,
    video_second: Option<Usd>,
    #[serde(default)]
    images: Vec<RawImagePrice>,
    pub(super) source: Spanned<String>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRates {
    input: Option<Usd>,
    output: Option<Usd>,
    cache_read: Option<Usd>,
    cache_write: Option<Usd>,
    cache_write_1h: Option<Usd>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawLong {
    above: u64,
    input: Option<Usd>,
    output: Option<Usd>,
    cache_read: Option<Usd>,
    cache_write: Option<Usd>,
    cache_write_1h: Option<Usd>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawImagePrice {
    usd: Usd,
    max_side: Option<u32>,
    max_steps: Option<u32>,
    quality: Option<String>,
}

/// An amount in USD. A string in the file, because a TOML float would not be exact.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Usd(Decimal);

impl TryFrom<String> for Usd {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let plain = text.starts_with(|c: char| c.is_ascii_digit())
            && text.ends_with(|c: char| c.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let amount = if plain { Decimal::from_str(&text).ok() } else { None };
        amount.map(Self).ok_or_else(|| format!("`{text}` is not an amount such as \"0.035\""))
    }
}

impl RawPrice {
    pub(super) fn into_price(self, source: &Source) -> Price {
        let tiers = [(Tier::Flex, self.flex), (Tier::Priority, self.priority), (Tier::Batch, self.batch)];
        let tiers = tiers.into_iter().filter_map(|(tier, raw)| Some(TierPrice { tier, rates: raw?.into() }));
        let usd = |usd: Option<Usd>| usd.map(|usd| usd.0);
        Price {
            profile: self.profile,
            region: self.region,
            from: self.from.map(|day| day.0),
            rates: Rates {
                input: usd(self.input),
                output: usd(self.output),
                cache_read: usd(self.cache_read),
                cache_write: usd(self.cache_write),
                cache_write_1h: usd(self.cache_write_1h),
                audio_input: usd(self.audio_input),
                audio_output: usd(self.audio_output),
            },
            long_context: self.long.map(LongContext::from),
            tiers: tiers.collect(),
            units: UnitPrices {
                request: usd(self.request),
                image_input: usd(self.image_input),
                audio_second: usd(self.audio_second),
                video_second: usd(self.video_second),
            },
            images: self.images.into_iter().map(ImagePrice::from).collect(),
            source: source.title.clone(),
            as_of: source.read,
            note: self.note,
        }
    }
}

impl From<RawRates> for Rates {
    fn from(raw: RawRates) -> Self {
        let usd = |usd: Option<Usd>| usd.map(|usd| usd.0);
        Rates {
            input: usd(raw.input),
            output: usd(raw.output),
            cache_read: usd(raw.cache_read),
            cache_write: usd(raw.cache_write),
            cache_write_1h: usd(raw.cache_write_1h),
            ..Rates::default()
        }
    }
}

impl From<RawLong> for LongContext {
    fn from(raw: RawLong) -> Self {
        let RawLong { above, input, output, cache_read, cache_write, cache_write_1h } = raw;
        LongContext {
            above,
            rates: RawRates { input, output, cache_read, cache_write, cache_write_1h }.into(),
        }
    }
}

impl From<RawImagePrice> for ImagePrice {
    fn from(raw: RawImagePrice) -> Self {
        Self { usd: raw.usd.0, max_side: raw.max_side, max_steps: raw.max_steps, quality: raw.quality }
    }
}

pub(super) fn says_nothing(price: &Price) -> bool {
    price.rates == Rates::default()
        && price.units == UnitPrices::default()
        && price.tiers.is_empty()
        && price.long_context.is_none()
        && price.images.is_empty()
        && price.note.is_none()
}

/// Whether two prices give different figures for the same thing. One that is silent on it agrees;
/// prices of different profiles, regions and days are different things.
pub(super) fn sources_disagree(prices: &[Price]) -> bool {
    let same = |a: &Price, b: &Price| (&a.profile, &a.region, a.from) == (&b.profile, &b.region, b.from);
    prices
        .iter()
        .enumerate()
        .any(|(index, a)| prices[index + 1..].iter().any(|b| same(a, b) && figures_differ(a, b)))
}

fn figures_differ(a: &Price, b: &Price) -> bool {
    let long = |price: &Price| price.long_context.map(|long| long.rates);
    let tier = |price: &Price, of| price.tiers.iter().find(|it| it.tier == of).map(|it| it.rates);
    rates_differ(&a.rates, &b.rates)
        || long(a).zip(long(b)).is_some_and(|(a, b)| rates_differ(&a, &b))
        || a.long_context.zip(b.long_context).is_some_and(|(a, b)| a.above != b.above)
        || Tier::ALL
            .into_iter()
            .any(|of| tier(a, of).zip(tier(b, of)).is_some_and(|(a, b)| rates_differ(&a, &b)))
        || (!a.images.is_empty() && !b.images.is_empty() && a.images != b.images)
}

fn rates_differ(a: &Rates, b: &Rates) -> bool {
    a.all().into_iter().zip(b.all()).any(|((_, a), (_, b))| a.zip(b).is_some_and(|(a, b)| a != b))
}
