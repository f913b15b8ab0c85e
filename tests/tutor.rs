//! Whole-project tests: each makes a book in a temporary folder, runs the real binaries on it, and
//! looks at what is there afterwards.

mod bad_input;
mod browser;
mod build;
mod chain;
mod challenge;
mod check;
mod compare;
mod course;
mod course_proof;
mod differential;
mod endpoint;
mod hostile;
mod import;
mod layers;
mod list;
mod live;
mod local;
mod naming;
#[cfg(unix)]
mod packaging;
mod project;
mod protocol;
mod real_mdbook;
mod record;
mod replacing;
mod review;
mod setup;
mod shapes;
mod splicing;
#[cfg(unix)]
mod terminals;
