//! Values as the evaluator holds them: known, or unknown with a reason.
//!
//! Immutable values stand here whole; whatever code can change lives in the [`heap`](super::heap)
//! and is held by its [`Id`], so that aliases see each other's changes.

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive as _;

use super::builtins::Native;
use super::limits;
use super::names::CodeId;
use super::reason::Why;

/// Shared text.
pub(super) type Text = Rc<str>;

/// The place of an object in the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id(pub(super) u32);

/// The entries of a mapping.
pub(super) type Entries = Vec<(Value, Value)>;

/// One Python value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// `None`
    None,
    /// `...`
    Ellipsis,
    /// `NotImplemented`
    NotImplemented,
    /// `True` or `False`
    Bool(bool),
    /// An integer that fits 64 bits.
    Int(i64),
    /// One that does not.
    Big(Rc<BigInt>),
    /// A float.
    Float(f64),
    /// A string. Python strings that hold lone surrogates are unknown.
    Str(Text),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// A tuple.
    Tuple(Rc<[Value]>),
    /// `range(start, stop, step)`
    Range(i64, i64, i64),
    /// `slice(start, stop, step)`
    Slice(Rc<[Value; 3]>),
    /// Whatever can change.
    Object(Id),
    /// A function of the chapter.
    Function(Rc<Function>),
    /// A function bound to its first argument.
    Method(Rc<(Value, Value)>),
    /// A function, class or exception of Python's own.
    Native(&'static Native),
    /// A method of a built-in value, such as `"x".join`.
    NativeMethod(Rc<(Value, Text)>),
    /// `functools.partial(function, *args, **kwargs)`
    Partial(Rc<Partial>),
    /// A function wrapped by `property`, `staticmethod`, `classmethod` and their like.
    Wrapped(Wrapper, Rc<Vec<Value>>),
    /// A module by its dotted name.
    Module(Text),
    /// A boto3 session, with the region that the code gives it.
    Session(Option<Text>),
    /// A boto3 client by its service name, with the region that the code gives it.
    Client(Rc<(Text, Option<Text>)>),
    /// What `super()` gives: the class to look after, and `self`.
    Super(Rc<(Value, Value)>),
    /// Not known, and why. May stand for any immutable value, and for any mutable object that is
    /// itself opaque: see [`escape`](super::escape).
    Unknown(Rc<Why>),
}

/// What a decorator of a class body made of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapper {
    /// `@property`, with getter and perhaps setter.
    Property,
    /// `@staticmethod`
    Static,
    /// `@classmethod`
    Class,
    /// `@functools.cached_property`
    CachedProperty,
}

/// A function of the chapter, with what its definition evaluated.
#[derive(Debug)]
pub(super) struct Function {
    /// Its text.
    pub(super) code: CodeId,
    /// Its name.
    pub(super) name: Text,
    /// Its name with those of the functions and classes it stands in.
    pub(super) qualname: Text,
    /// Its docstring, if `functools.wraps` took it from another function.
    pub(super) doc: Option<Value>,
    /// The function that `functools.wraps` named.
    pub(super) wrapped: Option<Value>,
    /// The values of its defaults, one for each parameter that is not variadic.
    pub(super) defaults: Vec<Option<Value>>,
    /// The scopes around it, outermost first, without the module's.
    pub(super) scopes: Vec<Id>,
    /// The scope of its module.
    pub(super) globals: Id,
    /// The class whose body defines it.
    pub(super) class: Option<Id>,
}

/// A function with some of its arguments.
#[derive(Debug)]
pub(super) struct Partial {
    pub(super) function: Value,
    pub(super) args: Args,
}

/// The arguments of a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Args {
    /// By position.
    pub(super) pos: Vec<Value>,
    /// By name, in the order they were written.
    pub(super) kw: Vec<(Text, Value)>,
    /// Set if there may be more: a splat of something unknown.
    pub(super) open: Option<Rc<Why>>,
}

impl Args {
    /// Positional arguments only.
    pub(super) fn of(pos: Vec<Value>) -> Self {
        Args { pos, ..Args::default() }
    }

    /// The argument at `index` or named `name`.
    pub(super) fn get(&self, index: usize, name: &str) -> Option<&Value> {
        self.pos.get(index).or_else(|| self.named(name))
    }

    /// The argument named `name`.
    pub(super) fn named(&self, name: &str) -> Option<&Value> {
        self.kw.iter().find(|(key, _)| &**key == name).map(|(_, value)| value)
    }

    /// Every argument.
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.pos.iter().chain(self.kw.iter().map(|(_, value)| value))
    }
}

impl Value {
    /// A string.
    pub(super) fn str(text: impl AsRef<str>) -> Self {
        Value::Str(Rc::from(text.as_ref()))
    }

    /// An integer of any size.
    pub(super) fn int(value: BigInt) -> Self {
        value.to_i64().map_or_else(|| Value::Big(Rc::new(value)), Value::Int)
    }

    /// A size.
    pub(super) fn size(value: usize) -> Self {
        Value::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// A tuple.
    pub(super) fn tuple(items: Vec<Value>) -> Self {
        Value::Tuple(Rc::from(items))
    }

    /// The text of a string.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// An integer or bool, as Python's index protocol takes them.
    pub(super) fn as_index(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            Value::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// An integer or bool of any size.
    pub(super) fn as_big(&self) -> Option<BigInt> {
        match self {
            Value::Int(value) => Some(BigInt::from(*value)),
            Value::Bool(value) => Some(BigInt::from(i64::from(*value))),
            Value::Big(value) => Some((**value).clone()),
            _ => None,
        }
    }

    /// A number as a float.
    pub(super) fn as_float(&self) -> Option<f64> {
        match self {
            Value::Float(value) => Some(*value),
            _ => self.as_big()?.to_f64(),
        }
    }

    fn range_bounds(&self) -> Option<(i64, i64, i64)> {
        match self {
            Value::Range(start, stop, step) => Some((*start, *stop, *step)),
            _ => None,
        }
    }

    /// Whether two values are surely one and the same to every observer: the same type and content, or
    /// the same object. Of large tuples this is only said if they are one.
    pub(super) fn same(&self, other: &Value) -> bool {
        self.same_within(other, &mut limits::SAME.clone())
    }

    fn same_within(&self, other: &Value, left: &mut usize) -> bool {
        *left = left.saturating_sub(1);
        if *left == 0 {
            return false;
        }
        let mut all = |a: &[Value], b: &[Value]| a.iter().zip(b).all(|(a, b)| a.same_within(b, left));
        match (self, other) {
            (Value::None, Value::None)
            | (Value::Ellipsis, Value::Ellipsis)
            | (Value::NotImplemented, Value::NotImplemented) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Big(a), Value::Big(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
            (Value::Str(a), Value::Str(b)) | (Value::Module(a), Value::Module(b)) => a == b,
            (Value::Session(a), Value::Session(b)) => a == b,
            (Value::Client(a), Value::Client(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Tuple(a), Value::Tuple(b)) => Rc::ptr_eq(a, b) || (a.len() == b.len() && all(a, b)),
            (Value::Range(..), Value::Range(..)) => self.range_bounds() == other.range_bounds(),
            (Value::Slice(a), Value::Slice(b)) => Rc::ptr_eq(a, b) || all(&a[..], &b[..]),
            (Value::Object(a), Value::Object(b)) => a == b,
            (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b),
            (Value::Method(a), Value::Method(b)) | (Value::Super(a), Value::Super(b)) => {
                Rc::ptr_eq(a, b) || (a.0.same_within(&b.0, left) && a.1.same_within(&b.1, left))
            }
            (Value::Native(a), Value::Native(b)) => std::ptr::eq(*a, *b),
            (Value::NativeMethod(a), Value::NativeMethod(b)) => a.0.same_within(&b.0, left) && a.1 == b.1,
            (Value::Partial(a), Value::Partial(b)) => Rc::ptr_eq(a, b),
            (Value::Wrapped(a, f), Value::Wrapped(b, g)) => a == b && Rc::ptr_eq(f, g),
            (Value::Unknown(a), Value::Unknown(b)) => {
                Rc::ptr_eq(a, b) || (a.part == b.part && a.unset == b.unset)
            }
            _ => false,
        }
    }
}
