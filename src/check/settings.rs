//! `[preprocessor.tutor.check]` of book.toml: levels of rules, exceptions by path, limits of age.
//!
//! ```toml
//! [preprocessor.tutor.check]
//! recording-practice = "warn"
//! max-age-days = 180
//!
//! [preprocessor.tutor.check.paths."book/history.md"]
//! model-retired = "allow"
//! ```

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::rules::{self, RULES, Rule};
use super::{Level, nearest};

/// Days after which an answer of Amazon Bedrock counts as old.
const MAX_AGE_DAYS: u32 = 180;
/// Days before a model's end of life from which on it is said.
const RETIRING_WITHIN_DAYS: u32 = 90;
/// Days after which the catalog counts as old.
const CATALOG_MAX_AGE_DAYS: u32 = 120;

/// What book.toml says about checking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    levels: Levels,
    /// The longest path first.
    paths: Vec<(PathBuf, Levels)>,
    /// Days after which a recording of Amazon Bedrock is old.
    pub max_age_days: u32,
    /// Days before its end of life from which on a model is retiring.
    pub retiring_within_days: u32,
    /// Days after which the catalog is old.
    pub catalog_max_age_days: u32,
    /// A file of models that are added to the catalog, or stand in the place of its own.
    pub catalog: Option<PathBuf>,
}

type Levels = Vec<(&'static str, Level)>;

impl Default for Settings {
    fn default() -> Self {
        Settings {
            levels: Vec::new(),
            paths: Vec::new(),
            max_age_days: MAX_AGE_DAYS,
            retiring_within_days: RETIRING_WITHIN_DAYS,
            catalog_max_age_days: CATALOG_MAX_AGE_DAYS,
            catalog: None,
        }
    }
}

impl Settings {
    /// The level of a rule's finding about `path`, which is given from the book's folder on: that of
    /// the longest path that holds it, else the book's, else the rule's own.
    pub fn level(&self, rule: &Rule, path: &Path) -> Level {
        let of = |levels: &Levels| levels.iter().find(|(id, _)| *id == rule.id).map(|(_, level)| *level);
        self.paths
            .iter()
            .filter(|(folder, _)| path.starts_with(folder))
            .find_map(|(_, levels)| of(levels))
            .or_else(|| of(&self.levels))
            .unwrap_or(rule.level)
    }
}

/// The keys that are no rules.
const KEYS: [(&str, Key); 5] = [
    ("max-age-days", Key::MaxAge),
    ("retiring-within-days", Key::RetiringWithin),
    ("catalog-max-age-days", Key::CatalogMaxAge),
    ("catalog", Key::Catalog),
    ("paths", Key::Paths),
];

/// A key of the table. An unknown one is refused where it is read, so that the error has its line.
#[derive(Clone, Copy)]
enum Key {
    MaxAge,
    RetiringWithin,
    CatalogMaxAge,
    Catalog,
    Paths,
    Rule(&'static str),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        if let Some((_, key)) = KEYS.iter().find(|(name, _)| *name == word) {
            return Ok(*key);
        }
        let known = || RULES.iter().map(|rule| rule.id).chain(KEYS.map(|(name, _)| name));
        rules::by_id(&word).map(|rule| Key::Rule(rule.id)).ok_or_else(|| unknown(&word, known()))
    }
}

/// The name of a rule.
struct RuleName(&'static str);

impl<'de> Deserialize<'de> for RuleName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = || RULES.iter().map(|rule| rule.id);
        rules::by_id(&word).map(|rule| RuleName(rule.id)).ok_or_else(|| unknown(&word, known()))
    }
}

fn unknown<E: Error>(word: &str, known: impl Iterator<Item = &'static str>) -> E {
    E::custom(match nearest(word, known) {
        Some(near) => format!("`{word}` is no rule of `tutor check`; did you mean `{near}`?"),
        None => format!("`{word}` is no rule of `tutor check`; `tutor check --rules` lists them"),
    })
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SettingsVisitor)
    }
}

struct SettingsVisitor;

impl<'de> Visitor<'de> for SettingsVisitor {
    type Value = Settings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of rules with \"allow\", \"note\", \"warn\" or \"deny\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
        let mut settings = Settings::default();
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::MaxAge => settings.max_age_days = map.next_value()?,
                Key::RetiringWithin => settings.retiring_within_days = map.next_value()?,
                Key::CatalogMaxAge => settings.catalog_max_age_days = map.next_value()?,
                Key::Catalog => settings.catalog = Some(map.next_value()?),
                Key::Paths => settings.paths = map.next_value::<Paths>()?.0,
                Key::Rule(id) => settings.levels.push((id, map.next_value()?)),
            }
        }
        settings.paths.sort_by_key(|(path, _)| std::cmp::Reverse(path.components().count()));
        Ok(settings)
    }
}

/// The table `paths`.
struct Paths(Vec<(PathBuf, Levels)>);

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let paths = indexmap::IndexMap::<PathBuf, LevelTable>::deserialize(deserializer)?;
        Ok(Paths(paths.into_iter().map(|(path, levels)| (path, levels.0)).collect()))
    }
}

/// Rules with their levels and nothing else.
struct LevelTable(Levels);

impl<'de> Deserialize<'de> for LevelTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = LevelTable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                SettingsVisitor.expecting(f)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LevelTable, A::Error> {
                let mut levels = Vec::new();
                while let Some(RuleName(id)) = map.next_key()? {
                    levels.push((id, map.next_value()?));
                }
                Ok(LevelTable(levels))
            }
        }
        deserializer.deserialize_map(Table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str) -> &'static Rule {
        rules::by_id(id).expect("a rule")
    }

    #[test]
    fn the_longest_path_that_holds_a_file_decides() {
        let settings: Settings = toml::from_str(
            "price-wrong = \"warn\"\nmax-age-days = 30\n[paths.\"book/old\"]\nprice-wrong = \"allow\"\n\
             [paths.\"book/old/new.md\"]\nprice-wrong = \"deny\"\n",
        )
        .expect("settings");
        let level = |path: &str| settings.level(rule("price-wrong"), Path::new(path));
        assert_eq!(level("book/a.md"), Level::Warn);
        assert_eq!(level("book/old/a.md"), Level::Allow);
        assert_eq!(level("book/old/new.md"), Level::Deny);
        assert_eq!(level("book/older/a.md"), Level::Warn, "a folder is no prefix of letters");
        assert_eq!(settings.max_age_days, 30);
        assert_eq!(settings.level(rule("model-legacy"), Path::new("x")), rule("model-legacy").level);
    }

    #[test]
    fn what_is_misspelt_is_refused_on_its_line() {
        for (text, words, line) in [
            ("price-wrong = \"warn\"\nprice-wrnog = \"warn\"\n", "did you mean `price-wrong`?", 2),
            ("\nmax-age = 3\n", "did you mean `max-age-days`?", 2),
            ("umbrella = \"warn\"\n", "`tutor check --rules` lists them", 1),
            ("price-wrong = \"wran\"\n", "unknown variant `wran`", 1),
            ("[paths.\"a\"]\nmax-age-days = 3\n", "`max-age-days` is no rule", 2),
        ] {
            let error = toml::from_str::<Settings>(text).expect_err("refused");
            assert!(error.message().contains(words), "{text}: {}", error.message());
            let at = error.span().expect("a place").start;
            assert_eq!(text[..at].matches('\n').count() + 1, line, "{text}");
        }
    }
}
