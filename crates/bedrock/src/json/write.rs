//! Values as text.

use std::fmt::{Display, Write as _};

use num_bigint::BigInt;
use num_traits::FromPrimitive as _;

use super::Json;

impl Json {
    /// One line without spaces, keys in the order they were written.
    pub fn to_compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Style::Compact, 0);
        out
    }

    /// Indented by two spaces, for people; no line break at the end.
    pub fn to_pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Style::Pretty, 0);
        out
    }

    /// The text that keys are made from: object keys sorted by code point, no spaces, strings as
    /// unescaped UTF-8, integral floats and −0 as integers, other floats as the shortest binary64.
    pub fn to_canonical(&self) -> String {
        // It is hashed and gone.
        let mut out = String::with_capacity(2048);
        self.write(&mut out, Style::Canonical, 0);
        out
    }

    fn write(&self, out: &mut String, style: Style, depth: usize) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Json::Int(value) => write_number(out, value),
            Json::Big(value) => write_number(out, value),
            Json::Float(value) => write_float(out, *value, style),
            Json::String(text) => write_string(out, text),
            Json::Array(items) => {
                write_items(out, style, depth, ['[', ']'], items.iter(), |out, item| {
                    item.write(out, style, depth + 1);
                });
            }
            Json::Object(map) => {
                let write = |out: &mut String, (name, value): (&str, &Json)| {
                    write_string(out, name);
                    out.push_str(if style == Style::Pretty { ": " } else { ":" });
                    value.write(out, style, depth + 1);
                };
                // UTF-8 sorts by code point.
                if style == Style::Canonical && !map.keys().is_sorted() {
                    let mut members: Vec<_> = map.iter().collect();
                    members.sort_unstable_by_key(|(name, _)| *name);
                    write_items(out, style, depth, ['{', '}'], members.into_iter(), write);
                } else {
                    write_items(out, style, depth, ['{', '}'], map.iter(), write);
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Compact,
    Pretty,
    Canonical,
}

fn write_items<T>(
    out: &mut String,
    style: Style,
    depth: usize,
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    let empty = items.len() == 0;
    let line = |out: &mut String, depth: usize| {
        if style == Style::Pretty && !empty {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        line(out, depth + 1);
        write(out, item);
    }
    line(out, depth);
    out.push(close);
}

fn write_number(out: &mut String, value: impl Display) {
    write!(out, "{value}").expect("writing to a string");
}

fn write_float(out: &mut String, value: f64, style: Style) {
    if style == Style::Canonical && value.fract() == 0.0 {
        write_number(out, BigInt::from_f64(value).expect("Json floats are finite"));
    } else {
        out.push_str(&serde_json::Number::from_f64(value).expect("Json floats are finite").to_string());
    }
}

fn write_string(out: &mut String, text: &str) {
    // Looked through to the end: most are clean, and without an exit it goes many bytes at a time.
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        out.push('"');
        out.push_str(text);
        out.push('"');
        return;
    }
    out.push_str(&serde_json::to_string(text).expect("a string is always JSON"));
}
