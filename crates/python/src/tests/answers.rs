//! Recorded answers are the values of the calls they answer.

use std::collections::{BTreeMap, HashMap};

use super::{PRELUDE, sources, told};
use tutor_bedrock::answer::FrameKind;
use tutor_bedrock::found::{Answers, Findings, NoFiles};
use tutor_bedrock::{Answer, Call, Frame, Json, Key, Operation, Payload, Timing};

struct Recorded(HashMap<String, Answer>);

impl Answers for Recorded {
    fn answer(&self, key: &Key) -> Option<&Answer> {
        self.0.get(key.as_str())
    }
}

fn answer(payload: Payload) -> Answer {
    Answer { status: 200, headers: BTreeMap::new(), payload, timing: Timing::default() }
}

fn read(fences: &[&str], recorded: Vec<(Call, Answer)>) -> Findings {
    let recorded =
        recorded.into_iter().map(|(call, answer)| (call.key().as_str().to_owned(), answer)).collect();
    let sources = sources(fences);
    super::super::read(&sources.iter().collect::<Vec<_>>(), &Recorded(recorded), &NoFiles)
}

fn asked(operation: Operation, text: &str) -> Call {
    let body = format!(r#"{{"messages":[{{"role":"user","content":[{{"text":"{text}"}}]}}]}}"#);
    Call::new(operation, "m", Json::parse(body.as_bytes()).expect("a body"))
}

const ANSWER: &[u8] =
    br#"{"output":{"message":{"role":"assistant","content":[{"text":"blue"}]}},"stopReason":"end_turn"}"#;

#[test]
fn a_second_turn_quotes_the_first_answer() {
    let recorded =
        vec![(asked(Operation::Converse, "colour"), answer(Payload::Whole(ANSWER.to_vec().into())))];
    let code =
        "r = say('colour')\nsay('why ' + r['output']['message']['content'][0]['text'] + r['stopReason'])";
    assert_eq!(told(&read(&[PRELUDE, code], recorded)), ["colour", "why blueend_turn"]);
}

#[test]
fn without_the_recording_the_second_turn_is_unresolved() {
    let code = "r = say('colour')\nsay('why ' + r['output']['message']['content'][0]['text'])";
    let lines = told(&read(&[PRELUDE, code], Vec::new()));
    assert_eq!(lines[0], "colour");
    assert!(lines[1].contains("answer of Bedrock that is not recorded"), "{lines:?}");
}

#[test]
fn a_place_that_the_answer_does_not_have_is_remarked() {
    let recorded =
        vec![(asked(Operation::Converse, "colour"), answer(Payload::Whole(ANSWER.to_vec().into())))];
    let findings = read(&[PRELUDE, "r = say('colour')\nsay(r['completion'])"], recorded);
    assert_eq!(findings.remarks.len(), 1);
    assert_eq!(findings.remarks[0].line, 7);
    assert!(findings.remarks[0].message.contains("\"completion\""));
}

#[test]
fn bodies_are_read_once_as_bytes() {
    let call = Call::new(Operation::InvokeModel, "x", Json::parse(b"{\"q\":1}").expect("a body"));
    let recorded = vec![(call, answer(Payload::Whole(b"{\"completion\":\"sky\"}".to_vec().into())))];
    let code = "\
r = client.invoke_model(modelId='x', body=json.dumps({'q': 1}))
text = json.loads(r.get('body').read())['completion']
say(text + str(len(r['body'].read())))";
    assert_eq!(told(&read(&[PRELUDE, code], recorded))[1], "sky0");
}

#[test]
fn streams_give_their_events_in_order() {
    let event = |name: &str, payload: &str| Frame {
        offset_ms: 0,
        kind: FrameKind::Event,
        name: name.to_owned(),
        payload: payload.as_bytes().to_vec().into(),
    };
    let frames = vec![
        event("messageStart", r#"{"role":"assistant"}"#),
        event("contentBlockDelta", r#"{"delta":{"text":"gr"},"contentBlockIndex":0}"#),
        event("contentBlockDelta", r#"{"delta":{"text":"een"},"contentBlockIndex":0}"#),
        event("messageStop", r#"{"stopReason":"end_turn"}"#),
    ];
    let recorded = vec![(asked(Operation::ConverseStream, "tree"), answer(Payload::Stream(frames)))];
    let code = "\
r = client.converse_stream(modelId='m', messages=[{'role': 'user', 'content': [{'text': 'tree'}]}])
text = ''
for event in r['stream']:
    if 'contentBlockDelta' in event:
        text += event['contentBlockDelta']['delta']['text']
say(text)";
    assert_eq!(told(&read(&[PRELUDE, code], recorded))[1], "green");
}

#[test]
fn native_streams_give_chunks_of_bytes() {
    // The payloads are base64 of {"t":"a"} and {"t":"b"}.
    let chunk = |text: &str| Frame {
        offset_ms: 0,
        kind: FrameKind::Event,
        name: "chunk".to_owned(),
        payload: format!("{{\"bytes\":\"{text}\"}}").into_bytes().into(),
    };
    let frames = vec![chunk("eyJ0IjoiYSJ9"), chunk("eyJ0IjoiYiJ9")];
    let call = Call::new(Operation::InvokeModelWithResponseStream, "x", Json::parse(b"{}").expect("a body"));
    let code = "\
r = client.invoke_model_with_response_stream(modelId='x', body='{}')
say(''.join(json.loads(e['chunk']['bytes'].decode())['t'] for e in r['body']))";
    assert_eq!(told(&read(&[PRELUDE, code], vec![(call, answer(Payload::Stream(frames)))]))[1], "ab");
}
