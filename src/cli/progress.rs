//! How a recording run shows itself: a bar on terminals, and Ctrl-C that loses nothing.

use std::convert::Infallible;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::signals::Signals;
use crate::course::recorder::{Job, Stop, Watch};

/// A bar on stderr; nothing where stderr is no terminal.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar for this many answers. Conversations may bring more.
    pub(super) fn new(answers: usize) -> Self {
        let bar = ProgressBar::new(answers as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} answers, {elapsed} {wide_msg}")
        {
            bar.set_style(style);
        }
        Bar(bar)
    }

    /// Takes it off the screen.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Watch for Bar {
    fn answered(&self, job: &Job) {
        if self.0.length() == Some(self.0.position()) {
            self.0.inc_length(1);
        }
        self.0.inc(1);
        self.0.set_message(format!("{}#{}", job.chapter, job.name));
    }

    fn stored(&self, _file: &Path) {}
}

/// The first signal stops sending; what is under way is finished and stored. The second one ends the
/// process: every file is whole at any moment.
pub(super) async fn stop_on_interrupt(mut signals: Signals, stop: &Stop, bar: &Bar) -> Infallible {
    signals.any().await;
    stop.now();
    bar.0.suspend(|| {
        sayln!("Finishing what is under way; Ctrl-C again to end at once (it is paid for, though).");
    });
    signals.any().await;
    std::process::exit(130);
}
