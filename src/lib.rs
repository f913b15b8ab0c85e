//! `tutor` keeps a course about Amazon Bedrock true.
//!
//! One road leads through this house:
//!
//! ```text
//! text of a chapter → fences → calls → answers → measurements → panels → text of the chapter
//! ```
//!
//! Its lower floors are crates, which know only what stands below them:
//!
//! | crate | what it does |
//! | --- | --- |
//! | [`tutor_bedrock`] | what a call, a key and an answer are; every model family's dialect; no I/O, knows nobody |
//! | [`tutor_schema`] | bodies of requests held against their schemas |
//! | [`tutor_catalog`] | what is known about models: prices, limits, lifecycle, with sources; measures |
//! | [`tutor_python`] | reads the calls out of Python fences, without running them |
//! | [`tutor_shell`] | reads them out of shell and request fences |
//! | [`tutor_recording`] | the recordings on disk: format, store, pending |
//! | [`tutor_import`] | other people's recordings: cassettes, HAR files, logs, batch outputs |
//! | [`tutor_page`] | Markdown in and out; panels, tables and plots |
//! | [`tutor_provider`] | who answers: recordings (replay), stand-in models (practice); the ledger |
//! | [`tutor_live`] | Amazon Bedrock through the AWS SDK |
//! | [`tutor_endpoint`] | Bedrock Runtime on loopback, for scripts that run unmodified |
//!
//! What joins them stands here:
//!
//! | room | what it does |
//! | --- | --- |
//! | [`course`] | the road itself: a book in, a book with answers out |
//! | [`review`] | what waits for a maintainer's word, and what it changes |
//! | [`capture`] | runs a chapter's own code, and sees what it asks, prints and draws |
//! | [`process`] | where Python is, and how a script ends with everything it started |
//! | [`importer`] | brings in answers that others recorded |
//! | [`compare`] | one prompt to several models, side by side |
//! | [`challenge`] | a chapter's exercise, run on the learner's own script and judged by what it does |
//! | [`check`] | what in the course is no longer true: rules, claims, expectations, report formats |
//! | [`models`] | which catalog holds: tutor's own, or a book's over it |
//! | [`config`] | `[preprocessor.tutor]` of book.toml |
//! | [`setup`] | adds tutor to a book, and says what is wrong with a set-up |
//! | `clean` | what comes from outside, made harmless on a terminal |
//! | [`problem`] | what is wrong with the material, as people are told |
//! | [`cli`] | the `tutor` command, one file a verb |

pub mod capture;
pub mod challenge;
pub mod check;
mod clean;
pub mod cli;
pub mod compare;
pub mod config;
pub mod course;
mod explain;
pub mod importer;
mod junit;
pub mod models;
pub mod problem;
pub mod process;
pub mod review;
pub mod serve;
pub mod setup;
