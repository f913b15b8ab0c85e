//! Requests to stop, from the terminal or from whoever started us.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal as Interrupt, Signal as Terminate};
#[cfg(windows)]
use tokio::signal::windows::{CtrlBreak as Terminate, CtrlC as Interrupt};

/// Both are listened to from the moment this is made; before, they end the process.
pub(super) struct Signals {
    /// Ctrl-C.
    pub(super) interrupt: Interrupt,
    /// SIGTERM, or Ctrl-Break where there are no signals.
    pub(super) terminate: Terminate,
}

impl Signals {
    /// Starts to listen. Needs a tokio runtime.
    #[cfg(unix)]
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Starts to listen. Needs a tokio runtime.
    #[cfg(windows)]
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c};
        Ok(Signals { interrupt: ctrl_c()?, terminate: ctrl_break()? })
    }

    /// Waits for the next one, whichever it is.
    pub(super) async fn any(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => (),
            _ = self.terminate.recv() => (),
        }
    }
}
