//! Which calls of a book are to be answered, in which order.

use std::path::PathBuf;

use indexmap::IndexMap;
use jiff::civil::Date;

use super::{Recorder, Scope};
use crate::course::chapters::ChapterText;
use crate::course::names::{self, Unknown, belongs};
use crate::course::reading::{NamedCall, ReadChapter, Recorded as State};
use tutor_bedrock::found::Finding;
use tutor_bedrock::{Call, Key};
use tutor_catalog::LifecycleState;
use tutor_recording::pending::{AcceptedOnly, PendingFirst};
use tutor_recording::{Acceptance, Lookup, OriginKind, Recording, Standing};

/// What one round of a run will ask.
#[derive(Debug, Default)]
pub struct Plan {
    /// The calls, models taken in turn.
    pub jobs: Vec<Job>,
    /// How many calls have a recording already.
    pub current: usize,
    /// How many calls are not known completely; some may be once earlier answers are there.
    pub unresolved: usize,
    /// Calls to retired models that want recording: their names with the models.
    pub unrecordable: Vec<(String, String)>,
    /// Names of the wish that mean nothing in the book.
    pub unknown: Vec<Unknown>,
    /// Calls of the wish that better answers than this run's stand for.
    pub kept: Vec<Kept>,
}

/// A better answer that stands where this run would have put its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// `CHAPTER#NAME`.
    pub id: String,
    /// The chapter.
    pub chapter: String,
    /// The file, and what it holds.
    pub standing: Standing,
}

/// One call that is to be answered.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its chapter.
    pub chapter: String,
    /// Its name in the chapter.
    pub name: String,
    /// Its file and line.
    pub place: (PathBuf, usize),
    /// The call.
    pub call: Call,
    /// How many samples are wanted.
    pub samples: u8,
}

impl Recorder<'_> {
    /// What the next round asks: the calls of the wish that had no turn in this run yet.
    pub fn plan(&mut self) -> Plan {
        let mut plan = Plan::default();
        let stems = || self.chapters.iter().map(|chapter| chapter.stem.as_str());
        let names = self.wish.names.iter();
        let strangers = names.filter(|name| !stems().any(|stem| belongs(name, stem)));
        plan.unknown.extend(strangers.map(|name| {
            let (chapter, call) = name.split_once('#').map_or((name.as_str(), None), |(a, b)| (a, Some(b)));
            let Unknown { near, .. } = Unknown::among(chapter, stems());
            let near = near.map(|near| call.map_or_else(|| near.clone(), |call| format!("{near}#{call}")));
            Unknown { name: name.clone(), near }
        }));
        for chapter in self.chapters {
            let selection: Vec<String> =
                self.wish.names.iter().filter(|name| belongs(name, &chapter.stem)).cloned().collect();
            if self.wish.names.is_empty() || !selection.is_empty() {
                self.chapter(chapter, &selection, &mut plan);
            }
        }
        plan.jobs = in_turn(plan.jobs);
        plan
    }

    fn chapter(&mut self, chapter: &ChapterText, selection: &[String], plan: &mut Plan) {
        let read = match self.wish.acceptance {
            Acceptance::Accepted => chapter.read(self.course, &AcceptedOnly(&self.course.store)),
            Acceptance::Pending => chapter.read(self.course, &PendingFirst(&self.course.store)),
        };
        for name in selection.iter().filter(|name| !read.calls.iter().any(|call| names::means(name, call))) {
            if name.contains('#') {
                let known: Vec<String> =
                    read.calls.iter().flat_map(|call| names::of_call(&chapter.stem, call)).collect();
                plan.unknown.push(Unknown::among(name, known.iter().map(String::as_str)));
            }
        }
        for named in read.calls.iter().filter(|named| selected(named, selection)) {
            let Some((call, key)) = named.keyed() else {
                plan.unresolved += usize::from(matches!(named.found.finding, Finding::Unresolved { .. }));
                continue;
            };
            if !self.done.insert(key.clone()) {
                continue;
            }
            if !self.is_wanted(&read, named, call) {
                plan.current += 1;
            } else if let Some(standing) = self.standing_before(key) {
                let (chapter, id) = (chapter.stem.clone(), format!("{}#{}", chapter.stem, named.name));
                plan.kept.push(Kept { id, chapter, standing });
            } else if self.is_retired(call) {
                plan.unrecordable.push((format!("{}#{}", chapter.stem, named.name), call.model_id.clone()));
            } else {
                plan.jobs.push(self.job(chapter, &read, named, call));
            }
        }
    }

    fn job(&self, chapter: &ChapterText, read: &ReadChapter, named: &NamedCall, call: &Call) -> Job {
        let annotated = read.annotation(named.found.fence).and_then(|annotation| annotation.settings.samples);
        Job {
            chapter: chapter.stem.clone(),
            name: named.name.clone(),
            place: chapter.place(named.found.line),
            call: call.clone(),
            samples: self.wish.samples.or(annotated).unwrap_or(1),
        }
    }

    /// Whether the wish asks again for a call that is recorded, or it is not recorded at all.
    pub(super) fn is_wanted_anew(&self, key: &Key) -> bool {
        let is_missing = matches!(self.course.store.find(key), Lookup::Missing | Lookup::Damaged { .. });
        let is_dated = || self.is_only_lesser(key) || self.is_old(key);
        match self.wish.scope {
            Scope::All => true,
            Scope::Missing => is_missing,
            Scope::Stale | Scope::NotLive => is_missing || is_dated(),
        }
    }

    fn is_wanted(&self, read: &ReadChapter, named: &NamedCall, call: &Call) -> bool {
        let is_missing = !self.is_recorded(&call.key());
        let is_stale = || {
            matches!(read.recorded(named, &self.course.store), Some(State::Stale | State::Damaged))
                || self.is_only_lesser(&call.key())
                || self.is_old(&call.key())
        };
        match self.wish.scope {
            Scope::All => true,
            Scope::Missing => is_missing,
            Scope::Stale => is_stale(),
            Scope::NotLive => is_missing || is_stale(),
        }
    }

    /// What must not be replaced by an answer of this run's kind.
    pub(super) fn standing_before(&self, key: &Key) -> Option<Standing> {
        self.course.store.greater_than(self.wish.origin.kind, key).into_iter().next()
    }

    fn is_recorded(&self, key: &Key) -> bool {
        match self.course.store.find(key) {
            Lookup::Accepted(_) => true,
            Lookup::Pending(_) => self.wish.acceptance == Acceptance::Pending,
            Lookup::Damaged { .. } | Lookup::Missing => false,
        }
    }

    /// Whether who answers this run is more like the service than whoever has answered so far.
    fn is_only_lesser(&self, key: &Key) -> bool {
        let store = &self.course.store;
        let accepted = store.accepted(key).map(|recording| recording.origin.kind);
        let pending = match store.pending(key) {
            Some(Lookup::Pending(recording)) => Some(recording.origin.kind),
            _ => None,
        };
        accepted.max(pending).is_some_and(|greatest| greatest < self.wish.origin.kind)
    }

    /// Whether Bedrock answers this run, and its last answer is older than the book allows.
    fn is_old(&self, key: &Key) -> bool {
        let newest = [self.course.store.pending(key), Some(self.course.store.find(key))];
        let recording = newest.into_iter().flatten().find_map(|lookup| match lookup {
            Lookup::Accepted(recording) | Lookup::Pending(recording) => Some(recording),
            Lookup::Damaged { .. } | Lookup::Missing => None,
        });
        let limit = i64::from(self.course.config.check.max_age_days);
        self.wish.origin.kind == OriginKind::Bedrock
            && recording.is_some_and(|recording| {
                recording.origin.kind == OriginKind::Bedrock && age(recording, self.course.today) > limit
            })
    }

    /// Whether Bedrock would have to answer for a model past its end of life. Stand-ins do not retire.
    fn is_retired(&self, call: &Call) -> bool {
        self.wish.origin.kind == OriginKind::Bedrock
            && self
                .course
                .catalog
                .model(&call.model_id)
                .is_some_and(|model| model.state_on(self.course.today) == LifecycleState::Retired)
    }
}

/// How many days ago a recording was made.
fn age(recording: &Recording, today: Date) -> i64 {
    let day = recording.origin.recorded_at.to_zoned(jiff::tz::TimeZone::UTC).date();
    today.since((jiff::Unit::Day, day)).map_or(0, |span| i64::from(span.get_days()))
}

/// Whether a call is among those asked for, by fence, number or name.
fn selected(call: &NamedCall, selection: &[String]) -> bool {
    selection.is_empty() || selection.iter().any(|name| names::means(name, call))
}

/// The jobs with the models taken in turn, so that the time of day favours none.
fn in_turn(jobs: Vec<Job>) -> Vec<Job> {
    let mut by_model: IndexMap<String, std::collections::VecDeque<Job>> = IndexMap::new();
    for job in jobs {
        by_model.entry(job.call.model_id.clone()).or_default().push_back(job);
    }
    let mut ordered = Vec::new();
    while by_model.values().any(|jobs| !jobs.is_empty()) {
        ordered.extend(by_model.values_mut().filter_map(std::collections::VecDeque::pop_front));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use tutor_bedrock::{Json, Operation};

    #[test]
    fn age_is_counted_in_days() {
        use tutor_bedrock::{Answer, Payload, Timing};
        let call = Call::new(Operation::Converse, "amazon.nova-lite-v1:0", Json::Null);
        let answer = Answer {
            status: 200,
            headers: std::collections::BTreeMap::new(),
            payload: Payload::Whole(Vec::new().into()),
            timing: Timing::default(),
        };
        let at = "2026-05-01T23:30:00Z".parse().unwrap();
        let recording = Recording::new(&call, tutor_recording::Origin::practice(at), vec![answer]);
        assert_eq!(age(&recording, jiff::civil::date(2026, 11, 22)), 205);
        assert_eq!(age(&recording, jiff::civil::date(2026, 5, 1)), 0);
    }

    #[test]
    fn models_take_turns() {
        let job = |model: &str, name: &str| Job {
            chapter: "c".into(),
            name: name.into(),
            place: ("c.md".into(), 1),
            call: Call::new(Operation::Converse, model, Json::Null),
            samples: 1,
        };
        let jobs =
            vec![job("a", "1"), job("a", "2"), job("a", "3"), job("b", "4"), job("c", "5"), job("b", "6")];
        let names: Vec<String> = in_turn(jobs).into_iter().map(|job| job.name).collect();
        assert_eq!(names, ["1", "4", "5", "2", "6", "3"]);
    }
}
