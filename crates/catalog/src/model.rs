//! What the catalog says of one model.

use jiff::civil::Date;
use rust_decimal::Decimal;

use tutor_bedrock::model_id::bare;

/// One model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Bare model id, such as `anthropic.claude-3-sonnet-20240229-v1:0`.
    pub id: String,
    /// The name people write, such as `Claude 3 Sonnet`.
    pub name: String,
    /// Other names people write for it, such as `Titan Express`.
    pub aliases: Vec<String>,
    /// Such as `Anthropic`.
    pub provider: String,
    /// Id of its family in [`tutor_bedrock::family::FAMILIES`].
    pub family: String,
    /// What goes in and what comes out.
    pub modalities: Modalities,
    /// Whether it can be called by its bare id, or only through an inference profile.
    pub access: Access,
    /// Context window in tokens.
    pub context_window: Option<Sourced<u64>>,
    /// Most output tokens.
    pub output_limit: Option<Sourced<u64>>,
    /// What it can do.
    pub features: Features,
    /// On-demand price in us-east-1; the first is the one tutor counts with.
    pub prices: Vec<Price>,
    /// Whether the sources for its price disagree.
    pub price_disputed: bool,
    /// Its dates.
    pub lifecycle: Option<Lifecycle>,
}

/// A fact with where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sourced<T> {
    /// The fact.
    pub value: T,
    /// Where it was read.
    pub source: String,
    /// The day it was read.
    pub as_of: Date,
}

/// What a model takes and gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Modalities {
    /// Such as `text`, `image`.
    pub input: Vec<String>,
    /// Such as `text`, `image`, `embedding`.
    pub output: Vec<String>,
}

/// How a model may be called on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// By its bare id.
    OnDemand,
    /// Only through an inference profile, such as `us.…`.
    ProfileOnly,
}

/// Features; `None` where no source says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Features {
    /// Answers can be streamed.
    pub streaming: Option<bool>,
    /// Takes tool definitions.
    pub tools: Option<bool>,
    /// Reads images.
    pub vision: Option<bool>,
    /// Can be held to a JSON schema.
    pub structured_output: Option<bool>,
    /// Where the features were read, and the day.
    pub source: Option<String>,
}

/// One price as one source gives it, in USD.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// The geography of the inference profiles it is for, such as `us`; `None` for the bare id and
    /// for profiles without a price of their own.
    pub profile: Option<String>,
    /// Per million input tokens.
    pub input_per_million: Option<Decimal>,
    /// Per million output tokens.
    pub output_per_million: Option<Decimal>,
    /// Per million input tokens read from the cache.
    pub cache_read_per_million: Option<Decimal>,
    /// Per million input tokens written to the cache.
    pub cache_write_per_million: Option<Decimal>,
    /// Per image.
    pub images: Vec<ImagePrice>,
    /// Who says so.
    pub source: String,
    /// The day it was read.
    pub as_of: Date,
    /// What explains a difference from the others.
    pub note: Option<String>,
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

/// A model's dates; the state on a day follows from them.
#[derive(Debug, Clone, PartialEq)]
pub struct Lifecycle {
    /// From this day it is legacy.
    pub legacy: Option<Date>,
    /// From this day requests fail.
    pub end_of_life: Option<Date>,
    /// What AWS names as its successor, as a bare model id.
    pub successor: Option<String>,
    /// Where the dates were read, and the day.
    pub source: String,
    /// Differences by region or between sources.
    pub note: Option<String>,
}

/// Where a model stands on a given day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifecycleState {
    /// Open to everybody.
    Active,
    /// Still answering, end of life announced.
    Legacy,
    /// Requests fail.
    Retired,
}

impl Model {
    /// The price tutor counts with for `model_id` as it was sent: the one of its inference profile's
    /// geography if there is one, else the first.
    pub fn price_for(&self, model_id: &str) -> Option<&Price> {
        let geography = geography(model_id);
        let own = |price: &&Price| geography.is_some() && price.profile.as_deref() == geography;
        self.prices.iter().find(own).or_else(|| self.prices.first())
    }

    /// Where the model stands on `today`. Without dates it counts as active.
    pub fn state_on(&self, today: Date) -> LifecycleState {
        let Some(lifecycle) = &self.lifecycle else { return LifecycleState::Active };
        let reached = |date: Option<Date>| date.is_some_and(|date| date <= today);
        if reached(lifecycle.end_of_life) {
            LifecycleState::Retired
        } else if reached(lifecycle.legacy) {
            LifecycleState::Legacy
        } else {
            LifecycleState::Active
        }
    }
}

/// The geography that an inference profile's id starts with.
fn geography(model_id: &str) -> Option<&str> {
    let head = model_id.strip_suffix(bare(model_id))?.strip_suffix('.')?;
    head.rsplit('/').next()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::Catalog;

    #[test]
    fn the_state_changes_on_the_day_itself() {
        let text = "[source.s]\ntitle = \"S\"\nread = 2026-01-01\n[model.m]\nname = \"M\"\nprovider = \"P\"\n\
                    family = \"nova\"\ninput = [\"text\"]\noutput = [\"text\"]\naccess = \"on-demand\"\n\
                    lifecycle = { legacy = 2026-05-26, eol = 2026-11-26, source = \"s\" }";
        let catalog = Catalog::parse(text).expect("a catalog");
        let model = catalog.model("m").expect("its model");
        assert_eq!(model.state_on(date(2026, 5, 25)), LifecycleState::Active);
        assert_eq!(model.state_on(date(2026, 5, 26)), LifecycleState::Legacy);
        assert_eq!(model.state_on(date(2026, 11, 25)), LifecycleState::Legacy);
        assert_eq!(model.state_on(date(2026, 11, 26)), LifecycleState::Retired);
    }

    #[test]
    fn a_profile_may_have_its_own_price() {
        let text = "[source.s]\ntitle = \"S\"\nread = 2026-01-01\n[model.\"a.m\"]\nname = \"M\"\nprovider = \"P\"\n\
                    family = \"nova\"\ninput = [\"text\"]\noutput = [\"text\"]\naccess = \"profile-only\"\n\
                    price = [{ input = \"3\", source = \"s\" }, { profile = \"us\", input = \"3.3\", source = \"s\" }]";
        let catalog = Catalog::parse(text).expect("a catalog");
        let model = catalog.model("a.m").expect("its model");
        let input =
            |id| model.price_for(id).and_then(|price| price.input_per_million).map(|usd| usd.to_string());
        assert_eq!(input("us.a.m").as_deref(), Some("3.3"));
        assert_eq!(input("arn:aws:bedrock:us-east-1:1:inference-profile/us.a.m").as_deref(), Some("3.3"));
        for id in ["a.m", "global.a.m", "eu.a.m", "arn:aws:bedrock:us-east-1::foundation-model/a.m"] {
            assert_eq!(input(id).as_deref(), Some("3"), "{id}");
        }
        assert!(!model.price_disputed, "another profile's price is no dispute");
    }
}
