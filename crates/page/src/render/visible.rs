//! Characters that would act instead of being read, made visible.

use std::borrow::Cow;

/// What a page shows for `c`, if not `c` itself: control characters as their pictures, characters
/// that turn the direction of text or hide in it as `⟨U+202E⟩`.
///
/// Joiners (U+200C, U+200D) and direction marks (U+200E, U+200F, U+061C) stay: Persian, Indic
/// scripts and emoji are made with them, and they reach no further than their neighbours.
pub(super) fn stand_in(c: char) -> Option<Cow<'static, str>> {
    Some(match c {
        '\t' | '\n' => return None,
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32)?.to_string().into(),
        '\x7f' => "\u{2421}".into(),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => format!("⟨U+{:04X}⟩", c as u32).into(),
        '\u{fdd0}'..='\u{fdef}' => "\u{fffd}".into(),
        _ if c as u32 & 0xfffe == 0xfffe => "\u{fffd}".into(),
        _ => return None,
    })
}

/// `text` with every such character replaced and line ends as `\n`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| c == '\r' || stand_in(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match stand_in(c) {
            _ if c == '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            Some(shown) => out.push_str(&shown),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown_and_what_reads_stays() {
        assert_eq!(visible("a\u{202e}b\u{200b}\0\r\nc\rd"), "a⟨U+202E⟩b⟨U+200B⟩\u{2400}\nc\nd");
        let fine = "می\u{200c}خواهم 👩\u{200d}💻 שלום\u{200f}";
        assert!(matches!(visible(fine), Cow::Borrowed(_)));
    }

    #[test]
    fn hidden_letters_of_the_tag_block_are_shown() {
        assert_eq!(visible("\u{e0041}"), "⟨U+E0041⟩");
    }
}
