//! What a model costs, by everything a price depends on, and which price holds for a call.
//!
//! Rates are kept as their source gives them; none is computed from another one. Where a price has no
//! rate for what was used, the cost is not told.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::model::{Access, Model};
use tutor_bedrock::{Call, Json, model_id};

/// One price as one source gives it, in USD.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// The inference profiles it is for: a geography such as `us`, [`GEOGRAPHIC`] for all that have no
    /// price of their own, [`MANTLE`] for the host `bedrock-mantle`. `None` for the bare id, the global
    /// profile, and whatever has no price of its own.
    pub profile: Option<String>,
    /// The only region it is for, such as `eu-central-1`; `None` for us-east-1 and where no other is told.
    pub region: Option<String>,
    /// The day it begins; `None` for what holds since the model came out.
    pub from: Option<Date>,
    /// Standard tier.
    pub rates: Rates,
    /// What a long prompt costs instead.
    pub long_context: Option<LongContext>,
    /// Other tiers.
    pub tiers: Vec<TierPrice>,
    /// What is not counted in tokens.
    pub units: UnitPrices,
    /// Per image made.
    pub images: Vec<ImagePrice>,
    /// Who says so.
    pub source: String,
    /// The day it was read.
    pub as_of: Date,
    /// What explains a difference from the others.
    pub note: Option<String>,
}

/// [`Price::profile`] of every geographic inference profile without a price of its own, and of a call
/// inside one region where the bare id costs as much.
pub const GEOGRAPHIC: &str = "geo";
/// [`Price::profile`] of the host `bedrock-mantle.{region}.api.aws`.
pub const MANTLE: &str = "mantle";

/// USD per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates {
    /// Input, without what the cache holds.
    pub input: Option<Decimal>,
    /// Output.
    pub output: Option<Decimal>,
    /// Input read from the cache.
    pub cache_read: Option<Decimal>,
    /// Input written to the cache for five minutes, or for as long as the model keeps it.
    pub cache_write: Option<Decimal>,
    /// Input written to the cache for an hour.
    pub cache_write_1h: Option<Decimal>,
    /// Input that is sound.
    pub audio_input: Option<Decimal>,
    /// Output that is sound.
    pub audio_output: Option<Decimal>,
}

/// What a request costs whose input, cached or not, is longer than a threshold: the whole of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongContext {
    /// Input tokens up to which it does not hold.
    pub above: u64,
    /// The rates instead.
    pub rates: Rates,
}

/// What a service tier costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierPrice {
    /// The tier.
    pub tier: Tier,
    /// Its rates.
    pub rates: Rates,
}

/// USD for what is not counted in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitPrices {
    /// Per request, such as a query to a reranker.
    pub request: Option<Decimal>,
    /// Per image in the input.
    pub image_input: Option<Decimal>,
    /// Per second of sound in the input.
    pub audio_second: Option<Decimal>,
    /// Per second of film in the input.
    pub video_second: Option<Decimal>,
}

/// The price of one image of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct ImagePrice {
    /// USD per image.
    pub usd: Decimal,
    /// Applies up to this many pixels on the longer side.
    pub max_side: Option<u32>,
    /// Applies up to this many steps.
    pub max_steps: Option<u32>,
    /// Applies to this quality, such as `standard`.
    pub quality: Option<String>,
}

/// How a call is served and billed (Bedrock's `serviceTier`; batch jobs are a way of their own).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Tier {
    /// On demand.
    #[default]
    Standard,
    /// Cheaper and slower.
    Flex,
    /// Dearer and sooner.
    Priority,
    /// Capacity that is paid for by time, not by token.
    Reserved,
    /// A batch inference job.
    Batch,
}

impl Tier {
    /// Every tier.
    pub const ALL: [Tier; 5] = [Tier::Standard, Tier::Flex, Tier::Priority, Tier::Reserved, Tier::Batch];

    /// Its name in the catalog's file and on pages.
    pub fn name(self) -> &'static str {
        match self {
            Tier::Standard => "standard",
            Tier::Flex => "flex",
            Tier::Priority => "priority",
            Tier::Reserved => "reserved",
            Tier::Batch => "batch",
        }
    }

    /// The tier of this name, as requests write it (`default` is the standard one).
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "default" => Some(Tier::Standard),
            name => Self::ALL.into_iter().find(|tier| tier.name() == name),
        }
    }

    /// The tier a call asks for: by header, in Converse's body, or in the body of a compatible API.
    /// One that nobody knows, and `auto`, count as the standard one.
    pub fn of(call: &Call) -> Self {
        let body = || {
            let converse = call.body.pointer("/serviceTier/type");
            converse.or_else(|| call.body.get("service_tier")).and_then(Json::as_str)
        };
        call.options.service_tier.as_deref().or_else(body).and_then(Self::named).unwrap_or_default()
    }
}

/// What a price depends on besides the model.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The model id as it was sent.
    pub model_id: &'a str,
    /// The region it was sent to, if that is known.
    pub region: Option<&'a str>,
    /// The tier.
    pub tier: Tier,
    /// The day it was sent.
    pub day: Date,
}

impl<'a> Terms<'a> {
    /// Those of a model id in us-east-1, or wherever, standard tier.
    pub fn new(model_id: &'a str, day: Date) -> Self {
        Terms { model_id, region: None, tier: Tier::Standard, day }
    }

    /// Those of a call that was sent on `day`.
    pub fn of(call: &'a Call, day: Date) -> Self {
        Terms { tier: Tier::of(call), region: call.region.as_deref(), ..Terms::new(&call.model_id, day) }
    }

    /// The same in a region.
    #[must_use]
    pub fn in_region(self, region: Option<&'a str>) -> Self {
        Terms { region: region.or(self.region), ..self }
    }
}

impl Price {
    /// One without any figure, for all ids.
    pub fn empty(source: impl Into<String>, as_of: Date) -> Self {
        Price {
            profile: None,
            region: None,
            from: None,
            rates: Rates::default(),
            long_context: None,
            tiers: Vec::new(),
            units: UnitPrices::default(),
            images: Vec::new(),
            source: source.into(),
            as_of,
            note: None,
        }
    }

    /// Whether `other` says nothing else of standard input and output, or of images and units.
    fn says_all_of(&self, other: &Price) -> bool {
        let told = |a: Option<Decimal>, b: Option<Decimal>| b.is_none() || a == b;
        told(self.rates.input, other.rates.input)
            && told(self.rates.output, other.rates.output)
            && (other.images.is_empty() || self.images == other.images)
            && self.units.all().into_iter().zip(other.units.all()).all(|((_, a), (_, b))| told(a, b))
            && other.note.is_none()
    }

    /// Which price it is, in words: `us. profiles, from 2026-08-21`. Empty for the one of
    /// the bare id.
    pub fn scope(&self) -> String {
        let profile = self.profile.as_deref().map(|profile| match profile {
            GEOGRAPHIC => "geographic profiles".to_owned(),
            MANTLE => "bedrock-mantle".to_owned(),
            geography => format!("{geography}. profiles"),
        });
        let from = self.from.map(|day| format!("from {day}"));
        profile.into_iter().chain(self.region.clone()).chain(from).collect::<Vec<_>>().join(", ")
    }

    /// How closely it fits a call to `model`: `None` if it is for others, more for a closer fit.
    fn fit(&self, model: &Model, terms: &Terms<'_>) -> Option<u8> {
        if self.from.is_some_and(|from| from > terms.day) {
            return None;
        }
        if self.region.is_some() && self.region.as_deref() != terms.region {
            return None;
        }
        let geography = model_id::geography(terms.model_id);
        if self.region.is_none() && self.profile.is_none() && !is_home(terms.region, geography) {
            return None;
        }
        let in_region = geography.is_none() && model.access == Access::ProfileOnly;
        let by_profile = match (self.profile.as_deref(), geography) {
            (None, _) => 0,
            (Some(GEOGRAPHIC), Some("global")) => return None,
            (Some(GEOGRAPHIC), Some(_)) => 1,
            (Some(GEOGRAPHIC | MANTLE), None) if in_region => {
                1 + u8::from(self.profile.as_deref() == Some(MANTLE))
            }
            (Some(profile), Some(geography)) if profile == geography => 2,
            _ => return None,
        };
        Some(by_profile * 2 + u8::from(self.region.is_some()))
    }
}

/// The region whose prices are the ones without a region.
const HOME: &str = "us-east-1";

/// Whether a price of the bare id in [`HOME`] is one for a call from this region through a profile of this
/// geography. Global profiles cost the same everywhere, and those of `us.` lead home.
fn is_home(region: Option<&str>, geography: Option<&str>) -> bool {
    region.is_none_or(|region| region == HOME) || matches!(geography, Some("global" | "us"))
}

impl Model {
    /// The price tutor counts with for a call: the one that fits closest, of these the one that began
    /// last, of these the first. `None` if there was none yet on that day.
    pub fn price(&self, terms: &Terms<'_>) -> Option<&Price> {
        let mut best: Option<(u8, Option<Date>, &Price)> = None;
        for price in &self.prices {
            let Some(fit) = price.fit(self, terms) else { continue };
            if best.is_none_or(|(other, from, _)| (fit, price.from) > (other, from)) {
                best = Some((fit, price.from, price));
            }
        }
        best.map(|(_, _, price)| price)
    }

    /// The prices that hold on `today` for calls from us-east-1, standard tier: without those of other
    /// regions and geographies, those that have not begun or were followed by another, and those that
    /// only repeat one before them.
    pub fn prices_on(&self, today: Date) -> impl Iterator<Item = &Price> {
        let begun = move |price: &Price| price.from.is_none_or(|from| from <= today);
        let is_here = |price: &Price| {
            price.region.is_none()
                && matches!(price.profile.as_deref(), None | Some("us" | "global" | GEOGRAPHIC))
        };
        let same = |a: &Price, b: &Price| a.profile == b.profile && a.region == b.region;
        // What holds for every geography holds for `us.` too, which may have a price of its own.
        let covers = move |a: &Price, b: &Price| {
            same(a, b) || (a.profile.as_deref(), b.profile.as_deref()) == (Some("us"), Some(GEOGRAPHIC))
        };
        let shown = move |(index, price): &(usize, &Price)| {
            let followed = || {
                self.prices.iter().any(|other| same(other, price) && begun(other) && other.from > price.from)
            };
            let repeats = || {
                let mut before = self.prices[..*index].iter();
                before.any(|it| covers(it, price) && it.from == price.from && it.says_all_of(price))
            };
            is_here(price) && begun(price) && !followed() && !repeats()
        };
        self.prices.iter().enumerate().filter(shown).map(|(_, price)| price)
    }

    /// What a tier costs at `price` for a request of so many input tokens in all, cached or not. Where
    /// that price is silent, the next one for the same thing speaks; `None` if none knows the tier.
    pub fn rates(&self, price: &Price, tier: Tier, input_tokens: u64) -> Option<Rates> {
        let all = || std::iter::once(price).chain(self.prices_like(price));
        let long = all().find_map(|price| price.long_context);
        let is_long = long.is_some_and(|long| input_tokens > long.above);
        let told = all().filter_map(|price| match tier {
            Tier::Standard if is_long => price.long_context.map(|long| long.rates),
            Tier::Standard => Some(price.rates),
            // What a tier costs for a long prompt is told by no source tutor reads.
            _ if is_long => None,
            tier => price.tiers.iter().find(|of| of.tier == tier).map(|of| of.rates),
        });
        told.reduce(|first, next| first.or(&next))
    }

    /// Every price that may be meant where [`Self::price`] is: sources may disagree.
    pub fn prices_like<'m>(&'m self, price: &'m Price) -> impl Iterator<Item = &'m Price> {
        self.prices.iter().filter(|other| {
            (&other.profile, &other.region, other.from) == (&price.profile, &price.region, price.from)
        })
    }
}

impl Rates {
    /// Every rate with its name, in the order in which lists show them.
    pub fn all(&self) -> [(&'static str, Option<Decimal>); 7] {
        [
            ("in", self.input),
            ("out", self.output),
            ("cache read", self.cache_read),
            ("cache write", self.cache_write),
            ("cache write for an hour", self.cache_write_1h),
            ("sound in", self.audio_input),
            ("sound out", self.audio_output),
        ]
    }

    /// The same to be set.
    pub(crate) fn all_mut(&mut self) -> [&mut Option<Decimal>; 7] {
        [
            &mut self.input,
            &mut self.output,
            &mut self.cache_read,
            &mut self.cache_write,
            &mut self.cache_write_1h,
            &mut self.audio_input,
            &mut self.audio_output,
        ]
    }

    /// These, and what `other` adds where they are silent.
    #[must_use]
    pub fn or(self, other: &Rates) -> Rates {
        Rates {
            input: self.input.or(other.input),
            output: self.output.or(other.output),
            cache_read: self.cache_read.or(other.cache_read),
            cache_write: self.cache_write.or(other.cache_write),
            cache_write_1h: self.cache_write_1h.or(other.cache_write_1h),
            audio_input: self.audio_input.or(other.audio_input),
            audio_output: self.audio_output.or(other.audio_output),
        }
    }
}

impl UnitPrices {
    /// Every price with what it is for.
    pub fn all(&self) -> [(&'static str, Option<Decimal>); 4] {
        [
            ("request", self.request),
            ("image in", self.image_input),
            ("second of sound", self.audio_second),
            ("second of film", self.video_second),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;

    #[test]
    fn a_region_without_a_price_of_its_own_is_unpriced() {
        let catalog = Catalog::embedded();
        let priced = |id: &str, region: Option<&str>| {
            let model = catalog.model(id).expect("a model");
            let terms = Terms::new(id, jiff::civil::date(2026, 11, 22)).in_region(region);
            model.price(&terms).map(|price| price.region.clone())
        };
        const TITAN: &str = "amazon.titan-text-express-v1";
        assert_eq!(priced(TITAN, None), Some(None));
        assert_eq!(priced(TITAN, Some("us-east-1")), Some(None));
        assert_eq!(priced(TITAN, Some("us-gov-west-1")), Some(Some("us-gov-west-1".to_owned())));
        assert_eq!(priced(TITAN, Some("eu-north-1")), None);
        assert!(priced("global.amazon.nova-2-lite-v1:0", Some("eu-north-1")).is_some());
    }
}
