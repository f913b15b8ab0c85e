//! Whether a chapter is worth parsing at all.
//!
//! Most chapters of most books hold nothing for tutor, and a preprocessor runs on every one of
//! them at every rebuild: so they are told apart by a scan that costs a fraction of a parse. The
//! scan may say yes to a chapter without interest, never no to one with.

use memchr::{memchr, memchr2_iter, memmem};

/// How many runs of fence characters on one line are looked at before giving up and saying yes.
const MAX_RUNS: usize = 16;

/// Whether the text may hold front matter, an annotation, a directive, or a fence whose info string
/// `reads` says yes to. `false` is certain, `true` is not.
pub fn is_of_interest(text: &str, reads: impl FnMut(&str) -> bool) -> bool {
    text.trim_start_matches('\u{feff}').starts_with("---")
        || memmem::find(text.as_bytes(), b"tutor:").is_some()
        || memmem::find(text.as_bytes(), super::directive::OPENING.as_bytes()).is_some()
        || may_hold_fence(text, reads)
}

/// Whether what follows a run of three or more fence characters on its line may be an info string
/// that `reads` says yes to.
fn may_hold_fence(text: &str, mut reads: impl FnMut(&str) -> bool) -> bool {
    let bytes = text.as_bytes();
    let mut run_end = 0;
    let mut line_end = 0;
    let mut runs = 0;
    for start in memchr2_iter(b'`', b'~', bytes) {
        if start < run_end {
            continue;
        }
        let length = bytes[start..].iter().take_while(|&&byte| byte == bytes[start]).count();
        run_end = start + length;
        if length < 3 {
            continue;
        }
        if start >= line_end {
            line_end = memchr(b'\n', &bytes[run_end..]).map_or(bytes.len(), |at| run_end + at);
            runs = 0;
        }
        runs += 1;
        let info = text[run_end..line_end].trim_ascii();
        // Escapes and entities are undone in info strings; rather than undo them, parse.
        if runs > MAX_RUNS || info.contains(['\\', '&']) || reads(info) {
            return true;
        }
    }
    false
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
            &"~~~ ".repeat(1000),
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
