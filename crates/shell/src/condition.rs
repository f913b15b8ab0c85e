//! `test`, `[ … ]` and `[[ … ]]` over texts that are known.

use super::run::Status;
use super::value::Value;
use tutor_bedrock::found::Reason;

/// Which of the two tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `[ … ]`
    Single,
    /// `[[ … ]]`, whose `=` matches patterns.
    Double,
}

/// The answer, unknown where it depends on files or on something unknown.
pub(super) fn test(words: &[Value], form: Form, line: usize) -> Status {
    if let Some(Value::Unknown(reason)) = words.iter().find(|word| word.as_str().is_none()) {
        return Status::Unknown(reason.clone());
    }
    let texts: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    match answer(&texts, form) {
        Some(true) => Status::Success,
        Some(false) => Status::Failure,
        None => Status::Unknown(Reason { text: "the condition is not known".to_owned(), line: Some(line) }),
    }
}

fn answer(mut words: &[&str], form: Form) -> Option<bool> {
    let mut negated = false;
    while let ["!", rest @ ..] = words
        && !rest.is_empty()
    {
        negated = !negated;
        words = rest;
    }
    plain_answer(words, form).map(|yes| yes != negated)
}

fn plain_answer(words: &[&str], form: Form) -> Option<bool> {
    match words {
        [text] | ["-n", text] => Some(!text.is_empty()),
        ["-z", text] => Some(text.is_empty()),
        [left, "=" | "==", right] if form == Form::Single || !is_pattern(right) => Some(left == right),
        [left, "!=", right] if form == Form::Single || !is_pattern(right) => Some(left != right),
        [left, operator, right] => {
            let (left, right) = (left.parse::<i64>().ok()?, right.parse::<i64>().ok()?);
            match *operator {
                "-eq" => Some(left == right),
                "-ne" => Some(left != right),
                "-lt" => Some(left < right),
                "-le" => Some(left <= right),
                "-gt" => Some(left > right),
                "-ge" => Some(left >= right),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '\\', '('])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(words: &[&str]) -> Option<bool> {
        answer(words, Form::Double)
    }

    #[test]
    fn known_texts_and_numbers_are_compared() {
        assert_eq!(ask(&["-z", ""]), Some(true));
        assert_eq!(ask(&["!", "-n", "a"]), Some(false));
        assert_eq!(ask(&["a", "==", "a"]), Some(true));
        assert_eq!(ask(&["3", "-gt", "2"]), Some(true));
    }

    #[test]
    fn files_and_patterns_are_not_guessed() {
        assert_eq!(ask(&["-f", "a"]), None);
        assert_eq!(ask(&["abc", "==", "a*"]), None);
        assert_eq!(ask(&["a", "-o", "b"]), None);
        assert_eq!(ask(&[]), None);
    }
}
