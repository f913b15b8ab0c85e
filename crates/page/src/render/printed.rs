//! What a program printed, as a page shows it.

use std::borrow::Cow;

/// What begins a sequence that a terminal obeys.
const INTRODUCER: &str = "\u{1b}[";

/// `text` without blank lines at its end and without the codes that colour a terminal's text
/// (`ESC [ … m`): they say nothing. Every other code stays, and is drawn as a sign.
pub(super) fn printed(text: &str) -> Cow<'_, str> {
    let text = text.trim_end();
    if !text.contains(INTRODUCER) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(INTRODUCER);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let after = part.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ';' | ':'));
        match after.strip_prefix('m') {
            Some(uncoloured) => out.push_str(uncoloured),
            None => {
                out.push_str(INTRODUCER);
                out.push_str(part);
            }
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_and_all_else_stays() {
        assert_eq!(printed("\u{1b}[1;31mred\u{1b}[0m, \u{1b}[38:5:9mtoo\u{1b}[m\n\n"), "red, too");
        for text in ["\u{1b}[2Jcleared", "\u{1b}]8;;x\u{7}link", "[31m", "\u{1b}[", "\u{1b}[31"] {
            assert_eq!(printed(text), text);
        }
        assert_eq!(printed("\u{1b}[\u{1b}[31m31mx"), "\u{1b}[31mx", "what is left is drawn as signs");
    }

    #[test]
    fn the_beginning_of_a_line_keeps_its_place() {
        assert!(matches!(printed("  a\n b \n"), Cow::Borrowed("  a\n b")));
    }
}
