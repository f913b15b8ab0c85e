//! Numbers that nobody can foresee: the system seeds Rust's hash maps.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};

/// Draws what differs from run to run.
#[derive(Default)]
pub struct Dice {
    random: RandomState,
    thrown: u64,
}

impl Dice {
    fn throw(&mut self) -> u64 {
        self.thrown += 1;
        let mut hasher = self.random.build_hasher();
        hasher.write_u64(self.thrown);
        hasher.finish()
    }

    /// From 0 to below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.throw() % limit.max(1)
    }

    /// An index into something of this length.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// A number of a range that is none of `taken`, and joins them.
    pub fn unlike(&mut self, taken: &mut Vec<u64>, from: u64, to: u64) -> u64 {
        loop {
            let number = from + self.below(to - from);
            if !taken.contains(&number) {
                taken.push(number);
                return number;
            }
        }
    }

    /// Eight letters and digits, such as `K7QX-2M9D`.
    pub fn word(&mut self) -> String {
        // Without those that are taken for one another.
        const SIGNS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let mut sign = || char::from(SIGNS[self.index(SIGNS.len())]);
        let half: String = (0..4).map(|_| sign()).collect();
        format!("{half}-{}", (0..4).map(|_| sign()).collect::<String>())
    }

    /// Brings `items` into another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}
