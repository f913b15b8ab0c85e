//! Bounds on what one chapter may cost to read. Whatever hits one ends in "unknown", never in a hang.

/// Unit tests meet the bounds that are counted sooner: they are not optimised.
const TESTED: u64 = if cfg!(test) { 10 } else { 1 };
/// Fences larger than this are not parsed (512 KiB; the largest in real courses are below 100 kB).
pub(super) const FENCE_BYTES: usize = 1 << 19;
/// How large the trees of all Python fences of a chapter may become, in nodes as far as the text tells:
/// a node takes about 300 bytes. The largest real chapters have some 60,000.
pub(super) const CHAPTER_NODES: usize = 160_000;
/// Bytes of all modules of a chapter's own.
pub(super) const MODULE_BYTES: usize = 1 << 19;
/// Modules of its own that a chapter may have, and folders they are looked for in.
pub(super) const MODULES: usize = 64;
pub(super) const FOLDERS: usize = 8;
/// `CPython`'s own limit on nested brackets; code beyond it does not run either.
pub(super) const BRACKETS: usize = 200;
/// Statements and expressions evaluated per chapter, and work that takes as long (about 0.2 µs).
pub(super) const STEPS: u64 = 2_000_000 / TESTED;
/// Steps of the work that one thread or one pool's worker is given.
pub(super) const WORKER_STEPS: u64 = STEPS / 20;
/// Bytes of text looked through or copied in the time of a step.
pub(super) const BYTES_PER_STEP: usize = 256;
/// Items looked through or copied in the time of a step.
pub(super) const ITEMS_PER_STEP: usize = 16;
/// Bytes that a chapter's values may take, counting everything ever built: texts, items, objects,
/// old contents that may come back, requests.
pub(super) const MEMORY: usize = (40 << 20) / TESTED as usize;
/// What an object of the heap takes beside its contents, in bytes.
pub(super) const OBJECT_BYTES: usize = 320;
/// The largest single text that is built at once, in bytes.
pub(super) const SIZE: usize = 1 << 20;
/// The most items that a container is given at once.
pub(super) const ITEMS: usize = 100_000;
/// Steps that making a regular expression ready costs.
pub(super) const PATTERN_STEPS: usize = 1000;
/// Bytes of the text of a container before the next of its items is not shown any more.
pub(super) const SHOWN: usize = 256 << 10;
/// The largest text that is put together from parts.
pub(super) const TEXT: usize = 4 << 20;
/// Values in one request or in one key of a dict, those that are shared counted as often as they are
/// met.
pub(super) const VALUES: usize = 50_000;
/// Values compared to tell whether two tuples are surely the same.
pub(super) const SAME: usize = 2_000;
/// Bytes of text in one request.
pub(super) const REQUEST: usize = 2 << 20;
/// Values of a tuple that are joined one by one.
pub(super) const JOINED: usize = 1_000;
/// The longest chain of base classes.
pub(super) const BASES: usize = 64;
/// Old contents kept in the heap's log.
pub(super) const LOG: usize = 300_000;
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
/// Rounds of a loop that nothing in its text leaves, before it counts as one without an end.
pub(super) const ENDLESS_ROUNDS: usize = 3;
/// Rounds of any other loop that is not over items known beforehand.
pub(super) const OPEN_ROUNDS: usize = 20_000;
/// Requests that such a loop makes before it counts as one without a known end.
pub(super) const OPEN_CALLS: usize = 200;
/// Steps that such a loop may take, once it has made a request or not.
pub(super) const LOOP_STEPS: u64 = STEPS / 4;
/// Ways on that wait to be joined.
pub(super) const PATHS: usize = 400;
/// Members of an enum that are read.
pub(super) const MEMBERS: usize = 1000;
/// Calls told at one statement that were not followed, but that it may come by.
pub(super) const CALLS_OF_STATEMENT: usize = 32;
/// Calls reported per chapter.
pub(super) const CALLS: usize = 5000;
