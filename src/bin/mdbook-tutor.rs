//! The name mdBook looks for: tutor as a preprocessor.

use std::process::ExitCode;

fn main() -> ExitCode {
    mdbook_tutor::cli::preprocessor::main()
}
