//! Chapters in and out.
//!
//! [`chapter`] takes Markdown apart (fences, front matter, annotations, directives) and splices it
//! back; [`render`] draws what goes in: panels, tables and plots, as HTML or plain Markdown.

pub mod chapter;
pub mod render;
