//! Ruff's parser without its panics. It has places that it takes for unreachable and that broken code
//! reaches (fuzzing found `{)`, a line break and `,`). Such code is code that does not parse, said like
//! any other: nobody sees a panic's words.

use std::cell::Cell;
use std::panic::{catch_unwind, set_hook, take_hook};
use std::sync::Once;

use ruff_python_ast::Mod;
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};

thread_local! {
    static PARSING: Cell<bool> = const { Cell::new(false) };
}

/// What the parser says; `None` if it panics.
pub(super) fn parse(text: &str, options: ParseOptions) -> Option<Parsed<Mod>> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let said = take_hook();
        set_hook(Box::new(move |panic| {
            if !PARSING.get() {
                said(panic);
            }
        }));
    });
    PARSING.set(true);
    let parsed = catch_unwind(|| parse_unchecked(text, options)).ok();
    PARSING.set(false);
    parsed
}
