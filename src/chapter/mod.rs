//! Markdown in and out.
//!
//! In comes the text of a chapter; out come its [`Chapter`]: fences, front matter, annotations and
//! directives with their places. Back go [`Splice`]s, and every byte outside them stays.
