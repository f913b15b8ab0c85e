//! The dialects of Bedrock's models: how each writes a request and reads an answer.
//!
//! In goes a plain [`Prompt`] or a native body; out come the family's body, or a [`Reading`] of its
//! answer; and the other way round, a [`Reply`] of a stand-in model becomes an answer in the family's
//! exact shape. One file a family; a new family is one new file, one line in [`FAMILIES`] and its rows
//! in `table.toml`, which tests hold it to. [`converse`] is the dialect of the Converse operations,
//! the same for every text model. What several families share stands once: `shape` (members of JSON),
//! `template` (prompts with turns marked inside the text), `chat` (OpenAI-like bodies), `media`.

mod chat;
mod claude;
mod claude_messages;
mod claude_text;
mod cohere_command;
mod cohere_command_r;
mod cohere_embed;
mod cohere_rerank;
pub mod compatible;
pub mod converse;
mod deepseek_r1;
pub mod error;
mod jamba;
mod jurassic;
mod llama;
mod media;
mod mistral_chat;
mod mistral_text;
mod nova;
mod nova_embed;
mod openai_chat;
mod picture;
mod prompt;
mod reading;
mod reply;
mod shape;
mod stability_image;
mod stable_diffusion_xl;
#[cfg(test)]
mod table;
mod template;
mod titan_embed;
mod titan_image;
mod titan_multimodal_embed;
mod titan_text;

pub use error::ErrorReading;
pub use media::image_type;
pub use picture::{can_be_drawn, image_size};
pub use prompt::{Prompt, Tool, ToolChoice, Unsupported};
pub use reading::{Data, Part, Reading, Usage, UsageSource};
pub use reply::uuid;
pub use reply::{PIECE_END, Reply, Stop, estimated_tokens, pieces};

use super::answer::{Answer, Frame, Payload};
use super::call::Call;
use super::event_stream::{self, Event};
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

    /// What its answers are made of.
    fn makes(&self) -> Makes {
        Makes::Text
    }

    /// Whether it answers the two streaming operations. Text models do, with few exceptions.
    fn streams(&self) -> bool {
        self.makes() == Makes::Text
    }

    /// Where a native answer of this model counts prompt cache tokens beside its body.
    fn counts_cache(&self, _bare_model_id: &str) -> CacheCounts {
        CacheCounts::Nowhere
    }

    /// The length of this model's vectors where a request does not say; embeddings only.
    fn default_dimensions(&self, _bare_model_id: &str) -> u32 {
        1024
    }

    /// Another dialect that models of this family speak as well, where `body` is in that one.
    fn dialect(&self, _body: &Json) -> Option<&'static dyn Family> {
        None
    }

    /// The native `InvokeModel` body that asks `prompt`.
    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported>;

    /// What a native body asks: the reverse of [`Family::body`], as far as bodies written by people
    /// allow. Never fails: what is missing or of a wrong type is left out.
    fn prompt(&self, body: &Json) -> Prompt;

    /// What a whole native answer says.
    fn read(&self, answer: &Json) -> Reading;

    /// What one chunk of a native stream (the JSON inside `chunk.bytes`) adds.
    fn read_chunk(&self, chunk: &Json) -> Reading {
        self.read(chunk)
    }

    /// Sorts out what can be told only once an answer is complete, such as thinking that stands
    /// inside the text.
    fn finish(&self, _reading: &mut Reading) {}

    /// A whole native answer with `reply`, in this family's exact shape.
    fn answer(&self, reply: &Reply) -> Json;

    /// The same as the chunks of a native stream, for families that stream. The last chunk has no
    /// metrics yet: [`Reply::metrics`] are the same for every family.
    fn chunks(&self, reply: &Reply) -> Vec<Json> {
        vec![self.answer(reply)]
    }
}

/// Where a native answer counts prompt cache tokens beside its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheCounts {
    /// In the body alone, or not at all.
    Nowhere,
    /// In the headers of a whole answer.
    Headers,
    /// There, and in the metrics of a stream.
    HeadersAndMetrics,
}

/// What a family's answers are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Makes {
    /// Text, with reasoning and tool uses where the model has them.
    Text,
    /// Images.
    Images,
    /// Embedding vectors.
    Vectors,
    /// Documents in order of relevance.
    Rankings,
}

/// The member of a native stream's last chunk that holds Bedrock's own counts.
pub const METRICS: &str = "amazon-bedrock-invocationMetrics";

/// Every family, in the order they are asked which one speaks a model's dialect: the narrow ones of
/// a maker before its catch-all.
pub const FAMILIES: &[&dyn Family] = &[
    &claude_text::ClaudeText,
    &claude_messages::ClaudeMessages,
    &titan_text::TitanText,
    &titan_embed::TitanEmbed,
    &titan_multimodal_embed::TitanMultimodalEmbed,
    &titan_image::TitanImage,
    &nova_embed::NovaEmbed,
    &nova::Nova,
    &llama::Llama,
    &mistral_text::MistralText,
    &mistral_chat::MistralChat,
    &cohere_command::CohereCommand,
    &cohere_command_r::CohereCommandR,
    &cohere_embed::CohereEmbed,
    &cohere_rerank::CohereRerank,
    &jurassic::Jurassic,
    &jamba::Jamba,
    &stable_diffusion_xl::StableDiffusionXl,
    &stability_image::StabilityImage,
    &deepseek_r1::DeepSeekR1,
    &openai_chat::OpenAiChat,
];

/// The family with this id.
pub fn by_id(id: &str) -> Option<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.id() == id)
}

/// The family a model id belongs to by its name alone.
pub fn of_model(model_id: &str) -> Option<&'static dyn Family> {
    let bare = super::model_id::bare(model_id);
    FAMILIES.iter().copied().find(|family| family.speaks(bare))
}

/// The dialect that a native body to a model of `family` is in: nearly always the family's own.
pub fn in_dialect<'f>(family: &'f dyn Family, body: &Json) -> &'f dyn Family {
    family.dialect(body).unwrap_or(family)
}

/// What `call` asks: Converse's dialect for the Converse operations, its own of a compatible API, else that of
/// `family`.
pub fn prompt(call: &Call, family: &dyn Family) -> Prompt {
    match compatible::of(call.operation) {
        Some(api) => api.prompt(&call.body),
        None if call.operation.is_converse() => converse::prompt(&call.body),
        None => in_dialect(family, &call.body).prompt(&call.body),
    }
}

/// What `answer` says to `call`: Converse's dialect for the Converse operations, its own of a compatible API, else that
/// of `family`, else the one that the answer itself is in; whole or streamed. Tokens come from the
/// headers, the stream's metrics or the body, in that order, and [`Reading::counted_by`] says which.
/// `None` for an error answer (see [`error::read`]) or one that is not JSON. A stream that broke off is
/// read as far as it came.
pub fn read(call: &Call, family: Option<&dyn Family>, answer: &Answer) -> Option<Reading> {
    if !answer.is_success() {
        return None;
    }
    let api = compatible::of(call.operation);
    let dialect = match family {
        _ if call.operation.is_converse() => Spoken::Converse,
        _ if let Some(api) = api => Spoken::Api(api),
        Some(family) => Spoken::Native(in_dialect(family, &call.body)),
        None => Spoken::of(answer),
    };
    let (mut reading, metrics) = match &answer.payload {
        Payload::Whole(body) => (dialect.read(body.json()?), Usage::default()),
        Payload::Stream(frames) => read_stream(frames, dialect)?,
    };
    reading.settle();
    match (dialect, family) {
        (Spoken::Api(api), _) => api.finish(&mut reading),
        (Spoken::Native(family), _) | (_, Some(family)) => family.finish(&mut reading),
        _ => {}
    }
    let sources = [
        (UsageSource::Headers, usage_of_headers(answer)),
        (UsageSource::StreamMetrics, metrics),
        (UsageSource::Body, reading.usage),
    ];
    reading.counted_by = sources.iter().find(|(_, usage)| !usage.is_empty()).map(|(source, _)| *source);
    reading.usage = sources.iter().rev().fold(Usage::default(), |mut all, (_, usage)| {
        all.absorb(*usage);
        all
    });
    Some(reading)
}

/// The dialect of an answer.
#[derive(Clone, Copy)]
enum Spoken<'f> {
    Converse,
    Api(&'static dyn compatible::Api),
    Native(&'f dyn Family),
    /// None that tutor knows.
    Unknown,
}

impl Spoken<'_> {
    /// What the members of an answer tell, where nothing tells the model: provisioned, imported and custom
    /// models, and application inference profiles, are called by ARNs that name none. It is the dialect
    /// that finds the most in it.
    fn of(answer: &Answer) -> Self {
        let found = |family: &&'static dyn Family| {
            let mut reading = Reading::default();
            match &answer.payload {
                Payload::Whole(body) => {
                    reading = body.json().map(|json| family.read(json)).unwrap_or_default();
                }
                Payload::Stream(frames) => {
                    for event in frames.iter().filter_map(event_stream::read) {
                        if let Event::Chunk(chunk) = event {
                            reading.absorb(family.read_chunk(&chunk));
                        }
                    }
                }
            }
            family.finish(&mut reading);
            let thought = reading.parts.iter().any(|part| matches!(part, Part::Reasoning(_)));
            let told = [thought, reading.stop_reason.is_some(), !reading.usage.is_empty()];
            let told = told.into_iter().filter(|told| *told).count();
            if reading.parts.is_empty() { 0 } else { reading.parts.len() + told }
        };
        // Of several that find as much, the first.
        let best = FAMILIES.iter().copied().rev().max_by_key(found).filter(|family| found(family) > 0);
        best.map_or(Spoken::Unknown, Spoken::Native)
    }

    fn read(self, answer: &Json) -> Reading {
        let mut reading = match self {
            Spoken::Converse => converse::read(answer),
            Spoken::Api(api) => api.read(answer),
            Spoken::Native(family) => family.read(answer),
            Spoken::Unknown => Reading::of([Part::Data { what: Data::Answer, value: answer.clone() }]),
        };
        reading.guardrail = guardrail(answer);
        reading
    }
}

/// The member in which a native answer, or the last chunk of a stream, says what a guardrail did.
pub const GUARDRAIL_ACTION: &str = "amazon-bedrock-guardrailAction";

fn guardrail(answer: &Json) -> Option<String> {
    Some(answer.get(GUARDRAIL_ACTION)?.as_str()?.to_owned())
}

/// All frames' parts joined, and what the stream's metrics count.
fn read_stream(frames: &[Frame], dialect: Spoken<'_>) -> Option<(Reading, Usage)> {
    let mut reading = Reading::default();
    let mut metrics = Usage::default();
    for frame in frames {
        match (event_stream::read(frame)?, dialect) {
            (Event::Chunk(chunk), Spoken::Native(_) | Spoken::Unknown) => {
                if let Some(counts) = chunk.get(METRICS) {
                    metrics.absorb(usage_of_metrics(counts));
                }
                if let Spoken::Native(family) = dialect {
                    reading.absorb(family.read_chunk(&chunk));
                }
                reading.guardrail = guardrail(&chunk).or(reading.guardrail);
            }
            (Event::Named { name, event }, Spoken::Converse) => {
                let mut piece = converse::read_event(name, event);
                metrics.absorb(std::mem::take(&mut piece.usage));
                reading.absorb(piece);
            }
            (Event::Named { name, event }, Spoken::Api(api)) => reading.absorb(api.read_event(name, event)),
            // An exception ends the stream; events of the other dialect say nothing here.
            _ => {}
        }
    }
    Some((reading, metrics))
}

fn usage_of_headers(answer: &Answer) -> Usage {
    let count = |name: &str| answer.header(name)?.parse().ok();
    Usage {
        input_tokens: count("x-amzn-bedrock-input-token-count"),
        output_tokens: count("x-amzn-bedrock-output-token-count"),
        cache_read_tokens: count("x-amzn-bedrock-cache-read-input-token-count"),
        cache_write_tokens: count("x-amzn-bedrock-cache-write-input-token-count"),
    }
}

fn usage_of_metrics(metrics: &Json) -> Usage {
    let count = |name: &str| metrics.get(name)?.as_u64();
    Usage {
        input_tokens: count("inputTokenCount"),
        output_tokens: count("outputTokenCount"),
        cache_read_tokens: count("cacheReadInputTokenCount"),
        cache_write_tokens: count("cacheWriteInputTokenCount"),
    }
}
