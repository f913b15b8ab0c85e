use serde_json::json;

use super::*;
use tutor_bedrock::Operation;

fn of(operation: Operation, id: &str, body: Value, weights: Weights) -> Asked {
    let call = Call::new(operation, id, body.into());
    asked(&call, family::of_model(id).unwrap(), weights, Engine::Vllm).unwrap()
}

#[test]
fn a_demanded_tool_is_a_schema_where_the_choice_is_passed_over() {
    let body = json!({
        "messages": [{"role": "user", "content": [{"text": "Time in Rome?"}]}],
        "toolConfig": {
            "tools": [{"toolSpec": {"name": "clock", "inputSchema": {"json": {"type": "object"}}}}],
            "toolChoice": {"tool": {"name": "clock"}},
        },
    });
    let call = Call::new(Operation::Converse, LLAMA, body.into());
    let asked =
        super::asked(&call, family::of_model(LLAMA).unwrap(), Weights::Other, Engine::LlamaCpp).unwrap();
    assert!(asked.demands_tool && asked.body.get("tools").is_none());
    assert_eq!(
        asked.body["response_format"]["json_schema"]["schema"]["properties"],
        json!({"name": {"const": "clock"}, "arguments": {"type": "object"}})
    );
}

const LLAMA: &str = "meta.llama3-8b-instruct-v1:0";

#[test]
fn a_raw_prompt_is_verbatim_for_the_same_weights_and_a_turn_for_others() {
    let prompt = "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
    let body = json!({"prompt": prompt, "max_gen_len": 20, "temperature": 0.5, "images": ["x"]});
    let same = of(Operation::InvokeModel, LLAMA, body.clone(), Weights::Same);
    assert_eq!((same.road, &same.body["prompt"]), (Road::Completion, &json!(prompt)));
    assert_eq!((&same.body["max_tokens"], &same.body["temperature"]), (&json!(20), &json!(0.5)));
    assert_eq!(same.not_passed_on, ["images"]);
    let other = of(Operation::InvokeModel, LLAMA, body, Weights::Other);
    assert_eq!(other.road, Road::Chat);
    assert_eq!(
        other.body["messages"],
        json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}])
    );
    let turns = json!({"prompt": "<s>[INST] Hi [/INST] Hello </s><s>[INST] And you? [/INST]"});
    let other = of(Operation::InvokeModel, "mistral.mistral-7b-instruct-v0:2", turns, Weights::Other);
    assert_eq!(other.not_passed_on, ["earlier turns of the prompt"]);
}

#[test]
fn converse_keeps_roles_tools_images_and_schema() {
    let body = json!({
        "system": [{"text": "Be kind."}],
        "messages": [
            {"role": "user", "content": [{"text": "Look"}, {"image": {"format": "png", "source": {"bytes": "AAAA"}}}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t", "name": "zoom", "input": {"x": 2}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": [{"json": {"ok": true}}]}}]},
        ],
        "inferenceConfig": {"maxTokens": 9, "stopSequences": ["END"]},
        "toolConfig": {"tools": [{"toolSpec": {"name": "zoom", "inputSchema": {"json": {"type": "object"}}}}], "toolChoice": {"any": {}}},
        "outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"name": "r", "schema": "{\"type\":\"object\"}"}}}},
        "additionalModelRequestFields": {"top_k": 5, "thinking": {"type": "enabled"}},
        "performanceConfig": {"latency": "optimized"},
    });
    let asked = of(Operation::Converse, "anthropic.claude-3-haiku-20240307-v1:0", body, Weights::Other);
    assert_eq!(
        Value::Object(asked.body),
        json!({
            "messages": [
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": [
                    {"type": "text", "text": "Look"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                ]},
                {"role": "assistant", "content": "", "tool_calls": [
                    {"id": "t", "type": "function", "function": {"name": "zoom", "arguments": "{\"x\":2}"}},
                ]},
                {"role": "tool", "tool_call_id": "t", "content": "{\"ok\":true}"},
            ],
            "max_tokens": 9,
            "stop": ["END"],
            "tools": [{"type": "function", "function": {"name": "zoom", "parameters": {"type": "object"}}}],
            "tool_choice": "required",
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": true}},
            "top_k": 5,
        })
    );
    assert_eq!(asked.not_passed_on, ["thinking", "performanceConfig"]);
}

#[test]
fn claudes_messages_are_read_and_documents_are_refused() {
    let body = json!({
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": 5, "system": "S", "metadata": {"user_id": "u"},
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm"}, {"type": "text", "text": "Hello"}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "8"}]},
        ],
    });
    let id = "anthropic.claude-3-haiku-20240307-v1:0";
    let asked = of(Operation::InvokeModel, id, body, Weights::Other);
    assert_eq!(asked.body["messages"].as_array().unwrap().len(), 4);
    assert_eq!(asked.not_passed_on, ["the thinking of earlier turns", "metadata"]);
    let document =
        json!({"max_tokens": 5, "messages": [{"role": "user", "content": [{"type": "document"}]}]});
    let call = Call::new(Operation::InvokeModel, id, document.into());
    let refused =
        super::asked(&call, family::of_model(id).unwrap(), Weights::Other, Engine::Other).unwrap_err();
    assert!(refused.contains("document"), "{refused}");
}

#[test]
fn pictures_are_refused_and_embeddings_name_their_length() {
    let image = "amazon.titan-image-generator-v1";
    let call = Call::new(Operation::InvokeModel, image, Json::Null);
    assert!(super::asked(&call, family::of_model(image).unwrap(), Weights::Same, Engine::Other).is_err());
    let body = json!({"inputText": "river", "dimensions": 256});
    let asked = of(Operation::InvokeModel, "amazon.titan-embed-text-v2:0", body, Weights::Other);
    assert_eq!((asked.road, &asked.body["input"]), (Road::Embeddings, &json!(["river"])));
    assert_eq!(asked.not_passed_on, ["dimensions 256"]);
}

#[test]
fn what_an_engine_does_not_take_is_named() {
    let body = json!({"prompt": "<s>[INST] Why? [/INST]", "top_k": 3});
    let call = Call::new(Operation::InvokeModel, "mistral.mistral-7b-instruct-v0:2", body.into());
    let family = family::of_model(&call.model_id).unwrap();
    let with = |engine| super::asked(&call, family, Weights::Other, engine).unwrap();
    assert_eq!(with(Engine::Ollama).not_passed_on, ["top_k"]);
    assert_eq!(with(Engine::LlamaCpp).body["top_k"], 3);
}
