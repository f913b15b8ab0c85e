//! Practice: deterministic stand-in models for people without an account.
//!
//! In goes a call, out comes an answer in the exact dialect of the model's family: with a text that
//! the course wrote for the prompt ([`Texts`]), otherwise with a sentence that says honestly what
//! this is and what was asked; a tool use where one is forced; generated pictures; hashed vectors.
//! Everything follows from the call's key: the same call always gives the same answer. Times are
//! simulated, tokens estimated, and nothing here reads a clock, a file or a socket.

mod asked;
mod pacing;
mod picture;
mod request_tokens;
mod texts;
mod tokens;
mod tool_input;
mod vectors;
pub mod wire;

pub use asked::PracticeTools;
pub use texts::{Texts, TextsError};

use std::future::{Future, ready};

use self::pacing::Pace;
use super::{Provider, ProviderError};
use serde_json::json;

use tutor_bedrock::family::{self, Data, Family, Makes, Part, Prompt, Reply, Stop, Tool, ToolChoice};
use tutor_bedrock::{Answer, Call, Json, Timing, model_id};
use tutor_catalog::Catalog;

/// The most pictures one call gets, as many as any family's model makes.
const MOST_IMAGES: u32 = 5;
/// The most texts that get a vector: Cohere Embed's limit (AWS user guide, Cohere Embed).
const MOST_TEXTS: usize = 96;
/// The most documents that are ranked: as many sources as Bedrock's `Rerank` takes (API reference).
const MOST_DOCUMENTS: usize = 1000;
/// The longest vector a call may ask for, as long as any family's model makes.
const MOST_DIMENSIONS: u32 = 3072;

/// Stand-ins for every model whose family is known by its id. Retired models answer too.
#[derive(Debug, Clone, Default)]
pub struct Practice {
    texts: Texts,
    tools: PracticeTools,
    /// What else is known about models; without it, an id tells its family.
    catalog: Option<&'static Catalog>,
}

/// The estimated input tokens of a request to `model_id`, by the rule that practice answers count with: a word
/// counts one token for every four characters begun, an image by its pixels, tools by the model and
/// the length of their definitions.
pub fn estimate_input_tokens(model_id: &str, body: &Json) -> u64 {
    request_tokens::of_request(model_id, body)
}

/// What a stand-in is told to say, whatever it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// The answer, part by part.
    pub parts: Vec<Part>,
    /// Why it ends there.
    pub stop: Stop,
    /// What the answer counts as tokens of the request.
    pub input_tokens: u64,
    /// What it counts as tokens of itself.
    pub output_tokens: u64,
    /// The milliseconds that Bedrock's own figure says it took.
    pub reported_ms: u64,
    /// When its headers and the first of its words come, in milliseconds after the request.
    pub first_ms: u64,
    /// When all of it is there.
    pub total_ms: u64,
}

impl Lines {
    /// A text that is there at once.
    pub fn of(text: impl Into<String>, input_tokens: u64, output_tokens: u64) -> Self {
        let parts = vec![Part::Text(text.into())];
        let (reported_ms, first_ms, total_ms) = (0, 0, 0);
        Lines { parts, stop: Stop::End, input_tokens, output_tokens, reported_ms, first_ms, total_ms }
    }

    /// Holds it for so long: its headers come well before its end, and Bedrock's own figure knows of less.
    pub fn held(&mut self, total_ms: u64) {
        (self.reported_ms, self.first_ms, self.total_ms) =
            (total_ms * 35 / 100, total_ms * 55 / 100, total_ms);
    }

    /// All text of it.
    pub fn text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// Says `text` instead.
    pub fn set_text(&mut self, text: String) {
        self.parts = vec![Part::Text(text)];
    }

    /// Ends it where the ceiling on output tokens is, if it is longer. Gives whether it was cut.
    pub fn cut(&mut self, ceiling: u64) -> bool {
        if ceiling >= self.output_tokens {
            return false;
        }
        let text = self.text();
        let characters = text.chars().count() as u64 * ceiling / self.output_tokens.max(1);
        self.set_text(text.chars().take(usize::try_from(characters).unwrap_or(usize::MAX)).collect());
        (self.stop, self.output_tokens) = (Stop::Length, ceiling);
        true
    }
}

/// The answer to `call` that says exactly `lines`, in the dialect of the model's family. A stream comes
/// word by word from the first to the last of its times.
///
/// # Errors
/// The family is unknown, makes no text or does not answer this operation.
pub fn recite(call: &Call, lines: &Lines) -> Result<Answer, ProviderError> {
    let family =
        family::of_model(&call.model_id).ok_or_else(|| ProviderError::UnknownModel(call.model_id.clone()))?;
    if family.makes() != Makes::Text || !answers(family, call) {
        return Err(ProviderError::UnsupportedOperation {
            family: family.name().to_owned(),
            operation: call.operation.name().to_owned(),
        });
    }
    let reply = Reply {
        model_id: call.model_id.clone(),
        id: call.key().short(24).to_owned(),
        prompt: family::prompt(call, family),
        body: call.body.clone(),
        parts: lines.parts.clone(),
        stop: lines.stop.clone(),
        input_tokens: lines.input_tokens,
        output_tokens: lines.output_tokens,
        latency_ms: lines.reported_ms,
        first_token_ms: lines.first_ms,
    };
    let tokens: u64 = lines.parts.iter().map(tokens::of_part).sum();
    let pace = Pace::between(lines.first_ms, lines.total_ms, tokens);
    let mut answer = wire::answer(call, family, &reply, &pace, 0);
    if !call.streams() {
        answer.timing = Timing { total_ms: lines.total_ms, first_token_ms: Some(lines.first_ms) };
    }
    Ok(answer)
}

impl Provider for Practice {
    fn answer(&self, call: &Call) -> impl Future<Output = Result<Answer, ProviderError>> + Send {
        ready(self.sample(call, 0))
    }

    fn nth_answer(
        &self,
        call: &Call,
        index: usize,
    ) -> impl Future<Output = Result<Answer, ProviderError>> + Send {
        ready(self.sample(call, index))
    }
}

impl Practice {
    /// Stand-ins that know these texts.
    pub fn new(texts: Texts) -> Self {
        Practice { texts, ..Practice::default() }
    }

    /// The same, calling tools by this rule.
    #[must_use]
    pub fn with_tools(self, tools: PracticeTools) -> Self {
        Practice { tools, ..self }
    }

    /// The same, knowing the models of a catalog.
    #[must_use]
    pub fn with_catalog(self, catalog: &'static Catalog) -> Self {
        Practice { catalog: Some(catalog), ..self }
    }

    fn family(&self, model_id: &str) -> Option<&'static dyn Family> {
        self.catalog.map_or_else(|| family::of_model(model_id), |catalog| catalog.family(model_id))
    }

    /// One of several samples of the same call: all say the same, each at its own simulated speed.
    /// Sample 0 is what [`Provider::answer`] gives.
    pub fn sample(&self, call: &Call, index: usize) -> Result<Answer, ProviderError> {
        self.sample_in(call, self.family(&call.model_id), index)
    }

    /// The same in a dialect that is known from elsewhere. Converse and the compatible APIs need none: they are the
    /// same for all.
    ///
    /// # Errors
    /// As [`Practice::sample`].
    pub fn sample_in(
        &self,
        call: &Call,
        family: Option<&dyn Family>,
        index: usize,
    ) -> Result<Answer, ProviderError> {
        // Nova's dialect is nearest to Converse's.
        let any = || (!call.operation.is_native()).then(|| family::by_id("nova")).flatten();
        let family = family.or_else(any).ok_or_else(|| ProviderError::UnknownModel(call.model_id.clone()))?;
        if !answers(family, call) {
            return Err(ProviderError::UnsupportedOperation {
                family: family.name().to_owned(),
                operation: call.operation.name().to_owned(),
            });
        }
        let native = call.operation.is_native();
        let family = if native { family::in_dialect(family, &call.body) } else { family };
        let key = call.key();
        let pace = Pace::of(&call.model_id, family.makes(), key.as_str(), index);
        let prompt = family::prompt(call, family);
        let (parts, stop) = self.content(call, family, &prompt);
        let output_tokens = parts.iter().map(tokens::of_part).sum();
        let reply = Reply {
            model_id: call.model_id.clone(),
            id: key.short(24).to_owned(),
            prompt,
            body: call.body.clone(),
            parts,
            stop,
            input_tokens: request_tokens::of_request(&call.model_id, &call.body),
            output_tokens,
            latency_ms: pace.latency_ms(output_tokens),
            first_token_ms: pace.first_token_ms(),
        };
        Ok(wire::answer(call, family, &reply, &pace, index))
    }

    /// What the stand-in says, and why it stops there.
    fn content(&self, call: &Call, family: &dyn Family, prompt: &Prompt) -> (Vec<Part>, Stop) {
        match family.makes() {
            Makes::Images => (pictures(prompt), Stop::End),
            Makes::Vectors => (embeddings(call, family, prompt), Stop::End),
            Makes::Rankings => (vec![ranking(prompt)], Stop::End),
            Makes::Text => {
                let needed = || match self.tools {
                    PracticeTools::Auto if prompt.tool_choice == ToolChoice::Auto => {
                        asked::needed(call, prompt)
                    }
                    _ => None,
                };
                let (mut parts, stop) = match forced_tool(prompt).or_else(needed) {
                    Some(tool) => {
                        let input = tool_input::minimal(&tool.schema);
                        (vec![Part::ToolUse { name: tool.name.clone(), input }], Stop::ToolUse)
                    }
                    None => self.text(call, family, prompt),
                };
                if asked::thinks(&call.body) {
                    parts.insert(0, Part::Reasoning(THOUGHT.to_owned()));
                }
                (parts, stop)
            }
        }
    }

    fn text(&self, call: &Call, family: &dyn Family, prompt: &Prompt) -> (Vec<Part>, Stop) {
        let model = model_id::bare(&call.model_id);
        let text = match self.texts.find(&prompt.text, family.id(), model) {
            Some(text) => text.to_owned(),
            None => match asked::schema(&call.body) {
                Some(schema) => tool_input::value(&schema).to_compact(),
                None => honest_sentence(model, &prompt.text),
            },
        };
        let (text, stop) = tokens::cut(&text, prompt.max_tokens, &prompt.stop);
        (vec![Part::Text(text.to_owned())], stop)
    }
}

/// Whether models of this family answer the operation at all.
fn answers(family: &dyn Family, call: &Call) -> bool {
    (call.operation.is_native() || family.makes() == Makes::Text) && (!call.streams() || family.streams())
}

/// The tool that the request says must be called.
fn forced_tool(prompt: &Prompt) -> Option<&Tool> {
    match &prompt.tool_choice {
        ToolChoice::Auto => None,
        ToolChoice::Any => prompt.tools.first(),
        ToolChoice::Named(name) => prompt.tools.iter().find(|tool| tool.name == *name),
    }
}

fn pictures(prompt: &Prompt) -> Vec<Part> {
    let (width, height) = prompt.size.unwrap_or(picture::SIZE);
    let first = prompt.seed.unwrap_or(0);
    (0..prompt.images.unwrap_or(1).clamp(1, MOST_IMAGES))
        .map(|index| Part::Image {
            media_type: "image/png".to_owned(),
            bytes: picture::png(&prompt.text, first.wrapping_add(index.into()), width, height),
        })
        .collect()
}

fn embeddings(call: &Call, family: &dyn Family, prompt: &Prompt) -> Vec<Part> {
    let standard = family.default_dimensions(model_id::bare(&call.model_id));
    let dimensions = prompt.dimensions.unwrap_or(standard).clamp(1, MOST_DIMENSIONS);
    let body = call.body.to_canonical();
    std::iter::once(&prompt.text)
        .chain(&prompt.further_texts)
        .take(MOST_TEXTS)
        // An image without a text: the whole request stands for it.
        .map(|text| if text.is_empty() { &body } else { text })
        .map(|text| Part::Embedding(vectors::embed(text, dimensions)))
        .collect()
}

/// The documents by how near their vectors are to the query's, as vectors of practice go: by the words
/// they have in common.
fn ranking(prompt: &Prompt) -> Part {
    const DIMENSIONS: u32 = 256;
    let query = vectors::embed(&prompt.text, DIMENSIONS);
    let score = |document: &String| {
        let document = vectors::embed(document, DIMENSIONS);
        let cosine: f64 = query.iter().zip(&document).map(|(a, b)| a * b).sum();
        (cosine.clamp(0.0, 1.0) * 10_000_000.0).round() / 10_000_000.0
    };
    let mut ranked: Vec<(usize, f64)> =
        prompt.further_texts.iter().take(MOST_DOCUMENTS).map(score).enumerate().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let value = ranked.into_iter().map(|(index, score)| json!({"index": index, "relevance_score": score}));
    Part::Data { what: Data::Ranking, value: Json::from(serde_json::Value::Array(value.collect())) }
}

/// What stands where a model's thinking would.
const THOUGHT: &str = "A stand-in does not think. Here a model's thinking would stand.";

/// How many words of a prompt, and how many characters at most, the honest sentence quotes.
const QUOTED_WORDS: usize = 12;
const QUOTED_CHARS: usize = 90;

/// How every such sentence begins.
const HONEST: &str = "Practice answer from a stand-in for ";

/// Whether a text is what a stand-in says for want of a better one: it holds a place, and shows nothing.
pub fn is_placeholder(text: &str) -> bool {
    text.trim_start().starts_with(HONEST)
}

/// What a stand-in says when the course has no text for the prompt.
fn honest_sentence(model: &str, prompt: &str) -> String {
    let words: Vec<&str> = prompt.split_whitespace().collect();
    let first = words[..words.len().min(QUOTED_WORDS)].join(" ");
    let quoted: String = first.chars().take(QUOTED_CHARS).collect();
    let more = words.len() > QUOTED_WORDS || quoted.len() < first.len();
    let asked = match (quoted.is_empty(), more) {
        (true, _) => "You asked nothing in words.".to_owned(),
        (false, true) => format!("You asked: “{quoted} …”"),
        (false, false) => format!("You asked: “{quoted}”"),
    };
    format!("{HONEST}{model}, not from the model itself. {asked}")
}

#[cfg(test)]
mod tests;
