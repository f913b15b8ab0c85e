//! Hostile answers on real pages in a real browser.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tutor_recording::Acceptance;

use super::attacks::{self, SECRET};
use super::chromium::{self, of_kind, told};
use super::course::{Course, Sites, WITH, blocks, converse, error, prints, says};
use crate::project::Project;

const MODEL: &str = "us.amazon.nova-lite-v1:0";

const HEADING: &str = "# Attacks\n\nAnd what they hit.\n";

/// How many attacks stand on one page.
const PER_PAGE: usize = 400;

/// A course whose answers are the attacks: each as text, reasoning, tool and stop reason of a first
/// sample, as the name and words of an error in a second, and as what the code printed that asked.
fn course(attacks: &[String]) -> Sites {
    let mut course = Course::new(Project::empty());
    course.project.write("secret.txt", SECRET);
    course.project.write("src/secret.txt", SECRET);
    for (page, attacks) in attacks.chunks(PER_PAGE).enumerate() {
        course = course.chapter(&format!("attacks-{page}.md"), HEADING);
        for (number, attack) in attacks.iter().enumerate() {
            course = attacked(course, &format!("{page}-{number}"), attack);
        }
    }
    course.build()
}

/// A call that is answered with an attack, and again refused with it.
fn attacked(course: Course, name: &str, attack: &str) -> Course {
    let everywhere = json!([
        {"text": attack},
        {"reasoningContent": {"reasoningText": {"text": attack, "signature": attack}}},
        {"toolUse": {"toolUseId": "t", "name": attack, "input": {attack: attack}}},
    ]);
    let kind: String = attack.chars().filter(|c| !c.is_control()).take(200).collect();
    let samples = vec![blocks(&everywhere, attack, 900), error(400, &kind, attack)];
    let course =
        course.recorded(&format!("attack-{name}"), &converse(MODEL, &format!("attack {name}")), samples);
    printed(course, attack)
}

/// The fence added last printed an attack.
fn printed(course: Course, attack: &str) -> Course {
    course.ran(prints(attack), Acceptance::Accepted)
}

/// How many panels the attacks make: an answer each, and an output unless nothing is to be seen of it.
fn panels(attacks: &[String]) -> usize {
    attacks.len() + attacks.iter().filter(|attack| !attack.trim().is_empty()).count()
}

#[test]
fn nothing_in_an_answer_runs_loads_includes_or_leaves_its_panel() {
    let all = attacks::all();
    assert!(all.len() >= 300, "{} attacks", all.len());
    let sites = course(&all);
    let mut pages = sites.pages.clone();
    pages.push("print.html".into());
    let lines = chromium::run("attacks", &sites, json!({"pages": pages, "searched": "pwned script"}));
    // All of them stand in a chapter and in print.
    assert_unharmed(&lines, pages.len(), 2 * panels(&all));
    let leaks = files_with(&sites.project.path(WITH), SECRET);
    assert_eq!(leaks, ["secret.txt"], "the secret was included");
}

#[test]
fn an_answer_of_any_size_is_a_text() {
    let large = attacks::large();
    let course = Course::new(Project::empty()).chapter("large.md", HEADING);
    let sites = large
        .iter()
        .enumerate()
        .fold(course, |course, (number, attack)| {
            let call = converse(MODEL, &format!("large {number}"));
            printed(course.recorded(&format!("large-{number}"), &call, vec![says(attack, 900)]), attack)
        })
        .build();
    let lines = chromium::run("attacks", &sites, json!({}));
    assert_unharmed(&lines, 1, panels(&large));
}

/// Nothing ran, was asked for, opened, moved, or stands where it must not, and all panels are there.
fn assert_unharmed(lines: &[Value], pages: usize, panels: usize) {
    let seen = of_kind(lines, "page");
    let hits: Vec<&Value> = lines.iter().filter(|line| line["kind"] != "page").collect();
    assert!(hits.is_empty(), "{}", told(&hits));
    let found: u64 = seen.iter().filter_map(|page| page["panels"].as_u64()).sum();
    assert_eq!((seen.len(), found), (pages, panels as u64), "{}", told(&seen));
}

/// The files below a folder that hold `text`.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if memchr::memmem::find(&fs::read(&path).expect("a file"), text.as_bytes()).is_some() {
                found.push(path.strip_prefix(folder).expect("below the folder").display().to_string());
            }
        }
    }
    found.sort();
    found
}
