//! `OpenAI`'s and Anthropic's own clients, as the registries have them, against the paths of both hosts.

use serde_json::json;

use super::clients::{THROTTLED, case, python};

fn says(model: &str) -> String {
    format!(
        "Practice answer from a stand-in for {model}, not from the model itself. You asked: “Why is the sky blue?”"
    )
}

#[test]
fn openai_and_anthropic_do_what_scripts_do() {
    let lines = python(&[], "compatible.py", &[]);
    let of = |name: &str| case(&lines, name);
    for name in ["chat", "chat stream", "responses", "responses stream", "async"] {
        assert_eq!(of(name)["text"], says("openai.gpt-6-sol"), "{name}");
    }
    assert_eq!((&of("chat")["stop"], &of("chat")["tokens"]), (&json!("stop"), &json!(true)));
    assert_eq!(of("chat stream")["tokens"], true, "usage comes last, when asked for");
    assert_eq!(
        (&of("chat tool")["name"], &of("chat tool")["stop"]),
        (&json!("weather"), &json!("tool_calls"))
    );
    for name in ["chat schema", "responses schema"] {
        assert_eq!(of(name)["keys"], json!(["name"]), "{name}");
    }
    let refused = of("chat refused");
    assert_eq!((&refused["status"], &refused["code"]), (&json!(400), &json!("validation_error")));

    assert_eq!(of("responses second")["before"], true);
    assert_eq!(of("responses stored")["same"], true);
    for name in ["responses gone", "responses orphan"] {
        assert_eq!(of(name)["message"], "Response not found.", "{name}");
    }
    let ends = (&of("responses stream")["first"], &of("responses stream")["last"]);
    assert_eq!(ends, (&json!("response.created"), &json!("response.completed")));
    assert_eq!(of("responses tool")["kind"], "function_call");

    assert_eq!(of("mantle")["text"], says("openai.gpt-oss-120b"));
    assert_eq!(of("mantle models")["known"], true);
    assert_eq!(
        of("mantle path")["message"],
        "The model 'openai.gpt-6-sol' does not support the '/v1/chat/completions' API"
    );
    assert_eq!(of("mantle id")["message"], "The model 'openai.gpt-oss-120b-1:0' does not exist");

    for name in ["messages", "messages stream", "messages mantle"] {
        assert_eq!(of(name)["text"], says("anthropic.claude-opus-4-8"), "{name}");
    }
    assert_eq!(of("messages tool")["stop"], "tool_use");
    assert_eq!(of("messages refused")["kind"], "invalid_request_error");
    assert_eq!(of("messages count")["tokens"], true);
    assert_eq!(of("messages version")["message"], "Invalid API version: 2026-10-21");
    assert_eq!(of("wrong path")["choices"], json!(null), "status 200 with nothing in it");
}

#[test]
fn a_throttled_request_is_asked_again() {
    let lines = python(&THROTTLED, "compatible.py", &["throttled"]);
    assert_eq!(case(&lines, "chat")["text"], says("openai.gpt-6-sol"));
    assert_eq!(case(&lines, "messages")["text"], says("anthropic.claude-opus-4-8"));
}
