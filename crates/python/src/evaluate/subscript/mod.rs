//! Subscripts: reading items, and slices. [`set`] sets and deletes them.

mod set;

use std::rc::Rc;

use super::{Evaluator, Run};
use crate::builtins;
use crate::heap::{Dict, DictKind, Object};
use crate::key::{Key, NoKey, key_of};
use crate::limits;
use crate::reason::{AnswerPart, Why};
use crate::value::{Args, Value};

impl Evaluator<'_> {
    /// The hash key of a value, or why it is not known. What cannot be hashed raises.
    pub(crate) fn hashed(&mut self, value: &Value) -> Run<Result<Key, Rc<Why>>> {
        self.look_through([value]);
        match key_of(value) {
            Ok((key, values)) => {
                if values > 1 {
                    self.build(values)?;
                }
                return Ok(Ok(key));
            }
            Err(NoKey::TooLarge) => {
                self.work(limits::VALUES / limits::ITEMS_PER_STEP);
                return Ok(Err(self.why("a key that is larger than is read")));
            }
            Err(NoKey::Unhashable) => {}
        }
        self.step()?;
        if let Value::Tuple(items) = value {
            for item in items.iter() {
                if let Err(why) = self.hashed(item)? {
                    return Ok(Err(why));
                }
            }
        }
        if let Some(why) = self.why_unknown(value) {
            self.risk();
            return Ok(Err(why));
        }
        match self.object(value) {
            Some(Object::List(_) | Object::Dict(_) | Object::Set(..) | Object::ByteArray(_)) => {
                self.raise("TypeError", None)
            }
            Some(Object::Class(_)) => Ok(self.identity(value)),
            Some(Object::Instance(_)) => {
                let plain = |name| matches!(self.class_attribute(value, name), Ok(None));
                let unhashable = matches!(self.class_attribute(value, "__hash__"), Ok(Some(Value::None)));
                if plain("__eq__") && plain("__hash__") {
                    if let Some(inner) = self.mixed_in(value) {
                        return self.hashed(&inner);
                    }
                    if let Some(items) = self.named_tuple_items(value) {
                        return self.hashed(&Value::tuple(items));
                    }
                    return Ok(self.identity(value));
                }
                if unhashable {
                    return self.raise("TypeError", None);
                }
                self.risk();
                Ok(Err(self.why("a key of the chapter's own class")))
            }
            _ => Ok(Err(self.why("a key that is not known"))),
        }
    }

    fn identity(&self, value: &Value) -> Result<Key, Rc<Why>> {
        match value {
            Value::Object(id) => Ok(Key::Identity(*id)),
            _ => Err(self.why("a key that is not known")),
        }
    }

    /// `object[key]`
    pub(crate) fn item(&mut self, object: &Value, key: &Value) -> Run<Value> {
        if let Value::Module(path) = object {
            let path = path.clone();
            return Ok(self.item_of_module(&path, key));
        }
        if let Some(why) = self.why_unknown(object) {
            return Ok(self.item_of_unknown(object, key, &why));
        }
        if let Value::Slice(bounds) = key {
            return self.slice(object, bounds);
        }
        match object {
            Value::Native(native) if native.is_type() => Ok(object.clone()),
            Value::Tuple(items) => self.at_index(&items.clone(), key, "tuple"),
            Value::Str(text) => {
                self.work(text.len() / (4 * limits::BYTES_PER_STEP));
                if text.is_ascii() && !matches!(key, Value::Unknown(_)) {
                    let items: &[u8] = text.as_bytes();
                    let Some(index) = self.index_in(items.len(), key, "string")? else {
                        return Ok(self.unknown_index(key));
                    };
                    let c = char::from(items[index]);
                    return Ok(Value::Str(self.text(c.encode_utf8(&mut [0; 4]))));
                }
                self.work(text.len() / limits::BYTES_PER_STEP);
                let chars: Vec<char> = text.chars().collect();
                match self.index_in(chars.len(), key, "string")? {
                    Some(index) => Ok(Value::Str(self.text(chars[index].encode_utf8(&mut [0; 4])))),
                    None => Ok(self.unknown_index(key)),
                }
            }
            Value::Bytes(bytes) => match self.index_in(bytes.len(), key, "bytes")? {
                Some(index) => Ok(Value::Int(i64::from(bytes[index]))),
                None => Ok(self.unknown_index(key)),
            },
            Value::Range(start, stop, step) => {
                let len = range_len(*start, *stop, *step);
                match self.index_in(len, key, "range object")? {
                    Some(index) => Ok(Value::Int(start + step * i64::try_from(index).unwrap_or(0))),
                    None => Ok(self.unknown_index(key)),
                }
            }
            Value::Object(id) => match self.heap.get(*id).clone() {
                Object::List(items) => self.at_index(&items, key, "list"),
                Object::Deque(items, _) => self.at_index(&items, key, "deque"),
                Object::ByteArray(bytes) => match self.index_in(bytes.len(), key, "bytearray")? {
                    Some(index) => Ok(Value::Int(i64::from(bytes[index]))),
                    None => Ok(self.unknown_index(key)),
                },
                Object::Dict(dict) => self.entry(object, &dict, key),
                Object::Instance(_) => self.item_of_instance(object, key),
                Object::Class(_) => self.item_of_class(object, key),
                Object::Scope(scope) => {
                    if let Value::Str(name) = key {
                        match scope.names.get(name) {
                            Some(value) => Ok(value.clone()),
                            None => self.missing_key(object, key),
                        }
                    } else {
                        self.dispatch();
                        Ok(self.unknown_index(key))
                    }
                }
                _ => self.not_subscriptable(object),
            },
            _ => self.not_subscriptable(object),
        }
    }

    /// An item of something of a module: of `sys.modules` a module, of a generic type that type.
    fn item_of_module(&mut self, path: &str, key: &Value) -> Value {
        match (path, key.as_str()) {
            ("sys.modules", Some(name)) if builtins::is_module(name) => Value::Module(self.text(name)),
            ("sys.modules", _) => {
                // It may be the chapter's own module.
                let why = self.why("`sys.modules` holds the chapter's own names, too");
                self.escape_module(&why);
                self.any_name = Some(why.clone());
                Value::Unknown(why)
            }
            _ if path.starts_with("builtins") => {
                self.remake("builtins");
                self.unknown("a built-in looked up by its name")
            }
            _ => Value::Module(self.text(path)),
        }
    }

    fn not_subscriptable(&mut self, object: &Value) -> Run<Value> {
        let shown = self.type_named(object);
        self.raise("TypeError", shown.map(|of| format!("'{of}' object is not subscriptable")))
    }

    /// Reading a place of an answer does not fail; what the place holds is not known.
    fn item_of_unknown(&mut self, object: &Value, key: &Value, why: &Rc<Why>) -> Value {
        self.escape(key, why);
        if matches!(object, Value::Unknown(_)) && why.part.is_some() {
            let part = match key.as_str() {
                Some("body" | "stream") => AnswerPart::Body,
                Some("bytes") => AnswerPart::Bytes,
                _ => AnswerPart::Content,
            };
            return Value::Unknown(Why::answer(part, why));
        }
        self.risk();
        Value::Unknown(why.derived())
    }

    fn unknown_index(&mut self, key: &Value) -> Value {
        self.risk();
        Value::Unknown(self.why_unknown(key).unwrap_or_else(|| self.why("an index that is not known")))
    }

    /// A place in a sequence of `len` items; `None` if the index is not known.
    pub(crate) fn index_in(&mut self, len: usize, key: &Value, what: &str) -> Run<Option<usize>> {
        if self.why_unknown(key).is_some() || matches!(self.object(key), Some(Object::Instance(_))) {
            return Ok(None);
        }
        let Some(index) = key.as_index() else {
            let shown = self.type_named(key).filter(|_| matches!(what, "list" | "tuple"));
            let message = shown.map(|of| format!("{what} indices must be integers or slices, not {of}"));
            return self.raise("TypeError", message);
        };
        let len_signed = i64::try_from(len).unwrap_or(i64::MAX);
        let place = if index < 0 { index + len_signed } else { index };
        match usize::try_from(place) {
            Ok(place) if place < len => Ok(Some(place)),
            _ if what == "bytes" => self.raise("IndexError", Some("index out of range".to_owned())),
            _ => self.raise("IndexError", Some(format!("{what} index out of range"))),
        }
    }

    fn at_index(&mut self, items: &[Value], key: &Value, what: &str) -> Run<Value> {
        if let Some(index) = self.index_in(items.len(), key, what)? {
            Ok(items[index].clone())
        } else {
            let why = self.why_unknown(key).unwrap_or_else(|| self.why("an index that is not known"));
            self.escape_all(items, &why);
            Ok(self.unknown_index(key))
        }
    }

    fn entry(&mut self, object: &Value, dict: &Dict, key: &Value) -> Run<Value> {
        let hashed = match self.hashed(key)? {
            Ok(hashed) => hashed,
            Err(why) => {
                if dict
                    .entries
                    .values()
                    .any(|(_, value)| matches!(value, Value::Function(_) | Value::Method(_)))
                {
                    self.dispatch();
                }
                for (_, value) in dict.entries.values() {
                    self.escape(value, &why);
                }
                return Ok(Value::Unknown(why));
            }
        };
        if let Some((_, value)) = dict.entries.get(&hashed) {
            return Ok(value.clone());
        }
        match &dict.kind {
            DictKind::Default(Value::None) | DictKind::Plain | DictKind::Ordered => {
                self.missing_key(object, key)
            }
            DictKind::Default(factory) => {
                let value = self.call(&factory.clone(), Args::default())?;
                self.set_item(object, key, value.clone())?;
                Ok(value)
            }
            DictKind::Counter => Ok(Value::Int(0)),
            DictKind::Environment => {
                self.risk();
                let name = key.as_str().unwrap_or_default();
                Ok(self.unknown(format!("it comes from the environment variable `{name}`")))
            }
        }
    }

    /// A key that a dict does not have. In a recorded answer it is worth a remark.
    fn missing_key(&mut self, object: &Value, key: &Value) -> Run<Value> {
        if let Value::Object(id) = object
            && self.answers_read.contains(id)
        {
            let name = Self::repr_plain(key);
            self.remark(format!("The recorded answer has no {name} here."));
            self.risk();
            return Ok(self.unknown(format!("the recorded answer has no {name}")));
        }
        let error = self.exception("KeyError", vec![key.clone()]);
        Err(super::End::Raise(error))
    }

    fn item_of_instance(&mut self, object: &Value, key: &Value) -> Run<Value> {
        if let Some(items) = self.named_tuple_items(object) {
            return self.item(&Value::tuple(items), key);
        }
        match self.class_attribute(object, "__getitem__") {
            Ok(Some(method)) => self.call(&method, Args::of(vec![object.clone(), key.clone()])),
            Ok(None) => self.not_subscriptable(object),
            Err(why) => {
                self.risk();
                Ok(Value::Unknown(why))
            }
        }
    }

    fn item_of_class(&mut self, class: &Value, key: &Value) -> Run<Value> {
        if let Some(members) = self.enum_members(class) {
            for member in members {
                if self.attribute(&member, "name")?.same(key) {
                    return Ok(member);
                }
            }
            let error = self.exception("KeyError", vec![key.clone()]);
            return Err(super::End::Raise(error));
        }
        match self.class_attribute_of(class, "__class_getitem__") {
            Ok(None) => {}
            _ => {
                self.risk();
                let why = self.why("a class that is subscripted");
                self.escape(key, &why);
                return Ok(Value::Unknown(why));
            }
        }
        // A generic class, such as `Box[int]`; another one raises.
        self.risk();
        Ok(class.clone())
    }

    fn slice(&mut self, object: &Value, bounds: &[Value; 3]) -> Run<Value> {
        if let Some(why) = bounds.iter().find_map(|bound| self.why_unknown(bound)) {
            self.risk();
            if let Ok(items) = self.collect(object)? {
                self.escape_all(&items, &why);
            }
            return Ok(match self.object(object) {
                Some(Object::List(_)) => self.opaque_list(&why),
                _ => Value::Unknown(why),
            });
        }
        match object {
            Value::Str(text) => {
                self.work(text.len() / 64);
                let chars: Vec<char> = text.chars().collect();
                let out: String = self.sliced(&chars, bounds)?.into_iter().collect();
                self.spend(out.len())?;
                Ok(Value::str(&out))
            }
            Value::Bytes(bytes) => {
                self.spend(bytes.len())?;
                Ok(Value::Bytes(Rc::from(self.sliced(bytes, bounds)?)))
            }
            Value::Tuple(items) => {
                let items = self.sliced(items, bounds)?;
                self.build(items.len())?;
                Ok(Value::tuple(items))
            }
            Value::Range(start, stop, step) => self.slice_of_range((*start, *stop, *step), bounds),
            Value::Object(id) => match self.heap.get(*id).clone() {
                Object::List(items) => {
                    let items = self.sliced(&items, bounds)?;
                    self.build(items.len())?;
                    Ok(self.list(items))
                }
                Object::ByteArray(bytes) => {
                    let bytes = self.sliced(&bytes, bounds)?;
                    Ok(self.alloc(Object::ByteArray(Rc::new(bytes))))
                }
                Object::Instance(_) => {
                    let key = Value::Slice(Rc::new(bounds.clone()));
                    self.item_of_instance(object, &key)
                }
                Object::Dict(_) => {
                    // Slices can be hashed from Python 3.12 on.
                    self.risk();
                    Ok(self.unknown("a slice as a key"))
                }
                _ => self.not_subscriptable(object),
            },
            _ => self.not_subscriptable(object),
        }
    }

    /// A slice of a range is a range.
    fn slice_of_range(&mut self, (start, stop, step): (i64, i64, i64), bounds: &[Value; 3]) -> Run<Value> {
        let len = range_len(start, stop, step);
        let Some((from, to, by)) = slice_bounds(len, bounds).filter(|(_, _, by)| *by != 0) else {
            self.sliced(&[(); 0], bounds)?;
            return Ok(self.unknown("a slice of a range"));
        };
        let place = |index: i64| index.checked_mul(step).and_then(|offset| start.checked_add(offset));
        Ok(match (place(from), place(to), step.checked_mul(by)) {
            (Some(first), Some(last), Some(step)) => Value::Range(first, last, step),
            _ => self.unknown("a range of very large numbers"),
        })
    }

    fn sliced<T: Clone>(&mut self, items: &[T], bounds: &[Value; 3]) -> Run<Vec<T>> {
        let Some((start, stop, step)) = slice_bounds(items.len(), bounds) else {
            let message = "slice indices must be integers or None or have an __index__ method";
            return self.raise("TypeError", Some(message.to_owned()));
        };
        if step == 0 {
            return self.raise("ValueError", Some("slice step cannot be zero".to_owned()));
        }
        let mut out = Vec::new();
        let mut at = start;
        while (step > 0 && at < stop) || (step < 0 && at > stop) {
            if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
                out.push(item.clone());
            }
            at = at.saturating_add(step);
        }
        Ok(out)
    }
}

/// How many numbers a range gives.
pub(crate) fn range_len(start: i64, stop: i64, step: i64) -> usize {
    let (low, high, step) =
        if step > 0 { (start, stop, step.unsigned_abs()) } else { (stop, start, step.unsigned_abs()) };
    if low >= high || step == 0 {
        return 0;
    }
    usize::try_from((high.abs_diff(low) - 1) / step + 1).unwrap_or(usize::MAX)
}

/// The start, stop and step that a slice means for `len` items; `None` if a bound is no integer.
pub(crate) fn slice_bounds(len: usize, bounds: &[Value; 3]) -> Option<(i64, i64, i64)> {
    let len = i64::try_from(len).ok()?;
    let step = match &bounds[2] {
        Value::None => 1,
        step => step.as_index()?,
    };
    let (low, high) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let bound = |value: &Value, default: i64| -> Option<i64> {
        Some(match value {
            Value::None => default,
            value => {
                let index = value.as_index()?;
                let index = if index < 0 { index.saturating_add(len) } else { index };
                index.clamp(low, high)
            }
        })
    };
    let (start, stop) = if step < 0 { (high, low) } else { (low, high) };
    Some((bound(&bounds[0], start)?, bound(&bounds[1], stop)?, step))
}
