//! Real clients cannot tell it from Bedrock: boto3, the AWS CLI, the JavaScript SDK, the Rust SDK, two
//! libraries on top of boto3, and two outside judges of native answers. `tests/run` installs them.

use std::path::PathBuf;
use std::process::{Command, Output};

use aws_sdk_bedrockruntime::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_bedrockruntime::error::ProvideErrorMetadata as _;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::{
    AnyToolChoice, ContentBlock, ConversationRole, ConverseStreamOutput, Message, ResponseStream, Tool,
    ToolChoice, ToolConfiguration, ToolInputSchema, ToolSpecification,
};
use aws_sdk_bedrockruntime::{Client, Config};
use serde_json::{Value, json};

use super::book::Book;
use super::served::{AT_ONCE, Served, tutor};

const EXPRESS: &str = "amazon.titan-text-express-v1";
const NOVA: &str = "amazon.nova-lite-v1:0";
const QUESTION: &str = "Why is the sky blue?";
const ANSWER: &str = "Practice answer from a stand-in for amazon.titan-text-express-v1, not from the model \
                      itself. You asked: “Why is the sky blue?”";
const INVALID: &str = "Malformed input request: #: required key [inputText] not found, please reformat your \
                       input and try again.";
/// A rate and a seed with which the first request is throttled and the second is not.
pub(super) const THROTTLED: [&str; 4] = ["--throttle", "0.5", "--seed", "2"];

/// A program that `tests/run` has put below the project's folder.
pub(super) fn installed(path: &str) -> String {
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    assert!(program.exists(), "{} is missing: run tests/run, which installs it", program.display());
    program.display().to_string()
}

fn script(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name).display().to_string()
}

/// Runs a command under `tutor endpoint` and returns the JSON lines it prints.
fn lines(options: &[&str], command: &[&str]) -> Vec<Value> {
    let output = run(options, command);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    text(&output.stdout).lines().map(parse).collect()
}

fn run(options: &[&str], command: &[&str]) -> Output {
    let mut endpoint: Command = tutor(&[&AT_ONCE[..], options].concat());
    endpoint.arg("--").args(command);
    endpoint.output().expect("tutor runs")
}

pub(super) fn python(options: &[&str], name: &str, arguments: &[&str]) -> Vec<Value> {
    let (python, script) = (installed("target/venv/bin/python"), script(name));
    lines(options, &[&[python.as_str(), script.as_str()][..], arguments].concat())
}

/// The line of the case called `name`.
pub(super) fn case<'a>(lines: &'a [Value], name: &str) -> &'a Value {
    lines.iter().find(|line| line["case"] == name).unwrap_or_else(|| panic!("no {name} in {lines:#?}"))
}

/// What every client that streams must have seen.
fn assert_cases(lines: &[Value]) {
    assert_eq!(case(lines, "plain")["text"], ANSWER);
    assert_eq!(case(lines, "stream")["text"], ANSWER);
    let metrics = json!(["firstByteLatency", "inputTokenCount", "invocationLatency", "outputTokenCount"]);
    assert_eq!(case(lines, "stream")["metrics"], metrics);
    let tool = case(lines, "tool");
    assert_eq!((&tool["stop"], &tool["use"]), (&json!("tool_use"), &json!("weather")));
    let events = json!([
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata"
    ]);
    assert_eq!(case(lines, "events")["names"], events);
    let invalid = case(lines, "invalid");
    assert_eq!((&invalid["status"], &invalid["code"]), (&json!(400), &json!("ValidationException")));
    assert_eq!(invalid["message"], INVALID);
}

#[test]
fn boto3_does_what_scripts_do() {
    let lines = python(&[], "boto.py", &["cases"]);
    assert_cases(&lines);
    assert_eq!(case(&lines, "image")["png"], "PNG");
    assert_eq!(case(&lines, "vector")["length"], 1024);
    assert_eq!(case(&lines, "count")["tokens"], 6);
    assert_eq!(case(&lines, "arn")["stop"], "end_turn");
    assert_eq!(case(&lines, "other operation")["code"], "UnknownOperationException");
    assert_eq!(case(&lines, "other service")["code"], "NotImplemented");
}

#[test]
fn boto3_survives_a_throttle_and_reads_a_broken_stream() {
    let lines = python(&THROTTLED, "boto.py", &["throttled"]);
    assert_eq!(case(&lines, "throttled")["attempts"], 1);
    let lines = python(&["--mid-stream-fault", "1"], "boto.py", &["broken"]);
    assert_eq!(
        case(&lines, "broken"),
        &json!({"case": "broken", "some": true, "code": "throttlingException"})
    );
}

#[test]
fn boto3_reads_every_familys_recording_as_it_is_stored() {
    let book = Book::of_every_family();
    book.write_calls("calls.json");
    let calls = book.path().join("calls.json").display().to_string();
    let lines = python(&["--book", book.argument(), "--replay-only"], "boto.py", &["replay", &calls]);
    assert_eq!(lines.len(), book.calls.len());
    let wrong: Vec<_> = lines.iter().filter(|line| line["same"] != true || line["headers"] != true).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let families: std::collections::BTreeSet<_> =
        lines.iter().filter_map(|line| line["case"].as_str()?.split(' ').next()).collect();
    assert_eq!(families.len(), tutor_bedrock::family::FAMILIES.len());
}

#[test]
fn outside_judges_find_text_and_usage_in_native_answers() {
    let book = Book::of_every_family();
    book.write_calls("calls.json");
    let calls = book.path().join("calls.json").display().to_string();
    let lines = python(&["--book", book.argument()], "judges.py", &[&calls]);
    let wrong: Vec<_> = lines
        .iter()
        .filter(|line| match (&line["length"], &line["base64"]) {
            (Value::Null, Value::Null) => line["text"] != "Practice answer" || line["counted"] != true,
            (length, Value::Null) => length.as_u64() < Some(256),
            (_, base64) => base64 != "iVBO",
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let by = |judge: &str| lines.iter().filter(|line| line["judge"] == judge).count();
    assert_eq!((by("langchain-aws"), by("litellm")), (9, LITELLM));
}

/// Eight models of text whole, seven of them streamed, three of vectors, three of images.
const LITELLM: usize = 21;

#[test]
fn libraries_on_top_of_boto3_are_served() {
    let lines = python(&[], "libraries.py", &[]);
    let said = |name: &str| case(&lines, name)["text"].as_str().unwrap_or_default().to_owned();
    for name in ["anthropic", "anthropic stream", "langchain-aws"] {
        assert!(said(name).ends_with("You asked: “Why is the sky blue?”"), "{lines:#?}");
    }
    assert_eq!(said("anthropic"), said("anthropic stream"));
    assert_eq!(case(&lines, "anthropic")["tokens"], true);
    assert_eq!(case(&lines, "langchain-aws")["tokens"], true);
}

#[test]
fn the_javascript_sdk_is_served_over_http_2() {
    let script = installed("tests/clients/node_modules/@aws-sdk/client-bedrock-runtime/package.json")
        .replace("node_modules/@aws-sdk/client-bedrock-runtime/package.json", "sdk.mjs");
    assert_cases(&lines(&[], &["node", &script, "cases"]));
    let throttled = lines(&THROTTLED, &["node", &script, "throttled"]);
    assert_eq!(case(&throttled, "throttled"), &json!({"case": "throttled", "attempts": 1, "status": 200}));
}

/// Version 1 of the CLI, from the Python registry. It cannot stream; version 2 could not be tried.
#[test]
fn the_aws_cli_is_served() {
    let aws = installed("target/venv/bin/aws");
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("out.json").display().to_string();
    let invoke = |options: &[&str], body: &str| {
        let command = [&aws, "bedrock-runtime", "invoke-model", "--model-id", EXPRESS, "--body", body, &out];
        run(options, &command)
    };
    for options in [&[][..], &THROTTLED] {
        let done = invoke(options, &json!({"inputText": QUESTION}).to_string());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let answer: Value = serde_json::from_slice(&std::fs::read(&out).expect("its file")).expect("JSON");
        assert_eq!(answer["results"][0]["outputText"], ANSWER);
    }
    let refused = invoke(&[], "{}");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains(INVALID));
    let messages = json!([{"role": "user", "content": [{"text": QUESTION}]}]).to_string();
    let tools = json!({
        "tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object"}}}}],
        "toolChoice": {"any": {}},
    });
    let tools = tools.to_string();
    let command = [&aws, "bedrock-runtime", "converse", "--model-id", NOVA, "--messages", &messages];
    let done = run(&[], &[&command.map(|word| word as &str)[..], &["--tool-config", &tools]].concat());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let answer: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!(answer["stopReason"], "tool_use");
}

/// The Rust SDK as a person's own program has it, but for the environment: that is this test's.
fn rust_sdk(served: &Served) -> Client {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(format!("http://127.0.0.1:{}", served.port))
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("tutor", "tutor", None, None, "test"))
        .http_client(http)
        .build();
    Client::from_conf(config)
}

#[tokio::test]
async fn the_rust_sdk_is_served() {
    let served = Served::with(&AT_ONCE);
    let client = rust_sdk(&served);
    let body = |json: Value| Blob::new(json.to_string());
    let question = body(json!({"inputText": QUESTION}));
    let plain =
        client.invoke_model().model_id(EXPRESS).content_type("application/json").body(question.clone());
    let plain = plain.send().await.expect("an answer");
    let plain: Value = serde_json::from_slice(plain.body.as_ref()).expect("JSON");

    let stream = client.invoke_model_with_response_stream().model_id(EXPRESS).body(question);
    let mut stream = stream.send().await.expect("a stream").body;
    let mut chunks: Vec<Value> = Vec::new();
    while let Some(event) = stream.recv().await.expect("no fault") {
        let ResponseStream::Chunk(part) = event else { panic!("{event:?}") };
        chunks.push(serde_json::from_slice(part.bytes.expect("bytes").as_ref()).expect("JSON"));
    }
    let text: String = chunks.iter().filter_map(|chunk| chunk["outputText"].as_str()).collect();
    let last = chunks.last().and_then(|chunk| chunk["amazon-bedrock-invocationMetrics"].as_object());
    let mut metrics: Vec<&String> = last.expect("metrics").keys().collect();
    metrics.sort();

    let (tool_lines, names) = converse_with_a_tool(&client).await;
    let refused = client.invoke_model().model_id(EXPRESS).body(body(json!({}))).send().await;
    let error = refused.expect_err("a refusal");
    let status = error.raw_response().map(|response| response.status().as_u16());
    assert_cases(&[
        json!({"case": "plain", "text": plain["results"][0]["outputText"]}),
        json!({"case": "stream", "text": text, "metrics": metrics}),
        tool_lines,
        json!({"case": "events", "names": names}),
        json!({"case": "invalid", "status": status, "code": error.code(), "message": error.message()}),
    ]);
}

async fn converse_with_a_tool(client: &Client) -> (Value, Vec<&'static str>) {
    use aws_smithy_types::Document;
    let schema = Document::Object([("type".to_owned(), Document::String("object".to_owned()))].into());
    let tool = ToolSpecification::builder().name("weather").input_schema(ToolInputSchema::Json(schema));
    let tools = ToolConfiguration::builder()
        .tools(Tool::ToolSpec(tool.build().expect("a tool")))
        .tool_choice(ToolChoice::Any(AnyToolChoice::builder().build()))
        .build()
        .expect("tools");
    let message =
        Message::builder().role(ConversationRole::User).content(ContentBlock::Text(QUESTION.into()));
    let message = message.build().expect("a message");
    let answer = client.converse().model_id(NOVA).messages(message.clone()).tool_config(tools.clone());
    let answer = answer.send().await.expect("an answer");
    let stop = answer.stop_reason().as_str().to_owned();
    let message_out = answer.output().and_then(|output| output.as_message().ok()).expect("a message");
    let name = message_out.content()[0].as_tool_use().expect("a tool use").name().to_owned();

    let stream = client.converse_stream().model_id(NOVA).messages(message).tool_config(tools);
    let mut stream = stream.send().await.expect("a stream").stream;
    let mut names = Vec::new();
    while let Some(event) = stream.recv().await.expect("no fault") {
        names.push(match event {
            ConverseStreamOutput::MessageStart(_) => "messageStart",
            ConverseStreamOutput::ContentBlockStart(_) => "contentBlockStart",
            ConverseStreamOutput::ContentBlockDelta(_) => "contentBlockDelta",
            ConverseStreamOutput::ContentBlockStop(_) => "contentBlockStop",
            ConverseStreamOutput::MessageStop(_) => "messageStop",
            ConverseStreamOutput::Metadata(_) => "metadata",
            other => panic!("{other:?}"),
        });
    }
    names.dedup();
    (json!({"case": "tool", "stop": stop, "use": name}), names)
}

#[tokio::test]
async fn the_rust_sdk_survives_a_throttle() {
    let served = Served::with(&[&AT_ONCE[..], &THROTTLED].concat());
    let body = Blob::new(json!({"inputText": QUESTION}).to_string());
    let answer = rust_sdk(&served).invoke_model().model_id(EXPRESS).body(body).send().await;
    assert!(answer.is_ok(), "{answer:?}");
}
