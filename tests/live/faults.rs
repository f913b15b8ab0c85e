//! Throttling, failures and broken streams; budgets; samples.

use super::{fixtures, record_against, requests};
use crate::project::{ONE_REQUEST, Project};

#[test]
fn three_hundred_calls_survive_throttling_failures_and_broken_streams() {
    let project = Project::with_chapter(&requests(300));
    let faults = [
        "--throttle",
        "0.3",
        "--fail",
        "0.05",
        "--mid-stream-fault",
        "0.02",
        "--seed",
        "7",
        "--format",
        "json",
    ];
    let done = record_against(&project, &faults, &["--yes", "--max-cost", "20"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(done.stdout.lines().count(), 300);
    assert!(done.stderr.contains("Recorded 300."), "{}", done.stderr);
    let answered =
        done.stderr.lines().filter(|line| line.starts_with('{') && line.contains("\"origin\":\"practice\""));
    let answered = answered.filter(|line| line.contains("\"complete\":true")).count();
    assert_eq!(answered, 300, "nothing is sent again after it was answered");
    let again = record_against(&project, &faults, &["--yes"]);
    assert!(again.stderr.contains("300 already recorded"), "{}", again.stderr);
    assert!(!again.stderr.contains("\"origin\""), "and nothing at all the next time");
    for (path, text) in fixtures(&project) {
        assert!(text.contains("\"kind\": \"practice\""), "{path} must not claim to be Bedrock's");
    }
}

#[test]
fn what_goes_over_the_wire_is_the_body_of_the_chapter() {
    let project = Project::with_chapter(&requests(4));
    let done = record_against(&project, &[], &["--yes"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    // The endpoint answers by the key of what it received: had a byte of meaning changed on the way,
    // the same key would not be found again.
    let replay = record_against(&project, &["--replay-only"], &["--yes", "--all"]);
    assert_eq!(replay.code, Some(0), "{}", replay.stderr);
    assert!(replay.stderr.contains("4 answered as before"), "{}", replay.stderr);
    let streams = fixtures(&project).iter().filter(|(_, text)| text.contains("first-token-ms")).count();
    assert_eq!(streams, 2, "streams have times of their own");
}

#[test]
fn a_budget_that_binds_is_said_and_what_is_paid_for_stays() {
    let project = Project::with_chapter(&requests(40));
    let done = record_against(&project, &[], &["--yes", "--max-cost", "0.0003"]);
    assert_eq!(done.code, Some(4), "{}", done.stderr);
    let stored = fixtures(&project).len();
    assert!((1..40).contains(&stored), "{stored}");
    assert!(done.stderr.contains("--max-cost"), "{}", done.stderr);
}

#[test]
fn a_dry_run_sends_and_writes_nothing() {
    let project = Project::with_chapter(&requests(4));
    let before = project.tree();
    let done = project.tutor(["record", "--dry-run"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(before == project.tree());
    insta::assert_snapshot!(done.stderr);
}

#[test]
fn bedrock_counts_the_input_beforehand_where_it_offers_to() {
    // It counts for Claude, and not for Nova: those stay as they were reserved.
    let one = |model: &str| {
        format!(
            "# One\n\n```toml bedrock\nmodel = \"{model}\"\noperation = \"Converse\"\nbody.messages = [{{ role = \"user\", \
             content = [{{ text = \"Why?\" }}] }}]\nbody.inferenceConfig = {{ maxTokens = 50 }}\n```\n"
        )
    };
    let claude = one("us.anthropic.claude-haiku-4-5-20251001-v1:0");
    let project = Project::new().chapter("a.md", &claude).chapter("b.md", &one("amazon.nova-lite-v1:0"));
    let done = record_against(&project, &["--format", "json"], &["--yes"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("input of 1 of 2 requests counted: up to $"), "{}", done.stderr);
    assert_eq!(done.stderr.matches("\"operation\":\"CountTokens\"").count(), 2);
    assert_eq!(done.stderr.matches("\"origin\":\"practice\"").count(), 2, "and each is answered once");
}

#[test]
fn without_a_terminal_nobody_is_asked_and_nothing_is_spent() {
    let project = Project::with_chapter(&requests(1));
    let done = record_against(&project, &[], &[]);
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("--yes"), "{}", done.stderr);
    assert!(fixtures(&project).is_empty());
}

#[test]
fn samples_come_after_a_warm_up_that_is_counted() {
    let project = Project::with_chapter(&requests(1));
    let done = record_against(&project, &["--format", "json"], &["--yes", "--samples", "3"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("1 dropped as warm-up"), "{}", done.stderr);
    assert_eq!(done.stderr.matches("\"origin\":\"practice\"").count(), 4);
    let (_, text) = &fixtures(&project)[0];
    assert_eq!(text.matches("\"status\": 200").count(), 3);
    assert!(text.contains("\"warm-ups\": 1"), "{text}");
}

#[test]
fn a_retired_model_is_unrecordable_and_an_open_end_counts_with_its_models_limit() {
    let open = ONE_REQUEST.replace("amazon.titan-text-express-v1", "amazon.nova-lite-v1:0");
    let open = open.replace("max-tokens = 64\n", "");
    let retired =
        ONE_REQUEST.replace("amazon.titan-text-express-v1", "anthropic.claude-3-sonnet-20240229-v1:0");
    let project = Project::new().chapter("open.md", &open).chapter("retired.md", &retired);
    let done = record_against(&project, &[], &["--yes"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("not recordable: retired#claude-3-sonnet"), "{}", done.stderr);
    // 5,000 tokens out at $0.24 a million, and what goes in.
    assert!(done.stderr.contains("up to $0.00146"), "{}", done.stderr);
    let recorded: Vec<_> = fixtures(&project);
    assert_eq!(recorded.len(), 1, "{recorded:?}");
}
