//! A model that is read when it is first asked for.
//!
//! A check of a chapter meets a handful of models and an endpoint one or two; a document of all of them
//! costs several milliseconds and as many megabytes.

use std::sync::{Arc, OnceLock};

use super::{Model, Sources, parse};

/// A model, or the text it is read from.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    model: OnceLock<Model>,
    text: Option<Text>,
}

/// One model of tutor's own files.
#[derive(Debug, Clone)]
struct Text {
    text: &'static str,
    /// What its facts may quote.
    sources: Arc<Sources>,
}

impl Entry {
    /// A model that was read already.
    pub(super) fn read(model: Model) -> Self {
        Entry { model: OnceLock::from(model), text: None }
    }

    /// One model's table in a file of tutor's own.
    pub(super) fn unread(text: &'static str, sources: &Arc<Sources>) -> Self {
        Entry { model: OnceLock::new(), text: Some(Text { text, sources: Arc::clone(sources) }) }
    }

    /// The model.
    ///
    /// # Panics
    /// Never in a binary that passed its tests: only tutor's own models are read here.
    pub(super) fn model(&self) -> &Model {
        self.model.get_or_init(|| {
            let text = self.text.as_ref().expect("an entry without a model has a text");
            parse::one(text.text, &text.sources).expect("the embedded catalog is tested")
        })
    }

    /// Its name and its aliases, without reading the rest.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let (read, text) = match (self.model.get(), &self.text) {
            (Some(model), _) => (Some(model), ""),
            (None, text) => (None, text.as_ref().map_or("", |text| text.text)),
        };
        let read = read.into_iter().flat_map(|model| {
            std::iter::once(model.name.as_str()).chain(model.aliases.iter().map(String::as_str))
        });
        let lines = ["name = ", "aliases = "].into_iter().filter_map(|key| line(text, key));
        read.chain(lines.flat_map(quoted))
    }
}

/// What stands behind a key that begins a line.
pub(super) fn line<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(key))
}

/// The strings of a line of TOML that has no escapes, as tutor's own files are written.
pub(super) fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}
