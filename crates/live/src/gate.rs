//! How many calls of one model are in flight: few to begin with, fewer when Bedrock throttles.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// How many calls of a model are sent at the same time at most.
const WIDEST: usize = 4;

/// How many answers in a row it takes to allow one more call at a time again.
const CALM: usize = 8;

/// One gate for each model.
#[derive(Debug, Default)]
pub(super) struct Gates {
    by_model: Mutex<HashMap<String, Arc<Gate>>>,
}

impl Gates {
    /// The gate of a model.
    pub(super) fn of(&self, model_id: &str) -> Arc<Gate> {
        let mut gates = self.by_model.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(gates.entry(model_id.to_owned()).or_default())
    }
}

/// Lets as many calls through at a time as the model's limit allows.
#[derive(Debug)]
pub(super) struct Gate {
    state: Mutex<State>,
    moved: Notify,
}

#[derive(Debug)]
struct State {
    limit: usize,
    inside: usize,
    calm: usize,
}

impl Default for Gate {
    fn default() -> Self {
        Gate { state: Mutex::new(State { limit: WIDEST, inside: 0, calm: 0 }), moved: Notify::new() }
    }
}

/// A call's place; left when dropped.
#[derive(Debug)]
pub(super) struct Place<'g>(&'g Gate);

impl Gate {
    /// Waits for a place.
    pub(super) async fn enter(&self) -> Place<'_> {
        loop {
            let moved = self.moved.notified();
            let entered = self.with(|state| {
                let free = state.inside < state.limit;
                state.inside += usize::from(free);
                free
            });
            if entered {
                return Place(self);
            }
            moved.await;
        }
    }

    /// Bedrock throttled a call: half as many from now on.
    pub(super) fn throttled(&self) {
        self.with(|state| {
            state.limit = (state.limit / 2).max(1);
            state.calm = 0;
        });
    }

    /// A call was answered: after a while one more at a time again.
    pub(super) fn answered(&self) {
        self.with(|state| {
            state.calm += 1;
            if state.calm >= CALM && state.limit < WIDEST {
                state.limit += 1;
                state.calm = 0;
            }
        });
        self.moved.notify_waiters();
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.with(|state| state.inside -= 1);
        self.0.moved.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_narrows_the_gate_and_calm_widens_it() {
        let gate = Gate::default();
        let limit = || gate.with(|state| state.limit);
        gate.throttled();
        assert_eq!(limit(), WIDEST / 2);
        (0..5).for_each(|_| gate.throttled());
        assert_eq!(limit(), 1, "never closed");
        (0..CALM).for_each(|_| gate.answered());
        assert_eq!(limit(), 2);
        (0..CALM * 10).for_each(|_| gate.answered());
        assert_eq!(limit(), WIDEST);
    }

    #[test]
    fn nobody_enters_while_it_is_full() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let gates = Gates::default();
            let gate = gates.of("m");
            let mut places = Vec::new();
            for _ in 0..WIDEST {
                places.push(gate.enter().await);
            }
            let leave = async {
                tokio::task::yield_now().await;
                assert_eq!(gate.with(|state| state.inside), WIDEST);
                places.pop();
            };
            let (_place, ()) = tokio::join!(gate.enter(), leave);
            assert_eq!(gates.of("other").with(|state| state.inside), 0);
        });
    }
}
