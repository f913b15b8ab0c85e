use std::fmt::Write as _;

use serde_json::json;

use super::*;
use tutor_bedrock::event_stream::{self, Event};
use tutor_bedrock::family::UsageSource;
use tutor_bedrock::{Json, Operation, Payload};

const QUESTION: &str = "Why is the sky blue?";

fn practice() -> Practice {
    let texts = r#"
        [[answer]]
        prompt = "Why is the sky blue?"
        text = "Air scatters blue light more than red. END That is all."
        [[answer]]
        prompt = "Why is the sky blue?"
        families = ["llama"]
        text = "Rayleigh scattering."
    "#;
    Practice::new(Texts::parse(texts).unwrap())
}

fn call(operation: Operation, model: &str, body: serde_json::Value) -> Call {
    Call::new(operation, model, body.into())
}

fn invoke(model: &str, body: serde_json::Value) -> Call {
    call(Operation::InvokeModel, model, body)
}

fn sample(call: &Call) -> Answer {
    practice().sample(call, 0).unwrap()
}

fn body(answer: &Answer) -> Json {
    let Payload::Whole(bytes) = &answer.payload else { panic!("a stream") };
    Json::parse(bytes).unwrap()
}

/// Headers, then the body or the frames with their times, the way a client gets them.
fn wire(answer: &Answer) -> String {
    let mut out = String::new();
    for (name, value) in &answer.headers {
        writeln!(out, "{name}: {value}").unwrap();
    }
    match &answer.payload {
        Payload::Whole(bytes) => writeln!(out, "\n{}", String::from_utf8_lossy(bytes)).unwrap(),
        Payload::Stream(frames) => {
            for frame in frames {
                let json = match event_stream::read(frame).unwrap() {
                    Event::Chunk(json) => json.to_compact(),
                    Event::Named { event, .. } => event.to_compact(),
                    Event::Done => String::new(),
                    Event::Exception { .. } => panic!("an exception"),
                };
                write!(out, "\n{} ms {} {json}", frame.offset_ms, frame.name).unwrap();
            }
            out.push('\n');
        }
    }
    let timing = answer.timing;
    writeln!(out, "\ntotal {} ms, first token {:?} ms", timing.total_ms, timing.first_token_ms).unwrap();
    out
}

/// One call to every family, asking `QUESTION` in its own dialect.
fn every_family(operation: Operation) -> Vec<Call> {
    let models = [
        "anthropic.claude-3-sonnet-20240229-v1:0",
        "anthropic.claude-v2:1",
        "amazon.titan-text-express-v1",
        "amazon.titan-embed-text-v2:0",
        "amazon.titan-embed-image-v1",
        "amazon.titan-image-generator-v1",
        "us.amazon.nova-lite-v1:0",
        "amazon.nova-2-multimodal-embeddings-v1:0",
        "cohere.rerank-v3-5:0",
        "meta.llama2-13b-chat-v1",
        "mistral.mistral-7b-instruct-v0:2",
        "mistral.mistral-large-2407-v1:0",
        "cohere.command-text-v14",
        "cohere.command-r-v1:0",
        "cohere.embed-english-v3",
        "ai21.j2-mid-v1",
        "ai21.jamba-1-5-mini-v1:0",
        "stability.stable-diffusion-xl-v1",
        "stability.sd3-5-large-v1:0",
        "us.deepseek.r1-v1:0",
        "openai.gpt-oss-20b-1:0",
    ];
    assert_eq!(models.len(), family::FAMILIES.len());
    let prompt = Prompt::of(QUESTION);
    let body = |model: &str| match family::compatible::of(operation) {
        Some(api) => api.body(model, &prompt).unwrap(),
        None if operation.is_converse() => family::converse::body(&prompt).unwrap(),
        None => family::of_model(model).unwrap().body(&prompt).unwrap(),
    };
    models.map(|model| Call::new(operation, model, body(model))).into()
}

#[test]
fn claude_messages_as_bedrock_sends_it() {
    let ask = json!({
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "stop_sequences": ["END"],
        "messages": [{"role": "user", "content": QUESTION}],
    });
    insta::assert_snapshot!(wire(&sample(&invoke("anthropic.claude-3-sonnet-20240229-v1:0", ask))));
}

#[test]
fn claude_stream_as_bedrock_sends_it() {
    let ask = json!({
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": 5,
        "messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}],
    });
    let call = call(Operation::InvokeModelWithResponseStream, "us.anthropic.claude-sonnet-4-6", ask);
    insta::assert_snapshot!(wire(&sample(&call)));
}

#[test]
fn titan_text_as_bedrock_sends_it() {
    let ask = json!({"inputText": "Name three\nrivers of Austria, please."});
    insta::assert_snapshot!(wire(&sample(&invoke("amazon.titan-text-express-v1", ask))));
}

#[test]
fn llama_stream_as_bedrock_sends_it() {
    let ask = json!({"prompt": "<s>[INST] Why is the sky blue? [/INST]", "max_gen_len": 512});
    let call = call(Operation::InvokeModelWithResponseStream, "meta.llama2-13b-chat-v1", ask);
    insta::assert_snapshot!(wire(&sample(&call)));
}

#[test]
fn cohere_command_as_bedrock_sends_it() {
    let ask = json!({"prompt": QUESTION, "max_tokens": 3});
    insta::assert_snapshot!(wire(&sample(&invoke("cohere.command-text-v14", ask))));
}

#[test]
fn jurassic_as_bedrock_sends_it() {
    let ask = json!({"prompt": QUESTION, "maxTokens": 3});
    insta::assert_snapshot!(wire(&sample(&invoke("ai21.j2-mid-v1", ask))));
}

#[test]
fn converse_stream_as_bedrock_sends_it() {
    let ask = json!({
        "messages": [{"role": "user", "content": [{"text": QUESTION}]}],
        "inferenceConfig": {"maxTokens": 4},
    });
    let call = call(Operation::ConverseStream, "us.amazon.nova-lite-v1:0", ask);
    insta::assert_snapshot!(wire(&sample(&call)));
}

#[test]
fn every_family_answers_what_its_operation_allows() {
    for operation in Operation::ALL {
        for call in every_family(operation) {
            let family = family::of_model(&call.model_id).unwrap();
            let text = family.makes() == Makes::Text;
            let allowed = match operation {
                Operation::InvokeModel => true,
                Operation::InvokeModelWithResponseStream | Operation::ConverseStream => {
                    text && family.id() != "jurassic"
                }
                _ => text,
            };
            match practice().sample(&call, 0) {
                Ok(answer) => {
                    assert!(allowed, "{call:?}");
                    let reading = family::read(&call, Some(family), &answer).unwrap();
                    assert!(!reading.parts.is_empty(), "{call:?}");
                    if text {
                        let said = if family.id() == "llama" { "Rayleigh" } else { "Air scatters" };
                        assert!(reading.text().starts_with(said), "{}: {}", family.id(), reading.text());
                    }
                }
                Err(ProviderError::UnsupportedOperation { .. }) => assert!(!allowed, "{call:?}"),
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn a_stream_says_and_counts_what_the_whole_answer_does() {
    let pairs = [
        (Operation::InvokeModel, Operation::InvokeModelWithResponseStream, UsageSource::Headers),
        (Operation::Converse, Operation::ConverseStream, UsageSource::Body),
    ];
    for (whole, stream, counted_by) in pairs {
        for whole in every_family(whole) {
            let stream = Call { operation: stream, ..whole.clone() };
            let Ok(streamed) = practice().sample(&stream, 0) else { continue };
            let family = family::of_model(&whole.model_id);
            let of_whole = family::read(&whole, family, &sample(&whole)).unwrap();
            let of_stream = family::read(&stream, family, &streamed).unwrap();
            assert_eq!(of_stream.parts, of_whole.parts, "{whole:?}");
            assert_eq!(of_stream.stop_reason, of_whole.stop_reason);
            assert_eq!(of_stream.usage.output_tokens, of_whole.usage.output_tokens);
            assert_eq!(of_whole.counted_by, Some(counted_by));
            assert_eq!(of_stream.counted_by, Some(UsageSource::StreamMetrics));
            offsets_rise(&streamed);
        }
    }
}

/// A compatible API counts in its body, streamed or not.
#[test]
fn compatible_apis_say_the_same_in_pieces() {
    for operation in Operation::ALL.into_iter().filter(|operation| operation.is_compatible()) {
        for whole in every_family(operation) {
            let mut stream = whole.clone();
            let Json::Object(members) = &mut stream.body else { panic!("a body") };
            members.insert("stream", json!(true).into());
            members.insert("stream_options", json!({"include_usage": true}).into());
            let Ok(streamed) = practice().sample(&stream, 0) else { continue };
            let of_whole = family::read(&whole, None, &sample(&whole)).unwrap();
            let of_stream = family::read(&stream, None, &streamed).unwrap();
            assert_eq!(of_stream.parts, of_whole.parts, "{whole:?}");
            assert_eq!(of_stream.stop_reason, of_whole.stop_reason);
            assert_eq!(of_stream.usage.output_tokens, of_whole.usage.output_tokens, "{whole:?}");
            assert_eq!(of_whole.counted_by, Some(UsageSource::Body));
            offsets_rise(&streamed);
        }
    }
}

/// A schema is answered with JSON that holds to it, a forced tool with a call of it.
#[test]
fn responses_as_bedrock_sends_them() {
    let ask =
        json!({"model": "us.openai.gpt-6-sol", "input": QUESTION, "stream": true, "max_output_tokens": 20});
    insta::assert_snapshot!(wire(&sample(&call(Operation::Responses, "us.openai.gpt-6-sol", ask))));
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]});
    let format = json!({"type": "json_schema", "name": "river", "schema": schema});
    let ask = json!({"model": "us.openai.gpt-6-sol", "input": "Name a river.", "text": {"format": format}});
    let call = call(Operation::Responses, "us.openai.gpt-6-sol", ask);
    let said = family::read(&call, None, &sample(&call)).unwrap().text();
    assert!(Json::parse(said.as_bytes()).unwrap().get("name").is_some(), "{said}");
}

/// Frames never go back in time; the first token and the last frame are where the timing says.
fn offsets_rise(answer: &Answer) {
    let Payload::Stream(frames) = &answer.payload else { panic!("no stream") };
    assert!(frames.is_sorted_by_key(|frame| frame.offset_ms));
    assert_eq!(frames.last().unwrap().offset_ms, answer.timing.total_ms);
    let first = answer.timing.first_token_ms.unwrap();
    assert!(frames.iter().any(|frame| frame.offset_ms == first) && first > 0);
}

#[test]
fn the_same_call_gives_the_same_answer_and_samples_differ_in_time_alone() {
    let ask = json!({"prompt": "Human: Hi\n\nAssistant:", "max_tokens_to_sample": 99});
    let call = invoke("anthropic.claude-instant-v1", ask);
    let samples: Vec<Answer> = (0..5).map(|index| practice().sample(&call, index).unwrap()).collect();
    assert_eq!(samples[0], sample(&call));
    assert_eq!(samples[0], *futures_free(&call).as_ref().unwrap());
    for later in &samples[1..] {
        assert_eq!(later.payload, samples[0].payload);
        assert_ne!(later.header("x-amzn-requestid"), samples[0].header("x-amzn-requestid"));
    }
    assert!(samples.iter().any(|later| later.timing != samples[0].timing));
}

/// What the trait's method gives, without an executor: practice is ready at once.
fn futures_free(call: &Call) -> Result<Answer, ProviderError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(practice().answer(call))
}

#[test]
fn limits_and_stop_sequences_are_honoured() {
    let ask = |limit: u64, stop: &[&str]| {
        let call = invoke(
            "anthropic.claude-3-haiku-20240307-v1:0",
            json!({"max_tokens": limit, "stop_sequences": stop, "messages": [{"role": "user", "content": QUESTION}]}),
        );
        let family = family::of_model(&call.model_id);
        let answer = sample(&call);
        let sequence = body(&answer).get("stop_sequence").cloned();
        (family::read(&call, family, &answer).unwrap(), sequence)
    };
    let (reading, _) = ask(2, &[]);
    assert_eq!(reading.text(), "Air scat");
    assert_eq!(reading.stop_reason.as_deref(), Some("max_tokens"));
    assert_eq!(reading.usage.output_tokens, Some(2));
    let (reading, sequence) = ask(100, &["END"]);
    assert_eq!(reading.text(), "Air scatters blue light more than red. ");
    assert_eq!(reading.stop_reason.as_deref(), Some("stop_sequence"));
    assert_eq!(sequence, Some("END".into()));
}

#[test]
fn a_forced_tool_is_used_and_a_free_one_is_not() {
    let ask = |choice: serde_json::Value| {
        let call = call(
            Operation::Converse,
            "anthropic.claude-3-5-sonnet-20240620-v1:0",
            json!({
                "messages": [{"role": "user", "content": [{"text": "Rain in Bern?"}]}],
                "toolConfig": {
                    "tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": {
                        "type": "object",
                        "properties": {"city": {"type": "string", "minLength": 1}},
                        "required": ["city"],
                    }}}}],
                    "toolChoice": choice,
                },
            }),
        );
        family::read(&call, None, &sample(&call)).unwrap()
    };
    let weather = Part::ToolUse { name: "weather".into(), input: json!({"city": "x"}).into() };
    for choice in [json!({"any": {}}), json!({"tool": {"name": "weather"}})] {
        let reading = ask(choice);
        assert_eq!(reading.parts, std::slice::from_ref(&weather));
        assert_eq!(reading.stop_reason.as_deref(), Some("tool_use"));
    }
    assert!(ask(json!({"auto": {}})).text().contains("“Rain in Bern?”"));
    assert!(ask(json!({"tool": {"name": "none"}})).text().starts_with("Practice answer"));
}

#[test]
fn pictures_have_the_size_number_and_seeds_asked_for() {
    let call = invoke(
        "stability.stable-diffusion-xl-v1",
        json!({"text_prompts": [{"text": "A lake"}], "width": 640, "height": 1536, "seed": 5, "samples": 2}),
    );
    let answer = sample(&call);
    let seeds = ["/artifacts/0/seed", "/artifacts/1/seed"].map(|at| body(&answer).pointer(at).cloned());
    assert_eq!(seeds, [Some(5.into()), Some(6.into())]);
    let reading = family::read(&call, family::of_model(&call.model_id), &answer).unwrap();
    let sizes: Vec<_> = reading
        .parts
        .iter()
        .map(|part| {
            let Part::Image { bytes, .. } = part else { panic!("{part:?}") };
            let png = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            (png.info().width, png.info().height)
        })
        .collect();
    assert_eq!(sizes, [(640, 1536); 2]);
    assert_ne!(reading.parts[0], reading.parts[1]);
    assert_eq!(answer.header("x-amzn-bedrock-input-token-count"), None);
    assert!(answer.header("x-amzn-bedrock-invocation-latency").is_some());
}

#[test]
fn vectors_have_the_dimensions_and_types_asked_for() {
    let lengths = |model: &str, ask: serde_json::Value| {
        let call = invoke(model, ask);
        let answer = sample(&call);
        assert!(answer.header("x-amzn-bedrock-input-token-count").is_some());
        assert_eq!(answer.header("x-amzn-bedrock-output-token-count"), None);
        let reading = family::read(&call, family::of_model(model), &answer).unwrap();
        let lengths = reading.parts.iter().map(|part| match part {
            Part::Embedding(vector) => vector.len(),
            other => panic!("{other:?}"),
        });
        lengths.collect::<Vec<_>>()
    };
    assert_eq!(lengths("amazon.titan-embed-text-v1", json!({"inputText": "a"})), [1536]);
    assert_eq!(lengths("amazon.titan-embed-text-v2:0", json!({"inputText": "a", "dimensions": 256})), [256]);
    assert_eq!(lengths("cohere.embed-v4:0", json!({"texts": ["a", "b"], "input_type": "x"})), [1536, 1536]);
    let binary = json!({"texts": ["a"], "input_type": "x", "embedding_types": ["ubinary", "int8"]});
    assert_eq!(lengths("cohere.embed-multilingual-v3", binary), [128]);
    assert_eq!(lengths("amazon.titan-embed-image-v1", json!({"inputImage": "AAAA"})), [1024]);
}

#[test]
fn what_cannot_be_answered_is_said_plainly() {
    let error = practice().sample(&invoke("acme.rocket-v1", json!({})), 0).unwrap_err();
    assert_eq!(error, ProviderError::UnknownModel("acme.rocket-v1".into()));
    let stream = call(Operation::InvokeModelWithResponseStream, "ai21.j2-ultra-v1", json!({"prompt": "a"}));
    let error = practice().sample(&stream, 0).unwrap_err();
    assert_eq!(error.to_string(), "Jurassic-2 models do not answer InvokeModelWithResponseStream");
}

#[test]
fn bodies_that_make_no_sense_are_answered_all_the_same() {
    let odd = [json!(null), json!([]), json!({"messages": 7}), json!({"prompt": {}, "max_tokens": -3})];
    for body in odd {
        for call in every_family(Operation::InvokeModel) {
            let call = Call { body: body.clone().into(), ..call };
            if family::of_model(&call.model_id).unwrap().makes() == Makes::Text {
                let reading = family::read(&call, family::of_model(&call.model_id), &sample(&call)).unwrap();
                assert!(reading.text().ends_with("You asked nothing in words."), "{call:?}");
            }
        }
    }
}

#[test]
fn bodies_nested_as_deep_as_json_may_be_are_answered() {
    for levels in [120, 124, 125, 126, 127, 128] {
        let deep = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let body =
            |member: &str| Json::parse(format!(r#"{{"message":"Hi","{member}":[{deep}]}}"#).as_bytes());
        let Ok(body) = body("chat_history") else { continue };
        let call = Call::new(Operation::InvokeModel, "cohere.command-r-v1:0", body);
        assert!(practice().sample(&call, 0).is_ok(), "{levels}");
    }
}
