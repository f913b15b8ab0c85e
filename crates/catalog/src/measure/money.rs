//! What answers cost, in USD, and how amounts are written.
//!
//! A cost is whole or it is not told: a part whose price or count is missing makes the answer
//! unpriced, so that no page shows less than was paid.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use super::metered::{ImageMade, Metered};
use crate::price::{Price, Rates, Terms, Tier};
use crate::{LifecycleState, Model};
use tutor_bedrock::family::Usage;

/// What one answer costs: recorded tokens or images times a dated price.
#[derive(Debug, Clone, PartialEq)]
pub enum Cost {
    /// All parts are known.
    Priced(CostParts),
    /// No price, or no token counts.
    Unpriced,
}

/// A cost by its parts, in USD.
#[derive(Debug, Clone, PartialEq)]
pub struct CostParts {
    /// Input tokens, without cached ones.
    pub input: Decimal,
    /// Output tokens.
    pub output: Decimal,
    /// Tokens read from and written to the prompt cache.
    pub cache: Decimal,
    /// Images made.
    pub images: Decimal,
    /// What is counted by the request, the second or the image sent.
    pub units: Decimal,
    /// The day the price was read.
    pub price_as_of: Date,
    /// Which of the model's prices it was, in words; empty for the one of the bare id, standard tier.
    pub price: String,
    /// The model is retired: this was its last known price.
    pub historical: bool,
    /// The sources for the price disagree.
    pub disputed: bool,
}

impl Cost {
    /// What an answer with this `usage` and these `images` cost `model` at these terms. On `today` the
    /// model may be retired, and the price its last known one.
    pub fn of(
        model: Option<&Model>,
        terms: &Terms<'_>,
        usage: &Usage,
        images: &[ImageMade],
        today: Date,
    ) -> Self {
        Self::of_metered(model, terms, &Metered { images: images.to_vec(), ..Metered::net(usage) }, today)
    }

    /// The same for whatever can be billed.
    pub fn of_metered(model: Option<&Model>, terms: &Terms<'_>, metered: &Metered, today: Date) -> Self {
        let priced = || {
            let model = model?;
            let price = model.price(terms)?;
            let input_tokens = metered.input_in_all();
            let rates = model.rates(price, terms.tier, input_tokens)?;
            let mut parts = token_costs(&rates, metered)?;
            parts.units = unit_costs(model, price, metered)?;
            parts.images = image_costs(model, price, metered)?;
            parts.price_as_of = price.as_of;
            parts.price = words(model, price, terms.tier, input_tokens);
            parts.historical = model.state_on(today) == LifecycleState::Retired;
            parts.disputed = model.price_disputed;
            Some(parts)
        };
        priced().map_or(Self::Unpriced, Self::Priced)
    }

    /// The sum of all parts, if it is known.
    pub fn total(&self) -> Option<Decimal> {
        match self {
            Self::Priced(parts) => Some(parts.total()),
            Self::Unpriced => None,
        }
    }
}

impl CostParts {
    /// The sum of all parts.
    pub fn total(&self) -> Decimal {
        self.input + self.output + self.cache + self.images + self.units
    }

    /// What a thousand such requests cost.
    pub fn per_thousand_requests(&self) -> Decimal {
        self.total() * Decimal::ONE_THOUSAND
    }
}

/// Which price it was: `geographic profiles, flex tier, prompts over 272,000 tokens`.
fn words(model: &Model, price: &Price, tier: Tier, input_tokens: u64) -> String {
    let tier = (tier != Tier::Standard).then(|| format!("{} tier", tier.name()));
    let long = model.prices_like(price).find_map(|price| price.long_context);
    let long = long.filter(|long| input_tokens > long.above);
    let long = long.map(|long| format!("prompts over {} tokens", super::grouped(long.above)));
    let scope = Some(price.scope()).filter(|scope| !scope.is_empty());
    scope.into_iter().chain(tier).chain(long).collect::<Vec<_>>().join(", ")
}

/// Input, output and cache; `None` if one of them cannot be told.
fn token_costs(rates: &Rates, metered: &Metered) -> Option<CostParts> {
    let hour = metered.cache_write_1h;
    let audio = [(metered.audio_input, rates.audio_input), (metered.audio_output, rates.audio_output)];
    let [audio_input, audio_output] = audio.map(|(tokens, rate)| some(tokens, rate));
    Some(CostParts {
        input: counted(metered.input, rates.input)? + audio_input?,
        output: counted(metered.output, rates.output)? + audio_output?,
        cache: some(metered.cache_read, rates.cache_read)?
            + some(metered.cache_write.saturating_sub(hour), rates.cache_write)?
            + some(hour, rates.cache_write_1h)?,
        images: Decimal::ZERO,
        units: Decimal::ZERO,
        price_as_of: Date::default(),
        price: String::new(),
        historical: false,
        disputed: false,
    })
}

/// Tokens that every answer has if the model prices them: a price without a count is as unknown as
/// a count without a price.
fn counted(tokens: Option<u64>, per_million: Option<Decimal>) -> Option<Decimal> {
    match (tokens, per_million) {
        (None | Some(0), None) => Some(Decimal::ZERO),
        (None, Some(price)) if price.is_zero() => Some(Decimal::ZERO),
        (tokens, price) => at(tokens?, price?),
    }
}

/// Tokens that only some answers have: no count means none.
fn some(tokens: u64, per_million: Option<Decimal>) -> Option<Decimal> {
    if tokens == 0 { Some(Decimal::ZERO) } else { at(tokens, per_million?) }
}

/// Exactly `tokens` millionths of the price.
fn at(tokens: u64, per_million: Decimal) -> Option<Decimal> {
    let cost = Decimal::from(tokens).checked_mul(per_million)?;
    Some((cost * Decimal::new(1, 6)).normalize())
}

/// Requests, seconds and images sent.
fn unit_costs(model: &Model, price: &Price, metered: &Metered) -> Option<Decimal> {
    let told = |of: fn(&Price) -> Option<Decimal>| model.prices_like(price).find_map(of);
    let units = [
        (metered.image_inputs, told(|price| price.units.image_input)),
        (metered.audio_seconds, told(|price| price.units.audio_second)),
        (metered.video_seconds, told(|price| price.units.video_second)),
    ];
    let request = told(|price| price.units.request).unwrap_or_default();
    let cost = |(count, usd): (u64, Option<Decimal>)| match count {
        0 => Some(Decimal::ZERO),
        count => Decimal::from(count).checked_mul(usd?),
    };
    units.into_iter().map(cost).try_fold(request, |sum, cost| Some(sum + cost?))
}

/// The first class of each image, in the price's order. A model that sells nothing but images has
/// no price for an answer without one.
fn image_costs(model: &Model, price: &Price, metered: &Metered) -> Option<Decimal> {
    let sells_more = model.prices_like(price).any(|price| {
        price.rates.input.is_some() || price.rates.output.is_some() || price.units.request.is_some()
    });
    let images = &metered.images;
    if images.is_empty() {
        return sells_more.then_some(Decimal::ZERO);
    }
    let class = |image: &ImageMade| price.images.iter().find(|class| image.is_of(class));
    images.iter().map(|image| class(image).map(|class| class.usd)).sum()
}

/// An amount as a page shows it: two decimals from a dollar on, three significant digits below,
/// never fewer than two decimals and never an exponent. `$12.50`, `$0.000412`, `$0.00`.
pub fn usd(amount: Decimal) -> String {
    let amount = amount.normalize();
    let decimals = if amount.abs() >= Decimal::ONE { 2 } else { leading_zeros(amount) + 3 };
    let rounded = amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    usd_exact(rounded)
}

/// An amount with all its digits, at least two decimals: what price lists show, `$0.00875`.
pub fn usd_exact(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    let sign = if amount.is_sign_negative() && !amount.is_zero() { "-" } else { "" };
    format!("{sign}${}", amount.abs())
}

/// How many zeros stand between the point and the first digit of an amount below one.
fn leading_zeros(amount: Decimal) -> u32 {
    let digits = amount.mantissa().unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
    amount.scale().saturating_sub(digits)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::Catalog;

    const TODAY: Date = date(2026, 11, 22);

    fn model(facts: &str) -> Model {
        let text = format!(
            "[source.test]\ntitle = \"a test\"\nread = 2026-11-01\n[model.\"m\"]\nname = \"M\"\n\
             provider = \"P\"\nfamily = \"nova\"\ninput = [\"text\"]\noutput = [\"text\"]\n\
             access = \"on-demand\"\n{facts}"
        );
        let catalog = Catalog::parse(&text).expect("a catalog");
        catalog.model("m").expect("its model").clone()
    }

    fn of(model: &Model, usage: &Usage, images: &[ImageMade], today: Date) -> Cost {
        Cost::of(Some(model), &Terms::new("m", today), usage, images, today)
    }

    fn tokens(input: u64, output: u64) -> Usage {
        Usage { input_tokens: Some(input), output_tokens: Some(output), ..Usage::default() }
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    fn image(side: u32, steps: Option<u32>, quality: Option<&str>) -> ImageMade {
        ImageMade { width: side, height: side / 2, steps, quality: quality.map(str::to_owned) }
    }

    const TEXT: &str =
        r#"price = [{ input = "0.06", output = "0.24", cache-read = "0.015", source = "test" }]"#;

    #[test]
    fn tokens_are_priced_exactly() {
        let Cost::Priced(parts) = of(&model(TEXT), &tokens(1003, 77), &[], TODAY) else {
            panic!("priced");
        };
        assert_eq!(parts.input, decimal("0.00006018"));
        assert_eq!(parts.output, decimal("0.00001848"));
        assert_eq!(parts.total(), decimal("0.00007866"));
        assert_eq!(parts.per_thousand_requests(), decimal("0.07866"));
        assert_eq!(parts.price_as_of, date(2026, 11, 1));
        assert!(!parts.historical && !parts.disputed);
    }

    #[test]
    fn cache_reads_and_writes_are_apart() {
        let read = Usage { cache_read_tokens: Some(1_000_000), ..tokens(0, 0) };
        let Cost::Priced(parts) = of(&model(TEXT), &read, &[], TODAY) else { panic!("priced") };
        assert_eq!((parts.input, parts.cache), (Decimal::ZERO, decimal("0.015")));
        let written = Usage { cache_write_tokens: Some(1), ..tokens(0, 0) };
        assert_eq!(of(&model(TEXT), &written, &[], TODAY), Cost::Unpriced, "no write price");
    }

    #[test]
    fn what_is_missing_is_never_taken_for_free() {
        let text = model(TEXT);
        assert_eq!(
            Cost::of(None, &Terms::new("m", TODAY), &tokens(1, 1), &[], TODAY),
            Cost::Unpriced,
            "unknown model"
        );
        assert_eq!(of(&model(""), &tokens(1, 1), &[], TODAY), Cost::Unpriced, "no price");
        assert_eq!(of(&text, &Usage::default(), &[], TODAY), Cost::Unpriced, "no counts");
        let half = Usage { output_tokens: None, ..tokens(1, 0) };
        assert_eq!(of(&text, &half, &[], TODAY), Cost::Unpriced, "no output count");
        let one = [image(512, None, None)];
        assert_eq!(of(&text, &tokens(1, 1), &one, TODAY), Cost::Unpriced, "no image price");
    }

    #[test]
    fn an_embedding_needs_no_output_count() {
        let embedding = model(r#"price = [{ input = "0.02", output = "0", source = "test" }]"#);
        let usage = Usage { output_tokens: None, ..tokens(50, 0) };
        assert_eq!(of(&embedding, &usage, &[], TODAY).total(), Some(decimal("0.000001")));
    }

    #[test]
    fn images_are_priced_by_steps() {
        let sdxl = model(
            r#"price = [{ images = [{ usd = "0.04", max-steps = 50 }, { usd = "0.08" }], source = "test" }]"#,
        );
        let cost = |steps| of(&sdxl, &Usage::default(), &[image(1024, steps, None)], TODAY).total();
        assert_eq!(cost(None), Some(decimal("0.04")));
        assert_eq!(cost(Some(50)), Some(decimal("0.04")));
        assert_eq!(cost(Some(51)), Some(decimal("0.08")));
        assert_eq!(of(&sdxl, &Usage::default(), &[], TODAY), Cost::Unpriced, "no image, no price");
    }

    #[test]
    fn images_are_priced_by_size_and_quality() {
        let titan = model(
            r#"price = [{ images = [
                { usd = "0.008", max-side = 768, quality = "standard" },
                { usd = "0.01", max-side = 768, quality = "premium" },
                { usd = "0.01", max-side = 1408, quality = "standard" },
            ], source = "test" }]"#,
        );
        let cost = |made: &[ImageMade]| of(&titan, &Usage::default(), made, TODAY).total();
        assert_eq!(cost(&[image(768, None, None)]), Some(decimal("0.008")));
        assert_eq!(
            cost(&[image(512, None, Some("premium")), image(512, None, None)]),
            Some(decimal("0.018"))
        );
        assert_eq!(cost(&[image(1024, None, Some("premium"))]), None, "no class for it");
    }

    #[test]
    fn a_retired_model_has_its_last_known_price() {
        let retired = model(&format!("lifecycle = {{ eol = 2026-11-22, source = \"test\" }}\n{TEXT}"));
        let historical = |today| match of(&retired, &tokens(1, 1), &[], today) {
            Cost::Priced(parts) => parts.historical,
            Cost::Unpriced => panic!("priced"),
        };
        assert!(historical(TODAY));
        assert!(!historical(date(2026, 11, 21)));
    }

    #[test]
    fn a_profile_with_its_own_price_costs_that() {
        let both = model(
            r#"price = [
                { input = "3", output = "15", source = "test" },
                { profile = "us", input = "3.3", output = "16.5", source = "test" },
            ]"#,
        );
        let cost =
            |id| Cost::of(Some(&both), &Terms::new(id, TODAY), &tokens(1_000_000, 0), &[], TODAY).total();
        assert_eq!(cost("us.m"), Some(decimal("3.3")));
        assert_eq!(cost("global.m"), Some(decimal("3")));
        assert_eq!(of(&both, &tokens(1_000_000, 0), &[], TODAY).total(), Some(decimal("3")));
    }

    #[test]
    fn a_disputed_price_says_so() {
        let disputed = model(
            r#"price-disputed = true
            price = [{ input = "1.50", output = "2", source = "test" }, { input = "1", output = "2", source = "test" }]"#,
        );
        let Cost::Priced(parts) = of(&disputed, &tokens(1_000_000, 0), &[], TODAY) else {
            panic!("priced");
        };
        assert!(parts.disputed);
        assert_eq!(parts.input, decimal("1.50"), "the first price counts");
    }

    #[test]
    fn amounts_read_well() {
        let written: Vec<String> = [
            "0",
            "0.000412",
            "0.0004125",
            "0.00000000123",
            "0.5",
            "0.999999",
            "1.005",
            "12.5",
            "1234",
            "-0.02",
        ]
        .map(|text| usd(decimal(text)))
        .into();
        assert_eq!(
            written,
            [
                "$0.00",
                "$0.000412",
                "$0.000413",
                "$0.00000000123",
                "$0.50",
                "$1.00",
                "$1.01",
                "$12.50",
                "$1234.00",
                "-$0.02"
            ]
        );
        assert_eq!(usd_exact(decimal("0.00875")), "$0.00875");
        assert_eq!(usd_exact(decimal("12.500")), "$12.50");
    }

    proptest! {
        #[test]
        fn an_amount_is_never_off_by_more_than_half_a_percent(micro in 1_i64..1_000_000_000_000) {
            let amount = Decimal::new(micro, 9);
            let shown = usd(amount);
            prop_assert!(!shown.contains(['e', 'E']));
            let read: Decimal = shown.trim_start_matches('$').parse().expect("a number");
            prop_assert!((read - amount).abs() * Decimal::from(200) <= amount);
        }

        #[test]
        fn any_count_is_priced_or_refused(input in any::<u64>(), output in any::<u64>()) {
            let cost = of(&model(TEXT), &tokens(input, output), &[], TODAY);
            prop_assert!(cost.total().is_some_and(|total| total >= Decimal::ZERO));
        }
    }
}
