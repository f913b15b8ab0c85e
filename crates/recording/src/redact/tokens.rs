//! The strings of a JSON text where they stand, so that one can be changed and no other byte.

use std::borrow::Cow;
use std::ops::Range;

use super::patterns::Mask;

/// A string that is a value, with its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
    /// Where in the document it stands: equal for the same member of equal objects.
    pub(super) path: u64,
}

/// Deeper documents are not looked into.
const DEEPEST: usize = 128;

/// Every string of `text` that is a value or a key; `None` if it is no JSON. What stands between strings
/// is not checked.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let bytes = text.as_bytes();
    if !matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[' | b'"')) {
        return None;
    }
    let mut tokens = Vec::new();
    // For every open object or array, the path up to it and the key its next value has.
    let mut open: Vec<(u64, u64)> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                if open.len() == DEEPEST {
                    return None;
                }
                open.push((path(&open), 0));
                at += 1;
            }
            b'}' | b']' => {
                open.pop()?;
                at += 1;
            }
            b'"' => {
                let end = end_of_string(bytes, at)?;
                let is_key = bytes[end..].trim_ascii_start().first() == Some(&b':');
                if is_key && let Some((_, key)) = open.last_mut() {
                    *key = hash(0, &bytes[at..end]);
                }
                tokens.push(Token { range: at..end, path: hash(path(&open), &[u8::from(is_key)]) });
                at = end;
            }
            _ => at += 1,
        }
    }
    open.is_empty().then_some(tokens)
}

fn path(open: &[(u64, u64)]) -> u64 {
    open.last().map_or(0, |(before, key)| hash(*before, &key.to_le_bytes()))
}

/// FNV-1a, from a start of one's own.
fn hash(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Where the string that begins at `at` ends, behind its quote.
fn end_of_string(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at + 1;
    loop {
        match bytes.get(end)? {
            b'"' => return Some(end + 1),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}

/// What a string with its quotes says.
pub(super) fn said(token: &str) -> Cow<'_, str> {
    let inner = &token[1..token.len() - 1];
    if inner.contains('\\') {
        Cow::Owned(units(inner).map(|(_, said)| said).collect())
    } else {
        Cow::Borrowed(inner)
    }
}

/// The string with its quotes, where these parts of what it says are masked; its other bytes stay.
pub(super) fn with_masks(token: &str, masks: &[Mask]) -> String {
    let inner = &token[1..token.len() - 1];
    let mut out = String::with_capacity(token.len());
    out.push('"');
    let mut masks = masks.iter().peekable();
    let mut at = 0;
    for (raw, said) in units(inner) {
        while masks.next_if(|mask| mask.range.end <= at).is_some() {}
        match masks.peek() {
            Some(mask) if mask.range.start <= at => {
                if mask.range.start == at {
                    out += mask.with;
                }
            }
            _ => out += raw,
        }
        at += said.len_utf8();
    }
    out.push('"');
    out
}

/// The characters of a string, each as it is written and as it is meant.
fn units(inner: &str) -> impl Iterator<Item = (&str, char)> {
    let mut rest = inner;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (length, said) = if first == '\\' { escape(rest) } else { (first.len_utf8(), first) };
        let (raw, after) = rest.split_at(length);
        rest = after;
        Some((raw, said))
    })
}

/// The length and the meaning of the escape that `rest` begins with.
fn escape(rest: &str) -> (usize, char) {
    let unit = |from: usize| u32::from_str_radix(rest.get(from..from + 4)?, 16).ok();
    match rest[1..].chars().next() {
        Some('u') => match unit(2) {
            Some(high @ 0xd800..0xdc00) if rest.get(6..8) == Some("\\u") => match unit(8) {
                Some(low @ 0xdc00..0xe000) => {
                    let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    (12, char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
                }
                _ => (6, char::REPLACEMENT_CHARACTER),
            },
            Some(code) => (6, char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
            None => (2, char::REPLACEMENT_CHARACTER),
        },
        Some(other) => {
            let said = match other {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                same => same,
            };
            (1 + other.len_utf8(), said)
        }
        None => (1, '\\'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_with_where_they_stand() {
        let text = r#"{"a": ["x", {"b": "y\"\\"}], "c": 1, "d": {"b": "z"}}"#;
        let all = tokens(text).unwrap();
        let written: Vec<&str> = all.iter().map(|token| &text[token.range.clone()]).collect();
        assert_eq!(
            written,
            [r#""a""#, r#""x""#, r#""b""#, r#""y\"\\""#, r#""c""#, r#""d""#, r#""b""#, r#""z""#]
        );
        let again = tokens(&text.replace("\"x\"", "\"other\"")).unwrap();
        let paths = |tokens: &[Token]| tokens.iter().map(|token| token.path).collect::<Vec<_>>();
        assert_eq!(paths(&all), paths(&again));
        assert_ne!(all[3].path, all[7].path);
        for no_json in ["", "words", "{\"a", "{\"a\":1}}", "[\"\\"] {
            assert_eq!(tokens(no_json), None, "{no_json}");
        }
    }

    #[test]
    fn escapes_mean_what_they_mean_and_stay_where_nothing_is_masked() {
        let token = r#""a\u0031\n\ud83d\ude00\/é\ud83d""#;
        assert_eq!(said(token), "a1\n😀/é\u{fffd}");
        assert_eq!(with_masks(token, &[]), token);
        let mask = Mask { range: 1..2, with: "[X]" };
        assert_eq!(with_masks(token, &[mask]), r#""a[X]\n\ud83d\ude00\/é\ud83d""#);
    }
}
