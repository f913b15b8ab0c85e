//! The `tutor` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    mdbook_tutor::cli::main()
}
