//! How much of a text a page shows: no answer makes a page that a browser cannot lay out.

use std::borrow::Cow;

use tutor_catalog::measure::grouped;

/// What a page shows of one text, in bytes. A line of a megabyte takes a browser seconds to lay out.
const LONGEST: usize = 100_000;

/// What a page shows of a name that comes from an answer, in characters.
const LONGEST_NAME: usize = 200;

/// The beginning of `text` that a page shows: all of it, or whole lines of it, or what there is of
/// its one line.
pub(super) fn shown(text: &str) -> &str {
    if text.len() <= LONGEST {
        return text;
    }
    let head = &text[..text.floor_char_boundary(LONGEST)];
    match head.rfind('\n') {
        Some(end) if end > LONGEST / 2 => &head[..end],
        _ => head,
    }
}

/// What stands under a text of which not all is shown, with the book's file that holds all of it.
pub(super) fn note(text: &str, file: &str) -> Option<String> {
    let shown = shown(text);
    (shown.len() < text.len()).then(|| {
        let kilobytes = |bytes: usize| grouped((bytes / 1_000) as u64);
        format!(
            "These are the first {} kB of {} kB. The whole text is in `{file}`.",
            kilobytes(shown.len()),
            kilobytes(text.len())
        )
    })
}

/// A name from an answer, such as a stop reason, cut to a length that a name may have.
pub(super) fn name(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_NAME) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_shown_whole() {
        let text = "a\n".repeat(LONGEST / 2);
        assert_eq!((shown(&text), note(&text, "f")), (text.as_str(), None));
    }

    #[test]
    fn long_texts_end_after_a_line_or_a_letter_and_name_their_file() {
        let lines = "word\n".repeat(30_000);
        assert!(shown(&lines).ends_with("word") && shown(&lines).len() == 99_999);
        let unbroken = format!("a{}", "é".repeat(60_000));
        assert_eq!(shown(&unbroken).len(), 99_999);
        assert_eq!(
            note(&unbroken, "fixtures/a.json").as_deref(),
            Some("These are the first 99 kB of 120 kB. The whole text is in `fixtures/a.json`.")
        );
    }

    #[test]
    fn names_end_somewhere() {
        assert_eq!(name("end_turn"), "end_turn");
        assert_eq!(name(&"é".repeat(300)).chars().count(), LONGEST_NAME + 1);
    }
}
