//! Whether a chapter is worth parsing at all.
//!
//! Most chapters of most books hold nothing for tutor, and a preprocessor runs on every one of
//! them at every rebuild: so they are told apart by a scan that costs a fraction of a parse. The
//! scan may say yes to a chapter without interest, never no to one with.

use memchr::{memchr, memchr2_iter, memmem};

/// Whether the text may hold front matter, an annotation, a directive, or a fence whose info string
/// `reads` says yes to. `false` is certain, `true` is not.
pub fn is_of_interest(text: &str, mut reads: impl FnMut(&str) -> bool) -> bool {
    text.trim_start_matches('\u{feff}').starts_with("---")
        || memmem::find(text.as_bytes(), b"tutor:").is_some()
        || memmem::find(text.as_bytes(), super::directive::OPENING.as_bytes()).is_some()
        || info_strings(text).any(|info| {
            // Escapes and entities are undone in info strings; rather than undo them, parse.
            info.contains(['\\', '&']) || reads(info)
        })
}

/// What follows every run of three or more fence characters on its line: all info strings, and
/// some text that is none.
fn info_strings(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut scanned = 0;
    memchr2_iter(b'`', b'~', bytes).filter_map(move |start| {
        if start < scanned {
            return None;
        }
        let mark = bytes[start];
        let run = bytes[start..].iter().take_while(|&&byte| byte == mark).count();
        scanned = start + run;
        if run < 3 {
            return None;
        }
        let rest = &text[scanned..];
        let end = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        Some(rest[..end].trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(info: &str) -> bool {
        info.split([' ', ',']).next() == Some("python")
    }

    #[test]
    fn what_tutor_reads_is_of_interest() {
        for text in [
            "---\ntitle: x\n---\n",
            "\u{feff}---\ntitle: x\n---\n",
            "a\n<!-- tutor: name = \"x\" -->\n",
            "> {{#tutor compare}}\n",
            "a\n```python\n```\n",
            "> - ~~~~  python,editable ~~\n",
            "[^```x]: ```python\n    x\n",
            "```\\python\n```\n",
            "```p&#121;thon\n```\n",
            "```python",
            "```python\r\n```\r\n",
        ] {
            assert!(is_of_interest(text, python), "{text:?}");
        }
    }

    #[test]
    fn other_chapters_are_skipped() {
        for text in ["", "# Rust\n\n```rust\nfn main() {}\n```\n", "`python` and ``python``\n", "~~python~~"]
        {
            assert!(!is_of_interest(text, python), "{text:?}");
        }
    }
}
