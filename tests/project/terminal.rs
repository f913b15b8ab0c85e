//! A command on a pseudo-terminal of 80 columns, and a person in front of it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::Project;

/// How long a command may say nothing before it counts as hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// A command that runs on a terminal.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// Everything it has said so far.
    said: String,
    /// Where what was not waited for begins.
    seen: usize,
}

impl Project {
    /// Runs a command in the book's folder on a terminal, in an environment without surprises.
    pub(crate) fn on_terminal(&self, mut command: Command) -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
        grantpt(&master).expect("it is ours");
        unlockpt(&master).expect("it can be opened");
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("it has a size");
        let name = ptsname(&master, Vec::new()).expect("it has a name");
        let name = name.into_string().expect("text");
        let side =
            || Stdio::from(File::options().read(true).write(true).open(&name).expect("its other side"));
        self.prepare(&mut command);
        command.env_remove("NO_COLOR").env("TERM", "xterm-256color");
        command.stdin(side()).stdout(side()).stderr(side());
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        // The command holds sides of its own; the terminal hangs up when the last of them is closed.
        drop(command);
        let keyboard = File::from(master);
        let mut display = keyboard.try_clone().expect("a second handle");
        let (sender, screen) = channel();
        std::thread::spawn(move || {
            let mut chunk = vec![0; 4096];
            while let Ok(count @ 1..) = display.read(&mut chunk) {
                if sender.send(chunk[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal { child, keyboard, screen, said: String::new(), seen: 0 }
    }
}

impl Terminal {
    /// Waits until it reads keys, not lines: before that the terminal itself would take Ctrl-C.
    pub(crate) fn reads_keys(&mut self) -> &mut Self {
        while rustix::termios::tcgetattr(&self.keyboard)
            .is_ok_and(|modes| modes.local_modes.contains(rustix::termios::LocalModes::ICANON))
        {
            assert!(matches!(self.child.try_wait(), Ok(None)), "it ended, and said:\n{}", self.said);
            std::thread::yield_now();
        }
        self
    }

    /// Waits until it says this.
    pub(crate) fn expect(&mut self, text: &str) -> &mut Self {
        while !self.said[self.seen..].contains(text) {
            match self.screen.recv_timeout(PATIENCE) {
                Ok(bytes) => self.said += &String::from_utf8_lossy(&bytes),
                Err(error) => panic!("{error}: it never says {text:?}, but:\n{}", self.said),
            }
        }
        self.seen += self.said[self.seen..].find(text).expect("it is there") + text.len();
        self
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        self.keyboard.write_all(keys.as_bytes()).expect("a keyboard");
        self
    }

    /// Waits for its end; gives its exit code, if it was no signal, and all that it said.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        loop {
            match self.screen.recv_timeout(PATIENCE) {
                Ok(bytes) => self.said += &String::from_utf8_lossy(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end, but says:\n{}", self.said),
            }
        }
        let status = self.child.wait().expect("it ends");
        (status.code(), self.said)
    }
}
