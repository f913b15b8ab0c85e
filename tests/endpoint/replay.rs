//! Recordings answer, byte for byte, and never for another call.

use serde_json::json;
use tutor_bedrock::answer::Timing;
use tutor_bedrock::{Answer, Call, Operation, Payload};
use tutor_recording::OriginKind;

use super::book::Book;
use super::served::{AT_ONCE, Served};

const EXPRESS: &str = "amazon.titan-text-express-v1";
const PATH: &str = "/model/amazon.titan-text-express-v1/invoke";

fn call(body: serde_json::Value) -> Call {
    Call::new(Operation::InvokeModel, EXPRESS, body.into())
}

fn serve(book: &Book, more: &[&str]) -> Served {
    Served::with(&[&AT_ONCE[..], &["--book", book.argument()], more].concat())
}

#[test]
fn the_same_request_in_other_words_has_the_same_recording() {
    let mut book = Book::new();
    let config = json!({"temperature": 0.5, "maxTokenCount": 100});
    book.record(call(json!({"inputText": "hi", "textGenerationConfig": config})), OriginKind::Practice);
    let Payload::Whole(recorded) = book.calls[0].1.payload.clone() else { panic!("not a stream") };
    let served = serve(&book, &[]);
    for body in [
        r#"{"inputText":"hi","textGenerationConfig":{"temperature":0.5,"maxTokenCount":100}}"#,
        r#"{ "textGenerationConfig" : {"maxTokenCount":100.0,"temperature":5e-1}, "inputText": "h\u0069" }"#,
    ] {
        let response = served.post(PATH, body.as_bytes());
        assert_eq!(response.body, *recorded, "{body}");
        assert_eq!(response.header("x-amzn-requestid"), book.calls[0].1.header("x-amzn-requestid").unwrap());
        assert!(!response.header("x-amzn-bedrock-input-token-count").is_empty());
    }
    let other = served.post(PATH, br#"{"inputText":"ho"}"#);
    assert!(other.text().contains("Practice answer"), "{}", other.text());
}

#[test]
fn with_replay_only_a_request_without_recording_learns_what_is_near() {
    let mut book = Book::new();
    book.record(call(json!({"inputText": "hi"})), OriginKind::Practice);
    book.record(
        call(json!({"inputText": "Name a tree.", "textGenerationConfig": {"temperature": 0.5}})),
        OriginKind::Practice,
    );
    let served = serve(&book, &["--replay-only"]);
    let response =
        served.post(PATH, br#"{"inputText":"Name a tree.","textGenerationConfig":{"temperature":0.7}}"#);
    assert_eq!((response.status, response.error()), (404, "ResourceNotFoundException"));
    insta::with_settings!({filters => vec![(r"[0-9a-f]{8}\.json", "KEY.json")]}, {
        insta::assert_snapshot!(response.message());
    });
    let response = served.post("/model/meta.llama2-13b-chat-v1/invoke", br#"{"prompt":"hi"}"#);
    assert_eq!(response.status, 404);
    insta::assert_snapshot!(response.message());
}

#[test]
fn what_bedrock_itself_answered_needs_no_check() {
    let mut book = Book::new();
    let refused = Answer {
        status: 400,
        headers: [
            ("content-type", "application/json"),
            ("x-amzn-errortype", "ValidationException:http://x/"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        payload: Payload::Whole(br#"{"message":"as it was recorded"}"#.to_vec().into()),
        timing: Timing::default(),
    };
    book.keep(call(json!({"inputText": "hi", "extra": 1})), refused.clone(), OriginKind::Bedrock);
    book.keep(call(json!({"inputText": "hi", "extra": 2})), refused, OriginKind::Practice);
    let served = serve(&book, &[]);
    let said = |body: &[u8]| served.post(PATH, body).message();
    assert_eq!(said(br#"{"inputText":"hi","extra":1}"#), "as it was recorded");
    assert!(said(br#"{"inputText":"hi","extra":2}"#).contains("extraneous key [extra]"));
}

#[test]
fn a_damaged_recording_is_named() {
    let mut book = Book::new();
    book.record(call(json!({"inputText": "hi"})), OriginKind::Practice);
    let folder = book.path().join("fixtures/chapter");
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&file, "{").unwrap();
    let served = serve(&book, &["--replay-only"]);
    let response = served.post(PATH, br#"{"inputText":"hi"}"#);
    assert_eq!(response.status, 404);
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(response.message().contains(name), "{}", response.message());
}

#[test]
fn retired_models_answer_unless_the_lifecycle_is_strict() {
    let served = Served::with(&[&AT_ONCE[..], &["--strict-lifecycle"]].concat());
    let response = served.post(PATH, br#"{"inputText":"hi"}"#);
    assert_eq!((response.status, response.error()), (404, "ResourceNotFoundException"));
    assert!(response.message().starts_with("This model version has reached the end of its life."));
    assert_eq!(Served::with(&AT_ONCE).post(PATH, br#"{"inputText":"hi"}"#).status, 200);
    let early = Served::with(&["--pace", "0", "--strict-lifecycle", "--today", "2025-01-01"]);
    assert_eq!(early.post(PATH, br#"{"inputText":"hi"}"#).status, 200, "it was not retired then");
}

#[test]
fn what_is_recorded_later_is_not_there_yet_and_a_book_is_not_needed() {
    let empty = tempfile::tempdir().unwrap();
    let served = Served::with(&[&AT_ONCE[..], &["--book", empty.path().to_str().unwrap()]].concat());
    let response = served.post(
        "/model/us.amazon.nova-lite-v1%3A0/converse",
        &super::book::converse_body().to_compact().into_bytes(),
    );
    assert_eq!(response.status, 200, "{}", response.text());
}

#[test]
fn tokens_are_counted_for_claude_by_its_bare_id_alone() {
    let served = Served::with(&AT_ONCE);
    let input =
        br#"{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"eleven words"}]}]}}}"#;
    let counted = |id: &str| served.post(&format!("/model/{id}/count-tokens"), input);
    let bare = counted("anthropic.claude-sonnet-4-20250514-v1%3A0");
    assert!(bare.text().starts_with(r#"{"inputTokens":"#), "{}", bare.text());
    for id in ["us.anthropic.claude-sonnet-4-20250514-v1%3A0", "amazon.nova-lite-v1%3A0"] {
        let refused = counted(id);
        assert_eq!((refused.status, refused.error()), (400, "ValidationException"), "{id}");
        assert_eq!(refused.message(), "The provided model doesn't support counting tokens.");
    }
}

#[test]
fn the_model_is_looked_at_first_and_what_only_tutor_does_not_know_is_no_fault() {
    let body = br#"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#;
    let served = Served::with(&AT_ONCE);
    for (id, segment, body) in [
        ("no-such-model", "invoke", &b""[..]),
        ("us.amazon.nova-micro-v1%3AO", "converse", body),
        ("amazon.nova-micro", "converse", body),
    ] {
        let refused = served.post(&format!("/model/{id}/{segment}"), body);
        assert_eq!(refused.message(), "The provided model identifier is invalid.", "{id}");
    }
    let arn = "arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aapplication-inference-profile%2Fabc123";
    for id in ["newmaker.model-one-v1%3A0", arn] {
        let answer = served.post(&format!("/model/{id}/converse"), body);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let native = served.post(&format!("/model/{arn}/invoke"), br#"{"prompt":"hi","max_gen_len":9}"#);
    assert!(native.text().contains("generation"), "{}", native.text());
    let strict = Served::with(&[&AT_ONCE[..], &["--unknown-models", "refuse"]].concat());
    let refused = strict.post("/model/newmaker.model-one-v1%3A0/converse", body);
    assert!(refused.message().starts_with("tutor: "), "{}", refused.message());
    assert_eq!(strict.post(&format!("/model/{arn}/converse"), body).status, 200, "an ARN is no model's id");
}

#[test]
fn answers_are_of_the_kind_that_is_asked_for() {
    let ask = |served: &Served, more: &str| {
        let body = format!(
            r#"{{"messages":[{{"role":"user","content":[{{"text":"When is the tide high?"}}]}}],{more}}}"#
        );
        let answer = served.post("/model/us.anthropic.claude-sonnet-4-6/converse", body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap()
    };
    let content = |answer: &serde_json::Value, pointer: &str| {
        answer.pointer(&format!("/output/message/content{pointer}")).cloned()
    };
    let tools = r#""toolConfig":{"tools":[{"toolSpec":{"name":"get_tide","inputSchema":{"json":{"type":"object","properties":{"days":{"type":"integer","minimum":1}},"required":["days"]}}}}]}"#;
    let plain = Served::with(&AT_ONCE);
    assert!(content(&ask(&plain, tools), "/0/text").is_some(), "no tool is called unasked");
    let auto = Served::with(&[&AT_ONCE[..], &["--practice-tools", "auto"]].concat());
    let called = ask(&auto, tools);
    assert_eq!(content(&called, "/0/toolUse/input"), Some(serde_json::json!({"days": 1})));
    assert_eq!(called["stopReason"], "tool_use");
    let schema = r#""outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"name":"tide","schema":"{\"type\":\"object\",\"properties\":{\"high\":{\"type\":\"boolean\"}},\"required\":[\"high\"]}"}}}}"#;
    assert_eq!(content(&ask(&plain, schema), "/0/text"), Some(r#"{"high":false}"#.into()));
    let thinking = r#""additionalModelRequestFields":{"thinking":{"type":"adaptive"}}"#;
    assert!(content(&ask(&plain, thinking), "/0/reasoningContent/reasoningText/signature").is_some());
}

#[test]
fn a_bare_id_is_refused_where_a_source_says_so() {
    let body = br#"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#;
    let served = Served::with(&AT_ONCE);
    let status = |id: &str| served.post(&format!("/model/{id}/converse"), body).status;
    assert_eq!(status("anthropic.claude-haiku-4-5-20251001-v1%3A0"), 400, "nowhere by its bare id");
    assert_eq!(status("meta.llama3-1-8b-instruct-v1%3A0"), 200, "in some regions");
}
