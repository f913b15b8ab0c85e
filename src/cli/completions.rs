//! `tutor completions`: what a shell needs to complete tutor's verbs and options, and what `man` shows.

use std::io;
use std::path::{Path, PathBuf};

use clap_complete::Shell;

use super::{Exit, Failure, terminal};

/// Print completions for a shell, or write the pages of the manual
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The shell; see its manual for where the output goes
    #[arg(required_unless_present = "manual")]
    shell: Option<Shell>,
    /// Instead: write a page for tutor and for each of its verbs, tutor.1, tutor-build.1 and so on
    #[arg(long, value_name = "DIR", conflicts_with = "shell")]
    manual: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn execute(&self, mut command: clap::Command) -> Result<Exit, Failure> {
        if let Some(folder) = &self.manual {
            manual(command, folder).map_err(|error| {
                Failure::usage(format!("{} cannot be written: {error}", folder.display()), "name a folder")
            })?;
        } else if let Some(shell) = self.shell {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command, "tutor", &mut script);
            terminal::print(&String::from_utf8_lossy(&script));
        }
        Ok(Exit::Good)
    }
}

fn manual(command: clap::Command, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command.disable_help_subcommand(true), folder)?;
    let pages = std::fs::read_dir(folder)?.count();
    sayln!("{pages} pages in {}", folder.display());
    Ok(())
}
