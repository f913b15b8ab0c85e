//! Work on all processors, results in order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tutor_bedrock::found::STACK;

/// What a thread's stack has room for beside the reading of a chapter.
const ROOM: usize = 8 << 20;

/// Maps `items` on all processors and keeps their order. The calling thread works too.
pub(crate) fn map<'a, T: Sync, U: Send>(items: &'a [T], work: impl Fn(&'a T) -> U + Sync) -> Vec<U> {
    let next = AtomicUsize::new(0);
    let share = || {
        let numbers = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)));
        let mine = numbers.map_while(|number| Some((number, items.get(number)?)));
        mine.map(|(number, item)| (number, work(item))).collect::<Vec<_>>()
    };
    let workers = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let mut done = thread::scope(|scope| {
        // A system that gives no more threads has this one.
        let spawn = |_| thread::Builder::new().stack_size(STACK + ROOM).spawn_scoped(scope, share).ok();
        let others: Vec<_> = (1..workers).map_while(spawn).collect();
        let mut done = stacker::maybe_grow(STACK + ROOM / 2, STACK + ROOM, share);
        for thread in others {
            done.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Does two things at once.
pub(crate) fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), other)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_mapped_once_and_in_order() {
        for count in [0, 1, 2, 1_000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(map(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }
}
