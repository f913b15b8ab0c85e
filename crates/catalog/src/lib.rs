//! What is known about models: family, prices, limits, features, lifecycle, each with its source.
//!
//! In come the files of `models/`, embedded in the binary, one a maker; out come [`Model`]s by the ids
//! people write, each read when it is first asked for. Nothing here guesses: what the files do not say is
//! `None`. Successors are AWS's word only; what a course recommends is the course's business.

mod entry;
pub mod listing;
pub mod measure;
mod model;
mod own;
mod parse;
pub mod price;
pub mod refresh;
pub mod rules;

#[cfg(test)]
mod facts_test;

use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use jiff::civil::Date;

pub use model::{Access, Features, Lifecycle, LifecycleState, Modalities, Model, Notice, Sourced};
pub use parse::{CatalogError, CatalogProblem};
pub use price::{ImagePrice, Price, Rates, Terms, Tier};

use entry::Entry;
use tutor_bedrock::family::{self, Family};
use tutor_bedrock::model_id;

/// Sources by the names that facts quote them by, in their file's order.
type Sources = IndexMap<String, Source>;

/// All models tutor knows.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// By bare model id, in the files' order.
    models: IndexMap<String, Entry>,
    /// Bare ids of models by their other ids.
    others: IndexMap<String, String>,
    /// What each of the files names, in their order.
    sources: Vec<Arc<Sources>>,
}

/// A page or package that facts were read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it is, as facts quote it.
    pub title: String,
    /// Where it is.
    pub url: Option<String>,
    /// The day it was read.
    pub read: Date,
}

impl Catalog {
    /// The catalog that tutor comes with.
    ///
    /// # Panics
    /// Never in a binary that passed its tests: they read every model of it.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Catalog> = LazyLock::new(own::catalog);
        &EMBEDDED
    }

    /// Reads a catalog file.
    ///
    /// # Errors
    /// Names the line of the first thing that is unknown, malformed or contradicts itself.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        parse::parse(text)
    }

    /// The model behind an id as people write it: bare, profile, ARN, or another of its ids.
    pub fn model(&self, id: &str) -> Option<&Model> {
        let bare = model_id::bare(id);
        let entry = self.models.get(bare).or_else(|| self.models.get(self.others.get(bare)?));
        entry.map(Entry::model)
    }

    /// The dialect of the model behind an id: what its entry says, else what its name tells.
    pub fn family(&self, id: &str) -> Option<&'static dyn Family> {
        self.model(id).and_then(|model| family::by_id(&model.family)).or_else(|| family::of_model(id))
    }

    /// The model of this id, name or alias, whatever its capitals.
    pub fn named(&self, word: &str) -> Option<&Model> {
        let is = |name: &str| name.eq_ignore_ascii_case(word.trim());
        self.model(word)
            .or_else(|| self.names().find(|(_, name)| is(name)).and_then(|(id, _)| self.model(id)))
    }

    /// The id that is most like a word that is none, if one is near.
    pub fn nearest(&self, word: &str) -> Option<&str> {
        let near = self.models.keys().map(|id| (strsim::jaro_winkler(id, word), id.as_str()));
        near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(likeness, _)| *likeness > 0.85).map(|(_, id)| id)
    }

    /// Every model's name and then its aliases, each with the model's id, in the files' order.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.models.iter().flat_map(|(id, entry)| entry.names().map(move |name| (id.as_str(), name)))
    }

    /// Every model's bare id, in the files' order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.models.keys().map(String::as_str)
    }

    /// Every model, in the files' order.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.values().map(Entry::model)
    }

    /// Every source, in the files' order.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().flat_map(|sources| sources.values())
    }

    /// Every source with the name facts quote it by, in the files' order.
    pub fn sources_by_name(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.sources.iter().flat_map(|sources| sources.iter().map(|(name, source)| (name.as_str(), source)))
    }

    /// This catalog with the models of another one added, or in the place of its own.
    #[must_use]
    pub fn overlaid(&self, over: Catalog) -> Self {
        let mut catalog = self.clone();
        catalog.models.extend(over.models);
        catalog.others.extend(over.others);
        catalog.sources.extend(over.sources);
        catalog
    }

    /// The first model along AWS's named successors that is not retired on `today`; `None` if AWS
    /// names none, or all of them are retired.
    pub fn living_successor(&self, model: &Model, today: Date) -> Option<&Model> {
        let mut next = self.named_successor(model)?;
        // A chain cannot be longer than the catalog; a ring would be.
        for _ in 0..self.models.len() {
            if next.state_on(today) != LifecycleState::Retired {
                return Some(next);
            }
            next = self.named_successor(next)?;
        }
        None
    }

    /// The model that AWS names as the next one, whatever its state.
    fn named_successor(&self, model: &Model) -> Option<&Model> {
        self.model(model.lifecycle.as_ref()?.successor.as_deref()?)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// A catalog of models `a`, `b`, …, each with the lifecycle given.
    fn chain(lifecycles: &[(&str, &str)]) -> Catalog {
        let models = lifecycles.iter().map(|(id, lifecycle)| {
            let dates = match *lifecycle {
                "" => String::new(),
                facts => format!("lifecycle = {{ {facts}, source = \"s\" }}\n"),
            };
            format!(
                "[model.{id}]\nname = \"M\"\nprovider = \"P\"\nfamily = \"nova\"\ninput = [\"text\"]\n\
                 output = [\"text\"]\naccess = \"on-demand\"\n{dates}"
            )
        });
        let text = format!("[source.s]\ntitle = \"S\"\nread = 2026-01-01\n{}", models.collect::<String>());
        Catalog::parse(&text).expect("a catalog")
    }

    fn living<'c>(catalog: &'c Catalog, id: &str) -> Option<&'c str> {
        let model = catalog.model(id).expect("the model");
        catalog.living_successor(model, date(2026, 11, 22)).map(|model| model.id.as_str())
    }

    #[test]
    fn the_chain_is_walked_to_the_first_model_that_lives() {
        let catalog = chain(&[
            ("a", "eol = 2024-01-01, successor = \"b\""),
            ("b", "eol = 2025-01-01, successor = \"c\""),
            ("c", "legacy = 2026-01-01, eol = 2027-01-01, successor = \"d\""),
            ("d", ""),
        ]);
        assert_eq!(living(&catalog, "a"), Some("c"), "legacy still answers");
        assert_eq!(living(&catalog, "c"), Some("d"));
        assert_eq!(living(&catalog, "d"), None);
    }

    #[test]
    fn a_chain_that_ends_in_retired_models_has_no_living_one() {
        let catalog = chain(&[
            ("a", "eol = 2024-01-01, successor = \"b\""),
            ("b", "eol = 2025-01-01"),
            ("unknown-next", "eol = 2025-01-01, successor = \"nowhere\""),
            ("x", "eol = 2024-01-01, successor = \"y\""),
            ("y", "eol = 2024-01-01, successor = \"x\""),
        ]);
        assert_eq!(living(&catalog, "a"), None);
        assert_eq!(living(&catalog, "unknown-next"), None);
        assert_eq!(living(&catalog, "x"), None, "a ring ends too");
    }

    #[test]
    fn the_own_files_say_the_same_as_a_whole() {
        let whole = own::FILES.iter().fold(own::SOURCES.to_owned(), |all, file| all + file);
        let (whole, embedded) = (Catalog::parse(&whole).unwrap(), Catalog::embedded());
        assert!(whole.names().eq(embedded.names()), "names are found without reading a model");
        assert!(whole.models().eq(embedded.models()));
        assert!(whole.sources().eq(embedded.sources()));
        assert_eq!(whole.others, embedded.others);
    }

    #[test]
    fn a_model_is_found_by_any_id_people_write() {
        let catalog = Catalog::embedded();
        let bare = catalog.model("amazon.nova-lite-v1:0");
        assert!(bare.is_some());
        assert_eq!(catalog.model("us.amazon.nova-lite-v1:0"), bare);
        assert_eq!(catalog.model("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"), bare);
        assert_eq!(
            catalog
                .model("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0"),
            bare
        );
        assert_eq!(catalog.model("amazon.nova-nothing-v1:0"), None);
    }
}
