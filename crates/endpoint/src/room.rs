//! Memory for bodies: how much of it all connections together may hold, and that it is given back.
//!
//! A request's body counts as it arrives, an answer's while it is sent; who finds no room is told to come
//! again. What a large body needs while it is read and answered (its JSON, the answer) comes on top, so
//! only one of those is worked on at a time.
//!
//! The allocator of `tutor` returns what is free to the system only when somebody asks it for memory a
//! second later. After a large body somebody does: see [`Sweeper`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// The most that all bodies hold together, in bytes.
const MOST: usize = 256_000_000;

/// Room is given in pieces of this many bytes.
const PIECE: usize = 4_096;

/// Bodies and answers up to this size are worked on side by side.
pub(super) const LARGE: usize = 1_000_000;

/// The room of an endpoint.
#[derive(Debug)]
pub(super) struct Room {
    free: Arc<Semaphore>,
    /// Whose turn it is to be worked on, of large ones.
    turn: Semaphore,
    sweeper: Arc<Sweeper>,
}

impl Default for Room {
    fn default() -> Self {
        Room::of(MOST)
    }
}

impl Room {
    /// Room for so many bytes.
    pub(super) fn of(bytes: usize) -> Self {
        let free = Arc::new(Semaphore::new(bytes / PIECE));
        Room { free, turn: Semaphore::new(1), sweeper: Arc::default() }
    }

    /// A place that holds nothing yet.
    pub(super) fn place(&self) -> Place {
        Place { free: Arc::clone(&self.free), sweeper: Arc::clone(&self.sweeper), bytes: 0, held: None }
    }

    /// Waits until no other large body is worked on; small ones need not wait.
    pub(super) async fn turn(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        if bytes < LARGE { None } else { self.turn.acquire().await.ok() }
    }
}

/// Part of the room; free again when dropped.
#[derive(Debug)]
pub(super) struct Place {
    free: Arc<Semaphore>,
    sweeper: Arc<Sweeper>,
    bytes: usize,
    held: Option<OwnedSemaphorePermit>,
}

/// There is no room left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoRoom;

impl Place {
    /// Makes it larger by `bytes`.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let pieces = (self.bytes + bytes).div_ceil(PIECE) - self.bytes.div_ceil(PIECE);
        let more = u32::try_from(pieces).ok().and_then(|pieces| {
            if pieces == 0 {
                return Some(None);
            }
            Arc::clone(&self.free).try_acquire_many_owned(pieces).ok().map(Some)
        });
        match (more.ok_or(NoRoom)?, &mut self.held) {
            (None, _) => {}
            (Some(more), Some(held)) => held.merge(more),
            (Some(more), held) => *held = Some(more),
        }
        self.bytes += bytes;
        Ok(())
    }

    /// The same place, holding nothing.
    pub(super) fn emptied(self) -> Self {
        let (free, sweeper) = (Arc::clone(&self.free), Arc::clone(&self.sweeper));
        Place { free, sweeper, bytes: 0, held: None }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.bytes >= LARGE {
            self.sweeper.sweep();
        }
    }
}

/// Has the allocator give back what is free.
#[derive(Debug, Default)]
struct Sweeper {
    /// Whether something was freed since the last sweep.
    is_due: AtomicBool,
    is_running: AtomicBool,
}

/// Longer than mimalloc keeps what is free (its option `purge_delay`, a second).
const KEPT: Duration = Duration::from_millis(1_200);

/// Large enough that the allocator takes a fresh page, and looks what is free to give back.
const FRESH: usize = 1 << 20;

/// How often: each time it gives back one of its arenas, of which there are few.
const SWEEPS: usize = 3;

impl Sweeper {
    /// Sweeps in a while, unless that is about to happen.
    fn sweep(self: &Arc<Self>) {
        self.is_due.store(true, Ordering::Relaxed);
        // Without a runtime the process is ending.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if self.is_running.swap(true, Ordering::Relaxed) {
            return;
        }
        let sweeper = Arc::clone(self);
        runtime.spawn(async move {
            while sweeper.is_due.swap(false, Ordering::Relaxed) {
                for _ in 0..SWEEPS {
                    tokio::time::sleep(KEPT).await;
                    drop(std::hint::black_box(Vec::<u8>::with_capacity(FRESH)));
                }
            }
            sweeper.is_running.store(false, Ordering::Relaxed);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_bounded_and_comes_back() {
        let room = Room::of(10 * PIECE);
        let (mut one, mut other) = (room.place(), room.place());
        one.grow(1).unwrap();
        one.grow(PIECE - 1).unwrap();
        assert_eq!(room.free.available_permits(), 9, "pieces are used up before others are taken");
        other.grow(9 * PIECE).unwrap();
        assert_eq!(one.grow(1), Err(NoRoom));
        drop(other);
        one.grow(9 * PIECE).unwrap();
        drop(one);
        assert_eq!(room.free.available_permits(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn one_large_body_at_a_time_is_worked_on() {
        let room = Room::default();
        let first = room.turn(LARGE).await;
        assert!(first.is_some() && room.turn(LARGE - 1).await.is_none());
        let second = tokio::time::timeout(Duration::from_secs(9), room.turn(LARGE)).await;
        assert!(second.is_err(), "it waits");
        drop(first);
        assert!(room.turn(LARGE).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_large_body_it_is_swept_and_then_rests() {
        let room = Room::default();
        let mut place = room.place();
        place.grow(LARGE).unwrap();
        drop(place);
        assert!(room.sweeper.is_running.load(Ordering::Relaxed));
        tokio::time::sleep(KEPT * 4).await;
        assert!(!room.sweeper.is_running.load(Ordering::Relaxed));
    }
}
