//! `match`.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Pattern, Singleton};

use super::compare::Known;
use super::{End, Evaluator, Run};
use crate::heap::{ClassKind, Object};
use crate::key::key_of;
use crate::reason::Why;
use crate::value::Value;

/// The names that a pattern binds if it matches.
type Captured = Vec<(String, Value)>;

impl<'a> Evaluator<'a> {
    pub(super) fn run_match(&mut self, node: &'a ast::StmtMatch) -> Run<()> {
        let subject = self.eval(&node.subject)?;
        self.run_cases(&subject, &node.cases)
    }

    fn run_cases(&mut self, subject: &Value, cases: &'a [ast::MatchCase]) -> Run<()> {
        let Some((case, rest)) = cases.split_first() else { return Ok(()) };
        let mark = self.heap.mark();
        let mut captured = Captured::new();
        let matched = self.matches(&case.pattern, subject, &mut captured)?;
        if matches!(matched, Ok(true)) {
            // Names are bound once the whole pattern matched.
            captured.into_iter().try_for_each(|(name, value)| self.bind(&name, value))?;
        }
        let verdict = match matched {
            Ok(true) => match &case.guard {
                Some(guard) => {
                    let guard = self.eval(guard)?;
                    self.truth(&guard)?
                }
                None => Ok(true),
            },
            other => other,
        };
        match verdict {
            Ok(true) => self.run_body(&case.body),
            Ok(false) => self.nested(|reader| reader.run_cases(subject, rest)),
            Err(why) => {
                self.rollback(mark);
                let why = self.condition(&why);
                self.branch(
                    &why,
                    |reader| {
                        // A capture may stand for any part of the subject.
                        reader.escape(subject, &why);
                        reader.bind_captures(&case.pattern, &why)?;
                        reader.run_body(&case.body)
                    },
                    |reader| reader.nested(|reader| reader.run_cases(subject, rest)),
                )
            }
        }
    }

    /// Whether a pattern matches; binds its captures on the way.
    fn matches(
        &mut self,
        pattern: &'a Pattern,
        subject: &Value,
        captured: &mut Captured,
    ) -> Run<Known<bool>> {
        self.step()?;
        match pattern {
            Pattern::MatchAs(node) => {
                let verdict = match &node.pattern {
                    Some(inner) => self.matches(inner, subject, captured)?,
                    None => Ok(true),
                };
                if let (Ok(true), Some(name)) = (&verdict, &node.name) {
                    captured.push((name.to_string(), subject.clone()));
                }
                Ok(verdict)
            }
            Pattern::MatchOr(node) => {
                for alternative in &node.patterns {
                    let before = captured.len();
                    match self.matches(alternative, subject, captured)? {
                        Ok(false) => captured.truncate(before),
                        other => return Ok(other),
                    }
                }
                Ok(Ok(false))
            }
            Pattern::MatchValue(node) => {
                let value = self.eval(&node.value)?;
                self.equal(subject, &value)
            }
            Pattern::MatchSingleton(node) => {
                if let Some(why) = self.why_unknown(subject) {
                    return Ok(Err(why));
                }
                Ok(Ok(match node.value {
                    Singleton::None => matches!(subject, Value::None),
                    Singleton::True => matches!(subject, Value::Bool(true)),
                    Singleton::False => matches!(subject, Value::Bool(false)),
                }))
            }
            Pattern::MatchSequence(node) => self.matches_sequence(&node.patterns, subject, captured),
            Pattern::MatchMapping(node) => self.matches_mapping(node, subject, captured),
            Pattern::MatchClass(node) => self.matches_class(node, subject, captured),
            Pattern::MatchStar(_) => Ok(Ok(true)),
        }
    }

    fn matches_sequence(
        &mut self,
        patterns: &'a [Pattern],
        subject: &Value,
        captured: &mut Captured,
    ) -> Run<Known<bool>> {
        if let Some(why) = self.why_unknown(subject) {
            return Ok(Err(why));
        }
        let items = match (subject, self.object(subject)) {
            (Value::Tuple(items), _) => items.to_vec(),
            (_, Some(Object::List(items) | Object::Deque(items, _))) => (**items).clone(),
            (Value::Range(..), _) | (_, Some(Object::Instance(_))) => {
                return Ok(Err(self.why("a sequence pattern that is not read")));
            }
            _ => return Ok(Ok(false)),
        };
        let star = patterns.iter().position(|pattern| matches!(pattern, Pattern::MatchStar(_)));
        let fixed = patterns.len() - usize::from(star.is_some());
        if items.len() < fixed || (star.is_none() && items.len() != fixed) {
            return Ok(Ok(false));
        }
        let mut at = 0;
        for (index, pattern) in patterns.iter().enumerate() {
            if let (Some(place), Pattern::MatchStar(node)) = (star, pattern)
                && place == index
            {
                let count = items.len() - fixed;
                if let Some(name) = &node.name {
                    let rest = self.list(items[at..at + count].to_vec());
                    captured.push((name.to_string(), rest));
                }
                at += count;
                continue;
            }
            match self.matches(pattern, &items[at], captured)? {
                Ok(true) => at += 1,
                other => return Ok(other),
            }
        }
        Ok(Ok(true))
    }

    fn matches_mapping(
        &mut self,
        node: &'a ast::PatternMatchMapping,
        subject: &Value,
        captured: &mut Captured,
    ) -> Run<Known<bool>> {
        if let Some(why) = self.why_unknown(subject) {
            return Ok(Err(why));
        }
        let Some(Object::Dict(dict)) = self.object(subject).cloned() else { return Ok(Ok(false)) };
        let mut rest = dict.entries.clone();
        for (key, pattern) in node.keys.iter().zip(&node.patterns) {
            let key = self.eval(key)?;
            let Ok((key, _)) = key_of(&key) else { return Ok(Err(self.why("a key that is not known"))) };
            let Some((_, value)) = dict.entries.get(&key) else { return Ok(Ok(false)) };
            match self.matches(pattern, value, captured)? {
                Ok(true) => {
                    rest.shift_remove(&key);
                }
                other => return Ok(other),
            }
        }
        if let Some(name) = &node.rest {
            let rest = self.dict_from(rest.into_values().collect())?;
            captured.push((name.to_string(), rest));
        }
        Ok(Ok(true))
    }

    fn matches_class(
        &mut self,
        node: &'a ast::PatternMatchClass,
        subject: &Value,
        captured: &mut Captured,
    ) -> Run<Known<bool>> {
        let class = self.eval(&node.cls)?;
        match self.is_instance(subject, &class) {
            Ok(true) => {}
            other => return Ok(other),
        }
        let patterns = &node.arguments.patterns;
        if !patterns.is_empty() && !matches!(self.class_attribute_of(&class, "__match_args__"), Ok(None)) {
            return Ok(Err(self.why("a class pattern that is not read")));
        }
        if let [pattern] = &patterns[..]
            && matches!(&class, Value::Native(_))
        {
            return self.matches(pattern, subject, captured);
        }
        let fields: Vec<_> = match self.object(&class) {
            Some(Object::Class(class)) => match &class.kind {
                ClassKind::Data(fields) | ClassKind::NamedTuple(fields) => {
                    fields.iter().map(|field| field.name.clone()).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        if patterns.len() > fields.len() {
            return Ok(Err(self.why("a class pattern that is not read")));
        }
        let named =
            node.arguments.keywords.iter().map(|keyword| (self_text(&keyword.attr), &keyword.pattern));
        let by_place = fields.into_iter().zip(patterns);
        let all: Vec<_> = by_place.chain(named).collect();
        for (name, pattern) in all {
            let value = match self.attribute(subject, &name) {
                Err(End::Raise(error)) if self.is_exception(&error, "AttributeError") => {
                    return Ok(Ok(false));
                }
                value => value?,
            };
            match self.matches(pattern, &value, captured)? {
                Ok(true) => {}
                other => return Ok(other),
            }
        }
        Ok(Ok(true))
    }

    /// Binds the names of a pattern that perhaps matches to unknown values.
    fn bind_captures(&mut self, pattern: &'a Pattern, why: &Rc<Why>) -> Run<()> {
        let mut names = Vec::new();
        captures(pattern, &mut names);
        names.into_iter().try_for_each(|name| self.bind(name, Value::Unknown(why.clone())))
    }
}

fn self_text(name: &ast::Identifier) -> Rc<str> {
    Rc::from(name.as_str())
}

fn captures<'p>(pattern: &'p Pattern, names: &mut Vec<&'p str>) {
    match pattern {
        Pattern::MatchAs(node) => {
            if let Some(inner) = &node.pattern {
                captures(inner, names);
            }
            names.extend(node.name.as_deref());
        }
        Pattern::MatchOr(node) => node.patterns.iter().for_each(|inner| captures(inner, names)),
        Pattern::MatchSequence(node) => node.patterns.iter().for_each(|inner| captures(inner, names)),
        Pattern::MatchMapping(node) => {
            node.patterns.iter().for_each(|inner| captures(inner, names));
            names.extend(node.rest.as_deref());
        }
        Pattern::MatchClass(node) => {
            node.arguments.patterns.iter().for_each(|inner| captures(inner, names));
            node.arguments.keywords.iter().for_each(|keyword| captures(&keyword.pattern, names));
        }
        Pattern::MatchStar(node) => names.extend(node.name.as_deref()),
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
    }
}
