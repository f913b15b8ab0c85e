//! `[preprocessor.tutor]` of book.toml.
