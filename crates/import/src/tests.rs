//! Samples of each format, in the shape that its recorder gives them, and what is broken or hostile.

use std::io::Write as _;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::*;
use tutor_bedrock::{Json, Payload};

const URL: &str = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/us.amazon.nova-lite-v1%3A0/converse";
const REQUEST: &str = r#"{"messages":[{"role":"user","content":[{"text":"Name a colour – in German"}]}]}"#;
const ANSWER: &str = r#"{"output":{"message":{"role":"assistant","content":[{"text":"grün"}]}},"stopReason":"end_turn","usage":{"inputTokens":7,"outputTokens":2,"totalTokens":9}}"#;

fn all(file: &[u8]) -> (&'static str, Vec<Found>) {
    let mut found = Vec::new();
    let format = read(file, None, &mut |one| {
        found.push(one);
        true
    });
    (format.unwrap_or_else(|error| panic!("{error}")), found)
}

/// The only exchange of a file.
fn only(file: &[u8]) -> (&'static str, Taken) {
    let (format, mut found) = all(file);
    assert_eq!(found.len(), 1, "{found:?}");
    match found.remove(0) {
        Found::Taken(taken) => (format, *taken),
        Found::Passed(passed) => panic!("{passed:?}"),
    }
}

fn is_the_sample(taken: &Taken) {
    assert_eq!(taken.call.operation, Operation::Converse);
    assert_eq!(taken.call.model_id, "us.amazon.nova-lite-v1:0");
    assert_eq!(taken.call.body, Json::parse(REQUEST.as_bytes()).unwrap());
    let Payload::Whole(body) = &taken.answer.payload else { panic!("a whole answer") };
    assert_eq!(body.json(), Some(&Json::parse(ANSWER.as_bytes()).unwrap()));
    assert_eq!(taken.answer.status, 200);
}

#[test]
fn vcrpy_in_its_three_ways() {
    let packed = BASE64.encode(ANSWER);
    let yaml = format!(
        "interactions:\n- request:\n    body: '{REQUEST}'\n    headers:\n      content-type:\n      - !!binary |\n        \
         YXBwbGljYXRpb24vanNvbg==\n    method: POST\n    uri: {URL}\n  response:\n    body:\n      string: !!binary |\n        \
         {packed}\n    headers:\n      Date:\n      - Fri, 27 Nov 2026 10:45:33 GMT\n    status:\n      code: 200\n      \
         message: OK\nversion: 1\n"
    );
    let (format, taken) = only(yaml.as_bytes());
    is_the_sample(&taken);
    assert_eq!((format, taken.line, taken.region.as_deref()), ("vcrpy", 2, Some("eu-west-1")));
    assert_eq!(taken.at.unwrap().to_string(), "2026-11-27T10:45:33Z");
    assert_eq!(taken.missing, [Missing::Times]);

    let parsed = format!(
        "interactions:\n- request:\n    headers: {{}}\n    method: POST\n    parsed_body:\n      messages:\n      - content:\n        \
         - text: Name a colour – in German\n        role: user\n    uri: {URL}\n  response:\n    headers: {{}}\n    \
         parsed_body:\n      output: &id001\n        message:\n          role: assistant\n          content:\n          \
         - text: grün\n      stopReason: end_turn\n      usage:\n        inputTokens: 7\n        outputTokens: 2\n        \
         totalTokens: 9\n    status: {{code: 200, message: OK}}\n"
    );
    let (_, taken) = only(parsed.as_bytes());
    let body = taken.call.body.pointer("/messages/0/content/0/text").and_then(Json::as_str);
    assert_eq!(body, Some("Name a colour – in German"));

    let as_json = json!({"version": 1, "interactions": [{
        "request": {"method": "POST", "uri": URL, "body": REQUEST, "headers": {}},
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": ANSWER}},
    }]});
    is_the_sample(&only(serde_json::to_string_pretty(&as_json).unwrap().as_bytes()).1);
}

#[test]
fn lines_of_quoted_text_may_stand_as_far_left_as_their_key() {
    let (start, end) = REQUEST.split_once("a colour").unwrap();
    let yaml = format!(
        "interactions:\n  - request:\n      body: '{start}a\n      colour{end}'\n      headers: {{}}\n      uri: {URL}\n    \
         response:\n      body:\n        string: '{ANSWER}'\n      headers: {{}}\n      status: {{code: 200}}\n"
    );
    is_the_sample(&only(yaml.as_bytes()).1);
}

#[test]
fn vcr_go_vcr_and_cassetter() {
    let vcr = format!(
        "---\nhttp_interactions:\n- request:\n    method: post\n    uri: {URL}\n    body:\n      encoding: UTF-8\n      string: \
         '{REQUEST}'\n    headers: {{}}\n  response:\n    status:\n      code: 200\n      message: OK\n    headers:\n      \
         Content-Type:\n      - application/json\n    body:\n      encoding: ASCII-8BIT\n      base64_string: {}\n  recorded_at: \
         Fri, 27 Nov 2026 10:45:33 GMT\nrecorded_with: VCR 6.2.0\n",
        BASE64.encode(ANSWER)
    );
    let (format, taken) = only(vcr.as_bytes());
    is_the_sample(&taken);
    assert_eq!((format, taken.at.is_some()), ("VCR", true));

    let go = format!(
        "---\nversion: 2\ninteractions:\n- id: 0\n  request:\n    body: '{REQUEST}'\n    headers: {{}}\n    url: {URL}\n    \
         method: POST\n  response:\n    body: '{ANSWER}'\n    headers: {{}}\n    status: 200 OK\n    code: 200\n    duration: \
         1.25s\n"
    );
    let (format, taken) = only(go.as_bytes());
    is_the_sample(&taken);
    assert_eq!((format, taken.answer.timing.total_ms), ("go-vcr", 1250));
    assert_eq!(taken.missing, [Missing::Headers]);

    let toml = format!(
        "version = 1\n\n[[interactions]]\nrecorded_at = \"2026-11-27T10:45:33.05+00:00\"\n\n[interactions.request]\nmethod = \
         \"POST\"\nuri = \"{URL}\"\nbody_type = \"json\"\nbody_content = '{REQUEST}'\n\n[interactions.response]\nstatus = \
         200\nbody_type = \"json\"\nbody_content = '{ANSWER}'\n"
    );
    let (format, taken) = only(toml.as_bytes());
    is_the_sample(&taken);
    assert_eq!(format, "cassetter");
}

#[test]
fn json_of_browsers_and_node() {
    let (request, answer): (serde_json::Value, serde_json::Value) =
        (serde_json::from_str(REQUEST).unwrap(), serde_json::from_str(ANSWER).unwrap());
    let har = json!({"log": {"version": "1.2", "entries": [{
        "startedDateTime": "2026-11-27T10:45:33.100Z", "time": 812.4,
        "request": {"method": "POST", "url": URL, "headers": [{"name": "Host", "value": "x"}],
            "postData": {"mimeType": "application/json", "text": REQUEST}},
        "response": {"status": 200, "headers": [{"name": "X-Amzn-RequestId", "value": "r-1"}],
            "content": {"text": BASE64.encode(ANSWER), "encoding": "base64"}},
    }]}});
    let nock = json!([{
        "scope": "https://bedrock-runtime.eu-west-1.amazonaws.com:443", "method": "POST",
        "path": "/model/us.amazon.nova-lite-v1%3A0/converse", "body": request, "status": 200, "response": answer,
        "rawHeaders": ["Content-Type", "application/json"],
    }]);
    let wiremock = json!({"mappings": [{
        "request": {"urlPath": "/model/us.amazon.nova-lite-v1%3A0/converse", "method": "POST",
            "bodyPatterns": [{"equalToJson": REQUEST}]},
        "response": {"status": 200, "body": ANSWER, "headers": {"Content-Type": "application/json"}},
    }]});
    let req_llm = json!({"captured_at": "2026-11-27T10:45:33Z",
        "request": {"url": URL, "method": "POST", "body": {"b64": BASE64.encode(REQUEST)}, "headers": {}},
        "response": {"status": 200, "headers": {}, "body": answer}});
    for (name, file) in [("HAR", har), ("nock", nock), ("WireMock", wiremock), ("ReqLLM", req_llm)] {
        let (format, taken) = only(serde_json::to_string_pretty(&file).unwrap().as_bytes());
        assert_eq!(format, name);
        is_the_sample(&taken);
    }
}

#[test]
fn logs_line_by_line_from_s3_and_cloudwatch() {
    let line = json!({"schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-11-27T10:45:33Z",
        "accountId": "000000000000", "region": "eu-west-1", "operation": "Converse", "modelId": "us.amazon.nova-lite-v1:0",
        "input": {"inputBodyJson": serde_json::from_str::<serde_json::Value>(REQUEST).unwrap()},
        "output": {"outputBodyJson": serde_json::from_str::<serde_json::Value>(ANSWER).unwrap()}});
    let stream = json!({"schemaType": "ModelInvocationLog", "timestamp": "2026-11-27T10:45:34Z", "region": "eu-west-1",
        "operation": "ConverseStream", "modelId": "us.amazon.nova-lite-v1:0",
        "input": {"inputBodyJson": {"messages": []}},
        "output": {"outputBodyJson": [{"messageStart": {"role": "assistant"}}, {"delta": {"text": "grün"}, "contentBlockIndex": 0},
            {"messageStop": {"stopReason": "end_turn"}}]}});
    let elsewhere = json!({"schemaType": "ModelInvocationLog", "operation": "InvokeModel", "modelId": "x",
        "input": {"inputBodyS3Path": "s3://a/b"}, "output": {}});
    let plain = format!("{line}\n{stream}\n\n{elsewhere}\n");
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(plain.as_bytes()).unwrap();
    let packed = gz.finish().unwrap();
    for file in [
        plain.as_bytes(),
        &packed,
        format!("2026-11-27T10:45:33.000Z {line}\n{stream}\n{elsewhere}").as_bytes(),
    ] {
        let (format, found) = all(file);
        assert_eq!((format, found.len()), ("Bedrock's invocation log", 3));
        let Found::Taken(first) = &found[0] else { panic!("{found:?}") };
        is_the_sample(first);
        let Found::Taken(second) = &found[1] else { panic!("{found:?}") };
        let Payload::Stream(frames) = &second.answer.payload else { panic!("a stream") };
        let names: Vec<&str> = frames.iter().map(|frame| frame.name.as_str()).collect();
        assert_eq!(names, ["messageStart", "contentBlockDelta", "messageStop"]);
        assert!(
            matches!(&found[2], Found::Passed(passed) if passed.why.to_string().contains("another file"))
        );
    }
    let broken = format!("{line}\n{{\"schemaType\": \"ModelInv");
    let error = read(broken.as_bytes(), None, &mut |_| true).unwrap_err();
    assert_eq!(error.line(), Some(2), "{error}");
    assert!(read(&packed[..packed.len() / 2], None, &mut |_| true).is_err(), "half a compressed file");
}

#[test]
fn batch_outputs_need_to_be_told_their_model() {
    let line = format!("{{\"recordId\":\"a1\",\"modelInput\":{REQUEST},\"modelOutput\":{ANSWER}}}\n");
    let (_, found) = all(line.as_bytes());
    assert!(
        matches!(&found[0], Found::Passed(passed) if passed.why.to_string().contains("--model")),
        "{found:?}"
    );
    let asked = Asked { operation: Operation::Converse, model_id: "us.amazon.nova-lite-v1:0".to_owned() };
    let mut taken = Vec::new();
    read(line.as_bytes(), Some(&asked), &mut |found| {
        taken.push(found);
        true
    })
    .unwrap();
    let Found::Taken(taken) = &taken[0] else { panic!("{taken:?}") };
    is_the_sample(taken);
}

fn stream(texts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in texts {
        let payload = json!({"contentBlockIndex": 0, "delta": {"text": text}}).to_string();
        let header =
            |name: &'static str, value: &'static str| Header::new(name, HeaderValue::String(value.into()));
        let message = Message::new(payload.into_bytes())
            .add_header(header(":message-type", "event"))
            .add_header(header(":event-type", "contentBlockDelta"));
        write_message_to(&message, &mut bytes).unwrap();
    }
    bytes
}

#[test]
fn streams_are_whole_or_passed_over() {
    let cassette = |bytes: &[u8]| {
        format!(
            "interactions:\n- request: {{body: '{REQUEST}', uri: '{URL}-stream'}}\n  response:\n    body: {{string: !!binary \
             \"{}\"}}\n    headers: {{}}\n    status: {{code: 200}}\n",
            BASE64.encode(bytes)
        )
    };
    let whole = stream(&["gr", "ün"]);
    let (_, taken) = only(cassette(&whole).as_bytes());
    let Payload::Stream(frames) = &taken.answer.payload else { panic!("a stream") };
    assert_eq!((taken.call.operation, frames.len()), (Operation::ConverseStream, 2));
    let mut changed = whole.clone();
    changed[60] ^= 1;
    for (bytes, words) in
        [(&whole[..whole.len() - 3], "breaks off"), (&changed[..], "damaged"), (&b""[..], "empty")]
    {
        let (_, found) = all(cassette(bytes).as_bytes());
        assert!(
            matches!(&found[0], Found::Passed(passed) if passed.why.to_string().contains(words)),
            "{found:?}"
        );
    }
}

#[test]
fn what_was_edited_is_doubted_and_what_is_foreign_passed_over() {
    let cassette = |uri: &str, answer: &str, status: u16| {
        format!(
            "interactions:\n- request: {{body: '{REQUEST}', uri: '{uri}'}}\n  response:\n    body: {{string: '{answer}'}}\n    \
             headers: {{content-length: ['999']}}\n    status: {{code: {status}}}\n"
        )
    };
    let (_, taken) = only(cassette(URL, &ANSWER.replace("grün", "[REDACTED]"), 200).as_bytes());
    assert_eq!(taken.doubts.len(), 2, "{:?}", taken.doubts);
    for (uri, status, words) in [
        ("https://api.example.com/v1/chat", 200, "another service (api.example.com)"),
        (&URL.replace("/converse", "/count-tokens"), 200, "CountTokens is not recorded"),
        (URL, 400, "Bedrock answered 400"),
    ] {
        let (_, found) = all(cassette(uri, ANSWER, status).as_bytes());
        assert!(
            matches!(&found[0], Found::Passed(passed) if passed.why.to_string().contains(words)),
            "{found:?}"
        );
    }
}

#[test]
fn what_is_no_recording_is_refused_with_its_line() {
    let deep = "[".repeat(100_000);
    let laughs = (1..9).fold("a: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, level| {
        let names = vec![format!("*a{}", level - 1); 10].join(",");
        format!("{text}b{level}: &a{level} [{names}]\n")
    });
    for (file, line) in [
        ("", Some(1)),
        ("{\"interactions\": [\n{\"request\": ]}", Some(2)),
        ("interactions:\n- request: 'open\n", Some(2)),
        ("Once upon a time", None),
        ("{\"a\": 1}", None),
        ("<html></html>", None),
        (&deep, Some(1)),
    ] {
        let error = read(file.as_bytes(), None, &mut |_| true).unwrap_err();
        assert_eq!(error.line(), line, "{error} in {:?}", &file[..file.len().min(40)]);
    }
    let error = read(laughs.as_bytes(), None, &mut |_| true).unwrap_err();
    assert!(error.to_string().contains("repeat too much"), "{error}");
    assert!(read(&[0xff, 0xfe, 0x00][..], None, &mut |_| true).is_err());
}
