//! Estimated tokens, and where an answer is cut.
//!
//! The rule is that of [`estimated_tokens`]: one token for every four characters of a word begun.

use tutor_bedrock::Json;
use tutor_bedrock::family::{Part, Stop, estimated_tokens};

/// The estimated tokens of `text`.
pub(super) fn of_text(text: &str) -> u64 {
    estimated_tokens(text).len() as u64
}

/// The estimated tokens of a part of an answer. Media have none.
pub(super) fn of_part(part: &Part) -> u64 {
    match part {
        Part::Text(text) | Part::Reasoning(text) => of_text(text),
        Part::ToolUse { name, input: Json::String(text) } => of_text(name) + of_text(text),
        Part::ToolUse { name, input } => of_text(name) + of_text(&input.to_compact()),
        Part::Image { .. } | Part::Embedding(_) | Part::Refusal(_) | Part::Data { .. } => 0,
    }
}

/// As much of `text` as the limit and the stop sequences allow, and which of them ended it.
pub(super) fn cut<'a>(text: &'a str, max_tokens: Option<u64>, stop: &[String]) -> (&'a str, Stop) {
    let limit = max_tokens.map_or(text.len(), |tokens| end_of(text, tokens));
    let sequence = stop
        .iter()
        .filter(|sequence| !sequence.is_empty())
        .filter_map(|sequence| Some((text.find(sequence.as_str())?, sequence)))
        .min_by_key(|(at, sequence)| (*at, sequence.len()));
    match sequence {
        Some((at, sequence)) if at <= limit => (&text[..at], Stop::Sequence(sequence.clone())),
        _ if limit < text.len() => (&text[..limit], Stop::Length),
        _ => (text, Stop::End),
    }
}

/// Where the first `tokens` tokens end.
fn end_of(text: &str, tokens: u64) -> usize {
    let all = estimated_tokens(text);
    match usize::try_from(tokens) {
        Ok(tokens) if tokens < all.len() => all[..tokens].iter().map(|token| token.len()).sum(),
        _ => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_texts_have_exactly_the_tokens_of_the_limit() {
        let text = "Föhn winds, extraordinary ones, blow.\n\nOften.";
        let all = of_text(text);
        for limit in 0..all {
            let (cut, stop) = cut(text, Some(limit), &[]);
            assert_eq!((of_text(cut), stop), (limit, Stop::Length));
        }
        assert_eq!(cut(text, Some(all), &[]), (text, Stop::End));
    }

    #[test]
    fn what_comes_first_ends_the_text() {
        let stop = ["three".to_owned(), String::new(), "two".to_owned()];
        assert_eq!(cut("one two three", None, &stop), ("one ", Stop::Sequence("two".into())));
        assert_eq!(cut("one two three", Some(1), &stop[..1]), ("one", Stop::Length));
        assert_eq!(cut("one four", None, &stop), ("one four", Stop::End));
    }
}
