//! What prose and code claim about models, and what the catalog says to it.
//!
//! In comes a chapter's text; out come [`Claim`]s: a price, a limit or a feature that some words
//! give to a model, or a model that a table offers. [`judge`] compares one with the catalog. Precision
//! comes first everywhere: words that may mean something else are no claim.
//!
//! | file | subject |
//! | --- | --- |
//! | `names` | the names people write for models |
//! | `prose` | paragraphs and tables, with the bytes they come from |
//! | `amount` | prices, units and numbers of tokens as people write them |
//! | `pattern` | words and phrases that decide what a text says |
//! | `table`, `sentence`, `code` | where claims are found |
//! | `state` | claims about a model's life: legacy, retired, successors |
//! | `verdict` | a claim against the catalog, and the edit that mends it |

mod amount;
mod code;
mod names;
mod pattern;
mod prose;
mod sentence;
mod state;
mod table;
mod verdict;

use std::ops::Range;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use pattern::{Pattern, words};

pub use amount::Unit;
pub use names::Names;
pub use state::Life;
pub use verdict::{Judgement, finding, is_figure_of, judge};

use tutor_catalog::{Catalog, Model};
use tutor_page::chapter::Chapter;

/// Something a chapter says about one model, or about all models of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The bytes of the chapter's text that hold the value, or the name where there is none.
    pub range: Range<usize>,
    /// What stands there.
    pub written: String,
    /// The model's name as written.
    pub subject: String,
    /// The models of that name; never empty.
    pub models: Vec<&'static Model>,
    /// What is said of them.
    pub what: What,
    /// The fence it stands in, for code.
    pub fence: Option<usize>,
}

/// What is said of a model.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A price.
    Price {
        /// For which tokens.
        direction: Direction,
        /// USD for as many tokens as the unit has.
        usd: Decimal,
        /// For how many tokens.
        unit: Unit,
        /// Whether the words say that it is not exact.
        precision: Precision,
    },
    /// A number of tokens.
    Limit {
        /// Of what.
        of: Limit,
        /// How many.
        tokens: u64,
        /// Whether the number is written in thousands, as its column says.
        thousands: bool,
    },
    /// Whether it can do something.
    Feature {
        /// What.
        feature: Feature,
        /// Whether it is said to.
        has: bool,
    },
    /// Where it stands in its life.
    Life(Life),
    /// It stands in a table, where readers look for what they can use.
    Offered,
}

/// Which tokens a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Read by the model.
    Input,
    /// Written by it.
    Output,
}

/// How exact an amount is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// As written.
    Exact,
    /// "about"
    About,
}

/// Limits that the catalog knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The context window.
    Window,
    /// The most output tokens.
    Output,
}

/// Features that the catalog knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// Answers can be streamed.
    Streaming,
    /// Reads images.
    Vision,
    /// Takes tool definitions.
    Tools,
    /// Can be held to a JSON schema.
    StructuredOutput,
}

/// What a claim is about, as the rules divide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Prices.
    Price,
    /// Context windows and output limits.
    Limit,
    /// Features.
    Feature,
}

impl What {
    /// The rules' topic; none for a mere mention.
    pub fn topic(&self) -> Option<Topic> {
        match self {
            What::Price { .. } => Some(Topic::Price),
            What::Limit { .. } => Some(Topic::Limit),
            What::Feature { .. } => Some(Topic::Feature),
            What::Life(_) | What::Offered => None,
        }
    }
}

/// Words that are said of language models and hardly of anything else.
static MODELS: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"\b(?:bedrock|anthropic|claude|cohere|mistral|ai21|openai|gpt|llama|gemini|deepseek|stability ai|(?:foundation|language|embedding|generative|ai) models?|llms?|generative ai|inference profiles?)\b",
    )
});

/// Whether a text speaks of models at all.
pub fn speaks_of_models(text: &str) -> bool {
    MODELS.is_match(text)
}

/// Makes every pattern, by reading a chapter in miniature.
pub(super) fn warm_up(catalog: &'static Catalog) {
    const CLAIMS: &str = "Nova Lite supports tools. Nova Lite holds about 300K tokens. It costs $1 per \
                          1M input tokens with Nova Lite.\n\n| Model | Input | Context | Tools |\n|---|---|---|---|\n\
                          | Nova Lite | 1 | 300K | yes |\n\n```python\nprice = {\"Nova Lite\": 1}\n```\n";
    let _ = find(CLAIMS, &Chapter::parse(CLAIMS), &Names::of(catalog), catalog);
}

/// Every claim of a chapter, in the order they stand.
pub fn find(text: &str, chapter: &Chapter, names: &Names, catalog: &'static Catalog) -> Vec<Claim> {
    let body = chapter.front_matter.as_ref().map_or(0, |front_matter| front_matter.range.end);
    let mut claims = Vec::new();
    for block in prose::blocks(text, body) {
        match block {
            prose::Block::Text(run) => claims.extend(sentence::claims(&run, names, text)),
            prose::Block::Table(table) => claims.extend(table::claims(&table, names, catalog, text)),
        }
    }
    for fence in &chapter.fences {
        if super::model_ids::is_code(fence) {
            claims.extend(code::claims(fence, names, catalog, text));
        }
    }
    // A word such as Command is a model's name only where its maker is named too.
    claims.retain(|claim| {
        let maker = |model: &Model| model.provider.split(' ').next().unwrap_or_default().to_owned();
        !names::is_weak(&claim.subject) || claim.models.iter().any(|model| text.contains(&maker(model)))
    });
    claims.sort_by_key(|claim| claim.range.start);
    claims
}
