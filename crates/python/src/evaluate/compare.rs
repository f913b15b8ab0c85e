//! Comparisons: equality, order, membership, identity.

use std::cmp::Ordering;
use std::rc::Rc;

use ruff_python_ast::{CmpOp, Expr};

use super::{Evaluator, Run, range_len};
use crate::heap::{DictKind, Object};
use crate::reason::Why;
use crate::value::{Args, Value};

/// What is known of a comparison.
pub(crate) type Known<T> = Result<T, Rc<Why>>;

impl<'a> Evaluator<'a> {
    /// A chain of comparisons, evaluated no further than Python does.
    pub(super) fn eval_comparison(
        &mut self,
        left: &Value,
        ops: &'a [CmpOp],
        nodes: &'a [Expr],
    ) -> Run<Value> {
        let (Some((op, ops)), Some((node, nodes))) = (ops.split_first(), nodes.split_first()) else {
            return Ok(Value::Bool(true));
        };
        let right = self.eval(node)?;
        let verdict = self.compare(*op, left, &right)?;
        if ops.is_empty() {
            return Ok(verdict);
        }
        match self.truth(&verdict)? {
            Ok(false) => Ok(verdict),
            Ok(true) => self.eval_comparison(&right, ops, nodes),
            Err(why) => {
                let why = self.condition(&why);
                self.branch(
                    &why,
                    |_| Ok(verdict.clone()),
                    |reader| reader.eval_comparison(&right, ops, nodes),
                )
            }
        }
    }

    fn compare(&mut self, op: CmpOp, left: &Value, right: &Value) -> Run<Value> {
        self.read_texts([left, right].into_iter());
        if let Some(method) = method_of(op)
            && let Some(verdict) = self.rich(method, left, right)?
        {
            return Ok(verdict);
        }
        let known = match op {
            CmpOp::Eq => self.equal(left, right)?,
            CmpOp::NotEq => self.equal(left, right)?.map(|equal| !equal),
            CmpOp::Lt => self.order(left, right, "__lt__")?.map(|order| order == Some(Ordering::Less)),
            CmpOp::LtE => self
                .order(left, right, "__le__")?
                .map(|order| matches!(order, Some(Ordering::Less | Ordering::Equal))),
            CmpOp::Gt => self.order(left, right, "__gt__")?.map(|order| order == Some(Ordering::Greater)),
            CmpOp::GtE => self
                .order(left, right, "__ge__")?
                .map(|order| matches!(order, Some(Ordering::Greater | Ordering::Equal))),
            CmpOp::Is => self.identical(left, right),
            CmpOp::IsNot => self.identical(left, right).map(|same| !same),
            CmpOp::In => self.contains(right, left)?,
            CmpOp::NotIn => self.contains(right, left)?.map(|inside| !inside),
        };
        Ok(known.map_or_else(|why| Value::Unknown(why.derived()), Value::Bool))
    }

    fn identical(&self, left: &Value, right: &Value) -> Known<bool> {
        let singleton = |value: &Value| {
            matches!(value, Value::None | Value::Bool(_) | Value::Ellipsis | Value::NotImplemented)
        };
        if let (Value::Object(a), Value::Object(b)) = (left, right) {
            return Ok(a == b);
        }
        // An opaque object is still an object, and none of the singletons.
        let object = |value: &Value| matches!(value, Value::Object(_));
        if (object(left) && singleton(right)) || (singleton(left) && object(right)) {
            return Ok(false);
        }
        if let Some(why) = self.why_unknown(left).or_else(|| self.why_unknown(right)) {
            return Err(why);
        }
        if singleton(left) || singleton(right) {
            return Ok(left.same(right));
        }
        match (left, right) {
            (Value::Native(_), Value::Native(_)) | (Value::Module(_), Value::Module(_)) => {
                Ok(left.same(right))
            }
            (Value::Function(_), Value::Function(_)) => Ok(left.same(right)),
            _ if std::mem::discriminant(left) != std::mem::discriminant(right) => Ok(false),
            // Whether two equal strings or numbers are one object is the interpreter's affair.
            _ => Err(self.why("whether two equal values are the same object is not known")),
        }
    }

    /// `left == right`
    pub(crate) fn equal(&mut self, left: &Value, right: &Value) -> Run<Known<bool>> {
        self.nested(|reader| reader.equal_values(left, right))
    }

    fn equal_values(&mut self, left: &Value, right: &Value) -> Run<Known<bool>> {
        self.step()?;
        self.read_texts([left, right].into_iter());
        if let Some(why) = self.why_unknown(left).or_else(|| self.why_unknown(right)) {
            if matches!((left, right), (Value::Object(a), Value::Object(b)) if a == b) {
                return Ok(Ok(true));
            }
            if why.part.is_none() {
                self.risk();
            }
            return Ok(Err(why));
        }
        if let (Some(a), Some(b)) = (number_of(left), number_of(right)) {
            return Ok(Ok(compare_numbers(&a, &b) == Some(Ordering::Equal)));
        }
        match (left, right) {
            (Value::Str(a), Value::Str(b)) => Ok(Ok(a == b)),
            (Value::Bytes(a), Value::Bytes(b)) => Ok(Ok(a == b)),
            (Value::Tuple(a), Value::Tuple(b)) => self.all_equal(&a.clone(), &b.clone()),
            (Value::Range(..), Value::Range(..)) => Ok(Ok(same_range(left, right))),
            (Value::Object(a), Value::Object(b)) => {
                let (a, b) = (self.heap.get(*a).clone(), self.heap.get(*b).clone());
                self.equal_objects(left, &a, right, &b)
            }
            (Value::Object(_), _) | (_, Value::Object(_)) => self.equal_mixed(left, right),
            _ => Ok(Ok(left.same(right))),
        }
    }

    /// Whether two items count as equal to a container: the same object is, whatever it says.
    pub(crate) fn item_equal(&mut self, left: &Value, right: &Value) -> Run<Known<bool>> {
        match (left, right) {
            (Value::Object(a), Value::Object(b)) if a == b => Ok(Ok(true)),
            (Value::Float(a), Value::Float(b)) if a.is_nan() && b.is_nan() => {
                Ok(Err(self.why("whether two NaN are the same object is not known")))
            }
            _ => self.equal(left, right),
        }
    }

    fn all_equal(&mut self, a: &[Value], b: &[Value]) -> Run<Known<bool>> {
        if a.len() != b.len() {
            return Ok(Ok(false));
        }
        let mut unknown = None;
        for (a, b) in a.iter().zip(b) {
            match self.item_equal(a, b)? {
                Ok(true) => {}
                Ok(false) if unknown.is_none() => return Ok(Ok(false)),
                Ok(false) => {}
                Err(why) => unknown = Some(why),
            }
        }
        Ok(unknown.map_or(Ok(true), Err))
    }

    fn equal_objects(&mut self, left: &Value, a: &Object, right: &Value, b: &Object) -> Run<Known<bool>> {
        match (a, b) {
            (Object::List(a), Object::List(b)) | (Object::Deque(a, _), Object::Deque(b, _)) => {
                self.all_equal(a, b)
            }
            (Object::Dict(a), Object::Dict(b)) => {
                if matches!(a.kind, DictKind::Counter | DictKind::Environment)
                    || matches!(b.kind, DictKind::Counter | DictKind::Environment)
                {
                    return Ok(Err(self.why("a comparison of counters")));
                }
                if matches!((&a.kind, &b.kind), (DictKind::Ordered, DictKind::Ordered))
                    && !a.entries.keys().eq(b.entries.keys())
                {
                    return Ok(Ok(false));
                }
                if a.entries.len() != b.entries.len() {
                    return Ok(Ok(false));
                }
                let mut unknown = None;
                for (key, (_, value)) in &a.entries {
                    let Some((_, other)) = b.entries.get(key) else { return Ok(Ok(false)) };
                    match self.item_equal(value, other)? {
                        Ok(true) => {}
                        Ok(false) if unknown.is_none() => return Ok(Ok(false)),
                        Ok(false) => {}
                        Err(why) => unknown = Some(why),
                    }
                }
                Ok(unknown.map_or(Ok(true), Err))
            }
            (Object::Set(a, _), Object::Set(b, _)) => {
                Ok(Ok(a.len() == b.len() && a.keys().all(|key| b.contains_key(key))))
            }
            (Object::ByteArray(a), Object::ByteArray(b)) => Ok(Ok(a == b)),
            (Object::Instance(_), _) | (_, Object::Instance(_)) => self.equal_mixed(left, right),
            (Object::Class(_), Object::Class(_)) => Ok(Ok(left.same(right))),
            (Object::View(..), _) | (_, Object::View(..)) => {
                Ok(Err(self.why("a comparison with a view of a dict")))
            }
            _ if left.same(right) => Ok(Ok(true)),
            _ if std::mem::discriminant(a) != std::mem::discriminant(b) => Ok(Ok(false)),
            _ => Ok(Err(self.why("whether two objects are equal is not known"))),
        }
    }

    fn equal_mixed(&mut self, left: &Value, right: &Value) -> Run<Known<bool>> {
        if let Some(verdict) = self.rich("__eq__", left, right)? {
            return self.truth(&verdict);
        }
        if let (Some(a), Some(b)) = (self.named_tuple_items(left), self.tuple_items(right)) {
            return self.all_equal(&a, &b);
        }
        if let (Some(a), Some(b)) = (self.tuple_items(left), self.named_tuple_items(right)) {
            return self.all_equal(&a, &b);
        }
        if self.mixes_in(left) || self.mixes_in(right) {
            let inner =
                |reader: &Self, value: &Value| reader.mixed_in(value).unwrap_or_else(|| value.clone());
            let (left, right) = (inner(self, left), inner(self, right));
            return self.equal(&left, &right);
        }
        if self.is_foreign(left) || self.is_foreign(right) {
            return Ok(Err(self.why("a comparison with an object of a library")));
        }
        for (array, bytes) in [(left, right), (right, left)] {
            if let (Some(Object::ByteArray(array)), Value::Bytes(bytes)) = (self.object(array), bytes) {
                return Ok(Ok(array[..] == bytes[..]));
            }
        }
        Ok(Ok(left.same(right)))
    }

    /// Asks the methods of the chapter's own classes how two values compare, in Python's order. `None`:
    /// they say nothing.
    fn rich(&mut self, method: &'static str, left: &Value, right: &Value) -> Run<Option<Value>> {
        let own = |reader: &Self, value: &Value| matches!(reader.object(value), Some(Object::Instance(_)));
        if !own(self, left) && !own(self, right) {
            return Ok(None);
        }
        if let Some(why) = self.why_unknown(left).or_else(|| self.why_unknown(right)) {
            self.risk();
            return Ok(Some(Value::Unknown(why.derived())));
        }
        let (a, b) = (self.class_of(left), self.class_of(right));
        let derives = own(self, right) && !a.same(&b) && self.is_subclass(&b, &a).unwrap_or(false);
        let forward = (left, right, method);
        let reflected = (right, left, reflection(method));
        let order = if derives { [reflected, forward] } else { [forward, reflected] };
        for (receiver, other, method) in order {
            let inverted = method == "__ne__" && matches!(self.class_attribute(receiver, method), Ok(None));
            let asked = if inverted { "__eq__" } else { method };
            let verdict = match self.class_attribute(receiver, asked) {
                Ok(Some(function)) => {
                    self.call(&function, Args::of(vec![receiver.clone(), other.clone()]))?
                }
                Ok(None) => continue,
                Err(why) => {
                    self.risk();
                    return Ok(Some(Value::Unknown(why)));
                }
            };
            if matches!(verdict, Value::NotImplemented) {
                continue;
            }
            if inverted {
                let truth = self.truth(&verdict)?;
                return Ok(Some(truth.map_or_else(Value::Unknown, |truth| Value::Bool(!truth))));
            }
            return Ok(Some(verdict));
        }
        Ok(None)
    }

    /// Whether a value is an instance of a class of a library, whose comparisons are not read.
    fn is_foreign(&self, value: &Value) -> bool {
        match self.object(value) {
            Some(Object::Instance(instance)) => match (&instance.class, self.object(&instance.class)) {
                (Value::Native(native), _) => !native.is_exception(),
                (_, Some(Object::Class(class))) => class.foreign.is_some(),
                _ => true,
            },
            _ => false,
        }
    }

    fn tuple_items(&self, value: &Value) -> Option<Vec<Value>> {
        match value {
            Value::Tuple(items) => Some(items.to_vec()),
            _ => self.named_tuple_items(value),
        }
    }

    /// Whether a value's class also derives from `str` or `int`.
    pub(crate) fn mixes_in(&self, value: &Value) -> bool {
        match self.object(value) {
            Some(Object::Instance(instance)) => match self.object(&instance.class) {
                Some(Object::Class(class)) => class.mro.iter().any(|base| match base {
                    Value::Native(native) => !native.is_exception(),
                    Value::Module(path) => matches!(&**path, "enum.IntEnum" | "enum.StrEnum"),
                    _ => false,
                }),
                _ => false,
            },
            _ => false,
        }
    }

    fn verdict_of(&mut self, method: &Value, receiver: &Value, other: &Value) -> Run<Known<bool>> {
        let verdict = self.call(method, Args::of(vec![receiver.clone(), other.clone()]))?;
        self.truth(&verdict)
    }

    /// How two values are ordered; `None` for values that are not ordered, such as NaN.
    pub(crate) fn order(
        &mut self,
        left: &Value,
        right: &Value,
        method: &'static str,
    ) -> Run<Known<Option<Ordering>>> {
        self.step()?;
        if let Some(why) = self.why_unknown(left).or_else(|| self.why_unknown(right)) {
            self.risk();
            return Ok(Err(why));
        }
        if let (Some(a), Some(b)) = (number_of(left), number_of(right)) {
            return Ok(Ok(compare_numbers(&a, &b)));
        }
        match (left, right) {
            (Value::Str(a), Value::Str(b)) => return Ok(Ok(Some(a.chars().cmp(b.chars())))),
            (Value::Bytes(a), Value::Bytes(b)) => return Ok(Ok(Some(a.cmp(b)))),
            (Value::Tuple(a), Value::Tuple(b)) => return self.order_items(&a.clone(), &b.clone(), method),
            _ => {}
        }
        match (self.object(left).cloned(), self.object(right).cloned()) {
            (Some(Object::List(a)), Some(Object::List(b))) => self.order_items(&a, &b, method),
            (Some(Object::Instance(_)), _) | (_, Some(Object::Instance(_))) => {
                self.order_by_methods(left, right, method)
            }
            (Some(Object::Set(..) | Object::View(..) | Object::Dict(_)), _) => {
                self.risk();
                Ok(Err(self.why("an order that is not known")))
            }
            _ => {
                let message = self.type_named(left).zip(self.type_named(right)).map(|(left, right)| {
                    let symbol = symbol(method);
                    format!("'{symbol}' not supported between instances of '{left}' and '{right}'")
                });
                self.raise("TypeError", message)
            }
        }
    }

    fn order_by_methods(
        &mut self,
        left: &Value,
        right: &Value,
        method: &'static str,
    ) -> Run<Known<Option<Ordering>>> {
        if let Some(verdict) = self.rich(method, left, right)? {
            let verdict = self.truth(&verdict)?;
            // Only whether the asked order holds is known.
            return Ok(verdict.map(|holds| match (holds, method) {
                (true, "__gt__" | "__ge__") => Some(Ordering::Greater),
                (true, _) => Some(Ordering::Less),
                (false, _) => None,
            }));
        }
        let plain = |reader: &Self, value: &Value| {
            reader
                .mixed_in(value)
                .or_else(|| reader.named_tuple_items(value).map(Value::tuple))
                .unwrap_or_else(|| value.clone())
        };
        let (a, b) = (plain(self, left), plain(self, right));
        if !a.same(left) || !b.same(right) {
            return self.nested(|reader| reader.order(&a, &b, method));
        }
        if self.is_foreign(left) || self.is_foreign(right) {
            self.risk();
            return Ok(Err(self.why("an order that is not known")));
        }
        self.raise("TypeError", None)
    }

    fn order_items(
        &mut self,
        a: &[Value],
        b: &[Value],
        method: &'static str,
    ) -> Run<Known<Option<Ordering>>> {
        for (a, b) in a.iter().zip(b) {
            match self.item_equal(a, b)? {
                Ok(true) => {}
                Ok(false) => return self.nested(|reader| reader.order(a, b, method)),
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(Some(a.len().cmp(&b.len()))))
    }

    /// `item in container`
    pub(crate) fn contains(&mut self, container: &Value, item: &Value) -> Run<Known<bool>> {
        if let Some(why) = self.why_unknown(container) {
            if why.part.is_none() {
                self.risk();
            }
            return Ok(Err(why));
        }
        match container {
            Value::Str(text) => {
                return match item {
                    Value::Str(part) => Ok(Ok(text.contains(&**part))),
                    _ => {
                        if let Some(why) = self.why_unknown(item) {
                            self.risk();
                            Ok(Err(why))
                        } else {
                            self.raise("TypeError", None)
                        }
                    }
                };
            }
            Value::Bytes(bytes) => {
                return Ok(match item {
                    Value::Bytes(part) if part.is_empty() => Ok(true),
                    Value::Bytes(part) => Ok(bytes.windows(part.len()).any(|window| *window == part[..])),
                    _ => Err(self.why("membership in bytes")),
                });
            }
            _ => {}
        }
        match self.object(container).cloned() {
            Some(Object::Dict(dict)) => {
                if matches!(dict.kind, DictKind::Environment) {
                    return Ok(Err(self.why("the environment is not known")));
                }
                Ok(self.hashed(item)?.map(|key| dict.entries.contains_key(&key)))
            }
            Some(Object::Scope(scope)) => match item {
                Value::Str(name) if scope.names.contains_key(name) => Ok(Ok(true)),
                Value::Str(_) => Ok(self.any_name.clone().map_or(Ok(false), Err)),
                _ => Ok(Err(self.why("a name that is not known"))),
            },
            Some(Object::Set(items, _)) => Ok(self.hashed(item)?.map(|key| items.contains_key(&key))),
            Some(Object::Instance(_)) if self.named_tuple_items(container).is_none() => {
                match self.class_attribute(container, "__contains__") {
                    Ok(Some(method)) => self.verdict_of(&method, container, item),
                    _ => {
                        self.risk();
                        let why = self.why("membership in an object of the chapter's own class");
                        self.escape(container, &why);
                        Ok(Err(why))
                    }
                }
            }
            Some(Object::Lazy(..) | Object::Iterator(..) | Object::Entries(..)) => {
                let why = self.why("membership in an iterator");
                self.escape(container, &why);
                Ok(Err(why))
            }
            None if !matches!(container, Value::Tuple(_) | Value::Range(..)) => self.raise("TypeError", None),
            _ => {
                let items = match self.collect(container)? {
                    Ok(items) => items,
                    Err(why) => return Ok(Err(why)),
                };
                let mut unknown = None;
                for candidate in &items {
                    match self.item_equal(candidate, item)? {
                        Ok(true) if unknown.is_none() => return Ok(Ok(true)),
                        Ok(_) => {}
                        Err(why) => unknown = Some(why),
                    }
                }
                Ok(unknown.map_or(Ok(false), Err))
            }
        }
    }
}

/// The method that an operator asks.
fn method_of(op: CmpOp) -> Option<&'static str> {
    Some(match op {
        CmpOp::Eq => "__eq__",
        CmpOp::NotEq => "__ne__",
        CmpOp::Lt => "__lt__",
        CmpOp::LtE => "__le__",
        CmpOp::Gt => "__gt__",
        CmpOp::GtE => "__ge__",
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => return None,
    })
}

/// The method that the other operand is asked.
fn reflection(method: &'static str) -> &'static str {
    match method {
        "__lt__" => "__gt__",
        "__gt__" => "__lt__",
        "__le__" => "__ge__",
        "__ge__" => "__le__",
        same => same,
    }
}

/// Ranges are equal if they give the same numbers.
fn same_range(a: &Value, b: &Value) -> bool {
    let (Value::Range(start, stop, step), Value::Range(other, end, by)) = (a, b) else { return false };
    match (range_len(*start, *stop, *step), range_len(*other, *end, *by)) {
        (0, 0) => true,
        (1, 1) => start == other,
        (here, there) => here == there && start == other && step == by,
    }
}

/// A number for comparison.
enum Number {
    Int(num_bigint::BigInt),
    Float(f64),
}

fn number_of(value: &Value) -> Option<Number> {
    match value {
        Value::Float(value) => Some(Number::Float(*value)),
        _ => value.as_big().map(Number::Int),
    }
}

fn compare_numbers(a: &Number, b: &Number) -> Option<Ordering> {
    use num_traits::FromPrimitive as _;
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(b),
        (Number::Int(a), Number::Float(b)) => {
            if b.is_nan() {
                return None;
            }
            if b.is_infinite() {
                return Some(if *b > 0.0 { Ordering::Less } else { Ordering::Greater });
            }
            let floor = num_bigint::BigInt::from_f64(b.floor())?;
            Some(match a.cmp(&floor) {
                Ordering::Equal if b.fract() != 0.0 => Ordering::Less,
                order => order,
            })
        }
        (Number::Float(_), Number::Int(_)) => compare_numbers(b, a).map(Ordering::reverse),
    }
}

fn symbol(method: &str) -> &'static str {
    match method {
        "__lt__" => "<",
        "__le__" => "<=",
        "__gt__" => ">",
        _ => ">=",
    }
}
