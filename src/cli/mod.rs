//! The `tutor` command, one file a verb.
