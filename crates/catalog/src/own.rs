//! tutor's own files: cut into models here, read in [`super::entry`].

use std::sync::Arc;

use super::entry::{Entry, line, quoted};
use super::{Catalog, parse};

/// What the facts of all files may quote.
pub(super) const SOURCES: &str = include_str!("models/sources.toml");

/// One file a maker.
pub(super) const FILES: &[&str] = &[
    include_str!("models/ai21.toml"),
    include_str!("models/amazon.toml"),
    include_str!("models/anthropic.toml"),
    include_str!("models/cohere.toml"),
    include_str!("models/deepseek.toml"),
    include_str!("models/google.toml"),
    include_str!("models/meta.toml"),
    include_str!("models/minimax.toml"),
    include_str!("models/mistral.toml"),
    include_str!("models/moonshot.toml"),
    include_str!("models/nvidia.toml"),
    include_str!("models/openai.toml"),
    include_str!("models/qwen.toml"),
    include_str!("models/stability.toml"),
    include_str!("models/twelvelabs.toml"),
    include_str!("models/writer.toml"),
    include_str!("models/xai.toml"),
    include_str!("models/zai.toml"),
];

/// Where a model's table begins.
const MODEL: &str = "\n[model.\"";

/// The catalog of these files.
///
/// # Panics
/// Never in a binary that passed its tests.
pub(super) fn catalog() -> Catalog {
    let sources = Arc::new(parse::sources(SOURCES).expect("the embedded catalog is tested"));
    let mut catalog = Catalog { sources: vec![Arc::clone(&sources)], ..Catalog::default() };
    for text in FILES.iter().flat_map(|file| models(file)) {
        let id = quoted(text).next().unwrap_or_default();
        for other in line(text, "other-ids = ").into_iter().flat_map(quoted) {
            catalog.others.insert(other.to_owned(), id.to_owned());
        }
        catalog.models.insert(id.to_owned(), Entry::unread(text, &sources));
    }
    catalog
}

/// The text of each model.
fn models(file: &'static str) -> impl Iterator<Item = &'static str> {
    let starts = file.match_indices(MODEL).map(|(at, _)| at + 1);
    starts.map(|start| {
        let rest = &file[start..];
        rest.find(MODEL).map_or(rest, |end| &rest[..end])
    })
}
