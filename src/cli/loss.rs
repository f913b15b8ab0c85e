//! Before an answer goes that nobody can make again for nothing, it is named, and a person asked.

use std::io::IsTerminal as _;

use super::{Failure, terminal};
use crate::config::Config;
use crate::course::Course;
use tutor_recording::Standing;

/// What shall happen to answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// Lesser answers take their places.
    Replaced,
    /// They are thrown away.
    Removed,
}

impl Loss {
    fn in_words(self) -> (&'static str, &'static str) {
        match self {
            Loss::Replaced => ("replaced", "Replace"),
            Loss::Removed => ("thrown away", "Throw away"),
        }
    }
}

/// Names the answers that would go, and asks, unless `yes` was said beforehand. From then on the
/// course's recordings may lose them.
///
/// # Errors
/// The person does not want it, or there is nobody to ask.
pub(super) fn allow(course: &mut Course, loss: Loss, lost: Vec<Standing>, yes: bool) -> Result<(), Failure> {
    if lost.is_empty() {
        return Ok(());
    }
    let (what, verb) = loss.in_words();
    let (count, noun) = (lost.len(), if lost.len() == 1 { "answer" } else { "answers" });
    sayln!("These {count} {noun} would be {what}:");
    for standing in &lost {
        sayln!("  {}", line(&course.config, standing));
    }
    if !yes {
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            let message = format!("{count} {noun} would be {what}, and there is no terminal to ask on");
            return Err(Failure::usage(message, "look at the list above; if they may go, say --yes, too"));
        }
        if !terminal::confirm(&format!("{verb} {count} {noun}?")) {
            return Err(Failure::usage("nothing was changed", "answer `y` if they may go"));
        }
    }
    course.store.give_up(lost.into_iter().map(|standing| standing.path));
    Ok(())
}

fn line(config: &Config, standing: &Standing) -> String {
    format!("{}: {}", config.shown(&standing.path).display(), standing.in_words())
}
