//! What a request asks of an answer's kind, in every dialect: JSON of a schema, thinking, a tool.

use tutor_bedrock::family::{Prompt, Tool};
use tutor_bedrock::{Call, Json};

/// Whether stand-ins call a tool that is offered and not forced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PracticeTools {
    /// Only where the request says that one must be called.
    #[default]
    Forced,
    /// Also where the last turn is a person's and has a word of the tool's name or description.
    Auto,
}

/// The schema that the answer must hold to: Converse's `outputConfig`, Claude's `output_config`, the
/// `response_format` of `OpenAI`'s dialect, the `text.format` of Responses.
pub(super) fn schema(body: &Json) -> Option<Json> {
    if let Some(text) = body.pointer("/outputConfig/textFormat/structure/jsonSchema/schema") {
        return match text {
            Json::String(text) => Json::parse(text.as_bytes()).ok(),
            schema => Some(schema.clone()),
        };
    }
    let places = [
        "/output_config/format/schema",
        "/output_format/schema",
        "/response_format/json_schema/schema",
        "/text/format/schema",
    ];
    places.iter().find_map(|place| body.pointer(place)).cloned()
}

/// Whether the model is asked to think aloud: Claude's `thinking`, Nova's `reasoningConfig`, natively or among
/// Converse's additional fields.
pub(super) fn thinks(body: &Json) -> bool {
    let bodies = [Some(body), body.get("additionalModelRequestFields"), body.get("inferenceConfig")];
    let kinds = bodies.into_iter().flatten().filter_map(|body| {
        let config =
            ["thinking", "reasoning_config", "reasoningConfig"].iter().find_map(|name| body.get(name))?;
        config.get("type")?.as_str()
    });
    kinds.into_iter().any(|kind| kind != "disabled")
}

/// The first tool that the person's last turn has a word of. After a tool's result nothing more is called.
pub(super) fn needed<'p>(call: &Call, prompt: &'p Prompt) -> Option<&'p Tool> {
    let last = call.body.get("messages").and_then(Json::as_array).and_then(<[Json]>::last)?;
    let blocks = last.get("content").and_then(Json::as_array).unwrap_or_default();
    let is_result = |block: &Json| {
        block.get("toolResult").is_some() || block.get("type").and_then(Json::as_str) == Some("tool_result")
    };
    if last.get("role").and_then(Json::as_str) != Some("user") || blocks.iter().any(is_result) {
        return None;
    }
    let asked: Vec<String> = words(&prompt.text).collect();
    prompt.tools.iter().find(|tool| {
        let about = format!("{} {}", tool.name, tool.description.as_deref().unwrap_or_default());
        words(&about).any(|word| asked.contains(&word))
    })
}

/// Words that say what a text is about: of five letters at least, without a plural's end.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    const SHORTEST: usize = 4;
    text.split(|c: char| !c.is_alphanumeric())
        .map(|word| word.trim_end_matches('s').to_lowercase())
        .filter(|word| word.chars().count() >= SHORTEST && !EVERYDAY.contains(&word.as_str()))
}

/// Words of no subject.
const EVERYDAY: [&str; 24] = [
    "what", "when", "where", "which", "with", "from", "that", "this", "there", "then", "have", "will",
    "would", "could", "should", "about", "tell", "give", "call", "tool", "user", "return", "please", "your",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use tutor_bedrock::{Operation, family};

    #[test]
    fn a_schema_is_found_in_every_dialect() {
        let schema_of = |body: serde_json::Value| schema(&body.into()).map(|schema| schema.to_compact());
        let wanted = Some(r#"{"type":"object"}"#.to_owned());
        let format = json!({"type": "json_schema", "structure": {"jsonSchema": {"name": "n", "schema": "{\"type\":\"object\"}"}}});
        assert_eq!(schema_of(json!({"outputConfig": {"textFormat": format}})), wanted);
        assert_eq!(schema_of(json!({"output_config": {"format": {"schema": {"type": "object"}}}})), wanted);
        assert_eq!(
            schema_of(json!({"response_format": {"json_schema": {"schema": {"type": "object"}}}})),
            wanted
        );
        assert_eq!(schema_of(json!({})), None);
    }

    #[test]
    fn thinking_is_asked_for_in_several_ways() {
        let thinks = |body: serde_json::Value| thinks(&body.into());
        assert!(thinks(json!({"thinking": {"type": "enabled", "budget_tokens": 1024}})));
        assert!(thinks(json!({"additionalModelRequestFields": {"thinking": {"type": "adaptive"}}})));
        assert!(thinks(json!({"additionalModelRequestFields": {"reasoningConfig": {"type": "enabled"}}})));
        assert!(!thinks(json!({"thinking": {"type": "disabled"}})) && !thinks(json!({})));
    }

    #[test]
    fn a_tool_is_needed_where_the_person_speaks_of_it() {
        let ask = |content: serde_json::Value| {
            let body = json!({"messages": [{"role": "user", "content": content}],
                "toolConfig": {"tools": [{"toolSpec": {"name": "get_tides", "description": "High water at a harbour.",
                    "inputSchema": {"json": {"type": "object"}}}}]}});
            let call = Call::new(Operation::Converse, "amazon.nova-lite-v1:0", body.into());
            let prompt = family::converse::prompt(&call.body);
            needed(&call, &prompt).is_some()
        };
        assert!(ask(json!([{"text": "When is the tide high?"}])));
        assert!(ask(json!([{"text": "Which harbours are near?"}])));
        assert!(!ask(json!([{"text": "What should I call my dog?"}])));
        assert!(!ask(json!([{"toolResult": {"toolUseId": "t", "content": [{"text": "tides at six"}]}}])));
    }
}
