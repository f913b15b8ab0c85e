//! A request without dialect, and what a family says when it has no words for a part of it.

use crate::json::Json;

/// A request without dialect.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prompt {
    /// Instructions that stand before the conversation.
    pub system: Option<String>,
    /// What is asked last: the newest user turn, or the whole prompt of a completion model.
    pub text: String,
    /// Embedding models that take several texts: the ones after the first.
    pub further_texts: Vec<String>,
    /// The most tokens the answer may have.
    pub max_tokens: Option<u64>,
    /// Sampling temperature, in the family's own range.
    pub temperature: Option<f64>,
    /// Nucleus sampling.
    pub top_p: Option<f64>,
    /// Where the answer stops.
    pub stop: Vec<String>,
    /// Tools the model may call.
    pub tools: Vec<Tool>,
    /// Whether it must.
    pub tool_choice: ToolChoice,
    /// Image models: width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// Image models: how many images.
    pub images: Option<u32>,
    /// Image models: the seed.
    pub seed: Option<u64>,
    /// Embedding models: the length of the vectors.
    pub dimensions: Option<u32>,
}

/// A tool a model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The JSON schema of its arguments.
    pub schema: Json,
}

/// Whether a model must call a tool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ToolChoice {
    /// It decides itself.
    #[default]
    Auto,
    /// It must call one of them.
    Any,
    /// It must call the one with this name.
    Named(String),
}

/// A prompt that a family has no words for, such as a system prompt for an image model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{family} has no {what}")]
pub struct Unsupported {
    /// The family's name.
    pub family: &'static str,
    /// What the prompt asked for.
    pub what: &'static str,
}

/// The parts of a prompt that not every family has words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    System,
    FurtherTexts,
    MaxTokens,
    Temperature,
    TopP,
    Stop,
    Tools,
    Size,
    Images,
    Seed,
    Dimensions,
}

/// What every text model understands in one way or another.
pub(super) const TEXT: &[Field] =
    &[Field::System, Field::MaxTokens, Field::Temperature, Field::TopP, Field::Stop];

impl Field {
    pub(super) fn name(self) -> &'static str {
        match self {
            Field::System => "system prompt",
            Field::FurtherTexts => "room for several texts",
            Field::MaxTokens => "limit on output tokens",
            Field::Temperature => "temperature",
            Field::TopP => "nucleus sampling (top-p)",
            Field::Stop => "stop sequences",
            Field::Tools => "tools",
            Field::Size => "such image size",
            Field::Images => "number of images",
            Field::Seed => "seed",
            Field::Dimensions => "choice of dimensions",
        }
    }
}

impl Prompt {
    /// A prompt that is nothing but `text`.
    pub fn of(text: impl Into<String>) -> Self {
        Prompt { text: text.into(), ..Prompt::default() }
    }

    /// Refuses the first part of this prompt that is not among those `family` has words for.
    pub(super) fn only(&self, family: &'static str, fields: &[&[Field]]) -> Result<(), Unsupported> {
        let known = |field: &Field| fields.iter().any(|some| some.contains(field));
        match self.fields().into_iter().find(|field| !known(field)) {
            Some(field) => Err(Unsupported { family, what: field.name() }),
            None => Ok(()),
        }
    }

    fn fields(&self) -> Vec<Field> {
        [
            (Field::System, self.system.is_some()),
            (Field::FurtherTexts, !self.further_texts.is_empty()),
            (Field::MaxTokens, self.max_tokens.is_some()),
            (Field::Temperature, self.temperature.is_some()),
            (Field::TopP, self.top_p.is_some()),
            (Field::Stop, !self.stop.is_empty()),
            (Field::Tools, !self.tools.is_empty()),
            (Field::Size, self.size.is_some()),
            (Field::Images, self.images.is_some()),
            (Field::Seed, self.seed.is_some()),
            (Field::Dimensions, self.dimensions.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, set)| set.then_some(field))
        .collect()
    }
}
