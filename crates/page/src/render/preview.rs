//! What an answer begins with.

use pulldown_cmark::{Event, Options, Parser, TagEnd};

use super::view::{Outcome, Piece, RecordedView};
use tutor_bedrock::family::Data;
use tutor_catalog::measure::grouped;

/// What an answer begins with, in one line of at most `limit` characters.
pub(super) fn preview(recorded: &RecordedView, limit: usize) -> String {
    let Outcome::Answer(pieces) = &recorded.outcome else {
        let Outcome::Error(error) = &recorded.outcome else { return String::new() };
        return format!("{} {}", error.status, error.kind);
    };
    let text = pieces
        .iter()
        .find_map(|piece| match piece {
            Piece::Text(text) | Piece::Refusal(text) => Some(text.clone()),
            Piece::ToolUse { name, .. } => Some(format!("calls {name}")),
            Piece::Image(_) => Some("image".to_owned()),
            Piece::Embedding(vector) => Some(format!("vector of {} numbers", grouped(vector.len() as u64))),
            Piece::Data { what: Data::Ranking | Data::Answer, value } => Some(value.to_compact()),
            Piece::Reasoning(_) | Piece::Data { .. } => None,
        })
        .unwrap_or_default();
    first_words(&text, limit)
}

fn is_inline(end: TagEnd) -> bool {
    matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

/// The beginning of `text` in one line, cut at a word, without Markdown's signs. A dot parts a heading from what follows.
fn first_words(text: &str, limit: usize) -> String {
    let mut out = String::new();
    // Enough for any preview, so that a long answer costs no more than a short one.
    let head: String = text.chars().take(limit * 8).collect();
    let mut plain = String::new();
    for event in Parser::new_ext(&head, Options::ENABLE_TABLES) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                plain.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            Event::End(TagEnd::Heading(_)) => plain.push_str(" · "),
            Event::End(end) if !is_inline(end) => plain.push(' '),
            _ => {}
        }
    }
    for (index, word) in plain.trim_end_matches(" · ").split_whitespace().enumerate() {
        if out.chars().count() + word.chars().count() + 1 > limit {
            if index == 0 {
                out.extend(word.chars().take(limit));
            }
            out.push('…');
            break;
        }
        if index > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_are_words_cut_at_a_word() {
        assert_eq!(first_words("one two  three\nfour", 12), "one two…");
        assert_eq!(first_words("## A **title**, *so*\n\n- one", 20), "A title, so · one");
        assert_eq!(first_words("# Alone", 20), "Alone");
        assert_eq!(first_words("unbreakable", 4), "unbr…");
    }
}
