//! What answers cost, in USD.

use jiff::civil::Date;
use rust_decimal::Decimal;

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

impl CostParts {
    /// The sum of all parts.
    pub fn total(&self) -> Decimal {
        self.input + self.output + self.cache + self.images
    }
}
