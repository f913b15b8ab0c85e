//! Converse and `ConverseStream`: one dialect for every text model.
//!
//! Bodies here are without the model id, which goes in the path. Nova's native dialect is built from
//! the same blocks.

use serde_json::json;

use super::claude::Tells;
use super::media;
use super::prompt::{Field, Prompt, TEXT, Tool, ToolChoice, Unsupported};
use super::reading::{Data, Part, Reading, Usage};
use super::reply::{Reply, Stop, estimated_tokens, pieces};
use super::shape::{
    Object, Options, Value as _, content_text, count_at, items_at, last_user_text, list, some, text_at,
};
use crate::json::Json;

/// The members of `inferenceConfig`.
pub(super) const OPTIONS: Options =
    Options { max_tokens: "maxTokens", temperature: "temperature", top_p: "topP", stop: "stopSequences" };

/// The Converse body that asks `prompt`.
pub fn body(prompt: &Prompt) -> Result<Json, Unsupported> {
    prompt.only("Converse", &[TEXT, &[Field::Tools]])?;
    Ok(write(Object::new(), prompt, OPTIONS.write(Object::new(), prompt)).json())
}

/// What a Converse body asks.
pub fn prompt(body: &Json) -> Prompt {
    let mut prompt = Prompt {
        system: body.get("system").map(content_text).and_then(some),
        text: last_user_text(items_at(body, "/messages")),
        ..Prompt::default()
    };
    OPTIONS.read(body.get("inferenceConfig"), &mut prompt);
    (prompt.tools, prompt.tool_choice) = tools(body);
    prompt
}

/// What a Converse answer says.
pub fn read(answer: &Json) -> Reading {
    let blocks = items_at(answer, "/output/message/content");
    let mut reading =
        Reading::of(blocks.iter().filter_map(read_block)).stopped(text_at(answer, "/stopReason"));
    reading.usage = usage(answer.get("usage"));
    reading
}

/// What one event of `ConverseStream` adds.
pub fn read_event(name: &str, event: &Json) -> Reading {
    match name {
        "contentBlockStart" => Reading::of(event.get("start").and_then(read_start)),
        "contentBlockDelta" => Reading::of(event.get("delta").and_then(read_delta)),
        "messageStop" => Reading::default().stopped(text_at(event, "/stopReason")),
        "metadata" => Reading { usage: usage(event.get("usage")), ..Reading::default() },
        _ => Reading::default(),
    }
}

/// A Converse answer with `reply`.
pub fn answer(reply: &Reply) -> Json {
    let mut answer = json!({
        "metrics": {"latencyMs": reply.latency_ms},
        "output": {"message": message(reply)},
        "stopReason": stop_reason(reply),
        "usage": usage_of(reply, Whole::Yes),
    });
    echo(&mut answer, &reply.body);
    answer.into()
}

/// The same as the events of `ConverseStream`: name and members, in the order Bedrock sends them.
pub fn events(reply: &Reply) -> Vec<(&'static str, Json)> {
    let mut events = vec![("messageStart", json!({"role": "assistant"}).into())];
    for (index, part) in reply.parts.iter().enumerate() {
        let Some((start, deltas)) = stream_block(reply, part, index) else { continue };
        if let Some(start) = start {
            let start = Object::new().put("contentBlockIndex", count(index)).put("start", start);
            events.push(("contentBlockStart", start.json()));
        }
        for delta in deltas {
            let delta = Object::new().put("contentBlockIndex", count(index)).put("delta", delta);
            events.push(("contentBlockDelta", delta.json()));
        }
        events.push(("contentBlockStop", json!({"contentBlockIndex": index}).into()));
    }
    events.push(("messageStop", json!({"stopReason": stop_reason(reply)}).into()));
    let mut metadata =
        json!({"metrics": {"latencyMs": reply.latency_ms}, "usage": usage_of(reply, Whole::No)});
    echo(&mut metadata, &reply.body);
    events.push(("metadata", metadata.into()));
    events
}

/// Messages, system prompt, options and tools, as Converse and Nova both write them.
pub(super) fn write(object: Object, prompt: &Prompt, options: Object) -> Object {
    let text = |text: &str| list([Object::new().put("text", text)]);
    let mut object =
        object.put("messages", list([Object::new().put("role", "user").put("content", text(&prompt.text))]));
    object = object.maybe("system", prompt.system.as_deref().map(text)).group("inferenceConfig", options);
    if prompt.tools.is_empty() {
        return object;
    }
    let specs = prompt.tools.iter().map(|tool| {
        let spec = Object::new()
            .put("name", tool.name.as_str())
            .maybe("description", tool.description.as_deref())
            .put("inputSchema", Object::new().put("json", tool.schema.clone()));
        Object::new().put("toolSpec", spec)
    });
    let choice = match &prompt.tool_choice {
        ToolChoice::Auto => None,
        ToolChoice::Any => Some(json!({"any": {}})),
        ToolChoice::Named(name) => Some(json!({"tool": {"name": name}})),
    };
    object.put("toolConfig", Object::new().put("tools", list(specs)).maybe("toolChoice", choice))
}

/// The tools of a body, and whether one must be called.
pub(super) fn tools(body: &Json) -> (Vec<Tool>, ToolChoice) {
    let tools = items_at(body, "/toolConfig/tools").iter().filter_map(|tool| {
        let spec = tool.get("toolSpec")?;
        Some(Tool {
            name: text_at(spec, "/name")?.to_owned(),
            description: text_at(spec, "/description").map(str::to_owned),
            schema: spec.pointer("/inputSchema/json").cloned().unwrap_or(Json::Null),
        })
    });
    let choice = match body.pointer("/toolConfig/toolChoice") {
        Some(choice) if choice.get("any").is_some() => ToolChoice::Any,
        Some(choice) => {
            text_at(choice, "/tool/name").map_or(ToolChoice::Auto, |name| ToolChoice::Named(name.to_owned()))
        }
        None => ToolChoice::Auto,
    };
    (tools.collect(), choice)
}

/// One block of an answer's content.
pub(super) fn read_block(block: &Json) -> Option<Part> {
    if let Some(text) = text_at(block, "/text") {
        return Some(Part::Text(text.to_owned()));
    }
    if let Some(text) = text_at(block, "/reasoningContent/reasoningText/text") {
        return Some(Part::Reasoning(text.to_owned()));
    }
    if let Some(tool) = block.get("toolUse") {
        let input = tool.get("input").cloned().unwrap_or(Json::Null);
        return Some(Part::ToolUse { name: text_at(tool, "/name")?.to_owned(), input });
    }
    if let Some(cited) = block.get("citationsContent") {
        let texts = items_at(cited, "/content").iter().filter_map(|part| text_at(part, "/text"));
        return Some(Part::Text(texts.collect()));
    }
    if let Some(content) = block.pointer("/toolResult/content") {
        return Some(Part::Data { what: Data::ToolResult, value: content.clone() });
    }
    text_at(block, "/image/source/bytes").map(media::image)
}

/// How a block begins in a stream; blocks of text say nothing yet.
fn read_start(start: &Json) -> Option<Part> {
    if start.get("toolResult").is_some() {
        return Some(Part::Data { what: Data::ToolResult, value: Json::Array(Vec::new()) });
    }
    let name = text_at(start, "/toolUse/name")?.to_owned();
    Some(Part::ToolUse { name, input: Json::String(String::new()) })
}

fn read_delta(delta: &Json) -> Option<Part> {
    if let Some(text) = text_at(delta, "/text") {
        return Some(Part::Text(text.to_owned()));
    }
    if let Some(text) = text_at(delta, "/reasoningContent/text") {
        return Some(Part::Reasoning(text.to_owned()));
    }
    if let Some(content) = delta.get("toolResult") {
        return Some(Part::Data { what: Data::ToolResult, value: content.clone() });
    }
    if let Some(bytes) = text_at(delta, "/image/source/bytes") {
        return Some(media::image(bytes));
    }
    let input = text_at(delta, "/toolUse/input")?;
    Some(Part::ToolUse { name: String::new(), input: input.into() })
}

/// Converse's usage; Nova's native one spells the cache counts with `Count` at the end.
pub(super) fn usage(usage: Option<&Json>) -> Usage {
    let Some(usage) = usage else { return Usage::default() };
    let either = |converse: &str, nova: &str| count_at(usage, converse).or_else(|| count_at(usage, nova));
    Usage {
        input_tokens: count_at(usage, "/inputTokens"),
        output_tokens: count_at(usage, "/outputTokens"),
        cache_read_tokens: either("/cacheReadInputTokens", "/cacheReadInputTokenCount"),
        cache_write_tokens: either("/cacheWriteInputTokens", "/cacheWriteInputTokenCount"),
    }
}

/// Converse's word for why `reply` stops; Nova's too.
pub(super) fn stop_reason(reply: &Reply) -> &'static str {
    match reply.stop {
        Stop::End => "end_turn",
        Stop::Length => "max_tokens",
        Stop::Sequence(_) => "stop_sequence",
        Stop::ToolUse => "tool_use",
    }
}

/// The assistant's message.
pub(super) fn message(reply: &Reply) -> serde_json::Value {
    let content: Vec<_> =
        reply.parts.iter().enumerate().filter_map(|(i, part)| block(reply, part, i)).collect();
    json!({"content": content, "role": "assistant"})
}

fn block(reply: &Reply, part: &Part, index: usize) -> Option<serde_json::Value> {
    Some(match part {
        Part::Text(text) => json!({"text": text}),
        Part::Reasoning(text) => {
            let mut thought = json!({"text": text});
            if Tells::of(crate::model_id::bare(&reply.model_id)).is_some() {
                thought["signature"] = signature(reply).into();
            }
            json!({"reasoningContent": {"reasoningText": thought}})
        }
        Part::ToolUse { name, input } => {
            let mut tool = tool_use(reply, name, index);
            tool["input"] = json!(input);
            json!({"toolUse": tool})
        }
        _ => return None,
    })
}

/// What stands for the seal of Claude's thoughts.
fn signature(reply: &Reply) -> String {
    media::encode(reply.uuid("signature").as_bytes())
}

type StreamBlock = (Option<Json>, Vec<Json>);

/// How a part begins, if that is said at all, and its deltas.
fn stream_block(reply: &Reply, part: &Part, index: usize) -> Option<StreamBlock> {
    Some(match part {
        Part::Text(text) => (None, pieces(text).iter().map(|piece| json!({"text": piece}).into()).collect()),
        Part::Reasoning(text) => {
            let mut deltas: Vec<Json> = pieces(text)
                .iter()
                .map(|piece| json!({"reasoningContent": {"text": piece}}).into())
                .collect();
            if Tells::of(crate::model_id::bare(&reply.model_id)).is_some() {
                deltas.push(json!({"reasoningContent": {"signature": signature(reply)}}).into());
            }
            (None, deltas)
        }
        Part::ToolUse { name, input } => (
            Some(json!({"toolUse": tool_use(reply, name, index)}).into()),
            pieces(&input.to_compact())
                .iter()
                .map(|piece| json!({"toolUse": {"input": piece}}).into())
                .collect(),
        ),
        _ => return None,
    })
}

/// A tool use without its input. Newer Claude models say whose tool it is, and Nova does where it has
/// tools of its own.
fn tool_use(reply: &Reply, name: &str, index: usize) -> serde_json::Value {
    let mut tool = json!({"name": name, "toolUseId": tool_use_id(reply, index)});
    let tells = Tells::of(crate::model_id::bare(&reply.model_id));
    let own_tools =
        || items_at(&reply.body, "/toolConfig/tools").iter().any(|tool| tool.get("systemTool").is_some());
    if tells.is_some_and(|tells| tells >= Tells::ToolType) || own_tools() {
        tool["type"] = "tool_use".into();
    }
    tool
}

/// Such as `tooluse_…`, the same for whole and stream.
fn tool_use_id(reply: &Reply, index: usize) -> String {
    format!("tooluse_{}{index}", reply.id)
}

/// Whether an answer comes whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    Yes,
    No,
}

/// What is counted. Cache counts stand there where the request marks something for the cache, and of
/// newer Claude models in every whole answer. A stand-in has no cache: what is marked is written anew.
fn usage_of(reply: &Reply, whole: Whole) -> serde_json::Value {
    let tells = Tells::of(crate::model_id::bare(&reply.model_id));
    let written = cached(&reply.body);
    let always = whole == Whole::Yes && tells.is_some_and(|tells| tells >= Tells::Cache);
    let marked = written.is_some() && tells.is_none_or(|tells| tells >= Tells::Cache);
    let written = written.unwrap_or(0).min(reply.input_tokens);
    let mut usage = json!({
        "inputTokens": reply.input_tokens - written,
        "outputTokens": reply.output_tokens,
        "totalTokens": reply.input_tokens + reply.output_tokens,
        "serverToolUsage": {},
    });
    if always || marked {
        for (name, count) in [("cacheReadInputToken", 0), ("cacheWriteInputToken", written)] {
            usage[format!("{name}s")] = count.into();
            usage[format!("{name}Count")] = count.into();
        }
    }
    if written > 0 && tells.is_some_and(|tells| tells >= Tells::CacheByAge) {
        usage["cacheDetails"] = json!([{"inputTokens": written, "ttl": ttl(&reply.body)}]);
    }
    usage
}

/// The fewest tokens that are cached (AWS user guide, Prompt caching: 1,024 of most models).
const LEAST_CACHED: u64 = 1024;

/// The estimated tokens before the last mark of the cache, in the order tools, system, messages; none of a
/// request without a mark, and zero where they are too few.
fn cached(body: &Json) -> Option<u64> {
    let messages = items_at(body, "/messages").iter().flat_map(|message| items_at(message, "/content"));
    let blocks = items_at(body, "/toolConfig/tools").iter().chain(items_at(body, "/system")).chain(messages);
    let (mut so_far, mut cached) = (0, None);
    for block in blocks {
        if block.get("cachePoint").is_some() {
            cached = Some(so_far);
        } else {
            let text = text_at(block, "/text").map_or_else(|| block.to_compact(), str::to_owned);
            so_far += estimated_tokens(&text).len() as u64;
        }
    }
    cached.map(|tokens| if tokens < LEAST_CACHED { 0 } else { tokens })
}

/// How long what is marked is kept.
fn ttl(body: &Json) -> &str {
    let messages = items_at(body, "/messages").iter().flat_map(|message| items_at(message, "/content"));
    let mut blocks =
        items_at(body, "/toolConfig/tools").iter().chain(items_at(body, "/system")).chain(messages);
    blocks.find_map(|block| text_at(block, "/cachePoint/ttl")).unwrap_or("5m")
}

/// What an answer says of the settings it was asked with: the tier and speed that served it, and what a
/// guardrail saw. A stand-in's guardrail lets everything pass.
fn echo(answer: &mut serde_json::Value, body: &Json) {
    for (name, member) in [("performanceConfig", "latency"), ("serviceTier", "type")] {
        if let Some(asked) = body.get(name).and_then(|config| config.get(member)?.as_str()) {
            answer[name] = json!({member: asked});
        }
    }
    let guardrail = body.get("guardrailConfig");
    let traced =
        guardrail.and_then(|config| text_at(config, "/trace")).is_some_and(|trace| trace != "disabled");
    if let Some(id) = guardrail.and_then(|config| text_at(config, "/guardrailIdentifier")).filter(|_| traced)
    {
        answer["trace"] = json!({"guardrail": {"actionReason": "No action.", "inputAssessment": {id: {}}}});
    }
}

fn count(index: usize) -> u64 {
    index as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_stream::converse_frame;
    use crate::family::{self, UsageSource};
    use crate::{Answer, Call, Operation, Payload, Timing};

    fn json(text: &str) -> Json {
        Json::parse(text.as_bytes()).unwrap()
    }

    fn reply(parts: Vec<Part>, stop: Stop) -> Reply {
        Reply {
            model_id: "amazon.nova-lite-v1:0".to_owned(),
            id: "0123456789abcdef01234567".to_owned(),
            prompt: Prompt::of("Why?"),
            body: Json::Null,
            parts,
            stop,
            input_tokens: 2,
            output_tokens: 3,
            latency_ms: 500,
            first_token_ms: 200,
        }
    }

    fn read_all(operation: Operation, payload: Payload) -> Reading {
        let call = Call::new(operation, "amazon.nova-lite-v1:0", Json::Null);
        let answer = Answer {
            status: 200,
            headers: std::collections::BTreeMap::default(),
            payload,
            timing: Timing::default(),
        };
        family::read(&call, None, &answer).unwrap()
    }

    #[test]
    fn prompts_become_bodies_and_bodies_prompts() {
        let asked = Prompt {
            system: Some("Be brief.".into()),
            max_tokens: Some(64),
            temperature: Some(0.5),
            top_p: Some(0.9),
            stop: vec!["END".into()],
            tools: vec![Tool {
                name: "weather".into(),
                description: None,
                schema: json(r#"{"type":"object"}"#),
            }],
            tool_choice: ToolChoice::Any,
            ..Prompt::of("Why?")
        };
        let written = body(&asked).unwrap();
        assert_eq!(
            written.to_compact(),
            concat!(
                r#"{"messages":[{"role":"user","content":[{"text":"Why?"}]}],"system":[{"text":"Be brief."}],"#,
                r#""inferenceConfig":{"maxTokens":64,"temperature":0.5,"topP":0.9,"stopSequences":["END"]},"#,
                r#""toolConfig":{"tools":[{"toolSpec":{"name":"weather","inputSchema":{"json":{"type":"object"}}}}],"#,
                r#""toolChoice":{"any":{}}}}"#
            )
        );
        assert_eq!(prompt(&written), asked);
        let tool_turn = json(
            r#"{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"json":{"c":8}}]}}]}]}"#,
        );
        assert_eq!(prompt(&tool_turn).text, r#"{"c":8}"#);
        assert!(body(&Prompt { seed: Some(1), ..Prompt::default() }).is_err());
    }

    #[test]
    fn recorded_shapes_are_read() {
        let text = concat!(
            r#"{"metrics":{"latencyMs":512},"output":{"message":{"content":[{"reasoningContent":{"reasoningText":"#,
            r#"{"text":"Hm.","signature":"s"}}},{"text":"Because."}],"role":"assistant"}},"stopReason":"end_turn","#,
            r#""usage":{"inputTokens":8,"outputTokens":5,"serverToolUsage":{},"totalTokens":13,"cacheReadInputTokens":4}}"#
        );
        let reading = read_all(Operation::Converse, Payload::Whole(text.as_bytes().to_vec().into()));
        assert_eq!(reading.parts, [Part::Reasoning("Hm.".into()), Part::Text("Because.".into())]);
        assert_eq!(reading.stop_reason.as_deref(), Some("end_turn"));
        assert_eq!((reading.usage.input_tokens, reading.usage.cache_read_tokens), (Some(8), Some(4)));
        assert_eq!(reading.counted_by, Some(UsageSource::Body));

        let frames = [
            ("messageStart", r#"{"p":"abcd","role":"assistant"}"#),
            ("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Be"},"p":"ab"}"#),
            ("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"cause."},"p":"abc"}"#),
            ("contentBlockStop", r#"{"contentBlockIndex":0,"p":"a"}"#),
            ("messageStop", r#"{"p":"abcdef","stopReason":"end_turn"}"#),
            (
                "metadata",
                r#"{"metrics":{"latencyMs":320},"p":"a","usage":{"inputTokens":8,"outputTokens":5,"totalTokens":13}}"#,
            ),
        ];
        let frames = frames.map(|(name, event)| converse_frame(0, name, &json(event)));
        let reading = read_all(Operation::ConverseStream, Payload::Stream(frames.to_vec()));
        assert_eq!(reading.text(), "Because.");
        assert_eq!(reading.usage.output_tokens, Some(5));
        assert_eq!(reading.counted_by, Some(UsageSource::StreamMetrics));
    }

    #[test]
    fn citations_and_what_the_services_own_tools_gave_are_read() {
        let text = concat!(
            r#"{"output":{"message":{"content":[{"text":"The Danube "},{"citationsContent":{"citations":[{"title":"Atlas"}],"#,
            r#""content":[{"text":"rises"},{"text":" in the Black Forest"}]}},{"text":"."},"#,
            r#"{"toolUse":{"name":"lookup","toolUseId":"t","type":"server_tool_use","input":{}}},"#,
            r#"{"toolResult":{"toolUseId":"t","type":"lookup_result","status":"success","content":[{"json":{"km":2850}}]}}],"#,
            r#""role":"assistant"}},"stopReason":"end_turn"}"#
        );
        let reading = read_all(Operation::Converse, Payload::Whole(text.as_bytes().to_vec().into()));
        assert_eq!(reading.text(), "The Danube rises in the Black Forest.");
        let result = |text: &str| Part::Data { what: Data::ToolResult, value: json(text) };
        assert_eq!(reading.parts.last(), Some(&result(r#"[{"json":{"km":2850}}]"#)));
        let frames = [
            (
                "contentBlockStart",
                r#"{"contentBlockIndex":0,"start":{"toolResult":{"toolUseId":"t","type":"x"}}}"#,
            ),
            ("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"toolResult":[{"text":"a"}]}}"#),
            ("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"toolResult":[{"text":"b"}]}}"#),
            ("contentBlockDelta", r#"{"contentBlockIndex":1,"delta":{"text":"So."}}"#),
            ("contentBlockDelta", r#"{"contentBlockIndex":1,"delta":{"citation":{"title":"Atlas"}}}"#),
        ];
        let frames = frames.map(|(name, event)| converse_frame(0, name, &json(event)));
        let reading = read_all(Operation::ConverseStream, Payload::Stream(frames.to_vec()));
        assert_eq!(reading.parts, [result(r#"[{"text":"a"},{"text":"b"}]"#), Part::Text("So.".into())]);
    }

    #[test]
    fn what_is_written_is_read_whole_and_streamed() {
        let tool = Part::ToolUse { name: "weather".into(), input: json(r#"{"city":"Bern"}"#) };
        let reply = reply(vec![Part::Text("Let me look.".into()), tool], Stop::ToolUse);
        let whole = answer(&reply).to_compact().into_bytes();
        let whole = read_all(Operation::Converse, Payload::Whole(whole.into()));
        let frames = events(&reply).into_iter().map(|(name, event)| converse_frame(0, name, &event));
        let streamed = read_all(Operation::ConverseStream, Payload::Stream(frames.collect()));
        assert_eq!(whole.parts, reply.parts);
        assert_eq!(streamed.parts, whole.parts);
        assert_eq!(streamed.usage, whole.usage);
        assert_eq!(streamed.stop_reason, whole.stop_reason);
    }

    #[test]
    fn events_come_in_bedrocks_order() {
        let tool = Part::ToolUse { name: "weather".into(), input: json("{}") };
        let events = events(&reply(vec![Part::Text("One two".into()), tool], Stop::ToolUse));
        let names: Vec<&str> = events.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            [
                "messageStart",
                "contentBlockDelta",
                "contentBlockDelta",
                "contentBlockStop",
                "contentBlockStart",
                "contentBlockDelta",
                "contentBlockStop",
                "messageStop",
                "metadata"
            ]
        );
    }
}
