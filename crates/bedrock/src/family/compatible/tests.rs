use std::collections::BTreeMap;

use serde_json::json;

use super::super::reply::{Reply, Stop};
use super::super::{self as family, Part, Prompt, Tool, ToolChoice};
use super::*;
use crate::answer::{Answer, Payload, Timing};
use crate::call::MANTLE;
use crate::whole;

const APIS: [Operation; 3] = [Operation::Messages, Operation::ChatCompletions, Operation::Responses];

fn reply(call: &Call, parts: Vec<Part>, stop: Stop) -> Reply {
    Reply {
        model_id: call.model_id.clone(),
        id: "0123456789abcdef01234567".to_owned(),
        prompt: Prompt::default(),
        body: call.body.clone(),
        parts,
        stop,
        input_tokens: 11,
        output_tokens: 7,
        latency_ms: 5,
        first_token_ms: 1,
    }
}

fn call(operation: Operation, stream: bool) -> Call {
    Call::new(operation, "us.openai.gpt-6-sol", json!({"stream": stream}).into())
}

fn answered(payload: Payload) -> Answer {
    Answer { status: 200, headers: BTreeMap::new(), payload, timing: Timing::default() }
}

#[test]
fn what_is_said_is_read_again_whole_and_streamed() {
    let tool = || Part::ToolUse { name: "weather".to_owned(), input: json!({"city": "Bern"}).into() };
    let think = || Part::Reasoning("Rivers.".to_owned());
    let says = || Part::Text("The Danube, all of it.".to_owned());
    for operation in APIS {
        let api = of(operation).unwrap();
        for (parts, stop) in [
            (vec![says()], Stop::End),
            (vec![says()], Stop::Length),
            (vec![think(), says()], Stop::End),
            (vec![tool()], Stop::ToolUse),
        ] {
            let mut read = Vec::new();
            for stream in [false, true] {
                let call = call(operation, stream);
                let reply = reply(&call, parts.clone(), stop.clone());
                let payload = if stream {
                    Payload::Stream(api.events(&call, &reply))
                } else {
                    Payload::Whole(api.answer(&call, &reply).into())
                };
                let answer = answered(payload);
                assert_eq!(whole::fault(&call, &answer), None, "{operation} {stop:?}");
                let reading = family::read(&call, None, &answer).unwrap();
                assert_eq!(reading.parts, parts, "{operation} {stop:?} {stream}");
                read.push(reading.stop_reason);
            }
            assert_eq!(read[0], read[1], "{operation}");
        }
    }
}

#[test]
fn a_prompt_is_written_and_read_again() {
    let prompt = Prompt {
        system: Some("Be brief.".to_owned()),
        text: "Name a river.".to_owned(),
        max_tokens: Some(64),
        temperature: Some(0.5),
        tools: vec![Tool {
            name: "weather".to_owned(),
            description: Some("The weather.".to_owned()),
            schema: json!({"type": "object"}).into(),
        }],
        tool_choice: ToolChoice::Named("weather".to_owned()),
        ..Prompt::default()
    };
    for operation in APIS {
        let api = of(operation).unwrap();
        let body = api.body("a.b", &prompt).unwrap();
        assert_eq!(body.get("model").and_then(Json::as_str), Some("a.b"));
        assert_eq!(api.prompt(&body), prompt, "{operation}");
        assert_eq!(body.get(api.output_limit()).and_then(Json::as_u64), Some(64));
    }
}

#[test]
fn thoughts_of_gpt_oss_stand_where_their_host_puts_them() {
    let mut call = Call::new(Operation::ChatCompletions, "openai.gpt-oss-safeguard-20b", json!({}).into());
    let parts = vec![Part::Reasoning("River.".to_owned()), Part::Text("Rhine".to_owned())];
    let content = |call: &Call| {
        let answer = of(call.operation).unwrap().answer(call, &reply(call, parts.clone(), Stop::End));
        answer.pointer("/choices/0/message").unwrap().to_compact()
    };
    assert!(content(&call).contains("<reasoning>River.</reasoning>Rhine"), "{}", content(&call));
    call.options.host = Some(MANTLE.to_owned());
    assert!(content(&call).contains(r#""reasoning":"River.""#), "{}", content(&call));
}

/// As `bedrock-mantle` sends them (recorded traffic), in words of our own.
#[test]
fn genuine_shapes_are_read() {
    let gpt = json!({"id": "resp_0a", "object": "response", "status": "completed", "output": [
        {"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "AAECAw=="},
        {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "phase": "final_answer",
         "content": [{"type": "output_text", "text": "The Danube.", "annotations": [], "logprobs": []}]}],
        "usage": {"input_tokens": 11, "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 0},
                  "output_tokens": 27, "output_tokens_details": {"reasoning_tokens": 16}, "total_tokens": 38}});
    let read = |operation, body: serde_json::Value| {
        let answer = answered(Payload::Whole(Json::from(body).into()));
        family::read(&call(operation, false), None, &answer).unwrap()
    };
    let reading = read(Operation::Responses, gpt);
    assert_eq!(reading.parts, [Part::Text("The Danube.".to_owned())]);
    assert_eq!(reading.stop_reason.as_deref(), Some("completed"));
    let usage = reading.usage;
    assert_eq!(
        (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens),
        (Some(7), Some(27), Some(4))
    );

    let cut =
        json!({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "output": []});
    assert_eq!(read(Operation::Responses, cut).stop_reason.as_deref(), Some("max_output_tokens"));

    let mantle = json!({"choices": [{"index": 0, "finish_reason": "stop", "message": {
        "role": "assistant", "content": "The Danube.", "reasoning": "One river.", "refusal": null}}],
        "usage": {"prompt_tokens": 72, "completion_tokens": 19, "total_tokens": 91, "prompt_tokens_details": null}});
    let reading = read(Operation::ChatCompletions, mantle);
    assert_eq!(reading.parts[0], Part::Reasoning("One river.".to_owned()));
    assert_eq!(reading.usage.input_tokens, Some(72));
}

#[test]
fn a_path_that_nobody_serves_gives_no_answer() {
    let body =
        json!({"Output": {"__type": "com.amazon.coral.service#UnknownOperationException"}, "Version": "1.0"});
    let answer = answered(Payload::Whole(Json::from(body).into()));
    for operation in APIS {
        let fault = whole::fault(&call(operation, false), &answer).unwrap().to_string();
        assert!(fault.contains("JSON without"), "{fault}");
    }
    let cut = answered(Payload::Stream(vec![event("response.created", json!({"type": "response.created"}))]));
    assert!(whole::fault(&call(Operation::Responses, true), &cut).is_some());
}

#[test]
fn errors_are_told_in_each_apis_shape() {
    let told = |body: serde_json::Value| {
        let answer = Answer { status: 400, ..answered(Payload::Whole(Json::from(body).into())) };
        let error = family::error::read(&answer).unwrap();
        (error.kind, error.message)
    };
    let openai = json!({"error": {"code": "validation_error", "message": "No.", "param": null, "type": "invalid_request_error"}});
    assert_eq!(told(openai), ("validation_error".to_owned(), "No.".to_owned()));
    let anthropic = json!({"type": "error", "request_id": "req_1", "error": {"type": "not_found_error", "message": "Gone."}});
    assert_eq!(told(anthropic), ("not_found_error".to_owned(), "Gone.".to_owned()));
}
