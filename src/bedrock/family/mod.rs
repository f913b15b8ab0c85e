//! The dialects of Bedrock's models: how each writes a request and reads an answer.
//!
//! In goes a plain [`Prompt`] or a native body; out come the family's body, or a [`Reading`] of its
//! answer. One file a family; a new family is one new file and one line in [`FAMILIES`].

use super::answer::Answer;
use super::call::Call;
use super::json::Json;

/// The request and answer dialect of a model.
pub trait Family: Sync {
    /// Its id in the catalog and in recordings, such as `claude-messages`.
    fn id(&self) -> &'static str;

    /// Its name for people, such as `Claude Messages`.
    fn name(&self) -> &'static str;

    /// Whether `model_id` (bare, see [`super::model_id::bare`]) speaks this dialect, judged by its
    /// name alone. The catalog is asked first; this serves models it does not know.
    fn speaks(&self, bare_model_id: &str) -> bool;

    /// The native `InvokeModel` body that asks `prompt`.
    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported>;

    /// What a native body asks: the reverse of [`Family::body`], as far as bodies written by people
    /// allow.
    fn prompt(&self, body: &Json) -> Prompt;

    /// What a whole native answer says.
    fn read(&self, answer: &Json) -> Reading;

    /// What one chunk of a native stream (the JSON inside `chunk.bytes`) adds.
    fn read_chunk(&self, chunk: &Json) -> Reading;

    /// A whole native answer with `reply`, in this family's exact shape.
    fn answer(&self, reply: &Reply) -> Json;

    /// The same as the chunks of a native stream; `None` where the family does not stream.
    fn chunks(&self, reply: &Reply) -> Option<Vec<Json>>;
}

/// A request without dialect.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prompt {
    /// Instructions that stand before the conversation.
    pub system: Option<String>,
    /// What is asked last: the newest user turn, or the whole prompt of a completion model.
    pub text: String,
    /// The most tokens the answer may have.
    pub max_tokens: Option<u64>,
    /// Sampling temperature, in the family's own range.
    pub temperature: Option<f64>,
    /// Nucleus sampling.
    pub top_p: Option<f64>,
    /// Where the answer stops.
    pub stop: Vec<String>,
    /// Image models: width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// Image models: how many images.
    pub images: Option<u32>,
    /// Image models: the seed.
    pub seed: Option<u64>,
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

/// What an answer (or a part of a stream) says, without dialect.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Its content, in order.
    pub parts: Vec<Part>,
    /// Why the model stopped, in the family's own word.
    pub stop_reason: Option<String>,
    /// Tokens as far as the body tells them.
    pub usage: Usage,
}

/// One piece of an answer's content.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Text for the reader.
    Text(String),
    /// The model's own thinking, shown apart.
    Reasoning(String),
    /// A tool the model wants called.
    ToolUse {
        /// The tool's name.
        name: String,
        /// Its arguments.
        input: Json,
    },
    /// An image.
    Image {
        /// Such as `image/png`.
        media_type: String,
        /// The decoded file.
        bytes: Vec<u8>,
    },
    /// A vector.
    Embedding(Vec<f64>),
    /// What the answer says went wrong although its status is 200, such as a filtered image.
    Refusal(String),
}

/// Token counts; `None` where nothing tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens of the request, without cached ones.
    pub input_tokens: Option<u64>,
    /// Tokens of the answer.
    pub output_tokens: Option<u64>,
    /// Input tokens read from the prompt cache.
    pub cache_read_tokens: Option<u64>,
    /// Input tokens written to the prompt cache.
    pub cache_write_tokens: Option<u64>,
}

/// What a stand-in model says; a family puts it into its dialect.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The model id as it was asked for.
    pub model_id: String,
    /// An id that is the same whenever the call is the same: 24 lower-case letters and digits.
    pub id: String,
    /// What was asked.
    pub prompt: Prompt,
    /// The content.
    pub parts: Vec<Part>,
    /// Why it stops.
    pub stop: Stop,
    /// Estimated input tokens.
    pub input_tokens: u64,
    /// Estimated output tokens.
    pub output_tokens: u64,
    /// Simulated latency in milliseconds, for the metrics of the last chunk.
    pub latency_ms: u64,
    /// Simulated time to the first token in milliseconds, for the same.
    pub first_token_ms: u64,
}

/// Why a stand-in model stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It has said everything.
    End,
    /// It reached the limit on output tokens.
    Length,
    /// It wants a tool called.
    ToolUse,
}

impl Reading {
    /// All text, without reasoning, tools and media.
    pub fn text(&self) -> String {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Takes in what a later piece of a stream adds: neighbouring texts are joined, later counts
    /// and stop reasons replace earlier ones.
    pub fn absorb(&mut self, later: Reading) {
        for part in later.parts {
            match (self.parts.last_mut(), part) {
                (Some(Part::Text(text)), Part::Text(more))
                | (Some(Part::Reasoning(text)), Part::Reasoning(more)) => text.push_str(&more),
                (_, part) => self.parts.push(part),
            }
        }
        self.stop_reason = later.stop_reason.or_else(|| self.stop_reason.take());
        self.usage.absorb(later.usage);
    }
}

impl Usage {
    /// Takes every count that `later` has.
    pub fn absorb(&mut self, later: Usage) {
        self.input_tokens = later.input_tokens.or(self.input_tokens);
        self.output_tokens = later.output_tokens.or(self.output_tokens);
        self.cache_read_tokens = later.cache_read_tokens.or(self.cache_read_tokens);
        self.cache_write_tokens = later.cache_write_tokens.or(self.cache_write_tokens);
    }
}

/// Every family, in the order they are asked which one speaks a model's dialect.
pub const FAMILIES: &[&dyn Family] = &[];

/// The family with this id.
pub fn by_id(id: &str) -> Option<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.id() == id)
}

/// The family a model id belongs to by its name alone.
pub fn of_model(model_id: &str) -> Option<&'static dyn Family> {
    let bare = super::model_id::bare(model_id);
    FAMILIES.iter().copied().find(|family| family.speaks(bare))
}

/// What `answer` says to `call`: Converse's dialect for the Converse operations, else that of
/// `family`; whole or streamed. Tokens come from the headers, the stream's metrics or the body, in
/// that order. `None` for an error answer or one that is not JSON.
pub fn read(_call: &Call, _family: Option<&dyn Family>, _answer: &Answer) -> Option<Reading> {
    None
}
