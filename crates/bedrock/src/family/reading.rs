//! What an answer says, without dialect.

use crate::json::{Json, JsonObject};

/// What an answer (or a part of a stream) says, without dialect.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Its content, in order.
    pub parts: Vec<Part>,
    /// Why the model stopped, in the family's own word.
    pub stop_reason: Option<String>,
    /// Tokens: as far as the body tells them in a family's own reading, from the best source in
    /// that of [`super::read`].
    pub usage: Usage,
    /// The best of the sources that [`super::read`] took the counts from; `None` if nothing tells.
    pub counted_by: Option<UsageSource>,
    /// What a guardrail did with a native answer, in Bedrock's word: `INTERVENED` or `NONE`. Converse
    /// tells it as the stop reason `guardrail_intervened`.
    pub guardrail: Option<String>,
}

/// Where token counts were read. A count that the best source lacks is taken from the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageSource {
    /// `x-amzn-bedrock-input-token-count` and its siblings.
    Headers,
    /// `amazon-bedrock-invocationMetrics` of the last chunk, or `ConverseStream`'s metadata event.
    StreamMetrics,
    /// The answer's body.
    Body,
}

impl UsageSource {
    /// How people say it, such as `response headers`.
    pub fn name(self) -> &'static str {
        match self {
            UsageSource::Headers => "response headers",
            UsageSource::StreamMetrics => "stream metrics",
            UsageSource::Body => "response body",
        }
    }
}

/// One piece of an answer's content.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Text for the reader.
    Text(String),
    /// The model's own thinking, shown apart.
    Reasoning(String),
    /// A tool the model wants called. While a stream is read, the arguments arrive as fragments of
    /// JSON text: `input` is then a string, and pieces without a name continue the one before.
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
    /// What is for programs rather than for readers, as it came.
    Data {
        /// What it is.
        what: Data,
        /// It.
        value: Json,
    },
}

/// What an answer may hold beside text, tool uses and media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// What a tool gave that the service ran itself.
    ToolResult,
    /// Documents in order of relevance.
    Ranking,
    /// The whole answer of a model whose dialect nobody knows.
    Answer,
}

impl Data {
    /// How people say it, such as `result of the tool`.
    pub fn name(self) -> &'static str {
        match self {
            Data::ToolResult => "result of the tool",
            Data::Ranking => "ranking",
            Data::Answer => "answer",
        }
    }
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

impl Reading {
    /// A reading of these parts and nothing else.
    pub(super) fn of(parts: impl IntoIterator<Item = Part>) -> Self {
        Reading { parts: parts.into_iter().collect(), ..Reading::default() }
    }

    /// Adds a stop reason.
    pub(super) fn stopped(mut self, reason: Option<&str>) -> Self {
        self.stop_reason = reason.map(str::to_owned);
        self
    }

    /// Adds token counts.
    pub(super) fn counted(mut self, input_tokens: Option<u64>, output_tokens: Option<u64>) -> Self {
        self.usage = Usage { input_tokens, output_tokens, ..Usage::default() };
        self
    }

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
                (
                    Some(Part::ToolUse { input: Json::String(text), .. }),
                    Part::ToolUse { name, input: Json::String(more) },
                ) if name.is_empty() => text.push_str(&more),
                (
                    Some(Part::Data { what: Data::ToolResult, value: Json::Array(items) }),
                    Part::Data { what: Data::ToolResult, value: Json::Array(more) },
                ) => items.extend(more),
                (_, part) => self.parts.push(part),
            }
        }
        self.stop_reason = later.stop_reason.or_else(|| self.stop_reason.take());
        self.guardrail = later.guardrail.or_else(|| self.guardrail.take());
        self.usage.absorb(later.usage);
    }

    /// After the last piece: a tool's arguments that came as fragments become JSON. Fragments that
    /// make no JSON (a stream that broke off) stay a string.
    pub fn settle(&mut self) {
        for part in &mut self.parts {
            let Part::ToolUse { input, .. } = part else { continue };
            let Json::String(text) = &*input else { continue };
            if text.trim().is_empty() {
                *input = Json::Object(JsonObject::default());
            } else if let Ok(json) = Json::parse(text.as_bytes()) {
                *input = json;
            }
        }
    }

    /// Makes all thinking in tags at the beginning of the first text a part of its own: one passage in a
    /// whole answer, one a chunk in a stream. The last one may be cut off.
    pub(super) fn split_tagged(&mut self, open: &str, close: &str) {
        let Some(at) = self.parts.iter().position(|part| matches!(part, Part::Text(_))) else { return };
        let Part::Text(text) = &self.parts[at] else { return };
        let (mut thinking, mut rest) = (String::new(), text.as_str());
        while let Some(tagged) = rest.trim_start().strip_prefix(open) {
            let (thought, after) = tagged.split_once(close).unwrap_or((tagged, ""));
            thinking.push_str(thought);
            rest = after;
        }
        if thinking.is_empty() && rest.len() == text.len() {
            return;
        }
        let said =
            Some(rest.trim_start()).filter(|rest| !rest.is_empty()).map(|rest| Part::Text(rest.to_owned()));
        let thought = Some(thinking.trim()).filter(|text| !text.is_empty());
        let thought = thought.map(|text| Part::Reasoning(text.to_owned()));
        self.parts.splice(at..=at, thought.into_iter().chain(said));
    }

    /// Makes thinking that stands in the first text, up to `close` (with or without `open` before
    /// it), a part of its own.
    pub(super) fn split_reasoning(&mut self, open: &str, close: &str) {
        let Some(at) = self.parts.iter().position(|part| matches!(part, Part::Text(_))) else { return };
        let Part::Text(text) = &self.parts[at] else { return };
        let Some((thinking, rest)) = text.split_once(close) else { return };
        let thinking = thinking.trim();
        let thinking = thinking.strip_prefix(open).unwrap_or(thinking).trim().to_owned();
        let rest = rest.trim_start().to_owned();
        self.parts[at] = Part::Text(rest);
        if !thinking.is_empty() {
            self.parts.insert(at, Part::Reasoning(thinking));
        }
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

    /// Whether nothing is counted.
    pub fn is_empty(&self) -> bool {
        *self == Usage::default()
    }
}
