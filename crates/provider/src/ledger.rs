//! The ledger: what is spent and what may still be, so that a cap is kept with calls in flight.
//!
//! Before an attempt is sent, its worst case is *reserved*; afterwards the reservation is settled at
//! what the attempt did cost, which is then *spent*. Whatever becomes of an attempt that nobody settles
//! (a timeout, a stream that broke off, Ctrl-C), its whole reservation counts as spent; one that never
//! left this machine is cancelled. What a service claims beyond the reservation is a [`Doubt`], and
//! counts as the reservation: so spent and reserved together never exceed the cap at any moment,
//! whatever anybody says.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rust_decimal::Decimal;
use tokio::sync::Notify;

use tutor_catalog::measure::money::usd;

/// The amounts of one run, in USD.
#[derive(Debug)]
pub struct Ledger {
    cap: Decimal,
    book: Mutex<Balance>,
    settled: Notify,
}

/// What a ledger says at one moment, in USD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Settled, or lost with an attempt that nobody settled.
    pub spent: Decimal,
    /// The worst case of what is in flight.
    pub reserved: Decimal,
    /// How many attempts left this machine and are over.
    pub attempts: u64,
}

impl Balance {
    /// Both together: the most that can be owed.
    pub fn owed(self) -> Decimal {
        self.spent + self.reserved
    }
}

/// The cap does not allow an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverBudget {
    /// The worst case of the attempt.
    pub needed: Decimal,
    /// What is spent.
    pub spent: Decimal,
    /// The cap.
    pub cap: Decimal,
}

impl fmt::Display for OverBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (needed, cap) = (usd(self.needed), usd(self.cap));
        if self.spent.is_zero() {
            write!(f, "this call may cost up to {needed}, and {cap} is allowed")
        } else {
            let spent = usd(self.spent);
            write!(f, "this call may cost up to {needed}, and of the {cap} allowed {spent} are spent")
        }
    }
}

impl std::error::Error for OverBudget {}

/// A service claims more usage than the request can have caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the service claims a usage worth {}, where the request allows {} at most; counted is {}",
    usd(*claimed), usd(*reserved), usd(*reserved)
)]
pub struct Doubt {
    /// What the claimed usage would cost, in USD.
    pub claimed: Decimal,
    /// The most the attempt can have cost, in USD: what was reserved, and is counted.
    pub reserved: Decimal,
}

impl Doubt {
    /// What to do about it.
    pub const HELP: &str = "look at what AWS bills for this call before you go on: either whoever answered is \
                            not Bedrock, or tutor's bound is wrong, which is worth a report";
}

/// An amount kept for one attempt. Dropped unsettled, it is spent.
#[derive(Debug)]
#[must_use = "dropped unsettled, the whole amount counts as spent"]
pub struct Reservation<'l> {
    ledger: &'l Ledger,
    amount: Decimal,
    end: End,
}

/// What becomes of a reservation.
#[derive(Debug, Clone, Copy)]
enum End {
    /// The attempt was made, and cost this much.
    Cost(Decimal),
    /// Nothing left this machine.
    Unsent,
}

impl Ledger {
    /// An empty ledger with this cap in USD.
    pub fn new(cap: Decimal) -> Self {
        Ledger { cap, book: Mutex::default(), settled: Notify::new() }
    }

    /// The cap in USD.
    pub fn cap(&self) -> Decimal {
        self.cap
    }

    /// What a run came to, as one sentence. Nothing is said to be spent where nothing was sent.
    pub fn in_words(&self) -> String {
        let Balance { spent, reserved, attempts } = self.balance();
        match (attempts, reserved.is_zero()) {
            (0, true) => "Nothing was sent.".to_owned(),
            (_, true) => format!("Spent at most {} of {}.", usd(spent), usd(self.cap)),
            (_, false) => {
                format!(
                    "Spent at most {} of {}, {} of it still reserved.",
                    usd(spent + reserved),
                    usd(self.cap),
                    usd(reserved)
                )
            }
        }
    }

    /// What is spent and reserved now.
    pub fn balance(&self) -> Balance {
        *self.lock()
    }

    /// Reserves `amount` USD. Where only calls in flight stand in the way, waits for them: most cost
    /// less than their worst case.
    ///
    /// # Errors
    /// [`OverBudget`] once the amount cannot fit any more.
    pub async fn reserve(&self, amount: Decimal) -> Result<Reservation<'_>, OverBudget> {
        loop {
            let settled = self.settled.notified();
            {
                let mut book = self.lock();
                if book.owed() + amount <= self.cap {
                    book.reserved += amount;
                    return Ok(Reservation { ledger: self, amount, end: End::Cost(amount) });
                }
                if book.spent + amount > self.cap {
                    return Err(OverBudget { needed: amount, spent: book.spent, cap: self.cap });
                }
            }
            settled.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Balance> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation<'_> {
    /// The attempt cost this much, in USD, as far as the service says.
    ///
    /// # Errors
    /// That is more than was reserved: the reserved amount counts.
    pub fn settle(mut self, claimed: Decimal) -> Result<(), Doubt> {
        let reserved = self.amount;
        self.end = End::Cost(claimed.clamp(Decimal::ZERO, reserved));
        if claimed > reserved { Err(Doubt { claimed, reserved }) } else { Ok(()) }
    }

    /// The attempt cost nothing, such as one that was refused.
    pub fn settle_free(mut self) {
        self.end = End::Cost(Decimal::ZERO);
    }

    /// The attempt never left this machine.
    pub fn cancel(mut self) {
        self.end = End::Unsent;
    }

    /// The amount kept, in USD.
    pub fn amount(&self) -> Decimal {
        self.amount
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut book = self.ledger.lock();
        book.reserved -= self.amount;
        if let End::Cost(cost) = self.end {
            book.spent += cost;
            book.attempts += 1;
        }
        drop(book);
        self.ledger.settled.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(cents: i64) -> Decimal {
        Decimal::new(cents, 2)
    }

    fn block<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn an_attempt_that_cannot_fit_is_refused() {
        let ledger = Ledger::new(cents(10));
        block(async {
            ledger.reserve(cents(4)).await.unwrap().settle(cents(1)).unwrap();
            let refused = ledger.reserve(cents(10)).await.unwrap_err();
            assert_eq!(refused, OverBudget { needed: cents(10), spent: cents(1), cap: cents(10) });
            assert_eq!(
                refused.to_string(),
                "this call may cost up to $0.10, and of the $0.10 allowed $0.01 are spent"
            );
            ledger.reserve(cents(9)).await.unwrap().settle(cents(9)).unwrap();
        });
        assert_eq!(ledger.balance(), Balance { spent: cents(10), reserved: Decimal::ZERO, attempts: 2 });
    }

    #[test]
    fn an_attempt_nobody_settles_is_spent() {
        let ledger = Ledger::new(cents(10));
        drop(block(ledger.reserve(cents(7))).unwrap());
        assert_eq!(ledger.balance().spent, cents(7));
    }

    #[test]
    fn an_attempt_waits_for_those_in_flight() {
        let ledger = Ledger::new(cents(10));
        block(async {
            let first = ledger.reserve(cents(8)).await.unwrap();
            let second = ledger.reserve(cents(8));
            let settle = async {
                tokio::task::yield_now().await;
                assert_eq!(ledger.balance().owed(), cents(8), "the second one waits");
                first.settle(cents(2)).unwrap();
            };
            let (second, ()) = tokio::join!(second, settle);
            assert_eq!(ledger.balance().owed(), cents(10));
            second.unwrap().settle(cents(1)).unwrap();
        });
        assert_eq!(ledger.balance().spent, cents(3));
    }

    #[test]
    fn a_claim_beyond_the_reservation_is_doubted_and_counts_as_what_was_reserved() {
        let ledger = Ledger::new(cents(10));
        let claimed = Decimal::from(300_000_000_000_u64);
        let doubt = block(ledger.reserve(cents(4))).unwrap().settle(claimed).unwrap_err();
        assert_eq!(
            doubt.to_string(),
            "the service claims a usage worth $300000000000.00, where the request allows $0.04 at most; counted is $0.04"
        );
        assert_eq!(ledger.balance().spent, cents(4));
        assert_eq!(ledger.in_words(), "Spent at most $0.04 of $0.10.");
    }

    #[test]
    fn nothing_is_spent_where_nothing_was_sent() {
        let ledger = Ledger::new(cents(10));
        block(ledger.reserve(cents(4))).unwrap().cancel();
        let refused = block(ledger.reserve(cents(11))).unwrap_err();
        assert_eq!(refused.to_string(), "this call may cost up to $0.11, and $0.10 is allowed");
        assert_eq!(ledger.in_words(), "Nothing was sent.");
        block(ledger.reserve(cents(4))).unwrap().settle_free();
        assert_eq!(ledger.in_words(), "Spent at most $0.00 of $0.10.");
        let _open = block(ledger.reserve(cents(4))).unwrap();
        assert_eq!(ledger.in_words(), "Spent at most $0.04 of $0.10, $0.04 of it still reserved.");
    }
}
