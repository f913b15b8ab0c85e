//! `str()` and `repr()`.

use std::rc::Rc;

use super::{number, put};
use crate::evaluate::{Evaluator, Run};
use crate::heap::{ClassKind, DictKind, Field, Frozen, Object};
use crate::limits;
use crate::reason::Why;
use crate::value::{Args, Value};

type Shown = Result<String, Rc<Why>>;

impl Evaluator<'_> {
    /// `str(value)`
    pub(crate) fn str_of(&mut self, value: &Value) -> Run<Shown> {
        if let Some(why) = self.why_unknown(value) {
            return Ok(Err(why));
        }
        match value {
            Value::Str(text) => Ok(Ok(text.to_string())),
            Value::Object(_) if matches!(self.object(value), Some(Object::Instance(_))) => {
                if let Ok(Some(method)) = self.class_attribute(value, "__str__") {
                    return self.shown_by(&method, value);
                }
                if self.is_exception(value, "BaseException") {
                    return self.str_of_exception(value);
                }
                if self.is_member(value) && matches!(self.class_attribute(value, "__repr__"), Ok(None)) {
                    let text = self.enum_text(value);
                    return Ok(text.ok_or_else(|| self.why("the text of a member of an enum")));
                }
                if self.is_member(value) {
                    return Ok(Err(self.why("the text of a member of an enum")));
                }
                self.repr_of(value)
            }
            _ => self.repr_of(value),
        }
    }

    fn shown_by(&mut self, method: &Value, value: &Value) -> Run<Shown> {
        let shown = self.call(method, Args::of(vec![value.clone()]))?;
        Ok(match (&shown, self.why_unknown(&shown)) {
            (Value::Str(text), _) => Ok(text.to_string()),
            (_, Some(why)) => Err(why),
            _ => Err(self.why("what an object shows is not text")),
        })
    }

    fn str_of_exception(&mut self, value: &Value) -> Run<Shown> {
        if let Ok(Some(method)) = self.class_attribute(value, "__repr__")
            && matches!(method, Value::Function(_))
        {
            // Only one of the versions of `BaseException.__str__` asks it.
            return Ok(Err(self.why("the text of an exception")));
        }
        let special = ["OSError", "UnicodeError", "SyntaxError", "ImportError"];
        if special.iter().any(|class| self.is_exception(value, class)) {
            let few = matches!(self.object(value), Some(Object::Instance(error))
                if matches!(error.attrs.get("args"), Some(Value::Tuple(args)) if args.len() <= 1));
            if !few || self.is_exception(value, "UnicodeError") {
                return Ok(Err(self.why("the text of an exception")));
            }
        }
        let args = self.attribute(value, "args")?;
        let Value::Tuple(args) = &args else { return Ok(Err(self.why("the text of an exception"))) };
        match &args[..] {
            [] => Ok(Ok(String::new())),
            [only] if self.is_exception(value, "KeyError") => self.repr_of(only),
            [only] => self.str_of(only),
            _ => self.repr_of(&Value::Tuple(args.clone())),
        }
    }

    /// `repr(value)`
    pub(crate) fn repr_of(&mut self, value: &Value) -> Run<Shown> {
        let mut out = String::new();
        let mut inside = Vec::new();
        let result = self.write_repr(value, &mut out, &mut inside)?;
        self.spend(out.len())?;
        Ok(result.map(|()| out))
    }

    fn write_repr(
        &mut self,
        value: &Value,
        out: &mut String,
        inside: &mut Vec<Value>,
    ) -> Run<Result<(), Rc<Why>>> {
        self.step()?;
        if out.len() > limits::SHOWN {
            return Ok(Err(self.why("a text that is larger than is read")));
        }
        if let Some(why) = self.why_unknown(value) {
            return Ok(Err(why));
        }
        match value {
            Value::None => out.push_str("None"),
            Value::Ellipsis => out.push_str("Ellipsis"),
            Value::NotImplemented => out.push_str("NotImplemented"),
            Value::Bool(value) => out.push_str(if *value { "True" } else { "False" }),
            Value::Int(value) => put(out, format_args!("{value}")),
            Value::Big(value) if value.bits() < 14_000 => put(out, format_args!("{value}")),
            Value::Float(value) => out.push_str(&number::float_repr(*value)),
            Value::Str(text) => match str_repr(text) {
                Some(shown) => out.push_str(&shown),
                None => return Ok(Err(self.why("how rare characters are shown"))),
            },
            Value::Bytes(bytes) => out.push_str(&bytes_repr(bytes)),
            Value::Tuple(items) => {
                let close = if items.len() == 1 { ",)" } else { ")" };
                return self.write_items(&items.clone(), "(", close, out, inside);
            }
            Value::Range(start, stop, 1) => put(out, format_args!("range({start}, {stop})")),
            Value::Range(start, stop, step) => put(out, format_args!("range({start}, {stop}, {step})")),
            Value::Native(native) if native.is_type() && !native.name.contains('.') => {
                put(out, format_args!("<class '{}'>", native.name));
            }
            Value::Object(_) => {
                if inside.iter().any(|outer| outer.same(value)) || inside.len() > 200 {
                    return Ok(Err(self.why("an object that contains itself")));
                }
                inside.push(value.clone());
                let result = self.nested(|reader| reader.write_object(value, out, inside));
                inside.pop();
                return result;
            }
            _ => return Ok(Err(self.why("how such an object is shown is not known"))),
        }
        Ok(Ok(()))
    }

    fn write_object(
        &mut self,
        value: &Value,
        out: &mut String,
        inside: &mut Vec<Value>,
    ) -> Run<Result<(), Rc<Why>>> {
        let Some(object) = self.object(value).cloned() else { return Ok(Ok(())) };
        match &object {
            Object::List(items) => self.write_items(items, "[", "]", out, inside),
            Object::Deque(items, None) => self.write_items(items, "deque([", "])", out, inside),
            Object::Dict(dict) if matches!(dict.kind, DictKind::Plain) => {
                out.push('{');
                for (index, (key, value)) in dict.entries.values().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    if let Err(why) = self.write_repr(key, out, inside)? {
                        return Ok(Err(why));
                    }
                    out.push_str(": ");
                    if let Err(why) = self.write_repr(value, out, inside)? {
                        return Ok(Err(why));
                    }
                }
                out.push('}');
                Ok(Ok(()))
            }
            Object::Set(items, Frozen::No) if items.is_empty() => {
                out.push_str("set()");
                Ok(Ok(()))
            }
            Object::Set(items, Frozen::No) if items.len() == 1 => {
                let items: Vec<Value> = items.values().cloned().collect();
                self.write_items(&items, "{", "}", out, inside)
            }
            Object::ByteArray(bytes) => {
                put(out, format_args!("bytearray({})", bytes_repr(bytes)));
                Ok(Ok(()))
            }
            Object::Instance(_) => self.write_instance(value, out, inside),
            _ => Ok(Err(self.why("how such an object is shown is not known"))),
        }
    }

    fn write_items(
        &mut self,
        items: &[Value],
        open: &str,
        close: &str,
        out: &mut String,
        inside: &mut Vec<Value>,
    ) -> Run<Result<(), Rc<Why>>> {
        out.push_str(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            if let Err(why) = self.write_repr(item, out, inside)? {
                return Ok(Err(why));
            }
        }
        out.push_str(close);
        Ok(Ok(()))
    }

    fn write_instance(
        &mut self,
        value: &Value,
        out: &mut String,
        inside: &mut Vec<Value>,
    ) -> Run<Result<(), Rc<Why>>> {
        match self.class_attribute(value, "__repr__") {
            Ok(Some(method)) => {
                if let Some(fields) = self.fields_shown_by(&method) {
                    return self.write_fields(value, &fields, out, inside);
                }
                return Ok(self.shown_by(&method, value)?.map(|text| out.push_str(&text)));
            }
            Err(why) => return Ok(Err(why)),
            Ok(None) => {}
        }
        let Some(Object::Instance(instance)) = self.object(value).cloned() else { return Ok(Ok(())) };
        let name = self.class_name(&instance.class);
        if self.is_exception(value, "BaseException") {
            let Some(Value::Tuple(args)) = instance.attrs.get("args") else {
                return Ok(Err(self.why("the text of an exception")));
            };
            return self.write_items(&args.clone(), &format!("{name}("), ")", out, inside);
        }
        let fields = match self.object(&instance.class) {
            Some(Object::Class(class)) => match &class.kind {
                ClassKind::NamedTuple(fields) => fields.clone(),
                ClassKind::Enum => {
                    let attr = |name: &str| instance.attrs.get(name).cloned().unwrap_or(Value::None);
                    put(out, format_args!("<{name}.{}: ", attr("name").as_str().unwrap_or_default()));
                    if let Err(why) = self.write_repr(&attr("value"), out, inside)? {
                        return Ok(Err(why));
                    }
                    out.push('>');
                    return Ok(Ok(()));
                }
                _ => return Ok(Err(self.why("an object shown by its address"))),
            },
            _ => return Ok(Err(self.why("an object shown by its address"))),
        };
        self.write_fields(value, &fields, out, inside)
    }

    /// The fields that a method shows which `@dataclass` made.
    fn fields_shown_by(&self, method: &Value) -> Option<Rc<Vec<Field>>> {
        let Value::Partial(partial) = method else { return None };
        if !matches!(&partial.function, Value::Native(native) if native.name == "dataclasses.repr") {
            return None;
        }
        match self.object(partial.args.pos.first()?) {
            Some(Object::Class(class)) => match &class.kind {
                ClassKind::Data(fields) => Some(fields.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// `repr` of an instance by its fields.
    pub(crate) fn repr_of_fields(&mut self, value: &Value, fields: &[Field]) -> Run<Shown> {
        let (mut out, mut inside) = (String::new(), vec![value.clone()]);
        let result = self.nested(|reader| reader.write_fields(value, fields, &mut out, &mut inside))?;
        Ok(result.map(|()| out))
    }

    fn write_fields(
        &mut self,
        value: &Value,
        fields: &[Field],
        out: &mut String,
        inside: &mut Vec<Value>,
    ) -> Run<Result<(), Rc<Why>>> {
        let class = self.class_of(value);
        let name = match self.object(&class) {
            // A dataclass is shown with its qualified name, a named tuple with its own.
            Some(Object::Class(class)) if matches!(class.kind, ClassKind::Data(_)) => class.qualname.clone(),
            Some(Object::Class(class)) => class.name.clone(),
            _ => return Ok(Err(self.why("how such an object is shown is not known"))),
        };
        put(out, format_args!("{name}("));
        for (index, field) in fields.iter().filter(|field| field.shown).enumerate() {
            let shown = self.attribute(value, &field.name)?;
            put(out, format_args!("{}{}=", if index > 0 { ", " } else { "" }, field.name));
            if let Err(why) = self.write_repr(&shown, out, inside)? {
                return Ok(Err(why));
            }
        }
        out.push(')');
        Ok(Ok(()))
    }

    /// `repr` of a plain value, for remarks.
    pub(crate) fn repr_plain(value: &Value) -> String {
        match value {
            Value::Str(text) => format!("\"{text}\""),
            Value::Int(number) => number.to_string(),
            _ => "such key".to_owned(),
        }
    }
}

/// `repr` of a string, or `None` where it depends on what Unicode says is printable.
fn str_repr(text: &str) -> Option<String> {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c < ' ' || c == '\x7f' => put(&mut out, format_args!("\\x{:02x}", u32::from(c))),
            c if c.is_ascii() => out.push(c),
            c => match is_printable(c)? {
                true => out.push(c),
                false if u32::from(c) < 0x100 => put(&mut out, format_args!("\\x{:02x}", u32::from(c))),
                false => put(&mut out, format_args!("\\u{:04x}", u32::from(c))),
            },
        }
    }
    out.push(quote);
    Some(out)
}

/// Whether a character beyond ASCII is printable, for those of which every Unicode version agrees.
fn is_printable(c: char) -> Option<bool> {
    Some(match u32::from(c) {
        0x80..=0xa0 | 0xad | 0x2000..=0x200f | 0x2028..=0x202f | 0x205f..=0x2064 | 0xfeff => false,
        0xa1..=0x377 | 0x2010..=0x2027 | 0x2030..=0x205e | 0x20a0..=0x20bd | 0x2190..=0x23fa => true,
        0x2500..=0x2775 | 0x3001..=0x303f | 0xfe0f | 0xff01..=0xff5e => true,
        0x1f300..=0x1f64f | 0x1f680..=0x1f6c5 => true,
        _ if c.is_alphabetic() => true,
        _ => return None,
    })
}

/// `repr` of bytes.
fn bytes_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            byte if char::from(*byte) == quote => {
                out.push('\\');
                out.push(quote);
            }
            0x20..=0x7e => out.push(char::from(*byte)),
            byte => put(&mut out, format_args!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}
