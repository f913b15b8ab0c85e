//! Format specs: what stands after the colon in `f"{x:>10.2f}"` and in `format(x, spec)`.

use std::rc::Rc;

use num_bigint::Sign;

use super::number;
use crate::evaluate::{Evaluator, Run};
use crate::heap::Object;
use crate::limits;
use crate::reason::Why;
use crate::value::{Args, Value};

/// What stands after `!`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conversion {
    None,
    Str,
    Repr,
    Ascii,
}

/// A parsed format spec.
#[derive(Debug, Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Spec {
    fn parse(text: &str) -> Option<Spec> {
        let mut spec = Spec::default();
        let chars: Vec<char> = text.chars().collect();
        let mut at = 0;
        let is_align = |c: Option<&char>| c.is_some_and(|c| "<>=^".contains(*c));
        if is_align(chars.get(1)) {
            spec.fill = chars.first().copied();
            spec.align = chars.get(1).copied();
            at = 2;
        } else if is_align(chars.first()) {
            spec.align = chars.first().copied();
            at = 1;
        }
        if let Some(sign) = chars.get(at).filter(|c| "+- ".contains(**c)) {
            spec.sign = Some(*sign);
            at += 1;
        }
        if chars.get(at) == Some(&'#') {
            spec.alternate = true;
            at += 1;
        }
        if chars.get(at) == Some(&'0') && spec.fill.is_none() {
            spec.fill = Some('0');
            spec.align = spec.align.or(Some('='));
            at += 1;
        }
        let number = |at: &mut usize| -> Option<usize> {
            let start = *at;
            while chars.get(*at).is_some_and(char::is_ascii_digit) {
                *at += 1;
            }
            chars[start..*at].iter().collect::<String>().parse().ok()
        };
        spec.width = number(&mut at).unwrap_or(0);
        if let Some(grouping) = chars.get(at).filter(|c| ",_".contains(**c)) {
            spec.grouping = Some(*grouping);
            at += 1;
        }
        if chars.get(at) == Some(&'.') {
            at += 1;
            spec.precision = Some(number(&mut at)?);
        }
        spec.kind = chars.get(at).copied();
        if chars.len() > at + 1 || spec.width > limits::SIZE || spec.precision.is_some_and(|p| p > 1000) {
            return None;
        }
        Some(spec)
    }

    /// Pads to the width.
    fn pad(&self, sign: &str, body: &str, default: char) -> String {
        let len = sign.chars().count() + body.chars().count();
        let missing = self.width.saturating_sub(len);
        let fill = |count: usize| self.fill.unwrap_or(' ').to_string().repeat(count);
        match self.align.unwrap_or(default) {
            '<' => format!("{sign}{body}{}", fill(missing)),
            '^' => format!("{}{sign}{body}{}", fill(missing / 2), fill(missing - missing / 2)),
            '=' => format!("{sign}{}{body}", fill(missing)),
            _ => format!("{}{sign}{body}", fill(missing)),
        }
    }

    fn sign_of(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        }
    }
}

impl Evaluator<'_> {
    /// A value as a replacement field shows it.
    pub(crate) fn formatted(
        &mut self,
        value: &Value,
        conversion: Conversion,
        spec: &str,
    ) -> Run<Result<String, Rc<Why>>> {
        if let Some(why) = self.why_unknown(value) {
            if !spec.is_empty() {
                self.risk();
            }
            return Ok(Err(why));
        }
        let text = match conversion {
            Conversion::None
                if matches!(self.object(value), Some(Object::Instance(_)))
                    && (self.mixes_in(value)
                        || !matches!(self.class_attribute(value, "__format__"), Ok(None))) =>
            {
                return self.with_spec(value, spec);
            }
            Conversion::None if spec.is_empty() => return self.str_of(value),
            Conversion::None => return self.with_spec(value, spec),
            Conversion::Str => self.str_of(value)?,
            Conversion::Repr => self.repr_of(value)?,
            Conversion::Ascii => self.repr_of(value)?.map(|text| ascii(&text)),
        };
        match text {
            Ok(text) if !spec.is_empty() => self.with_spec(&Value::str(&text), spec),
            other => Ok(other),
        }
    }

    fn with_spec(&mut self, value: &Value, text: &str) -> Run<Result<String, Rc<Why>>> {
        if let Some(Object::Instance(_)) = self.object(value) {
            return match self.class_attribute(value, "__format__") {
                Ok(Some(method)) => {
                    let shown = self.call(&method, Args::of(vec![value.clone(), Value::str(text)]))?;
                    self.str_of(&shown)
                }
                Ok(None) if self.formats_as_value(value) => {
                    let inner = self.mixed_in(value).unwrap_or(Value::None);
                    self.with_spec(&inner, text)
                }
                _ => {
                    self.risk();
                    Ok(Err(self.why("an object shown with a format")))
                }
            };
        }
        let Some(spec) = Spec::parse(text) else {
            return Ok(Err(self.why(format!("the format `{text}` is not read"))));
        };
        let formatted = match value {
            Value::Str(text) => format_text(&spec, text),
            Value::Float(value) => format_float(&spec, *value),
            // With any format, a bool is a number.
            Value::Bool(_) | Value::Int(_) | Value::Big(_) => format_int(&spec, value),
            _ => Err(Refusal::TypeError),
        };
        match formatted {
            Ok(text) => {
                self.spend(text.len())?;
                Ok(Ok(text))
            }
            Err(Refusal::Unread) => Ok(Err(self.why(format!("the format `{text}` is not read")))),
            Err(Refusal::ValueError) => self.raise("ValueError", None),
            Err(Refusal::TypeError) => {
                let shown = self.type_named(value);
                let message = shown.map(|of| format!("unsupported format string passed to {of}.__format__"));
                self.raise("TypeError", message)
            }
        }
    }
}

/// Why a value does not take a format.
enum Refusal {
    Unread,
    ValueError,
    TypeError,
}

fn format_text(spec: &Spec, text: &str) -> Result<String, Refusal> {
    if !matches!(spec.kind, None | Some('s')) {
        return Err(Refusal::ValueError);
    }
    if spec.sign.is_some() || spec.alternate || spec.grouping.is_some() || spec.align == Some('=') {
        return Err(Refusal::Unread);
    }
    let shown: String = text.chars().take(spec.precision.unwrap_or(usize::MAX)).collect();
    Ok(spec.pad("", &shown, '<'))
}

fn format_int(spec: &Spec, value: &Value) -> Result<String, Refusal> {
    let Some(number) = value.as_big() else { return Err(Refusal::TypeError) };
    let negative = number.sign() == Sign::Minus;
    let (prefix, digits, group) = match spec.kind {
        None | Some('d') => ("", number::int_magnitude(&number, 10), 3),
        Some('b') => ("0b", number::int_magnitude(&number, 2), 4),
        Some('o') => ("0o", number::int_magnitude(&number, 8), 4),
        Some('x') => ("0x", number::int_magnitude(&number, 16), 4),
        Some('X') => ("0X", number::int_magnitude(&number, 16).to_uppercase(), 4),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            return match value.as_float() {
                Some(float) if number.bits() <= 53 => format_float(spec, float),
                _ => Err(Refusal::Unread),
            };
        }
        Some('c' | 'n') => return Err(Refusal::Unread),
        Some(_) => return Err(Refusal::ValueError),
    };
    if spec.precision.is_some() {
        return Err(Refusal::Unread);
    }
    let digits = grouped(spec, &digits, group)?;
    let prefix = if spec.alternate { prefix } else { "" };
    Ok(spec.pad(&format!("{}{prefix}", spec.sign_of(negative)), &digits, '>'))
}

fn grouped(spec: &Spec, digits: &str, size: usize) -> Result<String, Refusal> {
    let Some(separator) = spec.grouping else { return Ok(digits.to_owned()) };
    if spec.fill == Some('0') && spec.align == Some('=') && spec.width > digits.len() {
        // Python fills with grouped zeros; rare enough to leave out.
        return Err(Refusal::Unread);
    }
    if separator == ',' && size != 3 {
        return Err(Refusal::ValueError);
    }
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(size) {
            out.push(separator);
        }
        out.push(digit);
    }
    Ok(out)
}

fn format_float(spec: &Spec, value: f64) -> Result<String, Refusal> {
    if !value.is_finite() {
        return Err(Refusal::Unread);
    }
    let kind = spec.kind.map(|kind| kind.to_ascii_lowercase());
    let text = match (kind, spec.precision) {
        (None, None) => number::float_repr(value.abs()),
        (None, Some(_)) | (Some('n'), _) => return Err(Refusal::Unread),
        (Some(kind @ ('e' | 'f' | 'g' | '%')), precision) => {
            number::float_magnitude(value, kind, precision.unwrap_or(6), spec.alternate)
        }
        _ => return Err(Refusal::ValueError),
    };
    if spec.alternate {
        return Err(Refusal::Unread);
    }
    let text =
        if spec.kind.is_some_and(|kind| kind.is_ascii_uppercase()) { text.to_uppercase() } else { text };
    let whole = text.find(['.', 'e', 'E', '%']).unwrap_or(text.len());
    let shown = format!("{}{}", grouped(spec, &text[..whole], 3)?, &text[whole..]);
    Ok(spec.pad(spec.sign_of(value.is_sign_negative()), &shown, '>'))
}

/// `ascii()`: what is not ASCII, escaped.
fn ascii(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match u32::from(c) {
            code if code < 0x80 => out.push(c),
            code if code < 0x100 => out.push_str(&format!("\\x{code:02x}")),
            code if code < 0x1_0000 => out.push_str(&format!("\\u{code:04x}")),
            code => out.push_str(&format!("\\U{code:08x}")),
        }
    }
    out
}
