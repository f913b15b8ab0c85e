//! What recorded answers say, for programs: `tutor list --answers`.

use serde::Serialize;

use super::reading::NamedCall;
use super::{Course, terms_of};
use tutor_bedrock::family::{self, Part, Reading};
use tutor_bedrock::{Answer, Call, Json};
use tutor_catalog::measure::{Cost, image_size, images_made};
use tutor_recording::media::Medium;
use tutor_recording::{Acceptance, Lookup, Origin, Recording};

/// What the shown sample of a recording says, what it counts and costs, and where it came from.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// All text, without reasoning, tools and media.
    text: String,
    reasoning: Option<String>,
    tool_uses: Vec<ToolUse>,
    media: Vec<Picture>,
    vectors: Vec<Vector>,
    data: Vec<Data>,
    /// What went wrong although the status is 200.
    refusal: Option<String>,
    error: Option<Error>,
    /// In the family's own word.
    stop_reason: Option<String>,
    /// A native guardrail action, in Bedrock's word.
    guardrail: Option<String>,
    tokens: Tokens,
    /// Of every sample, in order.
    times: Vec<Times>,
    cost: Option<Bill>,
    origin: Whence,
}

#[derive(Debug, Clone, Serialize)]
struct ToolUse {
    name: String,
    input: Json,
}

#[derive(Debug, Clone, Serialize)]
struct Picture {
    media_type: String,
    /// Below the book's sources.
    path: String,
    bytes: usize,
    width: Option<u32>,
    height: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
struct Vector {
    dimensions: usize,
}

#[derive(Debug, Clone, Serialize)]
struct Data {
    what: &'static str,
    value: Json,
}

#[derive(Debug, Clone, Serialize)]
struct Error {
    status: u16,
    r#type: String,
    message: String,
}

#[derive(Debug, Clone, Serialize)]
struct Tokens {
    input: Option<u64>,
    output: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    /// Such as `response headers`.
    counted_by: Option<&'static str>,
}

/// In milliseconds.
#[derive(Debug, Clone, Serialize)]
struct Times {
    total_ms: u64,
    first_token_ms: Option<u64>,
}

#[derive(Debug, Clone, Serialize)]
struct Bill {
    /// Exact decimals.
    usd: String,
    price_as_of: String,
    historical: bool,
    disputed: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Whence {
    #[serde(flatten)]
    origin: Origin,
    state: &'static str,
}

impl Told {
    /// The recording of a call, if there is one that can be read.
    pub fn of(course: &Course, named: &NamedCall) -> Option<Self> {
        let (call, key) = named.keyed()?;
        let (recording, state) = match course.store.find(key) {
            Lookup::Accepted(recording) => (recording, Acceptance::Accepted),
            Lookup::Pending(recording) => (recording, Acceptance::Pending),
            Lookup::Damaged { .. } | Lookup::Missing => return None,
        };
        let answer = recording.shown();
        let reading = family::read(call, course.catalog.family(&call.model_id), answer).unwrap_or_default();
        let cost = answer.is_success().then(|| cost(course, call, recording, &reading)).flatten();
        Some(Told::new(recording, state, answer, reading, cost))
    }

    fn new(
        recording: &Recording,
        state: Acceptance,
        answer: &Answer,
        reading: Reading,
        cost: Option<Bill>,
    ) -> Self {
        let times = recording.samples.iter().map(|sample| Times {
            total_ms: sample.timing.total_ms,
            first_token_ms: sample.timing.first_token_ms,
        });
        let state = match state {
            Acceptance::Accepted => "accepted",
            Acceptance::Pending => "pending",
        };
        let error = family::error::read(answer).map(|error| Error {
            status: error.status,
            r#type: error.kind,
            message: error.message,
        });
        let mut told = Told {
            text: reading.text(),
            reasoning: None,
            tool_uses: Vec::new(),
            media: Vec::new(),
            vectors: Vec::new(),
            data: Vec::new(),
            refusal: None,
            error,
            stop_reason: reading.stop_reason,
            guardrail: reading.guardrail,
            tokens: Tokens {
                input: reading.usage.input_tokens,
                output: reading.usage.output_tokens,
                cache_read: reading.usage.cache_read_tokens,
                cache_write: reading.usage.cache_write_tokens,
                counted_by: reading.counted_by.map(family::UsageSource::name),
            },
            times: times.collect(),
            cost,
            origin: Whence { origin: recording.origin.clone(), state },
        };
        reading.parts.into_iter().for_each(|part| told.add(part));
        told
    }

    fn add(&mut self, part: Part) {
        match part {
            Part::Text(_) => {}
            Part::Reasoning(text) => self.reasoning.get_or_insert_default().push_str(&text),
            Part::ToolUse { name, input } => self.tool_uses.push(ToolUse { name, input }),
            Part::Image { media_type, bytes } => {
                let size = image_size(&bytes);
                let medium = Medium { media_type, bytes };
                self.media.push(Picture {
                    path: medium.path(),
                    bytes: medium.bytes.len(),
                    width: size.map(|size| size.0),
                    height: size.map(|size| size.1),
                    media_type: medium.media_type,
                });
            }
            Part::Embedding(vector) => self.vectors.push(Vector { dimensions: vector.len() }),
            Part::Data { what, value } => self.data.push(Data { what: what.name(), value }),
            Part::Refusal(text) => self.refusal = Some(text),
        }
    }
}

fn cost(course: &Course, call: &Call, recording: &Recording, reading: &Reading) -> Option<Bill> {
    let model = course.catalog.model(&call.model_id);
    let images = images_made(call, reading);
    match Cost::of(model, &terms_of(call, recording), &reading.usage, &images, course.today) {
        Cost::Unpriced => None,
        Cost::Priced(parts) => Some(Bill {
            usd: parts.total().normalize().to_string(),
            price_as_of: parts.price_as_of.to_string(),
            historical: parts.historical,
            disputed: parts.disputed,
        }),
    }
}
