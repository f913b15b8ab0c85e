//! What annotations expect of answers: `expect = [{ contains = "best efforts" }, …]`.
//!
//! In come recordings; out come findings for every expectation that a sample does not fulfil. All
//! expectations must hold on every sample. Each kind is one line in [`KINDS`].

mod figures;
mod json;
mod text;

use std::path::Path;

use super::{Asked, Finding, Material};
use crate::course::{Course, terms};
use tutor_bedrock::Call;
use tutor_bedrock::family::{self, Reading};
use tutor_catalog::measure::Cost;
use tutor_catalog::measure::images_made;
use tutor_page::chapter::Expectation;
use tutor_recording::{OriginKind, Recording};

/// One recorded answer as expectations see it.
struct Sample {
    /// What it says.
    reading: Reading,
    /// Its text.
    text: String,
    /// How long it took, in milliseconds; 0 where nobody knows.
    total_ms: u64,
    /// What it cost.
    cost: Cost,
    /// Who answered.
    origin: OriginKind,
}

/// Why a sample does not fulfil an expectation, as a clause; `None` if it does or cannot be judged.
type Miss = Option<String>;
/// Looks at one sample.
type Check = Box<dyn Fn(&Sample) -> Miss>;
/// Reads the value of an expectation; an error says what to write. Schema files are named from the
/// book's folder on.
type Compile = fn(&toml::Value, &Path) -> Result<Check, String>;

/// Every kind of expectation.
const KINDS: [(&str, Compile); 13] = [
    ("contains", text::contains),
    ("not-contains", text::not_contains),
    ("matches", text::matches),
    ("equals", text::equals),
    ("starts-with", text::starts_with),
    ("min-words", text::min_words),
    ("max-words", text::max_words),
    ("json", json::json),
    ("approx", figures::approx),
    ("stop-reason", figures::stop_reason),
    ("max-cost", figures::max_cost),
    ("max-latency", figures::max_latency),
    ("image-size", figures::image_size),
];

fn compile(expectation: &Expectation, root: &Path) -> Result<Check, String> {
    let kind = KINDS.iter().find(|(kind, _)| *kind == expectation.kind);
    let (_, compile) = kind.ok_or_else(|| format!("`{}` cannot be judged", expectation.kind))?;
    compile(&expectation.value, root)
}

/// One expectation outside of a chapter, such as on a command line.
pub struct Expected {
    /// As it was written.
    pub written: String,
    check: Check,
}

impl Expected {
    /// Reads what would stand between the braces of an annotation: `contains = "best efforts"`.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse(written: &str) -> Result<Self, String> {
        const FORM: &str = "write one expectation as in a chapter, such as 'contains = \"best efforts\"'";
        let table: toml::Table = toml::from_str(written).map_err(|_| FORM.to_owned())?;
        let (kind, value) = table.iter().next().filter(|_| table.len() == 1).ok_or(FORM)?;
        let Some((_, compile)) = KINDS.iter().find(|(known, _)| known == kind) else {
            let known: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
            return Err(format!("`{kind}` is no kind of expectation; there are {}", known.join(", ")));
        };
        let check = compile(value, Path::new(".")).map_err(|form| format!("{kind}: {form}"))?;
        Ok(Expected { written: written.trim().to_owned(), check })
    }

    /// Why an answer that was read does not fulfil it; `None` if it does.
    pub fn miss(&self, reading: &Reading, total_ms: u64, cost: &Cost, origin: OriginKind) -> Option<String> {
        let (reading, text, cost) = (reading.clone(), reading.text(), cost.clone());
        (self.check)(&Sample { reading, text, total_ms, cost, origin })
    }
}

/// A finding for every expectation whose value cannot be used.
pub(super) fn invalid(material: &Material<'_>) -> Vec<Finding> {
    let root = &material.course.config.root;
    let mut findings = Vec::new();
    for chapter in material.chapters {
        for fence in &chapter.read.chapter.fences {
            let expectations = fence.annotation.iter().flat_map(|annotation| &annotation.settings.expect);
            for expectation in expectations {
                if let Err(form) = compile(expectation, root) {
                    let place = chapter.find_from(expectation.line, 0, expectation.kind);
                    let message = format!("`{}` with a value that cannot be judged", expectation.kind);
                    findings.push(Finding::new(place, message, form).in_fence(chapter.fence(fence.index)));
                }
            }
        }
    }
    findings
}

/// A finding for every expectation that some sample does not fulfil.
pub(super) fn failures(material: &Material<'_>) -> Vec<Finding> {
    material.asked.iter().flat_map(|asked| of_call(material, asked)).collect()
}

fn of_call(material: &Material<'_>, asked: &Asked<'_>) -> Vec<Finding> {
    let fence = asked.named.found.fence;
    let Some(annotation) = asked.chapter.read.annotation(fence) else { return Vec::new() };
    let Some(recording) = asked.recording else { return Vec::new() };
    let expectations = &annotation.settings.expect;
    let judged = judged(material.course, expectations, asked.call, recording).into_iter();
    judged
        .filter(|judged| !judged.misses.is_empty())
        .map(|judged| failed(asked, judged.expectation, &judged.misses, recording.samples.len()))
        .collect()
}

/// An expectation against a recording.
#[derive(Debug, Clone)]
pub struct Judged<'e> {
    /// The expectation.
    pub expectation: &'e Expectation,
    /// The samples, from 1 on, that do not fulfil it, each with the reason.
    pub misses: Vec<(usize, String)>,
}

/// How a recording of `call` fulfils each expectation that can be judged.
pub fn judged<'e>(
    course: &Course,
    expectations: &'e [Expectation],
    call: &Call,
    recording: &Recording,
) -> Vec<Judged<'e>> {
    if expectations.is_empty() {
        return Vec::new();
    }
    let samples = samples(course, call, recording);
    let judge = |expectation: &'e Expectation| {
        let check = compile(expectation, &course.config.root).ok()?;
        let misses = samples.iter().enumerate().filter_map(|(index, sample)| {
            let miss = match sample {
                Ok(sample) => check(sample)?,
                Err(error) => error.clone(),
            };
            Some((index + 1, miss))
        });
        Some(Judged { expectation, misses: misses.collect() })
    };
    expectations.iter().filter_map(judge).collect()
}

/// The samples of a call's recording, or why one says nothing that could be judged.
fn samples(course: &Course, call: &Call, recording: &Recording) -> Vec<Result<Sample, String>> {
    let model = course.catalog.model(&call.model_id);
    let family = course.catalog.family(&call.model_id);
    let terms = terms(recording);
    let read = recording.samples.iter().map(|answer| {
        if let Some(error) = family::error::read(answer) {
            return Err(format!("the answer is an error: {} {}", error.status, error.kind));
        }
        let reading = family::read(call, family, answer)
            .ok_or_else(|| "the answer is in no dialect that tutor reads".to_owned())?;
        let images = images_made(call, &reading);
        let cost = Cost::of(model, &terms, &reading.usage, &images, course.today);
        Ok(Sample {
            text: reading.text(),
            reading,
            total_ms: if recording.origin.has_times() { answer.timing.total_ms } else { 0 },
            cost,
            origin: recording.origin.kind,
        })
    });
    read.collect()
}

fn failed(asked: &Asked<'_>, expectation: &Expectation, misses: &[(usize, String)], of: usize) -> Finding {
    let practice = asked.recording.is_some_and(|recording| recording.origin.kind == OriginKind::Practice);
    let answer = if practice { "the practice answer" } else { "the answer" };
    let numbers: Vec<String> = misses.iter().map(|(number, _)| number.to_string()).collect();
    let which = match (of, numbers.as_slice()) {
        (1, _) => String::new(),
        (_, [number]) => format!(" (sample {number} of {of})"),
        (_, numbers) => format!(" (samples {} of {of})", numbers.join(", ")),
    };
    let reason = misses.first().map_or("", |(_, reason)| reason.as_str());
    let message =
        format!("{answer} of `{}`{which} does not fulfil `{}`: {reason}", asked.named.name, expectation.kind);
    let help = if practice {
        "practice answers are the course's own: mend fixtures/practice.toml and record again, or the expectation"
    } else {
        "read the answer: if it is right, mend the expectation; if not, the chapter's text or the prompt"
    };
    let place = asked.chapter.find_from(expectation.line, 0, expectation.kind);
    Finding::new(place, message, help).in_fence(asked.fence())
}

/// Text from an answer as a message quotes it: one line, not too long.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return format!("“{line}”");
    }
    let cut: String = line.chars().take(LONGEST).collect();
    format!("“{}…”", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tutor_page::chapter::EXPECTATIONS;

    #[test]
    fn every_kind_that_an_annotation_may_have_is_judged() {
        for kind in EXPECTATIONS {
            assert!(KINDS.iter().any(|(known, _)| *known == kind), "{kind}");
        }
        assert_eq!(KINDS.len(), EXPECTATIONS.len());
    }
}
