//! Setting tutor up in an mdBook, and saying what is wrong with a set-up.
//!
//! In comes the folder of a book. [`new`] makes one where there is none. [`init`] plans what is missing there, in [`book_toml`] and beside
//! it, and carries the plan out; nothing that stands there is overwritten or lost. [`doctor`] looks
//! at a set-up check by check and changes nothing. Both read book.toml as mdBook does and leave the
//! rules for tutor's own table to [`crate::config`].

pub mod book_toml;
pub mod doctor;
mod git;
pub mod init;
pub mod new;

pub use crate::course::advice::quoted;
