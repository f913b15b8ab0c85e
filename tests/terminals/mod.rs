//! What people see on a terminal: reviews key by key, and nothing from outside that acts.

mod hostile;
mod review;
