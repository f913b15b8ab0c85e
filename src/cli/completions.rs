//! `tutor completions`: what a shell needs to complete tutor's verbs and options.

use clap_complete::Shell;

use super::Exit;

/// Print completions for a shell
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The shell; see its manual for where the output goes
    shell: Shell,
}

impl Arguments {
    pub(super) fn execute(&self, command: &mut clap::Command) -> Exit {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "tutor", &mut script);
        super::terminal::print(&String::from_utf8_lossy(&script));
        Exit::Good
    }
}
