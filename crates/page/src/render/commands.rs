//! Commands in wrapped text: never broken, so that whoever copies one gets all of it.

/// Stands for a space that no line may break at. It is nobody's character: private use.
const SPACE: char = '\u{e000}';

/// A text in which no wrapping breaks a command of tutor's. [`released`] gives it back as it was.
pub fn held(text: &str) -> String {
    if !text.contains("tutor ") {
        return text.to_owned();
    }
    text.split_inclusive('\n').map(line).collect()
}

/// The text again, after it was wrapped.
pub fn released(text: &str) -> String {
    text.replace(SPACE, " ")
}

fn line(line: &str) -> String {
    let words = words(line);
    let mut out = String::with_capacity(line.len());
    let mut left = 0;
    for (at, word) in words.iter().enumerate() {
        // What is quoted in a command is one word, with the spaces in it.
        let is_quoted = left > 0 && word.contains(['\'', '"']);
        out += &if is_quoted { word.replace(' ', &SPACE.to_string()) } else { (*word).to_owned() };
        if at + 1 == words.len() {
            break;
        }
        let begins = word.trim_start_matches(['`', '(', '“']) == "tutor";
        left = if begins { arguments(&words[at + 1..]) } else { left.saturating_sub(1) };
        out.push(if left > 0 { SPACE } else { ' ' });
    }
    out
}

/// Words as a shell has them: what is quoted is one.
fn words(line: &str) -> Vec<&str> {
    let (mut words, mut from, mut quote) = (Vec::new(), 0, None);
    for (at, c) in line.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            // An apostrophe within a word is none.
            None if matches!(c, '\'' | '"') && (at == from || line[..at].ends_with('=')) => quote = Some(c),
            None if c == ' ' => {
                words.push(&line[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    words.push(&line[from..]);
    words
}

/// How many of the words behind `tutor` belong to the command.
fn arguments(words: &[&str]) -> usize {
    let mut count = 0;
    for (at, word) in words.iter().enumerate() {
        let is_after_option = at > 0 && words[at - 1].starts_with("--");
        let is_name = |word: &&str| {
            word.starts_with(['-', '\'', '"', '/', '.'])
                || word.trim_end_matches(['.', ',', ';', ':', ')', '`']).contains(['/', '.', '#', '*', '-'])
                || word.chars().all(|c| c.is_ascii_uppercase() || "[]…".contains(c)) && !word.is_empty()
        };
        let is_verb = at == 0;
        let is_plain = at == 1 && words.get(at + 1).is_none_or(&is_name);
        if !(is_verb || is_name(word) || is_after_option || is_plain) {
            break;
        }
        count += 1;
        if word.trim_end().ends_with(['.', ',', ';', ':', ')', '`', '?']) {
            break;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_word_and_the_rest_of_the_sentence_is_not() {
        for (text, held_words) in [
            ("record it: tutor record --practice --accept first-question", 3),
            ("record it: tutor record --accept --book '/a long/path of mine'", 3),
            ("tutor run streaming --hint; or look at its page", 6),
            ("list all words: tutor explain", 4),
            ("tutor is part of the book", 5),
            ("see `tutor check --rules` for all", 4),
            ("ask for another: tutor serve --port 0 takes any that is free", 9),
            ("nothing of that kind's here", 5),
        ] {
            let held = held(text);
            assert_eq!(released(&held), text);
            assert_eq!(held.split(' ').count(), held_words, "{held:?}");
        }
    }
}
