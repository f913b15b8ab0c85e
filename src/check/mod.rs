//! `tutor check`: what in the course is no longer true, with file and line, offline.
//!
//! In comes a [`Course`](crate::course::Course) with its chapters read ([`chapters`]); every rule of
//! [`RULES`] looks at the [`Material`] and gives [`Finding`]s; [`judge`] decides by book.toml and by
//! the `allow`s of annotations which of them are reported; out comes a [`Verdict`], which [`report`]
//! writes for people, programs and GitHub, and whose mechanical part [`fix`] mends.
//!
//! | file or folder | subject |
//! | --- | --- |
//! | `rules`, `rule/` | the table of rules; one file each |
//! | `material` | chapters, calls and recordings, read once for all rules |
//! | `claim/` | what prose and code claim about models, and what the catalog says to it |
//! | `expect/` | what annotations expect of answers |
//! | `baseline` | what an old book is forgiven |
//! | `settings` | rules that book.toml names must be there |
//! | `judge` | levels, `allow`s, and saying a thing once |
//! | `report/` | one file a format |
//! | `fix` | edits and removals, with a diff first |

pub mod baseline;
pub mod claim;
pub mod expect;
mod finding;
pub mod fix;
mod judge;
mod material;
mod model_ids;
pub mod report;
mod rule;
pub mod rules;
pub mod settings;

use tutor_catalog::Catalog;

pub use crate::config::Level;
pub use finding::{ClaimFacts, FenceId, Finding, Fix, Place};
pub use judge::{Reported, Verdict, judge};
pub use material::{Asked, Chapter, Material, Stored, chapters};
pub use model_ids::ModelId;
pub use rules::{RULES, Rule};

/// Makes ready what every chapter needs: catalog, patterns, schemas. For a thread beside the one that
/// opens the book.
pub fn warm_up(catalog: &'static Catalog) {
    claim::warm_up(catalog);
    tutor_schema::warm_up();
}

/// The known word that a slip of the fingers turns into `word`, if there is one.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase().replace('_', "-");
    known
        .map(|known| (strsim::jaro_winkler(&word, known), known))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.85)
        .map(|(_, known)| known)
}
