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
//!
//! Which rules there are is the check's business: it refuses names that are none.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Level;

/// Days after which an answer of Amazon Bedrock counts as old.
const MAX_AGE_DAYS: u32 = 180;
/// Days before a model's end of life from which on it is said.
const RETIRING_WITHIN_DAYS: u32 = 90;
/// Days after which the catalog counts as old.
const CATALOG_MAX_AGE_DAYS: u32 = 120;

/// What book.toml says about checking.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct CheckSettings {
    /// Days after which a recording of Amazon Bedrock is old.
    pub max_age_days: u32,
    /// Days before its end of life from which on a model is retiring.
    pub retiring_within_days: u32,
    /// Days after which the catalog is old.
    pub catalog_max_age_days: u32,
    /// A file of models that are added to the catalog, or stand in the place of its own.
    pub catalog: Option<PathBuf>,
    /// Files beside the chapters whose model ids count as the book's: YAML, TOML, JSON or any text.
    pub files: Vec<PathBuf>,
    paths: IndexMap<PathBuf, Levels>,
    /// Whatever else the table says is a level of a rule.
    #[serde(flatten)]
    levels: Levels,
}

/// What is said of rules; `None` where it is no level.
type Levels = IndexMap<String, Said>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
struct Said(Option<Level>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Level(Level),
    Else(IgnoredAny),
}

impl From<Written> for Said {
    fn from(written: Written) -> Self {
        match written {
            Written::Level(level) => Said(Some(level)),
            Written::Else(_) => Said(None),
        }
    }
}

impl Default for CheckSettings {
    fn default() -> Self {
        CheckSettings {
            levels: Levels::new(),
            paths: IndexMap::new(),
            max_age_days: MAX_AGE_DAYS,
            retiring_within_days: RETIRING_WITHIN_DAYS,
            catalog_max_age_days: CATALOG_MAX_AGE_DAYS,
            catalog: None,
            files: Vec::new(),
        }
    }
}

/// The keys of the table that are no rules.
pub const CHECK_KEYS: [&str; 6] =
    ["max-age-days", "retiring-within-days", "catalog-max-age-days", "catalog", "files", "paths"];

impl CheckSettings {
    /// The level of a rule's finding about `path`, which is given from the book's folder on: that of
    /// the longest path that holds it, else the book's, else `own`, the rule's.
    pub fn level(&self, rule: &str, own: Level, path: &Path) -> Level {
        let of_path = self
            .paths
            .iter()
            .filter(|(folder, levels)| path.starts_with(folder) && levels.contains_key(rule))
            .max_by_key(|(folder, _)| folder.components().count());
        let levels = of_path.map_or(&self.levels, |(_, levels)| levels);
        levels.get(rule).and_then(|said| said.0).unwrap_or(own)
    }

    /// Every name that is said to be a rule's, with its level if that is one.
    pub fn rules(&self) -> impl Iterator<Item = (&str, Option<Level>)> {
        let all = self.levels.iter().chain(self.paths.values().flatten());
        all.map(|(name, said)| (name.as_str(), said.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_path_that_holds_a_file_decides() {
        let settings: CheckSettings = toml::from_str(
            "price-wrong = \"warn\"\nmax-age-days = 30\n[paths.\"book/old\"]\nprice-wrong = \"allow\"\n\
             [paths.\"book/old/new.md\"]\nprice-wrong = \"deny\"\n",
        )
        .expect("settings");
        let level = |path: &str| settings.level("price-wrong", Level::Note, Path::new(path));
        assert_eq!(level("book/a.md"), Level::Warn);
        assert_eq!(level("book/old/a.md"), Level::Allow);
        assert_eq!(level("book/old/new.md"), Level::Deny);
        assert_eq!(level("book/older/a.md"), Level::Warn, "a folder is no prefix of letters");
        assert_eq!(settings.max_age_days, 30);
        assert_eq!(settings.level("model-legacy", Level::Note, Path::new("x")), Level::Note);
    }
}
