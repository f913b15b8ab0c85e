//! Arithmetic and the other binary and unary operators.

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};
use ruff_python_ast::{self as ast, Operator, UnaryOp};

use super::{Evaluator, Run};
use crate::heap::{ClassKind, Dict, DictKind, Frozen, Map, Object};
use crate::key::Key;
use crate::limits;
use crate::text::percent;
use crate::value::{Args, Value};

impl<'a> Evaluator<'a> {
    pub(super) fn eval_binary(&mut self, node: &'a ast::ExprBinOp) -> Run<Value> {
        let left = self.eval(&node.left)?;
        let right = self.eval(&node.right)?;
        self.stand_at(node);
        self.binary(node.op, &left, &right)
    }

    /// `left op right`
    pub(crate) fn binary(&mut self, op: Operator, left: &Value, right: &Value) -> Run<Value> {
        let unknown = [left, right].into_iter().find_map(|value| self.why_unknown(value));
        if let Some(why) = unknown {
            if why.part.is_none() {
                self.risk();
            }
            self.escape(left, &why);
            self.escape(right, &why);
            return Ok(Value::Unknown(why.derived()));
        }
        self.look_through([left, right]);
        if let Some(result) = self.arithmetic(op, left, right)? {
            return Ok(result);
        }
        if let Some(result) = self.sequence_operator(op, left, right)? {
            return Ok(result);
        }
        self.overloaded(op, left, right)
    }

    /// `left op= right`: lists, sets and dicts change in place.
    pub(super) fn in_place(&mut self, op: Operator, left: &Value, right: &Value) -> Run<Value> {
        match (op, self.object(left)) {
            (Operator::Add, Some(Object::List(_)))
                if matches!(self.class_attribute(right, "__radd__"), Ok(None)) =>
            {
                self.extend(left, right)?;
                Ok(left.clone())
            }
            (Operator::Mult, Some(Object::List(_))) => {
                let result = self.binary(op, left, right)?;
                match (self.object(&result).cloned(), left) {
                    (Some(contents @ Object::List(_)), Value::Object(id)) => self.heap.set(*id, contents),
                    _ => {
                        let why = self.why("an operation in place that is not read");
                        self.escape(left, &why);
                    }
                }
                Ok(left.clone())
            }
            (Operator::Add, Some(Object::Opaque(why, _))) => {
                let why = why.clone();
                self.escape(right, &why);
                Ok(left.clone())
            }
            (Operator::BitOr, Some(Object::Dict(dict))) if !matches!(dict.kind, DictKind::Counter) => {
                self.update_dict(left, right)?;
                Ok(left.clone())
            }
            (_, Some(Object::Set(_, Frozen::No) | Object::Deque(..) | Object::ByteArray(_))) => {
                let result = self.binary(op, left, right)?;
                match (self.object(&result).cloned(), left) {
                    (Some(contents @ (Object::Set(..) | Object::ByteArray(_))), Value::Object(id)) => {
                        self.heap.set(*id, contents);
                    }
                    (_, Value::Object(id)) => {
                        let why = self.why("an operation in place that is not read");
                        self.make_opaque(*id, &why);
                    }
                    _ => {}
                }
                Ok(left.clone())
            }
            (_, Some(Object::Instance(_))) => {
                let method = format!("__i{}__", dunder(op));
                match self.class_attribute(left, &method) {
                    Ok(Some(function)) => {
                        let result = self.call(&function, Args::of(vec![left.clone(), right.clone()]))?;
                        if matches!(result, Value::NotImplemented) {
                            return self.binary_of_augmented(op, left, right);
                        }
                        Ok(result)
                    }
                    _ => self.binary_of_augmented(op, left, right),
                }
            }
            _ => self.binary_of_augmented(op, left, right),
        }
    }

    fn binary_of_augmented(&mut self, op: Operator, left: &Value, right: &Value) -> Run<Value> {
        self.augmented = true;
        let result = self.binary(op, left, right);
        self.augmented = false;
        result
    }

    fn arithmetic(&mut self, op: Operator, left: &Value, right: &Value) -> Run<Option<Value>> {
        if matches!(left, Value::Float(_)) || matches!(right, Value::Float(_)) {
            let (Some(a), Some(b)) = (left.as_float(), right.as_float()) else { return Ok(None) };
            return self.float_arithmetic(op, a, b).map(Some);
        }
        if let (Some(a), Some(b)) = (left.as_index(), right.as_index())
            && let Some(small) = small_arithmetic(op, a, b)
        {
            let both_bool = matches!((left, right), (Value::Bool(_), Value::Bool(_)));
            let logical = matches!(op, Operator::BitAnd | Operator::BitOr | Operator::BitXor);
            return Ok(Some(if both_bool && logical { Value::Bool(small != 0) } else { Value::Int(small) }));
        }
        let (Some(a), Some(b)) = (left.as_big(), right.as_big()) else { return Ok(None) };
        self.int_arithmetic(op, a, b).map(Some)
    }

    fn int_arithmetic(&mut self, op: Operator, a: BigInt, b: BigInt) -> Run<Value> {
        if matches!(op, Operator::Div | Operator::FloorDiv | Operator::Mod) && b.is_zero() {
            let message = matches!(op, Operator::Div).then(|| "division by zero".to_owned());
            return self.raise("ZeroDivisionError", message);
        }
        let bits = a.bits().max(b.bits());
        if bits > limits::INT_BITS {
            return Ok(self.unknown("a very large number"));
        }
        Ok(match op {
            Operator::Add => Value::int(a + b),
            Operator::Sub => Value::int(a - b),
            Operator::Mult => Value::int(a * b),
            Operator::Div => match (exact_float(&a), exact_float(&b)) {
                (Some(a), Some(b)) => Value::Float(a / b),
                _ => self.unknown("a quotient of very large numbers"),
            },
            Operator::FloorDiv => Value::int(floor_div(&a, &b).0),
            Operator::Mod => Value::int(floor_div(&a, &b).1),
            Operator::Pow => return self.power(&a, &b),
            Operator::LShift => match b.to_u64() {
                Some(by) if a.bits() + by <= limits::INT_BITS => Value::int(a << by),
                Some(_) => self.unknown("a very large number"),
                None => return self.raise("ValueError", Some("negative shift count".to_owned())),
            },
            Operator::RShift => match b.to_u64() {
                Some(by) => Value::int(a >> by),
                None => return self.raise("ValueError", Some("negative shift count".to_owned())),
            },
            Operator::BitAnd => Value::int(a & b),
            Operator::BitOr => Value::int(a | b),
            Operator::BitXor => Value::int(a ^ b),
            Operator::MatMult => self.unknown("a matrix product"),
        })
    }

    fn power(&mut self, a: &BigInt, b: &BigInt) -> Run<Value> {
        if b.is_negative() {
            return match (exact_float(a), exact_float(b)) {
                (Some(a), Some(b)) => self.float_arithmetic(Operator::Pow, a, b),
                _ => Ok(self.unknown("a power of very large numbers")),
            };
        }
        match b.to_u32() {
            Some(exponent) if a.bits().saturating_mul(u64::from(exponent)) <= limits::INT_BITS => {
                Ok(Value::int(a.pow(exponent)))
            }
            _ => Ok(self.unknown("a very large number")),
        }
    }

    #[expect(clippy::float_cmp, reason = "only exact exponents are computed")]
    fn float_arithmetic(&mut self, op: Operator, a: f64, b: f64) -> Run<Value> {
        if matches!(op, Operator::Div | Operator::FloorDiv | Operator::Mod) && b == 0.0 {
            return self.raise("ZeroDivisionError", None);
        }
        if matches!(op, Operator::Pow) && a == 0.0 && b < 0.0 {
            return self.raise("ZeroDivisionError", None);
        }
        Ok(match op {
            Operator::Add => Value::Float(a + b),
            Operator::Sub => Value::Float(a - b),
            Operator::Mult => Value::Float(a * b),
            Operator::Div => Value::Float(a / b),
            Operator::FloorDiv => Value::Float(float_div_mod(a, b).0),
            Operator::Mod => Value::Float(float_div_mod(a, b).1),
            // Only where every libm agrees: squares, roots and small whole powers differ in the last bit.
            Operator::Pow if b == 1.0 => Value::Float(a),
            Operator::Pow if b == 2.0 => Value::Float(a * a),
            Operator::Pow if b == 0.0 => Value::Float(1.0),
            Operator::Pow => self.unknown("a power of floats"),
            _ => return self.unsupported(op, &Value::Float(a), &Value::Float(b)),
        })
    }

    fn sequence_operator(&mut self, op: Operator, left: &Value, right: &Value) -> Run<Option<Value>> {
        Ok(Some(match (op, left, right) {
            (Operator::Add, Value::Str(a), Value::Str(b)) => {
                self.spend(a.len() + b.len())?;
                Value::Str(Rc::from([&**a, &**b].concat()))
            }
            (Operator::Add, Value::Bytes(a), Value::Bytes(b)) => {
                self.spend(a.len() + b.len())?;
                Value::Bytes(Rc::from([&**a, &**b].concat()))
            }
            (Operator::Add, Value::Tuple(a), Value::Tuple(b)) => {
                self.build(a.len() + b.len())?;
                Value::tuple(a.iter().chain(b.iter()).cloned().collect())
            }
            (Operator::Mod, Value::Str(template), _) => {
                let template = template.clone();
                return percent::format(self, &template, right).map(Some);
            }
            (Operator::Mult, times, sequence) if times.as_index().is_some() => {
                return self.repeated(sequence, times.as_index().unwrap_or(0));
            }
            (Operator::Mult, sequence, times) if times.as_index().is_some() => {
                return self.repeated(sequence, times.as_index().unwrap_or(0));
            }
            _ => return self.container_operator(op, left, right),
        }))
    }

    fn repeated(&mut self, sequence: &Value, times: i64) -> Run<Option<Value>> {
        let times = usize::try_from(times).unwrap_or(0);
        let len = match sequence {
            Value::Str(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::Tuple(items) => items.len(),
            _ => match self.object(sequence) {
                Some(Object::List(items)) => items.len(),
                _ => return Ok(None),
            },
        };
        let is_text = matches!(sequence, Value::Str(_) | Value::Bytes(_));
        if len.saturating_mul(times) > if is_text { limits::SIZE } else { limits::ITEMS } {
            if let Some(Object::List(items)) = self.object(sequence) {
                let items = items.clone();
                let why = self.why("a very large list");
                items.iter().for_each(|item| self.escape(item, &why));
                return Ok(Some(self.opaque_list(&why)));
            }
            return Ok(Some(self.unknown("a very large value")));
        }
        if is_text {
            self.spend(len * times)?;
        } else {
            self.build(len * times)?;
        }
        Ok(Some(match sequence {
            Value::Str(text) => Value::str(text.repeat(times)),
            Value::Bytes(bytes) => Value::Bytes(Rc::from(bytes.repeat(times))),
            Value::Tuple(items) => {
                Value::tuple(std::iter::repeat_n(&items[..], times).flatten().cloned().collect())
            }
            _ => match self.object(sequence) {
                Some(Object::List(items)) => {
                    let items = std::iter::repeat_n(&items[..], times).flatten().cloned().collect();
                    self.list(items)
                }
                _ => return Ok(None),
            },
        }))
    }

    fn container_operator(&mut self, op: Operator, left: &Value, right: &Value) -> Run<Option<Value>> {
        let (Some(a), Some(b)) = (self.object(left).cloned(), self.object(right).cloned()) else {
            return Ok(None);
        };
        Ok(match (op, a, b) {
            (Operator::Add, Object::List(a), Object::List(b)) => {
                self.build(a.len() + b.len())?;
                let items = a.iter().chain(b.iter()).cloned().collect();
                Some(self.list(items))
            }
            (Operator::BitOr, Object::Dict(a), Object::Dict(b))
                if [&a, &b]
                    .iter()
                    .all(|dict| matches!(dict.kind, DictKind::Plain | DictKind::Default(_)))
                    && std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind) =>
            {
                self.build(a.entries.len() + b.entries.len())?;
                let mut entries = a.entries.clone();
                for (key, (name, value)) in &b.entries {
                    entries.entry(key.clone()).or_insert_with(|| (name.clone(), Value::None)).1 =
                        value.clone();
                }
                Some(self.alloc(Object::Dict(Rc::new(Dict { entries, kind: a.kind.clone(), taken: 0 }))))
            }
            (op, Object::Set(a, frozen), Object::Set(b, _)) => {
                self.build(2 * (a.len() + b.len()))?;
                let set = set_operator(op, &a, &b);
                set.map(|set| self.alloc(Object::Set(Rc::new(set), frozen)))
            }
            (Operator::Add, Object::ByteArray(a), Object::ByteArray(b)) => {
                self.spend(a.len() + b.len())?;
                Some(self.alloc(Object::ByteArray(Rc::new([&**a, &**b].concat()))))
            }
            _ => None,
        })
    }

    /// Operators of the chapter's own classes.
    fn overloaded(&mut self, op: Operator, left: &Value, right: &Value) -> Run<Value> {
        for (receiver, other, name) in self.operator_methods(op, left, right) {
            match self.class_attribute(&receiver, &name) {
                Ok(Some(function)) => {
                    let result = self.call(&function, Args::of(vec![receiver, other]))?;
                    if !matches!(result, Value::NotImplemented) {
                        return Ok(result);
                    }
                }
                Ok(None) => {}
                Err(why) => {
                    self.risk();
                    self.escape(left, &why);
                    self.escape(right, &why);
                    return Ok(Value::Unknown(why));
                }
            }
        }
        // Unions of types, counters, deques and the like.
        let plain = |value: &Value| {
            matches!(
                value,
                Value::None
                    | Value::Bool(_)
                    | Value::Int(_)
                    | Value::Float(_)
                    | Value::Str(_)
                    | Value::Bytes(_)
                    | Value::Tuple(_)
            ) || matches!(self.object(value), Some(Object::List(_) | Object::Dict(_)))
        };
        let own = |value: &Value| {
            matches!(self.object(value), Some(Object::Instance(instance))
                if matches!(self.object(&instance.class), Some(Object::Class(class)) if class.mro.iter().all(|base| matches!(base, Value::Object(_))) && matches!(class.kind, ClassKind::Plain | ClassKind::Data(_))))
        };
        // `__index__` and its like make a number of an object.
        let counts = matches!(op, Operator::Mult | Operator::Mod);
        if plain(left) && plain(right)
            || (!counts && (plain(left) || own(left)) && (plain(right) || own(right)))
        {
            return self.unsupported(op, left, right);
        }
        self.risk();
        let why = self.why("an operation that is not read");
        self.escape(left, &why);
        self.escape(right, &why);
        Ok(Value::Unknown(why))
    }

    /// The methods that an operator asks, in Python's order: the reflected one first if the right operand's
    /// class derives from the left one's and has its own; not at all if both are of one class.
    fn operator_methods(&self, op: Operator, left: &Value, right: &Value) -> Vec<(Value, Value, String)> {
        let forward = (left.clone(), right.clone(), format!("__{}__", dunder(op)));
        let name = format!("__r{}__", dunder(op));
        let (a, b) = (self.class_of(left), self.class_of(right));
        if matches!(self.object(left), Some(Object::Instance(_))) && a.same(&b) {
            return vec![forward];
        }
        let own = match (self.class_attribute(left, &name), self.class_attribute(right, &name)) {
            (Ok(Some(old)), Ok(Some(new))) => !old.same(&new),
            (_, Ok(Some(_)) | Err(_)) => true,
            _ => false,
        };
        let derives =
            matches!(self.object(&b), Some(Object::Class(_))) && self.is_subclass(&b, &a).unwrap_or(false);
        let reflected = (right.clone(), left.clone(), name);
        if derives && own { vec![reflected, forward] } else { vec![forward, reflected] }
    }

    fn unsupported(&mut self, op: Operator, left: &Value, right: &Value) -> Run<Value> {
        // Only where every version of Python says the same.
        let number = matches!(left, Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_));
        let plain = matches!(right, Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_))
            || matches!((op, right), (Operator::Add | Operator::Sub | Operator::Div, Value::Str(_)));
        let message = match (op, left, self.type_named(left).zip(self.type_named(right))) {
            _ if self.augmented => None,
            (Operator::Add, Value::Str(_), Some((_, right))) => {
                Some(format!("can only concatenate str (not \"{right}\") to str"))
            }
            (Operator::Add | Operator::Sub | Operator::Mult | Operator::Div, _, Some((left, right)))
                if number && plain =>
            {
                Some(format!("unsupported operand type(s) for {}: '{left}' and '{right}'", op.as_str()))
            }
            _ => None,
        };
        self.raise("TypeError", message)
    }

    /// `op operand`
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Value) -> Run<Value> {
        if matches!(op, UnaryOp::Not) {
            return Ok(match self.truth(operand)? {
                Ok(truth) => Value::Bool(!truth),
                Err(why) => Value::Unknown(why.derived()),
            });
        }
        if let Some(why) = self.why_unknown(operand) {
            self.risk();
            return Ok(Value::Unknown(why.derived()));
        }
        match (op, operand) {
            (UnaryOp::USub, Value::Float(value)) => Ok(Value::Float(-value)),
            (UnaryOp::UAdd, Value::Float(value)) => Ok(Value::Float(*value)),
            (op, value) => match (op, value.as_big()) {
                (UnaryOp::USub, Some(value)) => Ok(Value::int(-value)),
                (UnaryOp::UAdd, Some(value)) => Ok(Value::int(value)),
                (UnaryOp::Invert, Some(value)) => Ok(Value::int(!value)),
                _ => {
                    let why = self.why("an operation that is not read");
                    self.escape(operand, &why);
                    self.risk();
                    Ok(Value::Unknown(why))
                }
            },
        }
    }
}

fn small_arithmetic(op: Operator, a: i64, b: i64) -> Option<i64> {
    match op {
        Operator::Add => a.checked_add(b),
        Operator::Sub => a.checked_sub(b),
        Operator::Mult => a.checked_mul(b),
        Operator::FloorDiv if b != 0 => {
            let quotient = a.checked_div(b)?;
            Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
        }
        Operator::Mod if b != 0 => {
            let rest = a.checked_rem(b)?;
            Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
        }
        Operator::BitAnd => Some(a & b),
        Operator::BitOr => Some(a | b),
        Operator::BitXor => Some(a ^ b),
        _ => None,
    }
}

/// The float of an integer that has one exactly.
fn exact_float(value: &BigInt) -> Option<f64> {
    (value.bits() <= 53).then(|| value.to_f64()).flatten()
}

/// Quotient and rest, rounded towards negative infinity.
fn floor_div(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    let (quotient, rest) = (a / b, a % b);
    if !rest.is_zero() && rest.is_negative() != b.is_negative() {
        return (quotient - 1, rest + b);
    }
    (quotient, rest)
}

/// `divmod` of floats, as `CPython` computes it.
pub(crate) fn float_div_mod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest == 0.0 {
        rest = 0.0_f64.copysign(b);
    } else if (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    let floored = if quotient == 0.0 {
        0.0_f64.copysign(a / b)
    } else {
        let floored = quotient.floor();
        if quotient - floored > 0.5 { floored + 1.0 } else { floored }
    };
    (floored, rest)
}

/// Union, intersection, difference and symmetric difference.
pub(crate) fn set_operator(
    op: Operator,
    a: &Map<Key, Value>,
    b: &Map<Key, Value>,
) -> Option<Map<Key, Value>> {
    let pick = |from: &Map<Key, Value>, other: &Map<Key, Value>, shared: bool| -> Vec<(Key, Value)> {
        from.iter()
            .filter(|(key, _)| other.contains_key(*key) == shared)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    Some(match op {
        Operator::BitOr => a.iter().chain(b).map(|(key, value)| (key.clone(), value.clone())).collect(),
        Operator::BitAnd => pick(a, b, true).into_iter().collect(),
        Operator::Sub => pick(a, b, false).into_iter().collect(),
        Operator::BitXor => pick(a, b, false).into_iter().chain(pick(b, a, false)).collect(),
        _ => return None,
    })
}

fn dunder(op: Operator) -> &'static str {
    match op {
        Operator::Add => "add",
        Operator::Sub => "sub",
        Operator::Mult => "mul",
        Operator::MatMult => "matmul",
        Operator::Div => "truediv",
        Operator::Mod => "mod",
        Operator::Pow => "pow",
        Operator::LShift => "lshift",
        Operator::RShift => "rshift",
        Operator::BitOr => "or",
        Operator::BitXor => "xor",
        Operator::BitAnd => "and",
        Operator::FloorDiv => "floordiv",
    }
}
