//! What each dialect says to each kind of mistake.

use serde_json::json;

use super::*;
use tutor_bedrock::Operation;

fn refused(operation: Operation, model: &str, body: serde_json::Value) -> String {
    let call = Call::new(operation, model, body.into());
    match check(&call, family::of_model(model)) {
        Ok(()) => "fine".to_owned(),
        Err(Violation { kind, message, wording }) => format!("{kind} ({wording:?}): {message}"),
    }
}

#[test]
fn bedrocks_schema_check_speaks_as_reported() {
    let claude = "anthropic.claude-3-sonnet-20240229-v1:0";
    let said: Vec<String> = [
        (
            claude,
            json!({"anthropic_version": "bedrock-2023-05-31", "messages": [{"role": "user", "content": []}]}),
        ),
        (claude, json!({"anthropic_version": "bedrock-2023-05-31", "stream": true})),
        ("amazon.titan-text-express-v1", json!({"inputText": "a", "foo": 1, "bar": 2})),
        (
            "amazon.titan-text-lite-v1",
            json!({"inputText": "a", "textGenerationConfig": {"maxTokenCount": 4097, "topP": 0}}),
        ),
        ("ai21.j2-mid-v1", json!({"prompt": "a", "stopSequences": "b"})),
        ("amazon.nova-lite-v1:0", json!({"messages": [{"role": "user", "content": "hi"}]})),
        ("meta.llama2-13b-chat-v1", json!({"prompt": "a", "max_gen_len": 8192, "temperature": 2})),
        ("meta.llama3-1-8b-instruct-v1:0", json!({"prompt": "a", "max_gen_len": 8192})),
        (
            "amazon.titan-image-generator-v1",
            json!({"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "x".repeat(536)}}),
        ),
        (
            "amazon.nova-canvas-v1:0",
            json!({"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "x".repeat(536)}}),
        ),
        ("amazon.titan-embed-text-v2:0", json!({"inputText": "a", "dimensions": 300})),
        ("cohere.embed-english-v3", json!({"input_type": "search_query"})),
        ("mistral.mistral-7b-instruct-v0:2", json!({"prompt": "a", "max_tokens": "many"})),
    ]
    .into_iter()
    .map(|(model, body)| refused(Operation::InvokeModel, model, body))
    .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn newer_claude_models_speak_as_anthropic_does() {
    let ask = |model: &str, more: serde_json::Value| {
        let mut body = json!({
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": 9,
            "messages": [{"role": "user", "content": "hi"}],
        });
        for (key, value) in more.as_object().unwrap() {
            if value.is_null() {
                body.as_object_mut().unwrap().remove(key)
            } else {
                body.as_object_mut().unwrap().insert(key.clone(), value.clone())
            };
        }
        refused(Operation::InvokeModel, model, body)
    };
    let sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let said = [
        ask(sonnet, json!({})),
        ask(sonnet, json!({"max_tokens": null, "foo": 1})),
        ask(sonnet, json!({"temperature": 0.1, "top_p": 0.2})),
        ask("anthropic.claude-3-haiku-20240307-v1:0", json!({"temperature": 0.1, "top_p": 0.2})),
        ask(sonnet, json!({"max_tokens": 0})),
        ask(
            sonnet,
            json!({"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "I"}]}),
        ),
        ask(
            "us.anthropic.claude-opus-4-6-v1",
            json!({"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "I"}]}),
        ),
    ];
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn converse_speaks_as_the_framework_and_hands_on_what_the_model_says() {
    let user = json!([{"role": "user", "content": [{"text": "hi"}]}]);
    let said: Vec<String> = [
        ("amazon.nova-lite-v1:0", json!({"messages": user, "inferenceConfig": {"temperature": 1.5}})),
        (
            "amazon.nova-lite-v1:0",
            json!({"messages": user, "inferenceConfig": {"temperature": -1, "maxTokens": 0}}),
        ),
        ("amazon.nova-lite-v1:0", json!({"messages": [{"role": "robot", "content": [{"text": "hi"}]}]})),
        ("amazon.nova-lite-v1:0", json!({"messages": [{"role": "user"}]})),
        ("amazon.nova-lite-v1:0", json!({"messages": "hi"})),
        ("amazon.nova-lite-v1:0", json!({"messages": [{"role": "assistant", "content": [{"text": "hi"}]}]})),
        ("amazon.nova-lite-v1:0", json!({"messages": [{"role": "user", "content": []}]})),
        ("amazon.nova-lite-v1:0", json!({"messages": [{"role": "user", "content": [{"text": " "}]}]})),
        ("amazon.nova-lite-v1:0", json!({"messages": user, "unknown": 1})),
        ("meta.llama2-13b-chat-v1", json!({"messages": user, "inferenceConfig": {"maxTokens": 4096}})),
        (
            "meta.llama3-3-70b-instruct-v1:0",
            json!({"messages": user, "inferenceConfig": {"maxTokens": 4096}}),
        ),
        (
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            json!({"messages": user, "inferenceConfig": {"temperature": 0, "topP": 1}}),
        ),
    ]
    .into_iter()
    .map(|(model, body)| refused(Operation::Converse, model, body))
    .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn blocks_are_refused_where_the_model_does_not_take_them() {
    let claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let nova = "us.amazon.nova-2-lite-v1:0";
    let s3 = |format: &str| json!({"format": format, "name": "paper", "source": {"s3Location": {"uri": "s3://shelf/file"}}});
    let tool = |content: serde_json::Value| {
        json!([
            {"role": "user", "content": [{"text": "fetch it"}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t", "name": "fetch", "input": {}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": [content]}}]},
        ])
    };
    let user = |block: serde_json::Value| json!([{"role": "user", "content": [{"text": "look"}, block]}]);
    let said: Vec<String> = [
        (claude, user(json!({"video": s3("mp4")}))),
        (claude, tool(json!({"video": s3("mp4")}))),
        (claude, user(json!({"image": s3("png")}))),
        (claude, tool(json!({"image": s3("png")}))),
        (claude, user(json!({"document": s3("pdf")}))),
        (claude, tool(json!({"document": s3("pdf")}))),
        (nova, user(json!({"document": s3("pdf")}))),
        (nova, tool(json!({"document": s3("pdf")}))),
        (nova, tool(json!({"image": s3("png")}))),
        (claude, json!([{"role": "user", "content": [{"text": "a"}, {"text": "\n"}]}])),
        (claude, json!([{"role": "user", "content": [{"text": "\n"}]}])),
        (claude, json!([{"role": "assistant", "content": [{"text": "Hello."}]}, {"role": "user", "content": [{"text": "hi"}]}])),
    ]
    .into_iter()
    .map(|(model, messages)| refused(Operation::Converse, model, json!({"messages": messages})))
    .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn native_blocks_and_roles_are_those_the_model_knows() {
    let nova = |block: serde_json::Value| {
        refused(
            Operation::InvokeModel,
            "amazon.nova-lite-v1:0",
            json!({"messages": [{"role": "user", "content": [block]}]}),
        )
    };
    assert_eq!(nova(json!({"text": "hi"})), "fine");
    assert_eq!(
        nova(json!({"type": "text", "text": "hi"})),
        "ValidationException (Bedrock): Malformed input request: #/messages/0/content/0: extraneous key [type] is not \
         permitted, please reformat your input and try again."
    );
    let claude = |model: &str| {
        let messages = json!([{"role": "user", "content": "hi"}, {"role": "system", "content": "Be brief."}]);
        let body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": messages});
        refused(Operation::InvokeModel, model, body)
    };
    assert_eq!(claude("us.anthropic.claude-opus-4-8"), "fine");
    assert!(claude("us.anthropic.claude-sonnet-4-5-20250929-v1:0").contains("messages.1.role"));
}

#[test]
fn a_body_tells_its_dialect_where_nothing_else_does() {
    let told = |body: serde_json::Value| dialect_of(&body.into()).map(Family::id);
    assert_eq!(told(json!({"inputText": "a", "normalize": true})), Some("titan-embed"));
    assert_eq!(told(json!({"prompt": "a", "max_gen_len": 5})), Some("llama"));
    assert_eq!(told(json!({"prompt": "a", "max_tokens": 5, "temperature": 0.5})), Some("mistral-text"));
    let messages = json!([{"role": "user", "content": "hi"}]);
    let claude = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": messages});
    assert_eq!(told(claude), Some("claude-messages"));
    assert_eq!(told(json!({"question": "a"})), None);
    assert_eq!(told(json!("a")), None);
}

/// The table's bodies are what people send: each passes its own family's schema.
#[test]
fn what_families_write_passes_their_own_schema() {
    let table: toml::Table = include_str!("../../bedrock/src/family/table.toml").parse().unwrap();
    for row in table["family"].as_array().unwrap() {
        let id = row["id"].as_str().unwrap();
        let models = row["models"].as_array().unwrap();
        let body = Json::parse(row["body"].as_str().unwrap().as_bytes()).unwrap();
        let family = family::by_id(id).unwrap();
        let mut said =
            models.iter().map(|model| native(&body, family, model_id::bare(model.as_str().unwrap())));
        assert!(said.any(|said| said.is_ok()), "{id}: {}", body.to_compact());
    }
}
