//! From the JSON of a recording's file to the recording. Every field has its place and its type, and
//! nothing else may be there.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::DeserializeOwned;

use super::format::DamageKind;
use super::{Origin, Recording, redact};
use tutor_bedrock::answer::FrameKind;
use tutor_bedrock::call::UnknownOperation;
use tutor_bedrock::{Answer, Body, Call, CallOptions, Frame, Json, JsonObject, Key, Payload, Timing};

type Shaped<T> = Result<T, DamageKind>;

/// The recording that a file without its checksum holds.
pub(super) fn recording(file: Json) -> Shaped<Recording> {
    let mut file = Fields::of(file, "the file")?;
    // Looked at by now.
    file.take("format")?;
    let key = file.text("key")?;
    let call = call(file.take("call")?)?;
    let origin = origin(&file.take("origin")?)?;
    let samples = file.list("samples")?.into_iter().map(sample).collect::<Shaped<Vec<_>>>()?;
    file.done()?;
    if samples.is_empty() {
        return Err(malformed("it has no samples"));
    }
    Ok(Recording { key: stored_key(&key, &call)?, call, origin, samples })
}

fn call(json: Json) -> Shaped<Call> {
    let mut fields = Fields::of(json, "call")?;
    let operation = fields.text("operation")?;
    let call = Call {
        operation: operation.parse().map_err(|error: UnknownOperation| malformed(&error.to_string()))?,
        model_id: fields.text("model-id")?,
        options: match fields.maybe("options") {
            Some(options) => written(&options, "options")?,
            None => CallOptions::default(),
        },
        body: fields.take("body")?,
        // The origin says where it was answered.
        region: None,
    };
    fields.done()?;
    Ok(call)
}

fn origin(json: &Json) -> Shaped<Origin> {
    let origin: Origin = written(json, "origin")?;
    origin.fault().map_or(Ok(origin), |fault| Err(malformed(fault)))
}

/// The key in the file, checked against the call wherever masking did not change the call.
fn stored_key(text: &str, call: &Call) -> Shaped<Key> {
    let computed = call.key();
    if computed.as_str() == text {
        return Ok(computed);
    }
    let options = serde_json::to_string(&call.options).unwrap_or_default();
    let masked =
        [&call.model_id, &call.body.to_compact(), &options].into_iter().any(|text| redact::is_masked(text));
    Key::from_hex(text)
        .filter(|_| masked)
        .ok_or_else(|| DamageKind::OtherCall("its key does not belong to its call".to_owned()))
}

fn sample(json: Json) -> Shaped<Answer> {
    let mut fields = Fields::of(json, "a sample")?;
    let status = u16::try_from(fields.number("status")?).map_err(|_| malformed("`status` is too large"))?;
    let headers = Fields::of(fields.take("headers")?, "headers")?.texts()?;
    let mut times = Fields::of(fields.take("timing")?, "timing")?;
    let timing =
        Timing { total_ms: times.number("total-ms")?, first_token_ms: times.maybe_number("first-token-ms")? };
    times.done()?;
    let payload = match (fields.maybe("body"), fields.maybe("frames")) {
        (Some(body), None) => Payload::Whole(payload(body)?),
        (None, Some(frames)) => {
            Payload::Stream(items(frames, "frames")?.into_iter().map(frame).collect::<Shaped<_>>()?)
        }
        _ => return Err(malformed("a sample needs either `body` or `frames`")),
    };
    fields.done()?;
    Ok(Answer { status, headers, payload, timing })
}

fn frame(json: Json) -> Shaped<Frame> {
    let mut fields = Fields::of(json, "a frame")?;
    let offset_ms = fields.number("at-ms")?;
    let (kind, name) = match (fields.maybe_text("event")?, fields.maybe_text("exception")?) {
        (Some(name), None) => (FrameKind::Event, name),
        (None, Some(name)) => (FrameKind::Exception, name),
        _ => return Err(malformed("a frame needs either `event` or `exception`")),
    };
    let payload = payload(fields.take("payload")?)?;
    fields.done()?;
    Ok(Frame { offset_ms, kind, name, payload })
}

/// What was received.
fn payload(json: Json) -> Shaped<Body> {
    let mut fields = Fields::of(json, "a body")?;
    let body = if let Some(json) = fields.maybe("json") {
        json.into()
    } else if let Some(text) = fields.maybe_text("text")? {
        text.into_bytes().into()
    } else {
        let text = fields.text("base64")?;
        BASE64.decode(text).map_err(|error| malformed(&format!("base64: {error}")))?.into()
    };
    fields.done()?;
    Ok(body)
}

/// A small part that is read as its type says.
fn written<T: DeserializeOwned>(json: &Json, what: &str) -> Shaped<T> {
    serde_json::from_str(&json.to_compact()).map_err(|error| malformed(&format!("`{what}`: {error}")))
}

fn items(json: Json, what: &str) -> Shaped<Vec<Json>> {
    match json {
        Json::Array(items) => Ok(items),
        _ => Err(malformed(&format!("`{what}` must be an array"))),
    }
}

fn malformed(what: &str) -> DamageKind {
    DamageKind::Malformed(what.to_owned())
}

/// The fields of an object, each to be taken once; what is left over in the end is a mistake.
struct Fields {
    /// What the object is, for errors.
    of: &'static str,
    fields: JsonObject,
}

impl Fields {
    fn of(json: Json, of: &'static str) -> Shaped<Self> {
        match json {
            Json::Object(fields) => Ok(Fields { of, fields }),
            _ => Err(malformed(&format!("{of} must be an object"))),
        }
    }

    fn maybe(&mut self, name: &str) -> Option<Json> {
        self.fields.remove(name)
    }

    fn take(&mut self, name: &str) -> Shaped<Json> {
        self.maybe(name).ok_or_else(|| malformed(&format!("`{name}` is missing in {}", self.of)))
    }

    fn maybe_text(&mut self, name: &str) -> Shaped<Option<String>> {
        match self.maybe(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.no_text(name)),
        }
    }

    fn no_text(&self, name: &str) -> DamageKind {
        malformed(&format!("`{name}` in {} must be a string", self.of))
    }

    /// Every field that is left, all of them strings.
    fn texts(mut self) -> Shaped<BTreeMap<String, String>> {
        let fields = std::mem::take(&mut self.fields).into_iter();
        let texts = fields.map(|(name, value)| match value {
            Json::String(text) => Ok((name.into(), text)),
            _ => Err(self.no_text(&name)),
        });
        texts.collect()
    }

    fn text(&mut self, name: &str) -> Shaped<String> {
        let text = self.maybe_text(name)?;
        text.ok_or_else(|| malformed(&format!("`{name}` is missing in {}", self.of)))
    }

    fn maybe_number(&mut self, name: &str) -> Shaped<Option<u64>> {
        let Some(json) = self.maybe(name) else { return Ok(None) };
        let number = matches!(json, Json::Int(_)).then(|| json.as_u64()).flatten();
        match number {
            Some(number) => Ok(Some(number)),
            None => Err(malformed(&format!("`{name}` in {} must be a whole number", self.of))),
        }
    }

    fn number(&mut self, name: &str) -> Shaped<u64> {
        let number = self.maybe_number(name)?;
        number.ok_or_else(|| malformed(&format!("`{name}` is missing in {}", self.of)))
    }

    fn list(&mut self, name: &str) -> Shaped<Vec<Json>> {
        items(self.take(name)?, name)
    }

    fn done(self) -> Shaped<()> {
        match self.fields.keys().next() {
            None => Ok(()),
            Some(name) => Err(malformed(&format!("`{name}` has no place in {}", self.of))),
        }
    }
}
