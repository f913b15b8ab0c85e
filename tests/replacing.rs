//! A stand-in never takes the place of a better answer, and whatever advice tutor prints can be followed
//! without losing one.

use std::path::PathBuf;

use crate::project::{Done, ONE_REQUEST, Project};
use tutor_bedrock::{Answer, Call, Operation, Payload, Timing};
use tutor_recording::{Acceptance, Origin, OriginKind, Recording, Store};

/// Does something to a book and the file of its live answer.
type Spoil = fn(&Project, &PathBuf);

const LIVE: &str = "The service said this.";

/// The call of [`ONE_REQUEST`], as `tutor list` shows it.
fn call(project: &Project) -> Call {
    let listed = project.tutor(["list", "--format", "json"]).stdout;
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    let call = &listed["chapters"][0]["calls"][0];
    let model = call["model_id"].as_str().expect("a model");
    Call::new(Operation::InvokeModel, model, call["request"].clone().into())
}

/// Files an answer of `kind` for the first call of the chapter.
fn file(project: &Project, kind: OriginKind, text: &str, acceptance: Acceptance) -> PathBuf {
    let body = serde_json::json!({
        "inputTextTokenCount": 8,
        "results": [{"tokenCount": 5, "outputText": text, "completionReason": "FINISH"}],
    });
    let answer = Answer {
        status: 200,
        headers: [("content-type".to_owned(), "application/json".to_owned())].into(),
        payload: Payload::Whole(body.to_string().into_bytes().into()),
        timing: Timing { total_ms: 700, first_token_ms: None },
    };
    let now = "2026-11-20T08:00:00Z".parse().expect("a time");
    let origin = Origin { kind, region: Some("us-east-1".into()), ..Origin::practice(now) };
    let mut store = Store::open(project.path("fixtures")).expect("a folder");
    let recording = Recording::new(&call(project), origin, vec![answer]);
    let filing = store.write("chapter", "titan-text-express", recording, acceptance).expect("a file");
    filing.path().to_owned()
}

fn live(acceptance: Acceptance) -> (Project, PathBuf) {
    let project = Project::with_chapter(ONE_REQUEST);
    let path = file(&project, OriginKind::Bedrock, LIVE, acceptance);
    (project, path)
}

/// Whether the live answer is still somewhere in the book.
fn is_there(project: &Project) -> bool {
    project.tree().iter().any(|(path, content)| {
        path.starts_with("fixtures") && String::from_utf8_lossy(content).contains(LIVE)
    })
}

/// The commands that a text advises, without `tutor`.
fn advised(done: &Done) -> Vec<Vec<String>> {
    let text = format!("{}\n{}", done.stdout, done.stderr).replace("\n  │ ", " ");
    let text = regex::Regex::new("\n {5,}").expect("a pattern").replace_all(&text, " ").into_owned();
    let mut commands = Vec::new();
    for (at, _) in text.match_indices(": tutor ") {
        let line = text[at + 8..].lines().next().expect("a line");
        let words = shlex::split(line).expect("a command");
        commands.push(words.into_iter().take_while(|word| word != "|").collect());
    }
    commands
}

#[test]
fn no_road_of_practice_replaces_a_live_answer_unasked() {
    let commands: [&[&str]; 12] = [
        &["record", "--practice"],
        &["record", "--practice", "--accept"],
        &["record", "--practice", "--all"],
        &["record", "--practice", "--all", "--accept"],
        &["record", "--practice", "--stale", "--accept"],
        &["record", "--practice", "--all", "--accept", "--replace-live"],
        &["record", "--migrate"],
        &["record", "--verify"],
        &["check", "--fix", "--yes"],
        &["reject", "--all"],
        &["reject", "--orphaned"],
        &["build"],
    ];
    for acceptance in [Acceptance::Accepted, Acceptance::Pending] {
        for command in commands {
            let (project, path) = live(acceptance);
            let before = std::fs::read(&path).expect("a recording");
            let done = project.tutor(command);
            assert!(matches!(done.code, Some(0..=2)), "{command:?}: {}", done.stderr);
            let after = std::fs::read(&path).unwrap_or_default();
            assert!(before == after, "{acceptance:?} {command:?}: {}", done.stderr);
        }
    }
}

#[test]
fn a_live_answer_that_is_stale_damaged_or_orphaned_stays_too() {
    let commands: [&[&str]; 4] = [
        &["record", "--practice", "--accept"],
        &["record", "--practice", "--all", "--accept"],
        &["check", "--fix", "--yes"],
        &["reject", "--orphaned"],
    ];
    let spoil: [Spoil; 3] = [
        |project, _| project.write("src/chapter.md", &ONE_REQUEST.replace("three", "four")),
        |project, _| project.write("src/chapter.md", "# Nothing\n"),
        |_, path| {
            let text = std::fs::read_to_string(path).expect("a recording");
            std::fs::write(path, text.replacen("\"status\": 200", "\"status\": 201", 1)).expect("a file");
        },
    ];
    for acceptance in [Acceptance::Accepted, Acceptance::Pending] {
        for spoil in spoil {
            for command in commands {
                let (project, path) = live(acceptance);
                spoil(&project, &path);
                project.tutor(command);
                assert!(is_there(&project), "{acceptance:?} {command:?}");
            }
        }
    }
}

#[test]
fn what_is_kept_is_named_with_the_next_step() {
    let (project, _) = live(Acceptance::Pending);
    let done = project.tutor(["record", "--practice", "--accept"]);
    assert_eq!(done.code, Some(0));
    insta::assert_snapshot!(done.stderr);
    let (project, _) = live(Acceptance::Accepted);
    let done = project.tutor(["record", "--practice", "--all", "--accept", "--dry-run"]);
    insta::assert_snapshot!(done.stderr);
}

#[test]
fn replacing_names_what_goes_and_asks_and_is_taken_back() {
    let (project, path) = live(Acceptance::Accepted);
    let all = ["record", "--practice", "--all", "--accept", "--replace-live"];
    let done = project.tutor(all);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("an answer of Amazon Bedrock"), "{}", done.stderr);
    assert!(done.stderr.contains("no terminal to ask on"), "{}", done.stderr);
    assert!(is_there(&project));
    let done = project.tutor(all.iter().chain(&["--yes"]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains(".json: an answer of Amazon Bedrock"), "{}", done.stderr);
    assert!(!is_there(&project));
    let done = project.tutor(["review", "--undo"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.starts_with("back fixtures/chapter/"), "{}", done.stdout);
    assert!(std::fs::read_to_string(&path).expect("a recording").contains(LIVE));
    assert_eq!(project.tutor(["review", "--redo"]).code, Some(0));
    assert!(!is_there(&project));
}

#[test]
fn a_live_answer_is_rejected_by_its_own_name_and_comes_back() {
    let (project, path) = live(Acceptance::Pending);
    assert_eq!(project.tutor(["reject", "--all"]).code, Some(2));
    assert!(path.exists());
    let done = project.tutor(["reject", "chapter#titan-text-express"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("To take that back: tutor review --undo"), "{}", done.stderr);
    assert!(!path.exists());
    assert_eq!(project.tutor(["review", "--undo"]).code, Some(0));
    assert!(path.exists());
    assert_eq!(project.tutor(["accept", "--all"]).code, Some(0));
    assert_eq!(project.tutor(["review", "--undo"]).code, Some(0));
    assert!(path.exists(), "it waits again");
    assert_eq!(project.tutor(["reject", "--all", "--yes"]).code, Some(0));
    assert!(!path.exists());
}

#[test]
fn a_stand_ins_answer_is_not_accepted_over_a_live_one() {
    let (project, path) = live(Acceptance::Accepted);
    let held = std::fs::read(&path).expect("a recording");
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(project.tutor(["record", "--practice"]).code, Some(0));
    std::fs::write(&path, &held).expect("a file");
    let done = project.tutor(["accept", "--all"]);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stderr.contains("would replace an answer of Amazon Bedrock"), "{}", done.stderr);
    assert!(std::fs::read(&path).expect("a recording") == held);
    assert_eq!(project.tutor(["accept", "--all", "--replace-live"]).code, Some(2));
    assert_eq!(project.tutor(["accept", "--all", "--replace-live", "--yes"]).code, Some(0));
    assert!(std::fs::read(&path).expect("a recording") != held);
    assert_eq!(project.tutor(["review", "--undo"]).code, Some(0));
    assert!(std::fs::read(&path).expect("a recording") == held);
}

#[test]
fn advice_follows_the_state_and_loses_nothing() {
    let spoil: [(&str, Spoil); 3] = [
        ("pending", |_, _| {}),
        ("stale", |project, _| project.write("src/chapter.md", &ONE_REQUEST.replace("three", "four"))),
        ("damaged", |_, path| {
            let text = std::fs::read_to_string(path).expect("a recording");
            std::fs::write(path, &text[..text.len() / 2]).expect("a file");
        }),
    ];
    for (state, spoil) in spoil {
        let acceptance = if state == "pending" { Acceptance::Pending } else { Acceptance::Accepted };
        let (project, path) = live(acceptance);
        spoil(&project, &path);
        let mut said = Vec::new();
        for verb in ["list", "build", "check", "review", "doctor"] {
            for command in advised(&project.tutor([verb])) {
                // A build says last how to see what the check denies.
                if verb == "build" && command[0] == "check" {
                    continue;
                }
                let help = match (state, verb) {
                    ("pending", "review") => "accept",
                    ("pending", _) => "review",
                    _ => "record",
                };
                assert_eq!(command[0], help, "{state} {verb}: {command:?}");
                assert!(!command.contains(&"--practice".to_owned()), "{state} {verb}: {command:?}");
                let done = project.tutor(&command);
                assert_ne!(done.code, Some(70), "{command:?}: {}", done.stderr);
                assert!(!done.stderr.contains("Usage:"), "{command:?}: {}", done.stderr);
                said.push(command);
            }
        }
        assert!(said.len() >= if state == "stale" { 3 } else { 4 }, "{state}: {said:?}");
        assert!(path.exists() || path.with_extension("").exists(), "{state}: it is there, accepted or not");
    }
}

#[test]
fn pending_ones_are_counted_apart_and_commands_work_from_elsewhere() {
    let (project, _) = live(Acceptance::Pending);
    let text = format!("{ONE_REQUEST}\n{}", ONE_REQUEST.replace("three", "four"));
    project.write("src/chapter.md", &text);
    let listed = project.tutor(["list"]).stdout;
    let lines: Vec<&str> = listed.lines().filter(|line| line.contains(": tutor ")).collect();
    assert_eq!(
        lines,
        [
            "1 pending; look and decide: tutor review",
            "1 without a current recording; record them: tutor record --practice --accept"
        ]
    );
    std::fs::create_dir(project.path("else where")).expect("a folder");
    let mut shell = std::process::Command::new("bash");
    shell.args(["-c", "cd 'else where' && \"$0\" list ..", env!("CARGO_BIN_EXE_tutor")]);
    let listed = project.run(shell, "").stdout;
    assert!(listed.contains("tutor review --book ..\n"), "{listed}");
}
