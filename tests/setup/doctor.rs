//! `tutor doctor` on set-ups with one thing wrong.

use std::process::Command;

use serde_json::Value;

use super::books;
use crate::project::{Done, ONE_CALL, Project};

/// Runs `tutor doctor` where only `programs` are on PATH, each a shell script.
fn examine(project: &Project, programs: &[(&str, &str)], variables: &[(&str, &str)]) -> Done {
    let bin = tempfile::tempdir().expect("a temporary folder");
    for (name, script) in programs {
        books::program(&bin.path().join(name), &format!("#!/bin/sh\n{script}\n"));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutor"));
    command.args(["doctor"]).env_clear().env("PATH", bin.path()).envs(variables.iter().copied());
    let mut done = project.run(command, "");
    done.stdout = done.stdout.replace(&bin.path().display().to_string(), "BIN");
    done
}

const MDBOOK: (&str, &str) = ("mdbook", "echo mdbook v0.5.9");
const TUTOR: (&str, &str) = ("mdbook-tutor", "exit 0");
const PYTHON: (&str, &str) = ("python3", "echo 3.13.1; echo 1.40.0");

/// What is said beyond `ok`, with the exit code, but for the variables, which have their own test.
fn complaints(done: &Done) -> String {
    let mut kept = format!("exit {}\n", done.code.unwrap_or(-1));
    let mut keep = false;
    for line in done.stdout.lines() {
        keep = if line.starts_with(' ') {
            keep
        } else {
            !line.starts_with("ok") && !line.contains(" environment ")
        };
        if keep {
            kept += line.trim_end();
            kept += "\n";
        }
    }
    kept
}

#[test]
fn a_sound_set_up_is_told_in_full() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    project.tutor(["init"]);
    let done = examine(&project, &[MDBOOK, TUTOR, PYTHON], &[]);
    assert_eq!(done.code, Some(0), "{}", done.stdout);
    insta::assert_snapshot!(format!("{}{}", done.stdout, done.stderr));
}

#[test]
fn a_fresh_book_is_told_to_begin_with_init() {
    let adopted = books::plain();
    insta::assert_snapshot!(complaints(&examine(&adopted.project, &[], &[])));
    assert_eq!(examine(&Project::empty(), &[], &[]).code, Some(1));
}

#[test]
fn every_fault_has_its_next_step() {
    let tutor = "[preprocessor.tutor]\nafter = [\"links\"]\n";
    let with = |config: &str| Project::with_chapter(ONE_CALL).with_config(config).recorded();
    let all = [MDBOOK, TUTOR, PYTHON];
    let mut told = String::new();
    let mut tell = |what: &str, done: &Done| told += &format!("### {what}\n{}\n", complaints(done));

    let broken = Project::with_chapter(ONE_CALL).with_config("[build\n");
    tell("book.toml is no TOML", &examine(&broken, &all, &[]));
    let old = Project::with_chapter(ONE_CALL);
    old.write("book.toml", "[book]\nmultilingual = false\n");
    tell("a key of an older mdBook", &examine(&old, &all, &[]));
    let project = Project::with_chapter(ONE_CALL).with_config("[preprocessor.tutor]\nfixture = \"x\"\n");
    tell("an unknown key", &examine(&project, &all, &[]));
    let project =
        Project::with_chapter(ONE_CALL).with_config(&format!("[build]\nbuild-dir = \"src/x\"\n{tutor}"));
    tell("overlapping folders", &examine(&project, &all, &[]));
    let project = with("[preprocessor.tutor]\nbefore = [\"links\"]\nrenderers = [\"epub\"]\n");
    tell("the wrong order, and no html", &examine(&project, &all, &[]));
    let project = with(tutor);
    project.write("src/SUMMARY.md", "# Summary\n\n- [a](chapter.md)\n- [b](later.md)\n");
    tell("a chapter that is not written yet", &examine(&project, &all, &[]));
    assert!(!project.path("src/later.md").exists());
    project.write("src/SUMMARY.md", "# Summary\n\n- [a](chapter.md\n");
    tell("a broken summary", &examine(&project, &all, &[]));
    std::fs::remove_file(project.path("src/SUMMARY.md")).expect("removed");
    tell("no summary", &examine(&project, &all, &[]));
    let old = ("mdbook", "echo mdbook v0.4.52");
    tell("an old mdBook, no mdbook-tutor", &examine(&with(tutor), &[old, PYTHON], &[]));
    let others =
        "[preprocessor.a]\n[preprocessor.b]\ncommand = \"./b.sh --x\"\n[preprocessor.c]\noptional = true\n";
    let project = with(tutor).with_config(&format!("{tutor}{others}"));
    tell("other preprocessors", &examine(&project, &all, &[]));
    let project = with(tutor);
    let (path, content) =
        project.tree().into_iter().find(|(path, _)| path.starts_with("fixtures")).expect("a recording");
    project.write(path.to_str().expect("text"), std::str::from_utf8(&content[..99]).expect("text"));
    project.write("fixtures/practice.toml", "[[answer]]\nprompt = 1\n");
    tell("a damaged recording, bad practice texts", &examine(&project, &all, &[]));
    let project = Project::with_chapter(ONE_CALL);
    project.tutor(["record", "--practice"]);
    tell("a pending recording", &examine(&project, &all, &[]));
    insta::assert_snapshot!(told);
}

#[test]
fn variables_are_named_without_their_values() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    let secret = "wJalrXUtnFEMI-EXAMPLE";
    let variables = [
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_PROFILE", "work"),
        ("AWS_BEARER_TOKEN_BEDROCK", secret),
        ("AWS_REGION", ""),
        ("MDBOOK_BOOK__TITLE", secret),
    ];
    let done = examine(&project, &[MDBOOK, TUTOR], &variables);
    let told = done.stdout.lines().filter(|line| line.contains("environment")).collect::<Vec<_>>().join("\n");
    assert!(!told.contains(secret) && !told.contains("work"), "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn programs_get_one_json_document() {
    let project = Project::with_chapter(ONE_CALL);
    let done = project.tutor(["doctor", "--format", "json"]);
    let document: Value = serde_json::from_str(&done.stdout).expect("one JSON document");
    assert_eq!(document["version"], 1);
    let checks = document["checks"].as_array().expect("checks");
    assert!(checks.iter().any(|check| check["check"] == "book.toml" && check["verdict"] == "ok"));
    let broken = checks.iter().any(|check| check["verdict"] == "broken");
    assert_eq!(done.code, Some(i32::from(broken)));
    assert_eq!(done.stderr, "");
}

#[test]
fn an_examination_writes_nothing() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    let before = project.tree();
    project.tutor(["doctor"]);
    assert!(project.tree() == before);
}
