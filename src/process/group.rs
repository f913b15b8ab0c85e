//! A process group: a script with everything it starts, ended as a whole.

use tokio::process::Command;

/// The group that `child` leads. Whoever drops this ends all of it.
#[derive(Debug)]
pub(crate) struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

/// Makes the command the leader of a group of its own.
pub(crate) fn lead(command: &mut Command) {
    #[cfg(unix)]
    command.process_group(0);
    command.kill_on_drop(true);
}

impl Group {
    /// The group of a child that was started with [`lead`].
    #[cfg(unix)]
    pub(crate) fn of(child: &tokio::process::Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Group { leader: id.and_then(rustix::process::Pid::from_raw) }
    }

    /// Where there are no groups, the child alone ends when it is dropped.
    #[cfg(not(unix))]
    pub(crate) fn of(_child: &tokio::process::Child) -> Self {
        Group {}
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // Nobody may be left.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}
