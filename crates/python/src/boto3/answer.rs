//! A recorded answer as the value that a boto3 method gives.

use std::rc::Rc;

use base64::Engine as _;

use crate::evaluate::{Evaluator, Run};
use crate::heap::Object;
use crate::value::Value;
use tutor_bedrock::answer::FrameKind;
use tutor_bedrock::{Answer, Frame, Json, Operation, Payload};

impl Evaluator<'_> {
    /// The value of a call whose answer is recorded.
    pub(super) fn recorded_answer(&mut self, operation: Operation, answer: &Answer) -> Run<Value> {
        if !answer.is_success() {
            self.risk();
            return Ok(self.unknown("the recorded answer is an error"));
        }
        let metadata = (Value::str("ResponseMetadata"), self.unknown("the metadata of an answer"));
        let mut entries = vec![metadata];
        match (&answer.payload, operation) {
            (Payload::Whole(body), Operation::InvokeModel) => {
                let content_type = answer.header("content-type").unwrap_or("application/json").to_owned();
                entries.push((Value::str("contentType"), Value::str(content_type)));
                self.spend(body.len())?;
                let body = self.alloc(Object::Stream(Value::Bytes(Rc::from(&**body)), 0));
                entries.push((Value::str("body"), body));
            }
            (Payload::Whole(body), Operation::Converse) => {
                let Some(Json::Object(members)) = body.json() else {
                    return Ok(self.unknown("the recorded answer is no JSON object"));
                };
                for (name, value) in members {
                    let value = self.answer_value(value, name)?;
                    entries.push((Value::str(name), value));
                }
            }
            (Payload::Stream(frames), Operation::InvokeModelWithResponseStream) => {
                let events = self.chunks(frames)?;
                entries.push((Value::str("contentType"), Value::str("application/json")));
                entries.push((Value::str("body"), events));
            }
            (Payload::Stream(frames), Operation::ConverseStream) => {
                let events = self.events(frames)?;
                entries.push((Value::str("stream"), events));
            }
            _ => return Ok(self.unknown("the recorded answer is of another kind")),
        }
        let response = self.dict_from(entries)?;
        self.note_answer(&response);
        Ok(response)
    }

    /// JSON of an answer as a value; reading what it does not have is worth a remark.
    fn answer_value(&mut self, json: &Json, name: &str) -> Run<Value> {
        // boto3 gives blobs as bytes.
        if let (Json::String(text), "bytes" | "redactedContent") = (json, name)
            && let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(text)
        {
            return Ok(Value::Bytes(Rc::from(bytes)));
        }
        let value = match json {
            Json::Array(items) => {
                let items: Run<Vec<Value>> = items.iter().map(|item| self.answer_value(item, "")).collect();
                let items = items?;
                self.list(items)
            }
            Json::Object(members) => {
                let mut entries = Vec::with_capacity(members.len());
                for (name, value) in members {
                    let value = self.answer_value(value, name)?;
                    entries.push((Value::str(name), value));
                }
                self.dict_from(entries)?
            }
            plain => self.value_of_json(plain)?,
        };
        self.note_answer(&value);
        Ok(value)
    }

    fn note_answer(&mut self, value: &Value) {
        if let Value::Object(id) = value {
            self.answers_read.insert(*id);
        }
    }

    /// `{'chunk': {'bytes': …}}` for each frame of a native stream.
    fn chunks(&mut self, frames: &[Frame]) -> Run<Value> {
        let mut events = Vec::new();
        for frame in frames {
            let bytes = (frame.kind == FrameKind::Event && frame.name == "chunk")
                .then(|| frame.payload.json()?.get("bytes")?.as_str())
                .flatten()
                .and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
            let Some(bytes) = bytes else {
                return Ok(self.unknown("the recorded stream holds something else than chunks"));
            };
            self.spend(bytes.len())?;
            let chunk = self.dict_from(vec![(Value::str("bytes"), Value::Bytes(Rc::from(bytes)))])?;
            self.note_answer(&chunk);
            let event = self.dict_from(vec![(Value::str("chunk"), chunk)])?;
            self.note_answer(&event);
            events.push(event);
        }
        Ok(self.alloc(Object::Iterator(Value::tuple(events), 0)))
    }

    /// `{name: …}` for each frame of a Converse stream.
    fn events(&mut self, frames: &[Frame]) -> Run<Value> {
        let mut events = Vec::new();
        for frame in frames {
            let Some(json) = frame.payload.json() else {
                return Ok(self.unknown("the recorded stream holds something else than JSON"));
            };
            if frame.kind != FrameKind::Event {
                return Ok(self.unknown("the recorded stream ends in an error"));
            }
            let content = self.answer_value(json, &frame.name)?;
            let event = self.dict_from(vec![(Value::str(&frame.name), content)])?;
            self.note_answer(&event);
            events.push(event);
        }
        Ok(self.alloc(Object::Iterator(Value::tuple(events), 0)))
    }
}
