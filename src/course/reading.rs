//! From the text of a chapter to its calls, with the names and ids that people use for them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::bedrock::{Call, Json, Key, model_id};
use crate::chapter::{Annotation, Chapter, Diagnostic};
use crate::problem::Problem;
use crate::recording::{Lookup, Store};
use crate::snippet::{self, Answers, Finding, FoundCall, Language, Remark, Source, Unparsed};

/// A chapter with its calls.
#[derive(Debug)]
pub struct ReadChapter {
    /// Its path below the sources without `.md`, such as `foundation-models`.
    pub stem: String,
    /// Its fences, annotations and directives.
    pub chapter: Chapter,
    /// Its calls, in the order they are made.
    pub calls: Vec<NamedCall>,
    unparsed: Vec<Unparsed>,
    remarks: Vec<Remark>,
}

/// A call under the name and id it has in its chapter.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedCall {
    /// `CHAPTER#FENCE.N`.
    pub id: String,
    /// The annotation's name (with `-2`, `-3` for further requests of the fence), else the model's
    /// short id.
    pub name: String,
    /// The name without `-2`, `-3`: all requests of an annotated fence share it.
    pub base: String,
    /// What was found.
    pub found: FoundCall,
}

/// The state of a call's recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// There, and accepted.
    Current,
    /// Not there.
    Missing,
    /// There, not accepted.
    Pending,
    /// There is one under this name for another request: the code has changed.
    Stale,
    /// There is a file that cannot be used.
    Damaged,
}

impl Recorded {
    /// The word in `tutor list`.
    pub fn name(self) -> &'static str {
        match self {
            Recorded::Current => "current",
            Recorded::Missing => "missing",
            Recorded::Pending => "pending",
            Recorded::Stale => "stale",
            Recorded::Damaged => "damaged",
        }
    }
}

impl NamedCall {
    /// The call, if it is known completely.
    pub fn resolved(&self) -> Option<&Call> {
        match &self.found.finding {
            Finding::Resolved(call) => Some(call),
            _ => None,
        }
    }

    /// The model id, if it is known.
    pub fn model_id(&self) -> Option<&str> {
        model_id_of(&self.found.finding)
    }
}

fn model_id_of(finding: &Finding) -> Option<&str> {
    match finding {
        Finding::Resolved(call) => Some(&call.model_id),
        Finding::Unresolved { known, .. } | Finding::Uncalled { known } => known.model_id.as_deref(),
    }
}

/// A chapter's path below the sources without `.md`, with `/` on every system.
pub fn stem(path: &Path) -> String {
    let without = path.with_extension("");
    let parts: Vec<_> = without.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

impl ReadChapter {
    /// Reads a chapter whose includes are expanded. `answers` feed calls that quote earlier answers.
    pub fn new(text: &str, stem: &str, answers: &dyn Answers) -> Self {
        let chapter = Chapter::parse(text);
        let sources: Vec<Source> = sources(&chapter);
        let findings = snippet::find_calls(&sources, answers);
        let calls = name_calls(stem, &chapter, findings.calls);
        ReadChapter {
            stem: stem.to_owned(),
            chapter,
            calls,
            unparsed: findings.unparsed,
            remarks: findings.remarks,
        }
    }

    /// The annotation of a fence.
    pub fn annotation(&self, fence: usize) -> Option<&Annotation> {
        self.chapter.fences.get(fence)?.annotation.as_ref()
    }

    /// The calls triggered in a fence.
    pub fn calls_in(&self, fence: usize) -> impl Iterator<Item = &NamedCall> {
        self.calls.iter().filter(move |call| call.found.fence == fence)
    }

    /// Translates every line of the calls, from the text that was read to the files it came from.
    pub fn map_lines(&mut self, line: impl Fn(usize) -> usize) {
        for call in &mut self.calls {
            call.found.line = line(call.found.line);
            if let Finding::Unresolved { reason, .. } = &mut call.found.finding {
                reason.line = reason.line.map(&line);
            }
        }
    }

    /// The fences that do not parse.
    pub fn unparsed(&self) -> &[Unparsed] {
        &self.unparsed
    }

    /// What a reader should know about the code.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Whether there is nothing to say about it.
    pub fn is_clean(&self) -> bool {
        self.chapter.diagnostics.is_empty() && self.unparsed.is_empty() && self.remarks.is_empty()
    }

    /// Mistakes in annotations and directives. `place` gives the file and line of a line of the text.
    pub fn mistakes(&self, place: impl Fn(usize) -> (PathBuf, usize)) -> Vec<Problem> {
        let problem = |diagnostic: &Diagnostic| {
            let (path, line) = place(diagnostic.line);
            Problem::warning(path, Some(line), &*diagnostic.message).help(&*diagnostic.help)
        };
        self.chapter.diagnostics.iter().map(problem).collect()
    }

    /// What tutor could not read, or doubts, in code that may be as its author wants it.
    pub fn doubts(&self, place: impl Fn(usize) -> (PathBuf, usize)) -> Vec<Problem> {
        const UNPARSED: &str = "its requests are not found, and names it may define count as unknown; \
                                mend the code, or tag the fence `text`";
        let problem = |line: usize, message: String| {
            let (path, line) = place(line);
            Problem::warning(path, Some(line), message)
        };
        let unparsed = self.unparsed.iter().map(|unparsed| {
            let message = format!("this fence cannot be read: {}", unparsed.message);
            problem(unparsed.line, message).help(UNPARSED)
        });
        let remarks = self.remarks.iter().map(|remark| problem(remark.line, remark.message.clone()));
        let mut all: Vec<Problem> = unparsed.chain(remarks).collect();
        all.sort_by_key(|problem| problem.line);
        all
    }

    /// The state of a call's recording; `None` for calls that are not known completely.
    pub fn recorded(&self, call: &NamedCall, store: &Store) -> Option<Recorded> {
        let resolved = call.resolved()?;
        Some(match store.find(&resolved.key()) {
            Lookup::Accepted(_) => Recorded::Current,
            Lookup::Pending(_) => Recorded::Pending,
            Lookup::Damaged { .. } => Recorded::Damaged,
            Lookup::Missing if store.has_other_of_name(&self.stem, &call.name, &self.keys()) => {
                Recorded::Stale
            }
            Lookup::Missing => Recorded::Missing,
        })
    }

    fn keys(&self) -> Vec<Key> {
        self.calls.iter().filter_map(NamedCall::resolved).map(Call::key).collect()
    }
}

/// The fences that calls are read from, with what their annotations say about reading them.
fn sources(chapter: &Chapter) -> Vec<Source> {
    let readable = chapter.fences.iter().filter_map(|fence| Some((fence, Language::of_info(&fence.info)?)));
    readable
        .map(|(fence, language)| Source {
            fence: fence.index,
            language,
            text: fence.content.clone(),
            first_line: fence.first_line,
            values: fence.annotation.as_ref().map_or_else(Vec::new, values),
            skip: fence.annotation.as_ref().is_some_and(|annotation| annotation.settings.skip.is_some()),
        })
        .collect()
}

/// The values of an annotation as Python and shell code would have them.
fn values(annotation: &Annotation) -> Vec<(String, Json)> {
    annotation.settings.values.iter().map(|(name, value)| (name.clone(), json(value))).collect()
}

/// TOML as JSON; dates become strings. TOML has no NaN worth sending: it becomes null.
fn json(value: &toml::Value) -> Json {
    match value {
        toml::Value::String(text) => Json::String(text.clone()),
        toml::Value::Integer(number) => Json::Int((*number).into()),
        toml::Value::Float(number) if number.is_finite() => Json::Float(*number),
        toml::Value::Float(_) => Json::Null,
        toml::Value::Boolean(value) => Json::Bool(*value),
        toml::Value::Datetime(date) => Json::String(date.to_string()),
        toml::Value::Array(items) => Json::Array(items.iter().map(json).collect()),
        toml::Value::Table(table) => {
            Json::Object(table.iter().map(|(key, value)| (key.clone(), json(value))).collect())
        }
    }
}

/// Gives every call its id and its name. Equal requests of one fence have one name, since they have
/// one recording.
fn name_calls(stem: &str, chapter: &Chapter, calls: Vec<FoundCall>) -> Vec<NamedCall> {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let mut names: HashMap<usize, Vec<Option<Key>>> = HashMap::new();
    let mut named = Vec::with_capacity(calls.len());
    for found in calls {
        let fence = found.fence;
        let count = counts.entry(fence).or_default();
        let id = format!("{stem}#{fence}.{count}");
        *count += 1;
        let annotated =
            chapter.fences.get(fence).and_then(|fence| fence.annotation.as_ref()?.settings.name.clone());
        let (base, name) = match annotated {
            Some(base) => match ordinal(names.entry(fence).or_default(), &found.finding) {
                0 => (base.clone(), base),
                index => (base.clone(), format!("{base}-{}", index + 1)),
            },
            None => {
                let short =
                    model_id_of(&found.finding).map_or_else(|| "unknown-model".to_owned(), model_id::short);
                (short.clone(), short)
            }
        };
        named.push(NamedCall { id, name, base, found });
    }
    named
}

/// The number of this request among the different ones of its fence.
fn ordinal(seen: &mut Vec<Option<Key>>, finding: &Finding) -> usize {
    let key = match finding {
        Finding::Resolved(call) => Some(call.key()),
        _ => None,
    };
    let known = seen.iter().position(|other| key.is_some() && *other == key);
    known.unwrap_or_else(|| {
        seen.push(key);
        seen.len() - 1
    })
}
