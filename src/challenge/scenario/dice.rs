//! Numbers that nobody can foresee, unless a run is to be repeated.

/// Draws what differs from run to run.
pub struct Dice(fastrand::Rng);

impl Dice {
    /// The draws of this seed, the same each time.
    pub fn of(seed: u64) -> Self {
        Dice(fastrand::Rng::with_seed(seed))
    }

    /// A seed for draws that nobody foresees; short enough to be typed.
    pub fn any_seed() -> u64 {
        fastrand::u64(..1_000_000)
    }

    /// From 0 to below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0.u64(..limit.max(1))
    }

    /// An index into something of this length.
    pub fn index(&mut self, length: usize) -> usize {
        self.0.usize(..length.max(1))
    }

    /// A number of a range that is none of `taken`, and joins them.
    pub fn unlike(&mut self, taken: &mut Vec<u64>, from: u64, to: u64) -> u64 {
        loop {
            let number = self.0.u64(from..to);
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
        self.0.shuffle(items);
    }
}
