//! `tutor run --all` and `--submissions DIR`: every challenge that somebody has begun, for a CI job and for
//! whoever teaches a class.
//!
//! Each script runs in a copy of its folder, so that nothing of one submission is seen or changed by another,
//! and nothing of it is remembered.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Arguments, Exit, Failure, Format, book, terminal};
use crate::challenge::grading::{Judged, Report, Verdict};
use crate::challenge::session::Session;
use crate::challenge::{Challenge, Shelf, report, workspace};
use crate::junit::{self, Case, Outcome, Suite};

/// The most files that are copied with a script.
const MOST_FILES: usize = 2_000;

/// Everybody's results.
struct Class {
    chapters: Vec<String>,
    students: Vec<Student>,
}

/// One learner's results, in the order of the chapters.
struct Student {
    name: String,
    results: Vec<Option<Report>>,
}

impl Arguments {
    /// Runs all challenges whose script is there.
    pub(super) fn run_all(&self, shelf: &Shelf) -> Result<Exit, Failure> {
        let folders = match &self.submissions {
            Some(folder) => students(folder)?,
            None => vec![("you".to_owned(), self.dir.clone())],
        };
        let challenges: Vec<&Challenge> = shelf
            .challenges()
            .filter(|challenge| self.chapter.as_ref().is_none_or(|chapter| *chapter == challenge.chapter))
            .collect();
        let runtime = super::super::record::runtime()?;
        let mut class = Class {
            chapters: challenges.iter().map(|challenge| challenge.chapter.clone()).collect(),
            students: Vec::new(),
        };
        for (name, folder) in folders {
            let mut results = Vec::new();
            for challenge in &challenges {
                let result = match script(challenge, &folder) {
                    Some(script) => {
                        sayln!("{name}: {} …", challenge.chapter);
                        Some(runtime.block_on(self.judge(challenge, &script))?)
                    }
                    None => None,
                };
                results.push(result);
            }
            class.students.push(Student { name, results });
        }
        let is_class = self.submissions.is_some();
        match self.format {
            Format::Human => terminal::print(&class.human(is_class)),
            Format::Json => terminal::print_json(&class.json(is_class)),
            Format::Junit => terminal::print(&class.junit(is_class)),
        }
        // A table of a class is a table, whoever has passed; a CI job wants to know.
        let passed =
            class.students.iter().flat_map(|student| &student.results).flatten().all(Report::is_passed);
        Ok(if is_class || passed { Exit::Good } else { Exit::Material })
    }

    async fn judge(&self, challenge: &Challenge, script: &Path) -> Result<Report, Failure> {
        let refused = |error: &std::io::Error| {
            Failure::usage(format!("{} cannot be run: {error}", script.display()), "look at its folder")
        };
        let python = self.python(challenge, script)?;
        let copy = tempfile::tempdir().map_err(|error| refused(&error))?;
        let folder = script.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        copied(folder, copy.path(), &mut 0).map_err(|error| refused(&error))?;
        let copied = copy.path().join(script.file_name().unwrap_or_default());
        let session = Session {
            manifest: &challenge.manifest,
            catalog: book::catalog(&self.book)?,
            python: &python.path,
            script: &copied,
            limits: self.limits(challenge),
            seed: self.seed(),
        };
        let evidence = session.run(&mut |_| {}).await.map_err(|error| refused(&error))?;
        Ok(Report::of(&challenge.manifest, &evidence))
    }
}

/// The folders of a class, one a learner, by name.
fn students(folder: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|error| {
        Failure::usage(
            format!("{} cannot be read: {error}", folder.display()),
            "name a folder that holds one folder a learner",
        )
    })?;
    let mut found: Vec<(String, PathBuf)> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .filter(|(name, _)| !name.starts_with('.'))
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(Failure::usage(
            format!("{} holds no folders", folder.display()),
            "name a folder that holds one folder a learner",
        ));
    }
    Ok(found)
}

/// The script of a challenge in a learner's folder: below the chapter's, or right there.
fn script(challenge: &Challenge, folder: &Path) -> Option<PathBuf> {
    let right_there = folder.join(&challenge.manifest.file);
    [workspace::script(challenge, folder), right_there].into_iter().find(|path| path.is_file())
}

/// Copies what lies beside a script; environments and hidden folders are no part of it, nor are links.
fn copied(from: &Path, to: &Path, files: &mut usize) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)?.flatten() {
        let name = entry.file_name();
        let is_left_out = name.to_string_lossy().starts_with('.')
            || ["venv", "node_modules", "__pycache__"].iter().any(|other| name == *other);
        let kind = entry.file_type()?;
        if is_left_out || kind.is_symlink() || *files >= MOST_FILES {
            continue;
        }
        if kind.is_dir() {
            std::fs::create_dir_all(to.join(&name))?;
            copied(&entry.path(), &to.join(&name), files)?;
        } else if kind.is_file() {
            *files += 1;
            std::fs::copy(entry.path(), to.join(&name))?;
        }
    }
    Ok(())
}

impl Student {
    fn passed(&self) -> usize {
        self.results.iter().flatten().filter(|report| report.is_passed()).count()
    }
}

fn state(result: Option<&Report>) -> String {
    match result {
        None => "–".to_owned(),
        Some(report) if report.is_passed() => "passed".to_owned(),
        Some(report) => format!("{} of {}", report.passed(), report.checks.len()),
    }
}

impl Class {
    /// A table; for one learner one line a challenge.
    fn human(&self, is_class: bool) -> String {
        let Some(first) = self.students.first() else { return String::new() };
        let width = self.chapters.iter().map(|chapter| chapter.chars().count()).max().unwrap_or_default();
        if !is_class {
            let lines = self.chapters.iter().zip(&first.results).map(|(chapter, result)| {
                let open: Vec<&str> = result.iter().flat_map(Report::failed).collect();
                let open =
                    if open.is_empty() { String::new() } else { format!("  fails: {}", open.join(", ")) };
                format!("{chapter:width$}  {}{open}\n", state(result.as_ref()))
            });
            return lines.collect();
        }
        let names = self.students.iter().map(|student| student.name.chars().count());
        let names = names.max().unwrap_or_default().max(4);
        let mut out = String::new();
        for (number, chapter) in self.chapters.iter().enumerate() {
            out += &format!("{:>2}  {chapter}\n", number + 1);
        }
        out += &format!("\n{:names$}", "");
        for number in 0..self.chapters.len() {
            out += &format!("  {:>8}", number + 1);
        }
        out += "\n";
        for student in &self.students {
            out += &format!("{:names$}", student.name);
            for result in &student.results {
                out += &format!("  {:>8}", state(result.as_ref()));
            }
            out += &format!("  {} of {}\n", student.passed(), self.chapters.len());
        }
        out
    }

    fn json(&self, is_class: bool) -> String {
        let challenges = |student: &Student| -> Vec<Value> {
            let all = self.chapters.iter().zip(&student.results);
            all.map(|(chapter, result)| {
                json!({
                    "chapter": chapter,
                    "begun": result.is_some(),
                    "passed": result.as_ref().is_some_and(Report::is_passed),
                    "checks": result.iter().flat_map(|report| &report.checks).map(report::check).collect::<Vec<_>>(),
                })
            })
            .collect()
        };
        let students: Vec<Value> = self
            .students
            .iter()
            .map(|student| json!({"name": student.name, "challenges": challenges(student)}))
            .collect();
        let document = match students.first() {
            Some(first) if !is_class => json!({"version": 1, "challenges": first["challenges"]}),
            _ => json!({"version": 1, "students": students}),
        };
        format!("{document}\n")
    }

    /// JUnit's XML: a suite a challenge, a case a check. A challenge that was not begun has no suite.
    fn junit(&self, is_class: bool) -> String {
        let suites = self.students.iter().flat_map(|student| {
            let begun = self.chapters.iter().zip(&student.results);
            begun.filter_map(move |(chapter, report)| {
                let name = if is_class { format!("{}: {chapter}", student.name) } else { chapter.clone() };
                Some(suite(name, report.as_ref()?))
            })
        });
        junit::write("tutor run", &suites.collect::<Vec<_>>())
    }
}

fn suite(name: String, report: &Report) -> Suite {
    let outcome = |check: &Judged| match &check.verdict {
        Verdict::Passed => Outcome::Passed,
        Verdict::Waits => Outcome::Skipped("waits for another check".to_owned()),
        Verdict::Failed(finding) => Outcome::Failed {
            message: finding.found.clone(),
            details: format!("expected {}; {}: {}", finding.expected, check.look, check.next),
        },
    };
    let case = |check: &Judged| Case { name: check.id.clone(), outcome: outcome(check) };
    Suite { name, cases: report.checks.iter().map(case).collect() }
}
