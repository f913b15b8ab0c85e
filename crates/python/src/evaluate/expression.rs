//! Expressions.

use std::rc::Rc;

use num_bigint::BigInt;
use ruff_python_ast::{self as ast, Expr, InterpolatedStringElement, Number};
use ruff_text_size::Ranged;

use super::{Evaluator, Run};
use crate::heap::{Dict, Map, Object};
use crate::key::Key;
use crate::reason::Why;
use crate::text::format::Conversion;
use crate::value::{Args, Text, Value};

impl<'a> Evaluator<'a> {
    /// Evaluates an expression.
    pub(crate) fn eval(&mut self, node: &'a Expr) -> Run<Value> {
        self.step()?;
        self.nested(|reader| reader.eval_node(node))
    }

    #[expect(clippy::too_many_lines, reason = "one arm a kind of expression")]
    fn eval_node(&mut self, node: &'a Expr) -> Run<Value> {
        match node {
            Expr::NoneLiteral(_) => Ok(Value::None),
            Expr::BooleanLiteral(node) => Ok(Value::Bool(node.value)),
            Expr::NumberLiteral(node) => Ok(self.number(&node.value)),
            Expr::StringLiteral(node) => self.literal(node.value.to_str(), node),
            Expr::BytesLiteral(node) => {
                let bytes: Vec<u8> = node.value.bytes().collect();
                Ok(Value::Bytes(Rc::from(bytes)))
            }
            Expr::EllipsisLiteral(_) => Ok(Value::Ellipsis),
            Expr::FString(node) => self.eval_fstring(node),
            Expr::TString(_) => Ok(self.unknown("template strings are not read")),
            Expr::Name(node) => {
                self.stand_at(node);
                self.load(node.id.as_str())
            }
            Expr::Attribute(node) => {
                let object = self.eval(&node.value)?;
                self.stand_at(node);
                self.attribute(&object, &node.attr)
            }
            Expr::Subscript(node) => {
                let object = self.eval(&node.value)?;
                let key = self.eval(&node.slice)?;
                self.stand_at(node);
                self.item(&object, &key)
            }
            Expr::Slice(node) => {
                let mut bound = |part: &'a Option<Box<Expr>>| {
                    part.as_deref().map_or(Ok(Value::None), |part| self.eval(part))
                };
                Ok(Value::Slice(Rc::new([bound(&node.lower)?, bound(&node.upper)?, bound(&node.step)?])))
            }
            Expr::Call(node) => self.eval_call(node),
            Expr::BinOp(node) => self.eval_binary(node),
            Expr::UnaryOp(node) => {
                let operand = self.eval(&node.operand)?;
                self.unary(node.op, &operand)
            }
            Expr::BoolOp(node) => self.eval_bool(node.op, &node.values),
            Expr::Compare(node) => {
                let left = self.eval(&node.left)?;
                self.eval_comparison(&left, &node.ops, &node.comparators)
            }
            Expr::If(node) => {
                let test = self.eval(&node.test)?;
                match self.truth(&test)? {
                    Ok(true) => self.eval(&node.body),
                    Ok(false) => self.eval(&node.orelse),
                    Err(why) => {
                        let why = self.condition(&why);
                        self.branch(
                            &why,
                            |reader| reader.eval(&node.body),
                            |reader| reader.eval(&node.orelse),
                        )
                    }
                }
            }
            Expr::Named(node) => {
                let value = self.eval(&node.value)?;
                self.assign_walrus(&node.target, value.clone())?;
                Ok(value)
            }
            Expr::List(node) => {
                let items = self.eval_items(&node.elts)?;
                Ok(match items {
                    Ok(items) => self.list(items),
                    Err(why) => self.opaque_list(&why),
                })
            }
            Expr::Tuple(node) => Ok(match self.eval_items(&node.elts)? {
                Ok(items) => Value::tuple(items),
                Err(why) => Value::Unknown(why),
            }),
            Expr::Set(node) => match self.eval_items(&node.elts)? {
                Ok(items) => self.set_of(items),
                Err(why) => Ok(Value::Unknown(why)),
            },
            Expr::Dict(node) => self.eval_dict(node),
            Expr::ListComp(node) => self.list_comprehension(&node.elt, &node.generators),
            Expr::SetComp(node) => self.set_comprehension(&node.elt, &node.generators),
            Expr::DictComp(node) => self.dict_comprehension(node),
            Expr::Generator(node) => self.generator_expression(node),
            Expr::Lambda(node) => self.lambda(node),
            Expr::Await(node) => {
                let value = self.eval(&node.value)?;
                self.awaited(value)
            }
            Expr::Yield(node) => {
                let value = node.value.as_deref().map_or(Ok(Value::None), |value| self.eval(value))?;
                self.hand_out(value)?;
                // Nothing is ever sent into a generator.
                Ok(Value::None)
            }
            Expr::YieldFrom(node) => {
                let source = self.eval(&node.value)?;
                self.hand_out_all(&source)
            }
            Expr::Starred(node) => self.eval(&node.value),
            Expr::IpyEscapeCommand(_) => Ok(self.unknown("it comes from a shell command or magic")),
        }
    }

    fn number(&mut self, number: &Number) -> Value {
        match number {
            Number::Int(int) => match int.as_i64() {
                Some(value) => Value::Int(value),
                None => big_literal(&int.to_string()).map_or_else(|| self.unknown("a number"), Value::int),
            },
            Number::Float(value) => Value::Float(*value),
            Number::Complex { .. } => self.unknown("complex numbers are not read"),
        }
    }

    fn literal(&mut self, text: &str, node: &impl Ranged) -> Run<Value> {
        if self.has_surrogates(text, node) {
            return Ok(self.unknown("text with halves of characters"));
        }
        self.spend(text.len())?;
        Ok(Value::str(text))
    }

    /// Whether a literal's source names surrogates: the parser puts a replacement character where Python
    /// has half of a pair.
    fn has_surrogates(&self, text: &str, node: &impl Ranged) -> bool {
        if !text.contains('\u{fffd}') {
            return false;
        }
        let Some(fence) = self.fences.get(self.frame().fence) else { return true };
        let source = fence.text.get(node.start().to_usize()..node.end().to_usize()).unwrap_or_default();
        let source = source.to_ascii_lowercase();
        source.contains("\\ud") || source.contains("\\u0000d")
    }

    fn eval_fstring(&mut self, node: &'a ast::ExprFString) -> Run<Value> {
        let mut out = String::new();
        let mut unknown = None;
        for part in &node.value {
            match part {
                ast::FStringPart::Literal(literal) => {
                    if self.has_surrogates(literal, literal) {
                        unknown.get_or_insert(self.why("text with halves of characters"));
                    }
                    out.push_str(literal);
                }
                ast::FStringPart::FString(string) => {
                    for element in &string.elements {
                        self.eval_element(element, &mut out, &mut unknown)?;
                    }
                }
            }
        }
        self.spend(out.len())?;
        Ok(unknown.map_or_else(|| Value::str(&out), Value::Unknown))
    }

    fn eval_element(
        &mut self,
        element: &'a InterpolatedStringElement,
        out: &mut String,
        unknown: &mut Option<Rc<Why>>,
    ) -> Run<()> {
        let node = match element {
            InterpolatedStringElement::Literal(literal) => {
                if self.has_surrogates(&literal.value, literal) {
                    unknown.get_or_insert(self.why("text with halves of characters"));
                }
                out.push_str(&literal.value);
                return Ok(());
            }
            InterpolatedStringElement::Interpolation(node) => node,
        };
        let value = self.eval(&node.expression)?;
        self.stand_at(node);
        let mut spec = String::new();
        if let Some(format) = &node.format_spec {
            for element in &format.elements {
                self.eval_element(element, &mut spec, unknown)?;
            }
        }
        let mut conversion = match node.conversion {
            ast::ConversionFlag::None => Conversion::None,
            ast::ConversionFlag::Str => Conversion::Str,
            ast::ConversionFlag::Ascii => Conversion::Ascii,
            ast::ConversionFlag::Repr => Conversion::Repr,
        };
        if let Some(debug) = &node.debug_text {
            out.push_str(debug.as_str());
            if matches!(conversion, Conversion::None) && spec.is_empty() {
                conversion = Conversion::Repr;
            }
        }
        match self.formatted(&value, conversion, &spec)? {
            Ok(text) => {
                out.push_str(&text);
                Self::room(out.len())?;
            }
            Err(why) => {
                unknown.get_or_insert(why.derived());
            }
        }
        Ok(())
    }

    /// The items of a display, splats expanded; or why it is not known how many.
    fn eval_items(&mut self, nodes: &'a [Expr]) -> Run<Result<Vec<Value>, Rc<Why>>> {
        let mut items = Vec::with_capacity(nodes.len());
        let mut unknown: Option<Rc<Why>> = None;
        for node in nodes {
            if let Expr::Starred(starred) = node {
                let source = self.eval(&starred.value)?;
                match self.collect(&source)? {
                    Ok(more) => items.extend(more),
                    Err(why) => {
                        self.risk();
                        unknown.get_or_insert(why.derived());
                    }
                }
            } else {
                items.push(self.eval(node)?);
            }
        }
        self.build(items.len())?;
        if let Some(why) = unknown {
            for item in &items {
                self.escape(item, &why);
            }
            return Ok(Err(why));
        }
        Ok(Ok(items))
    }

    fn eval_dict(&mut self, node: &'a ast::ExprDict) -> Run<Value> {
        let mut entries: Map<Key, (Value, Value)> = Map::default();
        let mut unknown: Option<Rc<Why>> = None;
        for item in &node.items {
            let Some(key) = &item.key else {
                let source = self.eval(&item.value)?;
                match self.entries_of(&source)? {
                    Ok(more) => {
                        for (key, value) in more {
                            self.put(&mut entries, key, value, &mut unknown)?;
                        }
                    }
                    Err(why) => {
                        self.risk();
                        unknown.get_or_insert(why.derived());
                    }
                }
                continue;
            };
            let key = self.eval(key)?;
            let value = self.eval(&item.value)?;
            self.put(&mut entries, key, value, &mut unknown)?;
        }
        self.build(entries.len())?;
        let dict = self.alloc(Object::Dict(Rc::new(Dict { entries, ..Dict::default() })));
        if let (Some(why), Value::Object(id)) = (unknown, &dict) {
            self.make_opaque(*id, &why);
        }
        Ok(dict)
    }

    fn put(
        &mut self,
        entries: &mut Map<Key, (Value, Value)>,
        key: Value,
        value: Value,
        unknown: &mut Option<Rc<Why>>,
    ) -> Run<()> {
        match self.hashed(&key)? {
            Ok(hashed) => {
                let slot = entries.entry(hashed).or_insert_with(|| (key, Value::None));
                slot.1 = value;
            }
            Err(why) => {
                self.escape(&value, &why);
                unknown.get_or_insert(why);
            }
        }
        Ok(())
    }

    /// An object that is a list, and of which nothing more is known.
    pub(crate) fn opaque_list(&mut self, why: &Rc<Why>) -> Value {
        let list = self.list(Vec::new());
        if let Value::Object(id) = list {
            self.make_opaque(id, why);
        }
        list
    }

    fn eval_bool(&mut self, op: ast::BoolOp, nodes: &'a [Expr]) -> Run<Value> {
        let Some((first, rest)) = nodes.split_first() else { return Ok(Value::None) };
        let value = self.eval(first)?;
        if rest.is_empty() {
            return Ok(value);
        }
        let stops_at = matches!(op, ast::BoolOp::Or);
        match self.truth(&value)? {
            Ok(truth) if truth == stops_at => Ok(value),
            Ok(_) => self.eval_bool(op, rest),
            Err(why) => {
                let why = self.condition(&why);
                self.branch(&why, |_| Ok(value.clone()), |reader| reader.eval_bool(op, rest))
            }
        }
    }

    fn eval_call(&mut self, node: &'a ast::ExprCall) -> Run<Value> {
        // A method call does not need the method as a value.
        if let Expr::Attribute(target) = &*node.func {
            let object = match self.client_left_out(target, &node.arguments) {
                Some(client) => client,
                None => self.eval(&target.value)?,
            };
            let args = self.eval_arguments(&node.arguments)?;
            self.stand_at(node);
            return self.call_method(&object, &target.attr, args, Some(node));
        }
        let function = self.eval(&node.func)?;
        if matches!(&function, Value::Native(native) if native.name == "super") && node.arguments.is_empty() {
            return Ok(self.super_of_frame());
        }
        let args = self.eval_arguments(&node.arguments)?;
        self.stand_at(node);
        if let Some(why) = self.why_unknown(&function) {
            return self.call_unknown(&function, &args, &why, Some(node));
        }
        self.call(&function, args)
    }

    /// A fence of documentation may leave out where its client comes from. If it runs at all, a name that
    /// no fence sets and whose method takes what only boto3's takes is such a client.
    fn client_left_out(&self, target: &ast::ExprAttribute, arguments: &ast::Arguments) -> Option<Value> {
        Self::operation(&target.attr)?;
        arguments.find_keyword("modelId")?;
        let Expr::Name(name) = &*target.value else { return None };
        self.is_unset(name.id.as_str()).then(|| Value::Client(Rc::new((Text::from("bedrock-runtime"), None))))
    }

    /// Evaluates arguments, splats expanded.
    pub(super) fn eval_arguments(&mut self, arguments: &'a ast::Arguments) -> Run<Args> {
        let mut args = Args::default();
        for node in &arguments.args {
            if let Expr::Starred(starred) = node {
                let source = self.eval(&starred.value)?;
                match self.collect(&source)? {
                    Ok(items) if args.open.is_none() => args.pos.extend(items),
                    Ok(items) => {
                        let why = self.why("an argument whose place is not known");
                        self.escape_all(&items, &why);
                    }
                    Err(why) => {
                        self.risk();
                        args.open.get_or_insert(why.derived());
                    }
                }
            } else {
                let value = self.eval(node)?;
                if let Some(why) = args.open.clone() {
                    self.escape(&value, &why);
                } else {
                    args.pos.push(value);
                }
            }
        }
        for keyword in &arguments.keywords {
            let value = self.eval(&keyword.value)?;
            match &keyword.arg {
                Some(name) => {
                    let name = self.text(name);
                    args.kw.push((name, value));
                }
                None => self.splat(&mut args, &value)?,
            }
        }
        for (index, (name, _)) in args.kw.iter().enumerate().skip(1) {
            if args.kw[..index].iter().any(|(other, _)| other == name) {
                return self.raise("TypeError", None);
            }
        }
        Ok(args)
    }

    fn splat(&mut self, args: &mut Args, value: &Value) -> Run<()> {
        match self.entries_of(value)? {
            Ok(entries) => {
                for (key, value) in entries {
                    match key {
                        Value::Str(name) => args.kw.push((name, value)),
                        _ => return self.raise("TypeError", Some("keywords must be strings".to_owned())),
                    }
                }
            }
            Err(why) => {
                self.risk();
                args.open.get_or_insert(why.derived());
            }
        }
        Ok(())
    }

    /// A name as a shared text.
    pub(super) fn name(&mut self, name: &ast::Identifier) -> Text {
        self.text(name)
    }
}

/// An integer literal of any size, as the parser keeps it: digits with an optional base prefix.
fn big_literal(text: &str) -> Option<BigInt> {
    let digits = text.replace('_', "");
    let lower = digits.to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = lower.strip_prefix(prefix) {
            return BigInt::parse_bytes(digits.as_bytes(), radix);
        }
    }
    BigInt::parse_bytes(lower.as_bytes(), 10)
}
