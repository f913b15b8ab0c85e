//! A script with everything it starts, ended as a whole.
//!
//! The script leads a process group, which ends with it everywhere but on Windows. A child that begins a
//! group or session of its own leaves that one; on Linux whatever the script started comes to this process
//! when its parents have gone, and ends with the run all the same. Elsewhere such a child lives on.

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
    #[cfg(target_os = "linux")]
    descendants::adopt();
    command.kill_on_drop(true);
}

impl Group {
    /// The group of a child that was started with [`lead`].
    #[cfg(unix)]
    pub(crate) fn of(child: &tokio::process::Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let leader = id.and_then(rustix::process::Pid::from_raw);
        #[cfg(target_os = "linux")]
        descendants::begin(leader);
        Group { leader }
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
            #[cfg(target_os = "linux")]
            descendants::end(leader);
        }
    }
}

/// What a script started and what has left its group.
#[cfg(target_os = "linux")]
mod descendants {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::sync::{Mutex, PoisonError};

    use rustix::process::{
        Pid, Signal, WaitOptions, getpgrp, getpid, kill_process, set_child_subreaper, waitpid,
    };

    /// The leaders whose runs have not ended.
    static LEADERS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

    /// How often it is looked for more: each time the generation that is there ends.
    const GENERATIONS: usize = 64;

    /// What `/proc` says of a process.
    struct Process {
        parent: i32,
        group: i32,
    }

    /// From now on orphans of scripts become children of this process.
    pub(super) fn adopt() {
        // Where the system refuses, the group ends alone.
        let _ = set_child_subreaper(Some(getpid()));
    }

    pub(super) fn begin(leader: Option<Pid>) {
        if let Some(leader) = leader {
            leaders().insert(leader.as_raw_nonzero().get());
        }
    }

    /// Ends whatever the leader's script has started.
    pub(super) fn end(leader: Pid) {
        let leader = leader.as_raw_nonzero().get();
        for _ in 0..GENERATIONS {
            let others: BTreeSet<i32> = leaders().iter().copied().filter(|other| *other != leader).collect();
            let found = of(leader, &others, &processes());
            if found.is_empty() {
                break;
            }
            for id in found.into_iter().filter_map(Pid::from_raw) {
                let _ = kill_process(id, Signal::KILL);
                // A child of this process is gone now, and its own children come here; others follow.
                let _ = waitpid(Some(id), WaitOptions::empty());
            }
        }
        leaders().remove(&leader);
    }

    fn leaders() -> std::sync::MutexGuard<'static, BTreeSet<i32>> {
        LEADERS.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The descendants of a leader: those below it, and orphans that came to this process. Those could be
    /// another run's while there is one; the last run ends them.
    fn of(leader: i32, others: &BTreeSet<i32>, all: &BTreeMap<i32, Process>) -> BTreeSet<i32> {
        let own = (getpid().as_raw_nonzero().get(), getpgrp().as_raw_nonzero().get());
        let is_orphan = |id: i32, process: &Process| {
            // What this process itself started is in its own group, or leads a run.
            process.parent == own.0 && process.group != own.1 && id != leader && others.is_empty()
        };
        let mut found: BTreeSet<i32> = all
            .iter()
            .filter(|(id, it)| it.parent == leader || is_orphan(**id, it))
            .map(|(id, _)| *id)
            .collect();
        loop {
            let below = all.iter().filter(|(id, it)| found.contains(&it.parent) && !found.contains(id));
            let below: Vec<i32> = below.map(|(id, _)| *id).collect();
            if below.is_empty() {
                return found;
            }
            found.extend(below);
        }
    }

    /// Every process that there is.
    fn processes() -> BTreeMap<i32, Process> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        ids.filter_map(|id| Some((id, stat(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?)))
            .collect()
    }

    /// `PID (NAME) STATE PARENT GROUP …`; a name may hold anything, so the last parenthesis counts.
    fn stat(text: &str) -> Option<Process> {
        let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(1);
        Some(Process { parent: fields.next()?.parse().ok()?, group: fields.next()?.parse().ok()? })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_name_may_hold_anything() {
            let process = stat("17 (a) b) R 1 (x) S 4 9 9 0").unwrap();
            assert_eq!((process.parent, process.group), (4, 9));
            assert!(stat("17 (a").is_none());
        }
    }
}
