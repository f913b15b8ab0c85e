//! A recorded answer as the object that a client gives: its members are attributes, and it goes into the next
//! request as the JSON it came as.

use std::rc::Rc;

use crate::builtins;
use crate::evaluate::{Evaluator, Run};
use crate::heap::{Instance, Names, Object};
use crate::reason::{AnswerPart, Why};
use crate::value::Value;
use tutor_bedrock::answer::FrameKind;
use tutor_bedrock::event_stream::{self, Event};
use tutor_bedrock::{Answer, Call, Json, Payload};

/// The class of answers and their parts.
pub(super) const CLASS: &str = "openai.types.Answer";

/// Whether an instance is an answer or a part of one.
pub(crate) fn is_answer(instance: &Instance) -> bool {
    matches!(&instance.class, Value::Native(native) if native.name == CLASS)
}

impl Evaluator<'_> {
    /// What is given where no answer is recorded.
    pub(super) fn not_recorded(&mut self) -> Value {
        let why = self.why("it comes from an answer of Bedrock that is not recorded");
        let mut why: Why = (*why).clone();
        why.part = Some(AnswerPart::Content);
        Value::Unknown(Rc::new(why))
    }

    /// The value of a call whose answer is recorded.
    pub(super) fn compatible_answer(&mut self, call: &Call, answer: &Answer) -> Run<Value> {
        if !answer.is_success() {
            self.risk();
            return Ok(self.unknown("the recorded answer is an error"));
        }
        match &answer.payload {
            Payload::Whole(body) if !call.streams() => match body.json() {
                Some(json @ Json::Object(_)) => {
                    self.spend(body.len())?;
                    self.answer_object(json)
                }
                _ => Ok(self.unknown("the recorded answer is no JSON object")),
            },
            Payload::Stream(frames) => {
                let mut events = Vec::new();
                for frame in frames {
                    self.spend(frame.payload.len())?;
                    let event = match event_stream::read(frame) {
                        Some(Event::Done) => continue,
                        Some(Event::Named { event, .. }) if frame.kind == FrameKind::Event => event.clone(),
                        Some(Event::Chunk(chunk)) => chunk,
                        _ => return Ok(self.unknown("the recorded stream ends in an error")),
                    };
                    events.push(self.answer_object(&event)?);
                }
                Ok(self.alloc(Object::Iterator(Value::tuple(events), 0)))
            }
            Payload::Whole(_) => Ok(self.unknown("the recorded answer is of another kind")),
        }
    }

    fn answer_object(&mut self, json: &Json) -> Run<Value> {
        match json {
            Json::Array(items) => {
                let items: Run<Vec<Value>> = items.iter().map(|item| self.answer_object(item)).collect();
                let items = items?;
                Ok(self.list(items))
            }
            Json::Object(members) => {
                let mut attrs = Names::default();
                for (name, value) in members {
                    let value = self.answer_object(value)?;
                    attrs.insert(self.text(name), value);
                }
                let class = builtins::lookup(CLASS).unwrap_or(Value::None);
                let made = self.alloc(Object::Instance(Rc::new(Instance { class, attrs })));
                if let Value::Object(id) = &made {
                    self.answers_read.insert(*id);
                }
                Ok(made)
            }
            plain => self.value_of_json(plain),
        }
    }

    /// An attribute of an answer or of a part of one.
    pub(crate) fn answer_attribute(&mut self, instance: &Instance, name: &str) -> Value {
        if let Some(value) = instance.attrs.get(name) {
            return value.clone();
        }
        if name == "output_text"
            && let Some(output) = instance.attrs.get("output")
            && let Ok(Json::Array(items)) = self.json_of(output, builtins::Holes::Refused)
        {
            let parts = items
                .iter()
                .flat_map(|item| item.get("content").and_then(Json::as_array).unwrap_or_default());
            let said = parts.filter(|part| part.get("type").and_then(Json::as_str) == Some("output_text"));
            let text: String = said.filter_map(|part| part.get("text")?.as_str()).collect();
            return Value::str(text);
        }
        self.risk();
        self.unknown(format!("`{name}` of an answer"))
    }
}
