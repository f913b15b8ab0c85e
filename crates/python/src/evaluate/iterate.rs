//! Iteration: stepping through iterators, and gathering items.

use std::rc::Rc;

use super::{End, Evaluator, Run};
use crate::heap::{DictKind, Entries as Kept, Frozen, Lazy, Object, Progress, ViewKind};
use crate::limits;
use crate::reason::Why;
use crate::value::{Args, Entries, Id, Value};

/// One step of an iterator.
pub(crate) enum Step {
    /// The next item.
    Item(Value),
    /// There are no more.
    End,
    /// It is not known what comes.
    Unknown(Rc<Why>),
    /// A generator: it is not stepped through but driven, see [`Evaluator::drive`].
    Generator,
}

impl Evaluator<'_> {
    /// `iter(value)`, or why nothing is known of its items.
    pub(crate) fn iterator(&mut self, value: &Value) -> Run<Result<Value, Rc<Why>>> {
        if let Some(why) = self.why_unknown(value) {
            return Ok(Err(why));
        }
        let source = match value {
            Value::Str(text) => {
                self.build(text.len())?;
                let mut items = Vec::with_capacity(text.len());
                for c in text.chars() {
                    items.push(Value::Str(self.text(c.encode_utf8(&mut [0; 4]))));
                }
                Value::tuple(items)
            }
            Value::Bytes(bytes) => {
                self.build(bytes.len())?;
                Value::tuple(bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect())
            }
            Value::Tuple(_) | Value::Range(..) => value.clone(),
            Value::Object(id) => match self.heap.get(*id).clone() {
                Object::List(_) => value.clone(),
                object @ Object::Deque(..) => {
                    return Ok(Ok(self.entries_iterator(value, ViewKind::Keys, 0, 0, Some(object))));
                }
                Object::ByteArray(bytes) => {
                    self.build(bytes.len())?;
                    Value::tuple(bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect())
                }
                Object::Dict(dict) if matches!(dict.kind, DictKind::Environment) => {
                    return Ok(Err(self.why("the environment is not known")));
                }
                Object::Dict(dict) => {
                    self.build(dict.entries.len())?;
                    let (len, taken) = (dict.entries.len(), dict.taken);
                    return Ok(Ok(self.entries_iterator(value, ViewKind::Keys, len, taken, None)));
                }
                Object::View(dict, kind) => {
                    if let Some(Object::Dict(contents)) = self.object(&dict) {
                        let (len, taken) = (contents.entries.len(), contents.taken);
                        self.build(len)?;
                        return Ok(Ok(self.entries_iterator(&dict, kind, len, taken, None)));
                    }
                    let why = self.why_unknown(&dict).unwrap_or_else(|| self.why("a view of a dict"));
                    return Ok(Err(why));
                }
                object @ Object::Set(..) if matches!(&object, Object::Set(items, _) if items.len() <= 1) => {
                    return Ok(Ok(self.entries_iterator(value, ViewKind::Keys, 0, 0, Some(object))));
                }
                Object::Set(..) => return Ok(Err(self.why("the order of a set is not known"))),
                Object::Iterator(..) | Object::Entries(..) | Object::Lazy(..) => {
                    return Ok(Ok(value.clone()));
                }
                Object::Stream(..) => return Ok(Err(self.why("a stream read line by line"))),
                Object::Instance(_) => return self.iterator_of_instance(value),
                Object::Class(_) => match self.enum_members(value) {
                    Some(members) => Value::tuple(members),
                    None => return self.not_iterable(value),
                },
                _ => return self.not_iterable(value),
            },
            _ => return self.not_iterable(value),
        };
        Ok(Ok(self.alloc(Object::Iterator(source, 0))))
    }

    fn entries_iterator(
        &mut self,
        of: &Value,
        kind: ViewKind,
        len: usize,
        taken: u32,
        before: Option<Object>,
    ) -> Value {
        self.alloc(Object::Entries(Rc::new(Kept { of: of.clone(), kind, len, taken, before }), 0))
    }

    /// The next item of a container that must not change meanwhile.
    fn advance_entries(&mut self, id: Id, entries: &Rc<Kept>, at: usize) -> Run<Step> {
        if at == usize::MAX {
            return Ok(Step::End);
        }
        let now = match &entries.of {
            Value::Object(of) => self.heap.get(*of).clone(),
            _ => return Ok(Step::Unknown(self.why("an iterator"))),
        };
        let changed = "it changed while it was gone through";
        let item = match (&now, &entries.before) {
            (Object::Opaque(why, _), _) => return Ok(Step::Unknown(why.clone())),
            (Object::Dict(dict), None) => {
                if dict.entries.len() != entries.len {
                    let plain = matches!(dict.kind, DictKind::Plain | DictKind::Default(_));
                    let message = plain.then(|| "dictionary changed size during iteration".to_owned());
                    return self.raise("RuntimeError", message);
                }
                if dict.taken != entries.taken {
                    return Ok(Step::Unknown(self.why(changed)));
                }
                dict.entries.get_index(at).map(|(_, (key, value))| match entries.kind {
                    ViewKind::Keys => key.clone(),
                    ViewKind::Values => value.clone(),
                    ViewKind::Items => Value::tuple(vec![key.clone(), value.clone()]),
                })
            }
            (Object::Deque(items, _), Some(Object::Deque(before, _))) => {
                if items.len() != before.len() {
                    return self.raise("RuntimeError", Some("deque mutated during iteration".to_owned()));
                }
                if !Rc::ptr_eq(items, before) {
                    return Ok(Step::Unknown(self.why(changed)));
                }
                items.get(at).cloned()
            }
            (Object::Set(items, _), Some(Object::Set(before, _))) => {
                if items.len() != before.len() {
                    return self.raise("RuntimeError", Some("Set changed size during iteration".to_owned()));
                }
                if !Rc::ptr_eq(items, before) {
                    return Ok(Step::Unknown(self.why(changed)));
                }
                items.get_index(at).map(|(_, item)| item.clone())
            }
            _ => return Ok(Step::Unknown(self.why(changed))),
        };
        let next = if item.is_some() { at + 1 } else { usize::MAX };
        self.heap.set(id, Object::Entries(entries.clone(), next));
        Ok(item.map_or(Step::End, Step::Item))
    }

    fn not_iterable<T>(&mut self, value: &Value) -> Run<T> {
        let shown = self.type_named(value);
        self.raise("TypeError", shown.map(|of| format!("'{of}' object is not iterable")))
    }

    fn iterator_of_instance(&mut self, value: &Value) -> Run<Result<Value, Rc<Why>>> {
        if let Some(items) = self.named_tuple_items(value) {
            return self.iterator(&Value::tuple(items));
        }
        match self.class_attribute(value, "__iter__") {
            Ok(Some(method)) => {
                let iterator = self.call(&method, Args::of(vec![value.clone()]))?;
                match self.why_unknown(&iterator) {
                    Some(why) => Ok(Err(why)),
                    None => Ok(Ok(iterator)),
                }
            }
            Ok(None) => {
                if let Some(inner) = self.mixed_in(value) {
                    return self.iterator(&inner);
                }
                if matches!(self.class_attribute(value, "__getitem__"), Ok(None)) {
                    return self.not_iterable(value);
                }
                self.risk();
                let why = self.why("an object that is iterated by its `__getitem__`");
                self.escape(value, &why);
                Ok(Err(why))
            }
            Err(why) => Ok(Err(why)),
        }
    }

    /// The next item of an iterator.
    pub(crate) fn advance(&mut self, iterator: &Value) -> Run<Step> {
        self.step()?;
        if let Some(why) = self.why_unknown(iterator) {
            return Ok(Step::Unknown(why));
        }
        let Value::Object(id) = iterator else { return Ok(Step::Unknown(self.why("an iterator"))) };
        match self.heap.get(*id).clone() {
            Object::Iterator(source, at) => {
                let item = match self.indexed(&source, at) {
                    Ok(item) => item,
                    Err(why) => return Ok(Step::Unknown(why)),
                };
                // At its end an iterator stays there, even if its list grows later.
                let next = if item.is_some() { at + 1 } else { usize::MAX };
                self.heap.set(*id, Object::Iterator(source, next));
                Ok(item.map_or(Step::End, Step::Item))
            }
            Object::Entries(entries, at) => self.advance_entries(*id, &entries, at),
            Object::Lazy(lazy, progress) => self.advance_lazy(iterator, &lazy, &progress),
            Object::Instance(_) => self.advance_instance(iterator),
            _ => self.not_iterable(iterator),
        }
    }

    fn indexed(&self, source: &Value, at: usize) -> Result<Option<Value>, Rc<Why>> {
        if at == usize::MAX {
            return Ok(None);
        }
        match source {
            Value::Tuple(items) => Ok(items.get(at).cloned()),
            Value::Range(start, stop, step) => {
                let at = i64::try_from(at).unwrap_or(i64::MAX);
                let value = start.saturating_add(step.saturating_mul(at));
                let inside = if *step > 0 { value < *stop } else { value > *stop };
                Ok(inside.then_some(Value::Int(value)))
            }
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(items) | Object::Deque(items, _) => Ok(items.get(at).cloned()),
                Object::Opaque(why, _) => Err(why.clone()),
                _ => Err(self.why("an iterator")),
            },
            _ => Err(self.why("an iterator")),
        }
    }

    fn advance_instance(&mut self, iterator: &Value) -> Run<Step> {
        let method = match self.class_attribute(iterator, "__next__") {
            Ok(Some(method)) => method,
            Ok(None) => return self.not_iterable(iterator),
            Err(why) => return Ok(Step::Unknown(why)),
        };
        let since = self.paths.len();
        self.attempts.push(super::Attempt::default());
        let result = self.call(&method, Args::of(vec![iterator.clone()]));
        self.risk_to_path();
        self.attempts.pop();
        // Only the end of the iteration is caught here; other exceptions go on.
        let stops = self.paths[since..].iter().any(|path| matches!(path.end, End::Raise(_)));
        match result {
            Err(End::Raise(error)) if self.is_exception(&error, "StopIteration") => Ok(Step::End),
            Err(end) => Err(end),
            Ok(_) if stops => {
                let why = self.why("it is not known how many items it gives");
                self.escape(iterator, &why);
                Ok(Step::Unknown(why))
            }
            Ok(value) => Ok(Step::Item(value)),
        }
    }

    fn advance_lazy(&mut self, iterator: &Value, lazy: &Rc<Lazy>, progress: &Progress) -> Run<Step> {
        if *progress == Progress::Done {
            return Ok(Step::End);
        }
        let given = match progress {
            Progress::Given(count) => *count,
            _ => 0,
        };
        let step = match &**lazy {
            Lazy::Generator { .. } | Lazy::Expression { .. } => return Ok(Step::Generator),
            Lazy::Coroutine { .. } => return self.not_iterable(iterator),
            Lazy::Map { function, sources } => match self.advance_all(sources, None)? {
                Ok(Some(items)) => Step::Item(self.call(function, Args::of(items))?),
                Ok(None) => Step::End,
                Err(step) => step,
            },
            Lazy::Filter { function, source } => self.advance_filter(function, source)?,
            Lazy::Enumerate { source, start } => match self.advance(source)? {
                Step::Item(item) => {
                    let index = Value::Int(start.saturating_add(i64::try_from(given).unwrap_or(i64::MAX)));
                    Step::Item(Value::tuple(vec![index, item]))
                }
                other => other,
            },
            Lazy::Zip { sources, fill } => match self.advance_all(sources, fill.as_ref())? {
                Ok(Some(items)) => Step::Item(Value::tuple(items)),
                Ok(None) => Step::End,
                Err(step) => step,
            },
            Lazy::Count { start, step } => {
                let offset = self.binary(
                    ruff_python_ast::Operator::Mult,
                    step,
                    &Value::Int(i64::try_from(given).unwrap_or(i64::MAX)),
                )?;
                Step::Item(self.binary(ruff_python_ast::Operator::Add, start, &offset)?)
            }
            Lazy::Cycle { items } => {
                items.get(given % items.len().max(1)).cloned().map_or(Step::End, Step::Item)
            }
            Lazy::Chain { sources } => return self.advance_chain(iterator, sources, given),
            Lazy::Slice { source, start, stop, step } => {
                return self.advance_slice(iterator, source, (*start, *stop, *step), given);
            }
        };
        match &step {
            Step::Item(_) => self.set_progress(iterator, Progress::Given(given + 1)),
            Step::End => self.set_progress(iterator, Progress::Done),
            _ => {}
        }
        Ok(step)
    }

    pub(super) fn set_progress(&mut self, iterator: &Value, progress: Progress) {
        if let Value::Object(id) = iterator
            && let Object::Lazy(_, at) = self.heap.change(*id)
        {
            *at = progress;
        }
    }

    /// One item of each source; `None` at the end of the first to end, or of all if there is a fill.
    fn advance_all(
        &mut self,
        sources: &[Value],
        fill: Option<&Value>,
    ) -> Run<Result<Option<Vec<Value>>, Step>> {
        let mut items = Vec::with_capacity(sources.len());
        let mut ended = 0;
        for source in sources {
            match self.advance(source)? {
                Step::Item(item) => items.push(item),
                Step::End => match fill {
                    Some(fill) => {
                        ended += 1;
                        items.push(fill.clone());
                    }
                    None => return Ok(Ok(None)),
                },
                other @ (Step::Unknown(_) | Step::Generator) => return Ok(Err(other)),
            }
        }
        Ok(Ok((ended < sources.len() && !sources.is_empty()).then_some(items)))
    }

    fn advance_filter(&mut self, function: &Value, source: &Value) -> Run<Step> {
        loop {
            let item = match self.advance(source)? {
                Step::Item(item) => item,
                other => return Ok(other),
            };
            let verdict = match function {
                Value::None => item.clone(),
                function => self.call(function, Args::of(vec![item.clone()]))?,
            };
            match self.truth(&verdict)? {
                Ok(true) => return Ok(Step::Item(item)),
                Ok(false) => {}
                Err(why) => {
                    self.escape(source, &why);
                    return Ok(Step::Unknown(why));
                }
            }
        }
    }

    fn advance_chain(&mut self, iterator: &Value, sources: &[Value], mut at: usize) -> Run<Step> {
        while let Some(source) = sources.get(at) {
            match self.advance(source)? {
                Step::End => {
                    at += 1;
                    self.set_progress(iterator, Progress::Given(at));
                }
                other => return Ok(other),
            }
        }
        Ok(Step::End)
    }

    fn advance_slice(
        &mut self,
        iterator: &Value,
        source: &Value,
        (start, stop, step): (usize, Option<usize>, usize),
        mut position: usize,
    ) -> Run<Step> {
        loop {
            if stop.is_some_and(|stop| position >= stop) {
                return Ok(Step::End);
            }
            let item = match self.advance(source)? {
                Step::Item(item) => item,
                other => return Ok(other),
            };
            let wanted = position >= start && (position - start).is_multiple_of(step.max(1));
            position += 1;
            self.set_progress(iterator, Progress::Given(position));
            if wanted {
                return Ok(Step::Item(item));
            }
        }
    }

    /// All items of an iterable, or why they are not known.
    pub(crate) fn collect(&mut self, value: &Value) -> Run<Result<Vec<Value>, Rc<Why>>> {
        match value {
            Value::Tuple(items) => {
                self.work(items.len() / limits::ITEMS_PER_STEP);
                return Ok(Ok(items.to_vec()));
            }
            Value::Object(id) => {
                self.look_through([value]);
                if let Object::List(items) | Object::Deque(items, _) = self.heap.get(*id) {
                    return Ok(Ok((**items).clone()));
                }
            }
            _ => {}
        }
        let iterator = match self.iterator(value)? {
            Ok(iterator) => iterator,
            Err(why) => return Ok(Err(why)),
        };
        let mut items = Vec::new();
        let since = self.paths.len();
        loop {
            match self.advance(&iterator)? {
                Step::Item(item) => items.push(item),
                Step::End => return Ok(Ok(items)),
                Step::Unknown(why) => {
                    self.escape_all(&items, &why);
                    return Ok(Err(why));
                }
                Step::Generator if items.is_empty() => return self.collect_generator(&iterator),
                Step::Generator => {
                    let why = self.why("a generator among other iterators");
                    self.escape(&iterator, &why);
                    self.escape_all(&items, &why);
                    return Ok(Err(why));
                }
            }
            self.step()?;
            if items.len() > limits::ITEMS || self.paths.len() > since + limits::UNSURE_ROUNDS {
                let why = self.why("it is not known how many items it gives");
                self.escape(&iterator, &why);
                self.escape_all(&items, &why);
                return Ok(Err(why));
            }
        }
    }

    /// Items in the order of a set do not matter to `sorted`, `sum` and their like.
    pub(crate) fn collect_unordered(&mut self, value: &Value) -> Run<Result<Vec<Value>, Rc<Why>>> {
        if let Some(Object::Set(items, _)) = self.object(value) {
            return Ok(Ok(items.values().cloned().collect()));
        }
        self.collect(value)
    }

    /// A set of items, or unknown if one does not hash in a known way.
    pub(crate) fn set_of(&mut self, items: Vec<Value>) -> Run<Value> {
        let mut set = crate::heap::Map::default();
        for item in items {
            match self.hashed(&item)? {
                Ok(key) => {
                    set.entry(key).or_insert(item);
                }
                Err(why) => return Ok(Value::Unknown(why)),
            }
        }
        Ok(self.alloc(Object::Set(Rc::new(set), Frozen::No)))
    }

    /// The entries of a mapping, or why they are not known.
    pub(crate) fn entries_of(&mut self, value: &Value) -> Run<Result<Entries, Rc<Why>>> {
        if let Some(why) = self.why_unknown(value) {
            return Ok(Err(why));
        }
        match self.object(value) {
            Some(Object::Dict(dict)) if matches!(dict.kind, DictKind::Environment) => {
                Ok(Err(self.why("the environment is not known")))
            }
            Some(Object::Dict(dict)) => Ok(Ok(dict.entries.values().cloned().collect())),
            Some(Object::Scope(scope)) => Ok(Ok(scope
                .names
                .iter()
                .map(|(name, value)| (Value::Str(name.clone()), value.clone()))
                .collect())),
            Some(Object::Instance(_)) => Ok(Err(self.why("a mapping of the chapter's own"))),
            _ => self.raise("TypeError", None),
        }
    }
}
