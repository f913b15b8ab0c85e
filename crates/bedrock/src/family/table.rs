//! Holds every family to its rows in `table.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::{Operation, Timing};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    family: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    /// Ids of models that speak it.
    models: Vec<String>,
    prompt: Asked,
    /// Exactly what the family writes for that prompt, and reads back.
    body: String,
    /// Other bodies, as people write them, that ask the same.
    #[serde(default)]
    also: Vec<String>,
    answer: Vec<Whole>,
    #[serde(default)]
    stream: Vec<Streamed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Asked {
    system: Option<String>,
    text: String,
    #[serde(default)]
    further_texts: Vec<String>,
    max_tokens: Option<u64>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    #[serde(default)]
    stop: Vec<String>,
    size: Option<(u32, u32)>,
    images: Option<u32>,
    seed: Option<u64>,
    dimensions: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    json: String,
    parts: Vec<String>,
    stop: Option<String>,
    #[serde(default)]
    tokens: Vec<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Streamed {
    chunks: Vec<String>,
    parts: Vec<String>,
    stop: Option<String>,
    #[serde(default)]
    tokens: Vec<u64>,
    source: Option<String>,
}

fn table() -> Vec<Row> {
    let table: Table = toml::from_str(include_str!("table.toml")).unwrap();
    table.family
}

fn family(row: &Row) -> &'static dyn Family {
    by_id(&row.id).unwrap_or_else(|| panic!("no family {}", row.id))
}

fn json(text: &str) -> Json {
    Json::parse(text.replace('\n', "\\n").as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn prompt(asked: &Asked) -> Prompt {
    Prompt {
        system: asked.system.clone(),
        text: asked.text.clone(),
        further_texts: asked.further_texts.clone(),
        max_tokens: asked.max_tokens,
        temperature: asked.temperature,
        top_p: asked.top_p,
        stop: asked.stop.clone(),
        size: asked.size,
        images: asked.images,
        seed: asked.seed,
        dimensions: asked.dimensions,
        ..Prompt::default()
    }
}

/// Parts as the table writes them.
fn shown(reading: &Reading) -> Vec<String> {
    let part = |part: &Part| match part {
        Part::Text(text) => format!("text {text}"),
        Part::Reasoning(text) => format!("reasoning {text}"),
        Part::ToolUse { name, input } => format!("tool {name} {}", input.to_compact()),
        Part::Image { media_type, bytes } => format!("image {media_type} {}", bytes.len()),
        Part::Embedding(vector) => {
            vector.iter().fold("vector".to_owned(), |text, number| format!("{text} {number}"))
        }
        Part::Refusal(text) => format!("refusal {text}"),
        Part::Data { what, value } => format!("{} {}", what.name(), value.to_compact()),
    };
    reading.parts.iter().map(part).collect()
}

fn tokens(reading: &Reading) -> Vec<u64> {
    reading.usage.input_tokens.into_iter().chain(reading.usage.output_tokens).collect()
}

fn call(row: &Row, operation: Operation) -> Call {
    Call::new(operation, row.models[0].as_str(), json(&row.body))
}

fn answer(payload: Payload, headers: &[(&str, &str)]) -> Answer {
    let headers: BTreeMap<_, _> = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Answer { status: 200, headers, payload, timing: Timing::default() }
}

fn whole(text: &str) -> Payload {
    Payload::Whole(json(text).to_compact().into_bytes().into())
}

/// A reply of every kind of part that the family has.
fn reply(row: &Row, parts: Vec<Part>) -> Reply {
    Reply {
        model_id: row.models[0].clone(),
        id: "0123456789abcdef01234567".to_owned(),
        prompt: prompt(&row.prompt),
        body: json(&row.body),
        parts,
        stop: Stop::End,
        input_tokens: 7,
        output_tokens: 9,
        latency_ms: 500,
        first_token_ms: 200,
    }
}

#[test]
fn every_family_has_rows() {
    let rows: Vec<String> = table().into_iter().map(|row| row.id).collect();
    let mut families: Vec<&str> = FAMILIES.iter().map(|family| family.id()).collect();
    families.sort_by_key(|id| rows.iter().position(|row| row == id));
    assert_eq!(rows, families);
    for row in table() {
        assert_eq!(family(&row).streams(), !row.stream.is_empty(), "{}", row.id);
    }
}

#[test]
fn model_ids_tell_the_family() {
    for row in table() {
        for model in &row.models {
            let found = of_model(model).map(Family::id);
            assert_eq!(found, Some(row.id.as_str()), "{model}");
        }
    }
    for unknown in ["amazon.nova-reel-v1:0", "amazon.nova-sonic-v1:0", "writer.palmyra-x5-v1:0", "", "x.y"] {
        assert!(of_model(unknown).is_none(), "{unknown}");
    }
}

#[test]
fn prompts_become_bodies_and_bodies_prompts() {
    for row in table() {
        let asked = prompt(&row.prompt);
        let body = family(&row).body(&asked).unwrap();
        assert_eq!(body.to_compact(), json(&row.body).to_compact());
        for body in row.also.iter().chain([&row.body]) {
            assert_eq!(family(&row).prompt(&json(body)), asked, "{}: {body}", row.id);
        }
    }
}

#[test]
fn what_a_family_has_no_words_for_is_refused() {
    let everything = Prompt {
        system: Some("s".into()),
        max_tokens: Some(1),
        size: Some((512, 512)),
        dimensions: Some(256),
        ..Prompt::of("x")
    };
    for row in table() {
        assert!(family(&row).body(&everything).is_err(), "{}", row.id);
    }
    let error = by_id("titan-text").unwrap().body(&everything).unwrap_err();
    assert_eq!(error.to_string(), "Titan Text has no system prompt");
}

#[test]
fn whole_answers_are_read() {
    for row in table() {
        for expected in &row.answer {
            let call = call(&row, Operation::InvokeModel);
            let reading = read(&call, Some(family(&row)), &answer(whole(&expected.json), &[])).unwrap();
            assert_eq!(shown(&reading), expected.parts, "{}", row.id);
            assert_eq!(reading.stop_reason, expected.stop, "{}", row.id);
            assert_eq!(tokens(&reading), expected.tokens, "{}", row.id);
            let source = (!expected.tokens.is_empty()).then_some(UsageSource::Body);
            assert_eq!(reading.counted_by, source, "{}", row.id);
        }
    }
}

#[test]
fn streams_are_read() {
    for row in table() {
        for expected in &row.stream {
            let frames = expected.chunks.iter().map(|chunk| event_stream::chunk_frame(0, &json(chunk)));
            let call = call(&row, Operation::InvokeModelWithResponseStream);
            let stream = answer(Payload::Stream(frames.collect()), &[]);
            let reading = read(&call, Some(family(&row)), &stream).unwrap();
            assert_eq!(shown(&reading), expected.parts, "{}", row.id);
            assert_eq!(reading.stop_reason, expected.stop, "{}", row.id);
            assert_eq!(tokens(&reading), expected.tokens, "{}", row.id);
            let source = reading.counted_by.map(|source| format!("{source:?}"));
            let expected = expected.source.clone().or_else(|| Some("Body".to_owned()));
            assert_eq!(source, expected, "{}", row.id);
        }
    }
}

#[test]
fn headers_count_before_the_body() {
    let row = &table()[0];
    let headers =
        [("x-amzn-bedrock-input-token-count", "99"), ("x-amzn-bedrock-cache-read-input-token-count", "x")];
    let answer = answer(whole(&row.answer[1].json), &headers);
    let reading = read(&call(row, Operation::InvokeModel), Some(family(row)), &answer).unwrap();
    assert_eq!(reading.counted_by, Some(UsageSource::Headers));
    let usage = Usage {
        input_tokens: Some(99),
        output_tokens: Some(30),
        cache_read_tokens: Some(1024),
        cache_write_tokens: Some(0),
    };
    assert_eq!(reading.usage, usage);
}

#[test]
fn errors_and_broken_answers_are_no_readings() {
    let row = &table()[0];
    let call = call(row, Operation::InvokeModel);
    let body = || whole(&row.answer[0].json);
    let failed = Answer { status: 429, ..answer(body(), &[]) };
    assert_eq!(read(&call, Some(family(row)), &failed), None);
    assert_eq!(read(&call, Some(family(row)), &answer(Payload::Whole(b"{".to_vec().into()), &[])), None);
}

#[test]
fn without_a_family_an_answer_tells_its_own_dialect() {
    let arn = "arn:aws:bedrock:us-east-1:111122223333:imported-model/abc123";
    for row in table() {
        for expected in &row.answer {
            let call = Call::new(Operation::InvokeModel, arn, json(&row.body));
            let headers = [("x-amzn-bedrock-input-token-count", "17")];
            let reading = read(&call, None, &answer(whole(&expected.json), &headers)).unwrap();
            assert_eq!(shown(&reading), expected.parts, "{}", row.id);
            assert_eq!(reading.usage.input_tokens, Some(17), "{}", row.id);
        }
        for expected in &row.stream {
            let frames = expected.chunks.iter().map(|chunk| event_stream::chunk_frame(0, &json(chunk)));
            let call = Call::new(Operation::InvokeModelWithResponseStream, arn, json(&row.body));
            let reading = read(&call, None, &answer(Payload::Stream(frames.collect()), &[])).unwrap();
            assert_eq!(shown(&reading), expected.parts, "{}", row.id);
            assert_eq!(tokens(&reading), expected.tokens, "{}", row.id);
        }
    }
    let call = Call::new(Operation::InvokeModel, arn, Json::Null);
    let completion = r#"{"object":"text_completion","choices":[{"index":0,"text":" Because.","finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#;
    let reading = read(&call, None, &answer(whole(completion), &[])).unwrap();
    assert_eq!((shown(&reading), tokens(&reading)), (vec!["text  Because.".to_owned()], vec![3, 2]));
    assert_eq!(reading.stop_reason.as_deref(), Some("length"));
    let foreign = read(&call, None, &answer(whole(r#"{"verdict":[1,2]}"#), &[])).unwrap();
    assert_eq!(shown(&foreign), [r#"answer {"verdict":[1,2]}"#]);
}

#[test]
fn claude_2_answers_a_body_of_messages_in_messages() {
    let messages = table().into_iter().find(|row| row.id == "claude-messages").unwrap();
    let family = of_model("anthropic.claude-v2").unwrap();
    for id in ["anthropic.claude-v2", "anthropic.claude-v2:1", "anthropic.claude-instant-v1"] {
        let call = Call::new(Operation::InvokeModel, id, json(&messages.body));
        assert_eq!(super::prompt(&call, family), prompt(&messages.prompt));
        let reading = read(&call, Some(family), &answer(whole(&messages.answer[0].json), &[])).unwrap();
        assert_eq!(shown(&reading), messages.answer[0].parts);
        let frames = messages.stream[0].chunks.iter().map(|chunk| event_stream::chunk_frame(0, &json(chunk)));
        let call = Call { operation: Operation::InvokeModelWithResponseStream, ..call };
        let reading = read(&call, Some(family), &answer(Payload::Stream(frames.collect()), &[])).unwrap();
        assert_eq!(shown(&reading), messages.stream[0].parts);
    }
}

#[test]
fn what_a_guardrail_did_is_read_from_native_answers() {
    let row = table().into_iter().find(|row| row.id == "titan-text").unwrap();
    let body = r#"{"inputTextTokenCount":3,"results":[{"tokenCount":4,"outputText":"No.","completionReason":"FINISH"}],"amazon-bedrock-guardrailAction":"INTERVENED"}"#;
    let whole = read(&call(&row, Operation::InvokeModel), Some(family(&row)), &answer(whole(body), &[]));
    assert_eq!(whole.unwrap().guardrail.as_deref(), Some("INTERVENED"));
    let chunks = [r#"{"outputText":"No.","index":0}"#, r#"{"amazon-bedrock-guardrailAction":"INTERVENED"}"#];
    let frames = chunks.map(|chunk| event_stream::chunk_frame(0, &json(chunk)));
    let call = call(&row, Operation::InvokeModelWithResponseStream);
    let streamed = read(&call, Some(family(&row)), &answer(Payload::Stream(frames.to_vec()), &[])).unwrap();
    assert_eq!(
        (shown(&streamed).concat(), streamed.guardrail.as_deref()),
        ("text No.".into(), Some("INTERVENED"))
    );
}

#[test]
fn what_a_family_writes_it_reads_whole_and_streamed() {
    for row in table() {
        let family = family(&row);
        let parts = match family.makes() {
            Makes::Text => vec![Part::Text("A stand-in\nsays “this”.".to_owned())],
            Makes::Images => vec![Part::Image { media_type: "image/png".into(), bytes: b"\x89PNG".to_vec() }],
            Makes::Vectors => vec![Part::Embedding(vec![0.6, -0.8])],
            Makes::Rankings => {
                let value =
                    json(r#"[{"index":1,"relevance_score":0.75},{"index":0,"relevance_score":0.25}]"#);
                vec![Part::Data { what: Data::Ranking, value }]
            }
        };
        let mut reply = reply(&row, parts);
        for (stop, body) in [(Stop::End, json(&row.body)), (Stop::Length, json(r#"{"stream":true}"#))] {
            reply.stop = stop;
            reply.body = body;
            let reading = family.read(&family.answer(&reply));
            assert_eq!(reading.parts, reply.parts, "{}", row.id);
            let mut streamed = Reading::default();
            for chunk in family.chunks(&reply) {
                streamed.absorb(family.read_chunk(&chunk));
            }
            assert_eq!(streamed.parts, reading.parts, "{}", row.id);
            assert_eq!(streamed.stop_reason, reading.stop_reason, "{}", row.id);
        }
    }
}

#[test]
fn tool_uses_survive_whole_and_streamed() {
    let input = json(r#"{"city":"Bern","days":[1,2]}"#);
    let part = Part::ToolUse { name: "weather".to_owned(), input };
    for id in ["claude-messages", "nova", "mistral-chat", "openai-chat"] {
        let row = table().into_iter().find(|row| row.id == id).unwrap();
        let reply = Reply { stop: Stop::ToolUse, ..reply(&row, vec![part.clone()]) };
        let mut whole = family(&row).read(&family(&row).answer(&reply));
        let mut streamed = Reading::default();
        for chunk in family(&row).chunks(&reply) {
            streamed.absorb(family(&row).read_chunk(&chunk));
        }
        whole.settle();
        streamed.settle();
        assert_eq!((&whole.parts, &streamed.parts), (&reply.parts, &reply.parts), "{id}");
        assert_eq!(whole.stop_reason, streamed.stop_reason, "{id}");
    }
}

#[test]
fn tools_are_written_and_read_back() {
    let tool = Tool {
        name: "weather".to_owned(),
        description: Some("Tells it.".to_owned()),
        schema: json(r#"{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"#),
    };
    for id in ["claude-messages", "nova", "mistral-chat", "openai-chat"] {
        for choice in [ToolChoice::Auto, ToolChoice::Any, ToolChoice::Named("weather".to_owned())] {
            let asked = Prompt {
                tools: vec![tool.clone()],
                tool_choice: choice,
                max_tokens: Some(5),
                ..Prompt::of("Rain?")
            };
            let family = by_id(id).unwrap();
            assert_eq!(family.prompt(&family.body(&asked).unwrap()), asked, "{id}");
        }
    }
}

/// Every value inside `json`, replaced by each of some odd ones in turn.
fn damaged(json: &Json) -> Vec<Json> {
    let odd =
        ["null", "7", "-1.5", "\"\"", "\"[INST]\"", "[]", "[null,[],{}]", "{}", r#"{"text":{}}"#, "true"];
    let mut all: Vec<Json> = odd.iter().map(|odd| Json::parse(odd.as_bytes()).unwrap()).collect();
    match json {
        Json::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                all.extend(damaged(item).into_iter().map(|other| {
                    let mut items = items.clone();
                    items[at] = other;
                    Json::Array(items)
                }));
            }
        }
        Json::Object(map) => {
            for (key, value) in map {
                all.extend(damaged(value).into_iter().map(|other| {
                    let mut map = map.clone();
                    map.insert(key, other);
                    Json::Object(map)
                }));
            }
        }
        _ => {}
    }
    all
}

#[test]
fn hostile_json_never_panics() {
    let mut tried = 0;
    for row in table() {
        let family = family(&row);
        let bodies = row.also.iter().chain([&row.body]);
        let answers = row.answer.iter().map(|answer| &answer.json);
        let chunks = row.stream.iter().flat_map(|stream| &stream.chunks);
        for text in bodies.chain(answers).chain(chunks) {
            for json in damaged(&json(text)) {
                let _ = (family.prompt(&json), converse::prompt(&json), converse::read(&json));
                let mut reading = family.read(&json);
                reading.absorb(family.read_chunk(&json));
                reading.settle();
                family.finish(&mut reading);
                tried += 1;
            }
        }
    }
    assert!(tried > 5000, "{tried}");
}
