//! From the text of a chapter to its calls, with the names and ids that people use for them.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::capture::Code;
use crate::problem::Problem;
use tutor_bedrock::found::{Answers, Files, Finding, FoundCall, Language, Remark, Source, Unparsed};
use tutor_bedrock::{Call, Json, Key, model_id};
use tutor_page::chapter::{Annotation, Chapter, Diagnostic};
use tutor_recording::capture::{CapturedFence, Captures, CodeDigest, Current};
use tutor_recording::{Lookup, OriginKind, Store};

/// Words without which a chapter is none of tutor's business.
const OURS: [&str; 5] = ["edrock", "EDROCK", "tutor:", "#tutor", "boto3"];

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
    captures: Captures,
    /// Whether its text has anything to do with tutor or Bedrock.
    is_ours: bool,
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
    /// Its call's key, if that is known completely.
    key: Option<Key>,
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

    /// The same with its key.
    pub fn keyed(&self) -> Option<(&Call, &Key)> {
        self.resolved().zip(self.key.as_ref())
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
        Finding::Unread(unread) => unread.model_id.as_deref(),
    }
}

impl ReadChapter {
    /// Reads a chapter whose includes are expanded. `answers` feed calls that quote earlier answers, `files`
    /// are those beside it, for the modules that its code imports.
    pub fn new(text: &str, stem: &str, answers: &dyn Answers, files: &dyn Files) -> Self {
        let chapter = Chapter::parse(text);
        let sources: Vec<Source> = sources(&chapter);
        let findings = super::languages::find_calls(&sources, answers, files);
        let calls = name_calls(stem, &chapter, findings.calls);
        let is_ours = !calls.is_empty() || OURS.iter().any(|word| text.contains(word));
        ReadChapter {
            stem: stem.to_owned(),
            chapter,
            calls,
            unparsed: findings.unparsed,
            remarks: findings.remarks,
            captures: Captures::default(),
            is_ours,
        }
    }

    /// The same with what a run of its code has shown: in a fence whose code is still the one that
    /// ran, the calls are those it made, as far as `store` holds them, and what could not be read is
    /// known.
    #[must_use]
    pub fn with_captures(mut self, captures: Captures, store: &Store) -> Self {
        if captures == Captures::default() {
            return self;
        }
        let mut calls: Vec<FoundCall> = self.calls.drain(..).map(|named| named.found).collect();
        for (code, digest) in self.code_with_digests() {
            let Some(current) = captures.current(code.fence, &digest) else { continue };
            let mut made = made_calls(&code, current.fence, store);
            let of_fence = |call: &FoundCall| call.fence == code.fence;
            let (mut here, rest): (Vec<FoundCall>, Vec<FoundCall>) = calls.into_iter().partition(of_fence);
            if !made.is_empty() {
                here.retain(|call| !matches!(call.finding, Finding::Unresolved { .. } | Finding::Unread(_)));
            }
            made.retain(|call| !here.iter().any(|known| is_same(known, call)));
            calls = rest;
            let at = calls.partition_point(|call| call.fence <= code.fence);
            calls.splice(at..at, here.into_iter().chain(made));
        }
        self.calls = name_calls(&self.stem, &self.chapter, calls);
        self.captures = captures;
        self
    }

    /// The code that a run of the chapter runs: Python fences that no annotation skips.
    pub fn code(&self) -> Vec<Code> {
        let sources = sources(&self.chapter).into_iter();
        let runs = sources.filter(|source| source.language == Language::Python && !source.skip);
        runs.map(|source| Code { fence: source.fence, line: source.first_line, text: source.text }).collect()
    }

    fn code_with_digests(&self) -> Vec<(Code, String)> {
        let mut digest = CodeDigest::default();
        let code = self.code().into_iter();
        code.map(|code| (digest.then(&code.text), code)).map(|(digest, code)| (code, digest)).collect()
    }

    /// What a run of the chapter's code has shown.
    pub fn captures(&self) -> &Captures {
        &self.captures
    }

    /// What a fence printed and drew when the chapter's code ran, if its code has not changed since.
    pub fn captured(&self) -> Vec<Current<'_>> {
        if self.captures == Captures::default() {
            return Vec::new();
        }
        let code = self.code_with_digests().into_iter();
        code.filter_map(|(code, digest)| self.captures.current(code.fence, &digest)).collect()
    }

    /// Fences that were captured with other code, with the line their code begins on.
    pub fn stale_captures(&self) -> Vec<(usize, usize)> {
        if self.captures == Captures::default() {
            return Vec::new();
        }
        let code = self.code_with_digests().into_iter();
        code.filter(|(code, digest)| self.captures.is_stale(code.fence, digest))
            .map(|(code, _)| (code.fence, code.line))
            .collect()
    }

    /// The name of a call to `model_id` in a fence, after `before` different ones of that fence.
    pub fn name_in(&self, fence: usize, before: usize, model_id: &str) -> String {
        match self.annotation(fence).and_then(|annotation| annotation.settings.name.clone()) {
            None => model_id::short(model_id),
            Some(base) if before == 0 => base,
            Some(base) => format!("{base}-{}", before + 1),
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

    /// Whether there is anything for tutor to do on its page. Others stay byte for byte as they are.
    pub fn is_changed(&self) -> bool {
        let Chapter { fences, directives, allowed, .. } = &self.chapter;
        !(self.calls.is_empty() && directives.is_empty() && allowed.is_empty())
            || fences.iter().any(|fence| fence.annotation.is_some())
            || self.captures != Captures::default()
    }

    /// The fences that do not parse, where that is of any concern: of a chapter that makes no request
    /// and speaks of none, nothing is said.
    pub fn unparsed(&self) -> &[Unparsed] {
        if self.is_ours { &self.unparsed } else { &[] }
    }

    /// Its mistakes in form, by the same rule.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        if self.is_ours { &self.chapter.diagnostics } else { &[] }
    }

    /// What a reader should know about the code.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Whether there is nothing to say about it.
    pub fn is_clean(&self) -> bool {
        self.diagnostics().is_empty() && self.unparsed().is_empty() && self.remarks.is_empty()
    }

    /// Mistakes in annotations and directives. `place` gives the file and line of a line of the text.
    pub fn mistakes(&self, place: impl Fn(usize) -> (PathBuf, usize)) -> Vec<Problem> {
        let problem = |diagnostic: &Diagnostic| {
            let (path, line) = place(diagnostic.line);
            Problem::warning(path, Some(line), &*diagnostic.message).help(&*diagnostic.help)
        };
        self.diagnostics().iter().map(problem).collect()
    }

    /// What tutor could not read, or doubts, in code that may be as its author wants it.
    pub fn doubts(&self, place: impl Fn(usize) -> (PathBuf, usize)) -> Vec<Problem> {
        const UNPARSED: &str = "its requests are not found, and names it may define count as unknown; \
                                mend the code, or tag the fence `text`";
        let problem = |line: usize, message: String| {
            let (path, line) = place(line);
            Problem::warning(path, Some(line), message)
        };
        let unparsed = self.unparsed().iter().map(|unparsed| {
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
        Some(match store.find(call.key.as_ref()?) {
            Lookup::Accepted(_) => Recorded::Current,
            Lookup::Pending(_) => Recorded::Pending,
            Lookup::Damaged { .. } => Recorded::Damaged,
            Lookup::Missing if store.has_other_of_name(&self.stem, &call.name, &self.keys()) => {
                Recorded::Stale
            }
            Lookup::Missing => Recorded::Missing,
        })
    }

    /// Who answered the request that had a call's name before, the one most like the service.
    pub fn kind_before(&self, call: &NamedCall, store: &Store) -> Option<OriginKind> {
        store.kind_of_other_of_name(&self.stem, &call.name, &self.keys())
    }

    fn keys(&self) -> Vec<Key> {
        self.calls.iter().filter_map(|named| named.key.clone()).collect()
    }
}

/// Whether two findings are of the same request.
fn is_same(a: &FoundCall, b: &FoundCall) -> bool {
    match (&a.finding, &b.finding) {
        (Finding::Resolved(a), Finding::Resolved(b)) => a.key() == b.key(),
        (a, b) => a == b,
    }
}

/// The calls that a captured fence made, as far as their recordings are there. One whose
/// request held an account id is not: what is stored of it is masked, and another request.
fn made_calls(code: &Code, captured: &CapturedFence, store: &Store) -> Vec<FoundCall> {
    let mut made: Vec<FoundCall> = Vec::new();
    for key in captured.calls.iter().filter_map(|key| Key::from_hex(key)) {
        let call = match store.find(&key) {
            Lookup::Accepted(recording) | Lookup::Pending(recording) => recording.call.clone(),
            Lookup::Damaged { .. } | Lookup::Missing => continue,
        };
        if call.key() != key {
            continue;
        }
        made.push(FoundCall {
            fence: code.fence,
            line: code.line,
            language: Language::Python,
            finding: Finding::Resolved(call),
        });
    }
    made
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
        toml::Value::Integer(number) => Json::Int(*number),
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
        let key = if let Finding::Resolved(call) = &found.finding { Some(call.key()) } else { None };
        let annotated =
            chapter.fences.get(fence).and_then(|fence| fence.annotation.as_ref()?.settings.name.clone());
        let (base, name) = match annotated {
            // It has no recording, so it takes no number from those that do.
            Some(base) if matches!(found.finding, Finding::Unread(_)) => (base.clone(), base),
            Some(base) => match ordinal(names.entry(fence).or_default(), key.as_ref()) {
                0 => (base.clone(), base),
                index => (base.clone(), format!("{base}-{}", index + 1)),
            },
            None => {
                let short =
                    model_id_of(&found.finding).map_or_else(|| "unknown-model".to_owned(), model_id::short);
                (short.clone(), short)
            }
        };
        named.push(NamedCall { id, name, base, found, key });
    }
    named
}

/// The number of this request among the different ones of its fence.
fn ordinal(seen: &mut Vec<Option<Key>>, key: Option<&Key>) -> usize {
    let known = seen.iter().position(|other| key.is_some() && other.as_ref() == key);
    known.unwrap_or_else(|| {
        seen.push(key.cloned());
        seen.len() - 1
    })
}
