//! Bounds on what one chapter may cost to read. Whatever hits one ends in "unknown", never in a hang.

/// Fences larger than this are not parsed (512 KiB; the largest in real courses are below 100 kB).
pub(super) const FENCE_BYTES: usize = 1 << 19;
/// `CPython`'s own limit on nested brackets; code beyond it does not run either.
pub(super) const BRACKETS: usize = 200;
/// Statements and expressions evaluated per chapter.
pub(super) const STEPS: u64 = 2_000_000;
/// Bytes of text and slots of containers built per chapter.
pub(super) const ALLOCATED: usize = 48 << 20;
/// The largest single string, list or range that is built.
pub(super) const SIZE: usize = 4 << 20;
/// The largest text that is put together from parts.
pub(super) const TEXT: usize = 16 << 20;
/// The longest chain of base classes.
pub(super) const BASES: usize = 64;
/// Objects alive in the heap; nothing is ever collected.
pub(super) const OBJECTS: usize = 300_000;
/// Calls of functions within each other (Python's own default is 1000).
pub(super) const CALL_DEPTH: usize = 120;
/// Statements and expressions within each other, counted over all active calls.
pub(super) const NESTING: usize = 4000;
/// Bits of the largest integer that is computed.
pub(super) const INT_BITS: u64 = 16_384;
/// Rounds of an uncertain loop before reading gives up.
pub(super) const ROUNDS: usize = 24;
/// Rounds of a loop of which it is not sure that it goes on, before it counts as uncertain.
pub(super) const UNSURE_ROUNDS: usize = 32;
/// Ways on that wait to be joined.
pub(super) const PATHS: usize = 400;
/// Calls reported per chapter.
pub(super) const CALLS: usize = 5000;
