//! `tutor run --live` through the real AWS SDK, against `tutor endpoint` in the place of Bedrock.

use std::process::Command;

use serde_json::Value;

use super::workshop::{CHAPTER, Done, SCRIPT, Workshop, file, found, python, with_verdict};
use crate::project::TODAY;

/// Runs the script live, where what stands for Bedrock is `tutor endpoint` with these flags.
fn live(workshop: &Workshop, endpoint: &[&str], arguments: &[&str]) -> Done {
    let tutor = env!("CARGO_BIN_EXE_tutor");
    let python = python().display().to_string();
    // Of the ready command only its folder and environment are of use here.
    let ready = workshop.command(&[]);
    let mut command = Command::new(tutor);
    command
        .args(["endpoint", "--quiet", "--today", TODAY])
        .args(endpoint)
        .args(["--", tutor, "run", CHAPTER]);
    command.args(["--live", "--python", &python, "--today", TODAY]).args(arguments);
    command.current_dir(ready.get_current_dir().expect("a folder"));
    for (name, value) in ready.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    workshop.finish(command)
}

fn judged(done: &Done) -> Value {
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"))
}

#[test]
fn the_reference_passes_all_that_can_be_judged_live() {
    let workshop = Workshop::with(&file("solution.py"));
    let done = live(&workshop, &["--pace", "0.1"], &[]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let paid = done.stderr.lines().filter(|line| line.contains(" of $0.05 spent")).count();
    assert_eq!(paid, 2, "{}", done.stderr);
    let flat = done.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("9 of 9 checks that can be judged live pass."), "{}", done.stdout);
    assert!(
        flat.contains(
            "Not judged, since only a practice run makes them happen: failure, throttling, ranking."
        )
    );
    assert!(flat.contains("is not Amazon's: stand-ins answered"), "{}", done.stdout);
    assert!(done.stdout.lines().all(|line| line.chars().count() <= 80), "{}", done.stdout);
    // A live run is no practice: what is remembered stays.
    assert!(workshop.run(&[]).stdout.contains("not begun"));
}

#[test]
fn what_is_wrong_is_found_live_too() {
    let wrong = file("solution.py").replace("return text.strip()", "return text.strip()[:9]");
    let judged = judged(&live(&Workshop::with(&wrong), &["--pace", "0"], &["--format", "json"]));
    assert_eq!(with_verdict(&judged, "failed"), ["text"], "{judged:#}");
    assert_eq!(judged["origin"], "practice");
    assert!(judged["spent_usd"].as_str().expect("an amount").starts_with("0.000"), "{judged:#}");
}

#[test]
fn nothing_is_sent_that_could_cost_more_than_the_cap() {
    let workshop = Workshop::with(&file("solution.py"));
    let done = live(&workshop, &["--pace", "0"], &["--max-cost", "0.000001"]);
    assert_eq!(done.code, Some(4), "{done:?}");
    assert!(done.stderr.contains("--max-cost") && done.stdout.contains("Nothing was sent."), "{done:?}");
}

/// Only the script of the run has its key: another program on this machine spends nobody's money.
#[test]
fn whoever_has_another_key_is_refused() {
    let stranger = file("solution.py").replace(
        "region_name=\"us-east-1\"",
        "region_name=\"us-east-1\", aws_access_key_id=\"AKIASTRANGER\", aws_secret_access_key=\"x\"",
    );
    let done = live(&Workshop::with(&stranger), &["--pace", "0"], &["--format", "json"]);
    let judged = judged(&done);
    assert!(found(&judged, "requests").contains("only the script of this run is served here"), "{judged:#}");
    assert_eq!(judged["spent_usd"], "0");
}

#[test]
fn without_a_region_or_credentials_it_says_what_to_do() {
    let workshop = Workshop::new();
    workshop.write(SCRIPT, &file("solution.py"));
    let python = python().display().to_string();
    let mut command = workshop.command(&[CHAPTER, "--live", "--python", &python, "--region", "us-east-1"]);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("HOME", workshop.path(""));
    let done = workshop.finish(command);
    assert_eq!(done.code, Some(3), "{done:?}");
    assert!(done.stderr.contains("credentials"), "{}", done.stderr);
    let odd = workshop.run(&[CHAPTER, "--max-cost", "1"]);
    assert_eq!(odd.code, Some(2), "a cap without --live: {odd:?}");
}
