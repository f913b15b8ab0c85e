//! Setting and deleting items and slices.

use std::rc::Rc;

use super::slice_bounds;
use crate::evaluate::{End, Evaluator, Run};
use crate::heap::{DictKind, Object};
use crate::value::{Args, Value};

impl Evaluator<'_> {
    /// `object[key] = value`
    pub(crate) fn set_item(&mut self, object: &Value, key: &Value, value: Value) -> Run<()> {
        if let Value::Module(path) = object {
            let path = path.clone();
            self.set_item_of_module(&path, key);
        }
        if let Some(why) = self.why_unknown(object) {
            self.escape(&value, &why);
            self.escape(key, &why);
            if !matches!(self.object(object), Some(Object::Opaque(..))) {
                self.risk();
            }
            return Ok(());
        }
        let Value::Object(id) = object else {
            let shown = self.type_named(object);
            let message = shown.map(|of| format!("'{of}' object does not support item assignment"));
            return self.raise("TypeError", message);
        };
        match self.heap.get(*id) {
            Object::Dict(dict)
                if matches!(dict.kind, DictKind::Environment)
                    && self.why_unknown(&value).is_none()
                    && !matches!((key, &value), (Value::Str(_), Value::Str(_))) =>
            {
                self.raise("TypeError", None)
            }
            Object::Dict(_) => {
                let hashed = match self.hashed(key)? {
                    Ok(hashed) => hashed,
                    Err(why) => {
                        self.escape(&value, &why);
                        self.make_opaque(*id, &why);
                        return Ok(());
                    }
                };
                self.build(1)?;
                if let Object::Dict(dict) = self.heap.change(*id) {
                    let slot = Rc::make_mut(dict)
                        .entries
                        .entry(hashed)
                        .or_insert_with(|| (key.clone(), Value::None));
                    slot.1 = value;
                }
                Ok(())
            }
            Object::List(items) | Object::Deque(items, _) => {
                let len = items.len();
                if let Value::Slice(bounds) = key {
                    return self.set_slice(object, bounds, &value);
                }
                if let Some(index) = self.index_in(len, key, "list assignment")? {
                    if let Object::List(items) | Object::Deque(items, _) = self.heap.change(*id) {
                        Rc::make_mut(items)[index] = value;
                    }
                } else {
                    let why = self.why("an item was set at a place that is not known");
                    self.escape(&value, &why);
                    self.make_opaque(*id, &why);
                    self.risk();
                }
                Ok(())
            }
            Object::Scope(_) if matches!(key, Value::Str(_)) => {
                let name = self.text(key.as_str().unwrap_or_default());
                let value = self.watched_value(*id, &name, value);
                self.set_name(*id, name, value);
                Ok(())
            }
            Object::Scope(_) => {
                let why = self.why("a name was set that is not known");
                self.escape(&value, &why);
                self.escape_module(&why);
                self.any_name = Some(why);
                Ok(())
            }
            Object::Instance(_) => {
                if let Ok(Some(method)) = self.class_attribute(object, "__setitem__") {
                    self.call(&method, Args::of(vec![object.clone(), key.clone(), value])).map(drop)
                } else {
                    let why = self.why("an item was set on an object that is not known");
                    self.escape(&value, &why);
                    self.escape(object, &why);
                    self.risk();
                    Ok(())
                }
            }
            _ => {
                let why = self.why("an item was set on an object that is not known");
                self.escape(&value, &why);
                self.escape(object, &why);
                self.risk();
                Ok(())
            }
        }
    }

    /// `sys.modules["json"] = …` and its like replace whole modules.
    fn set_item_of_module(&mut self, path: &str, key: &Value) {
        match (path, key.as_str()) {
            ("sys.modules", Some(name)) => {
                let name = name.to_owned();
                self.remake(&format!("{name}."));
            }
            ("sys.modules", None) => {
                let why = self.why("a module was replaced");
                self.tampered.get_or_insert(why);
            }
            _ if path.starts_with("builtins") || path.ends_with("__dict__") => self.remake(path),
            _ => {}
        }
    }

    fn set_slice(&mut self, object: &Value, bounds: &[Value; 3], value: &Value) -> Run<()> {
        let Value::Object(id) = object else { return Ok(()) };
        let Some(Object::List(items)) = self.object(object) else { return Ok(()) };
        let len = items.len();
        let unknown = bounds.iter().find_map(|bound| self.why_unknown(bound));
        let items = self.collect(value)?;
        match (unknown, items, slice_bounds(len, bounds)) {
            (None, Ok(new), Some((start, stop, 1))) => {
                let start = usize::try_from(start).unwrap_or(0);
                let stop = usize::try_from(stop).unwrap_or(0).max(start);
                if let Object::List(items) = self.heap.change(*id) {
                    Rc::make_mut(items).splice(start..stop, new);
                }
            }
            (unknown, new, _) => {
                let why = unknown.unwrap_or_else(|| self.why("a slice was assigned that is not read"));
                if let Ok(new) = new {
                    self.escape_all(&new, &why);
                }
                self.make_opaque(*id, &why);
                self.risk();
            }
        }
        Ok(())
    }

    /// `del object[key]`
    pub(in crate::evaluate) fn delete_item(&mut self, object: &Value, key: &Value) -> Run<()> {
        if self.why_unknown(object).is_some() {
            self.risk();
            return Ok(());
        }
        let Value::Object(id) = object else { return self.raise("TypeError", None) };
        match self.heap.get(*id).clone() {
            Object::Dict(_) => match self.hashed(key)? {
                Ok(hashed) => {
                    let removed = match self.heap.change(*id) {
                        Object::Dict(dict) => {
                            let dict = Rc::make_mut(dict);
                            dict.taken += 1;
                            dict.entries.shift_remove(&hashed)
                        }
                        _ => None,
                    };
                    if removed.is_none() {
                        let error = self.exception("KeyError", vec![key.clone()]);
                        return Err(End::Raise(error));
                    }
                    Ok(())
                }
                Err(why) => {
                    self.make_opaque(*id, &why);
                    Ok(())
                }
            },
            Object::List(items) if !matches!(key, Value::Slice(_)) => {
                if let Some(index) = self.index_in(items.len(), key, "list assignment")? {
                    if let Object::List(items) = self.heap.change(*id) {
                        Rc::make_mut(items).remove(index);
                    }
                } else {
                    let why = self.why("an item was removed that is not known");
                    self.make_opaque(*id, &why);
                    self.risk();
                }
                Ok(())
            }
            Object::List(items) => {
                let Value::Slice(bounds) = key else { return Ok(()) };
                if let Some((start, stop, 1)) = slice_bounds(items.len(), bounds) {
                    let start = usize::try_from(start).unwrap_or(0);
                    let stop = usize::try_from(stop).unwrap_or(0).max(start);
                    if let Object::List(items) = self.heap.change(*id) {
                        Rc::make_mut(items).drain(start..stop);
                    }
                } else {
                    let why = self.why("items were removed that are not known");
                    self.make_opaque(*id, &why);
                }
                Ok(())
            }
            Object::Instance(_) => {
                if let Ok(Some(method)) = self.class_attribute(object, "__delitem__") {
                    self.call(&method, Args::of(vec![object.clone(), key.clone()])).map(drop)
                } else {
                    self.risk();
                    Ok(())
                }
            }
            _ => {
                let why = self.why("an item was removed from an object that is not known");
                self.escape(object, &why);
                self.risk();
                Ok(())
            }
        }
    }
}
