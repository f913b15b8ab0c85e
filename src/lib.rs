//! `tutor` keeps a course about Amazon Bedrock true.
//!
//! One road leads through this house, and every room is one step of it:
//!
//! ```text
//! text of a chapter → fences → calls → answers → measurements → panels → text of the chapter
//!      chapter       snippet  bedrock  provider     measure      render        chapter
//! ```
//!
//! | room | what it does |
//! | --- | --- |
//! | [`chapter`] | Markdown in and out: fences, front matter, annotations, directives, splicing |
//! | [`snippet`] | reads the calls out of a fence, without running it |
//! | [`bedrock`] | what a call, a key and an answer are; every model family's dialect; no I/O |
//! | [`provider`] | who answers a call: recordings (replay), stand-in models (practice), Bedrock (live) |
//! | [`recording`] | the recordings on disk: format, store, pending |
//! | [`catalog`] | what is known about models: family, prices, limits, lifecycle, with sources |
//! | [`measure`] | latency, tokens and money, and how answers compare |
//! | [`review`] | what waits for a maintainer's word, and what it changes |
//! | [`capture`] | runs a chapter's own code, and sees what it asks, prints and draws |
//! | [`process`] | where Python is, and how a script ends with everything it started |
//! | [`endpoint`] | Bedrock Runtime on loopback, for scripts that run unmodified |
//! | [`render`] | panels, tables and plots, as HTML or plain Markdown |
//! | [`compare`] | the challenge's answer in Rust: one prompt to several models, side by side |
//! | [`challenge`] | a chapter's exercise, run on the learner's own script and judged by what it does |
//! | [`course`] | the road itself: a book in, a book with answers out |
//! | [`check`] | what in the course is no longer true: rules, claims, expectations, report formats |
//! | [`config`] | `[preprocessor.tutor]` of book.toml |
//! | [`setup`] | adds tutor to a book, and says what is wrong with a set-up |
//! | [`cli`] | the `tutor` command, one file a verb |
//!
//! Dependencies run one way: `bedrock` knows nobody; `snippet`, `recording`, `catalog` and
//! `measure` know `bedrock`; `provider` and `render` know those; `endpoint`, `capture` and
//! `challenge` stand on them; `course` joins them for `cli`.

pub mod bedrock;
pub mod capture;
pub mod catalog;
pub mod challenge;
pub mod chapter;
pub mod check;
pub mod cli;
pub mod compare;
pub mod config;
pub mod course;
pub mod endpoint;
pub mod measure;
pub mod problem;
pub mod process;
pub mod provider;
pub mod recording;
pub mod render;
pub mod review;
pub mod setup;
pub mod snippet;
