//! Markdown in and out.
//!
//! In comes the text of a chapter; out comes a [`Chapter`]: front matter, fences with their
//! annotations, directives, and diagnostics, all with their places. Back go [`Splice`]s, made by
//! [`Place`]s; every byte outside them stays, and [`Spliced::original`] is the input again.
//!
//! | file | subject |
//! | --- | --- |
//! | `parse` | one walk over the Markdown events finds everything |
//! | `fence`, `annotation`, `directive`, `front_matter` | what is found |
//! | `place`, `splice` | how something gets into the text |
//! | `include` | `{{#include}}` and its kin expanded as mdBook does, lines mapped back |
//! | `interest` | a cheap look whether a chapter needs any of this |
//!
//! Markdown is parsed with mdBook's own options. This room knows no other: which languages are read,
//! what a directive shows and how it looks is decided elsewhere.

mod annotation;
mod diagnostic;
mod directive;
mod fence;
mod front_matter;
pub mod include;
mod interest;
mod parse;
mod place;
mod splice;

use std::path::Path;

pub use annotation::{
    Allow, AllowedBlock, Annotation, ChallengeMark, EXPECTATIONS, Expectation, Settings, Show, Skip,
    keys as annotation_keys,
};
pub use diagnostic::Diagnostic;
pub use directive::{Directive, Verb};
pub use fence::Fence;
pub use front_matter::{FrontMatter, FrontMatterValue};
pub use interest::is_of_interest;
pub use parse::Chapter;
pub use place::{MARK, Place};
pub use splice::{Splice, SpliceError, Spliced, splice};

/// A chapter's path below the sources without `.md`, with `/` on every system.
pub fn stem(path: &Path) -> String {
    let without = path.with_extension("");
    let parts: Vec<_> = without.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod properties;
