//! The ledger: what is spent and what may still be, so that a cap is kept with calls in flight.
//!
//! Before an attempt is sent, its worst case is reserved; afterwards the reservation is settled at
//! what the attempt did cost. Whatever becomes of an attempt that nobody settles (a timeout, a
//! stream that broke off, Ctrl-C), its whole reservation counts as spent. So spent and reserved
//! together never exceed the cap at any moment.

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
}

impl Balance {
    /// Both together: the most that can be owed.
    pub fn owed(self) -> Decimal {
        self.spent + self.reserved
    }
}

/// The cap does not allow an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this call may cost up to {}, and of the {} allowed {} are spent", usd(*needed), usd(*cap), usd(*spent))]
pub struct OverBudget {
    /// The worst case of the attempt.
    pub needed: Decimal,
    /// What is spent.
    pub spent: Decimal,
    /// The cap.
    pub cap: Decimal,
}

/// An amount kept for one attempt. Dropped unsettled, it is spent.
#[derive(Debug)]
#[must_use = "dropped unsettled, the whole amount counts as spent"]
pub struct Reservation<'l> {
    ledger: &'l Ledger,
    amount: Decimal,
    cost: Decimal,
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
                    return Ok(Reservation { ledger: self, amount, cost: amount });
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
    /// The attempt cost this much, in USD. A cost above the reserved amount is written down as it
    /// is: the ledger tells the truth even where a worst case was none.
    pub fn settle(mut self, cost: Decimal) {
        self.cost = cost;
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
        book.spent += self.cost;
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
            ledger.reserve(cents(4)).await.unwrap().settle(cents(1));
            let refused = ledger.reserve(cents(10)).await.unwrap_err();
            assert_eq!(refused, OverBudget { needed: cents(10), spent: cents(1), cap: cents(10) });
            assert_eq!(
                refused.to_string(),
                "this call may cost up to $0.10, and of the $0.10 allowed $0.01 are spent"
            );
            ledger.reserve(cents(9)).await.unwrap().settle(cents(9));
        });
        assert_eq!(ledger.balance(), Balance { spent: cents(10), reserved: Decimal::ZERO });
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
                first.settle(cents(2));
            };
            let (second, ()) = tokio::join!(second, settle);
            assert_eq!(ledger.balance().owed(), cents(10));
            second.unwrap().settle(cents(1));
        });
        assert_eq!(ledger.balance().spent, cents(3));
    }
}
