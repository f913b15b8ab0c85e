//! `json`

use std::rc::Rc;

use super::{Native, bytes, text_of};
use crate::budget;
use crate::evaluate::{Evaluator, Run};
use crate::heap::{ClassKind, Dict, DictKind, Object};
use crate::limits;
use crate::reason::{AnswerPart, Why};
use crate::text::{number, put};
use crate::value::{Args, Text, Value};
use tutor_bedrock::json::JsonError;
use tutor_bedrock::{Json, JsonObject};

pub(super) const NATIVES: &[Native] = &[
    Native::function("json.dumps", dumps).takes(1, 1, "*"),
    Native::function("json.loads", loads).takes(1, 1, "*"),
    Native::function("json.dump", |reader, args| {
        reader.risk();
        let why = reader.why("written to a file");
        if let Some(default) = args.named("default") {
            reader.escape(&default.clone(), &why);
        }
        if let Some(file) = args.get(1, "fp") {
            reader.escape(&file.clone(), &why);
        }
        Ok(Value::None)
    })
    .takes(2, 2, "*"),
    Native::function("json.load", load).takes(1, 1, "*"),
];

/// How JSON is written.
struct Writer {
    indent: Option<String>,
    item_separator: String,
    key_separator: String,
    ascii: bool,
    sort: bool,
    default: Option<Value>,
}

fn dumps(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(value) = args.get(0, "obj").cloned() else { return reader.give_up(&args, "`json.dumps()`") };
    let Some(writer) = options(reader, &args)? else {
        return reader.give_up(&args, "`json.dumps()` with options that are not read");
    };
    let mut out = String::new();
    let mut inside = Vec::new();
    match writer.write(reader, &value, &mut out, 0, &mut inside)? {
        Ok(()) => {
            reader.spend(out.len())?;
            Ok(Value::str(&out))
        }
        Err(why) => {
            let partial = reader.json_of(&value, Holes::Null).ok();
            reader.spend(partial.as_ref().map_or(0, budget::bytes_of))?;
            let why = Why { partial, part: None, ..(*why).clone() };
            Ok(Value::Unknown(Rc::new(why)))
        }
    }
}

fn options(reader: &mut Evaluator<'_>, args: &Args) -> Run<Option<Writer>> {
    let mut writer = Writer {
        indent: None,
        item_separator: ", ".to_owned(),
        key_separator: ": ".to_owned(),
        ascii: true,
        sort: false,
        default: None,
    };
    if args.open.is_some() || args.pos.len() > 1 {
        return Ok(None);
    }
    for (name, value) in &args.kw {
        match (&**name, value) {
            ("obj", _) | (_, Value::None) => {}
            ("indent", Value::Str(indent)) => writer.indent = Some(indent.to_string()),
            ("indent", value) => {
                match value.as_index().and_then(|indent| usize::try_from(indent.max(0)).ok()) {
                    Some(indent) if indent < 1000 => writer.indent = Some(" ".repeat(indent)),
                    _ => return Ok(None),
                }
            }
            ("separators", value) => match reader.collect(value)? {
                Ok(pair) => match pair.as_slice() {
                    [Value::Str(item), Value::Str(key)] => {
                        writer.item_separator = item.to_string();
                        writer.key_separator = key.to_string();
                    }
                    _ => return Ok(None),
                },
                Err(_) => return Ok(None),
            },
            ("ensure_ascii", value) => match reader.truth(value)? {
                Ok(ascii) => writer.ascii = ascii,
                Err(_) => return Ok(None),
            },
            ("sort_keys", value) => match reader.truth(value)? {
                Ok(sort) => writer.sort = sort,
                Err(_) => return Ok(None),
            },
            ("default", value) => writer.default = Some(value.clone()),
            ("check_circular" | "allow_nan", Value::Bool(true)) => {}
            _ => return Ok(None),
        }
    }
    if writer.indent.is_some() && args.named("separators").is_none_or(|value| matches!(value, Value::None)) {
        ",".clone_into(&mut writer.item_separator);
    }
    Ok(Some(writer))
}

type Written = Result<(), Rc<Why>>;

impl Writer {
    fn write(
        &self,
        reader: &mut Evaluator<'_>,
        value: &Value,
        out: &mut String,
        depth: usize,
        inside: &mut Vec<Value>,
    ) -> Run<Written> {
        reader.step()?;
        if out.len() > limits::SHOWN {
            return Ok(Err(reader.why("a text that is larger than is read")));
        }
        if let Some(why) = reader.why_unknown(value) {
            return Ok(Err(why));
        }
        if inside.len() > 100 || inside.iter().any(|outer| outer.same(value)) {
            return Ok(Err(reader.why("data that is nested too deeply or contains itself")));
        }
        match value {
            Value::None => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Int(value) => put(out, format_args!("{value}")),
            Value::Big(value) => put(out, format_args!("{value}")),
            Value::Float(value) if value.is_finite() => out.push_str(&number::float_repr(*value)),
            Value::Float(_) => return Ok(Err(reader.why("NaN and infinity are no JSON"))),
            Value::Str(text) => self.write_text(text, out),
            Value::Tuple(items) => return self.write_items(reader, &items.clone(), out, depth, inside),
            Value::Object(_) => {
                inside.push(value.clone());
                let result = reader.nested(|reader| self.write_object(reader, value, out, depth, inside));
                inside.pop();
                return result;
            }
            _ => return self.write_default(reader, value, out, depth, inside),
        }
        Ok(Ok(()))
    }

    fn write_object(
        &self,
        reader: &mut Evaluator<'_>,
        value: &Value,
        out: &mut String,
        depth: usize,
        inside: &mut Vec<Value>,
    ) -> Run<Written> {
        match reader.object(value).cloned() {
            Some(Object::List(items)) => self.write_items(reader, &items, out, depth, inside),
            Some(Object::Dict(dict)) if !matches!(dict.kind, DictKind::Environment) => {
                self.write_dict(reader, &dict, out, depth, inside)
            }
            Some(Object::Instance(instance)) if reader.mixes_in(value) => match instance.attrs.get("value") {
                Some(inner) => self.write(reader, &inner.clone(), out, depth, inside),
                None => Ok(Err(reader.why("an object of a class that derives from a built-in type"))),
            },
            Some(Object::Instance(_)) if reader.named_tuple_items(value).is_some() => {
                let items = reader.named_tuple_items(value).unwrap_or_default();
                self.write_items(reader, &items, out, depth, inside)
            }
            _ => self.write_default(reader, value, out, depth, inside),
        }
    }

    fn write_default(
        &self,
        reader: &mut Evaluator<'_>,
        value: &Value,
        out: &mut String,
        depth: usize,
        inside: &mut Vec<Value>,
    ) -> Run<Written> {
        if let Some(default) = &self.default {
            let plain = reader.call(default, Args::of(vec![value.clone()]))?;
            // A default that gives the same again would go on for ever.
            inside.push(value.clone());
            let result = self.write(reader, &plain, out, depth, inside);
            inside.pop();
            result
        } else {
            let shown = reader.type_named(value);
            reader.raise("TypeError", shown.map(|of| format!("Object of type {of} is not JSON serializable")))
        }
    }

    fn line(&self, out: &mut String, depth: usize) {
        if let Some(indent) = &self.indent {
            out.push('\n');
            for _ in 0..depth {
                out.push_str(indent);
            }
        }
    }

    fn write_items(
        &self,
        reader: &mut Evaluator<'_>,
        items: &[Value],
        out: &mut String,
        depth: usize,
        inside: &mut Vec<Value>,
    ) -> Run<Written> {
        if items.is_empty() {
            out.push_str("[]");
            return Ok(Ok(()));
        }
        out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push_str(&self.item_separator);
            }
            self.line(out, depth + 1);
            if let Err(why) = self.write(reader, item, out, depth + 1, inside)? {
                return Ok(Err(why));
            }
        }
        self.line(out, depth);
        out.push(']');
        Ok(Ok(()))
    }

    fn write_dict(
        &self,
        reader: &mut Evaluator<'_>,
        dict: &Dict,
        out: &mut String,
        depth: usize,
        inside: &mut Vec<Value>,
    ) -> Run<Written> {
        let mut entries: Vec<(String, Value)> = Vec::with_capacity(dict.entries.len());
        for (key, value) in dict.entries.values() {
            let key = match key {
                Value::Str(text) => text.to_string(),
                Value::None => "null".to_owned(),
                Value::Bool(value) => value.to_string(),
                Value::Int(value) => value.to_string(),
                Value::Float(value) if value.is_finite() => number::float_repr(*value),
                Value::Object(_) => return Ok(Err(reader.why("a key that is not read"))),
                _ => return reader.raise("TypeError", None),
            };
            entries.push((key, value.clone()));
        }
        if self.sort {
            if dict.entries.values().any(|(key, _)| !matches!(key, Value::Str(_))) {
                return Ok(Err(reader.why("sorted keys that are no text")));
            }
            entries.sort_by(|a, b| a.0.chars().cmp(b.0.chars()));
        }
        if entries.is_empty() {
            out.push_str("{}");
            return Ok(Ok(()));
        }
        out.push('{');
        for (index, (key, value)) in entries.iter().enumerate() {
            if index > 0 {
                out.push_str(&self.item_separator);
            }
            self.line(out, depth + 1);
            self.write_text(key, out);
            out.push_str(&self.key_separator);
            if let Err(why) = self.write(reader, value, out, depth + 1, inside)? {
                return Ok(Err(why));
            }
        }
        self.line(out, depth);
        out.push('}');
        Ok(Ok(()))
    }

    fn write_text(&self, text: &str, out: &mut String) {
        out.push('"');
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\x08' => out.push_str("\\b"),
                '\x0c' => out.push_str("\\f"),
                c if c < ' ' => put(out, format_args!("\\u{:04x}", u32::from(c))),
                ' '..='~' => out.push(c),
                c if !self.ascii => out.push(c),
                c => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        put(out, format_args!("\\u{unit:04x}"));
                    }
                }
            }
        }
        out.push('"');
    }
}

fn loads(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(source) = args.get(0, "s").cloned() else { return reader.give_up(&args, "`json.loads()`") };
    if args.pos.len() + args.kw.len() > 1 {
        return reader.give_up(&args, "`json.loads()` with options that are not read");
    }
    if let Some(why) = reader.why_unknown(&source) {
        if let Some(content) = bytes::content_of(&why) {
            return Ok(content);
        }
        reader.risk();
        return Ok(Value::Unknown(why.derived()));
    }
    let text: Rc<[u8]> = match text_of(Some(&source)) {
        Some(text) => Rc::from(text.as_bytes()),
        None => {
            if let Some(bytes) = bytes::bytes_of(reader, Some(&source)) {
                bytes
            } else {
                let shown = reader.type_named(&source);
                let message =
                    shown.map(|of| format!("the JSON object must be str, bytes or bytearray, not {of}"));
                return reader.raise("TypeError", message);
            }
        }
    };
    reader.spend(text.len())?;
    match Json::parse(&text) {
        Ok(json) => reader.value_of_json(&json),
        Err(JsonError::Syntax { .. }) if is_plainly_wrong(&text) => {
            reader.raise("json.JSONDecodeError", None)
        }
        Err(_) => {
            reader.risk();
            Ok(reader.unknown("JSON that Python reads in its own way"))
        }
    }
}

/// Whether Python, too, takes a text for no JSON: it reads NaN and lone surrogates.
fn is_plainly_wrong(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| {
        !["NaN", "Infinity", "\\u", "\u{feff}"].iter().any(|special| text.contains(special))
    })
}

fn load(reader: &mut Evaluator<'_>, args: Args) -> Run<Value> {
    let Some(source) = args.pos.first().cloned() else { return reader.give_up(&args, "`json.load()`") };
    if let Some(why) = reader.why_unknown(&source) {
        if why.part == Some(AnswerPart::Body) {
            return Ok(Value::Unknown(Why::answer(AnswerPart::Content, &why)));
        }
        return reader.give_up(&args, "it comes from a file");
    }
    let text = match super::methods::call(reader, &source, "read", &Args::default()) {
        Some(text) => text?,
        None => return reader.give_up(&args, "`json.load()`"),
    };
    loads(reader, Args::of(vec![text]))
}

/// What stands in JSON for what is not known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holes {
    /// Nothing: the whole is not known then.
    Refused,
    /// `null`
    Null,
}

/// How large the JSON of a request may still become.
struct Room {
    values: usize,
    bytes: usize,
}

impl Room {
    /// Takes room for one value and so many bytes of text; whether there was enough.
    fn take(&mut self, bytes: usize) -> bool {
        let fits = self.values > 0 && self.bytes >= bytes;
        self.values = self.values.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
        fits
    }

    /// Takes room for the whole of a JSON value.
    fn take_all(&mut self, json: &Json) -> bool {
        match json {
            Json::String(text) => self.take(text.len()),
            Json::Array(items) => self.take(0) && items.iter().all(|item| self.take_all(item)),
            Json::Object(members) => {
                self.take(0)
                    && members.iter().all(|(name, value)| self.take(name.len()) && self.take_all(value))
            }
            _ => self.take(0),
        }
    }
}

impl Evaluator<'_> {
    /// A value as the JSON of a request: bytes as base64.
    pub(crate) fn json_of(&self, value: &Value, holes: Holes) -> Result<Json, Rc<Why>> {
        let mut room = Room { values: limits::VALUES, bytes: limits::REQUEST };
        self.json_at(value, holes, 0, &mut room)
    }

    fn json_at(&self, value: &Value, holes: Holes, depth: usize, room: &mut Room) -> Result<Json, Rc<Why>> {
        use base64::Engine as _;
        if depth > tutor_bedrock::json::MAX_DEPTH - 2 {
            return Err(self.why("data that is nested too deeply"));
        }
        let bytes = match value {
            Value::Str(text) => text.len(),
            Value::Bytes(bytes) => bytes.len() * 4 / 3,
            _ => 0,
        };
        if !room.take(bytes) {
            return Err(self.why("a request that is larger than is read"));
        }
        if let Some(why) = self.why_unknown(value) {
            return if holes == Holes::Null {
                let partial = why.partial.as_ref().filter(|partial| room.take_all(partial));
                Ok(partial.cloned().unwrap_or(Json::Null))
            } else {
                Err(why)
            };
        }
        let encode = |bytes: &[u8]| Json::String(base64::engine::general_purpose::STANDARD.encode(bytes));
        Ok(match value {
            Value::None => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(value) => Json::Int(*value),
            Value::Big(value) => Json::from((**value).clone()),
            Value::Float(value) if value.is_finite() => Json::Float(*value),
            Value::Str(text) => Json::String(text.to_string()),
            Value::Bytes(bytes) => encode(bytes),
            Value::Tuple(items) => self.json_items(items, holes, depth, room)?,
            _ => match self.object(value) {
                Some(Object::List(items)) => self.json_items(items, holes, depth, room)?,
                Some(Object::ByteArray(bytes)) if room.take(bytes.len() * 4 / 3) => encode(bytes),
                Some(Object::Dict(dict)) if !matches!(dict.kind, DictKind::Environment) => {
                    let mut map = JsonObject::default();
                    for (key, value) in dict.entries.values() {
                        let Value::Str(key) = key else {
                            return Err(self.why("a key of a request is no text"));
                        };
                        map.insert(key.to_string(), self.json_at(value, holes, depth + 1, room)?);
                    }
                    Json::Object(map)
                }
                Some(Object::Instance(instance)) if crate::compatible::is_answer(instance) => {
                    let mut map = JsonObject::default();
                    for (name, value) in &instance.attrs {
                        map.insert(name.to_string(), self.json_at(value, holes, depth + 1, room)?);
                    }
                    Json::Object(map)
                }
                Some(Object::Instance(_)) if self.text_of_member(value).is_some() => {
                    Json::String(self.text_of_member(value).map(|text| text.to_string()).unwrap_or_default())
                }
                _ if holes == Holes::Null => Json::Null,
                _ => {
                    let text = format!("a request cannot hold a value of type `{}`", self.type_name(value));
                    return Err(self.why(text));
                }
            },
        })
    }

    fn json_items(
        &self,
        items: &[Value],
        holes: Holes,
        depth: usize,
        room: &mut Room,
    ) -> Result<Json, Rc<Why>> {
        items
            .iter()
            .map(|item| self.json_at(item, holes, depth + 1, room))
            .collect::<Result<_, _>>()
            .map(Json::Array)
    }

    /// The text that a member of `class M(str, Enum)` is.
    pub(crate) fn text_of_member(&self, value: &Value) -> Option<Text> {
        let Some(Object::Instance(instance)) = self.object(value) else { return None };
        let Some(Object::Class(class)) = self.object(&instance.class) else { return None };
        let of_text = class.mro.iter().any(|base| match base {
            Value::Native(native) => native.name == "str",
            Value::Module(path) => &**path == "enum.StrEnum",
            _ => false,
        });
        let plain = matches!(class.kind, ClassKind::Enum)
            && matches!(self.class_attribute(value, "__new__"), Ok(None));
        match instance.attrs.get("value") {
            Some(Value::Str(text)) if of_text && plain => Some(text.clone()),
            _ => None,
        }
    }

    /// JSON as `json.loads` gives it.
    pub(crate) fn value_of_json(&mut self, json: &Json) -> Run<Value> {
        self.step()?;
        Ok(match json {
            Json::Null => Value::None,
            Json::Bool(value) => Value::Bool(*value),
            Json::Int(value) => Value::Int(*value),
            Json::Big(value) => Value::int((**value).clone()),
            Json::Float(value) => Value::Float(*value),
            Json::String(text) => Value::str(text),
            Json::Array(items) => {
                let items: Run<Vec<Value>> = items.iter().map(|item| self.value_of_json(item)).collect();
                let items = items?;
                self.list(items)
            }
            Json::Object(map) => {
                let mut entries = Vec::with_capacity(map.len());
                for (key, value) in map {
                    let value = self.value_of_json(value)?;
                    entries.push((Value::str(key), value));
                }
                self.dict_from(entries)?
            }
        })
    }
}
