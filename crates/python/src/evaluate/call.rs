//! Calls: of what is known, and of what is not.

use std::rc::Rc;

use ruff_python_ast as ast;
use ruff_text_size::Ranged as _;

use super::{Consumer, Evaluator, Run};
use crate::builtins::libraries::{self, Effect};
use crate::builtins::{Native, methods};
use crate::heap::{Lazy, Map, Object, Progress};
use crate::key::{Key, key_of};
use crate::reason::{AnswerPart, Why};
use crate::value::{Args, Text, Value, Wrapper};

impl<'a> Evaluator<'a> {
    /// Calls a value.
    pub(crate) fn call(&mut self, function: &Value, mut args: Args) -> Run<Value> {
        self.step()?;
        match function {
            Value::Function(function) => self.nested(|reader| reader.call_function(function, args)),
            Value::Method(pair) => {
                args.pos.insert(0, pair.0.clone());
                self.call(&pair.1, args)
            }
            Value::Native(native) if native.is_exception() => {
                // An `OSError` picks its class by its number, and others have arguments of their own.
                let plain = args.kw.is_empty() && args.open.is_none();
                let chooses = native.derives_from("OSError") && args.pos.len() > 1;
                if !plain
                    || chooses
                    || native.name.starts_with("Unicode")
                    || native.name.contains('.') && args.pos.len() > 1
                {
                    return self.give_up(&args, "an exception whose text is its own");
                }
                let error = self.exception(native.name, args.pos);
                Ok(error)
            }
            Value::Native(native) => self.call_native(native, args),
            Value::NativeMethod(pair) => {
                if matches!(pair.0, Value::Session(_)) || self.why_unknown(&pair.0).is_some() {
                    return self.call_method(&pair.0, &pair.1, args, None);
                }
                match methods::call_bound(self, &pair.0, &pair.1, &args) {
                    Some(result) => result,
                    None => self.give_up(&args, "a method that is not read"),
                }
            }
            Value::Partial(partial) => {
                let mut all = partial.args.clone();
                all.pos.extend(args.pos);
                for (name, value) in args.kw {
                    match all.kw.iter_mut().find(|(key, _)| *key == name) {
                        Some(slot) => slot.1 = value,
                        None => all.kw.push((name, value)),
                    }
                }
                all.open = all.open.or(args.open);
                self.call(&partial.function, all)
            }
            Value::Wrapped(Wrapper::Static, inner) => match inner.first() {
                Some(inner) => self.call(&inner.clone(), args),
                None => Ok(Value::None),
            },
            Value::Module(path) => self.call_foreign(path, &args),
            Value::Unknown(why) => self.call_unknown(function, &args, why, None),
            Value::Object(id) => match self.heap.get(*id).clone() {
                Object::Class(_) => self.nested(|reader| reader.instantiate(function, args)),
                Object::Memo(inner, answers) => self.call_memo(function, &inner, &answers, args),
                Object::Instance(_) => match self.class_attribute(function, "__call__") {
                    Ok(Some(method)) => {
                        args.pos.insert(0, function.clone());
                        self.call(&method, args)
                    }
                    Ok(None) => self.not_callable(function),
                    Err(why) => self.call_unknown(function, &args, &why, None),
                },
                Object::Opaque(why, _) => self.call_unknown(function, &args, &why, None),
                _ => self.not_callable(function),
            },
            _ => self.not_callable(function),
        }
    }

    /// Calls a function of Python's own. One whose value is not known may have raised instead.
    fn call_native(&mut self, native: &'static Native, args: Args) -> Run<Value> {
        if native.name.contains('.') && self.is_remade(native.name) {
            return self.give_up(&args, "a function of a module of which something was replaced");
        }
        if !native.fits(&args) {
            return self.give_up(&args, "a call with arguments that are not read");
        }
        let value = self.nested(|reader| (native.call)(reader, args))?;
        if let Value::Unknown(why) = &value
            && why.part.is_none()
            && native.may_raise()
        {
            self.risk();
        }
        Ok(value)
    }

    fn not_callable(&mut self, value: &Value) -> Run<Value> {
        let shown = self.type_named(value);
        self.raise("TypeError", shown.map(|of| format!("'{of}' object is not callable")))
    }

    /// Calls a method of a value.
    pub(super) fn call_method(
        &mut self,
        object: &Value,
        name: &str,
        args: Args,
        node: Option<&'a ast::ExprCall>,
    ) -> Run<Value> {
        if let Value::Client(client) = object {
            return self.call_client(&client.clone(), name, &args, node);
        }
        if let Value::Session(region) = object {
            return self.call_session(name, &args, region.clone());
        }
        if let Value::Module(_) = object {
            if let Some(why) = self.why_unknown(object)
                && Self::operation(name).is_some()
                && args.named("modelId").is_some()
            {
                self.note_unknown_client(name, &args, &why, node);
            }
            let function = self.attribute(object, name)?;
            return self.call(&function, args);
        }
        if let Some(why) = self.why_unknown(object) {
            return self.call_method_unknown(object, name, args, &why, node);
        }
        if let Some(result) = methods::call(self, object, name, &args) {
            return result;
        }
        let function = self.attribute(object, name)?;
        if let Some(why) = self.why_unknown(&function)
            && !matches!(function, Value::Module(_))
        {
            return self.call_unknown(&function, &args, &why, node);
        }
        self.call(&function, args)
    }

    /// A method of a value that is not known.
    fn call_method_unknown(
        &mut self,
        object: &Value,
        name: &str,
        args: Args,
        why: &Rc<Why>,
        node: Option<&'a ast::ExprCall>,
    ) -> Run<Value> {
        // An opaque instance still has its class's methods.
        if let Some(Object::Opaque(..)) = self.object(object)
            && let Ok(Some(_)) = self.class_attribute(object, name)
        {
            let function = self.attribute(object, name)?;
            return self.call(&function, args);
        }
        if Self::operation(name).is_some()
            && (args.named("modelId").is_some()
                || args.named("body").is_some()
                || args.named("messages").is_some())
        {
            self.note_unknown_client(name, &args, why, node);
        }
        if let Some(part) = why.part {
            return self.read_answer(object, name, &args, why, part, node);
        }
        self.call_unknown(object, &args, why, node)
    }

    /// A method of a part of an answer that is not recorded: reading does not fail.
    fn read_answer(
        &mut self,
        object: &Value,
        name: &str,
        args: &Args,
        why: &Rc<Why>,
        part: AnswerPart,
        node: Option<&'a ast::ExprCall>,
    ) -> Run<Value> {
        let result = match (part, name) {
            (AnswerPart::Body, "read") => AnswerPart::Bytes,
            (AnswerPart::Bytes, "decode") => AnswerPart::Bytes,
            (_, "get") if matches!(args.pos.first().and_then(Value::as_str), Some("body" | "stream")) => {
                AnswerPart::Body
            }
            (_, "get" | "items" | "keys" | "values" | "copy" | "pop") => AnswerPart::Content,
            (
                _,
                "strip" | "lstrip" | "rstrip" | "lower" | "upper" | "split" | "replace" | "splitlines"
                | "encode" | "decode" | "startswith" | "endswith" | "find" | "count" | "title" | "close"
                | "removeprefix" | "removesuffix",
            ) => {
                for value in args.all() {
                    self.escape(value, why);
                }
                return Ok(Value::Unknown(why.derived()));
            }
            _ => return self.call_unknown(object, args, why, node),
        };
        for value in args.all() {
            self.escape(value, why);
        }
        Ok(Value::Unknown(Why::answer(result, why)))
    }

    /// A function or class of a module that is not the chapter's and whose source is not read.
    fn call_foreign(&mut self, path: &Text, args: &Args) -> Run<Value> {
        let why = self.why(format!("it comes from `{path}()`"));
        let effect = libraries::effect(path);
        if effect != Some(Effect::Gives) {
            self.risk();
        }
        self.run_lazies(args, &why)?;
        match effect {
            Some(Effect::Gives | Effect::Reads) => {
                self.note_handing(args, &why);
                args.all().for_each(|value| self.escape_behaviour(value, &why));
            }
            Some(Effect::Picks) => args.all().for_each(|value| self.escape_items(value, &why)),
            Some(Effect::Controls) => {
                self.hand_over(args, &why);
                self.tampered.get_or_insert_with(|| why.clone());
            }
            None => {
                let inside = path.starts_with("boto3.Client._");
                let given = args.all().any(|value| matches!(value, Value::Client(_)));
                if inside || (path.starts_with("botocore.") && given) {
                    self.tampered.get_or_insert_with(|| why.clone());
                }
                self.hand_over(args, &why);
            }
        }
        Ok(Value::Unknown(why))
    }

    /// Calls something that is not known: it may change its arguments and call what it was given.
    pub(super) fn call_unknown(
        &mut self,
        callee: &Value,
        args: &Args,
        why: &Rc<Why>,
        node: Option<&'a ast::ExprCall>,
    ) -> Run<Value> {
        if let Value::Module(path) = callee {
            return self.call_foreign(path, args);
        }
        self.risk();
        if let Some(node) = node {
            self.note_unknown_call(node, why);
        }
        self.run_lazies(args, why)?;
        self.hand_over(args, why);
        // The origin says more than what was made of it since.
        let origin = why.text.contains("comes from") || why.text.starts_with("it depends");
        let why = match node {
            Some(node) if !origin => {
                let text = format!("it comes from `{}()`", self.snippet(node.func.range()));
                self.why(text)
            }
            _ => why.derived(),
        };
        Ok(Value::Unknown(why))
    }

    /// Iterators handed to unknown code may be run by it.
    fn run_lazies(&mut self, args: &Args, why: &Rc<Why>) -> Run<()> {
        let lazies: Vec<Value> = args
            .all()
            .filter(|value| match self.object(value) {
                Some(Object::Lazy(lazy, Progress::Fresh)) => {
                    !matches!(**lazy, Lazy::Count { .. } | Lazy::Cycle { .. })
                }
                _ => false,
            })
            .cloned()
            .collect();
        for lazy in lazies {
            let coroutine = matches!(self.object(&lazy), Some(Object::Lazy(inner, _)) if matches!(**inner, Lazy::Coroutine { .. }));
            let reason = why.clone();
            self.any_number(why, |reader| {
                if coroutine {
                    let inner = lazy.clone();
                    let value = reader.awaited(inner)?;
                    reader.escape(&value, &reason);
                } else if let Ok(items) = reader.collect(&lazy)? {
                    reader.escape_all(&items, &reason);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Gives functions and instances away, but not plain data: for libraries that only read data.
    fn escape_behaviour(&mut self, value: &Value, why: &Rc<Why>) {
        let mut work = vec![(value.clone(), 0)];
        while let Some((value, depth)) = work.pop() {
            match self.object(&value) {
                Some(Object::List(items)) if depth < 2 => {
                    work.extend(items.iter().map(|item| (item.clone(), depth + 1)));
                }
                Some(Object::Dict(dict)) if depth < 2 => {
                    work.extend(dict.entries.values().map(|(_, item)| (item.clone(), depth + 1)));
                }
                _ => self.escape(&value, why),
            }
        }
    }

    /// Gives the items of containers away, but not the containers themselves.
    fn escape_items(&mut self, value: &Value, why: &Rc<Why>) {
        match self.object(value).cloned() {
            Some(object @ (Object::List(_) | Object::Dict(_) | Object::Set(..) | Object::Deque(..))) => {
                self.escape_contents(&object, why);
            }
            _ => self.escape(value, why),
        }
    }

    /// A function that remembers its answers runs once for each arguments.
    fn call_memo(
        &mut self,
        memo: &Value,
        inner: &Value,
        answers: &Rc<Map<Key, Value>>,
        args: Args,
    ) -> Run<Value> {
        let named: Vec<Value> = args
            .kw
            .iter()
            .map(|(name, value)| Value::tuple(vec![Value::Str(name.clone()), value.clone()]))
            .collect();
        let all = Value::tuple(vec![Value::tuple(args.pos.clone()), Value::tuple(named)]);
        // Positional and named arguments are cached apart, and so are texts of other types that are equal.
        let plain = args.all().all(|value| matches!(value, Value::Str(_) | Value::Int(_) | Value::None));
        let key = if args.open.is_some() || !plain { None } else { key_of(&all).ok() };
        let Some((key, values)) = key else {
            let why = self.why("it is not known whether the cached function runs again");
            let inner = inner.clone();
            return self.branch(
                &why,
                |reader| reader.call(&inner, args),
                |_| Ok(Value::Unknown(why.clone())),
            );
        };
        self.build(values)?;
        if let Some(answer) = answers.get(&key) {
            return Ok(answer.clone());
        }
        let answer = self.call(inner, args)?;
        if let Value::Object(id) = memo
            && let Object::Memo(_, answers) = self.heap.change(*id)
        {
            Rc::make_mut(answers).insert(key, answer.clone());
        }
        Ok(answer)
    }

    /// The items of an iterable that a builtin takes with a callback, one consumer for all kinds.
    pub(crate) fn any_all(&mut self, source: &Value, stop_at: bool) -> Run<Value> {
        let iterator = match self.iterator(source)? {
            Ok(iterator) => iterator,
            Err(why) => {
                if let Some(Object::Set(items, _)) = self.object(source) {
                    let items = Value::tuple(items.values().cloned().collect());
                    return self.any_all(&items, stop_at);
                }
                self.risk();
                return Ok(Value::Unknown(why));
            }
        };
        let mut unknown: Option<Rc<Why>> = None;
        loop {
            match self.advance(&iterator)? {
                super::Step::Item(item) => match self.truth(&item)? {
                    Ok(truth) if truth == stop_at && unknown.is_none() => return Ok(Value::Bool(stop_at)),
                    Ok(_) => {}
                    Err(why) => {
                        unknown.get_or_insert(why);
                    }
                },
                super::Step::End => return Ok(unknown.map_or(Value::Bool(!stop_at), Value::Unknown)),
                super::Step::Unknown(why) => return Ok(Value::Unknown(why)),
                super::Step::Generator => return self.any_all_driven(&iterator, stop_at),
            }
        }
    }

    fn any_all_driven(&mut self, generator: &Value, stop_at: bool) -> Run<Value> {
        let token = self.token();
        let found = self.list(Vec::new());
        let into = found.clone();
        let consumer: Consumer<'a> = Rc::new(move |reader, item| match reader.truth(&item)? {
            Ok(truth) if truth == stop_at => {
                reader.append(&into, Value::Bool(stop_at))?;
                Err(super::End::Break(token))
            }
            Ok(_) => Ok(()),
            Err(why) => {
                let into = into.clone();
                reader.branch(
                    &why,
                    |reader| {
                        reader.append(&into, Value::Bool(stop_at))?;
                        Err(super::End::Break(token))
                    },
                    |_| Ok(()),
                )
            }
        });
        let since = self.paths.len();
        let result = self.drive(generator, token, consumer);
        self.settle(result, since, |end| match end {
            super::End::Break(to) if to == token => Ok(()),
            super::End::Close(to, inner) if to == token && matches!(*inner, super::End::Break(_)) => Ok(()),
            other => Err(other),
        })?;
        Ok(match self.object(&found) {
            Some(Object::List(items)) => Value::Bool(if items.is_empty() { !stop_at } else { stop_at }),
            _ => self.unknown("it depends on values that are not known"),
        })
    }

    /// What a bound or plain function is called.
    pub(crate) fn function_name(value: &Value) -> Option<Text> {
        match value {
            Value::Function(function) => Some(function.name.clone()),
            Value::Method(pair) => Self::function_name(&pair.1),
            _ => None,
        }
    }
}
