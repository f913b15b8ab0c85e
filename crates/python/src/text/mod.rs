//! Values as text: `repr`, `str`, format specs, `%` and `str.format`.

pub(super) mod format;
pub(super) mod number;
pub(super) mod percent;
pub(super) mod repr;
pub(super) mod template;

use std::fmt::Write as _;

/// Writes into a string, which cannot fail.
pub(super) fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
