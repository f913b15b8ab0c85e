//! The provider against a server that does what it should, and against every kind that does not.

use std::time::Duration;

use serde_json::json;

use super::fake::{Script, Then, local};
use super::*;
use tutor_bedrock::family;
use tutor_bedrock::{Json, Operation};

const LLAMA: &str = "meta.llama3-8b-instruct-v1:0";
const CHAT: &str = "/v1/chat/completions";

fn call(operation: Operation) -> Call {
    let body = if operation.is_converse() {
        json!({"messages": [{"role": "user", "content": [{"text": "Why?"}]}]})
    } else {
        json!({"prompt": "Why?", "max_gen_len": 20})
    };
    Call::new(operation, LLAMA, body.into())
}

fn script(pieces: &[&str], then: Then) -> Vec<Script> {
    vec![Script {
        path: CHAT,
        status: 200,
        pieces: pieces.iter().map(|piece| (*piece).to_owned()).collect(),
        then,
    }]
}

const TIGHT: Limits =
    Limits { bytes: 64 << 10, total: Duration::from_secs(20), idle: Duration::from_secs(5) };

const WHOLE: &str = r#"{"id":"a","choices":[{"message":{"content":"Because of the tide."},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":6}}"#;

async fn asked(operation: Operation, pieces: &[&str], then: Then) -> Result<Answer, ProviderError> {
    let (local, _) = local(Settings::default(), TIGHT, script(pieces, then)).await;
    local.answer(&call(operation)).await
}

#[tokio::test]
async fn text_tokens_and_stop_reason_are_the_servers() {
    let (local, heard) = local(Settings::default(), TIGHT, script(&[WHOLE], Then::End)).await;
    for operation in [Operation::InvokeModel, Operation::Converse] {
        let call = call(operation);
        let answer = local.answer(&call).await.unwrap();
        let reading = family::read(&call, family::of_model(LLAMA), &answer).unwrap();
        assert_eq!(reading.text(), "Because of the tide.");
        assert_eq!((reading.usage.input_tokens, reading.usage.output_tokens), (Some(11), Some(6)));
    }
    let heard = heard.lock().unwrap();
    assert_eq!(heard[0].1["max_tokens"], 20);
    assert_eq!(heard[0].1["messages"], json!([{"role": "user", "content": "Why?"}]));
}

#[tokio::test]
async fn a_path_is_never_told_and_who_spoke_always() {
    let settings = Settings { machine: Some("a desk".into()), ..Settings::default() };
    let (local, _) = local(settings, TIGHT, script(&[WHOLE], Then::End)).await;
    let speaker = local.speaker(&call(Operation::Converse)).unwrap();
    assert_eq!(speaker.in_words(), "tiny (Q4_1) by llama.cpp on a desk");
    let origin = local.origin_of(&call(Operation::Converse), &Origin::practice(jiff_now()));
    assert_eq!(origin.kind, OriginKind::Local);
    assert_eq!(origin.local, Some(speaker));
}

fn jiff_now() -> jiff::Timestamp {
    "2026-11-27T10:00:00Z".parse().unwrap()
}

const EVENTS: [&str; 4] = [
    "data: {\"id\":\"s\",\"choices\":[{\"delta\":{\"content\":\"Be\"}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"cause.\"}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n",
];

#[tokio::test]
async fn a_stream_is_passed_on_piece_by_piece() {
    let call = call(Operation::InvokeModelWithResponseStream);
    let (local, _) = local(Settings::default(), TIGHT, script(&EVENTS, Then::End)).await;
    let Flow::Stream(mut stream) = local.ask(&call).await.unwrap() else { panic!("a stream") };
    let mut frames = Vec::new();
    while let Some(frame) = stream.frames.recv().await {
        frames.push(frame);
    }
    assert_eq!(frames.len(), 3, "two pieces and the end");
    let Some(End::Whole(usage)) = stream.end.get() else { panic!("whole") };
    assert_eq!(usage.output_tokens, Some(2));
    let answer = local.answer(&call).await.unwrap();
    let reading = family::read(&call, family::of_model(LLAMA), &answer).unwrap();
    assert_eq!((reading.text().as_str(), reading.stop_reason.as_deref()), ("Because.", Some("length")));
    assert!(answer.timing.first_token_ms.is_some());
}

#[tokio::test]
async fn what_a_server_does_wrong_is_told_by_name() {
    let bad = |answer: Result<Answer, ProviderError>| answer.unwrap_err().to_string();
    let whole = Operation::Converse;
    let stream = Operation::ConverseStream;
    let lies = WHOLE.replace("\"completion_tokens\":6", "\"completion_tokens\":900000");
    let silent = WHOLE.replace("usage", "abusage");
    let cases: [(Operation, &[&str], Then, &str); 9] = [
        (whole, &["{\"choices\":["], Then::End, "no JSON"),
        (whole, &["{}"], Then::End, "neither an answer"),
        (whole, &["{\"choices\":["], Then::Gone, "broke off"),
        (whole, &[&"x".repeat(2000)], Then::ForEver, "larger than"),
        (whole, &[&lies], Then::End, "900000 tokens"),
        (whole, &[&silent], Then::End, "counts no tokens"),
        (stream, &[EVENTS[0], "data: {broken\n\n"], Then::End, "no JSON"),
        (stream, &[EVENTS[0]], Then::End, "ended in the middle"),
        (stream, &[EVENTS[0], EVENTS[1]], Then::ForEver, "larger than"),
    ];
    for (operation, pieces, then, words) in cases {
        let told = bad(asked(operation, pieces, then).await);
        assert!(told.contains(words), "{words}: {told}");
    }
    let error = asked(stream, &["data: {\"error\":{\"message\":\"out of memory\"}}\n\n"], Then::End).await;
    assert!(bad(error).contains("out of memory"));
}

#[tokio::test]
async fn a_server_that_stands_still_is_left() {
    // Time moves by itself while nothing else does.
    let (local, _) = local(Settings::default(), TIGHT, script(&[EVENTS[0]], Then::Silence)).await;
    tokio::time::pause();
    let call = call(Operation::ConverseStream);
    let told = local.answer(&call).await.unwrap_err().to_string();
    assert!(told.contains("took too long"), "{told}");
}

#[tokio::test]
async fn a_stream_that_breaks_off_ends_with_an_exception() {
    let call = call(Operation::ConverseStream);
    let (local, _) = local(Settings::default(), TIGHT, script(&EVENTS[..2], Then::Gone)).await;
    let Flow::Stream(mut stream) = local.ask(&call).await.unwrap() else { panic!("a stream") };
    let mut last = None;
    while let Some(frame) = stream.frames.recv().await {
        last = Some(frame);
    }
    assert_eq!(last.unwrap().name, "modelStreamErrorException");
    assert!(matches!(stream.end.get(), Some(End::Broken(_))));
}

#[tokio::test]
async fn nobody_answers_for_a_server_that_is_not_there() {
    let settings = Settings { url: Some("http://127.0.0.1:1".into()), ..Settings::default() };
    let ProviderError::Service(error) = find(&settings).await.unwrap_err() else { panic!() };
    assert_eq!(error.trouble, Trouble::Unreachable);
    let settings = Settings { url: Some("http://example.com".into()), ..Settings::default() };
    assert!(find(&settings).await.unwrap_err().to_string().contains("another machine"));
}

#[tokio::test]
async fn a_tool_that_must_be_called_is_called_whole_and_streamed() {
    let text = "{\\\"name\\\":\\\"clock\\\",\\\"arguments\\\":{\\\"city\\\":\\\"Rome\\\"}}";
    let usage = r#""usage":{"prompt_tokens":3,"completion_tokens":9}"#;
    let whole =
        format!(r#"{{"choices":[{{"message":{{"content":"{text}"}},"finish_reason":"stop"}}],{usage}}}"#);
    let event = format!(
        "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":\"stop\"}}],{usage}}}\n\n"
    );
    for (operation, piece) in [(Operation::Converse, whole), (Operation::ConverseStream, event)] {
        let body = json!({
            "messages": [{"role": "user", "content": [{"text": "Time in Rome?"}]}],
            "toolConfig": {"tools": [{"toolSpec": {"name": "clock", "inputSchema": {"json": {"type": "object"}}}}], "toolChoice": {"any": {}}},
        });
        let call = Call::new(operation, LLAMA, body.into());
        let (local, _) = local(Settings::default(), TIGHT, script(&[&piece], Then::End)).await;
        let answer = local.answer(&call).await.unwrap();
        let reading = family::read(&call, family::of_model(LLAMA), &answer).unwrap();
        let input = json!({"city": "Rome"}).into();
        assert_eq!(reading.parts, [family::Part::ToolUse { name: "clock".into(), input }]);
        assert_eq!(reading.stop_reason.as_deref(), Some("tool_use"));
    }
}

#[tokio::test]
async fn embeddings_keep_their_shape() {
    let vectors = r#"{"data":[{"embedding":[0.25,-1]}],"usage":{"prompt_tokens":2,"total_tokens":2}}"#;
    let script = vec![Script {
        path: "/v1/embeddings",
        status: 200,
        pieces: vec![vectors.to_owned()],
        then: Then::End,
    }];
    let (local, _) = local(Settings::default(), TIGHT, script).await;
    let id = "amazon.titan-embed-text-v2:0";
    let call = Call::new(Operation::InvokeModel, id, json!({"inputText": "river"}).into());
    let answer = local.answer(&call).await.unwrap();
    let Payload::Whole(body) = &answer.payload else { panic!("whole") };
    assert_eq!(
        body.json().and_then(|json| json.get("embedding")).map(Json::to_compact).unwrap(),
        "[0.25,-1.0]"
    );
    assert_eq!(answer.headers["x-amzn-bedrock-input-token-count"], "2");
}
