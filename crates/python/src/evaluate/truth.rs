//! Truth values.

use std::rc::Rc;

use num_traits::Zero as _;

use super::{Evaluator, Run};
use crate::heap::{DictKind, Object};
use crate::reason::Why;
use crate::value::{Args, Value};

impl Evaluator<'_> {
    /// Whether a value counts as true, or why that is not known.
    pub(crate) fn truth(&mut self, value: &Value) -> Run<Result<bool, Rc<Why>>> {
        if let Some(why) = self.why_unknown(value) {
            if why.part.is_none() {
                self.risk();
            }
            return Ok(Err(why));
        }
        Ok(Ok(match value {
            Value::None => false,
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Big(value) => !value.is_zero(),
            Value::Float(value) => *value != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::Tuple(items) => !items.is_empty(),
            Value::Range(start, stop, step) => {
                if *step > 0 {
                    start < stop
                } else {
                    start > stop
                }
            }
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(items) | Object::Deque(items, _) => !items.is_empty(),
                Object::Dict(dict) if matches!(dict.kind, DictKind::Environment) => {
                    return Ok(Err(self.why("the environment is not known")));
                }
                Object::Dict(dict) => !dict.entries.is_empty(),
                Object::Set(items, _) => !items.is_empty(),
                Object::ByteArray(bytes) => !bytes.is_empty(),
                Object::Instance(_) => return self.truth_of_instance(value),
                _ => true,
            },
            _ => true,
        }))
    }

    fn truth_of_instance(&mut self, value: &Value) -> Run<Result<bool, Rc<Why>>> {
        for method in ["__bool__", "__len__"] {
            match self.class_attribute(value, method) {
                Ok(Some(function)) => {
                    let mut args = Args::of(vec![value.clone()]);
                    args.open = None;
                    let answer = self.call(&function, args)?;
                    return match (method, answer) {
                        (_, Value::Bool(truth)) => Ok(Ok(truth)),
                        ("__len__", Value::Int(len)) if len >= 0 => Ok(Ok(len != 0)),
                        (_, answer) => match self.why_unknown(&answer) {
                            Some(why) => {
                                self.risk();
                                Ok(Err(why))
                            }
                            None if matches!(answer, Value::Int(_)) && method == "__len__" => {
                                self.raise("ValueError", None)
                            }
                            None if matches!(answer, Value::Object(_)) => {
                                self.risk();
                                Ok(Err(self.why("its truth is not known")))
                            }
                            None => self.raise("TypeError", None),
                        },
                    };
                }
                Ok(None) => {}
                Err(why) => return Ok(Err(why)),
            }
        }
        if let Some(inner) = self.mixed_in(value) {
            return self.truth(&inner);
        }
        Ok(Ok(self.named_tuple_items(value).is_none_or(|items| !items.is_empty())))
    }

    /// The reason of what depends on a condition that is not known.
    pub(super) fn condition(&self, why: &Why) -> Rc<Why> {
        let text = if why.text.starts_with("it depends on a condition") {
            why.text.clone()
        } else {
            format!("it depends on a condition that is not known: {}", why.text)
        };
        Why::new(text, why.line.or_else(|| Some(self.line())))
    }
}
