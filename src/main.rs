//! The `tutor` command.

use std::process::ExitCode;

/// glibc grows the heap of every thread but the first page by page.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mdbook_tutor::cli::main()
}
