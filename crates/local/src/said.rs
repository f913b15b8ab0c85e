//! What a server has said, whole or piece by piece, and the [`Reply`] that a family puts into its
//! dialect.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::trouble::bad_answer;
use tutor_bedrock::family::{self, Family, PIECE_END, Part, Reply, Stop, Usage};
use tutor_bedrock::key::hex;
use tutor_bedrock::{Call, Json};
use tutor_provider::ProviderError;

/// What has been said so far.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Its id, which makes ours.
    id: String,
    pub(crate) reasoning: Vec<String>,
    pub(crate) text: Vec<String>,
    tools: Vec<ToolCall>,
    vectors: Vec<Vec<f64>>,
    finish: Option<String>,
    /// The stop sequence that was met, where the server tells.
    sequence: Option<String>,
    usage: Usage,
    /// Whether its text is a tool call.
    is_call: bool,
}

/// A tool call as its pieces come.
#[derive(Debug, Default)]
struct ToolCall {
    name: String,
    arguments: String,
}

/// How long it took, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) total_ms: u64,
    pub(crate) first_ms: u64,
}

/// More tool calls and texts than any request asks for.
const MOST_TOOLS: usize = 128;
const MOST_VECTORS: usize = 2048;

impl Said {
    /// Nothing yet; `is_call` says whether the text that comes is a tool call.
    pub(crate) fn new(is_call: bool) -> Self {
        Said { is_call, ..Said::default() }
    }

    /// A whole answer.
    pub(crate) fn whole(body: &[u8], is_call: bool) -> Result<Self, ProviderError> {
        let json: Value = serde_json::from_slice(body)
            .map_err(|error| bad_answer(format!("its body is no JSON ({error})")))?;
        let mut said = Said::new(is_call);
        said.absorb(&json)?;
        if said.finish.is_none() && said.vectors.is_empty() {
            return Err(bad_answer("there is neither an answer nor a reason to stop in it"));
        }
        Ok(said)
    }

    /// A whole answer, or one piece of a stream.
    pub(crate) fn absorb(&mut self, json: &Value) -> Result<(), ProviderError> {
        if let Some(error) = json.get("error").filter(|error| !error.is_null()) {
            let words = error["message"].as_str().or(error.as_str()).unwrap_or("an error without words");
            return Err(bad_answer(format!("it says “{}”", words.chars().take(300).collect::<String>())));
        }
        if let Some(id) = json["id"].as_str().filter(|_| self.id.is_empty()) {
            self.id = id.chars().take(100).collect();
        }
        self.count(&json["usage"]);
        self.count_timings(&json["timings"]);
        let choice = &json["choices"][0];
        let message = if choice["delta"].is_object() { &choice["delta"] } else { &choice["message"] };
        let words = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(cleaned);
        self.reasoning.extend(words(&message["reasoning_content"]).or_else(|| words(&message["reasoning"])));
        self.text.extend(words(&message["content"]).or_else(|| words(&choice["text"])));
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            self.tool(call)?;
        }
        if let Some(finish) = choice["finish_reason"].as_str() {
            self.finish = Some(finish.to_owned());
        }
        if let Some(sequence) = choice["stop_reason"].as_str() {
            self.sequence = Some(sequence.to_owned());
        }
        for item in json["data"].as_array().into_iter().flatten().take(MOST_VECTORS) {
            let numbers =
                item["embedding"].as_array().ok_or_else(|| bad_answer("a vector is no list of numbers"))?;
            let vector: Option<Vec<f64>> = numbers.iter().map(Value::as_f64).collect();
            self.vectors
                .push(vector.ok_or_else(|| bad_answer("a vector holds something else than numbers"))?);
        }
        Ok(())
    }

    fn tool(&mut self, call: &Value) -> Result<(), ProviderError> {
        let next = self.tools.len();
        let index = call["index"].as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or(next);
        if index >= MOST_TOOLS || index > next {
            return Err(bad_answer("its tool calls are not in order"));
        }
        if index == next {
            self.tools.push(ToolCall::default());
        }
        let tool = &mut self.tools[index];
        tool.name += call["function"]["name"].as_str().unwrap_or_default();
        match &call["function"]["arguments"] {
            Value::String(piece) => tool.arguments += piece,
            Value::Null => {}
            whole => tool.arguments += &whole.to_string(),
        }
        Ok(())
    }

    fn count(&mut self, usage: &Value) {
        let count = |name: &str| usage[name].as_u64();
        self.usage.input_tokens = count("prompt_tokens").or(self.usage.input_tokens);
        let output = count("completion_tokens");
        self.usage.output_tokens = output.or(self.usage.output_tokens);
    }

    /// llama.cpp counts the prompt with the first piece already.
    fn count_timings(&mut self, timings: &Value) {
        if let (None, Some(read)) = (self.usage.input_tokens, timings["prompt_n"].as_u64()) {
            self.usage.input_tokens = Some(read + timings["cache_n"].as_u64().unwrap_or(0));
        }
    }

    /// Whether the stream has come to its end.
    pub(crate) fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// The counts, if they can be true.
    pub(crate) fn usage(&self) -> Result<Usage, ProviderError> {
        let said: usize = self.text.iter().chain(&self.reasoning).map(String::len).sum();
        let called: usize = self.tools.iter().map(|tool| tool.name.len() + tool.arguments.len()).sum();
        let vectors = !self.vectors.is_empty();
        match (self.usage.input_tokens, self.usage.output_tokens) {
            (Some(_), None) if vectors => Ok(Usage { output_tokens: Some(0), ..self.usage }),
            (None, _) | (_, None) => {
                Err(bad_answer("it counts no tokens (`usage`), which every answer of Bedrock has"))
            }
            // A token says at least a byte; a few more mark turns, tools and thinking.
            (_, Some(output)) if output > (said + called) as u64 + 4096 => {
                Err(bad_answer(format!("it counts {output} tokens for {} bytes", said + called)))
            }
            (Some(input), _) if input > 100_000_000 => {
                Err(bad_answer(format!("it counts {input} input tokens")))
            }
            _ => Ok(self.usage),
        }
    }

    /// The counts as far as they are known while it still comes.
    pub(crate) fn counts_so_far(&self) -> (u64, u64) {
        (self.usage.input_tokens.unwrap_or(0), self.usage.output_tokens.unwrap_or(0))
    }

    /// The parts as they are while a stream comes: without tools, and with the marks of their pieces.
    pub(crate) fn in_pieces(&self) -> Vec<Part> {
        let marked = |pieces: &[String]| {
            let mut text = String::new();
            for piece in pieces {
                text += piece;
                text.push(PIECE_END);
            }
            text
        };
        let mut parts = Vec::new();
        if !self.reasoning.is_empty() {
            parts.push(Part::Reasoning(marked(&self.reasoning)));
        }
        if !self.text.is_empty() && !self.is_call {
            parts.push(Part::Text(marked(&self.text)));
        }
        parts
    }

    /// All parts, whole.
    pub(crate) fn parts(&self) -> Result<Vec<Part>, ProviderError> {
        let mut parts = Vec::new();
        if !self.reasoning.is_empty() {
            parts.push(Part::Reasoning(self.reasoning.concat()));
        }
        if self.is_call && self.tools.is_empty() {
            parts.push(self.call()?);
            return Ok(parts);
        }
        // An answer that says nothing has an empty text, as Bedrock's have.
        if !self.text.is_empty() || (self.tools.is_empty() && self.vectors.is_empty()) {
            parts.push(Part::Text(self.text.concat()));
        }
        for tool in &self.tools {
            let arguments = if tool.arguments.trim().is_empty() { "{}" } else { &tool.arguments };
            let input = Json::parse(arguments.as_bytes())
                .map_err(|error| bad_answer(format!("the arguments of its tool call are {error}")))?;
            parts.push(Part::ToolUse { name: tool.name.clone(), input });
        }
        parts.extend(self.vectors.iter().cloned().map(Part::Embedding));
        Ok(parts)
    }

    /// The tool call that the text is.
    fn call(&self) -> Result<Part, ProviderError> {
        let text = self.text.concat();
        let json = Json::parse(text.as_bytes()).ok();
        let name = json.as_ref().and_then(|json| json.get("name")?.as_str());
        let input = json.as_ref().and_then(|json| json.get("arguments"));
        match (name, input) {
            (Some(name), Some(input)) => Ok(Part::ToolUse { name: name.to_owned(), input: input.clone() }),
            _ if self.finish.as_deref() == Some("length") => Ok(Part::Text(text)),
            _ => Err(bad_answer("it was to call a tool, and did not")),
        }
    }

    /// Why it stopped.
    pub(crate) fn stop(&self) -> Stop {
        if self.is_call && matches!(self.call(), Ok(Part::ToolUse { .. })) {
            return Stop::ToolUse;
        }
        match (self.finish.as_deref(), &self.sequence) {
            (Some("length"), _) => Stop::Length,
            (Some("tool_calls" | "function_call"), _) => Stop::ToolUse,
            _ if !self.tools.is_empty() => Stop::ToolUse,
            (_, Some(sequence)) => Stop::Sequence(sequence.clone()),
            _ => Stop::End,
        }
    }

    /// An id for the answer, another one for each.
    pub(crate) fn id(&self, call: &Call) -> String {
        let mut hash = Sha256::new();
        hash.update(call.key().as_str());
        hash.update(&self.id);
        hex(&hash.finalize()).chars().take(24).collect()
    }

    /// The whole reply.
    pub(crate) fn reply(
        &self,
        call: &Call,
        family: &dyn Family,
        times: Times,
    ) -> Result<Reply, ProviderError> {
        let usage = self.usage()?;
        let mut parts = self.parts()?;
        if family.id() == "deepseek-r1" && call.operation.is_native() {
            parts = with_thinking_inside(&parts);
        }
        Ok(Reply {
            model_id: call.model_id.clone(),
            id: self.id(call),
            prompt: family::prompt(call, family),
            body: call.body.clone(),
            parts,
            stop: self.stop(),
            input_tokens: usage.input_tokens.unwrap_or(0),
            output_tokens: usage.output_tokens.unwrap_or(0),
            latency_ms: times.total_ms,
            first_token_ms: times.first_ms,
        })
    }
}

/// `DeepSeek` R1's native answers hold the thinking in front of the text.
fn with_thinking_inside(parts: &[Part]) -> Vec<Part> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Reasoning(thinking) => text += &format!("{thinking}\n</think>\n\n"),
            Part::Text(said) => text += said,
            _ => {}
        }
    }
    vec![Part::Text(text)]
}

/// Without the mark that only we set.
fn cleaned(text: &str) -> String {
    text.replace(PIECE_END, "\u{fffd}")
}
