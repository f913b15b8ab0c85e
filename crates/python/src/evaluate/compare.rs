//! Comparisons: equality, order, membership, identity.

use std::cmp::Ordering;
use std::rc::Rc;

use ruff_python_ast::{CmpOp, Expr};

use super::{Evaluator, Run};
use crate::heap::{ClassKind, Object};
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
            (Value::Object(a), Value::Object(b)) => {
                if a == b {
                    return self.equal_to_itself(left);
                }
                let (a, b) = (self.heap.get(*a).clone(), self.heap.get(*b).clone());
                self.equal_objects(left, &a, right, &b)
            }
            (Value::Object(_), _) | (_, Value::Object(_)) => self.equal_mixed(left, right),
            _ => Ok(Ok(left.same(right))),
        }
    }

    fn equal_to_itself(&mut self, value: &Value) -> Run<Known<bool>> {
        match self.class_attribute(value, "__eq__") {
            Ok(Some(method)) => self.verdict_of(&method, value, value),
            Ok(None) => Ok(Ok(true)),
            Err(why) => Ok(Err(why)),
        }
    }

    fn all_equal(&mut self, a: &[Value], b: &[Value]) -> Run<Known<bool>> {
        if a.len() != b.len() {
            return Ok(Ok(false));
        }
        let mut unknown = None;
        for (a, b) in a.iter().zip(b) {
            match self.equal(a, b)? {
                Ok(true) => {}
                Ok(false) => return Ok(Ok(false)),
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
                if a.entries.len() != b.entries.len() {
                    return Ok(Ok(false));
                }
                let mut unknown = None;
                for (key, (_, value)) in &a.entries {
                    let Some((_, other)) = b.entries.get(key) else { return Ok(Ok(false)) };
                    match self.equal(value, other)? {
                        Ok(true) => {}
                        Ok(false) => return Ok(Ok(false)),
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
            (Object::Class(_), Object::Class(_)) => Ok(Ok(false)),
            _ if std::mem::discriminant(a) != std::mem::discriminant(b) => Ok(Ok(false)),
            _ => Ok(Err(self.why("whether two objects are equal is not known"))),
        }
    }

    fn equal_mixed(&mut self, left: &Value, right: &Value) -> Run<Known<bool>> {
        for (receiver, other) in [(left, right), (right, left)] {
            match self.class_attribute(receiver, "__eq__") {
                Ok(Some(method)) => return self.verdict_of(&method, receiver, other),
                Ok(None) => {}
                Err(why) => return Ok(Err(why)),
            }
        }
        if let (Some(a), Some(b)) = (self.named_tuple_items(left), self.tuple_items(right)) {
            return self.all_equal(&a, &b);
        }
        if let (Some(a), Some(b)) = (self.tuple_items(left), self.named_tuple_items(right)) {
            return self.all_equal(&a, &b);
        }
        if self.is_data(left) || self.is_data(right) {
            let (Some(Object::Instance(a)), Some(Object::Instance(b))) =
                (self.object(left).cloned(), self.object(right).cloned())
            else {
                return Ok(Ok(false));
            };
            if !a.class.same(&b.class) {
                return Ok(Ok(false));
            }
            let a: Vec<Value> = a.attrs.values().cloned().collect();
            let b: Vec<Value> = b.attrs.values().cloned().collect();
            return self.all_equal(&a, &b);
        }
        if self.mixes_in(left) || self.mixes_in(right) {
            return Ok(Err(self.why("a comparison with a member of an enum that is a string or number")));
        }
        for (array, bytes) in [(left, right), (right, left)] {
            if let (Some(Object::ByteArray(array)), Value::Bytes(bytes)) = (self.object(array), bytes) {
                return Ok(Ok(array[..] == bytes[..]));
            }
        }
        Ok(Ok(false))
    }

    fn tuple_items(&self, value: &Value) -> Option<Vec<Value>> {
        match value {
            Value::Tuple(items) => Some(items.to_vec()),
            _ => self.named_tuple_items(value),
        }
    }

    /// Whether a value is an instance of a dataclass.
    pub(super) fn is_data(&self, value: &Value) -> bool {
        match self.object(value) {
            Some(Object::Instance(instance)) => {
                matches!(self.object(&instance.class), Some(Object::Class(class)) if matches!(class.kind, ClassKind::Data(_)))
            }
            _ => false,
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
        if matches!(verdict, Value::NotImplemented) {
            return Ok(Err(self.why("a comparison that is not implemented")));
        }
        self.truth(&verdict)
    }

    /// How two values are ordered; `None` for values that are not ordered, such as NaN.
    pub(crate) fn order(
        &mut self,
        left: &Value,
        right: &Value,
        method: &str,
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
            (Some(Object::Instance(_)), _) => match self.class_attribute(left, method) {
                Ok(Some(function)) => {
                    let verdict = self.verdict_of(&function, left, right)?;
                    // Only whether the asked order holds is known.
                    Ok(verdict.map(|holds| match (holds, method) {
                        (true, "__gt__" | "__ge__") => Some(Ordering::Greater),
                        (true, _) => Some(Ordering::Less),
                        (false, _) => None,
                    }))
                }
                _ => Ok(Err(self.why("an order that is not known"))),
            },
            (Some(Object::Set(..)), _) | (_, Some(Object::Instance(_))) => {
                Ok(Err(self.why("an order that is not known")))
            }
            _ => {
                let message = format!(
                    "'{}' not supported between instances of '{}' and '{}'",
                    symbol(method),
                    self.type_name(left),
                    self.type_name(right)
                );
                self.raise("TypeError", Some(message))
            }
        }
    }

    fn order_items(&mut self, a: &[Value], b: &[Value], method: &str) -> Run<Known<Option<Ordering>>> {
        for (a, b) in a.iter().zip(b) {
            match self.equal(a, b)? {
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
                            let message = format!(
                                "'in <string>' requires string as left operand, not {}",
                                self.type_name(item)
                            );
                            self.raise("TypeError", Some(message))
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
                if matches!(dict.kind, crate::heap::DictKind::Environment) {
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
                    _ => Ok(Err(self.why("membership in an object of the chapter's own class"))),
                }
            }
            Some(Object::Lazy(..) | Object::Iterator(..)) => {
                let why = self.why("membership in an iterator");
                self.escape(container, &why);
                Ok(Err(why))
            }
            _ => {
                let items = match self.collect(container)? {
                    Ok(items) => items,
                    Err(why) => return Ok(Err(why)),
                };
                let mut unknown = None;
                for candidate in &items {
                    match self.equal(candidate, item)? {
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
