//! `mode = "missing"` and `mode = "live"`: builds that ask for what has no answer, once.

use std::process::Command;

use super::{fixtures, requests};
use crate::project::{Done, Project};

const TUTOR: &str = env!("CARGO_BIN_EXE_tutor");

fn book(mode: &str) -> Project {
    let config =
        format!("[preprocessor.tutor]\nafter = [\"links\"]\nmode = \"{mode}\"\nmax-cost = \"0.20\"\n");
    Project::with_chapter(&requests(2)).with_config(&config)
}

/// Builds with an endpoint in Bedrock's place; its log tells what was asked.
fn build(project: &Project, environment: &[(&str, &str)]) -> Done {
    let mut command = Command::new(TUTOR);
    command.args(["endpoint", "--pace", "0", "--format", "json", "--", "env"]);
    command.args(environment.iter().map(|(name, value)| format!("{name}={value}")));
    command.args([TUTOR, "build"]);
    project.run(command, "")
}

fn asked(done: &Done) -> usize {
    done.stderr.matches("\"operation\":").count()
}

#[test]
fn a_build_asks_once_for_what_is_missing_and_never_in_ci() {
    let project = book("missing");
    let in_ci = build(&project, &[("CI", "true")]);
    assert_eq!((in_ci.code, asked(&in_ci)), (Some(1), 0), "{}", in_ci.stderr);
    let first = build(&project, &[]);
    assert_eq!((first.code, asked(&first)), (Some(0), 2), "{}", first.stderr);
    assert!(first.stderr.contains("Spent at most $0.0"), "{}", first.stderr);
    let files = fixtures(&project);
    assert!(files.len() == 2 && files.iter().all(|(path, _)| path.ends_with(".json.new")));
    assert!(project.read("book/chapter.html").contains("data-state=\"pending\""));
    let second = build(&project, &[]);
    assert_eq!((second.code, asked(&second)), (Some(0), 0), "{}", second.stderr);
    assert_eq!(fixtures(&project), files);
}

#[test]
fn a_live_build_replaces_what_a_stand_in_answered_and_replay_never_asks() {
    let project = book("replay");
    assert_eq!(asked(&build(&project, &[])), 0);
    let project = book("live").recorded();
    let done = build(&project, &[]);
    // What this endpoint answers is a stand-in's again: the same answer, so nothing is filed.
    assert_eq!((done.code, asked(&done)), (Some(0), 2), "{}", done.stderr);
    assert!(fixtures(&project).iter().all(|(path, _)| !path.ends_with(".json.new")));
}

#[test]
fn trouble_on_the_way_does_not_stop_a_build() {
    let project = book("missing");
    let mut command = Command::new(TUTOR);
    command
        .arg("build")
        .env("AWS_CONFIG_FILE", project.path("none"))
        .env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_SHARED_CREDENTIALS_FILE", project.path("none"));
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"] {
        command.env_remove(name);
    }
    let done = project.run(command, "");
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("No live answers for this build: no AWS region is set"), "{}", done.stderr);
    assert!(project.read("book/chapter.html").contains("data-state=\"missing\""));
}
