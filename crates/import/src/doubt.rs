//! What makes one doubt that a file holds what went over the wire: traces of scrubbing and editing.

use super::exchange::{Body, Exchange};
use tutor_bedrock::{Answer, Call, Json, Payload};

/// What scrubbers write in the place of what they take out.
const MARKS: [&str; 8] =
    ["REDACTED", "**redacted**", "<redacted>", "[redacted]", "SCRUBBED", "[scrubbed", "<masked>", "FILTERED"];

/// The doubts about an exchange, as clauses. `is_whole_text` says whether the file keeps the answer's
/// bytes, so that its length can be held against its header.
pub(crate) fn doubts(call: &Call, answer: &Answer, exchange: &Exchange, is_whole_text: bool) -> Vec<String> {
    let mut doubts = Vec::new();
    if let (Payload::Whole(body), true) = (&answer.payload, is_whole_text) {
        let said = exchange.response_headers.get("content-length").and_then(|length| length.parse().ok());
        let unpacked = exchange.response_headers.get("content-encoding").is_some();
        let length: usize = body.len();
        if said.is_some_and(|said: usize| said != length) && !unpacked {
            doubts
                .push(format!("its header says {} bytes, the answer has {length}", said.unwrap_or_default()));
        }
    }
    let request = call.body.to_compact();
    let answered = match &answer.payload {
        Payload::Whole(body) => String::from_utf8_lossy(body).into_owned(),
        Payload::Stream(_) => String::new(),
    };
    for (whose, text) in [("request", &request), ("answer", &answered)] {
        if let Some(mark) = MARKS.iter().find(|mark| text.contains(**mark)) {
            doubts.push(format!("its {whose} holds `{mark}`, as scrubbers write it"));
        }
    }
    if let (Payload::Whole(body), Some(json)) = (&answer.payload, whole_json(answer)) {
        let _ = body;
        for (header, members) in [
            ("x-amzn-bedrock-input-token-count", &["usage.input_tokens", "prompt_token_count"][..]),
            ("x-amzn-bedrock-output-token-count", &["usage.output_tokens", "generation_token_count"][..]),
        ] {
            let told: Option<u64> =
                exchange.response_headers.get(header).and_then(|count| count.parse().ok());
            let own = members.iter().find_map(|path| {
                path.split('.').try_fold(json, |json, name| json.get(name)).and_then(Json::as_u64)
            });
            if let (Some(told), Some(own)) = (told, own)
                && told != own
            {
                doubts.push(format!("`{header}` says {told}, its body {own}"));
            }
        }
    }
    if matches!(exchange.response, Body::Json(_)) {
        doubts.push("its recorder kept the answer's JSON, not its bytes".to_owned());
    }
    doubts
}

fn whole_json(answer: &Answer) -> Option<&Json> {
    match &answer.payload {
        Payload::Whole(body) => body.json(),
        Payload::Stream(_) => None,
    }
}
