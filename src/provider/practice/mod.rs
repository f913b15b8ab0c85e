//! Practice: deterministic stand-in models for people without an account.
