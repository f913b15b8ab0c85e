//! The name mdBook looks for: tutor as a preprocessor.

use std::process::ExitCode;

/// As in `tutor`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mdbook_tutor::cli::preprocessor::main()
}
