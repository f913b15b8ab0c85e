//! What comes from outside (model ids, answers, file names, chapters, errors of a service) is only ever
//! read on a terminal: characters that act are shown instead, in JSON they are escaped.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use tutor_page::render::visible::visible;

/// The length of a sequence that gives text looks (`ESC [ 31 ; 1 m`), if `text` begins with one.
fn look(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("\x1b[")?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    (rest[end..].starts_with('m') && end <= 12).then_some(2 + end + 1)
}

/// Marks that turn the direction of what stands beside them. Pages need them, a terminal does not.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// `text` as a terminal may have it.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if !text.contains(is_mark) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_mark(c) {
            let _ = write!(out, "⟨U+{:04X}⟩", c as u32);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The same for text whose outside parts are clean already, and which tutor gave looks to.
pub(crate) fn clean_but_looks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        out += &clean(&rest[..at]);
        let length = look(&rest[at..]).unwrap_or(1);
        let sequence = &rest[at..at + length];
        if length > 1 {
            out += sequence;
        } else {
            out += &clean(sequence);
        }
        rest = &rest[at + length..];
    }
    out + &clean(rest)
}

/// A JSON document or lines of them with every such character escaped: they stand in strings only.
pub(crate) fn escaped(json: &str) -> Cow<'_, str> {
    let acts = |c: char| !matches!(c, '\n' | '\r' | '\t') && (is_mark(c) || visible_differs(c));
    if !json.contains(acts) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if acts(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn visible_differs(c: char) -> bool {
    // ASCII is what most of a document is.
    if c.is_ascii() {
        c.is_ascii_control()
    } else {
        matches!(visible(c.encode_utf8(&mut [0; 4])), Cow::Owned(_))
    }
}

/// `text` with as many bytes and lines as before, so that places in it stay.
pub(crate) fn clean_in_place(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' | '\r' => out.push(c),
            c if is_mark(c) || visible_differs(c) => match c.len_utf8() {
                3 => out.push('\u{fffd}'),
                length => out.extend(std::iter::repeat_n('?', length)),
            },
            c => out.push(c),
        }
    }
    out
}

/// A writer whose lines are cleaned, for logs.
pub(crate) struct Cleaning<W>(pub(crate) W, pub(crate) Kind);

/// What a log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Json,
}

impl<W: io::Write> io::Write for Cleaning<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let clean = match self.1 {
            Kind::Text => clean(&text),
            Kind::Json => escaped(&text),
        };
        self.0.write_all(clean.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\x1b[31mb\x07\u{9b}2J\u{202e}c\u{200f}d\re";

    fn acts(text: &str) -> bool {
        text.contains(|c| c != '\n' && (is_mark(c) || visible_differs(c)))
    }

    #[test]
    fn nothing_from_outside_acts() {
        assert!(acts(HOSTILE));
        assert_eq!(clean(HOSTILE), "a␛[31mb␇⟨U+009B⟩2J⟨U+202E⟩c⟨U+200F⟩d\ne");
        assert!(!acts(&clean_in_place(HOSTILE).replace('\r', "")));
        assert_eq!(clean_in_place(HOSTILE).len(), HOSTILE.len());
    }

    #[test]
    fn our_own_looks_stay_and_no_other_sequence() {
        let text = format!("\x1b[1mbold\x1b[0m \x1b[2J \x1b]0;title\x07{}", "\u{202d}");
        assert_eq!(clean_but_looks(&text), "\x1b[1mbold\x1b[0m ␛[2J ␛]0;title␇⟨U+202D⟩");
    }

    #[test]
    fn json_says_the_same_without_them() {
        let value = serde_json::json!({ "a": format!("{HOSTILE}\u{e0041}\u{7f}") });
        let text = serde_json::to_string_pretty(&value).unwrap() + "\n";
        let escaped = escaped(&text);
        assert!(!acts(&escaped), "{escaped}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), value);
    }
}
