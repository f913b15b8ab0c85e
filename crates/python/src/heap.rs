//! The objects that code can change, with a log that takes changes back.
//!
//! Reading a chapter means following several ways through it where a condition is not known. A
//! [`Mark`] is a point to come back to: [`Heap::capture`] takes what changed since, [`Heap::rollback`]
//! undoes it, [`Heap::apply`] does it again. Contents are shared (`Rc`) and copied when written, so
//! a snapshot costs a pointer.

use std::cell::Cell;
use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::key::Key;
use super::reason::Why;
use super::value::{Args, Function, Id, Text, Value};

/// A map in insertion order.
pub(super) type Map<K, V> = IndexMap<K, V, FxBuildHasher>;
/// Names and their values.
pub(super) type Names = Map<Text, Value>;

/// The contents of an object.
#[derive(Debug, Clone)]
pub(super) enum Object {
    /// It does not exist on this way through the code.
    Absent,
    /// `list`
    List(Rc<Vec<Value>>),
    /// `collections.deque`, with its greatest length.
    Deque(Rc<Vec<Value>>, Option<usize>),
    /// `dict` and its kinds.
    Dict(Rc<Dict>),
    /// `set`, or `frozenset`.
    Set(Rc<Map<Key, Value>>, Frozen),
    /// `bytearray`
    ByteArray(Rc<Vec<u8>>),
    /// The names of a module, function call, comprehension or class body.
    Scope(Rc<Scope>),
    /// An instance of a class of the chapter, or an exception.
    Instance(Rc<Instance>),
    /// A class of the chapter.
    Class(Rc<Class>),
    /// What `keys()`, `values()` or `items()` of a dict give.
    View(Value, ViewKind),
    /// An iterator over a value that can be indexed: the value and the next index.
    Iterator(Value, usize),
    /// An iterator over a dict, a view of one, or a deque, which must not change its size meanwhile.
    Entries(Rc<Entries>, usize),
    /// An iterator that computes its items when asked.
    Lazy(Rc<Lazy>, Progress),
    /// A function wrapped by `functools.lru_cache`, and the answers so far.
    Memo(Value, Rc<Map<Key, Value>>),
    /// A readable stream of known bytes or text, and the place in it.
    Stream(Value, usize),
    /// Changed by code that is not known, now or any time later: its contents stay unknown for good.
    Opaque(Rc<Why>, Kind),
}

/// What an iterator over a container that must not change remembers.
#[derive(Debug, Clone)]
pub(super) struct Entries {
    /// The dict, set or deque.
    pub(super) of: Value,
    pub(super) kind: ViewKind,
    /// How many items there were.
    pub(super) len: usize,
    /// How often something had been taken out of it, for a dict.
    pub(super) taken: u32,
    /// The contents at that time, for other containers.
    pub(super) before: Option<Object>,
}

/// Which view of a dict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ViewKind {
    Keys,
    Values,
    Items,
}

/// Whether a set is a `frozenset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frozen {
    Yes,
    No,
}

/// What an opaque object still is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Of a built-in type, by its name.
    Builtin(&'static str),
    /// An instance of this class.
    InstanceOf(Value),
}

/// The contents of a `dict`.
#[derive(Debug, Clone, Default)]
pub(super) struct Dict {
    /// Keys as written, and values.
    pub(super) entries: Map<Key, (Value, Value)>,
    /// Which kind of dict.
    pub(super) kind: DictKind,
    /// How often an entry was taken out.
    pub(super) taken: u32,
}

/// The kinds of `dict` that teaching code uses.
#[derive(Debug, Clone, Default)]
pub(super) enum DictKind {
    /// `dict`
    #[default]
    Plain,
    /// `collections.OrderedDict`
    Ordered,
    /// `collections.defaultdict`, with its factory.
    Default(Value),
    /// `collections.Counter`
    Counter,
    /// `os.environ`: what is not set here may be set outside.
    Environment,
}

/// The names of one scope.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// What is bound.
    pub(super) names: Names,
    /// The names that are local here, bound or not.
    pub(super) locals: Rc<FxHashSet<Text>>,
}

/// An instance.
#[derive(Debug, Clone)]
pub(super) struct Instance {
    /// A class of the chapter, or an exception of Python's own.
    pub(super) class: Value,
    /// Its attributes.
    pub(super) attrs: Names,
}

/// A class of the chapter.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub(super) name: Text,
    /// Its name with those of the functions and classes it stands in.
    pub(super) qualname: Text,
    /// The method resolution order, itself first; ends before `object`.
    pub(super) mro: Vec<Value>,
    pub(super) attrs: Names,
    /// Set if it derives from something unknown, which may then do anything.
    pub(super) foreign: Option<Rc<Why>>,
    pub(super) kind: ClassKind,
}

/// What makes instances of a class.
#[derive(Debug, Clone)]
pub(super) enum ClassKind {
    /// `__init__`
    Plain,
    /// The fields of a `@dataclass`.
    Data(Rc<Vec<Field>>),
    /// An `enum.Enum`: instances are its members.
    Enum,
    /// A named tuple, by its fields.
    NamedTuple(Rc<Vec<Field>>),
}

/// A field of a dataclass or named tuple.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: Text,
    pub(super) default: Option<Value>,
    pub(super) factory: Option<Value>,
    /// Whether `__init__` takes it.
    pub(super) init: bool,
    /// Whether `repr` shows it.
    pub(super) shown: bool,
    /// Whether `==` compares it.
    pub(super) compared: bool,
}

impl Field {
    /// A field without a default.
    pub(super) fn plain(name: Text) -> Self {
        Field { name, default: None, factory: None, init: true, shown: true, compared: true }
    }
}

/// An iterator that computes.
#[derive(Debug, Clone)]
pub(super) enum Lazy {
    /// A call of a generator function, its arguments bound in a scope.
    Generator { function: Rc<Function>, scope: Id },
    /// A generator expression: its number among those evaluated, and its first iterable.
    Expression { number: usize, first: Value },
    /// A call of an `async` function that nobody awaited yet.
    Coroutine { function: Rc<Function>, args: Args },
    /// `map`
    Map { function: Value, sources: Vec<Value> },
    /// `filter`
    Filter { function: Value, source: Value },
    /// `enumerate`
    Enumerate { source: Value, start: i64 },
    /// `zip`, and what `zip_longest` fills in.
    Zip { sources: Vec<Value>, fill: Option<Value> },
    /// `itertools.count`
    Count { start: Value, step: Value },
    /// `itertools.cycle` over known items.
    Cycle { items: Rc<[Value]> },
    /// `itertools.chain`
    Chain { sources: Vec<Value> },
    /// `itertools.islice`
    Slice { source: Value, start: usize, stop: Option<usize>, step: usize },
}

/// How far a lazy iterator is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing asked yet.
    Fresh,
    /// So many items given.
    Given(usize),
    /// At its end.
    Done,
}

/// A point in the log to come back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    log: usize,
    objects: usize,
}

/// Contents as they are on another way through the code, of all objects that changed since a mark.
pub(super) type Changes = FxHashMap<Id, Object>;

/// All objects of a chapter.
#[derive(Debug, Default)]
pub(super) struct Heap {
    slots: Vec<Slot>,
    log: Vec<(Id, Object)>,
    epoch: u32,
    /// Bytes of the contents in the log.
    kept: usize,
    /// Steps of work done since somebody last asked.
    work: Cell<u64>,
}

#[derive(Debug)]
struct Slot {
    object: Object,
    /// The epoch in which the log last kept its contents.
    logged: u32,
}

impl Heap {
    /// A new object.
    pub(super) fn add(&mut self, object: Object) -> Id {
        let id = Id(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        self.slots.push(Slot { object, logged: self.epoch });
        id
    }

    /// How many objects there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// How many old contents are kept.
    pub(super) fn log_len(&self) -> usize {
        self.log.len()
    }

    /// Bytes of the old contents that are kept.
    pub(super) fn kept_bytes(&self) -> usize {
        self.kept
    }

    /// Steps of work done since this was last asked.
    pub(super) fn take_work(&self) -> u64 {
        self.work.take()
    }

    fn count(&self, objects: usize) {
        self.work.set(self.work.get() + objects as u64 / 4);
    }

    /// The contents of an object.
    pub(super) fn get(&self, id: Id) -> &Object {
        self.slots.get(id.0 as usize).map_or(&Object::Absent, |slot| &slot.object)
    }

    /// Replaces the contents of an object.
    pub(super) fn set(&mut self, id: Id, object: Object) {
        *self.change(id) = object;
    }

    /// The contents of an object, to be changed.
    pub(super) fn change(&mut self, id: Id) -> &mut Object {
        let slot = &mut self.slots[id.0 as usize];
        if slot.logged < self.epoch {
            slot.logged = self.epoch;
            // Whoever writes now copies the contents.
            let bytes = slot.object.bytes();
            self.kept += bytes;
            self.work.set(self.work.get() + bytes as u64 / 512);
            self.log.push((id, slot.object.clone()));
        }
        &mut slot.object
    }

    /// A point to come back to.
    pub(super) fn mark(&mut self) -> Mark {
        self.epoch += 1;
        Mark { log: self.log.len(), objects: self.slots.len() }
    }

    /// What changed since `mark`, including every object made since.
    pub(super) fn capture(&self, mark: Mark) -> Changes {
        let mut changes = Changes::default();
        for (id, _) in &self.log[mark.log..] {
            changes.entry(*id).or_insert_with(|| self.get(*id).clone());
        }
        for (index, slot) in self.slots.iter().enumerate().skip(mark.objects) {
            if !matches!(slot.object, Object::Absent) {
                changes.insert(Id(index as u32), slot.object.clone());
            }
        }
        self.count(self.log.len() - mark.log + self.slots.len() - mark.objects);
        changes
    }

    /// Undoes everything since `mark`; objects made since become absent. The mark stays usable.
    pub(super) fn rollback(&mut self, mark: Mark) {
        while self.log.len() > mark.log {
            let Some((id, object)) = self.log.pop() else { break };
            self.kept = self.kept.saturating_sub(object.bytes());
            self.slots[id.0 as usize].object = object;
        }
        for slot in self.slots.iter_mut().skip(mark.objects) {
            slot.object = Object::Absent;
        }
        self.count(self.slots.len() - mark.objects);
        self.epoch += 1;
    }

    /// Does captured changes again.
    pub(super) fn apply(&mut self, changes: Changes) {
        for (id, object) in changes {
            self.set(id, object);
        }
    }

    /// The contents at `mark` of every object that changed since.
    pub(super) fn before(&self, mark: Mark) -> Changes {
        let mut changes = Changes::default();
        for (id, object) in self.log[mark.log..].iter().rev() {
            changes.insert(*id, object.clone());
        }
        for index in mark.objects..self.slots.len() {
            changes.insert(Id(index as u32), Object::Absent);
        }
        self.count(self.log.len() - mark.log + self.slots.len() - mark.objects);
        changes
    }

    /// The contents at `later` of every object that changed between two marks.
    pub(super) fn between(&self, earlier: Mark, later: Mark) -> Changes {
        let after = self.before(later);
        let logged = self.log[earlier.log..later.log.max(earlier.log)].iter().map(|(id, _)| *id);
        let made = (earlier.objects..later.objects).map(|index| Id(index as u32));
        logged.chain(made).map(|id| (id, after.get(&id).unwrap_or_else(|| self.get(id)).clone())).collect()
    }

    /// Every content that an object had since `mark`, for all objects that changed.
    pub(super) fn versions(&self, mark: Mark) -> FxHashMap<Id, Vec<Object>> {
        let mut versions: FxHashMap<Id, Vec<Object>> = FxHashMap::default();
        for (id, object) in &self.log[mark.log..] {
            versions.entry(*id).or_default().push(object.clone());
        }
        for index in mark.objects..self.slots.len() {
            versions.entry(Id(index as u32)).or_default();
        }
        for (id, contents) in &mut versions {
            contents.push(self.get(*id).clone());
        }
        self.count(self.log.len() - mark.log + self.slots.len() - mark.objects);
        versions
    }

    /// The objects older than `mark` that changed since.
    pub(super) fn changed_before(&self, mark: Mark) -> Vec<Id> {
        let mut ids: Vec<Id> = self.log[mark.log..]
            .iter()
            .map(|(id, _)| *id)
            .filter(|id| (id.0 as usize) < mark.objects)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Forgets every mark: nothing can be taken back any more.
    pub(super) fn settle(&mut self) {
        self.log.clear();
        self.kept = 0;
    }
}

/// Bytes that contents take which are captured for another way.
pub(super) fn bytes_of(changes: &Changes) -> usize {
    changes.values().map(|object| object.bytes() + size_of::<(Id, Object)>()).sum()
}

impl Object {
    /// How many items it holds.
    pub(super) fn len(&self) -> usize {
        match self {
            Object::List(items) | Object::Deque(items, _) => items.len(),
            Object::Dict(dict) => dict.entries.len(),
            Object::Set(items, _) => items.len(),
            Object::ByteArray(bytes) => bytes.len() / 16,
            Object::Scope(scope) => scope.names.len(),
            Object::Instance(instance) => instance.attrs.len(),
            Object::Class(class) => class.attrs.len(),
            Object::Memo(_, answers) => answers.len(),
            _ => 0,
        }
    }

    /// Bytes that a copy of the contents takes, not counting what the items hold.
    fn bytes(&self) -> usize {
        let item = match self {
            Object::List(_) | Object::Deque(..) | Object::ByteArray(_) => size_of::<Value>(),
            Object::Dict(_) => 3 * size_of::<Value>() + size_of::<Key>(),
            _ => 2 * size_of::<Value>(),
        };
        size_of::<(Id, Object)>() + self.len() * item
    }

    /// Whether two contents are certainly the same, told cheaply.
    pub(super) fn is_same_allocation(&self, other: &Object) -> bool {
        match (self, other) {
            (Object::Absent, Object::Absent) | (Object::Opaque(..), Object::Opaque(..)) => true,
            (Object::List(a), Object::List(b)) => Rc::ptr_eq(a, b),
            (Object::Deque(a, m), Object::Deque(b, n)) => Rc::ptr_eq(a, b) && m == n,
            (Object::Dict(a), Object::Dict(b)) => Rc::ptr_eq(a, b),
            (Object::Set(a, _), Object::Set(b, _)) => Rc::ptr_eq(a, b),
            (Object::ByteArray(a), Object::ByteArray(b)) => Rc::ptr_eq(a, b),
            (Object::Scope(a), Object::Scope(b)) => Rc::ptr_eq(a, b),
            (Object::Instance(a), Object::Instance(b)) => Rc::ptr_eq(a, b),
            (Object::Class(a), Object::Class(b)) => Rc::ptr_eq(a, b),
            (Object::View(a, i), Object::View(b, j)) => i == j && a.same(b),
            (Object::Iterator(a, i), Object::Iterator(b, j)) => i == j && a.same(b),
            (Object::Entries(a, i), Object::Entries(b, j)) => Rc::ptr_eq(a, b) && i == j,
            (Object::Lazy(a, i), Object::Lazy(b, j)) => Rc::ptr_eq(a, b) && i == j,
            (Object::Memo(a, m), Object::Memo(b, n)) => a.same(b) && Rc::ptr_eq(m, n),
            (Object::Stream(a, i), Object::Stream(b, j)) => i == j && a.same(b),
            _ => false,
        }
    }

    /// What remains known of the object when its contents do not.
    pub(super) fn kind(&self) -> Kind {
        Kind::Builtin(match self {
            Object::List(_) => "list",
            Object::Deque(..) => "deque",
            Object::Dict(_) => "dict",
            Object::Set(_, Frozen::No) => "set",
            Object::Set(_, Frozen::Yes) => "frozenset",
            Object::ByteArray(_) => "bytearray",
            Object::Class(_) => "type",
            Object::Instance(instance) => return Kind::InstanceOf(instance.class.clone()),
            Object::Opaque(_, kind) => return kind.clone(),
            _ => "object",
        })
    }
}
