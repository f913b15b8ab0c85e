//! Clients of `OpenAI` and Anthropic that are led to Bedrock.

use std::collections::BTreeMap;

use super::sources;
use tutor_bedrock::call::MANTLE;
use tutor_bedrock::found::{Answers, Finding, NoAnswers, NoFiles};
use tutor_bedrock::{Answer, Call, Json, Key, Operation, Payload, Timing};

const RUNTIME: &str = "from openai import OpenAI, AsyncOpenAI\nclient = OpenAI(base_url='https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1', api_key='k')\n";
const CLAUDE: &str = "import anthropic\nclient = anthropic.AnthropicBedrock(aws_region='us-east-1')\n";

fn told_with(answers: &dyn Answers, fences: &[&str]) -> Vec<String> {
    let sources = sources(fences);
    let findings = crate::read(&sources.iter().collect::<Vec<_>>(), answers, &NoFiles);
    let text = |finding: &Finding| match finding {
        Finding::Resolved(call) => {
            let options = &call.options;
            let beside: Vec<&str> = [&options.host, &options.anthropic_version]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect();
            format!("{} {} {} {}", call.operation, call.model_id, call.body.to_canonical(), beside.join(" "))
                .trim_end()
                .to_owned()
        }
        Finding::Unresolved { reason, .. } => format!("? {}", reason.text),
        Finding::Uncalled { .. } => "uncalled".to_owned(),
        Finding::Unread(unread) => format!("unread {}", unread.library),
    };
    findings.calls.iter().map(|call| text(&call.finding)).collect()
}

fn told(fences: &[&str]) -> Vec<String> {
    told_with(&NoAnswers, fences)
}

#[test]
fn chat_completions_and_responses_are_read_as_they_are_sent() {
    assert_eq!(
        told(&[
            RUNTIME,
            "client.chat.completions.create(model='us.openai.gpt-6-sol', messages=[{'role': 'user', 'content': 'Hi'}], stream=True)"
        ]),
        [
            r#"ChatCompletions us.openai.gpt-6-sol {"messages":[{"content":"Hi","role":"user"}],"model":"us.openai.gpt-6-sol","stream":true}"#
        ]
    );
    let mantle = "import os\nfrom openai import OpenAI\nos.environ['OPENAI_BASE_URL'] = 'https://bedrock-mantle.us-east-1.api.aws/v1'\nclient = OpenAI()\nr = client.responses.create(model='openai.gpt-oss-120b', input='Hi', extra_body={'store': False}, timeout=5)";
    assert_eq!(
        told(&[mantle]),
        [format!(
            r#"Responses openai.gpt-oss-120b {{"input":"Hi","model":"openai.gpt-oss-120b","store":false}} {MANTLE}"#
        )]
    );
}

#[test]
fn messages_go_where_their_client_sends_them() {
    let ask = "client.messages.create(model='us.anthropic.claude-opus-4-8', max_tokens=9, messages=[])";
    assert_eq!(
        told(&[CLAUDE, ask]),
        [
            r#"InvokeModel us.anthropic.claude-opus-4-8 {"anthropic_version":"2026-10-21","max_tokens":9,"messages":[]}"#
        ]
    );
    let streamed = "with client.messages.stream(model='m', max_tokens=9, messages=[]) as stream:\n    for text in stream.text_stream:\n        print(text)";
    assert_eq!(
        told(&[CLAUDE, streamed]),
        [
            r#"InvokeModelWithResponseStream m {"anthropic_version":"2026-10-21","max_tokens":9,"messages":[]}"#
        ]
    );
    let mantle = CLAUDE.replace("AnthropicBedrock", "AnthropicBedrockMantle");
    assert_eq!(
        told(&[&mantle, ask]),
        [format!(
            r#"Messages us.anthropic.claude-opus-4-8 {{"max_tokens":9,"messages":[],"model":"us.anthropic.claude-opus-4-8"}} {MANTLE} 2026-10-21"#
        )]
    );
    let plain = "import anthropic\nclient = anthropic.Anthropic(base_url='https://bedrock-runtime.us-east-1.amazonaws.com/anthropic')\n";
    assert!(told(&[plain, ask])[0].ends_with("2026-10-21"), "{:?}", told(&[plain, ask]));
    let old = "client.messages.create(model='m', max_tokens=9, messages=[], temperature=0)";
    assert!(told(&[CLAUDE, old])[0].contains("TypeError"), "{:?}", told(&[CLAUDE, old]));
}

#[test]
fn the_version_that_a_chapter_pins_decides_what_is_added() {
    let ask = "client.messages.create(model='m', max_tokens=9, messages=[], temperature=0.5)";
    let old = r#"InvokeModel m {"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[],"temperature":0.5}"#;
    for pin in ["%pip install -q boto3 anthropic==0.125.0", "!pip install 'anthropic<1'"] {
        assert_eq!(told(&[pin, CLAUDE, ask]), [old], "{pin}");
    }
    assert!(told(&["%pip install \"anthropic<2\"", CLAUDE, ask])[0].contains("TypeError"));
    let plain = ask.replace(", temperature=0.5", "");
    assert!(told(&["%pip install \"anthropic<2\"", CLAUDE, &plain])[0].contains("bedrock-2023-05-31"));
    for loose in ["%pip install anthropic", "%pip install 'anthropic[bedrock]>=1'"] {
        assert!(told(&[loose, CLAUDE, &plain])[0].contains("2026-10-21"), "{loose}");
    }
}

#[test]
fn what_may_change_what_is_sent_is_not_guessed() {
    for code in [
        "from openai import OpenAI\nc = OpenAI(base_url='https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1', default_headers={'x': 'y'})\nc.responses.create(model='m', input='x')",
        "from openai import OpenAI\nc = OpenAI(base_url='https://bedrock-runtime.us-east-1.amazonaws.com/v1')\nc.responses.create(model='m', input='x')",
    ] {
        assert_eq!(told(&[code]), ["unread openai"], "{code}");
    }
    assert!(told(&["from openai import OpenAI\nOpenAI().responses.create(model='m', input='x')"]).is_empty());
    assert!(
        told(&[RUNTIME, "client.responses.create(model='m', input='x', extra_headers={})"])[0]
            .starts_with('?')
    );
    assert!(told(&[RUNTIME, "client.responses.create('m')"])[0].starts_with('?'));
    assert!(
        told(&[RUNTIME, "from x import y\nclient.responses.create(model='m', input=y)"])[0].starts_with('?')
    );
    assert_eq!(told(&[RUNTIME, "client.chat.completions.parse(model='m', messages=[])"]), ["unread openai"]);
}

#[test]
fn what_is_awaited_is_sent() {
    let code = RUNTIME.replace("client = OpenAI(", "client = AsyncOpenAI(");
    let ask = "import asyncio\nasync def main():\n    r = await client.responses.create(model='m', input='x')\n    print(r.output_text)\nasyncio.run(main())";
    assert_eq!(told(&[&code, ask]), [r#"Responses m {"input":"x","model":"m"}"#]);
    assert!(told(&[&code, "client.responses.create(model='m', input='x')"])[0].contains("not awaited"));
}

#[test]
fn a_function_is_told_under_what_calls_it() {
    let code = "def ask(text):\n    return client.responses.create(model='m', input=text).output_text\nfor word in ['a', 'b']:\n    print(ask(word))";
    assert_eq!(
        told(&[RUNTIME, code]),
        [r#"Responses m {"input":"a","model":"m"}"#, r#"Responses m {"input":"b","model":"m"}"#]
    );
}

struct One(Key, Answer);

impl Answers for One {
    fn answer(&self, key: &Key) -> Option<&Answer> {
        (*key == self.0).then_some(&self.1)
    }
}

fn one(call: &Call, answer: &str) -> One {
    let payload = Payload::Whole(answer.as_bytes().to_vec().into());
    One(call.key(), Answer { status: 200, headers: BTreeMap::new(), payload, timing: Timing::default() })
}

#[test]
fn an_answer_feeds_the_next_request() {
    let body = Json::parse(br#"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#).unwrap();
    let answers = one(
        &Call::new(Operation::ChatCompletions, "m", body),
        r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"}}]}"#,
    );
    let code = "messages = [{'role': 'user', 'content': 'Hi'}]\nr = client.chat.completions.create(model='m', messages=messages)\nmessages.append(r.choices[0].message)\nmessages.append({'role': 'user', 'content': r.choices[0].message.content + '?'})\nclient.chat.completions.create(model='m', messages=messages)";
    assert_eq!(
        told_with(&answers, &[RUNTIME, code])[1],
        r#"ChatCompletions m {"messages":[{"content":"Hi","role":"user"},{"content":"Hello","role":"assistant"},{"content":"Hello?","role":"user"}],"model":"m"}"#
    );

    let body = Json::parse(br#"{"model":"m","input":"Hi"}"#).unwrap();
    let answers = one(
        &Call::new(Operation::Responses, "m", body),
        r#"{"id":"resp_1","output":[{"type":"message","content":[{"type":"output_text","text":"Hello"}]}]}"#,
    );
    let code = "r = client.responses.create(model='m', input='Hi')\nclient.responses.create(model='m', input=r.output_text, previous_response_id=r.id)";
    assert_eq!(
        told_with(&answers, &[RUNTIME, code])[1],
        r#"Responses m {"input":"Hello","model":"m","previous_response_id":"resp_1"}"#
    );
}
