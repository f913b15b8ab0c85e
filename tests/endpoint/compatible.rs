//! `OpenAI`'s and Anthropic's own clients, as the registries have them, against the paths of both hosts.

use serde_json::json;

use super::clients::{THROTTLED, case, installed, python};
use crate::project::Project;

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

/// Eight requests through five clients, as a chapter writes them. What is read without running is recorded; then the
/// clients themselves are answered from nothing but those recordings.
const CHAPTER: &str = r#"# Five clients

```python
import asyncio, os
import anthropic
from openai import AsyncOpenAI, OpenAI

QUESTION = "Why is the sky blue?"
ASKED = [{"role": "user", "content": QUESTION}]
runtime = OpenAI(base_url="https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1", api_key="any")
first = runtime.chat.completions.create(model="us.openai.gpt-6-sol", messages=ASKED)
turns = ASKED + [first.choices[0].message, {"role": "user", "content": "Shorter."}]
runtime.chat.completions.create(model="us.openai.gpt-6-sol", messages=turns, stream=True)
```

```python
answer = runtime.responses.create(model="us.openai.gpt-6-sol", input=QUESTION, reasoning={"effort": "low"})
runtime.responses.create(model="us.openai.gpt-6-sol", input=answer.output_text, previous_response_id=answer.id)
```

```python
async def main():
    client = AsyncOpenAI(base_url="https://bedrock-mantle.us-east-1.api.aws/v1", api_key="any")
    print((await client.responses.create(model="openai.gpt-oss-120b", input=QUESTION)).output_text)

asyncio.run(main())
```

```python
claude = anthropic.AnthropicBedrock(aws_region="us-east-1")
claude.messages.create(model="us.anthropic.claude-opus-4-8", max_tokens=50, messages=ASKED)
with claude.messages.stream(model="us.anthropic.claude-opus-4-8", max_tokens=50, messages=ASKED) as stream:
    print("".join(stream.text_stream))
mantle = anthropic.AnthropicBedrockMantle(aws_region="us-east-1", api_key="any")
mantle.messages.create(model="anthropic.claude-opus-4-8", max_tokens=50, messages=ASKED)
```
"#;

#[test]
fn what_is_read_is_what_the_clients_send() {
    let project = Project::with_chapter(CHAPTER);
    let python = installed("target/venv/bin/python");
    // An answer that a request goes on from has to be there first.
    for round in ["the first turns", "the second"] {
        let done = project.tutor(["record", "--practice", "--accept"]);
        assert_eq!(done.code, Some(0), "{round}: {}", done.stderr);
    }
    let listed: serde_json::Value =
        serde_json::from_str(&project.tutor(["list", "--format", "json"]).stdout).expect("JSON");
    let calls = listed["chapters"][0]["calls"].as_array().expect("calls");
    let told: Vec<_> =
        calls.iter().map(|call| (&call["operation"], &call["status"], &call["recording"])).collect();
    assert_eq!(calls.len(), 8, "{told:#?}");
    for call in calls {
        assert_eq!(
            (&call["status"], &call["recording"]),
            (&json!("resolved"), &json!("current")),
            "{call:#}"
        );
    }
    // The same code, led to the endpoint by nothing but its URLs.
    let code: String = CHAPTER
        .split("```")
        .filter_map(|part| part.strip_prefix("python\n"))
        .collect::<String>()
        .replace("https://bedrock-runtime.us-east-1.amazonaws.com", "{here}")
        .replace("https://bedrock-mantle.us-east-1.api.aws", "{here}/mantle");
    let here = "here = os.environ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME']\n";
    let code =
        code.replacen("QUESTION =", &format!("{here}QUESTION ="), 1).replace("base_url=\"{", "base_url=f\"{");
    project.write("run.py", &code);
    let script = project.path("run.py").display().to_string();
    let done = project.tutor(["endpoint", "--replay-only", "--pace", "0", "--", &python, &script]);
    assert_eq!(done.code, Some(0), "{}\n{}", done.stdout, done.stderr);
    assert!(done.stderr.contains("8 requests"), "{}", done.stderr);
    assert!(!done.stderr.contains("refused"), "{}", done.stderr);
}
