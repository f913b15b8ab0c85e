//! The shape of a recording's file: strict JSON with a format version, in a stable order.
//!
//! A body is kept as readable JSON only where writing it back gives the very bytes that were
//! received, else as text, else as base64: what a client reads back is what was received.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::conflict;
use super::migrate::{self, Step};
use super::{Origin, Recording, shape};
use tutor_bedrock::answer::FrameKind;
use tutor_bedrock::json::JsonError;
use tutor_bedrock::key::hex;
use tutor_bedrock::{Answer, CallOptions, Frame, Json, Payload};

/// What every format version starts with.
const FORMAT_NAME: &str = "tutor-recording/";

/// The newest format this tutor reads, and the one it writes.
const FORMAT: u32 = newest_after(migrate::STEPS);

/// The format that all these steps together lead to, from format 1 on.
#[expect(clippy::cast_possible_truncation, reason = "there will not be four billion formats")]
pub(super) const fn newest_after(steps: &[Step]) -> u32 {
    1 + steps.len() as u32
}

/// What stands in a file of this format.
pub(super) fn format_name(format: u32) -> String {
    format!("{FORMAT_NAME}{format}")
}

/// Why a file is not the recording it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct Damage {
    /// What is wrong.
    pub kind: DamageKind,
    /// The 1-based line of the file, where one can be named.
    pub line: Option<usize>,
}

/// The ways in which a recording can be unusable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DamageKind {
    /// The file cannot be read at all.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// Not JSON, or not of this shape: cut off, or merged badly.
    #[error("is not a whole recording: {0}")]
    Malformed(String),
    /// git could not merge it, and left both sides in it.
    #[error("holds both sides of a merge")]
    Conflict,
    /// Written by a newer tutor.
    #[error("has format {0}, newer than the formats this tutor reads (up to {FORMAT})")]
    Newer(u32),
    /// The checksum does not fit.
    #[error("was changed after it was stored: its checksum does not fit")]
    Checksum,
    /// The stored call is another one than the stored key, or the file's name, says.
    #[error("holds the recording of another call: {0}")]
    OtherCall(String),
}

impl Damage {
    pub(super) fn whole(kind: DamageKind) -> Self {
        Damage { kind, line: None }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct File {
    format: String,
    key: String,
    call: StoredCall,
    origin: Origin,
    samples: Vec<StoredSample>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct StoredCall {
    operation: String,
    model_id: String,
    #[serde(skip_serializing_if = "CallOptions::is_empty")]
    options: CallOptions,
    body: Json,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct StoredSample {
    status: u16,
    headers: BTreeMap<String, String>,
    timing: StoredTiming,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<StoredBytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frames: Option<Vec<StoredFrame>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct StoredTiming {
    total_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_token_ms: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct StoredFrame {
    at_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<String>,
    payload: StoredBytes,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum StoredBytes {
    Json(Json),
    Text(String),
    Base64(String),
}

/// The text of the file for `recording`, with a line break at its end.
pub fn write(recording: &Recording) -> Result<String, Damage> {
    let file = File {
        format: format_name(FORMAT),
        key: recording.key.to_string(),
        call: StoredCall {
            operation: recording.call.operation.to_string(),
            model_id: recording.call.model_id.clone(),
            options: recording.call.options.clone(),
            body: recording.call.body.clone(),
        },
        origin: recording.origin.clone(),
        samples: recording.samples.iter().map(StoredSample::from).collect(),
    };
    let malformed = |error: String| Damage::whole(DamageKind::Malformed(error));
    let text = serde_json::to_string(&file).map_err(|error| malformed(error.to_string()))?;
    let json = Json::parse(text.as_bytes()).map_err(|error| malformed(error.to_string()))?;
    Ok(sealed(json))
}

/// The text of a file with this content, with its checksum and a line break at its end.
pub(super) fn sealed(mut json: Json) -> String {
    let checksum = checksum(&json);
    if let Json::Object(map) = &mut json {
        map.insert("checksum", Json::String(checksum));
    }
    json.to_pretty() + "\n"
}

/// The recording in the text of a file.
pub fn read(text: &str) -> Result<Recording, Damage> {
    let json = migrate::forward(parse(text)?)?;
    shape::recording(json).map_err(Damage::whole)
}

/// The content of a file, not looked at yet.
pub(super) fn parse(text: &str) -> Result<Json, Damage> {
    Json::parse(text.as_bytes()).map_err(|error| {
        if let Some(line) = conflict::line_of(text) {
            return Damage { kind: DamageKind::Conflict, line: Some(line) };
        }
        let line = if let JsonError::Syntax { line, .. } = error { Some(line) } else { None };
        Damage { kind: DamageKind::Malformed(error.to_string()), line }
    })
}

/// The format of a file, whatever else is in it.
pub(super) fn version_of(json: &Json) -> Result<u32, Damage> {
    let name = json.get("format").and_then(Json::as_str).unwrap_or_default();
    let digits = name.strip_prefix(FORMAT_NAME).and_then(|digits| digits.parse::<u32>().ok());
    digits.filter(|format| *format > 0).ok_or_else(|| {
        let what = format!("\"{name}\" is no format of a recording");
        Damage::whole(DamageKind::Malformed(what))
    })
}

/// The content of a file without its checksum, if that fits.
pub(super) fn checked(mut json: Json) -> Result<Json, Damage> {
    let stored = match &mut json {
        Json::Object(map) => map.remove("checksum"),
        _ => None,
    };
    if stored == Some(Json::String(checksum(&json))) {
        Ok(json)
    } else {
        Err(Damage::whole(DamageKind::Checksum))
    }
}

fn checksum(json: &Json) -> String {
    hex(&Sha256::digest(json.to_canonical()))
}

impl From<&Answer> for StoredSample {
    fn from(answer: &Answer) -> Self {
        let (body, frames) = match &answer.payload {
            Payload::Whole(bytes) => (Some(StoredBytes::from(&**bytes)), None),
            Payload::Stream(frames) => (None, Some(frames.iter().map(StoredFrame::from).collect())),
        };
        StoredSample {
            status: answer.status,
            headers: answer.headers.clone(),
            timing: StoredTiming {
                total_ms: answer.timing.total_ms,
                first_token_ms: answer.timing.first_token_ms,
            },
            body,
            frames,
        }
    }
}

impl From<&Frame> for StoredFrame {
    fn from(frame: &Frame) -> Self {
        let (event, exception) = match frame.kind {
            FrameKind::Event => (Some(frame.name.clone()), None),
            FrameKind::Exception => (None, Some(frame.name.clone())),
        };
        StoredFrame { at_ms: frame.offset_ms, event, exception, payload: StoredBytes::from(&*frame.payload) }
    }
}

impl From<&[u8]> for StoredBytes {
    fn from(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Err(_) => StoredBytes::Base64(BASE64.encode(bytes)),
            Ok(text) => match Json::parse(bytes) {
                Ok(json) if json.to_compact() == text => StoredBytes::Json(json),
                _ => StoredBytes::Text(text.to_owned()),
            },
        }
    }
}

/// Everything an answer says, without its times; equal for two answers that say the same.
pub(super) fn payload_text(payload: &Payload) -> Vec<(&str, &[u8])> {
    match payload {
        Payload::Whole(body) => vec![("", body)],
        Payload::Stream(frames) => {
            frames.iter().map(|frame| (frame.name.as_str(), &*frame.payload)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Imported, LocalModel, Missing, OriginKind};
    use tutor_bedrock::{Call, Operation, Timing};

    fn recording(body: &[u8]) -> Recording {
        let call = Call::new(
            Operation::InvokeModel,
            "amazon.titan-text-express-v1",
            json!({"inputText": "hi", "n": 12_345_678_901_234_567_890_u64}).into(),
        );
        let answer = Answer {
            status: 200,
            headers: BTreeMap::from([("content-type".into(), "application/json".into())]),
            payload: Payload::Whole(body.to_vec().into()),
            timing: Timing { total_ms: 812, first_token_ms: None },
        };
        Recording::new(&call, Origin::practice("2026-11-22T08:00:00Z".parse().unwrap()), vec![answer])
    }

    #[test]
    fn any_body_comes_back_byte_for_byte() {
        for body in [
            &br#"{"b":1.50,"a":[1,2]}"#[..],
            br#"{ "a" : 1 }"#,
            b"plain \xff bytes",
            b"",
            b"{\"a\":1,\"a\":2}",
        ] {
            let recording = recording(body);
            assert_eq!(read(&write(&recording).unwrap()).unwrap(), recording, "{body:?}");
        }
    }

    #[test]
    fn the_file_reads_well() {
        insta::assert_snapshot!(write(&recording(br#"{"results":[{"outputText":"Hello"}]}"#)).unwrap());
    }

    #[test]
    fn a_file_of_the_first_format_reads_as_it_is() {
        let recording = recording(b"{}");
        let json = checked(parse(&write(&recording).unwrap()).unwrap()).unwrap().to_pretty();
        let first = sealed(parse(&json.replace("tutor-recording/2", "tutor-recording/1")).unwrap());
        assert_eq!(read(&first).unwrap(), recording);
    }

    #[test]
    fn every_origin_comes_back_and_none_wears_anothers_clothes() {
        let now = "2026-11-22T08:00:00Z".parse().unwrap();
        let imported = Imported {
            source: "o/r: cassette.yaml".into(),
            answered_at: None,
            missing: vec![Missing::Times],
            batch: false,
        };
        let local = LocalModel {
            model: "SmolLM2-135M-Instruct".into(),
            engine: "llama.cpp b1".into(),
            machine: Some("a laptop".into()),
            quantization: None,
            digest: None,
            same_weights: false,
            not_passed_on: vec!["top_k".into()],
        };
        let origins = [Origin::imported(now, Some("us-east-1".into()), imported), Origin::local(now, local)];
        for origin in origins.clone() {
            let recording = Recording { origin, ..recording(b"{}") };
            assert_eq!(read(&write(&recording).unwrap()).unwrap(), recording);
        }
        for kind in [OriginKind::Bedrock, OriginKind::Practice, OriginKind::Local] {
            let origin = Origin { kind, ..origins[0].clone() };
            let text = write(&Recording { origin, ..recording(b"{}") }).unwrap();
            assert!(matches!(read(&text).unwrap_err().kind, DamageKind::Malformed(_)), "{kind}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let text = write(&recording(b"{}")).unwrap();
        let kind = |text: &str| read(text).unwrap_err().kind;
        assert!(matches!(kind(&text[..text.len() / 2]), DamageKind::Malformed(_)));
        assert_eq!(kind(&text.replace("tutor-recording/2", "tutor-recording/7")), DamageKind::Newer(7));
        assert_eq!(kind(&text.replace("812", "1")), DamageKind::Checksum);
        let content = checked(parse(&text).unwrap()).unwrap().to_pretty();
        let reshaped = |from, to| kind(&sealed(parse(&content.replace(from, to)).unwrap())).to_string();
        let words = [
            reshaped("\"status\"", "\"state\""),
            reshaped("\"total-ms\": 812", "\"total-ms\": \"812\""),
            reshaped("\"timing\"", "\"mood\": 1, \"timing\""),
            reshaped("\"practice\"", "\"guesswork\""),
        ];
        insta::assert_snapshot!(words.join("\n"));
    }

    #[test]
    fn a_recording_of_another_call_is_noticed_even_with_a_good_checksum() {
        let mut other = recording(b"{}");
        other.call.model_id = "amazon.titan-text-lite-v1".into();
        assert!(matches!(read(&write(&other).unwrap()).unwrap_err().kind, DamageKind::OtherCall(_)));
    }
}
