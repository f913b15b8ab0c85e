//! What book.toml says of rules must be of rules that are there.

use std::path::Path;

use super::{nearest, rules};
use crate::config::{CHECK_KEYS, CheckSettings, FILE, line_of_key};
use crate::problem::Problem;

/// Refuses names in `[preprocessor.tutor.check]` that are no rule's, and what is no level, on its line.
///
/// # Errors
/// The first of them.
pub fn refuse_unknown(settings: &CheckSettings, root: &Path) -> Result<(), Box<Problem>> {
    if let Some(file) = settings.files.iter().find(|file| !root.join(file).is_file()) {
        let at = line_of_key(root, "files");
        let problem = Problem::error(FILE, at, format!("`files` names {}, which is no file", file.display()));
        return Err(Box::new(problem.help("name files from the folder of book.toml on")));
    }
    let wrong = |(name, level): &(&str, _)| rules::by_id(name).is_none() || Option::is_none(level);
    let Some((word, _)) = settings.rules().find(wrong) else { return Ok(()) };
    let at = line_of_key(root, word);
    if rules::by_id(word).is_some() {
        let problem = Problem::error(FILE, at, format!("what is said of the rule `{word}` is no level"));
        return Err(Box::new(problem.help("write \"allow\", \"note\", \"warn\" or \"deny\"")));
    }
    let known = rules::RULES.iter().map(|rule| rule.id).chain(CHECK_KEYS);
    let problem = Problem::error(FILE, at, format!("`{word}` is no rule of `tutor check`"));
    Err(Box::new(problem.help(match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`tutor check --rules` lists them".to_owned(),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misspelt_is_refused_on_its_line() {
        let dir = tempfile::tempdir().expect("a folder");
        for (text, words, line) in [
            ("price-wrong = \"warn\"\nprice-wrnog = \"warn\"\n", "did you mean `price-wrong`?", 2),
            ("\nmax-age = 3\n", "did you mean `max-age-days`?", 2),
            ("umbrella = \"warn\"\n", "`tutor check --rules` lists them", 1),
            ("price-wrong = \"wran\"\n", "\"allow\", \"note\"", 1),
            ("[paths.\"a\"]\nmax-age-days = 3\n", "did you mean `max-age-days`", 2),
        ] {
            std::fs::write(dir.path().join(FILE), text).expect("written");
            let settings: CheckSettings = toml::from_str(text).expect(text);
            let problem = refuse_unknown(&settings, dir.path()).expect_err("refused");
            assert!(problem.help.as_deref().unwrap_or_default().contains(words), "{text}: {problem:?}");
            assert_eq!(problem.line, Some(line), "{text}");
        }
        let settings = toml::from_str("price-wrong = \"warn\"\nmax-age-days = 3\n").expect("settings");
        assert!(refuse_unknown(&settings, dir.path()).is_ok());
    }
}
