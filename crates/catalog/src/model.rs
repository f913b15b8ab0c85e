//! What the catalog says of one model.

use jiff::civil::Date;

use super::price::Price;

/// One model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Bare model id, such as `anthropic.claude-3-sonnet-20240229-v1:0`.
    pub id: String,
    /// Other ids of the same model, such as `openai.gpt-oss-120b` on the host `bedrock-mantle`.
    pub other_ids: Vec<String>,
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
    /// The geographies of its inference profiles, such as `us` and `global`.
    pub profiles: Option<Sourced<Vec<String>>>,
    /// The day it came to Bedrock.
    pub launched: Option<Sourced<Date>>,
    /// Context window in tokens.
    pub context_window: Option<Sourced<u64>>,
    /// What other sources say of it instead.
    pub other_context_windows: Vec<Sourced<u64>>,
    /// Most output tokens.
    pub output_limit: Option<Sourced<u64>>,
    /// What other sources say of it instead.
    pub other_output_limits: Vec<Sourced<u64>>,
    /// What it can do.
    pub features: Features,
    /// What it costs; of those that fit a call equally well the first is the one tutor counts with.
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

/// A model's dates; the state on a day follows from them.
#[derive(Debug, Clone, PartialEq)]
pub struct Lifecycle {
    /// From this day it is legacy.
    pub legacy: Option<Date>,
    /// From this day requests fail.
    pub end_of_life: Option<Date>,
    /// AWS's word that its end of life is not before this day.
    pub not_before: Option<Date>,
    /// How long before the end of life AWS calls it legacy, as its model card says.
    pub notice: Option<Notice>,
    /// From this day on its provider may take a higher price (public extended access).
    pub extended: Option<Date>,
    /// What AWS names as its successor, as a bare model id.
    pub successor: Option<String>,
    /// Where the dates were read, and the day.
    pub source: String,
    /// Differences by region or between sources.
    pub note: Option<String>,
}

/// How long a model is legacy before its end of life (AWS's policy for models launched from 2026-09-07 on;
/// each card states one of the two).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Six months, or at least six.
    SixMonths,
    /// 45 days.
    FortyFiveDays,
}

impl Notice {
    /// As the file and AWS write it.
    pub fn words(self) -> &'static str {
        match self {
            Notice::SixMonths => "6 months",
            Notice::FortyFiveDays => "45 days",
        }
    }

    /// The first day on which a model that ends on `end` is legacy.
    pub fn begins(self, end: Date) -> Date {
        let span = match self {
            Notice::SixMonths => jiff::Span::new().months(6),
            Notice::FortyFiveDays => jiff::Span::new().days(45),
        };
        // Outside the calendar there is no earlier day to tell.
        end.checked_sub(span).unwrap_or(end)
    }
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
}
