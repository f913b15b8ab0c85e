//! What people are told when no answer can be had. The words of Bedrock's own refusals are tested
//! beside the code, from the wire errors; here are those that never reach Bedrock.

use std::process::Command;

use crate::project::{Done, Project};

use super::requests;

/// `tutor record --yes` with an environment that has nothing of AWS but what is given.
fn record(project: &Project, environment: &[(&str, &str)], arguments: &[&str]) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutor"));
    command.args(["record", "--yes"]).args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .env("AWS_CONFIG_FILE", project.path("none"))
        .env("AWS_SHARED_CREDENTIALS_FILE", project.path("none"));
    command.env("AWS_EC2_METADATA_DISABLED", "true").envs(environment.iter().copied());
    project.run(command, "")
}

fn said(done: &Done) -> String {
    let words: Vec<&str> = done.stderr.split_whitespace().filter(|word| *word != "│").collect();
    words.join(" ")
}

const KEYS: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("AWS_REGION", "us-east-1"),
];

#[test]
fn no_region_and_no_credentials() {
    let project = Project::with_chapter(&requests(1));
    let done = record(&project, &[], &[]);
    assert_eq!(done.code, Some(3), "{}", done.stderr);
    assert!(said(&done).contains("no AWS region is set"), "{}", done.stderr);
    let done = record(&project, &[], &["--region", "us-east-1"]);
    assert_eq!(done.code, Some(3), "{}", done.stderr);
    assert!(said(&done).contains("no AWS credentials could be loaded"), "{}", done.stderr);
    assert!(said(&done).contains("tutor record --practice"), "{}", done.stderr);
}

#[test]
fn nobody_listens_there() {
    let project = Project::with_chapter(&requests(1));
    // A refused connection may pass; the time for all attempts is what a person waits at most.
    let done = record(&project, &KEYS, &["--endpoint-url", "not a url"]);
    assert_eq!(done.code, Some(3), "{}", done.stderr);
    assert!(!done.stderr.contains("wJalrXUtnFEMI"), "{}", done.stderr);
}

#[test]
fn an_endpoint_that_never_answers_runs_into_the_timeout() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let project = Project::with_chapter(&requests(1));
    let done = record(&project, &KEYS, &["--endpoint-url", &url, "--timeout", "1"]);
    assert_eq!(done.code, Some(3), "{}", done.stderr);
    assert!(said(&done).contains("no whole answer came in time"), "{}", done.stderr);
    assert!(said(&done).contains("--timeout"), "{}", done.stderr);
    assert!(!said(&done).contains("Spent at most $0.00 of"), "the attempt counts at its full price");
}
