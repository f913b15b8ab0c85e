//! What answers cost, in USD, and how amounts are written.
//!
//! A cost is whole or it is not told: a part whose price or count is missing makes the answer
//! unpriced, so that no page shows less than was paid.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::{ImagePrice, LifecycleState, Model, Price};
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
    /// The day the price was read.
    pub price_as_of: Date,
    /// The model is retired: this was its last known price.
    pub historical: bool,
    /// The sources for the price disagree.
    pub disputed: bool,
}

/// One image that an answer holds, as far as its price depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageMade {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Steps as asked for; `None` if the request left them to the model, whose default lies in the
    /// lowest class.
    pub steps: Option<u32>,
    /// Quality as asked for; `None` if the request left it to the model, whose default is
    /// `standard`.
    pub quality: Option<String>,
}

impl Cost {
    /// What an answer with this `usage` and these `images` cost at `model`'s first price, the one of
    /// its bare id; on `today` the model may be retired, and the price its last known one.
    pub fn of(model: Option<&Model>, usage: &Usage, images: &[ImageMade], today: Date) -> Self {
        Self::of_call(model, "", usage, images, today)
    }

    /// The same for a call whose model id was sent as `model_id`: an inference profile may have its
    /// own price, see [`Model::price_for`].
    pub fn of_call(
        model: Option<&Model>,
        model_id: &str,
        usage: &Usage,
        images: &[ImageMade],
        today: Date,
    ) -> Self {
        let Some((model, price)) = model.and_then(|model| Some((model, model.price_for(model_id)?))) else {
            return Self::Unpriced;
        };
        let Some((input, output, cache)) = token_costs(price, usage) else { return Self::Unpriced };
        let Some(images) = image_costs(price, images) else { return Self::Unpriced };
        Self::Priced(CostParts {
            input,
            output,
            cache,
            images,
            price_as_of: price.as_of,
            historical: model.state_on(today) == LifecycleState::Retired,
            disputed: model.price_disputed,
        })
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
        self.input + self.output + self.cache + self.images
    }

    /// What a thousand such requests cost.
    pub fn per_thousand_requests(&self) -> Decimal {
        self.total() * Decimal::ONE_THOUSAND
    }
}

impl ImageMade {
    /// Whether `class` prices this image.
    fn is_of(&self, class: &ImagePrice) -> bool {
        let longer_side = self.width.max(self.height);
        let quality = self.quality.as_deref().unwrap_or("standard");
        class.max_side.is_none_or(|max| longer_side <= max)
            && class.max_steps.is_none_or(|max| self.steps.is_none_or(|steps| steps <= max))
            && class.quality.as_deref().is_none_or(|of| of == quality)
    }
}

/// Input, output and cache; `None` if one of them cannot be told.
fn token_costs(price: &Price, usage: &Usage) -> Option<(Decimal, Decimal, Decimal)> {
    let input = counted(usage.input_tokens, price.input_per_million)?;
    let output = counted(usage.output_tokens, price.output_per_million)?;
    let cache_read = cached(usage.cache_read_tokens, price.cache_read_per_million)?;
    let cache_write = cached(usage.cache_write_tokens, price.cache_write_per_million)?;
    Some((input, output, cache_read + cache_write))
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
fn cached(tokens: Option<u64>, per_million: Option<Decimal>) -> Option<Decimal> {
    match tokens.unwrap_or(0) {
        0 => Some(Decimal::ZERO),
        tokens => at(tokens, per_million?),
    }
}

/// Exactly `tokens` millionths of the price.
fn at(tokens: u64, per_million: Decimal) -> Option<Decimal> {
    let cost = Decimal::from(tokens).checked_mul(per_million)?;
    Some((cost * Decimal::new(1, 6)).normalize())
}

/// The first class of each image, in the price's order. A model that sells nothing but images has
/// no price for an answer without one.
fn image_costs(price: &Price, images: &[ImageMade]) -> Option<Decimal> {
    let sells_tokens = price.input_per_million.is_some() || price.output_per_million.is_some();
    if images.is_empty() {
        return sells_tokens.then_some(Decimal::ZERO);
    }
    images
        .iter()
        .map(|image| price.images.iter().find(|class| image.is_of(class)).map(|class| class.usd))
        .sum()
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
        let Cost::Priced(parts) = Cost::of(Some(&model(TEXT)), &tokens(1003, 77), &[], TODAY) else {
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
        let Cost::Priced(parts) = Cost::of(Some(&model(TEXT)), &read, &[], TODAY) else { panic!("priced") };
        assert_eq!((parts.input, parts.cache), (Decimal::ZERO, decimal("0.015")));
        let written = Usage { cache_write_tokens: Some(1), ..tokens(0, 0) };
        assert_eq!(Cost::of(Some(&model(TEXT)), &written, &[], TODAY), Cost::Unpriced, "no write price");
    }

    #[test]
    fn what_is_missing_is_never_taken_for_free() {
        let text = model(TEXT);
        assert_eq!(Cost::of(None, &tokens(1, 1), &[], TODAY), Cost::Unpriced, "unknown model");
        assert_eq!(Cost::of(Some(&model("")), &tokens(1, 1), &[], TODAY), Cost::Unpriced, "no price");
        assert_eq!(Cost::of(Some(&text), &Usage::default(), &[], TODAY), Cost::Unpriced, "no counts");
        let half = Usage { output_tokens: None, ..tokens(1, 0) };
        assert_eq!(Cost::of(Some(&text), &half, &[], TODAY), Cost::Unpriced, "no output count");
        let one = [image(512, None, None)];
        assert_eq!(Cost::of(Some(&text), &tokens(1, 1), &one, TODAY), Cost::Unpriced, "no image price");
    }

    #[test]
    fn an_embedding_needs_no_output_count() {
        let embedding = model(r#"price = [{ input = "0.02", output = "0", source = "test" }]"#);
        let usage = Usage { output_tokens: None, ..tokens(50, 0) };
        assert_eq!(Cost::of(Some(&embedding), &usage, &[], TODAY).total(), Some(decimal("0.000001")));
    }

    #[test]
    fn images_are_priced_by_steps() {
        let sdxl = model(
            r#"price = [{ images = [{ usd = "0.04", max-steps = 50 }, { usd = "0.08" }], source = "test" }]"#,
        );
        let cost =
            |steps| Cost::of(Some(&sdxl), &Usage::default(), &[image(1024, steps, None)], TODAY).total();
        assert_eq!(cost(None), Some(decimal("0.04")));
        assert_eq!(cost(Some(50)), Some(decimal("0.04")));
        assert_eq!(cost(Some(51)), Some(decimal("0.08")));
        assert_eq!(
            Cost::of(Some(&sdxl), &Usage::default(), &[], TODAY),
            Cost::Unpriced,
            "no image, no price"
        );
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
        let cost = |made: &[ImageMade]| Cost::of(Some(&titan), &Usage::default(), made, TODAY).total();
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
        let historical = |today| match Cost::of(Some(&retired), &tokens(1, 1), &[], today) {
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
        let cost = |id| Cost::of_call(Some(&both), id, &tokens(1_000_000, 0), &[], TODAY).total();
        assert_eq!(cost("us.m"), Some(decimal("3.3")));
        assert_eq!(cost("global.m"), Some(decimal("3")));
        assert_eq!(Cost::of(Some(&both), &tokens(1_000_000, 0), &[], TODAY).total(), Some(decimal("3")));
    }

    #[test]
    fn a_disputed_price_says_so() {
        let disputed = model(
            r#"price-disputed = true
            price = [{ input = "1.50", output = "2", source = "test" }, { input = "1", output = "2", source = "test" }]"#,
        );
        let Cost::Priced(parts) = Cost::of(Some(&disputed), &tokens(1_000_000, 0), &[], TODAY) else {
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
            let cost = Cost::of(Some(&model(TEXT)), &tokens(input, output), &[], TODAY);
            prop_assert!(cost.total().is_some_and(|total| total >= Decimal::ZERO));
        }
    }
}
