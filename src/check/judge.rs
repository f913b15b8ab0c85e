//! From findings to a verdict: book.toml's levels, the `allow`s of annotations, and saying a thing
//! once.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::rule::allow_unused;
use super::rules::{RULES, Rule};
use super::{FenceId, Finding, Level, Material};
use crate::course::parallel;
use tutor_page::chapter::{Allow, Annotation};

/// A finding that is reported.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The rule.
    pub rule: &'static Rule,
    /// How serious it is here.
    pub level: Level,
    /// The finding; the first one, if there are several about the same subject.
    pub finding: Finding,
    /// The lines of the others.
    pub also: Vec<usize>,
}

/// What a check says.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What is reported, by file and line.
    pub reported: Vec<Reported>,
    /// How many findings an annotation allows.
    pub allowed: usize,
    /// How many findings a baseline forgives.
    pub known: usize,
    /// How many chapters were looked at.
    pub chapters: usize,
    /// How many requests they make.
    pub requests: usize,
    /// How many recordings there are.
    pub recordings: usize,
}

impl Verdict {
    /// How many findings are of this level.
    pub fn count(&self, level: Level) -> usize {
        self.reported.iter().filter(|reported| reported.level == level).count()
    }

    /// Whether the check fails.
    pub fn fails(&self) -> bool {
        self.count(Level::Deny) > 0
    }
}

/// Runs every rule.
pub fn judge(material: &Material<'_>) -> Verdict {
    let mut judge = Judge {
        material,
        allows: allows(material),
        used: HashSet::new(),
        said: HashMap::new(),
        verdict: Verdict::default(),
    };
    let found = parallel::map(RULES, |rule| (rule.check)(material));
    for (rule, findings) in RULES.iter().copied().zip(found) {
        judge.verdict.reported.reserve(findings.len());
        for finding in findings {
            judge.add(rule, finding);
        }
    }
    // Known once all others have been heard.
    for finding in allow_unused::find(material, &judge.used) {
        judge.add(&allow_unused::RULE, finding);
    }
    let mut verdict = judge.verdict;
    verdict.reported.sort_by(|a, b| start(a).cmp(&start(b)));
    verdict.chapters = material.chapters.len();
    verdict.requests = material.asked.len();
    verdict.recordings = material.stored.len();
    verdict
}

/// Where a finding's words begin.
fn start(reported: &Reported) -> (&Path, Option<usize>, Option<usize>) {
    let place = &reported.finding.place;
    (&place.path, place.line, place.columns.as_ref().map(|columns| columns.start))
}

/// An `allow` of an annotation: its chapter, the line of the annotation, and its number there.
pub(super) type AllowId = (usize, usize, usize);

/// Where an `allow` holds.
enum Where {
    Fence(FenceId),
    /// The files and lines of a block.
    Block(HashSet<(PathBuf, usize)>),
}

impl Where {
    fn holds(&self, finding: &Finding) -> bool {
        match self {
            Where::Fence(fence) => finding.fence == Some(*fence),
            Where::Block(places) => {
                let line = finding.place.line.unwrap_or(0);
                finding.fence.is_none() && places.contains(&(finding.place.path.clone(), line))
            }
        }
    }
}

struct Judge<'a> {
    material: &'a Material<'a>,
    allows: Vec<(AllowId, Where, &'a Allow)>,
    used: HashSet<AllowId>,
    /// Where what is said of a subject in a file stands in the verdict.
    said: HashMap<(&'static str, PathBuf, String), usize>,
    verdict: Verdict,
}

impl Judge<'_> {
    fn add(&mut self, rule: &'static Rule, finding: Finding) {
        let allows =
            |(_, place, allow): &&(AllowId, Where, &Allow)| allow.rule == rule.id && place.holds(&finding);
        if let Some((id, ..)) = self.allows.iter().find(allows) {
            self.used.insert(*id);
            self.verdict.allowed += 1;
            return;
        }
        let level = self.material.course.config.check.level(rule.id, rule.level, &finding.place.path);
        if level == Level::Allow {
            return;
        }
        let reported = &mut self.verdict.reported;
        if let Some(subject) = &finding.subject {
            let same = (rule.id, finding.place.path.clone(), subject.clone());
            match self.said.entry(same) {
                Entry::Occupied(earlier) => {
                    reported[*earlier.get()].also.extend(finding.place.line);
                    return;
                }
                Entry::Vacant(first) => {
                    first.insert(reported.len());
                }
            }
        }
        reported.push(Reported { rule, level, finding, also: Vec::new() });
    }
}

fn allows<'a>(material: &Material<'a>) -> Vec<(AllowId, Where, &'a Allow)> {
    let mut all = Vec::new();
    for chapter in material.chapters {
        let mut add = |annotation: &'a Annotation, place: &dyn Fn() -> Where| {
            for (number, allow) in annotation.settings.allow.iter().enumerate() {
                all.push(((chapter.index, annotation.line, number), place(), allow));
            }
        };
        for fence in &chapter.read.chapter.fences {
            if let Some(annotation) = &fence.annotation {
                add(annotation, &|| Where::Fence(chapter.fence(fence.index)));
            }
        }
        for block in &chapter.read.chapter.allowed {
            let places = |line: usize| {
                let place = chapter.at_line(line);
                (place.path, place.line.unwrap_or(0))
            };
            add(&block.annotation, &|| Where::Block(block.lines.clone().map(places).collect()));
        }
    }
    all
}
